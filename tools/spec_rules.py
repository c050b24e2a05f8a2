"""What a spec has to be. The door of the registry and the conformance kit hold tools against the same rules.

``faults`` are what would mislead or break a run, and keep a tool out; ``omissions`` are what an author still owes.
"""

from __future__ import annotations

import math
import re
import typing
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Literal

from soundwright.scripts_compiler.operations import Catalogue
from soundwright.scripts_compiler.wording import short
from soundwright.tools.base import ToolSpec, VoiceInfo

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_LEAST = {
    "cores": 1, "memory_mb": 1, "max_batch": 1, "rank": 0, "gpu_bytes": 0, "min_length_s": 0, "price_usd_per_minute": 0,
}  # fmt: skip
_MORE_THAN_NOTHING = {
    "speed": "how many seconds of sound a second of work gives",
    "max_length_s": "the longest sound that it makes, or None",
    "max_text": "the most characters that it takes, or None",
    "timeout_s": "how many seconds a request may take, or None",
}
_HINTS = {"tool": typing.get_type_hints(ToolSpec), "voice": typing.get_type_hints(VoiceInfo)}
_HALVES = ("", "float16", "bfloat16")
_DEVICES = ("cpu", "cuda")
_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "True or False", type(None): "None"}


def faults(spec: ToolSpec, catalogue: Catalogue) -> Iterator[str]:
    """What is wrong with a spec: field, what was found, what to write."""
    wrong = [*_types(spec, "")]
    if not wrong:
        wrong += [found for n, voice in enumerate(spec.voices) for found in _types(voice, f"voices[{n}].")]
    yield from wrong or [*_names(spec), *_operations(spec, catalogue), *_numbers(spec), *_choices(spec)]


def omissions(spec: ToolSpec, catalogue: Catalogue) -> Iterator[str]:
    """What a spec leaves unsaid, or says in vain."""
    for name in ("licence_code", "help"):
        if not getattr(spec, name).strip():
            yield f"{name} is empty"
    if spec.models and not spec.licence_weights:
        yield "it has models, but no licence_weights"
    unknown = sorted(set(spec.honours) - _honourable(spec, catalogue))
    if unknown:
        yield f"honours names {', '.join(unknown)}, which no operation of it has"
    if spec.requirements and spec.home == "process":
        yield "it has requirements of its own, but home is process: say venv"


def _types(declared: ToolSpec | VoiceInfo, prefix: str) -> Iterator[str]:
    hints = _HINTS["voice" if isinstance(declared, VoiceInfo) else "tool"]
    for name in (field.name for field in fields(declared)):
        value = getattr(declared, name)
        if not _is(value, hints[name]):
            yield f"{prefix}{name} is {short(repr(value), 60)}; write {_worded(hints[name])}"


def _is(value: object, hint: Any) -> bool:  # noqa: ANN401  a type hint
    """Whether a value is what a field's hint says; a whole number will do for a number, True for neither."""
    kinds = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_is(item, kinds[0]) for item in value)
    if typing.get_origin(hint) is Literal:
        return isinstance(value, str) and value in kinds
    if kinds:
        return any(_is(value, kind) for kind in kinds)
    if hint in (int, float) and isinstance(value, bool):
        return False
    if hint is float:
        return isinstance(value, int | float) and math.isfinite(value)
    return isinstance(value, hint)


def _worded(hint: Any) -> str:  # noqa: ANN401  a type hint
    kinds = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        return f"a tuple, each of it {_worded(kinds[0])}"
    if typing.get_origin(hint) is Literal:
        return " or ".join(map(repr, kinds))
    if kinds:
        return " or ".join(map(_worded, kinds))
    return _WORDS.get(hint, f"a {getattr(hint, '__name__', hint)}")


def _names(spec: ToolSpec) -> Iterator[str]:
    if not _NAME.fullmatch(spec.name):
        yield f"the name {spec.name!r} is not small letters, digits, dots and hyphens"
    if not spec.version.strip():
        yield "version is empty; write one, and another whenever the sound changes"
    yield from (f"languages: {tag!r} is no language tag such as en-GB" for tag in spec.languages
                if not _LANGUAGE.fullmatch(tag))  # fmt: skip
    presets = [voice.preset for voice in spec.voices]
    if len(set(presets)) != len(presets):
        yield "voices: two have one preset; name each otherwise"


def _operations(spec: ToolSpec, catalogue: Catalogue) -> Iterator[str]:
    if not spec.operations or len(set(spec.operations)) != len(spec.operations):
        yield f"operations are none, or named twice: {spec.operations}"
    for op in dict.fromkeys(spec.operations):
        if op in catalogue.refused:
            yield f"operations: {op!r} cannot be had: {catalogue.refused[op].rstrip('. ')}"
        elif op not in catalogue:
            near = ", ".join(catalogue.nearest(op))
            yield f"operations: {op!r} is none; " + (f"near names are {near}" if near else "see operations list")


def _numbers(spec: ToolSpec) -> Iterator[str]:
    for name, low in _LEAST.items():
        if (value := getattr(spec, name)) < low:
            yield f"{name} is {value}; it starts at {low}"
    for name, meaning in _MORE_THAN_NOTHING.items():
        value = getattr(spec, name)
        if value is not None and value <= 0:
            yield f"{name} is {value}; it says {meaning}, and is more than 0"
    if spec.max_length_s is not None and spec.max_length_s < spec.min_length_s:
        yield f"max_length_s is {spec.max_length_s:g}, less than min_length_s, {spec.min_length_s:g}"


def _choices(spec: ToolSpec) -> Iterator[str]:
    if spec.half not in _HALVES:
        yield f"half is {spec.half!r}; write {' or '.join(map(repr, _HALVES))}"
    yield from (f"devices: {kind!r} is none; write {' or '.join(map(repr, _DEVICES))}" for kind in spec.devices
                if kind not in _DEVICES)  # fmt: skip


def _honourable(spec: ToolSpec, catalogue: Catalogue) -> set[str]:
    names: set[str] = set()
    for op in spec.operations:
        if op in catalogue:
            operation = catalogue[op]
            declared = operation.parameters.model_fields
            names |= {str(info.alias or name) for name, info in declared.items()} | set(declared)
            names |= {port.name for port in operation.inputs}
    return names
