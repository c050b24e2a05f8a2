"""Asks tools about themselves before they are loaded, so that none can take a run down with what it answers, or does.

A tool of another package is asked in a process of its own, like the one in which it works; one that raises, ends that
process, hangs or answers something else is broken: from then on it is told why, and not asked again.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from soundwright.scripts_compiler.paths import printable
from soundwright.scripts_compiler.wording import short
from soundwright.tools.base import Context, Home, Networked, Tool
from soundwright.tools.entries import Entry
from soundwright.tools.errors import ToolBroken, ToolDefect, ToolError, ToolMissing
from soundwright.tools.homes.settings import Homes
from soundwright.tools.http.base import HttpTool
from soundwright.tools.worker.process import WorkerEnded
from soundwright.tools.worker.tool import WorkerTool, adapted, raised

ASKED = Path(__file__).parent / "worker" / "asked.py"
LIMIT_S = 15.0
_LOAD_S = 60.0
"""To import and make a tool. Both have been tried before, at its first import."""
_IDLE_S = 60.0


class Asking:
    """Asks the tools of a registry. ``broken`` says of those that failed, by name, how."""

    def __init__(self, homes: Homes) -> None:
        self.broken: dict[str, str] = {}
        self._homes = homes
        self._processes: dict[str, _Asked] = {}
        self._guard = threading.Lock()

    def text(self, entry: Entry, home: Home, question: str, *arguments: object) -> str:
        """A text in answer; empty from a tool that does not know the question.

        Raises:
            ToolError, ToolMissing: the tool says so.
            ToolBroken: it failed to answer.
        """
        answer = self._ask(entry, home, question, arguments, "")
        if not isinstance(answer, str):
            self._fail(entry, f"{question} gave {short(repr(answer), 60)} instead of a text")
        return answer

    def texts(self, entry: Entry, home: Home, question: str) -> Mapping[str, str]:
        """Texts by name in answer.

        Raises:
            ToolError, ToolMissing, ToolBroken: as for ``text``.
        """
        answer = self._ask(entry, home, question, (), {})
        if isinstance(answer, Mapping) and all(isinstance(part, str) for pair in answer.items() for part in pair):
            return answer
        self._fail(entry, f"{question} gave {short(repr(answer), 60)} instead of texts by name")

    def made(self, entry: Entry) -> Tool:
        """A new tool in this process, which knows whether it may ask the network.

        Raises:
            ToolBroken: it cannot be made.
        """
        try:
            return _settled(entry.make(), self._homes.offline)
        except (Exception, SystemExit) as error:  # the boundary to the code of tools
            self._fail(entry, f"making it raised {type(error).__name__}: {error}", error)

    def obstacle(self, entry: Entry) -> tuple[str, str]:
        """Why a tool behind HTTP cannot be asked for sound now, and what would help."""
        try:
            tool = self.made(entry)
            return tool.obstacle() if isinstance(tool, HttpTool) else ("", "")
        except ToolBroken as error:
            return str(error), ""
        except (Exception, SystemExit) as error:  # the boundary to the code of tools
            return printable(f"obstacle raised {type(error).__name__}: {error}"), ""

    def _ask(self, entry: Entry, home: Home, question: str, arguments: tuple[object, ...], silent: object) -> object:
        if entry.spec.name in self.broken:
            raise ToolBroken(self.broken[entry.spec.name], entry.spec.name)
        if question not in entry.answers:
            return silent
        try:
            if entry.foreign and home in {"worker", "venv"}:
                return self._process(entry).ask(question, arguments)
            return getattr(self.made(entry), question)(*arguments)
        except ToolDefect as error:
            self._fail(entry, f"{question} {error}", error)
        except (ToolError, ToolMissing):
            raise
        except OSError as error:
            if entry.ours:
                raise  # a file of the user's that cannot be read, and may be another time
            self._fail(entry, f"{question} raised {type(error).__name__}: {error}", error)
        except (Exception, SystemExit) as error:  # the boundary to the code of tools
            self._fail(entry, f"{question} raised {type(error).__name__}: {error}", error)

    def _process(self, entry: Entry) -> _Asked:
        with self._guard:
            name = entry.spec.name
            if name not in self._processes:
                self._processes[name] = _Asked(entry, self._homes)
            return self._processes[name]

    def _fail(self, entry: Entry, how: str, cause: BaseException | None = None) -> NoReturn:
        said = f"{entry.title} cannot be used: {printable(how).rstrip('. ')}"
        self.broken[entry.spec.name] = said
        raise ToolBroken(said, entry.spec.name) from cause


class _Asked(WorkerTool):
    """The process in which a tool of a package is asked, by this interpreter; it ends when nothing is asked."""

    def __init__(self, entry: Entry, homes: Homes) -> None:
        launch = replace(adapted(entry.target, offline=homes.offline), engine={"file": str(ASKED)})
        super().__init__(replace(entry.spec, timeout_s=LIMIT_S), launch, replace(homes, load_s=_LOAD_S, idle_s=_IDLE_S))

    def ask(self, question: str, arguments: tuple[object, ...]) -> object:
        """The answer.

        Raises:
            ToolError, ToolMissing: the tool says so.
            ToolDefect: it raised something else, ended its process, or did not answer in time.
        """
        with self._busy:
            self._stay()
            try:
                return self._answer({"question": question, "arguments": list(arguments)})
            except WorkerEnded as error:
                raise ToolDefect(f"failed: its process {error}") from error
            finally:
                self._leave_after_a_while()

    def _answer(self, request: dict[str, object]) -> object:
        process, answer, over = self._started(), None, False
        try:
            process.send({"type": "run", "requests": process.exchange.pack([request]), "scratch": ""})
            for message in self._heard(process, Context()):
                if message["type"] == "failed":
                    over = True
                    raise raised(message)
                over = message["type"] == "done"
                answer = process.exchange.unpack(message["asset"])["answer"] if "asset" in message else answer
            return answer
        finally:
            if not over:
                self._kill()


def _settled(tool: Tool, offline: bool) -> Tool:
    if isinstance(tool, Networked):
        tool.offline_only = offline
    return tool
