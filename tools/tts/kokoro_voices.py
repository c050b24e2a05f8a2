"""Kokoro's voices: the styles of its authors, and voices of our own made of them."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundwright.tools.base import VoiceInfo

TABLE = Path(__file__).resolve().parent.parent / "data" / "kokoro_voices.toml"

# The styles in the order in which they lie in the model's voice file.
STYLES = (
    "af_alloy", "af_aoede", "af_bella", "af_heart", "af_jessica", "af_kore", "af_nicole", "af_nova", "af_river",
    "af_sarah", "af_sky", "am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam", "am_michael", "am_onyx", "am_puck",
    "am_santa", "bf_alice", "bf_emma", "bf_isabella", "bf_lily", "bm_daniel", "bm_fable", "bm_george", "bm_lewis",
    "ef_dora", "em_alex", "em_santa", "ff_siwis", "hf_alpha", "hf_beta", "hm_omega", "hm_psi", "if_sara", "im_nicola",
    "jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo", "pf_dora", "pm_alex", "pm_santa", "zf_xiaobei",
    "zf_xiaoni", "zf_xiaoxiao", "zf_xiaoyi", "zm_yunjian", "zm_yunxi", "zm_yunxia", "zm_yunyang",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KokoroVoice:
    """How a preset is made: ``mix`` of styles with weights, ``speed`` factor, ``size`` of the speaker.

    ``size`` shifts pitch and formants together, as a shorter (above 1) or longer (below 1) vocal tract would; the tempo
    stays. ``british`` chooses the pronunciation.
    """

    info: VoiceInfo
    mix: tuple[tuple[str, float], ...]
    speed: float = 1.0
    size: float = 1.0
    british: bool = False


@functools.lru_cache(maxsize=1)
def voices() -> Mapping[str, KokoroVoice]:
    """All voices by preset, in the order of the table."""
    rows: list[dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["voices"]
    return {row["preset"]: _voice(**row) for row in rows}


def _voice(
    preset: str,
    mix: Mapping[str, float] | None = None,
    speed: float = 1.0,
    size: float = 1.0,
    british: bool = False,
    **about: Any,  # noqa: ANN401  fields of VoiceInfo
) -> KokoroVoice:
    info = VoiceInfo(preset, "en", **about)
    return KokoroVoice(info, tuple((mix or {preset: 1.0}).items()), speed, size, british)
