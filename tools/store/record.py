"""What a model's folder remembers of itself: where its files came from, and the hashes they had then."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from soundwright.tools.store.listing import ModelFile

NAME = ".record.json"  # no file that a hub serves begins with a dot
Origin = Literal["hub", "local"]


@dataclass(frozen=True, slots=True)
class Record:
    """``files`` with the hashes they had when they came (``date``, ISO 8601).

    ``folder`` is where they lie when they are the user's own and were not copied. Of a hub: ``repo``, the
    ``revision`` that was asked for and the ``commit`` that it was.
    """

    origin: Origin
    files: tuple[ModelFile, ...]
    date: str
    folder: str = ""
    repo: str = ""
    revision: str = ""
    commit: str = ""
    licence: str = ""


def read(folder: Path) -> Record | None:
    """The record of a model's folder; None where there is none, or one that was not written whole."""
    try:
        data = json.loads((folder / NAME).read_text(encoding="utf-8"))
        files = tuple(ModelFile(str(f["name"]), int(f["size"]), str(f["sha256"]), ()) for f in data.pop("files"))
        return Record(files=files, **{key: _text(value) for key, value in data.items()})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(folder: Path, record: Record) -> None:
    """Keep a record, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {key: getattr(record, key) for key in Record.__slots__}
    data["files"] = [{"name": f.name, "size": f.size, "sha256": f.sha256} for f in record.files]
    partial = folder / f"{NAME}.{os.getpid()}"
    partial.write_text(json.dumps(data, indent=1), encoding="utf-8")
    os.replace(partial, folder / NAME)


def _text(value: Any) -> Any:  # noqa: ANN401  what JSON gave
    if not isinstance(value, str):
        raise TypeError("a record holds texts")
    return value
