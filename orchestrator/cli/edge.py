"""The command line's edge: errors become one message and an exit code, Ctrl-C a clean cancel, results text or JSON."""

from __future__ import annotations

import atexit
import functools
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, ParamSpec, TextIO, TypeVar

import typer

P = ParamSpec("P")
R = TypeVar("R")

CANCELLED = 130
TASK = "task-"
"""How the threads are called in which engines work."""
DEFECT = 1


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """End a command with a message and an exit code instead of a traceback (SOUNDWRIGHT_DEBUG=1 prints it too)."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from soundwright.scripts_compiler.errors import SoundwrightError  # noqa: PLC0415  keeps --help light

        try:
            return command(*args, **kwargs)
        except SoundwrightError as error:
            _debug()
            say(f"error: {error}")
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            say("cancelled")
            raise typer.Exit(CANCELLED) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except OSError as error:
            _debug()
            say(f"error: {_os_message(error)}")
            raise typer.Exit(2) from None
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except Exception as error:  # the edge: nothing above us could tell the user
            _debug()
            say(f"error: unexpected {type(error).__name__}: {error}")
            say("This is a defect of Soundwright. Run again with SOUNDWRIGHT_DEBUG=1 and report what it prints.")
            raise typer.Exit(DEFECT) from None

    return run


def _os_message(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}. Check the path, its permissions and the free space."


def _debug() -> None:
    if os.environ.get("SOUNDWRIGHT_DEBUG"):
        traceback.print_exc()


def say(text: str) -> None:
    """Text for people, on standard error."""
    typer.echo(text, err=True)


def emit(result: object, *, as_json: bool, text: str) -> None:
    """The result of a command, on standard output: JSON when asked for, else text."""
    typer.echo(json.dumps(result, indent=2, ensure_ascii=False, default=str) if as_json else text)


@contextmanager
def cancellation() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets, for a clean stop; the second one interrupts at once."""
    event = threading.Event()

    def on_interrupt(number: int, frame: Any) -> None:  # noqa: ANN401  the type of frames is private to the interpreter
        del number, frame
        if event.is_set():
            raise KeyboardInterrupt
        event.set()
        say("stopping (Ctrl-C again to stop at once)")

    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, previous)


def leave_others_behind(code: str | int | None) -> None:
    """End at once where an engine still works that did not heed a cancel: what is being torn down would crash it."""
    if not any(thread.name.startswith(TASK) and thread.is_alive() for thread in threading.enumerate()):
        return
    atexit._run_exitfuncs()  # servers and workers of ours end as they do otherwise
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def warn(problems: Any) -> None:  # noqa: ANN401  any sequence of things that print themselves
    """Print warnings for people."""
    for problem in problems:
        say(f"warning: {problem}")


class Written:
    """Notes on standard error; a model's writing as a growing count, and only on a terminal."""

    def __init__(self, err: TextIO | None = None) -> None:
        self._err = sys.stderr if err is None else err
        self._live = self._err.isatty()
        self._written = 0

    def note(self, text: str) -> None:
        """Print a line."""
        self.end()
        print(text, file=self._err, flush=True)

    def piece(self, text: str) -> None:
        """Show that the model writes, and how much it has written."""
        if self._live:
            self._written += len(text)
            print(f"\r... {self._written:,} characters", end="", file=self._err, flush=True)

    def end(self) -> None:
        """Clear the count."""
        if self._written:
            print("\r\033[K", end="", file=self._err, flush=True)
            self._written = 0
