"""Plain words for messages and for the reference: what a field takes, what was found, which name was meant."""

from __future__ import annotations

import difflib
import json
import types
from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

MAX_SHOWN = 60
_BASIC = {
    str: "text", int: "a whole number", float: "a number", bool: "true or false", dict: "fields in braces",
    type(None): "nothing",
}  # fmt: skip
_MODELS = {
    "Point": "a point such as {after: a1, offset: 0.3}",
    "TextFrom": "{from: STEP}",
    "Effect": "{op: NAME, ...}",
    "Voice": "a voice such as {name: Ann, description: young woman}",
    "Input": "an input such as {id: harbour, file: harbour.wav}",
    "Step": "a step such as {id: clean, op: enhance, audio: harbour}",
    "Pronounce": "an entry such as {word: Rhys, say: reese}",
    "Band": "a band such as {frequency: 200, gain: -6}",
    "Pronunciation": "an entry such as {word: Rhys, say: reese}",
    "Pin": "a pin such as {op: speak, tool: kokoro}",
    "Master": "fields such as {loudness: -16, channels: 2}",
}
Plain: TypeAlias = Any
"""Plain data as YAML and JSON give it, or an annotation of a model: judged when the program runs."""


def shown(value: Plain) -> str:
    """What was found, on one line and shortened."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "fields in braces {" + ", ".join(short(str(key), 20) for key in list(value)[:4]) + "}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    return short(json.dumps(value), MAX_SHOWN)


def quoted(text: str) -> str:
    """A name or text in quotes, shortened, on one line."""
    return json.dumps(short(text, MAX_SHOWN), ensure_ascii=False)


def short(text: str, limit: int) -> str:
    """At most ``limit`` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def near(name: str, names: Iterable[str]) -> str:
    """``Did you mean ...?`` or the names there are, if few; else empty."""
    known = list(dict.fromkeys(names))
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(candidate.casefold(), candidate)
    matches = difflib.get_close_matches(name[:100].casefold(), folded, n=3, cutoff=0.6)
    if matches:
        return f"Did you mean {' or '.join(quoted(folded[match]) for match in matches)}?"
    return known_names(known) if len(known) <= 12 else ""


def known_names(names: Iterable[str]) -> str:
    """``Known are a, b and c.``; empty where there are none."""
    known = list(names)
    return f"Known {'are' if len(known) > 1 else 'is'} {listed(known)}." if known else ""


def listed(names: Iterable[str], last: str = "and") -> str:
    """``a, b and c``."""
    words = list(names)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def describe(annotation: Plain, constraints: Iterable[Any] = ()) -> str:
    """What a field of this annotation takes, in plain words."""
    origin: Plain = get_origin(annotation)
    arguments = get_args(annotation)
    if origin is Annotated:
        words = next((d for rule in arguments[1:] if (d := getattr(rule, "description", None))), None)
        return words or describe(arguments[0], [*constraints, *arguments[1:]])
    if origin in (Union, types.UnionType):
        first, *rest = dict.fromkeys(describe(a, constraints) for a in arguments if a is not type(None))
        return ", or ".join([first, *(branch.replace(f": each {first}", " of them") for branch in rest)])
    rules = list(_flat(constraints))
    if origin is Literal:
        return _choice([str(choice) for choice in arguments])
    if origin is list or annotation is list:
        return _list(arguments, rules)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _MODELS.get(annotation.__name__, "fields in braces")
    return _scalar(annotation, rules)


def _choice(choices: list[str]) -> str:
    return choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"


def _list(arguments: tuple[Any, ...], rules: list[Any]) -> str:
    low, high = _bound(rules, MinLen, "min_length"), _bound(rules, MaxLen, "max_length")
    size = ""
    if low or high:
        size = f" of {low} to {high}" if low and high else f" of at most {high}" if high else f" of at least {low}"
    return f"a list{size}" + (f": each {describe(arguments[0])}" if arguments else "")


def _scalar(annotation: Plain, rules: list[Any]) -> str:
    for rule in rules:
        if (pattern := getattr(rule, "pattern", None)) is not None:
            return f"text like {pattern}"
    word = _BASIC.get(annotation, str(getattr(annotation, "__name__", annotation)))
    if annotation is str:
        return word + _text_size(_bound(rules, MinLen, "min_length"), _bound(rules, MaxLen, "max_length"))
    return word + _range(
        _bound(rules, Ge, "ge"), _bound(rules, Le, "le"), _bound(rules, Gt, "gt"), _bound(rules, Lt, "lt")
    )


def _text_size(low: Plain, high: Plain) -> str:
    if high is None:
        return "" if not low else f" of at least {low} character{'s' if low > 1 else ''}"
    return f" of at most {high} characters" if not low else f" of {low} to {high} characters"


def _range(low: Plain, high: Plain, above: Plain, below: Plain) -> str:
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}" if abs(high) < 1e6 else f" from {low:g} to {high}"
    bounds = (("at least", low), ("above", above), ("at most", high), ("below", below))
    parts = [f"{word} {bound:g}" for word, bound in bounds if bound is not None]
    return f" {' and '.join(parts)}" if parts else ""


def _flat(constraints: Iterable[Any]) -> Iterable[Any]:
    for rule in constraints:
        if isinstance(rule, FieldInfo):
            yield from rule.metadata
        else:
            yield rule


def _bound(rules: list[Any], kind: type, attribute: str) -> Plain:
    return next((getattr(rule, attribute) for rule in rules if isinstance(rule, kind)), None)
