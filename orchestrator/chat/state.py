"""What a chat works on: the project with its story, files and results, the language model, what was spent."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from soundwright.orchestrator.chat import facts
from soundwright.orchestrator.chat.attachments import Said
from soundwright.orchestrator.chat.history import ChatLog
from soundwright.orchestrator.chat.reply import Listener, Pending, Silent
from soundwright.orchestrator.chat.situation import Situation
from soundwright.orchestrator.chat.times import Times, estimated, times_of
from soundwright.orchestrator.interop.operations import Operations
from soundwright.orchestrator.llm.base import LanguageModel, Usage
from soundwright.orchestrator.llm.choose import HOW
from soundwright.orchestrator.llm.errors import ModelUnavailable
from soundwright.orchestrator.lock import Lock, read_lock
from soundwright.orchestrator.pipeline import RenderOptions
from soundwright.orchestrator.planner.session import Session
from soundwright.orchestrator.project import Project
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.tools.assets import Asset

RESULTS = "results"
LOOSE_RESULTS = "soundwright-results"
LONG_S = 60.0
"""Work that is expected to take longer is asked about first."""


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """``yes`` agrees to everything beforehand; ``render`` makes the sound after each change; ``max_cost`` in dollars.

    ``allow`` are folders beside the project's that a script may read recordings from.
    """

    yes: bool = False
    render: bool = True
    max_cost: float | None = None
    commercial: bool = False
    offline: bool = False
    allow: tuple[Path, ...] = ()


@dataclass
class State:
    """Lives as long as one chat. Names count from ``folder``; ``wanted`` is the folder of a project to be made."""

    folder: Path
    options: ChatOptions
    model: LanguageModel | None
    operations: Operations
    log: ChatLog
    listener: Listener = field(default_factory=Silent)
    project: Project | None = None
    wanted: Path | None = None
    document: Document | None = None
    render: Path | None = None
    focus: str = ""  # the sound that "it" means, empty where that is the story
    last: str = ""  # the last result of any kind
    pending: Pending | None = None
    assets: dict[str, Asset] = field(default_factory=dict)  # results that are no sound, to be saved in any form
    usage: Usage = field(default_factory=Usage)
    cancel: threading.Event = field(default_factory=threading.Event)
    _times: tuple[str, Path | None, Times] | None = None

    @classmethod
    def open(
        cls, path: Path | None, model: LanguageModel | None, options: ChatOptions, *, folder: Path | None = None,
        listener: Listener | None = None,
    ) -> State:  # fmt: skip
        """With the project (or the script) at ``path``; a folder that is not there yet is made with the first story.

        Raises:
            ScriptError: the script there cannot be used.
        """
        here = folder or Path.cwd()
        if path is not None and path.suffix in (".yaml", ".yml", ".json") and not path.exists():
            raise ScriptError([Problem(str(path), "does not exist.", "Name a project, a script, or a new folder.")])
        project = Project.at(path) if path is not None and _is_project(path) else None
        base = here / LOOSE_RESULTS if path is None else (path.parent if path.is_file() else path) / RESULTS
        operations = Operations(base, consent=True, commercial=options.commercial, offline=options.offline)
        log = ChatLog.open(project.history if project is not None else None)
        state = cls(here, options, model, operations, log, listener or Silent(), project, path)
        operations.cancel = state.cancel
        if project is not None:
            state.reload()
            state.render = _newest_render(project)
            state._take_up(project)
        return state

    @property
    def render_options(self) -> RenderOptions:
        """How this chat renders."""
        return RenderOptions(allow=self.options.allow, commercial=self.options.commercial, offline=self.options.offline)

    def session(self) -> Session:
        """A conversation with the language model, held to what may still be spent.

        Raises:
            ModelUnavailable: there is none.
        """
        if self.model is None:
            raise ModelUnavailable(f"This needs a language model. {HOW}.")
        left = None if self.options.max_cost is None else self.options.max_cost - (self.usage.cost_usd or 0.0)
        return Session(self.model, left, None, self.cancel.is_set)

    def reload(self) -> None:
        """Read the script again.

        Raises:
            ScriptError: it cannot be used.
        """
        if self.project is not None:
            self.document = documents.load(self.project.script, allow=self.options.allow)

    def story(self) -> Document:
        """The story there is.

        Raises:
            ScriptError: there is none yet.
        """
        if self.document is None:
            raise ScriptError([Problem("", "there is no story yet.", "Tell me an idea first.")])
        return self.document

    def its_project(self) -> Project:
        """The project of the story.

        Raises:
            ScriptError: there is no story yet.
        """
        self.story()
        if self.project is None:
            raise ScriptError([Problem("", "the story has no project.", "Name one: soundwright chat FOLDER.")])
        return self.project

    def lock(self) -> Lock:
        """The lock of the project."""
        return Lock() if self.project is None else read_lock(self.project.lock)

    def facts(self, chosen: int | None = None) -> facts.Story:
        """What can be told of the story."""
        document = self.story()
        return facts.Story(document.script, self.times(), self.lock(), facts.read_manifest(self.render), chosen)

    def times(self) -> Times:
        """When its cues are heard; kept until the script changes, or it is rendered."""
        document = self.story()
        if self._times is None or self._times[:2] != (document.text, self.render):
            self._times = (document.text, self.render, times_of(document, self.render_options))
        return self._times[2]

    def situation(self, said: Said) -> Situation:
        """What the next turn is understood against."""
        story = ""
        if self.document is not None:
            story = facts.answer(facts.Story(self.document.script, self._estimate()), "summary", "")
        return Situation(
            said, self.operations.workspace.items, self.operations.operations, story, self.focus, self.log.turns
        )

    def _estimate(self) -> Times:
        """Times that cost nothing: the kept ones, else an estimate."""
        document = self.story()
        if self._times is not None and self._times[0] == document.text:
            return self._times[2]
        return estimated(document)

    def settle(self, project: Project) -> None:
        """From now on work on this project."""
        self.project = project
        self.reload()
        self.render, self._times, self.focus, self.last = None, None, "", ""
        self.log.move(project.history)

    def _take_up(self, project: Project) -> None:
        """Results of the last time go on having their ids; files from outside the project must be named again."""
        home = project.script.resolve().parent
        for name, path in self.log.files.items():
            file = Path(path) if Path(path).is_absolute() else home / path
            if file.resolve().is_relative_to(home) and file.is_file() and name not in self.operations.workspace.items:
                self.operations.workspace.declare(file, name)
        self.focus = self.log.focus if self.log.focus in self.operations.workspace.items else ""


def _is_project(path: Path) -> bool:
    return (path / "script.yaml").is_file() if path.is_dir() else path.is_file()


def _newest_render(project: Project) -> Path | None:
    folder = project.script.with_name("renders") if project.is_folder else project.script.parent
    stem = "*" if project.is_folder else project.script.stem
    found = list(folder.glob(f"{stem}.manifest.json")) if folder.is_dir() else []
    newest = max(found, key=lambda path: path.stat().st_mtime, default=None)
    if newest is None:
        return None
    base = newest.name.removesuffix(".manifest.json")
    return next((newest.with_name(base + suffix) for suffix in (".flac", ".wav", ".mp3", ".opus", ".ogg")
                 if newest.with_name(base + suffix).is_file()), None)  # fmt: skip
