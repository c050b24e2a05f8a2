"""A patch: typed edit operations on a script, with a summary, or a question instead; closed models.

Cues are named by their ids, voices by their names. What stands in ``set`` and ``step`` is checked with the whole script
when the patch is applied (``applying.py``), by the same rules as any script.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.reading import show_path
from soundwright.scripts_compiler.schema import from_strict
from soundwright.scripts_compiler.script import Closed, Master, SceneCue, Script, Voice
from soundwright.scripts_compiler.shape import CUE_MODELS, describe_faults, fields_of
from soundwright.scripts_compiler.wording import near, shown

MAX_EDITS = 500
MAX_SUMMARY_CHARS = 1000
SOURCE = "the patch"
Name = Annotated[str, Field(min_length=1, max_length=65, description="an id or a name")]
Fields = dict[str, Any]


class AddCue(Closed):
    """A new cue behind ``after`` or in front of ``before``; at the end without either. ``set`` holds its fields."""

    do: Literal["add"] = "add"
    type: Name
    id: Name | None = None
    set: Fields = Field(default_factory=dict)
    after: Name | None = None
    before: Name | None = None


class RemoveCue(Closed):
    """A cue taken away."""

    do: Literal["remove"] = "remove"
    id: Name


class MoveCue(Closed):
    """A cue put behind ``after`` or in front of ``before``."""

    do: Literal["move"] = "move"
    id: Name
    after: Name | None = None
    before: Name | None = None


class ChangeCue(Closed):
    """Fields of a cue written anew, or cleared."""

    do: Literal["change"] = "change"
    id: Name
    set: Fields = Field(default_factory=dict)
    clear: list[Name] = Field(default_factory=list)


class AddVoice(Closed):
    """A new voice."""

    do: Literal["add_voice"] = "add_voice"
    name: Annotated[str, Field(min_length=1, max_length=64)]
    set: Fields = Field(default_factory=dict)


class ChangeVoice(Closed):
    """Fields of a voice written anew, or cleared; a new ``name`` is written into its lines too."""

    do: Literal["change_voice"] = "change_voice"
    name: Name
    set: Fields = Field(default_factory=dict)
    clear: list[Name] = Field(default_factory=list)


class RemoveVoice(Closed):
    """A voice taken away that says nothing any more."""

    do: Literal["remove_voice"] = "remove_voice"
    name: Name


class SwitchEffect(Closed):
    """An effect put on a cue or a voice, or taken off."""

    do: Literal["effect"] = "effect"
    id: Name | None = None
    voice: Name | None = None
    effect: Name
    on: bool = True


class Pronounce(Closed):
    """How a word is spoken; null lets it be spoken as it is written."""

    do: Literal["pronounce"] = "pronounce"
    word: Annotated[str, Field(min_length=1, max_length=100)]
    say: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class AddStep(Closed):
    """A new step."""

    do: Literal["add_step"] = "add_step"
    step: Fields


class RemoveStep(Closed):
    """A step taken away."""

    do: Literal["remove_step"] = "remove_step"
    id: Name


class ChangeScript(Closed):
    """Title, language or duration written anew, or cleared."""

    do: Literal["script"] = "script"
    set: Fields = Field(default_factory=dict)
    clear: list[Name] = Field(default_factory=list)


class ChangeMaster(Closed):
    """The programme's loudness, peak, rate or channels."""

    do: Literal["master"] = "master"
    set: Fields


EditOp = (
    AddCue | RemoveCue | MoveCue | ChangeCue | AddVoice | ChangeVoice | RemoveVoice | SwitchEffect | Pronounce | AddStep
    | RemoveStep | ChangeScript | ChangeMaster
)  # fmt: skip
OPS: dict[str, type[EditOp]] = {
    model.model_fields["do"].default: model
    for model in (
        AddCue, RemoveCue, MoveCue, ChangeCue, AddVoice, ChangeVoice, RemoveVoice, SwitchEffect, Pronounce, AddStep,
        RemoveStep, ChangeScript, ChangeMaster,
    )
}  # fmt: skip
SCRIPT_FIELDS = ("title", "language", "duration")


@dataclass(frozen=True, slots=True)
class Patch:
    """Edits in order with one sentence for the user; where ``question`` is not empty there are none."""

    summary: str = ""
    edits: tuple[EditOp, ...] = ()
    question: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values: what ``read_patch`` reads."""
        edits = [edit.model_dump(mode="json", exclude_defaults=True) for edit in self.edits]
        kept = [{"do": op.do, **data} for op, data in zip(self.edits, edits, strict=True)]
        return {"question": self.question or None, "edits": kept, "summary": self.summary}


def read_patch(data: Any) -> Patch:  # noqa: ANN401  whatever a model answered
    """The patch in plain data, in the strict form or the short one.

    Raises:
        ScriptError: with everything that is wrong with its shape, each with its place.
    """
    plain = from_strict(data)
    if not isinstance(plain, dict):
        found = f"found {shown(plain)}."
        raise ScriptError([Problem("", found, "A patch has fields: summary and edits, or question.")], SOURCE)
    problems = list(_unknown(plain))
    summary, question = (_text(plain, name, problems) for name in ("summary", "question"))
    listed = plain.get("edits", [])
    if not isinstance(listed, list) or len(listed) > MAX_EDITS:
        problems.append(Problem("edits", f"found {shown(listed)}.", f"It takes a list of at most {MAX_EDITS} edits."))
        listed = []
    edits = [edit for index, item in enumerate(listed) if (edit := _edit(item, index, problems)) is not None]
    if not problems:
        problems += _balance(question, edits)
    if problems:
        raise ScriptError(problems, SOURCE)
    return Patch(summary, tuple(edits), question)


def known_fields(op: EditOp, cue_type: str = "") -> list[str]:
    """The fields that ``set`` and ``clear`` of an edit may name."""
    if isinstance(op, AddCue | ChangeCue):
        fixed = ("type", "id")
        return [name for name in fields_of(CUE_MODELS.get(cue_type, SceneCue)) if name not in fixed]
    if isinstance(op, AddVoice | ChangeVoice):
        return list(fields_of(Voice))
    if isinstance(op, ChangeMaster):
        return list(fields_of(Master))
    return [name for name in fields_of(Script) if name in SCRIPT_FIELDS]


def _unknown(plain: Mapping[str, Any]) -> Iterator[Problem]:
    known = ("summary", "question", "edits")
    for name in plain:
        if name not in known:
            yield Problem(name[:65], "is no field of a patch.", near(name, known) or "Drop it.")


def _text(plain: Mapping[str, Any], name: str, problems: list[Problem]) -> str:
    value = plain.get(name, "")
    if not isinstance(value, str):
        problems.append(Problem(name, f"found {shown(value)}.", "It takes text."))
        return ""
    return " ".join(value.split())[:MAX_SUMMARY_CHARS]


def _edit(item: Any, index: int, problems: list[Problem]) -> EditOp | None:  # noqa: ANN401
    place = f"edits[{index}]"
    if not isinstance(item, dict):
        problems.append(Problem(place, f"found {shown(item)}.", f"It takes {{do: ...}} with one of {', '.join(OPS)}."))
        return None
    kind = item.get("do")
    if not isinstance(kind, str) or kind not in OPS:
        meant = near(kind, OPS) if isinstance(kind, str) else ""
        remedy = meant if meant.startswith("Did") else f"It is one of {', '.join(OPS)}."
        problems.append(Problem(f"{place}.do", f"found {shown(kind)}.", remedy))
        return None
    model = OPS[kind]
    try:
        return model.model_validate(item)
    except ValidationError as error:
        faults = list(describe_faults(error, item, model))
        problems += [Problem(show_path(("edits", index, *path)), found, remedy) for path, found, remedy in faults]
        return None


def _balance(question: str, edits: list[EditOp]) -> Iterator[Problem]:
    if question and edits:
        yield Problem("question", "there are edits too.", "Ask and leave edits empty, or edit and leave question null.")
    if not question and not edits:
        yield Problem("edits", "the patch changes nothing.", "Write the edits, or ask a question.")
