"""What the command line does and prints about the model store: rows and sheets of plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from soundwright.orchestrator.reports import Row, size_text
from soundwright.orchestrator.workshop import Workshop
from soundwright.tools.model_store import ModelStore, PullProgress
from soundwright.tools.store import upkeep
from soundwright.tools.store.licences import offer
from soundwright.tools.store.listing import Model
from soundwright.tools.store.upkeep import Waste

ALL = "all"


def rows() -> list[Row]:
    """Every model of the store."""
    store = _store()
    return [
        {
            "model": model.name,
            "size": size_text(model.size) if model.files else "on the hub" if model.hub is not None else "",
            "licence": model.licence,
            "commercial": model.commercial_ok,
            "state": state if store.licences.accepted(model) or state != "missing" else "licence to accept",
            "summary": model.summary,
        }
        for model, state in store.list()
    ]


def facts(name: str) -> Row:
    """Everything about one model.

    Raises:
        UnknownModel: there is none of that name.
    """
    store = _store()
    model, known = store.model(name), store.record(name)
    states = {each.name: state for each, state in store.list()}
    made: Row = {
        "model": name,
        "summary": model.summary,
        "state": states[name],
        "folder": str(store.folder(name)),
        "licence": model.licence,
        "licence_url": model.licence_url,
        "terms": model.terms,
        "commercial": model.commercial_ok,
        "gated": model.gated,
        "accepted": store.licences.date(model) if model.restricted else "",
        "attribution": model.attribution,
        "homepage": model.homepage,
        "how_to_get_it": model.own,
        "hub": f"{model.hub.repo}@{model.hub.revision}" if model.hub is not None else "",
        "commit": known.commit if known is not None else "",
        "recorded": known.date if known is not None else "",
        "hashes": _trust(model, known is not None),
        "size": size_text(model.size) if model.files else "",
        "used_by": _users(name),
        "files": [f"{file.name} ({size_text(file.size)}, sha256 {file.sha256})" for file in model.files],
    }
    return {key: value for key, value in made.items() if value not in ("", [], None)}


def accept(names: Sequence[str], *, by_option: bool, ask: Callable[[str], bool] | None) -> None:
    """Note the user's acceptance of the licences of ``names``, by the option or by asking.

    Raises:
        UnknownModel: there is none of that name.
    """
    store = _store()
    for name in names if list(names) != [ALL] else ():
        model = store.model(name)
        if store.licences.accepted(model) or store.is_ready(name):
            continue
        if by_option:
            store.licences.accept(model, "--accept-licence")
        elif ask is not None and ask(f"{name}: {offer(model)}"):
            store.licences.accept(model, "asked on the terminal")


def pull(
    names: Sequence[str], *, offline: bool, quiet: bool, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[str]:
    """Fetch models, with a bar for each file; yields the names when all are there.

    Raises:
        ToolMissing: there is no such model, no source could serve it, or its licence was not accepted.
    """
    store = Workshop.open(offline=offline).models
    wanted = _free(store) if list(names) == [ALL] else list(dict.fromkeys(names))
    for name in wanted:
        store.model(name)
    from rich.console import Console  # noqa: PLC0415  only where bars are drawn
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bars:
        tasks: dict[tuple[str, str], Any] = {}

        def report(progress: PullProgress) -> None:
            key = (progress.model, progress.file)
            if key not in tasks:
                tasks[key] = bars.add_task("/".join(key), total=progress.total)
            bars.update(tasks[key], completed=progress.done)

        store.pull_all(wanted, report, cancelled)
    yield from wanted


def verify(names: Sequence[str]) -> list[Row]:
    """The state of every file of the models that are here, or of those named, by their bytes."""
    store = _store()
    wanted = list(names) or [model.name for model, state in store.list() if state != "missing"]
    found = [(name, store.verify(name) or {"": "missing"}) for name in wanted]
    return [{"model": name, "file": file, "state": state} for name, files in found for file, state in files.items()]


def add(name: str, source: Path, *, copy: bool, licence: str) -> str:
    """Take weights of the user's own; gives what to say about it.

    Raises:
        AddError: they cannot be used.
    """
    model = upkeep.add(_store(), name, source, copy=copy, licence=licence)
    terms = f" Its licence: {model.licence}. {model.terms}".rstrip() if model.terms else ""
    return f"{name}: {len(model.files)} files, {size_text(model.size)}; their hashes are noted.{terms}"


def remove(names: Sequence[str]) -> list[Row]:
    """Drop models.

    Raises:
        UnknownModel: there is none of that name; nothing is dropped then.
    """
    store = _store()
    for name in names:
        store.model(name)
    return [{"model": name, "freed": size_text(upkeep.remove(store, name))} for name in names]


def waste() -> list[Waste]:
    """What nobody needs. Language models are needed: no tool names them, the user does."""
    workshop = Workshop.open(offline=True)
    needed = {model for spec in workshop.registry.specs.values() for model in spec.models}
    needed |= {m.name for m, _ in workshop.models.list() if any(file.name.endswith(".gguf") for file in m.files)}
    return list(upkeep.waste(workshop.models, needed))


def waste_rows(found: Sequence[Waste]) -> list[Row]:
    """What can go, for people."""
    return [{"model": it.model, "size": size_text(it.size), "why": it.why, "path": str(it.path)} for it in found]


def clear(found: Sequence[Waste]) -> str:
    """Remove what can go; gives how much that freed."""
    for it in found:
        upkeep.clear(it)
    return size_text(sum(it.size for it in found))


def _store() -> ModelStore:
    return Workshop.open(offline=True).models


def _free(store: ModelStore) -> list[str]:
    """The models with hashes of their own that need nothing accepted: the hub's are many and large."""
    return [model.name for model, _ in store.list() if model.hub is None and store.pinned(model.name)]


def _users(name: str) -> list[str]:
    return [spec.name for spec in Workshop.open(offline=True).registry.specs.values() if name in spec.models]


def _trust(model: Model, recorded: bool) -> str:
    if model.hub is None:
        return "in the list" if not recorded else "noted when it was added"
    return "noted on the first pull, checked ever after" if recorded else "will be noted on the first pull"
