"""Virtual environments of engines, made on first use from their requirements, shared by engines that require the same.

An environment lies in a folder named by its requirements. Its record is written last: a folder without one was left
half made, and is made anew. One process at a time makes one.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from soundwright.tools.base import ToolSpec
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.homes.installing import Tell, frozen, install, python_in
from soundwright.tools.homes.interpreters import find_python, version_of
from soundwright.tools.homes.requirements import checked_requirements
from soundwright.tools.homes.settings import HomeError, Homes, default_folder

RECORD = "environment.json"
NOT_MADE = "not made yet"
_KEY_LETTERS = 16


def _silent(text: str) -> None:
    del text


@dataclass(frozen=True, slots=True)
class Environment:
    """One that is whole: ``packages`` are all that it holds, with exact versions."""

    folder: Path
    requirements: tuple[str, ...]
    python: str
    version: str
    packages: tuple[str, ...]
    made: str

    @property
    def interpreter(self) -> Path:
        """Its interpreter."""
        return python_in(self.folder)

    @property
    def identity(self) -> str:
        """Sha256 (hex) of the interpreter's minor version and all packages: what decides the sound."""
        facts = [self.version.rpartition(".")[0], platform.machine(), *self.packages]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.lstat().st_size for path in self.folder.rglob("*") if not path.is_dir())


class Environments:
    """All environments of a user."""

    def __init__(self, homes: Homes | None = None) -> None:
        self._homes = homes or Homes()
        self.folder = self._homes.environments or default_folder() / "environments"

    def find(self, spec: ToolSpec) -> Environment | None:
        """The environment of a tool, where it is whole.

        Raises:
            HomeError: the spec's requirements are none.
        """
        return _read(self._folder_of(spec))

    def make(self, spec: ToolSpec, tell: Tell = _silent) -> Environment:
        """The environment of a tool, made where it is not there; ``tell`` hears what is going on.

        Raises:
            HomeError: the spec's requirements are none.
            ToolMissing: it cannot be made: offline, or no interpreter of the version that it needs.
            ToolError: its requirements cannot be had.
        """
        folder = self._folder_of(spec)
        with _locked(folder, tell, spec.name):
            there = _read(folder)
            return there if there is not None else self._make(spec, folder, tell)

    def lacks(self, spec: ToolSpec) -> bool:
        """Whether a tool has an environment of its own that is not made yet."""
        return spec.home == "venv" and self.find(spec) is None

    def obstacle(self, spec: ToolSpec, *, offline: bool | None = None) -> tuple[str, str]:
        """Why the environment of a tool is not there and cannot be made now, and what would help; else empty texts.

        ``offline`` is by default what the user's settings say.
        """
        if spec.home != "venv":
            return "", ""
        try:
            if self.lacks(spec) and (self._homes.offline if offline is None else offline):
                return "its environment is not made, and we are offline", f"soundwright environments make {spec.name}"
            if self.lacks(spec) and spec.python:
                find_python(spec.python)
        except HomeError as error:
            return str(error), ""
        except ToolMissing as error:
            return f"it {error}", ""
        return "", ""

    def list(self) -> list[Environment]:
        """All that are whole, by folder."""
        folders = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        return [found for folder in folders if (found := _read(folder)) is not None]

    def remove(self, spec: ToolSpec) -> bool:
        """Remove the environment of a tool, or what is left of it; whether there was any."""
        folder = self._folder_of(spec)
        with _locked(folder, _silent, spec.name):
            there = folder.exists()
            _remove(folder)
        return there

    def remove_all(self) -> int:
        """Remove all environments and leftovers; how many there were."""
        folders = [path for path in self.folder.iterdir() if path.is_dir()] if self.folder.is_dir() else []
        for folder in folders:
            with _locked(folder, _silent, folder.name):
                _remove(folder)
        return len(folders)

    def identity(self, spec: ToolSpec) -> dict[str, str]:
        """What a tool's environment adds to its identity; nothing for tools without one."""
        if spec.home != "venv":
            return {}
        there = self.find(spec)
        return {"environment": there.identity if there is not None else NOT_MADE}

    def _folder_of(self, spec: ToolSpec) -> Path:
        wanted = checked_requirements(spec.requirements, addresses=self._homes.addresses)
        facts = [
            *wanted,
            f"python {spec.python or '{}.{}'.format(*sys.version_info)}",
            sys.platform,
            platform.machine(),
        ]
        return self.folder / hashlib.sha256("\n".join(facts).encode()).hexdigest()[:_KEY_LETTERS]

    def _make(self, spec: ToolSpec, folder: Path, tell: Tell) -> Environment:
        if self._homes.offline:
            raise ToolMissing(
                f"{spec.name} needs an environment of its own ({', '.join(spec.requirements)}), which is not made, "
                f"and we are offline. Online: soundwright environments make {spec.name}"
            )
        try:
            interpreter = find_python(spec.python, download=True)
        except ToolMissing as error:
            raise ToolMissing(f"{spec.name} {error}") from None
        tell(f"making the environment of {spec.name}: {', '.join(spec.requirements)}")
        _remove(folder)  # what a process left that was killed
        try:
            requirements = checked_requirements(spec.requirements, addresses=self._homes.addresses)
            install(folder, interpreter, requirements, lambda line: tell(f"{spec.name}: {line[:100]}"))
            made = Environment(
                folder, requirements, spec.python, ".".join(map(str, version_of(python_in(folder)))), frozen(folder),
                time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            )  # fmt: skip
        except ToolError as error:
            _remove(folder)
            raise ToolError(f"the environment of {spec.name} {spec.version} cannot be made: {error}") from None
        _write(made)
        tell(f"the environment of {spec.name} is ready: {len(made.packages)} packages, {made.size / 1e6:.0f} MB")
        return made


def _read(folder: Path) -> Environment | None:
    try:
        facts = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        found = Environment(
            folder, tuple(facts["requirements"]), facts["python"], facts["version"], tuple(facts["packages"]),
            facts["made"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if found.interpreter.exists() else None


def _write(made: Environment) -> None:
    facts = {key: value for key, value in asdict(made).items() if key != "folder"}
    beside = made.folder / f"{RECORD}.new"
    beside.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    beside.replace(made.folder / RECORD)


def _remove(folder: Path) -> None:
    (folder / RECORD).unlink(missing_ok=True)  # first: what is half gone counts as not there
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path, tell: Tell, name: str) -> Iterator[None]:
    """One process at a time makes or removes an environment; on Windows nothing watches over that."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("a") as file:
        try:
            import fcntl  # noqa: PLC0415  not on Windows
        except ImportError:
            yield
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(f"another process is making the environment of {name}; waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
