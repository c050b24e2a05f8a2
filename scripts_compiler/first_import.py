"""The first import of somebody else's module, tried in a process of its own: one that ends or hangs must not be ours.

What survived is remembered by package, version and date of the module, so that this costs once for each installation.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

LIMIT_S = 30.0
BOOK = "packages.json"
_ALIVE = "alive"
_CODE = """
import importlib, sys
try:
    importlib.import_module(sys.argv[1])
except (Exception, SystemExit):
    pass
print()
print("alive")
"""


def obstacle(point: importlib.metadata.EntryPoint) -> str:
    """Why a module must not be imported here: its import ends the process, or does not end. Empty where it may."""
    known, key = _known(), _key(point)
    if key in known:
        return known[key]
    found = _tried(point.value.partition(":")[0])
    if not found:  # what failed is tried again: it may have been mended, or the machine was slow
        _remember({**known, key: found})
    return found


def _tried(module: str) -> str:
    command = [sys.executable, "-c", _CODE, module]
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


def _key(point: importlib.metadata.EntryPoint) -> str:
    top = point.value.partition(":")[0].partition(".")[0]
    try:
        found = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        found = None
    file = found.origin if found is not None and found.origin is not None else ""
    date = os.stat(file).st_mtime_ns if os.path.isfile(file) else 0
    owner = f"{point.dist.name} {point.dist.version}" if point.dist is not None else ""
    return f"{owner} {point.value} {file} {date}"


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
