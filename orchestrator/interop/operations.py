"""Operations to be called by a program or an agent: schemas out, JSON in, JSON back, files by id."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundwright.orchestrator import asset_text, perform, single
from soundwright.orchestrator.binding import Options
from soundwright.orchestrator.interop import schemas
from soundwright.orchestrator.interop.workspace import Item, Workspace
from soundwright.orchestrator.llm.conforms import misfits
from soundwright.orchestrator.perform import Performed
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler.errors import Problem, ScriptError, SoundwrightError
from soundwright.scripts_compiler.operations import Operation
from soundwright.scripts_compiler.schema import from_strict
from soundwright.scripts_compiler.wording import near
from soundwright.tools.errors import Cancelled

MAX_ARGUMENTS_CHARS = 200_000
MAX_TEXT_CHARS = 20_000
MAX_ROWS = 500


@dataclass(frozen=True, slots=True)
class Result:
    """What a call gave: the ``item`` under whose id it can be used again, and how it was made."""

    item: Item
    done: Performed

    def to_json(self) -> dict[str, Any]:
        """Plain values, as a language model gets them: long texts and lists are cut, and say so."""
        facts = asset_text.to_json(self.done.asset)
        facts.pop("words", None)
        shown, more = _shortened(facts)
        files = [self.item.file] if self.item.file else list(self.item.stems.values())
        return {
            "id": self.item.id,
            "kind": self.item.kind.value,
            **shown,
            **({"cut": more} if more else {}),
            **({"stems": [f"{self.item.id}.{name}" for name in self.item.stems]} if self.item.stems else {}),
            "files": [path.name if self.item.file else f"{self.item.id}/{path.name}" for path in files],
            "tool": self.done.tool,
            "licence": self.done.licence_weights or self.done.licence_code,
            "warnings": [str(problem) for problem in self.done.warnings],
        }


class Operations:
    """The installed operations with a workspace. ``only`` restricts them by name.

    ``consent`` offers what takes on a person's voice (cloning, conversion): give it only where that person agreed.
    """

    def __init__(
        self,
        folder: Path | str = "soundwright-results",
        files: Mapping[str, Path | str] | None = None,
        *,
        only: Collection[str] | None = None,
        installed_only: bool = True,
        consent: bool = False,
        commercial: bool = False,
        offline: bool = False,
        cancel: threading.Event | None = None,
    ) -> None:
        """Open the workshop and declare ``files`` by id; results go into ``folder``.

        Raises:
            ScriptError: a file is not there, an id is no name, or ``only`` names no operation.
        """
        self.workshop = Workshop.open(offline=offline)
        self.workspace = Workspace(Path(folder), {name: Path(path) for name, path in (files or {}).items()})
        self.cancel = cancel or threading.Event()
        self._options, self._consent = Options(commercial=commercial), consent
        catalogue = self.workshop.catalogue()
        for name in only or ():
            perform.operation_named(name, self.workshop)
        self.operations = {
            operation.name: operation
            for operation in schemas.offered(catalogue, only=only, consent=consent)
            if not installed_only or self._installed(operation)
        }
        self._names = {schemas.function_name(name): name for name in self.operations}

    def schemas(self, form: schemas.Form = "chat") -> list[dict[str, Any]]:
        """All functions, as ``tools`` of OpenAI's Chat Completions (``chat``) or ``responses`` API takes them."""
        return [schemas.function(operation, form) for operation in self.operations.values()]

    def call(self, name: str, arguments_json: str) -> str:
        """Do what a model asked for and answer in JSON: the result, or ``error`` with every problem and its remedy.

        Raises:
            Cancelled: ``cancel`` was set. Nothing else: what goes wrong is the answer.
        """
        try:
            return _dumped(self.do(name, _arguments(arguments_json)).to_json())
        except Cancelled:
            raise
        except ScriptError as error:
            told = [{"place": p.place, "found": p.found, "remedy": p.remedy} for p in error.problems]
            return _dumped({"error": str(error), "problems": told})
        except SoundwrightError as error:
            return _dumped({"error": str(error)})

    def do(self, name: str, arguments: Mapping[str, Any], *, result_id: str | None = None) -> Result:
        """Do one operation with arguments as its schema says; fields that are null count as not given.

        Raises:
            ScriptError: no such function, or the arguments do not fit.
            ToolMissing: no engine does it.
            ExecutionError: the engine failed.
            Cancelled: ``cancel`` was set.
        """
        operation = self._operation(name)
        given = {field: value for field, value in dict(arguments).items() if value is not None}
        wrong = misfits({**dict.fromkeys(self._fields(operation)), **arguments}, schemas.parameters_schema(operation))
        if wrong:
            places = (text.partition(": ") for text in wrong)
            raise ScriptError([Problem(place.lstrip("."), f"{text}.") for place, _, text in places], operation.name)
        params, files = self._split(operation, dict(from_strict(given)))
        try:
            done = perform.perform(
                operation.name,
                params,
                files,
                workshop=self.workshop,
                options=self._options,
                cancel=self.cancel,
                consent=self._consent,
            )
        except ScriptError as error:
            raise single.plain_words(error, operation.name) from None
        tags = single.tags(operation, files, done)
        return Result(self.workspace.keep(done.asset, operation.name, result_id, tags), done)

    def _installed(self, operation: Operation) -> bool:
        registry = self.workshop.registry
        return any(registry.missing(spec) is None for spec in registry.tools_for(operation.name))

    def _operation(self, name: str) -> Operation:
        known = self.operations.get(self._names.get(name, name))
        if known is None:
            remedy = near(name, self._names) or f"There are {', '.join(self._names)}."
            raise ScriptError([Problem("", f"no function is called {name[:80]!r}.", remedy)])
        return known

    @staticmethod
    def _fields(operation: Operation) -> list[str]:
        return list(schemas.parameters_schema(operation)["properties"])

    def _split(self, operation: Operation, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[Path]]]:
        """Parameters, and the files that ids mean."""
        files: dict[str, list[Path]] = {}
        fields = operation.parameters.model_fields
        for port in operation.inputs:
            value = given.get(port.name)
            if value is None or (port.name in fields and not isinstance(value, dict)):
                continue
            del given[port.name]
            references = value if isinstance(value, list) else [value["from"] if isinstance(value, dict) else value]
            files[port.name] = [self.workspace.path(str(each), port.kind, port.name) for each in references]
        return given, files


def _arguments(text: str) -> Mapping[str, Any]:
    if len(text) > MAX_ARGUMENTS_CHARS:
        raise ScriptError([Problem("", f"the arguments have more than {MAX_ARGUMENTS_CHARS:,} characters.")])
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise ScriptError([Problem("", f"the arguments are no JSON ({error}).", "Send one JSON object.")]) from None
    if not isinstance(found, dict):
        raise ScriptError([Problem("", "the arguments are no JSON object.", "Send one JSON object.")])
    return found


def _shortened(facts: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    shown, more = dict(facts), []
    for name, value in facts.items():
        if isinstance(value, str) and len(value) > MAX_TEXT_CHARS:
            shown[name] = value[:MAX_TEXT_CHARS]
            more.append(f"{name} has {len(value):,} characters; the file holds all")
        elif isinstance(value, list | tuple) and len(value) > MAX_ROWS:
            shown[name] = list(value[:MAX_ROWS])
            more.append(f"{name} has {len(value):,} entries; the file holds all")
    return shown, "; ".join(more)


def _dumped(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, default=str)
