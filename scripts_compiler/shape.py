"""The first of two checks: does the data have the shape of a script? Pydantic judges; the words are ours."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.reading import Path, show_path
from soundwright.scripts_compiler.script import (
    ClipCue,
    MusicCue,
    PauseCue,
    SceneCue,
    Script,
    SoundCue,
    SpeechCue,
)  # fmt: skip
from soundwright.scripts_compiler.wording import MAX_SHOWN, Plain, describe, known_names, near, quoted, shown

CUE_MODELS: dict[str, type[BaseModel]] = {
    "scene": SceneCue, "speech": SpeechCue, "sound": SoundCue, "music": MusicCue, "clip": ClipCue, "pause": PauseCue,
}  # fmt: skip
_TAG_ERRORS = ("union_tag_invalid", "union_tag_not_found")
# What writers of other formats call things.
_SYNONYMS = {
    "character": ("voice",), "speaker": ("voice",), "desc": ("description",), "volume": ("gain", "loudness"),
    "vol": ("gain", "loudness"), "len": ("length",), "duration": ("length",), "speech": ("text",), "line": ("text",),
    "name": ("id",), "src": ("source",), "file": ("source",), "crossfade": ("fade_out",), "layout": ("layer",),
    "seconds": ("length",), "lufs": ("loudness",), "say": ("text",), "audio": ("cues",), "characters": ("voices",),
    "lang": ("language",), "speakers": ("voices",), "background": ("layer",),
}  # fmt: skip


Fault = tuple[Path, str, str]


def validate(data: Plain) -> tuple[Script | None, list[Problem]]:
    """The script, or everything that is wrong with the shape of its data (paths without lines)."""
    try:
        return Script.model_validate(data, by_alias=True, by_name=False), []
    except ValidationError as error:
        faults = describe_faults(error, data, Script)
        return None, [Problem(show_path(path), found, remedy) for path, found, remedy in faults]


def describe_faults(
    error: ValidationError, data: Plain, model: type[BaseModel], others: Iterable[str] = ()
) -> Iterator[Fault]:
    """(path, what was found, remedy) of each fault, one for each place; ``others`` are field names known besides."""
    faults = _Faults(data, model, tuple(others))
    by_path: dict[Path, list[ErrorDetails]] = {}
    for details in faults.without_noise(error.errors(include_url=False)):
        by_path.setdefault(faults.locate(details)[0], []).append(details)
    blunt = {path for path, found in by_path.items() if any(e["type"] not in _INNER for e in found)}
    for path, found in islice(by_path.items(), MAX_FAULTS):
        if not any(path[:end] in blunt for end in range(len(path))):  # else the whole has the wrong shape: enough said
            yield faults.describe(path, found[0])


_UNION_MODELS = ("Point", "TextFrom", "Effect")
MAX_FAULTS = 10_000  # nobody reads more, and a script has 5,000 cues at most
_INNER = ("value_error", "missing", "extra_forbidden")


@dataclass(frozen=True)
class _Faults:
    """Pydantic's complaints about ``data``, meant as a ``model``, in our words."""

    data: Plain
    model: type[BaseModel]
    others: tuple[str, ...]

    def locate(self, error: ErrorDetails) -> tuple[Path, str, Path]:
        """(path in the data, label of the union's branch that complained, path of that union).

        Pydantic mixes labels of branches into its locations; what the data does not have is a label.
        """
        path: list[str | int] = []
        branch, union = "", list[str | int]()
        value: Plain = self.data
        loc = error["loc"]
        for position, part in enumerate(loc):
            last_key = position == len(loc) - 1 and error["type"] in ("missing", "extra_forbidden")
            if position == 2 and loc[0] == "cues" and self.model is Script and not last_key:
                continue  # the cue's type
            if _holds(value, part):
                value = value[part]
            elif not last_key:
                branch, union = (branch, union) if branch else (str(part), list(path))
                continue
            path.append(part)
        return tuple(path), branch, tuple(union)

    def without_noise(self, errors: list[ErrorDetails]) -> Iterator[ErrorDetails]:
        """Of the branches of a union, keep the complaints of the one that the writer meant."""
        located = [(error, *self.locate(error)) for error in errors]
        branches: dict[Path, set[str]] = {}
        for _, _, branch, union in located:
            if branch:
                branches.setdefault(union, set()).add(_branch_kind(branch))
        for error, _, branch, union in located:
            meant = _value_kind(_value_at(self.data, union)) if branch else ""
            if not branch or meant not in branches[union] or _branch_kind(branch) == meant:
                yield error

    def describe(self, path: Path, error: ErrorDetails) -> Fault:
        kind = error["type"]
        if kind == "missing":
            return self._missing(path)
        if kind == "extra_forbidden":
            return self._unknown_key(path)
        if kind in _TAG_ERRORS:
            return self._unknown_type(path)
        if kind == "value_error":
            return path, _sentence(error["msg"].removeprefix("Value error, ")), ""
        return self._wrong_value(path)

    def _missing(self, path: Path) -> Fault:
        annotation = _annotation_at(self.model, path, self.data)
        remedy = "" if annotation is None else f"It takes {describe(annotation)}."
        return path[:-1], f"{path[-1]} is missing.", remedy

    def _unknown_key(self, path: Path) -> Fault:
        name = str(path[-1])
        model = _model_at(self.model, path[:-1], self.data)
        known = [*(fields_of(model) if model is not None else {}), *(self.others if len(path) == 1 else ())]
        known = [field for field in known if field != "type"]
        synonyms = [s for s in _SYNONYMS.get(name.casefold(), ()) if s in known]
        remedy = f"Did you mean {quoted(synonyms[0])}?" if synonyms else near(name, known) or known_names(known)
        remedy = remedy or "Nothing can be set here."
        return path, f"unknown field {quoted(name)}.", remedy

    def _unknown_type(self, path: Path) -> Fault:
        cue = _value_at(self.data, path)
        kinds = f"A cue's type is one of {', '.join(CUE_MODELS)}."
        if not isinstance(cue, dict) or "type" not in cue:
            return path, "type is missing.", kinds
        found = cue["type"]
        remedy = near(found, CUE_MODELS) if isinstance(found, str) else ""
        return (*path, "type"), f"found {shown(found)}.", remedy if remedy.startswith("Did") else kinds

    def _wrong_value(self, path: Path) -> Fault:
        found = _value_at(self.data, path)
        annotation = _annotation_at(self.model, path, self.data)
        size = f" ({len(found)} characters)" if isinstance(found, str) and len(found) > MAX_SHOWN else ""
        remedy = "" if annotation is None else f"It takes {describe(annotation)}.{_hint(found, annotation)}"
        return path, f"found {shown(found)}{size}.", remedy


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _branch_kind(label: str) -> str:
    if any(name in label for name in _UNION_MODELS):
        return "list" if "list[" in label else "model"
    return "list" if "list[" in label else "scalar"


def _value_kind(value: Plain) -> str:
    if isinstance(value, dict):
        return "model"
    return "list" if isinstance(value, list) else "scalar"


def _holds(value: object, part: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(part, int) and part < len(value)
    return isinstance(value, dict) and part in value


def _value_at(data: Plain, path: Iterable[str | int]) -> Plain:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _hint(found: Plain, annotation: Plain) -> str:
    """What was probably meant."""
    words = describe(annotation)
    if isinstance(found, bool | int | float) and words.startswith(("text", "a name", "a language", "one of")):
        return " Put it in quotes to make it text." if "text" in words else ""
    if isinstance(found, str):
        if (
            words.startswith("one of ")
            and not words[7:8].isdigit()
            and (meant := near(found, words[7:].split(", "))).startswith("Did")
        ):
            return f" {meant}"
        if "true or false" in words and found.lower() in ("yes", "no", "on", "off", "true", "false"):
            return " Write true or false, without quotes."
        if ("number" in words or words[-1:].isdigit()) and found.strip()[:1] in tuple("0123456789+-."):
            return " Write it without quotes and without a unit."
    return ""


# --- the models, walked along a path --------------------------------------------------------------------------


@cache
def fields_of(model: type[BaseModel]) -> dict[str, Any]:
    """Annotations by the name that is written in a script."""
    hints = get_type_hints(model, include_extras=True)
    return {info.alias or name: Annotated[hints[name], info] for name, info in model.model_fields.items()}


def _model_at(model: type[BaseModel], path: Path, data: Plain) -> type[BaseModel] | None:
    annotation = _annotation_at(model, path, data)
    return _pick_model(annotation, _value_at(data, path))


def _annotation_at(model: type[BaseModel], path: Path, data: Plain) -> Plain:
    """The annotation of the field or entry at ``path``; None where the models know none."""
    annotation: Plain = model
    value = data
    for part in path:
        annotation = _inside(annotation, part, value)
        value = _value_at(value, (part,))
        if annotation is None:
            return None
    return annotation


def _inside(annotation: Plain, part: str | int, value: Plain) -> Plain:
    if isinstance(part, int):
        return next((get_args(a)[0] for a in _branches(annotation) if _is_list(a)), None)
    model = _pick_model(annotation, value)
    return None if model is None else fields_of(model).get(part)


def _pick_model(annotation: Plain, value: Plain) -> type[BaseModel] | None:
    models = [a for a in _branches(annotation) if isinstance(a, type) and issubclass(a, BaseModel)]
    if len(models) > 1:
        kind = value.get("type") if isinstance(value, dict) else None
        return CUE_MODELS.get(kind) if isinstance(kind, str) else None
    return models[0] if models else None


def _branches(annotation: Plain) -> Iterator[Any]:
    origin: Plain = get_origin(annotation)
    if origin is Annotated:
        yield from _branches(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for argument in get_args(annotation):
            yield from _branches(argument)
    else:
        yield annotation


def _is_list(annotation: Plain) -> bool:
    origin: Plain = get_origin(annotation)
    return origin is list
