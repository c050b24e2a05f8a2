"""Finds an interpreter for an environment: this one, another of the machine, or one that uv knows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from soundwright.tools.errors import ToolMissing
from soundwright.tools.homes.requirements import python_fits

_VERSIONS = range(20, 7, -1)
_ASK = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
_ASK_S = 20


def find_python(wanted: str, *, download: bool = False) -> Path:
    """An interpreter in the range ``wanted``; this one where it fits, else the newest of the machine, else uv's.

    SOUNDWRIGHT_PYTHON names one more to try first. With ``download`` uv, where it is there, fetches one.

    Raises:
        ToolMissing: there is none; the message says what was found.
        HomeError: ``wanted`` is no range.
    """
    found = []
    for path in _candidates():
        version = version_of(path)
        if version and python_fits(version, wanted):
            return path
        if version:
            found.append(f"{'.'.join(map(str, version))} ({path})")
    ours = _of_uv(wanted, download=download)
    if ours is not None:
        return ours
    raise ToolMissing(
        f"needs Python {wanted}, and this machine has {', '.join(dict.fromkeys(found))}. Install one (your system's "
        "packages, pyenv, or `uv python install`), or name its path in SOUNDWRIGHT_PYTHON."
    )


def version_of(python: Path) -> tuple[int, ...]:
    """The version of an interpreter; empty where it cannot be run."""
    if python == Path(sys.executable):
        return sys.version_info[:3]
    try:
        done = subprocess.run(  # noqa: S603  an interpreter of this machine
            [str(python), "-I", "-c", _ASK], capture_output=True, text=True, timeout=_ASK_S, check=True
        )
        return tuple(int(part) for part in done.stdout.strip().split("."))
    except (OSError, subprocess.SubprocessError, ValueError):
        return ()


def _candidates() -> Iterator[Path]:
    named = os.environ.get("SOUNDWRIGHT_PYTHON", "")
    if named:
        yield Path(named).expanduser()
    yield Path(sys.executable)
    for name in (*(f"python3.{minor}" for minor in _VERSIONS), "python3"):
        path = shutil.which(name)
        if path is not None:
            yield Path(path)


def find_uv() -> str | None:
    """uv on the PATH, or beside this interpreter."""
    return shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))


def _of_uv(wanted: str, *, download: bool) -> Path | None:
    uv = find_uv()
    if uv is None:
        return None
    command = [uv, "python", "find", "--no-python-downloads", wanted]
    if download:
        subprocess.run([uv, "python", "install", wanted], capture_output=True, check=False)  # noqa: S603
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    path = Path(done.stdout.strip())
    return path if done.returncode == 0 and path.is_file() else None
