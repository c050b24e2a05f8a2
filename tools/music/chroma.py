"""The melody of a sound as MusicGen Melody takes it: the strongest of the twelve pitch classes in each frame.

The figures are those of the network's own feature extractor (windows of 16,384 frames, every 4,096), computed here
with torch alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from soundwright.tools.assets import Samples

SIZE, HOP, CLASSES = 16384, 4096, 12


def chroma(sound: Samples, rate: int) -> torch.Tensor:
    """(1, frames, 12), one-hot, of mono samples (frames,) at ``rate`` Hz."""
    import torch  # noqa: PLC0415  heavy
    from transformers.audio_utils import chroma_filter_bank  # noqa: PLC0415  heavy

    wave = torch.from_numpy(sound.copy())
    short = max(0, SIZE - len(wave))
    wave = torch.nn.functional.pad(wave, (short // 2, short - short // 2))
    spectrum = torch.stft(wave, SIZE, HOP, window=torch.hann_window(SIZE), return_complex=True).abs() ** 2
    bank = chroma_filter_bank(num_frequency_bins=SIZE, sampling_rate=rate, tuning=0, num_chroma=CLASSES)
    classes = torch.from_numpy(bank).float() @ spectrum
    return torch.nn.functional.one_hot(classes.argmax(dim=0), CLASSES)[None].float()
