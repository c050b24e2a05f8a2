"""What a turn of the user is understood as: one of a few kinds, closed and checked, whoever understood it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from soundwright.orchestrator.interop.schemas import step_schema
from soundwright.orchestrator.llm.conforms import misfits
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.operations import Operation

KINDS = (
    "make", "revise", "ask", "operate", "place", "render", "play", "save", "undo", "redo", "clarify", "talk",
)  # fmt: skip
TOPICS = (
    "length", "start", "speakers", "lines", "said", "under", "list", "cast", "made", "cost", "loudness", "summary",
)  # fmt: skip
PLACES = ("under", "after", "before")
MAX_STEPS = 6
MAX_TEXT_CHARS = 20_000
_ID = r"^[A-Za-z][A-Za-z0-9_]{0,31}$"
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """``kind`` says what is wanted; the other fields what it is about, where the kind needs them.

    ``request`` are the user's words of what to make, change, play or save; ``topic`` what a question is about and
    ``phrase`` the cue it names; ``steps`` are operations in order, each with ``op``, ``id`` and arguments; ``file`` is
    the recording that is placed, ``where`` on which side of ``phrase``; ``say`` is what is answered or asked back.
    """

    kind: str
    request: str = ""
    topic: str = ""
    phrase: str = ""
    steps: tuple[Fields, ...] = ()
    file: str = ""
    where: str = "under"
    say: str = ""
    by: str = field(default="rules", compare=False)


def turn_schema(operations: Iterable[Operation]) -> dict[str, Any]:
    """The strict schema that a language model answers with; steps are calls of the operations offered."""
    text = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    offered = list(operations)
    steps: dict[str, Any] = {"type": "null"}
    if offered:
        calls = {"type": "array", "items": _bare(step_schema(offered)), "maxItems": MAX_STEPS}
        steps = {"anyOf": [calls, {"type": "null"}]}
    fields = {
        "kind": {"type": "string", "enum": list(KINDS)},
        "request": text,
        "topic": {"anyOf": [{"type": "string", "enum": list(TOPICS)}, {"type": "null"}]},
        "phrase": text,
        "file": {"anyOf": [{"type": "string", "pattern": _ID}, {"type": "null"}]},
        "where": {"anyOf": [{"type": "string", "enum": list(PLACES)}, {"type": "null"}]},
        "steps": steps,
        "say": text,
    }
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _bare(schema: Any) -> Any:  # noqa: ANN401  any JSON
    """Without descriptions and patterns, which cost tokens: ids are checked against what there is anyway."""
    if isinstance(schema, dict):
        texts = {name for name in ("description", "pattern") if isinstance(schema.get(name), str)}
        return {name: _bare(value) for name, value in schema.items() if name not in texts}
    return [_bare(part) for part in schema] if isinstance(schema, list) else schema


def read_turn(data: Any, schema: Mapping[str, Any], *, by: str) -> Turn:  # noqa: ANN401  whatever a model answered
    """The turn in an answer.

    Raises:
        ScriptError: with everything that is wrong, each with its place.
    """
    if not isinstance(data, dict):
        raise ScriptError([Problem("", "the answer is no JSON object.", "Answer with one object.")])
    whole = {**dict.fromkeys(schema["properties"]), **data}
    problems = [Problem(place.strip("."), f"{found}.") for place, _, found in _misfits(whole, schema)]
    given = {name: value for name, value in whole.items() if value is not None}
    if not problems:
        problems = list(_missing(given))
    if problems:
        raise ScriptError(problems)
    steps = tuple({name: v for name, v in step.items() if v is not None} for step in given.pop("steps", ()))
    texts = {name: value[:MAX_TEXT_CHARS] for name, value in given.items()}
    return Turn(steps=steps, by=by, **texts)


def _misfits(data: Mapping[str, Any], schema: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    found = []
    for text in misfits(data, schema, limit=20):
        place, colon, what = text.partition(": ")
        found.append((place if colon else "", colon, what or place))
    return found


_NEEDS: Mapping[str, tuple[str, ...]] = {
    "make": ("request",), "revise": ("request",), "ask": ("topic",), "operate": ("steps",), "place": ("file", "phrase"),
    "clarify": ("say",), "talk": ("say",),
}  # fmt: skip


def _missing(given: Mapping[str, Any]) -> Iterable[Problem]:
    for name in _NEEDS.get(str(given.get("kind")), ()):
        if not given.get(name):
            yield Problem(name, f"is missing: kind {given['kind']} needs it.", f"Give {name}.")
