"""Makes a virtual environment and installs into it: with uv where it is there, else with venv and pip."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from soundwright.tools.errors import ToolError
from soundwright.tools.homes.interpreters import find_uv
from soundwright.tools.store.pip_settings import PUBLIC_INDEX, read_settings

Tell = Callable[[str], None]
_TOLD_LINES = 6
_TELL_EVERY_S = 2.0
_FAILED = ("error", "conflict", "no matching", "could not", "no solution", "because ")


def python_in(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(folder: Path, interpreter: Path, requirements: Sequence[str], tell: Tell) -> None:
    """Make an environment in ``folder`` and install what is required. Indexes are those of the user's pip or uv.

    Raises:
        ToolError: the requirements do not fit together, or cannot be had; with the installer's last words.
    """
    uv = find_uv()
    if uv is not None:
        _run([uv, "venv", "--quiet", "--python", str(interpreter), str(folder)], tell)
        _run([uv, "pip", "install", "--python", str(python_in(folder)), "--", *requirements], tell)
    else:
        _run([str(interpreter), "-m", "venv", str(folder)], tell)
        _run([*_pip(folder), "install", "--no-input", "--", *requirements], tell)


def frozen(folder: Path) -> tuple[str, ...]:
    """The packages of an environment with their exact versions, sorted.

    Raises:
        ToolError: they cannot be listed.
    """
    lines: list[str] = []
    uv = find_uv()
    if uv is not None:
        _run([uv, "pip", "freeze", "--python", str(python_in(folder))], lines.append, every_s=0)
    else:
        _run([*_pip(folder), "freeze"], lines.append, every_s=0)
    return tuple(sorted(line for line in lines if "==" in line or " @ " in line))


def _pip(folder: Path) -> list[str]:
    return [str(python_in(folder)), "-m", "pip", "--disable-pip-version-check"]


def _run(command: Sequence[str], tell: Tell, *, every_s: float = _TELL_EVERY_S) -> None:
    """Run an installer, telling its lines from time to time; all of them with ``every_s`` 0."""
    kept: list[str] = []
    last = time.monotonic()
    try:
        with subprocess.Popen(  # noqa: S603  a list of arguments, no shell; requirements were checked
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", env=variables(),
        ) as process:  # fmt: skip
            for line in map(str.strip, process.stdout or ()):
                kept = [*kept[-200:], line] if line else kept
                if line and time.monotonic() - last >= every_s:
                    last = time.monotonic()
                    tell(line)
    except OSError as error:
        raise ToolError(f"{command[0]} cannot be run: {error}") from error
    if process.returncode != 0:
        raise ToolError(f"the installer ended with code {process.returncode}: {' | '.join(_telling(kept))}")


def _telling(lines: Iterable[str]) -> list[str]:
    """The lines that say what is wrong, or the last ones."""
    kept = list(lines)
    telling = [line for line in kept if any(word in line.lower() for word in _FAILED)]
    return (telling or kept)[-_TOLD_LINES:]


def variables() -> dict[str, str]:
    """Variables for installers: ours, and for uv, unless it is set up itself, the indexes that pip is set up with."""
    env = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}
    env.setdefault("PIP_NO_COLOR", "1")
    if not any(key.startswith("UV_") and "INDEX" in key for key in env):
        settings = read_settings()
        env |= _uv_indexes(settings.indexes)
        if settings.find_links:
            env.setdefault("UV_FIND_LINKS", ",".join(settings.find_links))
        if settings.cert:
            env.setdefault("SSL_CERT_FILE", settings.cert)
    return env


def _uv_indexes(indexes: Sequence[str]) -> dict[str, str]:
    """Variables that make uv look at all indexes for each package, as pip does.

    Of two indexes with the same version uv takes the one named first, and its default index counts as the last of all.
    """
    if not indexes:
        return {"UV_NO_INDEX": "1"}
    if tuple(indexes) == (PUBLIC_INDEX,):
        return {}
    strategy = os.environ.get("UV_INDEX_STRATEGY", "unsafe-best-match")
    return {"UV_INDEX": " ".join(indexes[:-1]), "UV_DEFAULT_INDEX": indexes[-1], "UV_INDEX_STRATEGY": strategy}
