"""The model store: weights, soundfonts and sound packs in one folder, checked before they are ever used."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from soundwright.tools.errors import ToolMissing
from soundwright.tools.store.archive import sha256_of
from soundwright.tools.store.fetch import Fetcher, PullFailed
from soundwright.tools.store.listing import Model, ModelFile, read_listing

State = Literal["ready", "missing", "damaged"]


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a pull is: bytes of ``file`` that have arrived (more than ``total`` where archives are larger)."""

    model: str
    file: str
    done: int
    total: int


def default_root() -> Path:
    """The store's folder: ``models`` in SOUNDWRIGHT_HOME, else in the user's cache folder."""
    home = os.environ.get("SOUNDWRIGHT_HOME")
    if home:
        return Path(home).expanduser() / "models"
    import platformdirs  # noqa: PLC0415  a store with a given root does not need it

    return Path(platformdirs.user_cache_dir("soundwright")) / "models"


class ModelStore:
    """Models in ``root``, one folder each. ``offline``: never touches the network, ``pull`` only checks.

    Safe for several processes: files appear whole or not at all, and one process at a time fetches a model.
    """

    def __init__(
        self, root: Path | None = None, *, offline: bool = False, listing: Mapping[str, Model] | None = None
    ) -> None:
        self.root = default_root() if root is None else root
        self.offline = offline
        self._listing = read_listing() if listing is None else listing
        self._checked: dict[Path, tuple[int, int]] = {}

    def list(self) -> tuple[tuple[Model, State], ...]:
        """Every model of the list with its state, read from file sizes alone (``verify`` reads the bytes)."""
        return tuple((model, self._state(model)) for model in self._listing.values())

    def model(self, name: str) -> Model:
        """The entry of the list.

        Raises:
            ToolMissing: the list has no such model.
        """
        if name not in self._listing:
            raise ToolMissing(f"There is no model {name!r}. There are: {', '.join(sorted(self._listing))}.")
        return self._listing[name]

    def path(self, model: str, file: str | None = None) -> Path:
        """Where a model's file lies (``file`` None: its first), after its bytes were checked once in this process.

        Raises:
            ToolMissing: it is not there or damaged; the message says how to get it.
        """
        entry = self.model(model)
        wanted = entry.files[0] if file is None else _named(entry, file)
        path = self._place(entry, wanted)
        if not self._is_good(path, wanted):
            state = "damaged" if path.exists() else "not here"
            raise ToolMissing(f"The model {model} ({wanted.name}) is {state}. Run: soundwright models pull {model}")
        return path

    def paths(self, models: Iterable[str]) -> dict[str, Path]:
        """All files of several models by file name, checked: what ``Place.weights`` takes.

        Raises:
            ToolMissing: one is not there or damaged.
        """
        return {file.name: self.path(name, file.name) for name in models for file in self.model(name).files}

    def hashes(self, models: Iterable[str]) -> dict[str, str]:
        """The pinned sha256 of all files of several models by file name; reads no file."""
        return {file.name: file.sha256 for name in models for file in self.model(name).files}

    def is_ready(self, model: str) -> bool:
        """Whether all files are there with their right sizes (``path`` checks the bytes before use)."""
        return self._state(self.model(model)) == "ready"

    def pull(self, model: str, progress: Callable[[PullProgress], None] | None = None) -> None:
        """Fetch what is missing or damaged of a model. Done at once where all is there.

        Raises:
            ToolMissing: no source could serve a file, or the store is offline.
        """
        entry = self.model(model)
        missing = [file for file in entry.files if not self._is_good(self._place(entry, file), file)]
        if not missing:
            return
        if self.offline:
            names = ", ".join(file.name for file in missing)
            raise ToolMissing(f"The model {model} lacks {names}, and the store is offline. Pull it once while online.")
        (self.root / model).mkdir(parents=True, exist_ok=True)
        with _locked(self.root / model / ".lock"):
            self._fetch(entry, progress or _silent)

    def verify(self, model: str) -> dict[str, State]:
        """Read every byte of a model's files: the state of each by name."""
        entry = self.model(model)
        self._checked.clear()
        return {file.name: self._file_state(entry, file) for file in entry.files}

    def _fetch(self, entry: Model, progress: Callable[[PullProgress], None]) -> None:
        with Fetcher(self.root / entry.name) as fetcher:
            for file in entry.files:
                if self._is_good(self._place(entry, file), file):
                    continue  # another process brought it while we waited

                def report(done: int, name: str = file.name, total: int = file.size) -> None:
                    progress(PullProgress(entry.name, name, done, total))

                try:
                    fetcher.fetch(file, self._place(entry, file), report)
                except PullFailed as failure:
                    raise ToolMissing(f"The model {entry.name} could not be fetched. {failure}") from failure

    def _place(self, entry: Model, file: ModelFile) -> Path:
        return self.root / entry.name / file.name

    def _state(self, entry: Model) -> State:
        sizes = [self._size(self._place(entry, file)) for file in entry.files]
        if any(size is None for size in sizes):
            return "missing"
        return "ready" if sizes == [file.size for file in entry.files] else "damaged"

    def _file_state(self, entry: Model, file: ModelFile) -> State:
        path = self._place(entry, file)
        if not path.exists():
            return "missing"
        return "ready" if self._is_good(path, file) else "damaged"

    def _is_good(self, path: Path, file: ModelFile) -> bool:
        """Size and bytes are right. Bytes are read once per process, and again when the file was changed meanwhile."""
        try:
            stat = path.stat()
        except OSError:
            return False
        stamp = (stat.st_size, stat.st_mtime_ns)
        if stat.st_size != file.size:
            return False
        if self._checked.get(path) != stamp:
            if sha256_of(path) != file.sha256:
                return False
            self._checked[path] = stamp
        return True

    @staticmethod
    def _size(path: Path) -> int | None:
        try:
            return path.stat().st_size
        except OSError:
            return None


def _named(entry: Model, file: str) -> ModelFile:
    for candidate in entry.files:
        if candidate.name == file:
            return candidate
    raise ToolMissing(f"The model {entry.name} has no file {file!r}.")


def _silent(progress: PullProgress) -> None:
    del progress


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time, where the system has file locks; elsewhere atomic renames alone keep files whole."""
    try:
        import fcntl  # noqa: PLC0415  not on Windows
    except ImportError:
        yield
        return
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
