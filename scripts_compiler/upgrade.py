"""Older scripts to the current version: one function from dict to dict per step. The first version is 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.wording import shown

VERSION = 1
Data = dict[str, Any]
Upgrade = Callable[[Data], Data]

# The function at N makes version N + 1 of a script of version N. It returns new data and leaves the old as it was.
UPGRADES: Mapping[int, Upgrade] = {}


def upgrade(data: Data, upgrades: Mapping[int, Upgrade] = UPGRADES, current: int = VERSION) -> Data:
    """Data of the ``current`` version; what is not a known version is left for the check of the shape.

    Raises:
        ScriptError: the script is newer than this program, or older than the oldest that it knows.
    """
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        return data
    if version > current:
        found = f"found {shown(version)}; this Soundwright reads scripts up to version {current}."
        raise ScriptError([Problem("version", found, "Install a newer Soundwright, or write the script for this one.")])
    while version < current:
        if version not in upgrades:
            oldest = min([current, *upgrades])
            found = f"found {shown(version)}; the oldest version that can be read is {oldest}."
            raise ScriptError([Problem("version", found, f"Write version: {current}.")])
        data = {**upgrades[version](data), "version": version + 1}
        version += 1
    return data
