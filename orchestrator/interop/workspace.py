"""Files by id: recordings that the user declared, and results, which go into one folder and nowhere else."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from soundwright.orchestrator import saving
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.input_kinds import kind_of_file
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.wording import near
from soundwright.tools.assets import Asset

# What a result is kept as: without loss, and so that an operation can read it again.
_SUFFIX: Mapping[Kind, str] = {Kind.AUDIO: ".wav", Kind.SPEECH: ".wav", Kind.TRANSCRIPT: ".txt"}
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class Item:
    """Something with an id: its kind, its file, or the files of its stems."""

    id: str
    kind: Kind
    file: Path | None = None
    stems: Mapping[str, Path] = field(default_factory=dict)
    operation: str = ""

    @property
    def files(self) -> tuple[Path, ...]:
        """Its file, or those of its stems."""
        return (self.file,) if self.file is not None else tuple(self.stems.values())


class Workspace:
    """``folder`` takes the results; it is made when the first comes. Safe to use from several threads."""

    def __init__(self, folder: Path, files: Mapping[str, Path] | None = None) -> None:
        """Declare ``files``, ids and paths.

        Raises:
            ScriptError: an id is no name, or a file is not there.
        """
        self.folder = folder
        self.items: dict[str, Item] = {}
        self._guard = threading.Lock()
        for name, path in (files or {}).items():
            self.declare(path, name)

    def declare(self, path: Path, name: str | None = None) -> Item:
        """Let a file of the user's be used, under ``name`` or one made of its own.

        Raises:
            ScriptError: the name is no id or is taken, or there is no such file.
        """
        if not path.is_file():
            found = "is not a file." if path.exists() else "does not exist."
            raise ScriptError([Problem(str(path), found, "Check the path.")])
        with self._guard:
            if name is None:
                known = next((item for item in self.items.values() if item.file == path.resolve()), None)
                if known is not None:
                    return known
                name = self._free(path.stem)
            elif not _ID.fullmatch(name) or name in self.items:
                found = "is taken." if name in self.items else "is no id."
                raise ScriptError([Problem(name, found, "Use up to 32 letters, digits and _, a letter first.")])
            self.items[name] = Item(name, kind_of_file(path.name), path.resolve())
            return self.items[name]

    def keep(
        self, asset: Asset, operation: str, name: str | None = None, tags: Mapping[str, str] | None = None
    ) -> Item:
        """Save a result in the folder under a free id."""
        with self._guard:
            name = name if name and _ID.fullmatch(name) and name not in self.items else self._free(name or operation)
            suffix = "" if asset.kind is Kind.STEMS else _SUFFIX.get(asset.kind) or saving.suffixes(asset)[0]
            target = saving.free_name(self.folder, name, suffix)
            saved = saving.save(asset, target, tags=tags)
            stems = {path.stem: path for path in saved.files} if asset.kind is Kind.STEMS else {}
            file = None if stems else saved.files[0]
            self.items[name] = Item(name, asset.kind, file, stems, operation)
            return self.items[name]

    def path(self, reference: str, kind: Kind, place: str) -> Path:
        """The file that ``id`` or ``id.stem`` means, where one of ``kind`` is needed.

        Raises:
            ScriptError: nothing has that id, or it is something else.
        """
        name, _, stem = reference.partition(".")
        item = self.items.get(name)
        if item is None:
            remedy = near(name, self.items) or f"There is {', '.join(self.items) or 'nothing yet'}."
            raise ScriptError([Problem(place, f"nothing is called {name!r}.", remedy)])
        if item.stems:
            if stem not in item.stems:
                remedy = f"Name one of its stems: {', '.join(f'{name}.{each}' for each in item.stems)}."
                raise ScriptError([Problem(place, f"{reference!r} is no single sound.", remedy)])
            return item.stems[stem]
        if stem or item.file is None or not kind.accepts(item.kind):
            found = f"{reference!r} is {item.kind.value}, not {kind.value}."
            raise ScriptError([Problem(place, found, "Name something else.")])
        return item.file

    def _free(self, wanted: str) -> str:
        base = re.sub(r"[^A-Za-z0-9_]+", "_", wanted).strip("_")[:28] or "file"
        base = base if base[0].isalpha() else f"f_{base}"[:28]
        number, name = 1, base
        while name in self.items:
            number += 1
            name = f"{base}{number}"
        return name
