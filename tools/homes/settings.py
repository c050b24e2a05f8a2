"""What the user decides about homes: where tools of other packages run, how long an idle worker is kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.tools.base import Home, ToolSpec

Chosen = Literal["process", "worker"]


class HomeError(SoundwrightError):
    """A setting of homes that cannot be used."""


@dataclass(frozen=True, slots=True)
class Homes:
    """``others`` is where tools of other packages run; ``of`` decides for single tools.

    A worker is killed ``cancel_s`` after a cancel, and ended when it has had nothing to do for ``idle_s`` seconds.
    ``environments`` is the folder of virtual environments (default: below the user's folder). ``addresses`` allows
    requirements that name an address instead of a package of the index.
    """

    others: Chosen = "worker"
    of: Mapping[str, Chosen] = field(default_factory=dict)
    cancel_s: float = 5.0
    idle_s: float = 600.0
    start_s: float = 120.0
    load_s: float = 1800.0
    environments: Path | None = None
    offline: bool = False
    addresses: bool = False

    def home_of(self, spec: ToolSpec, *, ours: bool) -> Home:
        """Where a tool runs: as the user says, else as it says itself; other packages' tools not in this process."""
        if spec.home not in {"process", "worker"}:
            return spec.home
        if spec.name in self.of:
            return self.of[spec.name]
        return self.others if not ours and spec.home == "process" else spec.home


def chosen(where: str, value: str) -> Chosen:
    """A home that a user may choose.

    Raises:
        HomeError: it is none.
    """
    if value not in get_args(Chosen):
        raise HomeError(f"{where}: {value!r} is no home; write {' or '.join(get_args(Chosen))}")
    return cast("Chosen", value)


def default_folder() -> Path:
    """SOUNDWRIGHT_HOME, else the user's cache folder."""
    from platformdirs import user_cache_dir  # noqa: PLC0415  only where no folder was set

    named = os.environ.get("SOUNDWRIGHT_HOME", "")
    return (Path(named).expanduser() if named else Path(user_cache_dir("soundwright", appauthor=False))).absolute()
