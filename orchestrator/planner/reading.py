"""From an answer to a document: plain data, held to what was offered, checked as any script is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from soundwright.orchestrator.planner.offer import Offer
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.schema import from_strict
from soundwright.scripts_compiler.wording import quoted

MAX_DEPTH = 24
MAX_ITEMS = 200_000
SOURCE = "the language model's script"
_USERS = ("version", "inputs", "seed", "master", "tools")  # not a language model's to set
PINS = ("tool", "preset", "sample", "consent")
_MARKUP = re.compile(r"\{\{|\{%|\}\}|%\}|<(?:speak|break|prosody|voice|audio)\b[^>]*>|https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads answers to one request. ``duration_s`` is the programme's length that the user asked for."""

    offer: Offer
    duration_s: float | None = None

    def document(self, data: Any) -> Document:  # noqa: ANN401  whatever a model answered
        """The document of an answer.

        Raises:
            ScriptError: with all problems, each with its place and remedy.
        """
        plain = from_strict(bounded(data))
        if not isinstance(plain, dict):
            raise ScriptError([Problem("", "the answer is no JSON object.", "Answer with one script.")], SOURCE)
        refused = list(_refused(plain, self.offer))
        kept = {name: value for name, value in plain.items() if name not in _USERS}
        whole = {"version": 1, **kept} | self._given(kept)
        try:
            document = documents.from_data(whole, SOURCE, catalogue=self.offer.catalogue)
        except ScriptError as error:
            known = {problem.place for problem in refused}
            raise ScriptError([*refused, *(p for p in error.problems if p.place not in known)], SOURCE) from None
        if refused:
            raise ScriptError(refused, SOURCE)
        return document

    def _given(self, answered: Mapping[str, Any]) -> dict[str, Any]:
        """What the user decides: the recordings, and the length where there is nothing that sets it."""
        inputs = [{"id": each.id, "file": each.file} for each in self.offer.inputs]
        duration = {"duration": self.duration_s} if self.duration_s is not None else {}
        voices: dict[str, Any] = {"voices": []} if answered.get("voices") is None else {}
        return voices | duration | ({"inputs": inputs} if inputs else {})


def bounded(data: Any) -> Any:  # noqa: ANN401
    """The same data; what is nested deeply or very large is refused before anything else walks through it.

    Raises:
        ScriptError: it is.
    """
    waiting, seen = [(data, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        if depth > MAX_DEPTH or seen > MAX_ITEMS:
            raise ScriptError([Problem("", "the answer is nested too deeply or too large.", "Write a script.")])
        if isinstance(part, dict):
            waiting += [(value, depth + 1) for value in part.values()]
        elif isinstance(part, list):
            waiting += [(value, depth + 1) for value in part]
    return data


def _refused(data: Mapping[str, Any], offer: Offer) -> Iterator[Problem]:
    declared = {each.id for each in offer.inputs}
    for index, given in enumerate(_dicts(data.get("inputs"))):
        if given.get("id") not in declared:
            found = f"the recording {quoted(given.get('file', given.get('id')))} was not declared by the user."
            known = f"Declared are: {', '.join(sorted(declared))}." if declared else "There are none: use sounds."
            yield Problem(f"inputs[{index}]", found, known)
    for index, voice in enumerate(_dicts(data.get("voices"))):
        yield from pins(voice, f"voices[{index}]")
    for index, step in enumerate(_dicts(data.get("steps"))):
        yield from agreed(step, f"steps[{index}]")
    for index, cue in enumerate(_dicts(data.get("cues"))):
        yield from markup(cue.get("text"), f"cues[{index}].text")


def pins(voice: Mapping[str, Any], place: str) -> Iterator[Problem]:
    """Fields of a voice that are not a language model's to set."""
    for name in PINS:
        if voice.get(name) is not None:
            yield Problem(f"{place}.{name}", "is for the user to choose.", "Drop it; describe the voice instead.")


def agreed(step: Mapping[str, Any], place: str) -> Iterator[Problem]:
    """That a person agreed is not a language model's to say."""
    if step.get("consent") is not None:
        yield Problem(f"{place}.consent", "is for the user to say.", "Drop the step.")


def markup(text: object, place: str) -> Iterator[Problem]:
    """Markup or a link in words that are to be spoken."""
    if isinstance(text, str) and (match := _MARKUP.search(text)) is not None:
        found = f"{quoted(match.group()[:40])} is markup or a link, not words to be spoken."
        yield Problem(place, found, "Write only the words.")


def _dicts(items: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401
    return [item if isinstance(item, dict) else {} for item in items] if isinstance(items, list) else []
