"""Toys of the networks that make music and effects code by code: MusicGen, and AudioGen in audiocraft's form."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.toys.parts import enliven, save_letter_tokenizer, scale

REFERENCE = Path(__file__).parents[1] / "tools" / "engines" / "audiocraft_reference.py"
_DECODER: dict[str, Any] = {
    "vocab_size": 64, "num_hidden_layers": 1, "ffn_dim": 32, "num_attention_heads": 2, "hidden_size": 16,
    "num_codebooks": 4, "audio_channels": 1, "pad_token_id": 64, "bos_token_id": 64,
}  # fmt: skip


def write_musicgen(folder: Path) -> None:
    """MusicGen: words lead."""
    import transformers as tf

    config = tf.MusicgenConfig(**_around(tf), decoder=tf.MusicgenDecoderConfig(**_DECODER))
    _save(tf, tf.MusicgenForConditionalGeneration(config), folder)


def write_musicgen_melody(folder: Path) -> None:
    """MusicGen Melody: words and a melody lead."""
    import transformers as tf

    decoder = tf.MusicgenMelodyDecoderConfig(**_DECODER)
    config = tf.MusicgenMelodyConfig(**_around(tf), decoder=decoder, num_chroma=12)
    _save(tf, tf.MusicgenMelodyForConditionalGeneration(config), folder)


def _around(tf: Any) -> dict[str, Any]:
    """What reads the words and what makes sound of codes, 50 frames of them in a second."""
    text = tf.T5Config(vocab_size=40, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    codec = tf.EncodecConfig(
        sampling_rate=32000, audio_channels=1, num_filters=4, hidden_size=16, upsampling_ratios=[8, 5, 4, 4],
        codebook_size=64, codebook_dim=16, target_bandwidths=[1.2], num_lstm_layers=1, use_causal_conv=False,
    )  # fmt: skip
    return {"text_encoder": text, "audio_encoder": codec}


def _save(tf: Any, model: Any, folder: Path) -> None:
    enliven(model.audio_encoder)
    for part in ("decoder", "audio_enc_to_dec_proj", "enc_to_dec_proj"):
        if hasattr(model, part):
            scale(getattr(model, part), 10.0)
    model.generation_config = tf.GenerationConfig(
        decoder_start_token_id=64, pad_token_id=64, bos_token_id=64, do_sample=True, guidance_scale=3.0, max_length=50
    )
    model.save_pretrained(folder)
    save_letter_tokenizer(folder)


def write_t5(folder: Path) -> None:
    """The text encoder of AudioGen, the same each time, since the other half is written by what it says."""
    import torch
    import transformers as tf

    torch.manual_seed(1)
    config = tf.T5Config(vocab_size=40, d_model=24, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    tf.T5EncoderModel(config).save_pretrained(folder)
    save_letter_tokenizer(folder)


def write_audiogen(folder: Path) -> None:
    """Checkpoints that audiocraft's classes write, and in ``expected.pt`` what they compute on some inputs."""
    if find_spec("audiocraft") is None:
        pytest.skip("audiocraft is not installed (pip install --no-deps audiocraft einops)")
    with TemporaryDirectory() as words:
        write_t5(Path(words))
        done = subprocess.run(
            [sys.executable, "-W", "ignore", str(REFERENCE), str(folder), words], capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr


TOYS = {
    "musicgen-small": write_musicgen,
    "musicgen-medium": write_musicgen,
    "musicgen-large": write_musicgen,
    "musicgen-melody": write_musicgen_melody,
    "t5-large": write_t5,
    "audiogen-medium": write_audiogen,
}
