"""Casting: which voice of which tool plays a character, so that characters of one story sound clearly different.

Voices are cast in the order of declaration, and each depends only on those before it (and on locked ones). A
character's gender, age and accent come from the script, else from words of the description, else from the name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from soundwright.orchestrator.character import Character, read_character
from soundwright.tools.base import ToolSpec, VoiceInfo
from soundwright.tools.errors import ToolMissing
from soundwright.tools.voice_likeness import likeness

TOO_ALIKE = 0.77  # measured on a few sentences; below it, two characters stay under 0.80 on others
_ACCENTS_AT_HOME = {"american", "british", ""}
_AGES = ("child", "young", "adult", "old")


@dataclass(frozen=True, slots=True)
class VoiceWanted:
    """A character as the script describes it. ``take`` asks for the next best voice; ``tool``, ``preset`` pin one."""

    name: str
    description: str = ""
    gender: str | None = None
    age: str | None = None
    accent: str | None = None
    language: str | None = None
    take: int = 0
    tool: str | None = None
    preset: str | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """The voice that a character got, and in words why."""

    tool: str
    preset: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    spec: ToolSpec
    voice: VoiceInfo

    @property
    def key(self) -> tuple[str, str]:
        return self.spec.name, self.voice.preset


def cast(voices: Sequence[VoiceWanted], specs: Sequence[ToolSpec], locked: Mapping[str, Cast]) -> dict[str, Cast]:
    """A voice for every character. ``locked`` ones keep theirs, also those that are not among ``voices``.

    Raises:
        ToolMissing: no tool of ``specs`` has a voice for a character's language, or a pinned one is not there.
    """
    result: dict[str, Cast] = {}
    last_gender = ""
    for wanted in voices:
        character = read_character(
            wanted.name, wanted.description, wanted.gender, wanted.age, wanted.accent, last_gender
        )
        last_gender = character.gender or last_gender
        if wanted.name in locked:
            result[wanted.name] = locked[wanted.name]
            continue
        taken = {name: other for name, other in {**locked, **result}.items() if not _same_person(name, wanted.name)}
        result[wanted.name] = _pinned(wanted, specs) or _chosen(wanted, character, specs, taken)
    return result


def _same_person(one: str, other: str) -> bool:
    """``Ann`` and ``Ann [fr]``: one character in two languages may well sound alike."""
    return one.partition(" [")[0] == other.partition(" [")[0]


def _pinned(wanted: VoiceWanted, specs: Sequence[ToolSpec]) -> Cast | None:
    if not (wanted.tool and wanted.preset):
        return None
    spec = next((spec for spec in specs if spec.name == wanted.tool), None)
    known = [voice.preset for voice in spec.voices] if spec else []
    if spec is not None and known and wanted.preset not in known:
        raise ToolMissing(
            f"voices ({wanted.name}): {wanted.tool} has no voice {wanted.preset!r}. See: soundwright voices list"
        )
    return Cast(wanted.tool, wanted.preset, "pinned in the script")


def _chosen(wanted: VoiceWanted, character: Character, specs: Sequence[ToolSpec], taken: Mapping[str, Cast]) -> Cast:
    candidates = list(_candidates(wanted, specs))
    if not candidates:
        raise ToolMissing(f"voices ({wanted.name}): no installed voice speaks {wanted.language or 'this language'!r}.")
    best_rank = max(candidate.spec.rank for candidate in candidates)
    scored = sorted(
        ((_score(candidate, character, taken, best_rank), candidate) for candidate in candidates),
        key=lambda pair: (-pair[0], pair[1].key),
    )
    _, chosen = scored[wanted.take % len(scored)]
    return Cast(chosen.spec.name, chosen.voice.preset, _why(chosen, character, taken))


def _candidates(wanted: VoiceWanted, specs: Sequence[ToolSpec]) -> Iterator[_Candidate]:
    language = (wanted.language or "en").partition("-")[0].lower()
    for spec in specs:
        if wanted.tool and spec.name != wanted.tool:
            continue
        for voice in spec.voices:
            if voice.language.partition("-")[0].lower() == language:
                yield _Candidate(spec, voice)


def _score(candidate: _Candidate, character: Character, taken: Mapping[str, Cast], best_rank: int) -> float:
    """How well a voice fits; about 1 for a good word of the description, 10 for what must not be."""
    voice = candidate.voice
    score = 2 * voice.quality - (best_rank - candidate.spec.rank) / 4
    score += _gender_score(character, voice.gender) + _age_score(character.age, voice.age)
    score += _accent_score(character.accent, voice.accent) + _pitch_score(character, voice)
    score += _word_score(character, voice)
    return score - sum(_clash(candidate.key, (other.tool, other.preset)) for other in taken.values())


def _gender_score(character: Character, has: str) -> float:
    if character.gender in {"", has}:
        return 0.0
    if not character.told:
        return 0.0 if has == "neutral" else -2.0
    return -3.0 if "neutral" in {character.gender, has} else -12.0


def _age_score(wanted: str, has: str) -> float:
    wanted = wanted or "adult"
    if wanted == has:
        return 2.0 if has in {"child", "old"} else 1.0
    if {wanted, has} == {"young", "adult"}:
        return 0.0
    return -9.0 if "child" in {wanted, has} else -3.0 * abs(_AGES.index(wanted) - _AGES.index(has)) / 2


def _accent_score(wanted: str, has: str) -> float:
    if wanted:
        return 3.0 if wanted == has else -2.0 if has in _ACCENTS_AT_HOME else -5.0
    return 0.0 if has in _ACCENTS_AT_HOME else -4.0


def _pitch_score(character: Character, voice: VoiceInfo) -> float:
    """Deep or high voices by their measured pitch, against the middle of their gender."""
    if not character.pitch or not voice.pitch_hz:
        return 0.0
    middle = {"male": 125.0, "female": 190.0}.get(voice.gender, 160.0)
    return character.pitch * max(-2.0, min(2.0, (voice.pitch_hz / middle - 1) * 6))


def _word_score(character: Character, voice: VoiceInfo) -> float:
    words = {word.strip() for word in voice.description.replace(",", " ").split()}
    score = min(3.0, 1.2 * len(words & character.words))
    special = {"monster", "robot", "goblin"}
    return score - (7.0 if special & words and not words & character.words else 0.0)


def _clash(one: tuple[str, str], other: tuple[str, str]) -> float:
    """What it costs to sound like somebody who is there already."""
    alike = likeness(one, other)
    if alike is None:
        return 0.0 if one != other else 20.0
    if alike >= TOO_ALIKE:
        return 10.0 + 10.0 * alike
    return 4.0 * max(0.0, alike - 0.6)


def _why(chosen: _Candidate, character: Character, taken: Mapping[str, Cast]) -> str:
    voice = chosen.voice
    about = " ".join(part for part in (voice.age, voice.accent, voice.gender) if part)
    fits = sorted(set(voice.description.replace(",", " ").split()) & character.words)
    parts = [about, *([f"fits {', '.join(fits)}"] if fits else [])]
    alike = [(likeness(chosen.key, (o.tool, o.preset)) or 0.0, name) for name, o in taken.items()]
    if alike:
        closest, name = max(alike)
        parts.append(f"likeness to {name}: {closest:.2f}")
    return "; ".join(parts)
