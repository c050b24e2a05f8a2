"""A worker process, seen from our side: started, told, heard, and ended with all that it started."""

from __future__ import annotations

import atexit
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from soundwright.tools.worker import host

HOST = Path(host.__file__)
_KEPT_BYTES = 8192
_TOLD_LINES = 8
_POSIX = os.name == "posix"


class WorkerEnded(Exception):
    """The process is not there any more, or does not speak the protocol; the message says how it ended."""


class WorkerProcess:
    """One process that runs the host. Frames are sent and received by one thread at a time."""

    def __init__(self, python: Path, variables: Mapping[str, str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="soundwright-worker-"))
        self.exchange = host.Exchange(str(self.folder))
        self._frames: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._stderr, self._broken = b"", ""
        try:
            self._process = subprocess.Popen(  # noqa: S603  the interpreter and the host are ours
                [str(python), "-I", "-u", str(HOST)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, bufsize=0, env={**os.environ, **variables}, start_new_session=_POSIX,
            )  # fmt: skip
        except OSError as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise WorkerEnded(f"the interpreter {python} cannot be started: {error}") from error
        self._readers = [threading.Thread(target=target, daemon=True) for target in (self._hear, self._keep_stderr)]
        for reader in self._readers:
            reader.start()
        _LIVING.add(self)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one message.

        Raises:
            WorkerEnded: nobody hears it.
        """
        try:
            host.write_frame(self._process.stdin, dict(message))
        except (OSError, ValueError) as error:
            raise WorkerEnded(self.how_it_ended()) from error

    def receive(self, timeout_s: float) -> dict[str, Any] | None:
        """The next message; None where none came in time.

        Raises:
            WorkerEnded: none will come any more.
        """
        try:
            message = self._frames.get(timeout=timeout_s)
        except queue.Empty:
            if not self._gone() or not self._frames.empty():
                return None
            message = None
        if message is None:
            raise WorkerEnded(self.how_it_ended())
        return message

    def how_it_ended(self) -> str:
        """Exit code or signal, and the last lines of standard error; the process is ended for that."""
        self.kill()
        self._readers[1].join(1.0)
        return f"{self._broken or _exit_of(self._process.returncode)}{self.last_words()}"

    def last_words(self) -> str:
        """The last lines of its standard error, to be put behind a message; empty where it said nothing."""
        lines = self._stderr.decode("utf-8", "replace").strip().splitlines()[-_TOLD_LINES:]
        return f"; its last lines: {' | '.join(line.strip() for line in lines)}" if lines else ""

    def close(self, timeout_s: float) -> None:
        """Let the engine free what it holds, then end the process."""
        try:
            host.write_frame(self._process.stdin, {"type": "close"})
            self._process.wait(timeout_s)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            pass  # it did not listen: killed below
        self.kill()

    def kill(self) -> None:
        """End the process and all that it started; harmless when it has ended."""
        _LIVING.discard(self)
        if _POSIX:
            with suppress(ProcessLookupError, PermissionError):  # nobody of the group is left
                os.killpg(self._process.pid, signal.SIGKILL)
        elif self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _gone(self) -> bool:
        """Whether the process has ended, without reaping it: its number stays its own until its group is ended."""
        if not _POSIX or self._process.returncode is not None:
            return self._process.poll() is not None
        try:
            return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:
            return True

    def _hear(self) -> None:
        stream = self._process.stdout
        assert stream is not None  # noqa: S101  it was asked for
        try:
            while (message := host.read_frame(stream)) is not None:
                self._frames.put(message)
        except host.BadFrame as error:
            self._broken = f"broke the protocol: {error}"
        except (OSError, ValueError):
            pass  # closed
        self._frames.put(None)
        stream.close()

    def _keep_stderr(self) -> None:
        stream = self._process.stderr
        assert stream is not None  # noqa: S101  it was asked for
        debug = bool(os.environ.get("SOUNDWRIGHT_DEBUG"))
        with stream:
            while block := os.read(stream.fileno(), 1 << 16):
                self._stderr = (self._stderr + block)[-_KEPT_BYTES:]
                if debug:
                    sys.stderr.write(block.decode("utf-8", "replace"))


def _exit_of(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


_LIVING: weakref.WeakSet[WorkerProcess] = weakref.WeakSet()


@atexit.register
def _end_all() -> None:
    for process in list(_LIVING):
        process.kill()
