"""Errors of tools, each with its addressee.

SoundwrightError
+-- ToolMissing      the user installs an extra or pulls weights (exit code 4)
|   +-- ToolBroken   the user chooses another tool, or the developer of this one mends it
+-- ToolError        a tool could not do this request: names tool, version, node and cause (exit code 3)
+-- ToolDefect       the developer of a tool mends it: it broke the contract (exit code 3)
"""

from __future__ import annotations

from soundwright.scripts_compiler.errors import Addressee, SoundwrightError


class ToolMissing(SoundwrightError):
    """No installed tool can do this, or its package or weights are missing; the message says what to install."""

    exit_code = 4


class ToolBroken(ToolMissing):
    """A tool that is installed and cannot be used: it fails when it is made, or asked about itself."""

    def __init__(self, message: str, tool: str) -> None:
        super().__init__(message)
        self.tool = tool


class ToolError(SoundwrightError):
    """A tool could not do one request. Yielded (not raised) by ``Tool.run`` so that the rest of a batch goes on."""

    exit_code = 3

    def __init__(self, message: str, *, addressee: Addressee = "user") -> None:
        super().__init__(message)
        self.addressee = addressee


class ToolDefect(ToolError):
    """A tool broke its contract (no result, NaN, wrong kind): its author has to mend it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, addressee="developer")


class Cancelled(SoundwrightError):
    """The run was cancelled while a tool was at work."""

    exit_code = 130
