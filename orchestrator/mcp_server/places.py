"""Which files a client may name, and where its results go: folders that the user allowed, links resolved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from soundwright.orchestrator import saving
from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.stored import StoredAsset
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.kinds import Kind

SCHEME = "soundwright"
ASSETS = f"{SCHEME}://assets/"
_ASSET = re.compile(rf"{ASSETS}([0-9a-f]{{16,64}})(?:/([^/]+))?\Z")
_SOUNDS = (Kind.AUDIO, Kind.SPEECH)


@dataclass(frozen=True)
class Places:
    """``out`` is where results go; files are read there and below the folders of ``allow``, and nowhere else."""

    out: Path
    cache: Cache
    allow: tuple[Path, ...] = ()
    roots: tuple[Path, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roots", tuple(folder.expanduser().resolve() for folder in (self.out, *self.allow)))

    def file(self, reference: str, place: str = "") -> Path:
        """The file behind a path, a ``file:`` URI, or the address of an earlier result.

        Relative paths count from the output folder, then from each allowed one.

        Raises:
            ScriptError: it lies elsewhere, or is not there.
        """
        if reference.startswith(f"{SCHEME}:"):
            return self._result(reference, place)
        try:
            named = _path(reference, place)
            candidates = [named] if named.is_absolute() else [root / named for root in self.roots]
            inside = [path for path in (each.resolve() for each in candidates) if self._is_allowed(path)]
            found = next((path for path in inside if path.exists()), None)
        except (OSError, ValueError, RuntimeError) as error:  # too long, with NUL, loops of links, no URL
            raise _wrong(place, f"{reference!r} is not a usable file name.") from error
        if found is not None:
            return found
        if inside:
            raise _wrong(place, f"there is no file {reference!r}.", "Check the path.")
        folders = ", ".join(str(root) for root in self.roots)
        raise _wrong(
            place, f"{reference!r} lies outside the folders that this server may read ({folders}).",
            "Move the file there, or have the server started with --allow FOLDER.",
        )  # fmt: skip

    def target(self, name: str, suffixes: Sequence[str], place: str = "name") -> Path:
        """Where a result of that name goes: a file in the output folder, or in a folder below it.

        Raises:
            ScriptError: the name leads out of it, or its ending is none of ``suffixes``.
        """
        try:
            path = (self.roots[0] / name).resolve()
        except (OSError, ValueError, RuntimeError) as error:
            raise _wrong(place, f"{name!r} is not a usable file name.") from error
        if not path.is_relative_to(self.roots[0]) or path == self.roots[0] or path.is_dir():
            raise _wrong(
                place, f"{name!r} is no name for a file in {self.roots[0]}.", "Write a name such as rain.flac."
            )
        if suffixes and path.suffix.lower() not in suffixes:
            raise _wrong(place, f"{name!r} ends in none of {', '.join(suffixes)}.", f"Write {path.stem}{suffixes[0]}.")
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def free(self, stem: str, suffix: str) -> Path:
        """A name in the output folder that is not taken."""
        self.roots[0].mkdir(parents=True, exist_ok=True)
        return saving.free_name(self.roots[0], stem, suffix)

    def asset(self, reference: str, place: str = "") -> tuple[StoredAsset, str]:
        """The stored result behind an address, and the name of the stem that it asks for.

        Raises:
            ScriptError: it is no such address, or the result is no longer kept.
        """
        match = _ASSET.match(reference)
        if match is None:
            raise _wrong(place, f"{reference!r} is no address of a result.", f"They look like {ASSETS}KEY.")
        stored = self.cache.get(match[1])
        if stored is None:
            raise _wrong(place, f"the result {reference} is not kept any more.", "Make it again.")
        return stored, unquote(match[2] or "")

    def is_readable(self, path: Path) -> bool:
        """Whether a client may read the file at ``path``."""
        return self._is_allowed(path.resolve())

    def _is_allowed(self, path: Path) -> bool:
        return any(path.is_relative_to(root) for root in self.roots)

    def _result(self, reference: str, place: str) -> Path:
        """A result as a file that an operation can read: sounds lie in the cache, the rest is written out."""
        stored, stem = self.asset(reference, place)
        if stored.kind in _SOUNDS and stored.path is not None:
            return stored.path
        if stored.kind is Kind.STEMS:
            return self._stem(stored, stem, reference, place)
        asset = stored.load()
        target = self.roots[0] / ".results" / f"{stored.key}{saving.suffixes(asset)[0]}"
        if not target.exists():
            saving.save(asset, target)
        return target

    @staticmethod
    def _stem(stored: StoredAsset, stem: str, reference: str, place: str) -> Path:
        names = [str(each["name"]) for each in stored.value["stems"]]
        if stem not in names:
            raise _wrong(
                place, f"{reference} is of several stems: {', '.join(names)}.", f"Add one: {ASSETS}KEY/{names[0]}."
            )
        return stored.files[names.index(stem)]


def _path(reference: str, place: str) -> Path:
    parts = urlsplit(reference)
    if parts.scheme == "file":
        if parts.netloc not in {"", "localhost"}:
            raise _wrong(place, f"{reference!r} is on another machine.", "Only files of this machine can be read.")
        return Path(url2pathname(unquote(parts.path)))
    if len(parts.scheme) > 1 and "//" in reference:
        raise _wrong(place, f"{reference!r} is no file.", f"Write a path, a file: URI, or {ASSETS}KEY.")
    return Path(reference).expanduser()


def _wrong(place: str, found: str, remedy: str = "") -> ScriptError:
    return ScriptError([Problem(place, found, remedy)])
