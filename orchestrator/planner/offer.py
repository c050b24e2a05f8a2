"""What a language model may choose from: the installed operations, voices and sounds that a request may need."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from soundwright.scripts_compiler.consent import SOMEBODYS_VOICE
from soundwright.scripts_compiler.operations import Catalogue, Operation
from soundwright.scripts_compiler.script import Input
from soundwright.tools.base import ToolSpec, VoiceInfo

# Effects that stories ask for without naming them; others are offered where the request speaks of them.
DRAMATIC = ("telephone", "radio", "muffled", "echo")
MAX_STEPS = 4
MAX_EFFECTS = 12
MAX_SOUNDS = 400
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Offer:
    """``catalogue`` holds what is installed, ``effects`` and ``steps`` the names offered; ``inputs`` are the user's."""

    catalogue: Catalogue
    effects: tuple[str, ...]
    steps: tuple[str, ...]
    voices: tuple[str, ...]
    languages: tuple[str, ...]
    sounds: tuple[str, ...]
    inputs: tuple[Input, ...] = ()

    def effect_lines(self) -> list[str]:
        """Each effect with its help."""
        return [f"{name}: {self.catalogue[name].help}" for name in self.effects]

    def step_lines(self) -> list[str]:
        """Each operation for recordings with its help."""
        return [f"{name}: {self.catalogue[name].help}" for name in self.steps]


def make_offer(
    instruction: str,
    catalogue: Catalogue,
    specs: Sequence[ToolSpec],
    *,
    inputs: Sequence[Input] = (),
    sounds: Sequence[str] | None = None,
) -> Offer:
    """The offer for one instruction. ``sounds`` are those known by name; by default the built-in effects'."""
    usable = Catalogue(o for o in catalogue.values() if o.internal or any(o.name in s.operations for s in specs))
    words = {word.casefold() for word in _WORD.findall(instruction)}
    effects = [o for o in usable.values() if o.effect and not _required(o)]
    steps = [
        o for o in usable.values()
        if not o.internal and o.inputs and o.inputs[0].name == "audio" and o.name not in SOMEBODYS_VOICE
    ]  # fmt: skip
    voices = [voice for spec in specs if "speak" in spec.operations for voice in spec.voices]
    return Offer(
        usable,
        _effects([o.name for o in effects], [o.name for o in effects if _spoken_of(o, words)]),
        tuple(o.name for o in steps if _spoken_of(o, words))[:MAX_STEPS] if inputs else (),
        _summaries(voices),
        tuple(sorted({_primary(voice.language) for voice in voices})),
        tuple(_known_sounds() if sounds is None else sounds)[:MAX_SOUNDS],
        tuple(inputs),
    )


def _effects(usable: Sequence[str], spoken_of: Sequence[str]) -> tuple[str, ...]:
    """Those that stories always may need, then those that the request speaks of."""
    wanted = [*(name for name in DRAMATIC if name in usable), *spoken_of]
    return tuple(dict.fromkeys(wanted))[:MAX_EFFECTS]


def _required(operation: Operation) -> bool:
    return any(info.is_required() for info in operation.parameters.model_fields.values())


def _spoken_of(operation: Operation, words: set[str]) -> bool:
    named = set(operation.name.split("_"))
    said = {word.casefold() for word in _WORD.findall(operation.help)} - _COMMON
    return bool((named | said) & words) or any(len(n) > 3 and w.startswith(n) for n in named for w in words)


_COMMON = frozenset(
    [
        "sound",
        "sounds",
        "one",
        "part",
        "high",
        "low",
        "into",
        "from",
        "than",
        "less",
        "more",
        "their",
        "with",
        "and",
        "the",
        "all",
        "over",
        "through",
        "what",
        "when",
        "how",
        "who",
        "somebody",
        "find",
        "take",
        "keep",
        "put",
        "play",
        "change",
        "long",
        "before",
        "same",
        "old",
        "other",
        "several",
        "times",
        "between",
        "place",
        "room",
    ]
)


def _summaries(voices: Sequence[VoiceInfo]) -> tuple[str, ...]:
    """How many voices there are of each gender, age and accent: a line for all languages that are alike."""
    lines: dict[str, list[str]] = {}
    for language in sorted({_primary(voice.language) for voice in voices}):
        spoken = [voice for voice in voices if _primary(voice.language) == language]
        genders = Counter(voice.gender for voice in spoken)
        ages = sorted({voice.age for voice in spoken})
        accents = sorted({voice.accent for voice in spoken if voice.accent})
        counted = ", ".join(f"{number} {gender}" for gender, number in sorted(genders.items()))
        told = f"{counted}; {', '.join(ages)}" + (f"; {', '.join(accents)}" if accents else "")
        lines.setdefault(told, []).append(language)
    return tuple(f"{', '.join(languages)}: {told}" for told, languages in lines.items())


def _primary(language: str) -> str:
    return language.split("-", maxsplit=1)[0].lower()


def _known_sounds() -> Sequence[str]:
    from soundwright.tools.sfx.procedural import known_sounds  # noqa: PLC0415  reads all synthesisers

    return known_sounds()
