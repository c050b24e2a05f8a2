"""A small client of package indexes (PEP 503 and PEP 691): finds archives, never builds or runs one."""

from __future__ import annotations

import html.parser
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import url2pathname

from soundwright.tools.store.listing import PackageSource
from soundwright.tools.store.pip_settings import PipSettings
from soundwright.tools.store.web import SourceFailed, Web

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_SDIST_ENDINGS = (".tar.gz", ".zip", ".tar.bz2", ".tar.xz")
_MAX_PAGE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that an index offers: its file name, address (https or file) and sha256 where the index names it."""

    name: str
    url: str
    sha256: str = ""


def archives(source: PackageSource, settings: PipSettings, web: Web) -> Iterator[Archive]:
    """Archives that may be ``source``, as they are found: folders first, then the indexes in order.

    Raises:
        SourceFailed: no index or folder that pip is set up with offers it.
    """
    found = False
    failures: list[str] = []
    for page in (*settings.find_links, *(_project_page(index, source) for index in settings.indexes)):
        try:
            offered = [archive for archive in _read_page(page, web) if _is_wanted(archive, source)]
        except SourceFailed as failure:
            failures.append(str(failure))
            continue
        found = found or bool(offered)
        yield from offered
    if not found:
        raise SourceFailed(f"{source.package} {source.version} ({source.kind}): {'; '.join(failures) or 'not offered'}")


def local_path(url: str) -> Path | None:
    """The path behind a ``file:`` URL or a plain path, None for any other address."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Path(url2pathname(unquote(parts.path)))
    return None if len(parts.scheme) > 1 else Path(url).expanduser()


def _project_page(index: str, source: PackageSource) -> str:
    return f"{index.rstrip('/')}/{_normal(source.package)}/"


def _read_page(page: str, web: Web) -> list[Archive]:
    path = local_path(page)
    if path is None:
        body, kind, address = web.text(page, accept=_ACCEPT, limit=_MAX_PAGE_BYTES)
        return _from_json(body, address) if "json" in kind else _from_html(body, address)
    if (path / "index.html").is_file():
        return _from_html((path / "index.html").read_text(encoding="utf-8", errors="replace"), path.as_uri() + "/")
    if path.is_dir():
        return [Archive(entry.name, entry.resolve().as_uri()) for entry in sorted(path.iterdir()) if entry.is_file()]
    if path.is_file():
        return _from_html(path.read_text(encoding="utf-8", errors="replace"), path.resolve().as_uri())
    raise SourceFailed(f"{page} is not there")


def _from_json(body: str, address: str) -> list[Archive]:
    try:
        files: list[dict[str, Any]] = json.loads(body)["files"]
        return [
            Archive(str(file["filename"]), urljoin(address, file["url"]), str(file.get("hashes", {}).get("sha256", "")))
            for file in files
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceFailed(f"{address}: not a package index ({type(error).__name__})") from error


class _Links(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep where each anchor points."""
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]


def _from_html(body: str, address: str) -> list[Archive]:
    parser = _Links()
    parser.feed(body)
    found = []
    for link in parser.links:
        url, fragment = urldefrag(urljoin(address, link))
        name = unquote(urlsplit(url).path.rsplit("/", 1)[-1])
        sha256 = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
        found.append(Archive(name, url, sha256))
    return found


def _is_wanted(archive: Archive, source: PackageSource) -> bool:
    if archive.sha256 and archive.sha256 != source.sha256:
        return False
    if source.kind == "wheel":
        stem = archive.name.removesuffix(".whl").split("-")
        return archive.name.endswith(".whl") and len(stem) >= 5 and _same(stem[0], stem[1], source)
    for ending in _SDIST_ENDINGS:
        if archive.name.endswith(ending):
            name, _, version = archive.name.removesuffix(ending).rpartition("-")
            return _same(name, version, source)
    return False


def _same(name: str, version: str, source: PackageSource) -> bool:
    return _normal(name) == _normal(source.package) and version == source.version


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
