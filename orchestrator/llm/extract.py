"""JSON out of what a model wrote: bare, in a fence, or between sentences; checked against its schema."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from soundwright.orchestrator.llm.conforms import misfits
from soundwright.orchestrator.llm.errors import BadAnswer

MAX_CHARS = 2_000_000
MAX_LENIENT_CHARS = 60_000  # the lenient reader is slow
MAX_STARTS = 64
_THINKING = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_TYPES = {"object": dict, "array": list}
_NOTHING = object()


def extract_json(text: str, schema: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401  whatever JSON it is
    """The JSON in an answer: of several the first that fits ``schema``, else the largest of the schema's type.

    Comments, trailing commas and single quotes are forgiven. What it gives may still not fit (``misfits`` tells).

    Raises:
        BadAnswer: there is no JSON of the right type in the text.
    """
    if len(text) > MAX_CHARS:
        raise BadAnswer(f"The answer has {len(text):,} characters; at most {MAX_CHARS:,} are read.", text[:2000])
    wanted = _TYPES.get(str((schema or {}).get("type", "")))
    best: tuple[int, Any] = (0, _NOTHING)
    for source, found in _candidates(_THINKING.sub("", text)):
        if wanted is not None and not isinstance(found, wanted):
            continue
        if schema is None or not misfits(found, schema, limit=1):
            return found
        if len(source) > best[0]:
            best = (len(source), found)
    if best[1] is _NOTHING:
        raise BadAnswer(_complaint(text, wanted), text)
    return best[1]


def _candidates(text: str) -> Iterator[tuple[str, Any]]:
    """Everything in the text that reads as JSON, the likeliest first; what was read strictly is not read again."""
    fences = [match[2].strip() for match in _FENCE.finditer(text)]
    read = set[str]()
    strictly = ((source, _strict(source)) for source in (text.strip(), *fences))
    for source, found in itertools.chain(strictly, _embedded(text)):
        if found is not _NOTHING:
            read.add(source)
            yield source, found
    for source in (*fences, _braced(text)):
        found = _NOTHING if source in read else _lenient(source)
        if found is not _NOTHING:
            yield source, found


def _strict(source: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(source, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return _NOTHING


def _embedded(text: str) -> Iterator[tuple[str, Any]]:
    """Objects and lists between sentences, outermost ones only."""
    decoder = json.JSONDecoder(parse_constant=_refuse)
    at, tries = 0, 0
    while tries < MAX_STARTS and (start := _next_start(text, at)) >= 0:
        tries += 1
        try:
            found, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            at = start + 1
            continue
        yield text[start:end], found
        at = end


def _next_start(text: str, at: int) -> int:
    match = re.compile(r"[{\[]").search(text, at)
    return match.start() if match else -1


def _braced(text: str) -> str:
    return text[text.find("{") : text.rfind("}") + 1] if "{" in text else ""


def _lenient(source: str) -> Any:  # noqa: ANN401
    """JSON with comments, trailing commas, single quotes or bare names: objects and lists only."""
    if not source.strip().startswith(("{", "[")) or len(source) > MAX_LENIENT_CHARS:
        return _NOTHING
    import json5  # noqa: PLC0415  only where strict reading failed

    try:
        return json5.loads(source, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return _NOTHING


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")


def _complaint(text: str, wanted: type | None) -> str:
    kind = "JSON" if wanted is None else "JSON object" if wanted is dict else "JSON list"
    said = " ".join(text.split())[:120]
    found = f"it begins: {said!r}" if said else "it is empty"
    return f"The answer holds no {kind} that can be read ({found}). Answer with one {kind} and nothing else."
