"""Taking single members out of archives, as bytes: nothing else is unpacked, nothing is run."""

from __future__ import annotations

import hashlib
import lzma
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from soundwright.tools.store.web import SourceFailed

_CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """The sha256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def join_members(archive: Path, members: Sequence[str], to: IO[bytes], limit: int) -> None:
    """Write ``members`` of ``archive`` (zip or tar) to ``to`` in order, at most ``limit`` bytes in all.

    ``pack.tar.xz!name`` is the member ``name`` of a tar archive that is itself a member.

    Raises:
        SourceFailed: a member is missing or no plain file, the archive is damaged, or more than ``limit`` bytes come.
    """
    left = limit
    try:
        with _opened(archive) as read:
            for member in members:
                for block in _blocks(read, member):
                    left -= len(block)
                    if left < 0:
                        raise SourceFailed(f"{archive.name}: {member} is larger than it should be")
                    to.write(block)
    except (zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, EOFError, OSError, RuntimeError) as error:
        raise SourceFailed(f"{archive.name}: {error}") from error


def _blocks(read: _Reader, member: str) -> Iterator[bytes]:
    outer, _, inner = member.partition("!")
    if not inner:
        yield from read(outer)
        return
    with tempfile.TemporaryFile() as held:
        for block in read(outer):
            held.write(block)
        held.seek(0)
        with tarfile.open(fileobj=held) as pack:
            yield from _TarReader(pack)(inner)


@contextmanager
def _opened(archive: Path) -> Iterator[_Reader]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as pack:
            yield _ZipReader(pack)
    else:
        with tarfile.open(archive) as pack:
            yield _TarReader(pack)


class _Reader(Protocol):
    def __call__(self, member: str) -> Iterator[bytes]:
        """The bytes of a member, in pieces."""


class _ZipReader:
    def __init__(self, pack: zipfile.ZipFile) -> None:
        self._pack = pack

    def __call__(self, member: str) -> Iterator[bytes]:
        if member not in self._pack.NameToInfo:
            raise SourceFailed(f"{self._pack.filename}: it holds no {member}")
        with self._pack.open(member) as file:
            while block := file.read(_CHUNK):
                yield block


class _TarReader:
    def __init__(self, pack: tarfile.TarFile) -> None:
        self._pack = pack

    def __call__(self, member: str) -> Iterator[bytes]:
        try:
            file = self._pack.extractfile(member)
        except KeyError as error:
            raise SourceFailed(f"it holds no {member}") from error
        if file is None:
            raise SourceFailed(f"{member} is no plain file")
        with file:
            while block := file.read(_CHUNK):
                yield block
