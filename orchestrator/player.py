"""Plays a file with whichever player the system has."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.tools.errors import ToolMissing

PLAYERS: tuple[tuple[str, ...], ...] = (
    ("afplay",),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("mpv", "--no-video", "--really-quiet"),
    ("play", "-q"),
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
)


def play(file: Path) -> None:
    """Play ``file`` to its end.

    Raises:
        ScriptError: there is no such file.
        ToolMissing: this system has no player we know, or the player failed.
    """
    if not file.is_file():
        raise ScriptError([Problem(str(file), "is not a file.", "Check the path.")])
    for name, *options in PLAYERS:
        program = shutil.which(name)
        if program is not None:
            if subprocess.run([program, *options, str(file.resolve())], check=False).returncode != 0:  # noqa: S603  a list, no shell
                raise ToolMissing(f"{name} could not play {file}. Is a sound device there?")
            return
    names = ", ".join(name for name, *_ in PLAYERS)
    raise ToolMissing(f"No player found to play {file}: install one of {names}.")
