"""The list of models (``models.toml``) as frozen values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

ArchiveKind = Literal["wheel", "sdist", "zip", "tar"]

LISTING = Path(__file__).resolve().parent.parent / "models.toml"
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*\Z")
_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*\Z")
_FILE_NAME = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._+-]*/)*[A-Za-z0-9_][A-Za-z0-9._+-]*\Z")
_TEXTS = ("summary", "licence", "licence_url", "homepage", "attribution", "terms", "own")
_MARKS = ("gated", "commercial_ok")


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
    """One file of a model: ``size`` in bytes and ``sha256`` (hex) of the whole, and where it comes from, in order.

    ``name`` may lie in a folder (``unet/config.json``). ``sha256`` is empty while it was never seen (see ``Hub``).
    """

    name: str
    size: int
    sha256: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository of a model hub whose files' hashes are learned on the first pull and checked ever after.

    ``files`` are patterns of the files that are wanted, of all that are safe to load where there are none; ``skip``
    are patterns of those that are not. ``pickles`` names files in torch's pickle form that an engine needs and loads
    with ``weights_only``: they are fetched only where no safetensors file lies beside them.
    """

    repo: str
    revision: str = "main"
    files: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    pickles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the store: weights, a soundfont or a pack of sounds, with its licence.

    ``files`` of a ``hub`` model are known once it was pulled. ``terms`` says in one line what the licence asks.
    ``own`` says how the user gets weights that no source serves in the form that is needed; they are then added.
    """

    name: str
    summary: str
    licence: str
    files: tuple[ModelFile, ...]
    licence_url: str = ""
    homepage: str = ""
    attribution: str = ""
    terms: str = ""
    gated: bool = False
    commercial_ok: bool = True
    hub: Hub | None = None
    own: str = ""

    @property
    def restricted(self) -> bool:
        """Whether its licence has to be accepted before it is fetched."""
        return self.gated or not self.commercial_ok

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)


def read_listing(path: Path = LISTING) -> Mapping[str, Model]:
    """All models by name.

    Raises:
        ListingError: an entry is incomplete or malformed.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ListingError(f"{path}: is not TOML ({error})") from error
    return {name: _model(name, entry) for name, entry in data.get("models", {}).items()}


def is_model_name(name: str) -> bool:
    """Whether ``name`` can be a model's: it is a folder's name too."""
    return bool(_NAME.match(name))


def _model(name: str, entry: dict[str, Any]) -> Model:
    _need(is_model_name(name), name, "its name is no plain file name")
    _known(name, entry, {*_TEXTS, *_MARKS, "files", "hub"})
    _need(bool(entry.get("summary")) and bool(entry.get("licence")), name, "summary and licence are required")
    _need(all(isinstance(entry.get(key, ""), str) for key in _TEXTS), name, f"{', '.join(_TEXTS)} are texts")
    _need(all(isinstance(entry.get(key, True), bool) for key in _MARKS), name, f"{', '.join(_MARKS)} are true or false")
    files = tuple(_file(name, raw) for raw in entry.get("files", []))
    hub = _hub(name, entry["hub"]) if "hub" in entry else None
    _need(sum(map(bool, (files, hub, entry.get("own")))) == 1, name, "it needs files, a hub or own: one of them")
    _need(len({file.name for file in files}) == len(files), name, "two files have one name")
    told = {key: value for key, value in entry.items() if key in _TEXTS or key in _MARKS}
    model = Model(name, files=files, hub=hub, **told)
    _need(bool(model.terms) or not model.restricted, name, "a gated or non-commercial model needs its terms")
    return model


def _hub(model: str, raw: dict[str, Any]) -> Hub:
    _known(model, raw, {"repo", "revision", "files", "skip", "pickles"})
    repo, revision = raw.get("repo", ""), raw.get("revision", "main")
    _need(bool(_REPO.match(repo)), model, f"{repo!r} is no repository; write owner/name")
    _need(bool(_REVISION.match(revision)), model, f"{revision!r} is no revision")
    return Hub(repo, revision, *(tuple(raw.get(key, ())) for key in ("files", "skip", "pickles")))


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
