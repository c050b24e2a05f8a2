"""Does JSON fit a schema? The part of JSON Schema that the strict form uses, told in one line per misfit."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

Schema = Mapping[str, Any]
MAX_DEPTH = 64
_CHECKS: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
    ),
}

_BOUNDS: dict[str, Callable[[float, float], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}


def misfits(data: Any, schema: Schema, *, limit: int = 50) -> list[str]:  # noqa: ANN401  any JSON
    """Where ``data`` does not fit ``schema``: ``place: finding`` each, at most ``limit``; empty where it fits.

    Knows type, enum, const, anyOf, oneOf (as anyOf), properties, required, additionalProperties, items, pattern,
    bounds of numbers and lengths, and references into ``$defs``; other keywords are passed over.
    """
    return list(islice(_Walk(schema).check(data, schema, "", 0), limit))


class _Walk:
    def __init__(self, root: Schema) -> None:
        self._definitions: Mapping[str, Schema] = root.get("$defs", {})

    def check(self, data: Any, schema: Schema, place: str, depth: int) -> Iterator[str]:  # noqa: ANN401
        if depth > MAX_DEPTH:
            yield f"{place}: is nested too deeply"
            return
        if "$ref" in schema:
            yield from self.check(data, self._referenced(schema["$ref"]), place, depth + 1)
            return
        wrong = _type_misfit(data, schema)
        if wrong:
            yield f"{place or 'the answer'}: {wrong}"
            return
        branches = schema.get("anyOf") or schema.get("oneOf")
        if branches:
            yield from self._any(data, branches, place, depth)
        yield from (f"{place or 'the answer'}: {finding}" for finding in _value_misfits(data, schema))
        if isinstance(data, dict):
            yield from self._object(data, schema, place, depth)
        if isinstance(data, list) and isinstance(schema.get("items"), Mapping):
            for number, item in enumerate(data):
                yield from self.check(item, schema["items"], f"{place}[{number}]", depth + 1)

    def _referenced(self, reference: str) -> Schema:
        return self._definitions.get(reference.rsplit("/", 1)[-1], {})

    def _any(self, data: Any, branches: list[Schema], place: str, depth: int) -> Iterator[str]:  # noqa: ANN401
        """The misfits of the branch that comes nearest, where none fits."""
        found = [list(islice(self.check(data, branch, place, depth + 1), 8)) for branch in branches]
        if all(found):
            yield from min(found, key=lambda wrong: (sum(_is_of_kind(line, place) for line in wrong), len(wrong)))

    def _object(self, data: dict[str, Any], schema: Schema, place: str, depth: int) -> Iterator[str]:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in data:
                yield f"{place or 'the answer'}: has no {name!r}"
        for name, value in data.items():
            inner = f"{place}.{name}".lstrip(".")
            if name in properties:
                yield from self.check(value, properties[name], inner, depth + 1)
            elif schema.get("additionalProperties") is False:
                yield f"{inner}: is not known here"
            elif isinstance(schema.get("additionalProperties"), Mapping):
                yield from self.check(value, schema["additionalProperties"], inner, depth + 1)


def _type_misfit(data: Any, schema: Schema) -> str:  # noqa: ANN401
    kinds = schema.get("type")
    if kinds is None:
        return ""
    names = [kinds] if isinstance(kinds, str) else list(kinds)
    if any(_CHECKS[name](data) for name in names if name in _CHECKS):
        return ""
    return f"is no {' or '.join(names)}"


def _value_misfits(data: Any, schema: Schema) -> Iterator[str]:  # noqa: ANN401
    if "enum" in schema and data not in schema["enum"]:
        yield f"is {_short(data)}, not one of {', '.join(map(_short, schema['enum'][:20]))}"
    if "const" in schema and data != schema["const"]:
        yield f"is {_short(data)}, not {_short(schema['const'])}"
    if isinstance(data, str) and "pattern" in schema and not re.search(schema["pattern"], data):
        yield f"{_short(data)} does not match {schema['pattern']}"
    if isinstance(data, int | float) and not isinstance(data, bool):
        yield from _bound_misfits(data, schema)
    if isinstance(data, str | list):
        low, high = ("minLength", "maxLength") if isinstance(data, str) else ("minItems", "maxItems")
        if not schema.get(low, 0) <= len(data) <= schema.get(high, len(data)):
            yield f"has {len(data)} parts; allowed are {schema.get(low, 0)} to {schema.get(high, 'any number')}"


def _bound_misfits(number: float, schema: Schema) -> Iterator[str]:
    for name, fits in _BOUNDS.items():
        if name in schema and not fits(number, schema[name]):
            yield f"is {number}, but the {name} is {schema[name]}"


def _is_of_kind(line: str, place: str) -> bool:
    """A misfit that says that this was meant as another kind of thing: wrong fields, or another word as its type."""
    own = line.startswith(f"{place or 'the answer'}: ") or line.endswith(": is not known here")
    return own or ("not one of" in line and ", " not in line.partition("not one of")[2])


def _short(value: Any) -> str:  # noqa: ANN401
    return repr(value)[:60]
