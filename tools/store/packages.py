"""Models that packages bring: an entry point of ``soundwright.models`` names a package with a ``models.toml`` in it.

    [project.entry-points."soundwright.models"]
    acme-hum = "acme_hum"

The file has the form of our own list. Nothing of the package is run for that.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from soundwright.scripts_compiler.owners import owner_of
from soundwright.tools.store.listing import LISTING, ListingError, Model, read_listing

GROUP = "soundwright.models"


@dataclass(frozen=True, slots=True)
class Installed:
    """All models by name, and why lists of packages could not be used."""

    models: Mapping[str, Model]
    refused: tuple[str, ...] = ()


@functools.lru_cache(maxsize=1)
def installed() -> Installed:
    """Our own models and those of installed packages. A package cannot replace a model that there is."""
    models, refused = dict(read_listing()), []
    for point in sorted(importlib.metadata.entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        owner = owner_of(point)
        try:
            theirs = read_listing(_file(point.value))
        except (ListingError, ImportError, OSError, ValueError) as error:
            refused.append(f"the models of {owner} cannot be used: {error}")
            continue
        taken = sorted(set(theirs) & set(models))
        refused += [f"the model {name} of {owner} cannot be used: there is one of that name" for name in taken]
        models |= {name: model for name, model in theirs.items() if name not in taken}
    return Installed(MappingProxyType(models), tuple(refused))


def _file(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"there is no package {package}")
    return Path(next(iter(spec.submodule_search_locations))) / LISTING.name
