"""Requirement strings and interpreter ranges that a spec declares: read strictly, since they end in a command."""

from __future__ import annotations

import re
from collections.abc import Iterable

from soundwright.tools.homes.settings import HomeError

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_VERSION = r"(?:===?|~=|!=|<=?|>=?)\s*[A-Za-z0-9][A-Za-z0-9.*+!_-]*"
_MARKER = r"[A-Za-z0-9_ .'\"<>=!()~-]+"
_REQUIREMENT = re.compile(
    rf"{_NAME}\s*(?:\[\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\])?\s*(?:{_VERSION}(?:\s*,\s*{_VERSION})*)?\s*(?:;{_MARKER})?"
)
_ADDRESS = re.compile(rf"{_NAME}\s*@\s*https://[^\s@]+")
_CLAUSE = re.compile(r"(==|!=|<=|>=|<|>)?\s*(\d+(?:\.\d+)*)(\.\*)?")


def checked_requirements(requirements: Iterable[str], *, addresses: bool = False) -> tuple[str, ...]:
    """The requirements themselves, sorted. Options, paths and addresses are none; ``addresses`` allows https ones.

    Raises:
        HomeError: one is no requirement.
    """
    found = sorted({requirement.strip() for requirement in requirements})
    for text in found:
        if _REQUIREMENT.fullmatch(text) or (addresses and _ADDRESS.fullmatch(text)):
            continue
        if _ADDRESS.fullmatch(text):
            raise HomeError(
                f"{text!r} names an address instead of a package of the index. If you trust it, write "
                "addresses = true into [homes] of config.toml."
            )
        raise HomeError(f"{text!r} is no requirement; write a package with its versions, such as 'numpy>=1.26,<2'")
    if not found:
        raise HomeError("a tool with an environment of its own has to declare its requirements")
    return tuple(found)


def python_fits(version: tuple[int, ...], wanted: str) -> bool:
    """Whether an interpreter's version lies in a range such as ``>=3.9,<3.11``; ``3.11`` means any 3.11.

    Raises:
        HomeError: ``wanted`` is no range.
    """
    return all(_fits(version, clause.strip(), wanted) for clause in wanted.split(",")) if wanted.strip() else True


def _fits(version: tuple[int, ...], clause: str, wanted: str) -> bool:
    match = _CLAUSE.fullmatch(clause)
    if match is None:
        raise HomeError(f"{wanted!r} is no range of Python versions; write for example '>=3.9,<3.11'")
    sign, bound = match[1] or "==", tuple(int(part) for part in match[2].split("."))
    same_length = version[: len(bound)]
    if sign in {"==", "!="}:
        return (same_length == bound) is (sign == "==")
    if sign in {">=", "<"}:
        return (version >= bound) is (sign == ">=")
    return (same_length > bound) is (sign == ">")
