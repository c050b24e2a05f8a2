"""``soundwright chat`` as a command: through a pipe, and at a terminal with Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from soundwright.orchestrator.chat.chat import Chat
from soundwright.orchestrator.chat.terminal import completions, piped_lines

pytestmark = pytest.mark.xdist_group("commands")
PROGRAM = str(Path(sys.executable).with_name("soundwright"))


def piped(folder: Path, lines: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "chat", *arguments], input=lines, cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )


def test_a_pipe_gets_plain_answers_and_exit_code_0(late: Path, folder: Path) -> None:
    done = piped(folder, "who speaks most?\nmake the rain louder\nyes\n/save late.wav\n/quit\nnever read\n", str(late))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Ann speaks most")
    assert "gain: 0 -> 3" in done.stdout
    assert ">" not in done.stdout.replace("->", "")
    assert "\x1b" not in done.stdout
    assert (folder / "late.wav").is_file()
    assert len(list((late / "renders").glob("*.flac"))) == 1
    log = [json.loads(line)["user"] for line in (late / "history" / "chat.jsonl").read_text().splitlines()]
    assert log == ["who speaks most?", "make the rain louder", "yes"]


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        ("transcribe nothing.wav\n", 2, "left unanswered"),
        ("make the rain louder\n", 2, "left unanswered"),
        ("make the rain louder\nwho speaks most?\n", 2, ""),
        ("/nothing\nwho speaks most?\n", 2, ""),
        ("how long is scene nine?\n", 2, ""),
        ("", 0, ""),
    ],
)
def test_a_turn_that_fails_or_is_left_open_gives_an_exit_code(
    late: Path, folder: Path, lines: str, code: int, said: str
) -> None:
    done = piped(folder, lines, str(late), "--no-render")
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--llm", "nonsense"], 4, "names no language model"),
        (["broken.yaml"], 2, "broken.yaml"),
        (["missing.yaml"], 2, "missing.yaml: does not exist"),
    ],
)
def test_what_cannot_be_opened_is_said(folder: Path, arguments: list[str], code: int, said: str) -> None:
    (folder / "broken.yaml").write_text("version: 1\ncues: 3\n", encoding="utf-8")
    done = piped(folder, "hello\n", *arguments)
    assert done.returncode == code
    assert said in done.stderr


def test_the_chat_goes_on_where_it_was(late: Path, folder: Path) -> None:
    assert piped(folder, "reverse take.wav\n", str(late)).returncode == 0
    again = piped(folder, "/files\nhow long is the recording?\n", str(late))
    assert again.returncode == 0, again.stdout
    assert "reverse (Audio)" in again.stdout
    assert "2.0 s" in again.stdout


class Terminal:
    """A chat at a terminal of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.screen = b""
        self.leader, follower = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "COLUMNS": "120", "LINES": "40"}
        self.process = subprocess.Popen(
            [PROGRAM, "chat", *arguments], cwd=folder, stdin=follower, stdout=follower, stderr=follower,
            env=environment, start_new_session=True,
        )  # fmt: skip
        os.close(follower)

    def until(self, text: str, timeout_s: float = 60.0) -> bytes:
        """Read until the screen shows a text after what was read before."""
        deadline, wanted = time.monotonic() + timeout_s, text.encode()
        while wanted not in self.screen:
            if time.monotonic() > deadline:
                raise AssertionError(f"{text!r} did not come; the screen shows {self.screen[-2000:]!r}")
            if select.select([self.leader], [], [], 0.2)[0]:
                self.screen += os.read(self.leader, 65536)
        at = self.screen.index(wanted) + len(wanted)
        found, self.screen = self.screen[:at], self.screen[at:]
        return found

    def rest(self) -> str:
        """What else the screen shows."""
        while select.select([self.leader], [], [], 0.5)[0]:
            try:
                self.screen += os.read(self.leader, 65536)
            except OSError:  # the other side was closed
                break
        return self.screen.decode(errors="replace")

    def prompt(self) -> None:
        """Wait until it takes a line."""
        self.until("\x1b[?2004h")

    def send(self, text: str) -> None:
        os.write(self.leader, text.encode())

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)


@pytest.fixture
def terminal(late: Path, folder: Path) -> Iterator[Terminal]:
    opened = Terminal(folder, str(late), "--no-render")
    try:
        yield opened
    finally:
        if opened.process.poll() is None:
            opened.process.kill()
        opened.process.wait()
        os.close(opened.leader)


def test_ctrl_c_stops_a_turn_and_the_session_goes_on_twice_leaves(terminal: Terminal) -> None:
    terminal.prompt()
    terminal.send("make a sound of a storm at sea for 600 seconds\r")
    terminal.until("seconds")
    time.sleep(2)
    terminal.interrupt()
    terminal.until("Stopped")
    terminal.prompt()
    terminal.send("who speaks most?\r")
    terminal.until("Ann speaks most")
    terminal.prompt()
    terminal.send("\x03")
    terminal.until("Ctrl-C again")
    terminal.prompt()
    terminal.send("\x03")
    assert terminal.process.wait(timeout=30) == 130, terminal.rest()


def test_the_terminal_completes_commands_and_leaves_by_quit(terminal: Terminal) -> None:
    terminal.prompt()
    terminal.send("/scr\t")
    terminal.until("/script")
    terminal.send("\r")
    terminal.until("title: Late")
    terminal.prompt()
    terminal.send("/quit\r")
    assert terminal.process.wait(timeout=30) == 0


def test_completion_knows_commands_names_ids_and_files(late: Path, folder: Path, talk: object) -> None:
    assert callable(talk)
    chat = talk(late)
    assert isinstance(chat, Chat)
    assert completions(chat, "/un") == ["/undo"]
    assert "Ann" in completions(chat, "what does A")
    assert "rain" in completions(chat, "make the ra")
    assert completions(chat, "clean ta") == ["take.wav"]
    assert completions(chat, "") == []


def test_lines_of_a_pipe_may_be_joined() -> None:
    import io  # noqa: PLC0415

    assert list(piped_lines(io.StringIO("a \\\nb\n\n  \nc"))) == ["a  b", "c"]
