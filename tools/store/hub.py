"""Model hubs with the public hub's web interface: what a repository holds at one commit, and which of it is wanted.

Hashes of large files come with the list; those of small ones are learned when they arrive. Both are kept in the
model's record and checked ever after: trust on first use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from soundwright.tools.store.listing import Hub, ModelFile, UrlSource
from soundwright.tools.store.web import SourceFailed, Web

SAFE = frozenset(
    {".safetensors", ".json", ".txt", ".model", ".jinja", ".tiktoken", ".npy", ".onnx", ".gguf", ".yaml", ".yml"}
)
"""Endings of files that hold data alone, when read by loaders that take no pickles."""
_OTHER_FORMS = ("*.fp16.*", "*.fp32*", "*.bf16.*", "onnx/*", "openvino/*", "*.msgpack", "flax_*", "tf_*", ".*", "*/.*")
_MAX_LIST_BYTES = 32 << 20
_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_PATH = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._+-]*/)*[A-Za-z0-9_][A-Za-z0-9._+-]*\Z")


@dataclass(frozen=True, slots=True)
class Tree:
    """The wanted files of a repository at one ``commit``."""

    commit: str
    files: tuple[ModelFile, ...]


def read_tree(hub: Hub, address: str, web: Web) -> Tree:
    """Ask the hub at ``address`` what ``hub`` is made of now.

    Raises:
        SourceFailed: it does not say, or has nothing that is wanted.
    """
    url = f"{address}/api/models/{hub.repo}/revision/{quote(hub.revision, safe='')}?blobs=true"
    body, _, _ = web.text(url, accept="application/json", limit=_MAX_LIST_BYTES)
    try:
        data = json.loads(body)
        commit, offered = str(data["sha"]), list(map(_offered, data["siblings"]))
    except (ValueError, KeyError, TypeError) as error:
        raise SourceFailed(f"{url}: not a list of files ({type(error).__name__})") from error
    if not _COMMIT.match(commit):
        raise SourceFailed(f"{url}: names no commit")
    files = tuple(
        ModelFile(name, size, sha256, (source_of(hub, address, commit, name),))
        for name, size, sha256 in _wanted(hub, offered)
    )
    if not files:
        raise SourceFailed(f"{hub.repo}: it holds nothing that can be loaded safely")
    return Tree(commit, files)


def source_of(hub: Hub, address: str, commit: str, name: str) -> UrlSource:
    """Where the hub at ``address`` serves one file of a repository at one commit."""
    return UrlSource(f"{address}/{hub.repo}/resolve/{commit}/{quote(name)}")


def is_safe(name: str) -> bool:
    """Whether a file's ending says that it holds data alone."""
    return PurePosixPath(name).suffix.lower() in SAFE


def wanted_names(hub: Hub, names: Iterable[str]) -> list[str]:
    """Which of a repository's files ``hub`` asks for, in order; pickles only where no safetensors lie beside them."""
    plain = sorted(name for name in names if _PATH.match(name))
    safe_folders = {PurePosixPath(name).parent for name in plain if name.endswith(".safetensors")}
    return [name for name in plain if _is_wanted(hub, name, safe_folders)]


def _is_wanted(hub: Hub, name: str, safe_folders: set[PurePosixPath]) -> bool:
    if any(fnmatchcase(name, pattern) for pattern in hub.skip):
        return False
    if any(fnmatchcase(name, pattern) for pattern in hub.pickles):
        named = any(fnmatchcase(name, pattern) for pattern in hub.files)
        return named or PurePosixPath(name).parent not in safe_folders
    if not is_safe(name):
        return False
    if hub.files:
        return any(fnmatchcase(name, pattern) for pattern in hub.files)
    return not any(fnmatchcase(name, pattern) for pattern in _OTHER_FORMS)


def _wanted(hub: Hub, offered: list[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    names = set(wanted_names(hub, (name for name, _, _ in offered)))
    return sorted(file for file in offered if file[0] in names)


def _offered(raw: Any) -> tuple[str, int, str]:  # noqa: ANN401  one entry of the hub's list
    sha256 = str((raw.get("lfs") or {}).get("sha256", ""))
    return str(raw["rfilename"]), int(raw["size"]), sha256 if _SHA256.match(sha256) else ""
