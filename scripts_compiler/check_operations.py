"""Steps, effects and references of a script against the catalogue: operations, inputs, kinds, parameters, circles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.input_kinds import kind_of_file
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.names import Names
from soundwright.scripts_compiler.operations import Catalogue, Operation, Port
from soundwright.scripts_compiler.order import cycles, in_order
from soundwright.scripts_compiler.parameters import parameter_faults
from soundwright.scripts_compiler.script import (
    ClipCue,
    Effect,
    Effects,
    PauseCue,
    SceneCue,
    Script,
    SpeechCue,
    TextFrom,
)
from soundwright.scripts_compiler.wording import listed, near, quoted, shown

MAX_MANY = 64
_SAME = 1  # a step that takes its own output is a circle of this length


class Operations:
    """The operations that a script uses. ``kinds`` of references are derived on demand, circles found once."""

    def __init__(self, script: Script, catalogue: Catalogue, names: Names) -> None:
        self.script, self.catalogue, self.names = script, catalogue, names
        self._needs: dict[str, list[tuple[str, str]]] = {}  # name -> (name it needs, where that is written)
        self._kinds: dict[str, Kind | None] = {}
        self._voices: dict[str, list[tuple[str, str]]] = {}
        self._collect()
        self._circular = self._circles()

    # --- what needs what --------------------------------------------------------------------------------------

    def _collect(self) -> None:
        for i, voice in enumerate(self.script.voices):
            found = list(self._effect_references(voice.effects, f"voices[{i}]"))
            self._voices.setdefault(voice.name, found)
        samples = {v.name: (v.sample, f"voices[{i}].sample") for i, v in enumerate(self.script.voices) if v.sample}
        for index, step in enumerate(self.script.steps):
            operation = self.catalogue.get(step.op)
            if operation is not None:
                self._needs[step.id] = list(_written(operation, step.params, f"steps[{index}]"))
        for name, index in self.names.cues.items():
            cue = self.script.cues[index]
            if isinstance(cue, SceneCue | PauseCue):
                continue
            needs = list(self._effect_references(cue.effects, f"cues[{index}]"))
            if isinstance(cue, ClipCue):
                needs.append((cue.source, f"cues[{index}].source"))
            if isinstance(cue, SpeechCue):
                if isinstance(cue.text, TextFrom):
                    needs.append((cue.text.from_, f"cues[{index}].text.from"))
                if cue.effects is None:
                    needs += self._voices.get(cue.voice, [])
                if cue.voice in samples and cue.vocal is None:
                    needs.append(samples[cue.voice])
            self._needs[name] = needs

    def _effect_references(self, effects: Effects | None, place: str) -> Iterator[tuple[str, str]]:
        for number, effect in enumerate(effects or []):
            if isinstance(effect, Effect) and (operation := self.catalogue.get(effect.op)) is not None:
                yield from _written(operation, effect.params, f"{place}.effects[{number}]")

    def _circles(self) -> list[list[str]]:
        names = list(self._needs)
        number = {name: i for i, name in enumerate(names)}
        needs = [[number[n] for text, _ in self._needs[name] if (n := _stem(text)[0]) in number] for name in names]
        _, stuck = in_order(needs)
        if not stuck:
            return []
        return [[names[i] for i in chain] for chain in cycles(needs, stuck, [])]

    # --- problems ---------------------------------------------------------------------------------------------

    def problems(self) -> Iterator[Problem]:
        """All of steps, and of the effects of voices and cues."""
        for chain in self._circular:
            yield self._circle(chain)
        for index, step in enumerate(self.script.steps):
            yield from self._step(step.op, step.params, f"steps[{index}]")
        for index, voice in enumerate(self.script.voices):
            yield from self._effects(voice.effects, f"voices[{index}]")
            if voice.sample is not None:
                kinds = (Kind.AUDIO, Kind.VOICE)
                yield from self.reference(voice.sample, f"voices[{index}].sample", kinds, cues=False)
        for index, cue in enumerate(self.script.cues):
            if not isinstance(cue, SceneCue | PauseCue):
                yield from self._effects(cue.effects, f"cues[{index}]")

    def _circle(self, chain: list[str]) -> Problem:
        first, second = chain[0], chain[1 % len(chain)]
        place = next(where for text, where in self._needs[first] if _stem(text)[0] == second)
        if len(chain) == _SAME:
            return Problem(place, f"{quoted(first)} needs itself.", "Name something that is made before it.")
        text = ", which needs ".join([*chain[1:], first])
        return Problem(place, f"these need each other in a circle: {first} needs {text}.", "Take one of them out.")

    def _step(self, name: str, params: Mapping[str, Any], place: str) -> Iterator[Problem]:
        operation = self.catalogue.get(name)
        usable = [n for n, o in self.catalogue.items() if not o.internal]
        if operation is None:
            remedy = self.catalogue.refused.get(name) or near(name, usable) or "See `soundwright operations list`."
            yield Problem(f"{place}.op", f"no operation is called {quoted(name)}.", remedy)
        elif operation.internal:
            remedy = "Declare recordings under inputs." if name == "load_file" else f"Known are {listed(usable)}."
            yield Problem(f"{place}.op", f"{name} is not for scripts.", remedy)
        else:
            yield from self._inputs(operation, operation.inputs, params, place)
            yield from self._parameters(operation, operation.inputs, params, place)
            yield from self._voice(operation, params, place)

    def _voice(self, operation: Operation, params: Mapping[str, Any], place: str) -> Iterator[Problem]:
        name = params.get("voice")
        if "voice" not in operation.parameters.model_fields or not isinstance(name, str):
            return
        voices = [voice.name for voice in self.script.voices]
        if name not in voices:
            remedy = near(name, voices) or "Declare it under voices."
            yield Problem(f"{place}.voice", f"no voice is called {quoted(name)}.", remedy)

    def _effects(self, effects: Effects | None, place: str) -> Iterator[Problem]:
        for number, effect in enumerate(effects or []):
            name, params = (effect, {}) if isinstance(effect, str) else (effect.op, effect.params)
            where = f"{place}.effects[{number}]"
            at = where if isinstance(effect, str) else f"{where}.op"
            operation = self.catalogue.get(name)
            usable = [n for n, o in self.catalogue.items() if o.effect]
            if operation is None:
                remedy = self.catalogue.refused.get(name) or near(name, usable) or "See `soundwright operations list`."
                yield Problem(at, f"no effect is called {quoted(name)}.", remedy)
            elif not operation.effect:
                yield Problem(
                    at, f"{name} is an operation for steps, not an effect.", "Make it a step, and a clip of it."
                )
            else:
                ports = operation.inputs[1:]  # the first is the cue's own sound
                yield from self._inputs(operation, ports, params, where)
                yield from self._parameters(operation, ports, params, where)

    def _inputs(
        self, operation: Operation, ports: tuple[Port, ...], params: Mapping[str, Any], place: str
    ) -> Iterator[Problem]:
        for port in ports:
            where = f"{place}.{port.name}"
            value = params.get(port.name)
            if not _is_edge(port, operation, params):
                if not port.optional and port.name not in operation.parameters.model_fields:
                    found = f"{port.name} is missing: {operation.name} needs what it works on."
                    yield Problem(place, found, f"Write {port.name}: ID, of an input, a step or a cue.")
                continue
            if port.many and isinstance(value, list):
                if not 1 <= len(value) <= MAX_MANY:
                    yield Problem(where, f"found a list of {len(value)}.", f"It takes 1 to {MAX_MANY} ids.")
                for number, entry in enumerate(value[:MAX_MANY]):
                    yield from self._fed(port, entry, f"{where}[{number}]")
            else:
                yield from self._fed(port, value, where)

    def _fed(self, port: Port, value: object, place: str) -> Iterator[Problem]:
        name = _reference_text(value)
        if name is None:
            yield Problem(place, f"found {shown(value)}.", "It takes the id of an input, a step or a cue.")
            return
        yield from self.reference(name, place, (port.kind,))

    def reference(self, text: str, place: str, kinds: tuple[Kind, ...], *, cues: bool = True) -> Iterator[Problem]:
        """What is wrong with ``id`` or ``id.stem`` where one of ``kinds`` is needed."""
        name, stem = _stem(text)
        usable = self.names.sounding if cues else self.names.given
        if name not in usable:
            yield self._dangling(name, place, usable)
            return
        given = self.kind(name)
        if given is None:
            return  # something is wrong there, and said there
        if stem:
            if given is not Kind.STEMS:
                yield Problem(place, f"{quoted(name)} is {given.value} and has no stems.", f"Write {name}.")
                return
            given = Kind.AUDIO
        if not any(kind.accepts(given) for kind in kinds):
            wanted = listed([kind.value for kind in kinds], "or")
            remedy = f"Name one of its stems: {name}.STEM." if given is Kind.STEMS else "Name something else."
            yield Problem(place, f"{quoted(name)} is {given.value}, not {wanted}.", remedy)

    def _dangling(self, name: str, place: str, usable: Collection[str]) -> Problem:
        if name in self.names.cues:
            cue = self.script.cues[self.names.cues[name]]
            if isinstance(cue, SceneCue | PauseCue):
                return Problem(place, f"{quoted(name)} is a {cue.type} and makes no sound.", "Name another.")
            return Problem(place, f"{quoted(name)} is a cue.", "It takes the id of an input or a step.")
        remedy = self.names.near(name, usable) or "Declare it under inputs, or make it a step."
        return Problem(place, f"nothing is called {quoted(name)}.", remedy)

    def _parameters(
        self, operation: Operation, ports: tuple[Port, ...], params: Mapping[str, Any], place: str
    ) -> Iterator[Problem]:
        edges = {port.name for port in ports if _is_edge(port, operation, params)}
        given = {name: value for name, value in params.items() if name not in edges}
        for path, found, remedy in parameter_faults(operation, given, [port.name for port in ports]):
            yield Problem(f"{place}{path}", found, remedy)

    # --- kinds ------------------------------------------------------------------------------------------------

    def kind(self, name: str) -> Kind | None:
        """What ``name`` gives; None where a mistake leaves it open."""
        if any(name in chain for chain in self._circular):
            return None
        chain: list[str] = [name]
        while chain:
            waiting = [n for n in self._kind_needs(chain[-1]) if n not in self._kinds]
            if waiting and len(chain) <= len(self._needs):
                chain.append(waiting[0])
            else:
                self._kinds[chain[-1]] = self._derive(chain[-1])
                chain.pop()
        return self._kinds[name]

    def _kind_needs(self, name: str) -> list[str]:
        return [n for text, _ in self._needs.get(name, []) if (n := _stem(text)[0]) in self._needs]

    def _derive(self, name: str) -> Kind | None:
        if name in self.names.inputs:
            return self._input_kind(name)
        if name in self.names.steps:
            return self._step_kind(self.names.steps[name])
        cue = self.script.cues[self.names.cues[name]]
        if isinstance(cue, ClipCue):
            source, stem = _stem(cue.source)
            return Kind.AUDIO if stem else self._given(source)
        return Kind.SPEECH if isinstance(cue, SpeechCue) and cue.vocal is None else Kind.AUDIO

    def _given(self, name: str) -> Kind | None:
        return self._input_kind(name) if name in self.names.inputs else self._kinds.get(name)

    def _input_kind(self, name: str) -> Kind:
        return kind_of_file(self.script.inputs[self.names.inputs[name]].file)

    def _step_kind(self, index: int) -> Kind | None:
        step = self.script.steps[index]
        operation = self.catalogue.get(step.op)
        if operation is None:
            return None
        fed: dict[str, Kind] = {}
        for port in operation.inputs[:1]:
            text = _reference_text(step.params.get(port.name))
            if text is not None:
                source, stem = _stem(text)
                kind = Kind.AUDIO if stem else self._given(source)
                if kind is not None:
                    fed[port.name] = kind
        return operation.output_for(fed)


def _stem(text: str) -> tuple[str, str]:
    name, _, stem = text.partition(".")
    return name, stem


def _reference_text(value: object) -> str | None:
    """The id in ``ID`` or ``{from: ID}``."""
    if isinstance(value, dict) and set(value) == {"from"}:
        value = value["from"]
    return value if isinstance(value, str) and value else None


def _is_edge(port: Port, operation: Operation, params: Mapping[str, Any]) -> bool:
    """Where a port and a parameter share a name (``speak`` with its ``text``), only ``{from: ID}`` is the port."""
    if port.name not in params:
        return False
    return port.name not in operation.parameters.model_fields or isinstance(params[port.name], dict)


def _written(operation: Operation, params: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for port in operation.inputs:
        if not _is_edge(port, operation, params):
            continue
        value = params[port.name]
        entries = list(enumerate(value)) if port.many and isinstance(value, list) else [(None, value)]
        for number, entry in entries:
            if (text := _reference_text(entry)) is not None:
                yield text, f"{place}.{port.name}" + ("" if number is None else f"[{number}]")
