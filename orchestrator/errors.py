"""Errors of running a plan.

SoundwrightError
+-- ExecutionError   nodes failed: each with its cue, operation, tool, version and cause
+-- CacheDamaged     a stored asset is not what was stored; it is made again on the next run
+-- LockError        a lock file that cannot be read
+-- ConfigError      a setting that cannot be used
+-- TooExpensive     paid engines would ask more than is allowed
+-- HistoryError     a history that cannot be read, or a step that cannot be taken
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.scripts_compiler.graph import NodeId


@dataclass(frozen=True, slots=True)
class Failure:
    """A node that could not be made. ``details`` is the traceback, for those who mend the tool.

    ``package`` brings the tool, with its version, where it is another than Soundwright.
    """

    node: NodeId
    places: tuple[str, ...]
    op: str
    tool: str
    version: str
    cause: str
    exit_code: int = 3
    details: str = field(default="", repr=False)
    package: str = ""

    def __str__(self) -> str:
        place = ", ".join(self.places[:3]) or str(self.node)
        more = f" and {len(self.places) - 3} more" if len(self.places) > 3 else ""
        return f"{place}{more}: {self.op} by {self.tool} {self.version}{self._of()} failed: {self.cause}"

    def _of(self) -> str:
        return f" (of {self.package})" if self.package else ""


class ExecutionError(SoundwrightError):
    """Some nodes were not made. What was finished is kept in the cache, so the next run goes on from there."""

    exit_code = 3

    def __init__(self, failures: Sequence[Failure], skipped: Sequence[str] = ()) -> None:
        self.failures = tuple(failures)
        self.skipped = tuple(skipped)
        self.exit_code = failures[0].exit_code
        super().__init__(self._text())

    def _text(self) -> str:
        lines = [str(failure) for failure in self.failures]
        if self.skipped:
            lines.append(f"not made because of that: {', '.join(self.skipped)}")
        head = "" if len(self.failures) == 1 else f"{len(self.failures)} failures\n"
        return head + "\n".join(lines)


class CacheDamaged(SoundwrightError):
    """A stored asset does not hold what was stored."""

    exit_code = 3


class LockError(SoundwrightError):
    """A lock file that is no lock file."""


class ConfigError(SoundwrightError):
    """A setting with a value that cannot be used; the message names where it was set."""


class HistoryError(SoundwrightError):
    """A history that cannot be read, or that does not lead where it was asked to."""


class TooExpensive(SoundwrightError):
    """Paid engines would ask more than is allowed; nothing was made."""

    exit_code = 3
