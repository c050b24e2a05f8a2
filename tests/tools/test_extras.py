"""Every tool's extra brings what the tool imports."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from soundwright.tools.base import ToolSpec
from soundwright.tools.registry import Registry

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
REGISTRY = Registry.discover()
TOOLS = [spec for name, spec in REGISTRY.specs.items() if not REGISTRY.package(name) and spec.modules]
OWNERS = metadata.packages_distributions()


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(requirements: Iterable[str]) -> set[str]:
    """The names of all packages that these requirements bring here."""
    found: set[str] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted, extra = waiting.pop()
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
            continue
        name = canonical(wanted.name)
        found.add(name)
        for part in {"", *wanted.extras} - {part for one, part in seen if one == name}:
            seen.add((name, part))
            waiting += [(Requirement(text), part) for text in needed(name, part)]
    return found


def needed(name: str, extra: str) -> list[str]:
    if name == "soundwright":
        texts: list[str] = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
        return texts
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def missing(extra: str, modules: Iterable[str]) -> set[str]:
    """The modules that are here, and that the extra does not bring."""
    brought = closure([f"soundwright[{extra}]" if extra else "soundwright"])
    owners = {module: {canonical(name) for name in OWNERS.get(module.partition(".")[0], ())} for module in modules}
    return {module for module, names in owners.items() if names and not names & brought}


@pytest.mark.parametrize("spec", TOOLS, ids=lambda spec: spec.name)
def test_an_extra_brings_what_its_tools_import(spec: ToolSpec) -> None:
    assert not missing(spec.extra, spec.modules), f"add them to the extra {spec.extra!r} in pyproject.toml"


def test_what_an_extra_does_not_bring_is_found() -> None:
    assert missing("neural", ["pytest", "numpy", "not_here"]) == {"pytest"}
    assert closure(["soundwright[diffusion]"]) >= {"diffusers", "torch", "numpy"}
