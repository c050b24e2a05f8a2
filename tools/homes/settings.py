"""What the user decides about homes: where tools of other packages run, how long an idle worker is kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast, get_args

from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.tools.base import Home, ToolSpec

Chosen = Literal["process", "worker"]


class HomeError(SoundwrightError):
    """A setting of homes that cannot be used."""


@dataclass(frozen=True, slots=True)
class Homes:
    """``others`` is where tools of other packages run; ``of`` decides for single tools.

    A worker is killed ``cancel_s`` after a cancel, and ended when it has had nothing to do for ``idle_s`` seconds.
    ``limit_s`` bounds one request where the tool's own ``timeout_s`` does not.
    ``environments`` is the folder of virtual environments (default: below the user's folder). ``addresses`` allows
    requirements that name an address instead of a package of the index.
    """

    others: Chosen = "worker"
    of: Mapping[str, Chosen] = field(default_factory=dict)
    cancel_s: float = 5.0
    idle_s: float = 600.0
    start_s: float = 120.0
    load_s: float = 1800.0
    limit_s: float = 3600.0
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


def read_homes(where: str, table: object, variable: str = "") -> Homes:
    """Settings from the table ``[homes]`` of a file called ``where``, and from SOUNDWRIGHT_HOMES, which wins.

    The variable is a home for all tools of other packages (``process``), or a list such as ``hum=process,buzz=worker``.

    Raises:
        HomeError: something in them cannot be used.
    """
    if not isinstance(table, Mapping):
        raise HomeError(f'{where}: homes must be a table; write [homes] and below it others = "process"')
    known: dict[str, Any] = {}
    for name, value in table.items():
        known |= {name: _setting(f"{where}: homes.{name}", name, value)}
    of = dict(known.pop("tools", {}))
    for part in filter(None, (part.strip() for part in variable.split(","))):
        tool, _, home = part.rpartition("=")
        given = chosen("SOUNDWRIGHT_HOMES", home.strip())
        if tool.strip():
            of[tool.strip()] = given
        else:
            known["others"] = given
    return Homes(**known, of=of)


def _setting(where: str, name: str, value: object) -> object:
    if name == "others":
        return chosen(where, str(value))
    if name == "tools" and isinstance(value, Mapping):
        return {str(tool): chosen(f"{where}.{tool}", str(home)) for tool, home in value.items()}
    if name in _SECONDS and isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return float(value)
    if name == "addresses" and isinstance(value, bool):
        return value
    if name in _FORMS:
        raise HomeError(f"{where}: {value!r} cannot be used; write {_FORMS[name]}")
    raise HomeError(f"{where}: there is no such setting; there are {', '.join(_FORMS)}")


_SECONDS = frozenset({"cancel_s", "idle_s", "start_s", "load_s", "limit_s"})
_FORMS = {
    "others": 'others = "worker"',
    "tools": 'a table: [homes.tools] and below it NAME = "process"',
    "cancel_s": "seconds from 0",
    "idle_s": "seconds from 0",
    "start_s": "seconds from 0",
    "load_s": "seconds from 0",
    "limit_s": "seconds from 0",
    "addresses": "true or false",
}


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
