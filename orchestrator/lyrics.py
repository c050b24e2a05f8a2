"""The tool ``lyricist``: lyrics by the user's language model, checked before anybody sings them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.tools.assets import Asset, Text
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing

if TYPE_CHECKING:
    from soundwright.orchestrator.llm.base import LanguageModel
    from soundwright.orchestrator.planner.prompting import Prompt

KINDS = ("intro", "verse", "pre-chorus", "chorus", "bridge", "outro")
ROUNDS = 2  # an answer, and one chance to mend it
MAX_SECTIONS, MAX_LINES, MAX_LINE_CHARS, MAX_TITLE_CHARS = 16, 24, 160, 120
MAX_CHARS = 5000  # what ``sing`` takes
_ANSWER_TOKENS = 600
_OF_THIS_MACHINE = ("gguf", "scripted")


class LyricistTool:
    """Asks the language model of SOUNDWRIGHT_LLM or the configuration; ``offline_only`` is set by the registry."""

    spec = ToolSpec(
        name="lyricist",
        version="1",
        operations=("write_lyrics",),
        licence_code="Apache-2.0",
        licence_weights="as your language model's",
        honours=("description", "language", "take"),
        take_varies=("take", "whatever the model makes of it"),
        determinism="none",
        speed=1.0,
        proven="tiny",
        proven_note="prepared answers, good, malformed and hopeless; SmolLM2-135M, which repeats a line",
        help="Lyrics in sections by the language model that you named (SOUNDWRIGHT_LLM, or llm in config.toml).",
    )

    def __init__(self) -> None:
        self.offline_only = False
        self._model: LanguageModel | None = None

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """Why no lyrics can be had: no model is named, or none may be asked; empty where nothing is in the way."""
        del op, params
        from soundwright.orchestrator.llm.choose import HOW, configured_name  # noqa: PLC0415  reads a file

        name = configured_name()
        if name is None:
            return f"lyricist needs a language model, and none is named. {_as_setting(HOW)}."
        if self.offline_only and not _of_this_machine(name):
            return (
                f"lyricist would ask {_harmless(name)} over the network, and we are offline. Name one of this machine."
            )
        return ""

    def identity(self) -> Mapping[str, str]:
        """The name of the model: part of every asset's key.

        Raises:
            ToolMissing: none is named, or we are offline and it is of another machine.
        """
        from soundwright.orchestrator.llm.choose import configured_name  # noqa: PLC0415

        if refused := self.refusal("write_lyrics", {}):
            raise ToolMissing(refused)
        return {"llm": _harmless(configured_name() or "")}

    def load(self, place: Place) -> None:
        """Open the model; nothing is sent yet.

        Raises:
            ToolMissing: none is named, or its key, package or file is missing.
        """
        del place
        from soundwright.orchestrator.llm.choose import open_model  # noqa: PLC0415
        from soundwright.orchestrator.llm.errors import ModelUnavailable  # noqa: PLC0415

        if refused := self.refusal("write_lyrics", {}):
            raise ToolMissing(refused)
        try:
            self._model = open_model()
        except ModelUnavailable as error:
            raise ToolMissing(f"lyricist: {error}") from error

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Ask once for each request, and once more where an answer is wrong."""
        return each(batch, context, lambda request: self._written(request, context))

    def close(self) -> None:
        """Drop the model."""
        self._model = None

    def _written(self, request: Request, context: Context) -> Text:
        from soundwright.orchestrator.llm.errors import LanguageModelError  # noqa: PLC0415
        from soundwright.orchestrator.planner.session import Session  # noqa: PLC0415

        if self._model is None:
            raise ToolError("lyricist ran before it was loaded", addressee="developer")
        session = Session(self._model, cancelled=context.cancelled)
        try:
            return session.converse(prompt(request.params), _Task(), rounds=ROUNDS, answer_tokens=_ANSWER_TOKENS)
        except ScriptError as error:
            found = "; ".join(str(problem) for problem in error.problems[:3])
            raise ToolError(
                f"{self._model.name} wrote no lyrics that can be sung: {found} Describe the song otherwise, or name "
                "another model."
            ) from error
        except LanguageModelError as error:
            raise ToolError(f"lyricist: {error}") from error


def prompt(params: Mapping[str, Any]) -> Prompt:
    """Exactly what is sent for the parameters of ``write_lyrics``."""
    from soundwright.orchestrator.llm.base import Message  # noqa: PLC0415
    from soundwright.orchestrator.planner.prompting import Prompt  # noqa: PLC0415
    from soundwright.prompts.loader import render  # noqa: PLC0415

    text = render(
        "lyrics",
        description=" ".join(str(params["description"]).split()),
        language=str(params.get("language") or "en"),
        version=1 + int(params.get("take", 0)),
    )
    return Prompt((Message("user", text),), schema())


def schema() -> dict[str, Any]:
    """What an answer has to look like, in the strict form."""
    lines = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": MAX_LINES}
    section = _object(kind={"type": "string", "enum": list(KINDS)}, lines=lines)
    sections = {"type": "array", "items": section, "minItems": 1, "maxItems": MAX_SECTIONS}
    return _object(title={"type": "string"}, sections=sections)


def _object(**properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class _Task:
    def read(self, data: Any, *, last: bool) -> Text:  # noqa: ANN401  whatever a model answered
        """The lyrics of an answer, headings in brackets.

        Raises:
            ScriptError: they do not fit the schema, or cannot be sung.
        """
        from soundwright.orchestrator.planner.prompting import repair  # noqa: PLC0415
        from soundwright.orchestrator.planner.session import WrongAnswer  # noqa: PLC0415

        del last
        problems = list(faults(data))
        if problems:
            wrong = WrongAnswer(problems)
            wrong.complaint = repair(problems, what="lyrics")
            raise wrong
        return Text(laid_out(data))

    def rescue(self) -> Text | None:
        """Half a song is none."""
        return None


def faults(data: Any) -> Iterator[Problem]:  # noqa: ANN401  any JSON
    """What is wrong with an answer, by place."""
    from soundwright.orchestrator.llm.conforms import misfits  # noqa: PLC0415

    found = [text.partition(": ") for text in misfits(data, schema(), limit=10)]
    yield from (Problem(place, f"{what}.", "Keep to the schema.") for place, _, what in found)
    if found:
        return
    if unfit := _unfit(data["title"], MAX_TITLE_CHARS):
        yield Problem("title", unfit, "Give a short title.")
    for number, section in enumerate(data["sections"]):
        for at, line in enumerate(section["lines"]):
            if unfit := _unfit(line, MAX_LINE_CHARS):
                yield Problem(f"sections[{number}].lines[{at}]", unfit, "Write only the words of one line.")
    if (length := len(laid_out(data))) > MAX_CHARS:
        yield Problem("sections", f"have {length} characters; a song may have {MAX_CHARS}.", "Write a shorter song.")


def laid_out(data: Mapping[str, Any]) -> str:
    """Lyrics as ``sing`` and ``lyrics_to_melody`` read them: a line each, headings in brackets, which nobody sings."""
    parts = [f"[title: {_tidy(data['title'])}]"]
    for section in data["sections"]:
        parts.append("\n".join([f"[{section['kind']}]", *map(_tidy, section["lines"])]))
    return "\n\n".join(parts) + "\n"


def _unfit(line: str, most: int) -> str:
    """Why a line cannot be sung; empty where it can."""
    if not any(letter.isalpha() for letter in line):
        return "has no words."
    if len(line) > most:
        return f"has {len(line)} characters; {most} are allowed."
    if any(mark in line for mark in "[]{}<>\n\r") or not line.replace("\t", " ").isprintable():
        return "has a break, or marks that cannot be sung."
    return ""


def _tidy(line: str) -> str:
    return " ".join(line.split())


def _of_this_machine(name: str) -> bool:
    """Whether a model is asked without leaving the machine: a file, or a server of the loopback."""
    from soundwright.tools.http.client import on_this_machine  # noqa: PLC0415

    kind, _, rest = name.partition(":")
    if kind in _OF_THIS_MACHINE:
        return True
    url = rest.partition("@")[2] or os.environ.get("OPENAI_BASE_URL", "").strip()
    return kind.startswith("openai") and on_this_machine(url)


def _harmless(name: str) -> str:
    from soundwright.orchestrator.llm.keys import redact  # noqa: PLC0415

    return redact(name)


def _as_setting(how: str) -> str:
    """How a model is named for a render, which has no --llm."""
    return how.replace("--llm or SOUNDWRIGHT_LLM", "SOUNDWRIGHT_LLM, or as llm in config.toml").replace(
        "one with", "one in"
    )
