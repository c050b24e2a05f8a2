"""What the tools do: one operation, or a whole production, as the command line does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from soundwright.orchestrator import perform, pipeline, planning, reports, saving, single
from soundwright.orchestrator.binding import Options
from soundwright.orchestrator.devices import resolved_device
from soundwright.orchestrator.mcp_server.answers import Answer, Link, file_link, of_operation
from soundwright.orchestrator.mcp_server.offers import Arguments, Call
from soundwright.orchestrator.mcp_server.places import Places
from soundwright.orchestrator.pipeline import Rendered, RenderOptions
from soundwright.orchestrator.project import script_at
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.operations import Operation
from soundwright.tools.errors import Cancelled

_SOUNDS = saving.SOUND_SUFFIXES


@dataclass(frozen=True)
class Settings:
    """How the server's owner lets it work: which language model, licences, cores, network, engines, device."""

    llm: str | None = None
    max_cost: float | None = None
    commercial: bool = False
    offline: bool = False
    jobs: int | None = None
    tools: Mapping[str, str] = field(default_factory=dict)
    device: str | None = None
    fallback: bool = False

    def binding(self, pins: Mapping[str, str]) -> Options:
        """How one operation is bound; ``pins`` of a call weigh more than those of the server."""
        device = resolved_device(self.device) if self.device else ""
        return Options(tools={**self.tools, **pins}, commercial=self.commercial, device=device)


@dataclass(frozen=True)
class Studio:
    """The work behind the tools."""

    workshop: Workshop
    places: Places
    settings: Settings = Settings()

    def operate(self, operation: Operation, arguments: Arguments, call: Call) -> Answer:
        """One operation on files or earlier results.

        Raises:
            SoundwrightError: as the command line would say it.
        """
        given = dict(arguments)
        save_as, tool = given.pop("save_as", None), given.pop("tool", None)
        consent = given.pop("consent", None) is True
        files, params = self._files(operation, given)
        problems = list(_not_given(operation, files, params))
        if problems:
            raise ScriptError(problems, source=operation.name)
        options = self.settings.binding({operation.name: str(tool)} if tool else {})
        try:
            done = perform.perform(
                operation.name, params, files, workshop=self.workshop, options=options, observer=call.watch,
                cancel=call.cancel, jobs=self.settings.jobs, fallback=self.settings.fallback, consent=consent,
            )  # fmt: skip
        except ScriptError as error:
            raise single.plain_words(error, operation.name) from None
        written: tuple[Path, ...] = ()
        if save_as is not None:
            suffixes = () if done.asset.kind.value == "Stems" else saving.suffixes(done.asset)
            target = self.places.target(str(save_as), suffixes, "save_as")
            single.spare(target, files)
            written = saving.save(done.asset, target, tags=single.tags(operation, files, done)).files
        return of_operation(operation.name, done, self.workshop.cache.get(done.key), written)

    def plan(self, arguments: Arguments, call: Call) -> Answer:
        """A script from an idea or a file; it is kept in the output folder."""
        document = self._planned(arguments, call)
        return _of_script(document, f"The script is kept as {document.path}.")

    def make(self, arguments: Arguments, call: Call) -> Answer:
        """From an idea or a file to sound."""
        document = self._planned(arguments, call)
        rendered = self._render(document, arguments, call)
        if "idea" in arguments and planning.asks_model(_as_words(arguments["idea"]), self._plan_options()):
            better = planning.refitted(document, rendered.duration_s)
            rendered = rendered if better is None else self._render(better, arguments, call)
        return _of_render(rendered, document)

    def render(self, arguments: Arguments, call: Call) -> Answer:
        """A script to sound."""
        document = self._document(arguments)
        if arguments.get("script"):
            document = self._keep(document, arguments)
        return _of_render(self._render(document, arguments, call), document)

    def check(self, arguments: Arguments, call: Call) -> Answer:
        """What is wrong with a script, and what a render would take."""
        del call
        checked = pipeline.check(self._document(arguments), self.options(arguments))
        return Answer(checked.to_text(), checked.to_json())

    def voices(self, arguments: Arguments, call: Call) -> Answer:
        """Voices that can be cast."""
        del call
        rows = reports.voice_rows(language=arguments.get("language", ""), gender=arguments.get("gender", ""))
        return Answer(reports.table(rows), {"voices": rows})

    def _files(self, operation: Operation, given: Mapping[str, Any]) -> tuple[dict[str, list[Path]], dict[str, Any]]:
        """Arguments apart: inputs as files, the others as parameters."""
        parameters = operation.parameters.model_json_schema(by_alias=True).get("properties", {})
        ports = {port.name for port in operation.inputs if port.name not in parameters}
        files: dict[str, list[Path]] = {}
        for name in ports & set(given):
            named = given[name] if isinstance(given[name], list) else [given[name]]
            files[name] = [self.places.file(str(reference), name) for reference in named]
        return files, {name: value for name, value in given.items() if name not in ports}

    def _planned(self, arguments: Arguments, call: Call) -> Document:
        """The document of an idea or a file; one that has no file yet is kept in the output folder."""
        given = one_of(arguments, "idea", "file")
        call.watch.stage("plan")
        source = _as_words(arguments["idea"]) if given == "idea" else str(self.places.file(arguments["file"], "file"))
        document = planning.plan(source, self._plan_options(), on_note=call.watch.message, cancelled=call.cancel.is_set)
        if call.cancel.is_set():
            raise Cancelled("cancelled")
        return document if document.path is not None else self._keep(document, arguments)

    def _keep(self, document: Document, arguments: Arguments) -> Document:
        name = str(arguments.get("name", ""))
        if name:
            target = self.places.target(name, ()).with_suffix(".yaml")
        else:
            target = self.places.free(planning.slug(document.script), ".yaml")
        return replace(planning.keep(document, target), warnings=document.warnings)

    def _document(self, arguments: Arguments) -> Document:
        """A script given as text or as a file. The recordings of a text are looked for in the output folder."""
        if one_of(arguments, "script", "file") == "file":
            return documents.load(script_at(self.places.file(arguments["file"], "file")), allow=self.places.roots)
        made = documents.loads(str(arguments["script"]), "script", catalogue=self.workshop.catalogue())
        return replace(made, path=self.places.roots[0] / f"{planning.slug(made.script)}.yaml")

    def _render(self, document: Document, arguments: Arguments, call: Call) -> Rendered:
        name = str(arguments.get("name", "")) or f"{document.path.stem if document.path else 'story'}.flac"
        target = self.places.target(name, _SOUNDS)
        return pipeline.render(document, target, self.options(arguments), observer=call.watch, cancel=call.cancel)

    def options(self, arguments: Arguments) -> RenderOptions:
        """How to render, as the owner and the client want it."""
        return RenderOptions(
            stems=bool(arguments.get("stems", False)),
            srt=bool(arguments.get("srt", False)),
            allow=self.places.roots,
            jobs=self.settings.jobs,
            offline=self.settings.offline,
            commercial=self.settings.commercial,
            tools=self.settings.tools,
            device=self.settings.device,
            fallback=self.settings.fallback,
        )

    def _plan_options(self) -> planning.PlanOptions:
        return planning.PlanOptions(llm=self.settings.llm, max_cost=self.settings.max_cost)


def _of_script(document: Document, said: str) -> Answer:
    data = {
        "title": document.script.title,
        "file": str(document.path),
        "cues": len(document.script.cues),
        "warnings": [str(problem) for problem in document.warnings],
    }
    return Answer(f"{said}\n\n{document.dump()}", data, _script_links(document))


def _of_render(rendered: Rendered, document: Document) -> Answer:
    links = [file_link(path) for path in rendered.files if path.is_file()]
    known = {link.uri for link in links}
    links += [link for link in _script_links(document) if link.uri not in known]
    return Answer(rendered.to_text(), {**rendered.to_json(), "script": str(document.path)}, tuple(links))


def _script_links(document: Document) -> tuple[Link, ...]:
    return () if document.path is None else (file_link(document.path, document.script.title),)


def _as_words(idea: object) -> str:
    """An idea that is never taken for the name of a file: that would be a way around the allowed folders."""
    return f"{str(idea).rstrip()}\n"


def one_of(arguments: Arguments, one: str, other: str) -> str:
    """Which of two arguments is given.

    Raises:
        ScriptError: both, or none.
    """
    given = [name for name in (one, other) if arguments.get(name)]
    if len(given) != 1:
        raise ScriptError([Problem("", f"give either {one} or {other}.", "One of them, not both.")])
    return given[0]


def _not_given(operation: Operation, files: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Problem]:
    for port in operation.inputs:
        if not port.optional and port.name not in files and port.name not in params:
            yield Problem(port.name, f"{operation.name} needs a file ({port.kind.value}) here.", "Give its path.")
