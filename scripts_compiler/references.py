"""What the parts of a script need of each other: references to inputs, steps and cues, and the order they give.

A reference names an id, or ``id.stem`` for one stem of a step that separates. An input of an operation is written under
the port's name: an id, a list of ids where the port takes many, or ``{from: id}``. The last form is the only one where
the operation also has a parameter of that name (``speak`` with its ``text``).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from soundwright.scripts_compiler import defaults
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Catalogue, Operation, Port
from soundwright.scripts_compiler.script import (
    ClipCue,
    Effect,
    Input,
    PauseCue,
    SceneCue,
    Script,
    SoundingCue,
    SpeechCue,
    Step,
    TextFrom,
)

_WRITE = "Write the id of an input, a step or a cue."


@dataclass(frozen=True, slots=True)
class Reference:
    """An id written at ``place``; ``stem`` is empty for the whole."""

    id: str
    stem: str
    place: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A part of the script that makes something: ``name`` is its id, or its path where a cue has none."""

    name: str
    place: str
    item: Input | Step | SoundingCue
    index: int
    needs: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """An operation as a step or an effect asks for it: its edges by port, and its parameters as written."""

    operation: Operation
    edges: Mapping[str, Reference]
    params: Mapping[str, Any]
    place: str


def reference(text: str, place: str) -> Reference:
    """Split ``id.stem``."""
    name, _, stem = text.partition(".")
    return Reference(name, stem, place)


def step_call(step: Step, index: int, catalogue: Catalogue) -> Applied:
    """A step as an operation with edges and parameters.

    Raises:
        ScriptError: the operation is unknown, or an input is not written as a reference.
    """
    return _call(step.op, step.params, f"steps[{index}]", catalogue)


def effect_calls(script: Script, index: int, catalogue: Catalogue) -> list[Applied]:
    """The effects of the cue at ``index``, its own or its voice's.

    Raises:
        ScriptError: as for ``step_call``.
    """
    cue = script.cues[index]
    if isinstance(cue, SceneCue | PauseCue):
        return []
    written = defaults.effects(script, cue)
    owner = f"cues[{index}]"
    if cue.effects is None and written:
        owner = next(f"voices[{i}]" for i, voice in enumerate(script.voices) if voice.effects is written)
    calls = []
    for number, effect in enumerate(written):
        op, params = (effect.op, effect.params) if isinstance(effect, Effect) else (effect, {})
        calls.append(_call(op, params, f"{owner}.effects[{number}]", catalogue, effect=True))
    return calls


def definitions(script: Script, catalogue: Catalogue) -> list[Definition]:
    """All that makes something, each after what it needs.

    Raises:
        ScriptError: with every unknown name and operation, or the first circle.
    """
    found: list[Definition] = []
    problems: list[Problem] = []
    for name, place, item, index in _items(script):
        try:
            needs = tuple(_needs(script, index, item, catalogue))
        except ScriptError as error:
            problems += error.problems
            needs = ()
        found.append(Definition(name, place, item, index, needs))
    by_name = {definition.name: definition for definition in found}
    problems += [_unknown(ref, by_name) for d in found for ref in d.needs if ref.id not in by_name]
    if problems:
        raise ScriptError(problems)
    return _ordered(by_name)


def _items(script: Script) -> Iterator[tuple[str, str, Input | Step | SoundingCue, int]]:
    for i, given in enumerate(script.inputs):
        yield given.id, f"inputs[{i}] ({given.id})", given, i
    for i, step in enumerate(script.steps):
        yield step.id, f"steps[{i}] ({step.id})", step, i
    for i, cue in enumerate(script.cues):
        if not isinstance(cue, SceneCue | PauseCue):
            yield cue.id or f"cues[{i}]", defaults.place_of(script, i), cue, i


def _needs(script: Script, index: int, item: Input | Step | SoundingCue, catalogue: Catalogue) -> Iterator[Reference]:
    if isinstance(item, Input):
        return
    if isinstance(item, Step):
        yield from step_call(item, index, catalogue).edges.values()
        return
    if isinstance(item, ClipCue):
        yield reference(item.source, f"cues[{index}].source")
    elif isinstance(item, SpeechCue):
        yield from speech_references(script, index, item, catalogue).values()
    for call in effect_calls(script, index, catalogue):
        yield from call.edges.values()


def speech_references(script: Script, index: int, cue: SpeechCue, catalogue: Catalogue) -> dict[str, Reference]:
    """What a speech takes from elsewhere, by the port of ``speak``: a recording as ``sample``, a voice as ``clone``.

    Raises:
        ScriptError: its voice is not declared.
    """
    voice = defaults.voice_of(script, cue)
    if voice is None:
        names = [v.name for v in script.voices]
        problem = Problem(f"cues[{index}].voice", f"no voice is called {cue.voice!r}.", _did_you_mean(cue.voice, names))
        raise ScriptError([problem])
    found = {}
    if isinstance(cue.text, TextFrom):
        found["text"] = reference(cue.text.from_, f"cues[{index}].text.from")
    if voice.sample is not None and cue.vocal is None:
        place = f"voices[{script.voices.index(voice)}].sample"
        found[sample_port(script, voice.sample, catalogue)] = reference(voice.sample, place)
    return found


def sample_port(script: Script, name: str, catalogue: Catalogue) -> str:
    """The port of ``speak`` that a voice's ``sample`` feeds: ``clone`` where ``name`` is a step that learns a voice."""
    step = next((step for step in script.steps if step.id == name), None)
    operation = None if step is None else catalogue.get(step.op)
    return "clone" if operation is not None and operation.output is Kind.VOICE else "sample"


def _call(op: str, given: Mapping[str, Any], place: str, catalogue: Catalogue, *, effect: bool = False) -> Applied:
    operation = catalogue.get(op)
    if operation is None or operation.internal:
        nearest = [name for name in catalogue.nearest(op) if not catalogue[name].internal]
        remedy = f"Did you mean {', '.join(nearest)}?" if nearest else "`soundwright schema` lists the operations."
        raise ScriptError([Problem(f"{place}.op", f"no operation is called {op!r}.", remedy)])
    if effect and not operation.effect:
        raise ScriptError(
            [Problem(f"{place}.op", f"{op} is not an effect.", "Make it a step, and play that in a clip.")]
        )
    edges: dict[str, Reference] = {}
    params = dict(given)
    for number, port in enumerate(operation.inputs):
        fed = effect and number == 0
        if port.name in params and _is_edge(port, operation, params[port.name]):
            if fed:
                raise ScriptError([Problem(f"{place}.{port.name}", "an effect is fed its own cue.", "Leave it out.")])
            edges |= _edges(port, params.pop(port.name), f"{place}.{port.name}")
        elif not (fed or port.optional):
            raise ScriptError([Problem(f"{place}.{port.name}", f"{op} needs an input here.", _WRITE)])
    return Applied(operation, edges, params, place)


def _is_edge(port: Port, operation: Operation, value: object) -> bool:
    return port.name not in operation.parameters.model_fields or isinstance(value, Mapping)


def _edges(port: Port, value: object, place: str) -> dict[str, Reference]:
    if not port.many:
        return {port.name: _written(value, place)}
    items = value if isinstance(value, list) else [value]
    if not items:
        raise ScriptError([Problem(place, "an empty list.", _WRITE)])
    return {f"{port.name}.{i}": _written(item, f"{place}[{i}]") for i, item in enumerate(items)}


def _written(value: object, place: str) -> Reference:
    if isinstance(value, Mapping) and set(value) == {"from"}:
        value = value["from"]
    if isinstance(value, str) and value:
        return reference(value, place)
    raise ScriptError([Problem(place, f"{value!r} is not a name.", _WRITE)])


def _unknown(ref: Reference, known: Iterable[str]) -> Problem:
    return Problem(ref.place, f"nothing that sounds is called {ref.id!r}.", _did_you_mean(ref.id, known))


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    nearest = difflib.get_close_matches(name, [k for k in known if "[" not in k], n=3)
    return f"Did you mean {', '.join(nearest)}?" if nearest else "Declare it, or name one that is declared."


def _ordered(by_name: Mapping[str, Definition]) -> list[Definition]:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name, definition in by_name.items():
        sorter.add(name, *(ref.id for ref in definition.needs))
    try:
        return [by_name[name] for name in sorter.static_order()]
    except CycleError as error:
        circle = error.args[1]
        chain = " needs ".join(reversed(circle))
        problem = Problem(by_name[circle[0]].place, f"a circle: {chain}.", "Take one of them out.")
        raise ScriptError([problem]) from None
