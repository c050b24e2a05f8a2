"""The package that an entry point comes from."""

from __future__ import annotations

import functools
import importlib.metadata


def owner_of(point: importlib.metadata.EntryPoint) -> str:
    """The package of an entry point with its version; what it points at where no package is known."""
    return point.value if point.dist is None else " ".join(named(point.dist))


@functools.lru_cache(maxsize=256)
def named(dist: importlib.metadata.Distribution) -> tuple[str, str]:
    """Name and version of a package: read once for all of its entry points, since each look parses all its metadata."""
    return str(dist.name), str(dist.version)
