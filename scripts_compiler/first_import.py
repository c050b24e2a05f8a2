"""The first import of somebody else's module, tried in a process of its own: one that ends or hangs must not be ours.

What an entry point names is made there too, where it can be called: the making of a tool is no less its author's code.
What came of it is remembered by package, version and date of the files, so that it costs once for each installation;
what failed is tried again when somebody asks for that (``forget``).
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from soundwright.scripts_compiler.owners import named

LIMIT_S = 30.0
BOOK = "packages.json"
GROUPS = ("soundwright.tools", "soundwright.operations")
_ALIVE = "alive"
_CODE = """
import importlib, sys
try:
    found = importlib.import_module(sys.argv[1])
    for part in filter(None, sys.argv[2].split(".")):
        found = getattr(found, part)
    if callable(found):
        found()
except (Exception, SystemExit):
    pass
print()
print("alive")
"""
_MOST_FILES = 2000


def obstacle(point: importlib.metadata.EntryPoint) -> str:
    """Why a module must not be imported here: its import ends the process, or does not end. Empty where it may."""
    known, file = _known(), _file(point)
    name = _name(point, file)
    key = f"{name}{_version(point)} {_date(file)}"
    if key not in known:
        found = _tried(point)
        _remember({**{other: how for other, how in known.items() if not other.startswith(name)}, key: found})
        return found
    if not known[key]:
        return ""
    return f"{known[key]} (remembered; soundwright tools doctor {point.name} tries again)"


def forget(names: Sequence[str] = ()) -> None:
    """Have the entry points of those names, by default all, tried again where they failed."""
    points = [point for group in GROUPS for point in importlib.metadata.entry_points(group=group)]
    wanted = tuple(_name(point, _file(point)) for point in points if not names or point.name in names)
    known = _known()
    kept = {key: how for key, how in known.items() if not how or not key.startswith(wanted)}
    if kept != known:
        _remember(kept)


def _tried(point: importlib.metadata.EntryPoint) -> str:
    module, _, name = point.value.partition(" ")[0].partition(":")
    command = [sys.executable, "-c", _CODE, module, name]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter
            command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", check=False, timeout=LIMIT_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"its import took longer than {LIMIT_S:g} s"
    if done.stdout.rstrip().endswith(_ALIVE):
        return ""
    last = " ".join(done.stderr.split()[-20:])
    return f"its import ended the process with code {done.returncode}" + (f": {last}" if last else "")


def _name(point: importlib.metadata.EntryPoint, file: Path) -> str:
    """What all keys of an entry point in this environment begin with, whatever version it has."""
    name = named(point.dist)[0] if point.dist is not None else ""
    return f"{name} {point.value} {file} "


def _version(point: importlib.metadata.EntryPoint) -> str:
    return named(point.dist)[1] if point.dist is not None else ""


def _file(point: importlib.metadata.EntryPoint) -> Path:
    """Where the module or the package of an entry point is read from."""
    top = point.value.partition(":")[0].partition(".")[0]
    try:
        found = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        found = None
    return Path(found.origin) if found is not None and found.origin is not None else Path()


def _date(file: Path) -> int:
    """When a module was last changed, or the newest file of a package."""
    files = islice(file.parent.rglob("*.py"), _MOST_FILES) if file.name == "__init__.py" else [file]
    return max((one.stat().st_mtime_ns for one in files if one.is_file()), default=0)


def _book() -> Path:
    from platformdirs import user_cache_dir  # noqa: PLC0415  only where a package of others is met

    named = os.environ.get("SOUNDWRIGHT_HOME", "")
    return (Path(named).expanduser() if named else Path(user_cache_dir("soundwright", appauthor=False))) / BOOK


def _known() -> dict[str, str]:
    try:
        data = json.loads(_book().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(reason) for key, reason in data.items()} if isinstance(data, dict) else {}


def _remember(known: dict[str, str]) -> None:
    """Where it cannot be written, the next run tries again."""
    book = _book()
    part = book.with_name(f".{BOOK}.{os.getpid()}")
    try:
        book.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(known, indent=1), encoding="utf-8")
        os.replace(part, book)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
