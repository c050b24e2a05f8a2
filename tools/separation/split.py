"""Stems without a network: what lasts, what glides, what strikes, what is low, what stands in the middle.

In long windows a held note lasts while a voice, which glides, does not; in short ones it lasts and a drum strikes
(FitzGerald & Gainza, "Single channel vocal separation using median filtering and factorisation techniques", 2010).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from soundwright.tools.assets import Asset, Audio, Samples, Stems
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError
from soundwright.tools.separation import masks
from soundwright.tools.signal.spectral import istft, stft
from soundwright.tools.windows import in_seconds, overlap_add

NAMES = {2: ("vocals", "accompaniment"), 4: ("vocals", "drums", "bass", "other")}
CORE_S, FADE_S, MARGIN_S = 20.0, 0.5, 2.0
LONG_S, SHORT_S = 0.186, 0.023
BASS_HZ = 180.0


class SplitTool:
    """The tool ``split``: stems by masks on the spectrum; together they are the recording again."""

    spec = ToolSpec(
        name="split",
        version="1",
        operations=("separate",),
        licence_code="Apache-2.0",
        modules=("scipy",),
        memory_mb=400,
        honours=("stems",),
        take_varies=(),
        determinism="exact",
        rank=10,
        speed=2.0,
        proven="real",
        proven_note="no weights; measured on mixtures of known parts",
        help="Rough stems with no weights: vocals by how they glide and where they stand, drums by how they strike.",
    )

    def load(self, place: Place) -> None:
        """Nothing to load."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Take each recording apart in turn."""
        return each(batch, context, lambda request: _separate(request, context))

    def close(self) -> None:
        """Nothing to free."""


def _separate(request: Request, context: Context) -> Stems:
    audio, names = request.audio(), NAMES[int(request.params.get("stems", 4))]
    cut = in_seconds(audio.rate, CORE_S, FADE_S, MARGIN_S, align=size_of(LONG_S, audio.rate) // 4)
    parts = overlap_add(audio.samples, cut, lambda x: split(x, audio.rate, len(names)), context)
    return Stems({name: Audio(part, audio.rate, audio.tail) for name, part in zip(names, parts, strict=True)})


def split(samples: Samples, rate: int, stems: int) -> Samples:
    """(stems, channels, frames) of (channels, frames), in the order of ``NAMES``; they sum to the sound."""
    long, short = size_of(LONG_S, rate), size_of(SHORT_S, rate)
    gliding = samples - _lasting(samples, long, columns=25, bins=11)
    voiced = _lasting(gliding, short, columns=11, bins=31, favour=2.0)
    vocals = _like_a_voice(voiced, samples, rate)
    rest = samples - vocals
    if stems == 2:
        return np.stack([vocals, rest])
    held = _lasting(rest, size_of(SHORT_S * 4, rate))
    bass = _below(held, rate, BASS_HZ)
    return np.stack([vocals, rest - held, bass, held - bass])


def size_of(seconds: float, rate: int) -> int:
    """The power of two nearest to ``seconds`` at ``rate`` Hz."""
    return 1 << max(6, round(float(np.log2(seconds * rate))))


def _lasting(samples: Samples, size: int, columns: int = 17, bins: int = 17, favour: float = 1.0) -> Samples:
    spectrum = stft(samples, size, size // 4)
    mask = masks.steady(np.abs(spectrum), columns, bins, favour)
    return istft(spectrum * mask, size, size // 4, samples.shape[1])


def _like_a_voice(voiced: Samples, samples: Samples, rate: int) -> Samples:
    """What lies in a voice's band and, in stereo, in the middle of the picture."""
    size = size_of(SHORT_S * 2, rate)
    spectrum = stft(voiced, size, size // 4)
    mask = masks.voice_band(spectrum.shape[-2], rate)
    if samples.shape[0] == 2:
        left, right = stft(samples, size, size // 4)
        mask = mask * masks.centred(left, right)
    return istft(spectrum * mask, size, size // 4, samples.shape[1])


def _below(samples: Samples, rate: int, cutoff_hz: float) -> Samples:
    size = size_of(SHORT_S * 4, rate)
    spectrum = stft(samples, size, size // 4)
    hz = np.linspace(0, rate / 2, spectrum.shape[-2], dtype=np.float32)
    return istft(spectrum * (1 / (1 + (hz / cutoff_hz) ** 8))[:, None], size, size // 4, samples.shape[1])
