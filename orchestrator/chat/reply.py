"""What a turn is answered with, and whom the chat tells how it goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """``ok`` is False where the turn failed, ``error_code`` then says how; ``asks`` where an answer is awaited."""

    text: str
    ok: bool = True
    asks: bool = False
    files: tuple[Path, ...] = ()
    leave: bool = False
    error_code: int = 2

    @property
    def code(self) -> int:
        """The exit code that this turn gives to a command."""
        return 0 if self.ok else self.error_code


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that the next turn may answer. ``options`` can be named by number or by their words.

    ``go_on`` is called with the chosen option's index, or with 0 for a yes where there are no options; ``on_no`` where
    the answer is no. ``with_words`` takes any other answer as part of what was asked for.
    """

    question: str
    go_on: Callable[[int], Reply]
    options: tuple[str, ...] = ()
    declined: str = "Left as it is."
    on_no: Callable[[], None] | None = None
    with_words: Callable[[str], Reply] | None = None


class Listener(Protocol):
    """Who shows what the chat does: a terminal, a pipe, a page."""

    def note(self, text: str) -> None:
        """A line about what is going on."""

    def piece(self, text: str) -> None:
        """A piece of what a language model writes, as it comes."""


class Silent:
    """Shows nothing."""

    def note(self, text: str) -> None:
        """Ignored."""

    def piece(self, text: str) -> None:
        """Ignored."""
