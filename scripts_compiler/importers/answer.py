"""Scripts that a language model wrote and a person pasted: JSON or YAML, bare, in a fence or between sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.importers.common import Imported
from soundwright.scripts_compiler.reading import read
from soundwright.scripts_compiler.schema import from_strict

MAX_DEPTH = 24
_FENCE = re.compile(r"^[ \t]*(```+|~~~+)[ \t]*(?:json5?|ya?ml)?[ \t]*\n(.*?)^[ \t]*\1[ \t]*$", re.DOTALL | re.MULTILINE)
_CUES = re.compile(r"^\s*[\"']?cues[\"']?\s*:|[{,]\s*\"cues\"\s*:", re.MULTILINE)
_TYPE = re.compile(r"[\"']?\btype[\"']?\s*:\s*[\"']?(?:scene|speech|sound|music|clip|pause)\b")


def is_answer(text: str) -> bool:
    """Whether there is a script somewhere in a text: a field ``cues`` and cues of known types."""
    return any(_CUES.search(part) is not None and _TYPE.search(part) is not None for part in _parts(text))


def import_answer(text: str, title: str = "") -> Imported:
    """The script in an answer: of several the last one, as that is the corrected one.

    Raises:
        ScriptError: there is none, or it cannot be used; with all problems.
    """
    wrong: ScriptError | None = None
    for part in reversed(list(_parts(text))):
        if _CUES.search(part) is None:
            continue
        try:
            data = _data(part)
        except ScriptError as error:
            wrong = wrong or error
            continue
        document = documents.from_data(_whole(data, title), "answer")
        return Imported(document.script, document.warnings, "answer")
    raise wrong or ScriptError([Problem("", "there is no script in it.", "Paste the whole answer.")])


def _parts(text: str) -> Iterator[str]:
    """Where a script may stand: the whole text if it begins as one, what stands between braces, each fence."""
    if text.lstrip().startswith("{") or not text.lstrip().startswith(("```", "~~~")):
        yield text
    if "{" in text and not text.lstrip().startswith("{"):
        yield text[text.index("{") : text.rfind("}") + 1]
    yield from (match[2] for match in _FENCE.finditer(text))


def _data(part: str) -> Any:  # noqa: ANN401  any JSON
    """The data of a part. JSON is read as such, since null means nothing in it; else YAML, held to a script's rules."""
    if part.lstrip().startswith("{"):
        try:
            data = json.loads(part)
        except (ValueError, RecursionError):
            pass
        else:
            _bounded(data)
            return from_strict(data)
    reading = read(part, "answer", as_json=False)
    if reading.problems:
        raise ScriptError(reading.problems, "answer")
    _bounded(reading.data)
    return from_strict(reading.data)


def _bounded(data: Any) -> None:  # noqa: ANN401
    waiting = [(data, 0)]
    while waiting:
        part, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise ScriptError([Problem("", "it is nested too deeply.", "Paste the whole answer.")], "answer")
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        waiting += [(value, depth + 1) for value in inner]


def _whole(data: Any, title: str) -> Any:  # noqa: ANN401
    if not isinstance(data, dict):
        return data
    return {"version": 1, "title": title} | data
