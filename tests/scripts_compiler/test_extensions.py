from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from soundwright.scripts_compiler import document, extensions, first_import
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation, Parameters, Port, builtin
from soundwright.scripts_compiler.schema import json_schema
from soundwright.scripts_compiler.script import Effect, SoundCue

AUDIO = (Port("audio", Kind.AUDIO),)


class Dehum(Parameters):
    mains: float = 50.0


class Clashing(Parameters):
    op: str = ""


class Consenting(Parameters):
    consent: str = ""


def operation(name: str, parameters: type[Parameters] = Dehum, **more: Any) -> Operation:
    return Operation(name, "Remove hum.", parameters, more.pop("inputs", AUDIO), Kind.AUDIO, **more)


class Package:
    """A package of version 1.0 that is installed nowhere."""

    version = "1.0"

    def __init__(self, name: str) -> None:
        self.name = name


class Point:
    """An entry point of a package that is installed nowhere."""

    def __init__(self, name: str, package: str, load: Callable[[], Any]) -> None:
        self.name, self.value, self.load = name, f"{package}.ops:OPERATIONS", load
        self.dist = Package(package)


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., extensions.Extended]]:
    """Discovers what the given packages declare."""

    def discovered(*points: Point) -> extensions.Extended:
        monkeypatch.setattr(importlib.metadata, "entry_points", lambda *, group: list(points))
        monkeypatch.setattr(first_import, "obstacle", lambda point: "")  # there is no module to import
        extensions.discover.cache_clear()
        return extensions.discover()

    yield discovered
    monkeypatch.undo()
    extensions.discover.cache_clear()


def offering(*operations: object, package: str = "acme") -> Point:
    return Point("ops", package, lambda: list(operations))


def test_operations_of_packages_join_the_catalogue(packages: Callable[..., extensions.Extended]) -> None:
    found = packages(offering(operation("acme.dehum", effect=True)))
    assert set(found.catalogue) == {*builtin(), "acme.dehum"}
    assert found.owners["acme.dehum"] == "acme 1.0"
    assert found.owners["gain"] == "soundwright"
    assert found.refused == ()


def test_a_script_may_use_them_as_step_and_effect(packages: Callable[..., extensions.Extended]) -> None:
    packages(offering(operation("acme.dehum", effect=True)))
    cue = {"type": "sound", "description": "rain", "length": 2, "effects": [{"op": "acme.dehum", "mains": 60.0}]}
    script = document.from_data({"version": 1, "title": "Hum", "cues": [cue]}).script
    (sound,) = script.cues
    assert isinstance(sound, SoundCue)
    assert sound.effects == [Effect.model_validate({"op": "acme.dehum", "mains": 60.0})]
    with pytest.raises(ScriptError, match="mains"):
        document.from_data({"version": 1, "title": "Hum", "cues": [{**cue, "effects": [
            {"op": "acme.dehum", "mains": "loud"}]}]})  # fmt: skip


def test_they_stand_in_the_schema(packages: Callable[..., extensions.Extended]) -> None:
    schema = json_schema(packages(offering(operation("acme.dehum"))).catalogue)
    names = [variant["properties"]["op"]["const"] for variant in schema["$defs"]["Step"]["anyOf"]]
    assert "acme.dehum" in names


def _crash() -> object:
    raise ImportError("no module named 'acme_native'")


def _leave() -> object:
    sys.exit("goodbye")


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        (Point("ops", "acme", _crash), "ImportError: no module named 'acme_native'"),
        (Point("ops", "acme", _leave), "SystemExit: goodbye"),
        (Point("ops", "acme", lambda: 7), "is no Operation and no list of them"),
        (Point("ops", "acme", lambda: []), "is no Operation and no list of them"),
        (offering("dehum"), "'dehum' is no Operation"),
        (offering(operation("dehum")), "needs a namespace"),
        (offering(operation("Acme.dehum")), "needs a namespace"),
        (offering(operation("acme.dehum", Clashing)), "'op' is a word of scripts"),
        (offering(operation("acme.dehum", Consenting)), "'consent' is a word of scripts"),
        (offering(operation("acme.dehum", dict)), "no model made from Parameters"),  # type: ignore[arg-type]
        (offering(operation("acme.dehum", effect=True, inputs=())), "an effect takes one Audio first"),
    ],
)
def test_what_cannot_be_used_is_kept_with_its_reason_and_harms_nothing(
    point: Point, reason: str, packages: Callable[..., extensions.Extended]
) -> None:
    found = packages(point, offering(operation("other.hum"), package="other"))
    assert [(it.owner, reason in it.reason) for it in found.refused] == [("acme 1.0", True)]
    assert set(found.catalogue) == {*builtin(), "other.hum"}


def test_of_two_operations_of_one_name_neither_is_taken_and_both_owners_are_named(
    packages: Callable[..., extensions.Extended],
) -> None:
    found = packages(
        offering(operation("acme.dehum")), offering(operation("acme.dehum"), operation("evil.hum"), package="evil")
    )
    assert "acme.dehum" not in found.catalogue
    assert "evil.hum" in found.catalogue
    assert found.refused[0].owner == "acme 1.0 and evil 1.0"


def test_a_script_that_uses_a_refused_operation_is_told_why(packages: Callable[..., extensions.Extended]) -> None:
    packages(offering(operation("acme.dehum"), package="acme"), offering(operation("acme.dehum"), package="evil"))
    step = {"id": "clean", "op": "acme.dehum", "audio": "clean"}
    with pytest.raises(ScriptError, match=r"declared by acme 1.0 and evil 1.0"):
        document.from_data({"version": 1, "title": "Hum", "steps": [step],
                            "cues": [{"type": "pause", "length": 1}]})  # fmt: skip
