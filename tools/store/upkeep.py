"""Keeping the store in order: weights that the user already has, removal, and what nobody needs any more."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.tools.model_store import ModelStore
from soundwright.tools.store import record
from soundwright.tools.store.archive import sha256_of
from soundwright.tools.store.fetch import INCOMING
from soundwright.tools.store.hub import is_safe, wanted_names
from soundwright.tools.store.listing import Hub, Model, ModelFile, is_model_name
from soundwright.tools.store.pulling import locked

_OURS = {record.NAME, ".lock", INCOMING}


class AddError(SoundwrightError):
    """Weights of the user's own that cannot be taken into the store; the message says why."""


@dataclass(frozen=True, slots=True)
class Waste:
    """Something that can go: ``path`` with its ``size`` in bytes, and why."""

    model: str
    path: Path
    size: int
    why: str


def add(store: ModelStore, name: str, source: Path, *, copy: bool = False, licence: str = "") -> Model:
    """Take a folder or file of weights that the user has: their hashes are noted and checked ever after.

    They stay where they are, or are copied into the store with ``copy``. Files with pickles inside are left out of a
    folder, but for those that the list says an engine needs.

    Raises:
        AddError: the name or source cannot be used, or the files are not those that the list names.
    """
    if not is_model_name(name):
        raise AddError(f"{name!r} cannot be a model's name; use letters, digits, dots and hyphens.")
    listed = next((model for model, _ in store.list() if model.name == name), None)
    folder, names = _chosen(source, listed.hub if listed is not None else None)
    files = tuple(ModelFile(it, (folder / it).stat().st_size, sha256_of(folder / it), ()) for it in names)
    pinned = store.pinned(name)
    if pinned:
        _compare(name, source, pinned, files)
        files = pinned
    (store.root / name).mkdir(parents=True, exist_ok=True)
    with locked(store.root / name / ".lock"):
        if copy:
            _copy(folder, store.root / name, files)
        date = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        terms = licence or (listed.licence if listed is not None else "")
        where = "" if copy else str(folder)
        kept = tuple(ModelFile(file.name, file.size, file.sha256, ()) for file in files)
        record.write(store.root / name, record.Record("local", kept, date, folder=where, licence=terms))
    return store.model(name)


def remove(store: ModelStore, name: str) -> int:
    """Drop a model from the store; gives the bytes freed. Files that were added without a copy stay the user's.

    Raises:
        UnknownModel: there is none of that name.
    """
    store.model(name)
    folder = store.root / name
    if not folder.is_dir():
        return 0
    size = _size(folder)
    with locked(folder / ".lock"):
        shutil.rmtree(folder)
    return size


def waste(store: ModelStore, needed: Collection[str]) -> Iterator[Waste]:
    """What can go: models not among ``needed``, downloads that broke off, and files of earlier versions.

    Models that the user added are theirs: they are named only where they are copies that no tool needs.
    """
    listed = {model.name for model, _ in store.list()}
    for folder in sorted(store.root / name for name in listed if (store.root / name).is_dir()):
        with locked(folder / ".lock", wait_for_it=False) as free:
            if not free:
                continue  # another process is fetching
            yield from _waste_of(store, folder, needed)


def clear(found: Waste) -> None:
    """Remove one thing that ``waste`` found."""
    if found.path.is_dir():
        shutil.rmtree(found.path)
    else:
        found.path.unlink(missing_ok=True)


def _waste_of(store: ModelStore, folder: Path, needed: Collection[str]) -> Iterator[Waste]:
    name = folder.name
    known = store.record(name)
    own = known is not None and known.origin == "local"
    if name not in needed and not own:
        yield Waste(name, folder, _size(folder), "no installed tool needs it")
        return
    incoming = folder / INCOMING
    if incoming.is_dir():
        yield Waste(name, incoming, _size(incoming), "a download that broke off")
    if own and known is not None and known.folder:
        return
    right = {file.name for file in store.model(name).files}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and inside.parts[0] not in _OURS and inside.as_posix() not in right:
            yield Waste(name, path, path.stat().st_size, "of an earlier version")


def _chosen(source: Path, hub: Hub | None) -> tuple[Path, list[str]]:
    """The folder, absolute, and the names of the files in it that are taken."""
    if source.is_file():
        return source.resolve().parent, [source.name]
    if not source.is_dir():
        raise AddError(f"{source} is neither a folder nor a file.")
    folder = source.resolve()
    there = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
    names = wanted_names(hub or Hub("user/own"), there)
    if not names:
        left = f" ({', '.join(name for name in there if not is_safe(name))[:200]})" if there else ""
        raise AddError(f"{source} holds no weights that can be loaded safely{left}: safetensors, json, txt and such.")
    return folder, names


def _compare(name: str, source: Path, pinned: tuple[ModelFile, ...], found: tuple[ModelFile, ...]) -> None:
    have = {file.name: file.sha256 for file in found}
    wrong = [file.name for file in pinned if have.get(file.name) != file.sha256]
    if wrong:
        raise AddError(f"{source} does not hold {name} as it is listed: {', '.join(wrong)} is missing or another.")


def _copy(source: Path, target: Path, files: tuple[ModelFile, ...]) -> None:
    for file in files:
        to = target / file.name
        to.parent.mkdir(parents=True, exist_ok=True)
        partial = to.with_name(f".{to.name}.{os.getpid()}")
        shutil.copyfile(source / file.name, partial)
        if sha256_of(partial) != file.sha256:
            partial.unlink()
            raise AddError(f"{source / file.name} was changed while it was being copied.")
        os.replace(partial, to)


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
