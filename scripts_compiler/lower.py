"""From a script to a graph: each sounding cue becomes a chain of operations, each step one node.

    source -> trim_silence -> align -> effects

Place, level, fades and space are the mix's business and never enter, so equal requests give equal nodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from soundwright.scripts_compiler import defaults
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.graph import Graph, Node, NodeId
from soundwright.scripts_compiler.input_kinds import reader
from soundwright.scripts_compiler.operations import Catalogue, parameter_problems
from soundwright.scripts_compiler.references import (
    Applied,
    Definition,
    Reference,
    definitions,
    effect_calls,
    reference,
    speech_references,
    step_call,
)
from soundwright.scripts_compiler.script import (
    ClipCue,
    Input,
    MusicCue,
    PauseCue,
    Point,
    Pronunciation,
    SceneCue,
    Script,
    SoundCue,
    SoundingCue,
    SpeechCue,
    Step,
    TextFrom,
    is_bed,
)

BED_BASE_S = 30.0
"""Length of the recording that a generated bed repeats, whatever span it fills."""


def lower(script: Script, catalogue: Catalogue, steps: Sequence[str] = ()) -> Graph:
    """The graph of a checked script. ``steps`` are ids of steps to be made although no cue plays them.

    Raises:
        ScriptError: the script was not checked: a name, an operation or a parameter is wrong.
    """
    sayings = tuple((entry.word.casefold(), entry) for entry in script.pronounce)
    building = _Building(script, catalogue, _asked_for_words(script), sayings)
    problems = [
        Problem("", f"no step is called {name!r}.") for name in steps if name not in {s.id for s in script.steps}
    ]
    failed: set[str] = set()
    for definition in definitions(script, catalogue):
        if any(ref.id in failed for ref in definition.needs):
            failed.add(definition.name)
            continue
        try:
            building.define(definition)
        except ScriptError as error:
            problems += error.problems
            failed.add(definition.name)
    if problems:
        raise ScriptError(problems)
    return Graph(building.nodes, dict(sorted(building.cues.items())), {name: building.made[name] for name in steps})


def _asked_for_words(script: Script) -> frozenset[str]:
    """Ids of the speeches whose word times some point needs."""
    points: list[object] = []
    for cue in script.cues:
        if isinstance(cue, SceneCue | PauseCue):
            continue
        points.append(cue.start)
        if not isinstance(cue, SpeechCue):
            points.append(cue.until)
    return frozenset(point.of for point in points if isinstance(point, Point) and point.of is not None)


@dataclass
class _Building:
    """Nodes so far, and the node of each name. Lives as long as one call of ``lower``."""

    script: Script
    catalogue: Catalogue
    asked_for_words: frozenset[str]
    sayings: tuple[tuple[str, Pronunciation], ...]
    nodes: dict[NodeId, Node] = field(default_factory=dict)
    made: dict[str, NodeId] = field(default_factory=dict)
    cues: dict[int, NodeId] = field(default_factory=dict)

    def define(self, definition: Definition) -> None:
        item, index, place = definition.item, definition.index, definition.place
        if isinstance(item, Input):
            node = self.add(reader(item.file), {"file": item.file}, {}, place)
        elif isinstance(item, Step):
            node = self.apply(step_call(item, index, self.catalogue), {}, place)
        else:
            node = self.cues[index] = self.cue(index, item, place)
        self.made[definition.name] = node

    def cue(self, index: int, cue: SoundingCue, place: str) -> NodeId:
        node = self.source(index, cue, place)
        for call in effect_calls(self.script, index, self.catalogue):
            node = self.apply(call, {call.operation.inputs[0].name: node}, place)
        return node

    def source(self, index: int, cue: SoundingCue, place: str) -> NodeId:
        if isinstance(cue, SpeechCue):
            return self.speech(index, cue, place)
        if isinstance(cue, ClipCue):
            return self.clip(index, cue, place)
        return self.generated(cue, place)

    def speech(self, index: int, cue: SpeechCue, place: str) -> NodeId:
        references = speech_references(self.script, index, cue, self.catalogue)
        if cue.vocal is not None:
            return self.trim(self.add("vocalise", _vocalise(self.script, cue), {}, place), {}, place)
        inputs = {port: self.get(ref, place) for port, ref in references.items()}
        params = _speak(self.script, cue) | {"pronounce": self.pronounced_in(cue.text)}
        node = self.trim(self.add("speak", params, inputs, place), {}, place)
        if isinstance(cue.text, str) and cue.id in self.asked_for_words:
            params = {"text": cue.text, "language": defaults.language(self.script, cue)}
            node = self.add("align", params, {"audio": node}, place)
        return node

    def pronounced_in(self, text: str | TextFrom | None) -> list[dict[str, str]]:
        """The entries of ``pronounce`` whose word occurs in ``text``; all where the text is not known yet.

        Only these may enter a node, so that an edit of one entry changes no line without its word.
        """
        folded = text.casefold() if isinstance(text, str) else None
        return [
            {"word": entry.word, "say": entry.say}
            for word, entry in self.sayings
            # The first test is fast and nearly always enough: there may be 200 entries for each of 5,000 lines.
            if folded is None or (word in folded and _has_word(folded, word))
        ]

    def generated(self, cue: SoundCue | MusicCue, place: str) -> NodeId:
        op = "generate_sound" if isinstance(cue, SoundCue) else "generate_music"
        asked = {"description": cue.description, "take": cue.take}
        if is_bed(cue):
            return self.add(op, {**asked, "length": BED_BASE_S, "loop": True}, {}, place)
        node = self.add(op, {**asked, "length": cue.length}, {}, place)
        on_word = cue.start is not None and cue.start.on_word is not None
        return self.trim(node, {"tail": False, "attack": on_word}, place)

    def clip(self, index: int, cue: ClipCue, place: str) -> NodeId:
        node = self.get(reference(cue.source, f"cues[{index}].source"), place)
        if not cue.from_ and cue.to is None:
            return node
        return self.add("slice", {"from": cue.from_ or 0.0, "to": cue.to}, {"audio": node}, place)

    def trim(self, node: NodeId, params: Mapping[str, Any], place: str) -> NodeId:
        return self.add("trim_silence", params, {"audio": node}, place)

    def apply(self, call: Applied, inputs: Mapping[str, NodeId], place: str) -> NodeId:
        edges = {port: self.get(ref, place) for port, ref in call.edges.items()}
        return self.add(call.operation.name, call.params, {**inputs, **edges}, place, call.place)

    def get(self, ref: Reference, place: str) -> NodeId:
        node = self.made[ref.id]
        return self.add("pick_stem", {"stem": ref.stem}, {"stems": node}, place) if ref.stem else node

    def add(
        self, op: str, params: Mapping[str, Any], inputs: Mapping[str, NodeId], place: str, written: str = ""
    ) -> NodeId:
        operation = self.catalogue.get(op)
        if operation is None:
            raise ScriptError([Problem(place, f"the catalogue has no operation {op!r}.")])
        try:
            resolved = operation.resolve(params)
        except ValidationError:
            wrong = parameter_problems(operation, params)
            raise ScriptError(Problem(f"{written or place}.{name}", f"{text}.") for name, text in wrong) from None
        node_id = NodeId(f"n{len(self.nodes)}")
        kind = operation.output_for({port: self.nodes[source].kind for port, source in inputs.items()})
        self.nodes[node_id] = Node(node_id, op, resolved, inputs, kind, (place,))
        return node_id


def _speak(script: Script, cue: SpeechCue) -> dict[str, Any]:
    return {
        "text": cue.text if isinstance(cue.text, str) else "",
        "voice": cue.voice,
        "language": defaults.language(script, cue),
        "emotion": cue.emotion,
        "speed": cue.speed,
        "take": cue.take,
    }


def _vocalise(script: Script, cue: SpeechCue) -> dict[str, Any]:
    params = {"vocal": cue.vocal, "voice": cue.voice, "emotion": cue.emotion, "take": cue.take}
    voice = defaults.voice_of(script, cue)
    if voice is not None:
        params |= {"description": voice.description, "gender": voice.gender or "", "age": voice.age or ""}
    return params


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
