"""Binds a graph to the installed tools: cast, choice, resolved parameters, seeds, batches. Nothing is run."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from soundwright.orchestrator.choice import Chooser, Need
from soundwright.orchestrator.devices import device_for, dtype_for
from soundwright.orchestrator.lock import Lock, LockedTool, LockedVoice
from soundwright.orchestrator.plan import Bound, Plan, estimated_length_s, make_plan, seed_of
from soundwright.orchestrator.roles import Cast, cast_roles
from soundwright.orchestrator.weights import NoWeights, Weights
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.extensions import installed
from soundwright.scripts_compiler.graph import Graph, Node, NodeId
from soundwright.scripts_compiler.input_kinds import READERS
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.scripts_compiler.script import Script
from soundwright.tools import voice_file
from soundwright.tools.base import ToolSpec
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.homes.environments import NOT_MADE
from soundwright.tools.registry import Registry

_GIVEN = frozenset({"text", "voice", "preset", "language", "description", "gender", "age", "take"})
"""Parameters that say what is asked for; the others can be disregarded by a tool, which is worth a warning."""


@dataclass(frozen=True, slots=True)
class Options:
    """``tools`` pins operations to tools. ``commercial``: only engines and weights that allow it.

    ``device`` is resolved (cpu, cuda:0; empty is cpu): tools that cannot use it run on the CPU. ``failed`` are
    (part, tool) pairs that are not tried again; see :func:`part_of`. ``fallback``: others stand in for
    pinned tools that are broken.
    """

    tools: Mapping[str, str] = field(default_factory=dict)
    commercial: bool = False
    recast: bool = False
    device: str = ""
    failed: frozenset[tuple[str, str]] = frozenset()
    fallback: bool = False


def bind(
    graph: Graph,
    script: Script,
    registry: Registry,
    store: Weights | None = None,
    *,
    lock: Lock | None = None,
    files: Mapping[str, Path] | None = None,
    options: Options | None = None,
    catalogue: Catalogue | None = None,
) -> Plan:
    """A plan for a graph: every node with its tool, its parameters and its seed.

    ``files`` are the absolute paths of the script's inputs by id, already checked. Tools that turn out to be broken
    while they are asked are passed over, with a warning; pinned ones only where ``fallback`` allows that.

    Raises:
        ScriptError: a file vanished, or a take is asked of a tool that always gives the same.
        ToolMissing: no installed tool fits some node; everything that is missing is in the message.
    """
    chosen = replace(options or Options(), device=options.device if options and options.device else "cpu")
    kept = Lock(ids=lock.ids) if lock is not None and chosen.recast else lock or Lock()
    paths = {declared.file: files[declared.id] for declared in script.inputs if files and declared.id in files}
    while True:
        known = registry.broken
        try:
            return _bound(graph, script, registry, store or NoWeights(), kept, paths, chosen, catalogue or installed())
        except (ScriptError, ToolMissing):
            if registry.broken == known:
                raise  # else a tool was found to be broken, which the choice knows now


def _bound(
    graph: Graph, script: Script, registry: Registry, weights: Weights, kept: Lock, paths: Mapping[str, Path],
    options: Options, catalogue: Catalogue,
) -> Plan:  # fmt: skip
    out = frozenset({*registry.broken, *registry.lost}) if options.fallback else frozenset()
    chooser = Chooser(registry, weights, options.commercial, options.device, options.tools, kept.operations, out)
    failed = options.failed | {(voice.name, tool) for voice in script.voices for tool in out}
    cast = cast_roles(script, _spoken(graph), chooser, kept, failed)
    cloners = {voice.name: voice.tool for voice in script.voices if voice.sample and voice.tool}
    binding = _Binding(chooser, weights, cast, options, catalogue, script.seed, paths, cloners)
    for node in graph.nodes.values():
        binding.bind(node)
    binding.raise_problems()
    broken = _broken(registry, {*options.tools.values(), *kept.operations.values(), *_cast_tools(script, kept)} & out,
                     frozenset(node.op for node in graph.nodes.values()))  # fmt: skip
    warnings = [
        *broken, *cast.warnings, *binding.warnings, *_ignored(binding.bound), *_other_versions(binding.bound, kept)
    ]  # fmt: skip
    made = _lock(binding, cast.voices, kept, script)
    return make_plan(graph, binding.bound, registry, cast=cast.voices, warnings=warnings, lock=made)


@dataclass
class _Binding:
    """Nodes bound so far, and what went wrong. Lives as long as one call of ``bind``."""

    chooser: Chooser
    weights: Weights
    cast: Cast
    options: Options
    catalogue: Catalogue
    script_seed: int
    paths: Mapping[str, Path]
    cloners: Mapping[str, str] = field(default_factory=dict)  # the tool that a voice with a sample is pinned to
    bound: dict[NodeId, Bound] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)
    hashes: dict[Path, str] = field(default_factory=dict)

    def bind(self, node: Node) -> None:
        """Bind one node, or note why it cannot be."""
        try:
            self._bind(node)
        except ToolMissing as error:
            self.missing.setdefault(str(error), []).extend(node.places)
        except ToolError as error:  # what a result depends on cannot serve the request
            self.problems.append(Problem(_place(node), str(error)))
        except OSError as error:  # changed since the inputs were checked
            self.problems.append(Problem(_place(node), f"cannot be read: {error}.", "Check the file."))

    def raise_problems(self) -> None:
        """Raise what was noted."""
        if self.problems:
            raise ScriptError(self.problems)
        lines = [*dict.fromkeys(self.cast.missing)]
        lines += [f"{_places(places)}: {text}" for text, places in self.missing.items()]
        if lines:
            raise ToolMissing("\n".join(lines))

    def _bind(self, node: Node) -> None:
        voice = self._voice(node)
        if voice is None and node.op == "speak" and not _own_voice(node) and self.cast.missing:
            return  # casting has said why
        node, tool, params = self._tool_for(node, voice)
        hash_ = ""
        if node.op in READERS:
            path = self.paths.get(str(params["file"]), Path(str(params["file"])))
            params["file"], hash_ = str(path), self._file_hash(path)
        self._check_take(node, tool, params)
        identity = self._identity(tool)  # what is not there weighs more than what is refused
        refused = self.chooser.registry.refusal(tool.name, node.op, params)
        if refused:
            self.problems.append(Problem(_place(node), refused))
        elif node.op not in READERS:
            hash_ = self.chooser.registry.outside(tool.name, node.op, params)
        who = f"{tool.name}/{params['preset']}" if params.get("preset") else ""
        lengths = {port: self.bound[source].length_s for port, source in node.inputs.items() if source in self.bound}
        self.bound[node.id] = Bound(
            node,
            tool,
            params,
            seed_of(node.op, params, who, self.script_seed),
            identity,
            tuple(self._ignored(node, tool, params)),
            hash_,
            device_for(tool, self.options.device),
            dtype_for(tool, self.options.device),
            estimated_length_s(node, params, lengths),
        )

    def _identity(self, tool: ToolSpec) -> dict[str, str]:
        """What results depend on beside the tool's own version: weights, its environment, its server."""
        registry = self.chooser.registry
        return {
            **self.weights.hashes(tool.models),
            **registry.environments.identity(tool),
            **registry.identity(tool.name),
        }

    def _voice(self, node: Node) -> LockedVoice | None:
        if node.op not in {"speak", "vocalise"}:
            return None
        return self.cast.voice(str(node.params["voice"]), str(node.params.get("language", "")))

    def _tool_for(self, node: Node, voice: LockedVoice | None) -> tuple[Node, ToolSpec, dict[str, Any]]:
        params = dict(node.params)
        if node.op == "speak":
            return self._speaker(node, voice, params)
        if node.op == "vocalise":
            return self._vocaliser(node, voice, params)
        return node, self._willing(node, params), params

    def _without_failed(self, node: Node) -> Chooser:
        failed = frozenset(tool for part, tool in self.options.failed if part == part_of(node))
        return replace(self.chooser, excluded=self.chooser.excluded | failed) if failed else self.chooser

    def _willing(self, node: Node, params: Mapping[str, Any]) -> ToolSpec:
        """The tool that is chosen; where it says beforehand that it cannot do this request, the next that can.

        Where none can, the last one speaks: engines for special cases stand before those that know the most.
        """
        chooser, need = self._without_failed(node), _need(node)
        first = chooser.choose(need)
        pinned = chooser.pins.get(need.op) == first.name
        if pinned or not chooser.registry.refusal(first.name, node.op, params):
            return first
        others = [spec for spec in chooser.usable(need) if spec.name != first.name]
        willing = (spec for spec in others if not chooser.registry.refusal(spec.name, node.op, params))
        return next(willing, others[-1] if others else first)

    def _speaker(
        self, node: Node, voice: LockedVoice | None, params: dict[str, Any]
    ) -> tuple[Node, ToolSpec, dict[str, Any]]:
        given = _own_voice(node)
        if given == "clone":
            return node, self._clone_speaker(node, str(params["language"])), {**params, "voice": ""}
        if given:
            need, chooser = Need("speak", str(params["language"]), honours=(given,)), self._without_failed(node)
            pinned = self.cloners.get(str(params["voice"]))
            if pinned is not None:
                chooser = replace(chooser, pins={**chooser.pins, "speak": pinned})
            return node, chooser.choose(need), {**params, "voice": ""}
        if voice is None:
            raise ToolMissing(f"nobody was cast for {params['voice']!r}.")
        return node, self.chooser.registry.specs[voice.tool], {**params, "voice": "", "preset": voice.preset}

    def _clone_speaker(self, node: Node, language: str) -> ToolSpec:
        """The tool that learned the voice: nobody else can read what it wrote down."""
        source = self.bound.get(node.inputs["clone"])
        if source is None:
            raise ToolMissing("the voice that this speaks with cannot be learned.")
        need, chooser = Need("speak", language, honours=("clone",)), self._without_failed(node)
        if source.node.op == "load_voice":  # a saved one, that names its tool; a file that is none is told when read
            saved_by = voice_file.tool_of(Path(str(source.params["file"])))
            return replace(chooser, pins={**chooser.pins, "speak": saved_by} if saved_by else chooser.pins).choose(need)
        if "speak" not in source.tool.operations:
            raise ToolMissing(
                f"{source.tool.name} learned the voice, but does not speak; have another tool do {source.node.op}."
            )
        return replace(chooser, pins={**chooser.pins, "speak": source.tool.name}).choose(need)

    def _vocaliser(
        self, node: Node, voice: LockedVoice | None, params: dict[str, Any]
    ) -> tuple[Node, ToolSpec, dict[str, Any]]:
        """The voice's own tool where it can, else the best there is, else a generated sound that is described."""
        chooser = self._without_failed(node)
        usable = chooser.usable(Need("vocalise"))
        own = next((spec for spec in usable if voice is not None and spec.name == voice.tool), None)
        if own is not None and voice is not None:
            return node, own, {**params, "voice": "", "description": "", "preset": voice.preset}
        if usable:
            tool = chooser.choose(Need("vocalise"))
            shared = voice is not None and any(known.preset == voice.preset for known in tool.voices)
            return node, tool, {**params, "voice": "", **({"preset": voice.preset} if voice and shared else {})}
        return self._described(node)

    def _described(self, node: Node) -> tuple[Node, ToolSpec, dict[str, Any]]:
        wanted = node.params
        parts = (wanted.get("emotion"), wanted.get("description"), wanted["vocal"])
        text = ", ".join(str(part) for part in parts if part)[-500:]
        params = self.catalogue["generate_sound"].resolve({"description": text, "take": wanted.get("take", 0)})
        other = replace(node, op="generate_sound", params=params)
        found = f"no installed tool can {wanted['vocal']} in a voice; a generated sound stands in: {text!r}."
        self.warnings.append(Problem(_place(node), found, warning=True))
        return other, self._willing(other, params), dict(params)

    def _file_hash(self, path: Path) -> str:
        if path not in self.hashes:
            with path.open("rb") as file:
                self.hashes[path] = hashlib.file_digest(file, "sha256").hexdigest()
        return self.hashes[path]

    def _check_take(self, node: Node, tool: ToolSpec, params: Mapping[str, Any]) -> None:
        if params.get("take", 0) > 0 and not tool.take_varies:
            found = f"take {params['take']} is asked for, but {tool.name} gives the same for every take."
            self.problems.append(Problem(_place(node), found, "Drop take, or describe it differently."))

    def _ignored(self, node: Node, tool: ToolSpec, params: Mapping[str, Any]) -> Iterator[str]:
        """Parameters that were set to something else than their default and that the tool does not obey."""
        if not tool.honours:
            return
        fields = self.catalogue[node.op].parameters.model_fields if node.op in self.catalogue else {}
        for name, value in params.items():
            if name in _GIVEN or name in tool.honours or name not in fields or fields[name].is_required():
                continue
            if value != fields[name].get_default(call_default_factory=True):
                yield name


def part_of(node: Node) -> str:
    """Whose work a node is: a character's whole part for a line in a cast voice, else the node alone."""
    cast = node.op == "speak" and not _own_voice(node)
    return str(node.params["voice"]) if cast else str(node.id)


def _need(node: Node) -> Need:
    length = node.params.get("length")
    language = node.params.get("language") if node.op in {"align", "transcribe"} else ""
    text = node.params.get("text")
    return Need(
        node.op, str(language or ""), None if length is None else float(length),
        text_length=len(text) if isinstance(text, str) else None,
    )  # fmt: skip


def _own_voice(node: Node) -> str:
    """The input that brings a line's voice along, so that nobody is cast; empty where there is none."""
    return next((port for port in ("clone", "sample") if port in node.inputs), "")


def _spoken(graph: Graph) -> Iterator[tuple[str, str]]:
    """(voice, language) of every line that a cast voice says."""
    for node in graph.nodes.values():
        if node.op == "speak" and not _own_voice(node):
            yield str(node.params["voice"]), str(node.params["language"])


def _cast_tools(script: Script, lock: Lock) -> Iterator[str]:
    yield from (voice.tool for voice in script.voices if voice.tool)
    yield from (voice.tool for voice in lock.cast.values())


def _broken(registry: Registry, wanted: Collection[str], operations: frozenset[str]) -> list[Problem]:
    """One warning for each tool that broke when it was asked and could have served, and each that was ``wanted``."""
    broken = {name: how for name, how in registry.broken.items()
              if name in wanted or not operations.isdisjoint(registry.specs[name].operations)}  # fmt: skip
    told = {name: registry.unknown(name) for name in wanted if name not in broken} | broken
    return [Problem("", f"{how.rstrip('. ')}; others stand in.", warning=True) for _, how in sorted(told.items())]


def _ignored(bound: Mapping[NodeId, Bound]) -> list[Problem]:
    """One warning for each tool and parameter, however many cues are concerned."""
    places: dict[tuple[str, str], list[str]] = {}
    for item in bound.values():
        for name in item.ignored:
            places.setdefault((item.tool.name, name), []).extend(item.node.places)
    return [
        Problem(_places(where), f"{tool} cannot heed {name!r}; it is left out.", warning=True)
        for (tool, name), where in places.items()
    ]


def _other_versions(bound: Mapping[NodeId, Bound], lock: Lock) -> list[Problem]:
    used = {item.tool.name: item for item in bound.values()}
    return [
        Problem("", f"the lock was made with {name} {lock.tools[name].version}, installed is {item.tool.version}: "
                "its sounds are made anew and may differ.", warning=True)
        for name, item in sorted(used.items())
        if name in lock.tools and not _same(lock.tools[name], item)
    ]  # fmt: skip


def _same(locked: LockedTool, item: Bound) -> bool:
    """Whether a tool is the one of the lock; an environment that is not made yet speaks neither for nor against it."""
    unknown = {name for name, hash_ in item.weights.items() if hash_ == NOT_MADE}
    before, now = (
        {name: hash_ for name, hash_ in weights.items() if name not in unknown}
        for weights in (locked.weights, item.weights)
    )
    return (locked.version, before) == (item.tool.version, now)


def _lock(binding: _Binding, voices: Mapping[str, LockedVoice], before: Lock, script: Script) -> Lock:
    """What the lock file should say after this: the tool of each operation is that of its first node."""
    operations: dict[str, str] = {**before.operations, **binding.options.tools}
    operations.pop("speak", None)  # the cast says it
    for item in binding.bound.values():
        if item.node.op != "speak":
            operations.setdefault(item.node.op, item.tool.name)
    tools = {item.tool.name: LockedTool(item.tool.version, dict(item.weights)) for item in binding.bound.values()}
    ids = {*before.ids, *(cue.id for cue in script.cues if cue.id is not None)}
    return Lock(dict(voices), operations, tools, tuple(sorted(ids)))


def _place(node: Node) -> str:
    return node.places[0] if node.places else str(node.id)


def _places(places: list[str]) -> str:
    unique = list(dict.fromkeys(places))
    more = f" and {len(unique) - 3} more" if len(unique) > 3 else ""
    return ", ".join(unique[:3]) + more
