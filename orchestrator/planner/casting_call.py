"""Casting by a language model: it chooses among the installed voices, and code keeps what fits.

A choice goes into the lock, where any cast is kept; who is not cast here is cast by description when it is bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from soundwright.orchestrator.llm.base import Message
from soundwright.orchestrator.llm.errors import LanguageModelError
from soundwright.orchestrator.lock import LockedVoice
from soundwright.orchestrator.planner.prompting import Prompt
from soundwright.orchestrator.planner.session import Session
from soundwright.orchestrator.roles import heard_of
from soundwright.prompts.loader import render
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.script import Script, Voice
from soundwright.tools.base import ToolSpec, VoiceInfo

MAX_VOICES = 40
MAX_CHARACTERS = 30
ROUNDS = 2
TOKENS_PER_CHARACTER = 30


@dataclass(frozen=True, slots=True)
class Candidate:
    """An installed voice; ``id`` is ``TOOL/PRESET``."""

    tool: str
    info: VoiceInfo

    @property
    def id(self) -> str:
        """How it is named."""
        return f"{self.tool}/{self.info.preset}"

    def __str__(self) -> str:
        info = self.info
        about = [info.gender, info.age, info.accent, info.description]
        pitch = [f"{info.pitch_hz:.0f} Hz"] if info.pitch_hz else []
        return f"{self.id}: {info.language}, {', '.join([*filter(None, about), *pitch])}"


def candidates(script: Script, specs: Sequence[ToolSpec]) -> list[Candidate]:
    """The installed voices that speak a language of the script, the best first."""
    wanted = {_primary(voice.language or script.language) for voice in _uncast(script)}
    found = [
        (spec.rank, info.quality, Candidate(spec.name, info))
        for spec in specs if "speak" in spec.operations for info in spec.voices if _primary(info.language) in wanted
    ]  # fmt: skip
    ranked = sorted(found, key=lambda each: (-each[0], -each[1], each[2].id))
    return [candidate for _, _, candidate in ranked[:MAX_VOICES]]


def cast(script: Script, specs: Sequence[ToolSpec], session: Session) -> tuple[dict[str, LockedVoice], str]:
    """Locked voices by character, and a note where the model was of no help; nothing where there is no choice.

    Raises:
        Cancelled: the session was cancelled.
    """
    there, wanted = candidates(script, specs), _uncast(script)
    if not wanted or len(there) < 2:
        return {}, ""
    asked = prompt(script, there)
    task = _Task(script, {each.id: each for each in there}, session.model.name)
    try:
        return session.converse(asked, task, rounds=ROUNDS, answer_tokens=TOKENS_PER_CHARACTER * len(wanted)), ""
    except (ScriptError, LanguageModelError) as error:
        return {}, f"cast by description, as {session.model.name} was of no help: {str(error).splitlines()[0][:160]}"


def prompt(script: Script, there: Sequence[Candidate]) -> Prompt:
    """Exactly what is sent."""
    wanted = _uncast(script)
    text = render("cast", characters=[_character(voice) for voice in wanted], voices=[str(each) for each in there])
    choice = {
        "name": {"type": "string", "enum": [voice.name for voice in wanted]},
        "voice": {"type": "string", "enum": [each.id for each in there]},
    }
    item = {"type": "object", "properties": choice, "required": list(choice), "additionalProperties": False}
    cast_ = {"type": "array", "items": item, "maxItems": MAX_CHARACTERS}
    schema = {"type": "object", "properties": {"cast": cast_}, "required": ["cast"], "additionalProperties": False}
    return Prompt((Message("user", text),), schema)


@dataclass(frozen=True, slots=True)
class _Task:
    script: Script
    there: Mapping[str, Candidate]
    by: str

    def read(self, data: Any, *, last: bool) -> dict[str, LockedVoice]:  # noqa: ANN401
        """What of an answer fits; all that is wrong is returned once, then left to casting by description."""
        listed = data.get("cast") if isinstance(data, dict) else None
        if not isinstance(listed, list):
            raise ScriptError([Problem("cast", "is no list.", "Give every character a voice.")])
        chosen: dict[str, Candidate] = {}
        problems = list(self._read(listed[:MAX_CHARACTERS], chosen))
        if problems and (not last or not chosen):
            raise ScriptError(problems)
        by_name = {voice.name: voice for voice in self.script.voices}
        return {
            name: LockedVoice(one.tool, one.info.preset, f"chosen by {self.by}", heard_of(self.script, by_name[name]))
            for name, one in chosen.items()
        }

    def rescue(self) -> dict[str, LockedVoice] | None:
        """An earlier answer was wrong as a whole."""
        return None

    def _read(self, listed: Sequence[Any], chosen: dict[str, Candidate]) -> Iterator[Problem]:
        wanted = {voice.name: voice for voice in _uncast(self.script)}
        for number, each in enumerate(listed):
            given = each if isinstance(each, dict) else {}
            voice, candidate = wanted.get(str(given.get("name"))), self.there.get(str(given.get("voice")))
            found = _unfit(self.script, voice, candidate, chosen)
            if found:
                yield Problem(f"cast[{number}]", found, "Choose another voice from the list.")
            elif voice is not None and candidate is not None:
                chosen[voice.name] = candidate
        missing = [name for name in wanted if name not in chosen]
        if missing:
            yield Problem("cast", f"{', '.join(missing)} got no voice that fits.", "Give every character one.")


def _unfit(script: Script, voice: Voice | None, candidate: Candidate | None, chosen: Mapping[str, Candidate]) -> str:
    """Why a choice cannot be taken; empty where it can."""
    if voice is None or candidate is None:
        return "names no character, or no voice, of the lists."
    if voice.name in chosen:
        return f"{voice.name} has a voice already."
    if any(other.id == candidate.id for other in chosen.values()):
        return f"{candidate.id} is taken by another character."
    if _primary(candidate.info.language) != _primary(voice.language or script.language):
        return f"{candidate.id} does not speak {voice.language or script.language}."
    if voice.gender in ("male", "female") and candidate.info.gender not in (voice.gender, "neutral"):
        return f"{voice.name} is {voice.gender}, {candidate.id} is {candidate.info.gender}."
    return ""


def _uncast(script: Script) -> list[Voice]:
    pinned = [voice for voice in script.voices if voice.tool is None and voice.sample is None]
    return pinned[:MAX_CHARACTERS]


def _character(voice: Voice) -> str:
    about = ", ".join(filter(None, (voice.gender, voice.age, voice.accent, voice.language)))
    return f"{voice.name}: {voice.description}{f' ({about})' if about else ''}"


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
