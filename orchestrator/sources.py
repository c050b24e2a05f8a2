"""Recordings that a script names: found only in the script's folder and in folders that the user allowed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

_BLOCK = 1 << 20


class SourceError(ValueError):
    """A file that cannot be used; the text says why, and what would help."""


def resolve(file: str, folder: Path, allowed: Sequence[Path] = ()) -> Path:
    """The real path of ``file``, read from ``folder`` where it is relative; links are followed before it is judged.

    Raises:
        SourceError: it lies elsewhere, does not exist, or is no plain file.
    """
    roots = [root.expanduser().resolve() for root in (folder, *allowed)]
    try:
        real = (roots[0] / Path(file)).resolve()
        inside = any(real.is_relative_to(root) for root in roots)
        if inside and real.is_file():
            with real.open("rb"):
                return real
        exists = inside and real.exists()
    except (OSError, ValueError, RuntimeError) as error:  # unreadable, a NUL in the name, a loop of links
        raise SourceError(f"cannot be read: {error}. Check the path and its permissions.") from error
    if not inside:
        raise SourceError(
            f"{file!r} lies outside the script's folder. Move it there, or allow its folder with --allow FOLDER."
        )
    if exists:
        raise SourceError(f"{file!r} is not a file. Name a recording.")
    raise SourceError(f"there is no file {file!r} in {roots[0]}. Check the name.")


def file_hash(path: Path) -> str:
    """Sha256 (hex) of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
