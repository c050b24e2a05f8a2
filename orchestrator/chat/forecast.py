"""What single operations will take, before they are done: which engine, how many seconds of work, how many dollars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from soundwright.orchestrator.choice import Need
from soundwright.orchestrator.interop.operations import Operations
from soundwright.scripts_compiler.consent import takes_on_a_voice
from soundwright.scripts_compiler.operations import Operation
from soundwright.tools import audio_files
from soundwright.tools.errors import ToolMissing

USUAL_S = 10.0
CHARACTERS_PER_S = 14.0


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One step: its engine (empty where none can be told), seconds of work, dollars; whether it takes on a voice."""

    op: str
    tool: str
    seconds: float = 0.0
    usd: float = 0.0
    somebodys_voice: bool = False

    def __str__(self) -> str:
        return f"{self.op} by {self.tool}" if self.tool else self.op


def foresee(steps: Sequence[Mapping[str, Any]], operations: Operations) -> list[Foreseen]:
    """What each step will take. Lengths of results that are not there yet are those of what they are made of."""
    lengths: dict[str, float] = {}
    found = []
    for step in steps:
        operation = operations.operations[step["op"]]
        fed = [name for port in operation.inputs for name in ids(step.get(port.name))]
        length = _length_s(step, fed, lengths, operations)
        lengths[str(step.get("id", ""))] = length
        found.append(_foreseen(operation, step, length, operations))
    return found


def ids(value: Any) -> list[str]:  # noqa: ANN401  whatever an input holds
    """The ids in the value of an input."""
    value = value.get("from") if isinstance(value, dict) else value
    return [str(each) for each in value] if isinstance(value, list) else [] if value is None else [str(value)]


def _foreseen(operation: Operation, step: Mapping[str, Any], length: float, operations: Operations) -> Foreseen:
    shop = operations.workshop
    chooser = shop.chooser()
    taken = takes_on_a_voice(operation.name, step)
    try:
        tool = chooser.choose(Need(operation.name, str(step.get("language") or "")))
    except ToolMissing:
        return Foreseen(operation.name, "", somebodys_voice=taken)
    usd = tool.price_usd_per_minute * length / 60
    return Foreseen(operation.name, tool.name, length / max(tool.speed, 1e-3), usd, taken)


def _length_s(
    step: Mapping[str, Any], fed: Sequence[str], lengths: Mapping[str, float], operations: Operations
) -> float:
    if step.get("length"):
        return float(step["length"])
    if isinstance(step.get("text"), str):
        return max(1.0, len(step["text"]) / CHARACTERS_PER_S)
    known = [lengths[name] if name in lengths else _file_s(name, operations) for name in fed]
    return max(known, default=USUAL_S)


def _file_s(name: str, operations: Operations) -> float:
    item = operations.workspace.items.get(name.partition(".")[0])
    file = None if item is None else item.file or next(iter(item.stems.values()), None)
    try:
        return audio_files.probe(file).length_s if file is not None else USUAL_S
    except audio_files.AudioFileError:
        return USUAL_S
