"""The model store: weights, soundfonts and sound packs in one folder, checked before they are ever used."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from soundwright.tools.errors import ToolMissing
from soundwright.tools.store import record
from soundwright.tools.store.checking import Checks, stamp_of
from soundwright.tools.store.licences import LicenceNeeded, Licences
from soundwright.tools.store.listing import Model, ModelFile
from soundwright.tools.store.packages import Installed, installed
from soundwright.tools.store.pulling import Puller, PullProgress, of_hub
from soundwright.tools.store.record import Record

State = Literal["ready", "missing", "damaged"]

__all__ = ["LicenceNeeded", "ModelStore", "Obstacle", "PullProgress", "State", "UnknownModel", "default_root"]


class Obstacle(NamedTuple):
    """Why weights are not to be fetched by a run, and the command that would help."""

    reason: str
    remedy: str


class UnknownModel(ToolMissing):
    """A name that no model has."""

    exit_code = 2


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
        self,
        root: Path | None = None,
        *,
        offline: bool = False,
        listing: Mapping[str, Model] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.root = default_root() if root is None else root
        self.offline = offline
        self._environ = os.environ if environ is None else environ
        self.licences = Licences(self.root, self._environ)
        found = installed() if listing is None else Installed(listing)
        self._listing, self._refused = found.models, found.refused
        self._checks = Checks()
        self._records: dict[str, tuple[int, Record | None]] = {}

    def list(self) -> tuple[tuple[Model, State], ...]:
        """Every model with its state, read from file sizes alone (``verify`` reads the bytes)."""
        found = sorted(self.root.glob(f"*/{record.NAME}")) if self.root.is_dir() else []
        own = [path.parent.name for path in found if path.parent.name not in self._listing]
        models = [self.model(name) for name in (*self._listing, *own)]
        return tuple((model, self._state(model)) for model in models)

    def model(self, name: str) -> Model:
        """A model, with its files as far as they are known.

        Raises:
            UnknownModel: there is none of that name.
        """
        listed, known = self._listing.get(name), self.record(name)
        if listed is not None:
            return (
                listed
                if known is None or not _fits(known, listed)
                else replace(listed, files=listed.files or known.files)
            )
        if known is None:
            raise UnknownModel(f"There is no model {name!r}. {self._near(name)}")
        return Model(name, f"added from {known.folder or 'a copy'}", known.licence or "unknown", known.files)

    def pinned(self, name: str) -> tuple[ModelFile, ...]:
        """The files of a model whose hashes are in the list itself; none for any other."""
        listed = self._listing.get(name)
        return listed.files if listed is not None else ()

    def record(self, name: str) -> Record | None:
        """Where a model came from, where its folder remembers that."""
        file = self.root / name / record.NAME
        try:
            changed = file.stat().st_mtime_ns
        except OSError:
            return None
        if name not in self._records or self._records[name][0] != changed:
            self._records[name] = (changed, record.read(file.parent))
        return self._records[name][1]

    def folder(self, model: str) -> Path:
        """Where the files of a model lie, or will lie."""
        known = self.record(model)
        return Path(known.folder) if known is not None and known.folder else self.root / model

    def path(self, model: str, file: str | None = None) -> Path:
        """Where a model's file lies (``file`` None: its first), after its bytes were checked once in this process.

        Raises:
            ToolMissing: it is not there or damaged; the message says how to get it.
        """
        entry = self.model(model)
        if not entry.files:
            raise ToolMissing(f"The model {model} is not here. {self._remedy(entry)}")
        wanted = entry.files[0] if file is None else _named(entry, file)
        path = self.folder(model) / wanted.name
        if not self._checks.is_good(path, wanted):
            state = "damaged" if path.exists() else "not here"
            raise ToolMissing(f"The model {model} ({wanted.name}) is {state}. {self._remedy(entry)}")
        return path

    def paths(self, models: Iterable[str]) -> dict[str, Path]:
        """What ``Place.weights`` takes: all files of several models by file name, and each model's folder by its name.

        A file name that two of the models have is followed by ``MODEL/FILE`` for the second.

        Raises:
            ToolMissing: one is not there or damaged.
        """
        wanted = list(models)
        files = {key: self.path(entry.name, file.name) for key, entry, file in self._keyed(wanted)}
        absent = [name for name in wanted if not self.model(name).files]
        if absent:
            self.path(absent[0])
        return files | {name: self.folder(name) for name in wanted}

    def hashes(self, models: Iterable[str]) -> dict[str, str]:
        """The sha256 of all files of several models, by the names of ``paths``; reads none of them."""
        return {key: file.sha256 for key, _, file in self._keyed(models)}

    def is_ready(self, model: str) -> bool:
        """Whether all files are there with their right sizes (``path`` checks the bytes before use)."""
        return self._state(self.model(model)) == "ready"

    def obstacle(self, model: str) -> Obstacle | None:
        """Why a model that is not ready is not to be fetched by a run, and what would help; None where it may be.

        A licence is accepted by a person, and so is what a hub serves for the first time, whose hashes nobody knows.
        """
        entry = self.model(model)
        pull = f"soundwright models pull {model}"
        if entry.own:
            return Obstacle(f"the model {model} is not here. {entry.own}", f"soundwright models add {model} FOLDER")
        if self.offline:
            return Obstacle(f"the model {model} is not here, and we are offline", f"{pull} while online")
        if not self.licences.accepted(entry):
            reason = f"the licence of the model {model} ({entry.licence}) is not accepted yet: {entry.terms}"
            return Obstacle(reason, f"{pull} --accept-licence")
        if entry.hub is not None and not entry.files:
            return Obstacle(f"its weights ({model}, from {entry.hub.repo}) were not fetched yet", pull)
        return None

    def confirm(self, models: Iterable[str]) -> None:
        """Make sure that what was handed out has not been changed since: to be called when it has been loaded.

        Raises:
            ToolMissing: a file was changed between the check of its bytes and now.
        """
        for _, entry, file in self._keyed(models):
            if not self._checks.is_untouched(self.folder(entry.name) / file.name):
                raise ToolMissing(
                    f"{entry.name} ({file.name}) was changed while it was being loaded; nothing was made."
                )

    def pull(self, model: str, progress: Callable[[PullProgress], None] | None = None) -> None:
        """Fetch what is missing or damaged of one model, as ``pull_all`` does."""
        self.pull_all([model], progress)

    def pull_all(
        self,
        models: Sequence[str],
        progress: Callable[[PullProgress], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Fetch what is missing or damaged of several models, several files at once. Done at once where all is there.

        Raises:
            LicenceNeeded: a licence has to be accepted first; nothing is fetched then.
            ToolMissing: no source could serve a file, there is no room, or the store is offline.
            Cancelled: ``cancelled`` said so.
        """
        absent = [entry for entry in map(self.model, dict.fromkeys(models)) if not self._is_whole(entry)]
        if absent and self.offline:
            names = ", ".join(entry.name for entry in absent)
            raise ToolMissing(f"Not all files of {names} are here, and the store is offline. Pull once while online.")
        for entry in absent:
            self._check_own(entry)
            self.licences.require(entry)
        if absent:
            self.root.mkdir(parents=True, exist_ok=True)
            Puller(self.root, self._checks.is_good, cancelled, self._environ).pull(absent, progress or _silent)

    def verify(self, model: str) -> dict[str, State]:
        """Read every byte of a model's files: the state of each by name."""
        entry = self.model(model)
        self._checks.forget()
        return {file.name: self._file_state(entry, file) for file in entry.files}

    def _keyed(self, models: Iterable[str]) -> Iterator[tuple[str, Model, ModelFile]]:
        taken: set[str] = set()
        for entry in map(self.model, models):
            for file in entry.files:
                key = file.name if file.name not in taken else f"{entry.name}/{file.name}"
                taken.add(key)
                yield key, entry, file

    def _is_whole(self, entry: Model) -> bool:
        folder = self.folder(entry.name)
        return bool(entry.files) and all(self._checks.is_good(folder / file.name, file) for file in entry.files)

    def _check_own(self, entry: Model) -> None:
        known = self.record(entry.name)
        if known is not None and known.origin == "local":
            raise ToolMissing(
                f"The model {entry.name} was added from {known.folder or 'a copy'}. {self._remedy(entry)}"
            )
        if entry.own:
            raise ToolMissing(f"No source serves the model {entry.name} as it is needed. {self._remedy(entry)}")

    def _remedy(self, entry: Model) -> str:
        known = self.record(entry.name)
        if known is not None and known.origin == "local":
            return f"Its files are not as they were: soundwright models add {entry.name} FOLDER (or models remove)."
        if entry.own:
            return f"{entry.own} Then: soundwright models add {entry.name} FOLDER"
        return f"Run: soundwright models pull {entry.name}"

    def _near(self, name: str) -> str:
        import difflib  # noqa: PLC0415  only for a mistake

        near = difflib.get_close_matches(name, self._listing, n=3)
        said = f"Did you mean {', '.join(near)}?" if near else "See: soundwright models list"
        return "; ".join((said, *self._refused))

    def _state(self, entry: Model) -> State:
        folder = self.folder(entry.name)
        stamps = [stamp_of(folder / file.name) for file in entry.files]
        if not stamps or any(stamp is None for stamp in stamps):
            return "missing"
        return "ready" if [stamp[0] for stamp in stamps if stamp] == [f.size for f in entry.files] else "damaged"

    def _file_state(self, entry: Model, file: ModelFile) -> State:
        path = self.folder(entry.name) / file.name
        if not path.exists():
            return "missing"
        return "ready" if self._checks.is_good(path, file) else "damaged"


def _fits(known: Record, listed: Model) -> bool:
    """Whether a record speaks of the model as it is listed now: the user's own files always do."""
    return of_hub(known, listed.hub) if listed.hub is not None and known.origin == "hub" else known.origin == "local"


def _named(entry: Model, file: str) -> ModelFile:
    for candidate in entry.files:
        if candidate.name == file:
            return candidate
    raise ToolMissing(f"The model {entry.name} has no file {file!r}.")


def _silent(progress: PullProgress) -> None:
    del progress
