"""What a patch from outside may not do: pin voices, name what is not installed, put markup into lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from soundwright.orchestrator.planner.offer import Offer
from soundwright.orchestrator.planner.reading import PINS, agreed, markup, pins
from soundwright.orchestrator.revision import patch as ops
from soundwright.orchestrator.revision.patch import Patch
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.wording import near, quoted


def refused(patch: Patch, offer: Offer) -> list[Problem]:
    """Everything in a patch that is for the user to choose, or not there. Files cannot be named by any edit."""
    return [problem for number, op in enumerate(patch.edits) for problem in _of(op, f"edits[{number}]", offer)]


def _of(op: ops.EditOp, place: str, offer: Offer) -> Iterator[Problem]:
    match op:
        case ops.AddCue() | ops.ChangeCue():
            yield from _cue(op.set, f"{place}.set", offer)
        case ops.AddVoice() | ops.ChangeVoice():
            yield from pins(op.set, f"{place}.set")
            cleared = op.clear if isinstance(op, ops.ChangeVoice) else []
            yield from pins({name: name for name in cleared if name in PINS}, f"{place}.clear")
            yield from _effects(op.set.get("effects"), f"{place}.set.effects", offer)
        case ops.SwitchEffect():
            if op.on:
                yield from _effects([op.effect], f"{place}.effect", offer)
        case ops.AddStep():
            yield from _operation(op.step.get("op"), f"{place}.step.op", offer)
            yield from agreed(op.step, f"{place}.step")
        case ops.Pronounce():
            yield from markup(op.say, f"{place}.say")


def _cue(fields: ops.Fields, place: str, offer: Offer) -> Iterator[Problem]:
    yield from markup(fields.get("text"), f"{place}.text")
    yield from _effects(fields.get("effects"), f"{place}.effects", offer)


def _effects(listed: Any, place: str, offer: Offer) -> Iterator[Problem]:  # noqa: ANN401
    for each in listed if isinstance(listed, list) else []:
        yield from _operation(each.get("op") if isinstance(each, dict) else each, place, offer)


def _operation(name: object, place: str, offer: Offer) -> Iterator[Problem]:
    usable = [operation.name for operation in offer.catalogue.values() if not operation.internal]
    if isinstance(name, str) and name not in usable:
        remedy = near(name, usable) or f"There are {', '.join(offer.effects)}."
        yield Problem(place, f"no installed tool does {quoted(name)}.", remedy)
