"""Laughs, sighs, gasps and the like in a character's voice: Kokoro says bare syllables, breath is shaped noise.

These are stylised, as an actor would mark them: a laugh is said ("ha ha ha"), a sigh is breath over a soft vowel. A
recording is better wherever one is at hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from soundwright.tools.assets import Asset, Audio, Samples
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError
from soundwright.tools.tts.breath import breath
from soundwright.tools.tts.joining import faded, trimmed
from soundwright.tools.tts.kokoro import MODEL, RATE, KokoroTool
from soundwright.tools.tts.kokoro_voices import KokoroVoice, voices

_FORMANTS_HZ = (620.0, 1450.0, 2500.0, 3600.0)  # an open, neutral vowel of an adult man
_TRACT = {"male": 1.0, "female": 1.16, "neutral": 1.08}
_DEFAULTS = {
    ("male", "old"): "old_man_us_1", ("male", "child"): "boy_us_1", ("female", "old"): "old_woman_us_1",
    ("female", "child"): "girl_us_1", ("male", ""): "am_michael",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Recipe:
    """``syllables`` that the voice says, one choice per take; ``tempo``; ``air``: breath points (seconds, level).

    ``voiced`` and ``aired`` are the levels of both. The voice begins with the breath, or ``after`` it.
    """

    syllables: tuple[str, ...] = ()
    tempo: float = 1.0
    voiced: float = 1.0
    air: tuple[tuple[float, float], ...] = ()
    aired: float = 0.0
    glide: float = 1.0
    after: bool = False
    fading: float = 0.0
    shake_hz: float = 0.0


_RECIPES: Mapping[str, _Recipe] = {
    "laugh": _Recipe(("hˈɑ hɑ hɑ hɑ hɑ!", "hˈæ hæ hæ hæ!", "hɑ hˈɑ hɑ hɑ hˈɑ hɑ!"), tempo=1.05, fading=0.4),
    "chuckle": _Recipe(("hˈʌ hʌ hʌ.", "hm, hˈʌ hʌ.", "hˈɛ hɛ hɛ."), tempo=1.1, voiced=0.7, fading=0.5),
    "sigh": _Recipe(
        ("hˈɑː…", "ˈɑː…", "hˈʌː…"), tempo=0.7, voiced=0.35, fading=0.9, aired=0.5, glide=0.8,
        air=((0.0, 0.0), (0.12, 0.8), (0.4, 1.0), (1.3, 0.12), (1.7, 0.0)),
    ),
    "gasp": _Recipe(air=((0.0, 0.0), (0.05, 0.35), (0.32, 1.0), (0.36, 0.25), (0.42, 0.0)), aired=0.9, glide=1.35),
    "breath": _Recipe(
        air=((0.0, 0.0), (0.35, 0.5), (0.8, 0.55), (0.95, 0.05), (1.15, 0.05), (1.4, 0.7), (2.3, 0.1), (2.7, 0.0)),
        aired=0.6, glide=0.85,
    ),
    "sob": _Recipe(
        ("ˈʌ hʌ, ˈʌ hʌ hʌ…", "hʌ ˈʌ, hʌ ˈʌ hʌ…", "ˈɑ hʌ, hʌ hʌ…"), tempo=1.05, voiced=0.8, fading=0.3, shake_hz=7.0,
        air=((0.0, 0.0), (0.1, 0.6), (0.25, 1.0), (0.3, 0.1), (0.34, 0.0)), aired=0.5, glide=1.3, after=True,
    ),
    "cough": _Recipe(
        ("kˈʌ kˈʌ!", "kˈʌ, kˈʌ kʌ!", "ʌ kˈʌ kˈʌ!"), tempo=1.5, voiced=0.6, aired=1.0,
        air=((0.0, 0.0), (0.015, 1.0), (0.12, 0.25), (0.2, 0.02), (0.3, 0.0), (0.315, 0.9), (0.45, 0.2), (0.55, 0.0)),
    ),
    "scream": _Recipe(("ˈɑːːː!", "ˈæːːː!", "ˈiːːː!"), tempo=0.55, shake_hz=9.0),
    "groan": _Recipe(("ˈʌːːː…", "ˈɔːːː…", "ˈɜːːː…"), tempo=0.6, voiced=0.8, fading=0.5),
    "hum": _Recipe(("mˈːː mːː mˈːːː.", "mˈm mːː, mˈːː.", "ˈmːːː mːː."), tempo=0.7, voiced=0.6),
}  # fmt: skip


class VocalSynthTool:
    """The tool ``vocal-synth``: sounds of a voice without words, in Kokoro's voices."""

    spec = ToolSpec(
        name="vocal-synth",
        version="1.0",
        operations=("vocalise",),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        voices=KokoroTool.spec.voices,
        extra="local",
        modules=("onnxruntime",),
        models=(MODEL,),
        memory_mb=600,
        max_batch=8,
        honours=("vocal", "preset", "gender", "age", "take"),
        take_varies=("seed", "syllables"),
        determinism="exact",
        rank=40,
        speed=1.6,
        proven="real",
        proven_note="Kokoro-82M and shaped breath",
        help="Stylised laughs, sighs, gasps, ... made of said syllables and shaped breath; no acting to expect.",
    )

    def __init__(self) -> None:
        self._kokoro = KokoroTool()

    def load(self, place: Place) -> None:
        """Read Kokoro's weights.

        Raises:
            ToolMissing: onnxruntime or the weights are not there.
        """
        self._kokoro.load(place)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Make each sound in turn."""
        return each(batch, context, self._vocalise)

    def close(self) -> None:
        """Free the weights."""
        self._kokoro.close()

    def _vocalise(self, request: Request) -> Audio:
        name = str(request.params.get("vocal", ""))
        if name not in _RECIPES:
            raise ToolError(f"There is no vocal {name!r}; there are {', '.join(_RECIPES)}.")
        recipe, take, voice = _RECIPES[name], int(request.params.get("take", 0)), _voice_of(request)
        draw = hashlib.sha256(f"{name} {voice.info.preset} {take} {request.seed}".encode()).digest()
        random = np.random.default_rng(int.from_bytes(draw[:8], "big"))
        air = _air(recipe, voice, random)
        said = self._said(recipe, voice, take)
        if recipe.after and len(air):
            said = np.concatenate([np.zeros(len(air), dtype=np.float32), said])
        sound = np.zeros(max(len(air), len(said)), dtype=np.float32)
        sound[: len(air)] += air
        sound[: len(said)] += said
        peak = float(np.abs(sound).max())
        return Audio(faded(sound * np.float32(0.5 / max(peak, 1e-6)), RATE)[None], RATE)

    def _said(self, recipe: _Recipe, voice: KokoroVoice, take: int) -> Samples:
        """The syllables in the voice, peak at ``recipe.voiced``."""
        if not recipe.syllables:
            return np.zeros(0, dtype=np.float32)
        phonemes = recipe.syllables[take % len(recipe.syllables)]
        sound = trimmed(self._kokoro.say(phonemes, voice, recipe.tempo, take // len(recipe.syllables)), RATE)
        along = np.linspace(0.0, 1.0, len(sound))
        level = (1 - recipe.fading * along) * recipe.voiced / max(1e-6, float(np.abs(sound).max()))
        if recipe.shake_hz:
            level = level * (1 - 0.25 * (1 + np.sin(2 * np.pi * recipe.shake_hz * np.arange(len(sound)) / RATE)))
        return np.asarray(sound * level, dtype=np.float32)


def _air(recipe: _Recipe, voice: KokoroVoice, random: np.random.Generator) -> Samples:
    if not recipe.air:
        return np.zeros(0, dtype=np.float32)
    tract = _TRACT[voice.info.gender] * (voice.size if voice.info.age == "child" else 1.0)
    pace = 1 + 0.12 * (random.random() - 0.5)
    points = [(at * pace, level) for at, level in recipe.air]
    sound = breath(points, [hz * tract for hz in _FORMANTS_HZ], RATE, random, glide=recipe.glide)
    return sound * np.float32(recipe.aired)


def _voice_of(request: Request) -> KokoroVoice:
    """The character's voice where it is one of Kokoro's, else one of the same gender and age."""
    preset = str(request.params.get("preset") or "")
    if preset in voices():
        return voices()[preset]
    gender, age = str(request.params.get("gender") or ""), str(request.params.get("age") or "")
    return voices()[_DEFAULTS.get((gender, age)) or _DEFAULTS.get((gender, "")) or "af_heart"]
