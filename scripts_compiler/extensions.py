"""Operations of packages: the entry-point group ``soundwright.operations``, joined with the built-in ones.

An entry point names an :class:`Operation` or a sequence of them. Names are namespaced (``acme.dehum``). What cannot be
used is kept with its reason and harms nothing else.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from soundwright.scripts_compiler import first_import
from soundwright.scripts_compiler.operations import Catalogue, Operation, Parameters, builtin
from soundwright.scripts_compiler.owners import owner_of

GROUP = "soundwright.operations"
BUILT_IN = "soundwright"
_NAMESPACED = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_RESERVED = ("id", "op", "consent")


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry point, or an operation of it, that cannot be used: its name, the packages concerned, and why."""

    name: str
    owner: str
    reason: str


@dataclass(frozen=True)
class Extended:
    """The full catalogue, the package (with its version) of each operation, and what was refused."""

    catalogue: Catalogue
    owners: Mapping[str, str]
    refused: tuple[Refused, ...] = ()


@lru_cache(maxsize=1)
def discover() -> Extended:
    """The built-in operations and those of all installed packages."""
    found: list[tuple[Operation, str]] = []
    refused: list[Refused] = []
    for point in sorted(importlib.metadata.entry_points(group=GROUP), key=lambda p: (p.name, p.value)):
        owner = owner_of(point)
        for name, offered, reason in _opened(point):
            if reason:
                refused.append(Refused(name, owner, reason))
            else:
                found.append((offered, owner))
    return _joined(found, refused)


def installed() -> Catalogue:
    """The full catalogue: what scripts may use here."""
    return discover().catalogue


def _joined(found: Iterable[tuple[Operation, str]], refused: list[Refused]) -> Extended:
    """Of two operations of one name neither is taken: nobody could tell which one a script means."""
    by_name: dict[str, list[tuple[Operation, str]]] = {}
    for operation, owner in found:
        by_name.setdefault(operation.name, []).append((operation, owner))
    for name, offers in by_name.items():
        if len(offers) > 1:
            both = " and ".join(owner for _, owner in offers)
            refused.append(Refused(name, both, f"it is declared by {both}; uninstall one, or have it renamed"))
    taken = {name: offers[0] for name, offers in sorted(by_name.items()) if len(offers) == 1}
    known = builtin()
    owners = {**dict.fromkeys(known, BUILT_IN), **{name: owner for name, (_, owner) in taken.items()}}
    reasons = {it.name: f"{it.owner} brings it, but it cannot be used: {it.reason}." for it in refused}
    catalogue = Catalogue([*known.values(), *(operation for operation, _ in taken.values())], reasons)
    return Extended(catalogue, owners, tuple(refused))


def _opened(point: importlib.metadata.EntryPoint) -> Iterator[tuple[str, Any, str]]:
    """(name, what is offered, why it cannot be used) of all that an entry point names; no reason where it can."""
    reason = first_import.obstacle(point)
    if reason:
        yield point.name, None, reason
        return
    try:
        offered = point.load()
    except (Exception, SystemExit) as error:  # the boundary to other people's packages
        yield point.name, None, f"{type(error).__name__}: {error}"
        return
    if isinstance(offered, Operation):
        yield offered.name, offered, _unfit(offered)
    elif isinstance(offered, list | tuple) and offered:
        for each in offered:
            yield str(getattr(each, "name", point.name)), each, _unfit(each)
    else:
        yield point.name, None, f"{point.value} is no Operation and no list of them"


def _unfit(offered: Any) -> str:  # noqa: ANN401  whatever an entry point named
    """Why something offered is no usable operation; empty where it is."""
    if not isinstance(offered, Operation):
        return f"{offered!r} is no Operation"
    if not _NAMESPACED.fullmatch(offered.name):
        return f"{offered.name!r} needs a namespace: small letters, digits and _, such as acme.dehum"
    parameters = offered.parameters
    if not (isinstance(parameters, type) and issubclass(parameters, Parameters)):
        return "its parameters are no model made from Parameters"
    clash = [name for name in _RESERVED if name in parameters.model_fields]
    clash += [port.name for port in offered.inputs if port.name in _RESERVED]
    if clash:
        return f"{clash[0]!r} is a word of scripts; name the parameter or input otherwise"
    first = offered.inputs[0] if offered.inputs else None
    if offered.effect and (first is None or first.many or str(first.kind) != "Audio" or str(offered.output) != "Audio"):
        return "an effect takes one Audio first and gives Audio"
    return ""
