"""AudioGen and MusicGen by audiocraft itself, in an environment of their own with the torch of 2023 that it pins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from soundwright.tools.base import ToolSpec
from soundwright.tools.homes.isolated import IsolatedTool

_SPEC = ToolSpec(
    name="audiocraft-audiogen",
    version="1.2.0",
    operations=("generate_sound",),
    licence_code="MIT",
    licence_weights="CC-BY-NC-4.0",
    commercial_ok=False,
    models=("audiogen-medium", "t5-large"),
    cores=2,
    memory_mb=9000,
    gpu_bytes=6 << 30,
    max_length_s=120,
    honours=("description", "length", "take"),
    determinism="device",
    rank=20,
    speed=0.1,
    home="venv",
    # 1.3.0 pins av 11, which has no wheel for Python 3.11 and does not build beside a current ffmpeg.
    requirements=("audiocraft==1.2.0", "torchaudio==2.1.0", "xformers<0.0.23", "numpy<2", "transformers<4.45"),
    python=">=3.9,<3.12",
    proven="tiny",
    proven_note="random weights in audiocraft's own form, by hand: its environment is too large for tests",
    help="AudioGen by audiocraft itself; `audiogen` reads the same weights without an environment of 6 GB.",
)


class AudiocraftAudioGenTool(IsolatedTool):
    """The tool ``audiocraft-audiogen``: mono effects at 16 kHz."""

    spec = _SPEC
    engine = Path(__file__).with_name("audiocraft_engine.py")


class AudiocraftMusicGenTool(IsolatedTool):
    """The tool ``audiocraft-musicgen``: mono music at 32 kHz, and the continuation of a recording."""

    spec = replace(
        _SPEC,
        name="audiocraft-musicgen",
        operations=("generate_music", "continue_audio"),
        models=("audiocraft-musicgen-small", "t5-base", "encodec-32khz"),
        memory_mb=4000,
        gpu_bytes=3 << 30,
        max_length_s=600,
        speed=0.3,
        proven="none",
        proven_note="",
        help="MusicGen small by audiocraft itself; `musicgen` has it without an environment of 6 GB.",
    )
    engine = Path(__file__).with_name("audiocraft_engine.py")
