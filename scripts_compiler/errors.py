"""Errors of the script and the compiler.

SoundwrightError
+-- ScriptError      the user (or the LLM) mends the script; carries every problem at once
+-- VerifyError      the developer mends a pass or a tool: a graph that breaks a rule
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Addressee = Literal["user", "llm", "developer"]


class SoundwrightError(Exception):
    """Base of all errors of this package. ``addressee`` can mend it; ``exit_code`` is how the command line ends."""

    addressee: Addressee = "user"
    exit_code: int = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a script: where it is, what was found, what would be right.

    ``place`` is a path such as ``cues[3].until``, empty for the whole file; ``line`` (from 1) is where that stands in
    the file, where known. ``warning`` problems do not stop a render.
    """

    place: str
    found: str
    remedy: str = ""
    warning: bool = False
    line: int | None = None

    def __str__(self) -> str:
        return f"{self._head()}{self.found} {self.remedy}".rstrip()

    def _head(self) -> str:
        if self.line is None:
            return f"{self.place}: " if self.place else ""
        return f"{self.place} (line {self.line}): " if self.place else f"line {self.line}: "


MAX_PRINTED = 50


class ScriptError(SoundwrightError):
    """A script that cannot be used. All that is wrong is in ``problems``, in order of place."""

    def __init__(self, problems: Iterable[Problem], source: str = "") -> None:
        self.problems = tuple(problems)
        self.source = source
        super().__init__(self._text())

    def _text(self) -> str:
        head = f"{self.source}: " if self.source else ""
        if len(self.problems) == 1:
            return f"{head}{self.problems[0]}"
        lines = [f"  {problem}" for problem in self.problems[:MAX_PRINTED]]
        if len(self.problems) > MAX_PRINTED:
            lines.append(f"  ... and {len(self.problems) - MAX_PRINTED} more")
        return "\n".join([f"{head}{len(self.problems)} problems", *lines])


class VerifyError(SoundwrightError):
    """A graph that breaks a rule of the compiler: a mistake of ours or of a plug-in, never of the script."""

    addressee: Addressee = "developer"
    exit_code = 1

    def __init__(self, message: str, *, rule: str = "", when: str = "", node: str = "") -> None:
        self.rule, self.when, self.node = rule, when, node
        super().__init__(message)
