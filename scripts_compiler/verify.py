"""The rules that every graph obeys, run around every pass. A broken rule is a mistake in a pass or an operation.

Rules stand in an order such that each may rely on those before it; the first that is broken is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType

from pydantic import ValidationError

from soundwright.scripts_compiler.errors import VerifyError
from soundwright.scripts_compiler.graph import Graph, Node, NodeId
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Catalogue, Operation, Port

Finding = tuple[str, str]
"""(node id, or what stands for it; what is wrong)"""
Rule = Callable[[Graph, Catalogue], Iterator[Finding]]


def verify(graph: Graph, catalogue: Catalogue, when: str = "", rules: Collection[str] | None = None) -> None:
    """Check ``graph`` against ``rules`` (None: all). ``when`` names the pass for the message.

    Raises:
        VerifyError: names the rule, the moment and the node.
    """
    for name, rule in RULES.items():
        if rules is not None and name not in rules:
            continue
        for node_id, finding in rule(graph, catalogue):
            _fail(graph, name, when, node_id, finding)


def _fail(graph: Graph, rule: str, when: str, node_id: str, finding: str) -> None:
    node = graph.nodes.get(NodeId(node_id))
    called = f"{node_id} ({', '.join([node.op, *node.places[:1]])})" if node is not None else node_id
    moment = f" {when}" if when else ""
    raise VerifyError(
        f"the graph breaks the rule {rule!r}{moment}: {called}: {finding}", rule=rule, when=when, node=node_id
    )


def _ids_match(graph: Graph, catalogue: Catalogue) -> Iterator[Finding]:
    del catalogue
    for key, node in graph.nodes.items():
        if key != node.id:
            yield key, f"holds a node that calls itself {node.id}"


def _known_operation(graph: Graph, catalogue: Catalogue) -> Iterator[Finding]:
    for node in graph.nodes.values():
        if node.op not in catalogue:
            yield node.id, f"no operation is called {node.op!r}"


def _inputs_exist(graph: Graph, catalogue: Catalogue) -> Iterator[Finding]:
    del catalogue
    for node in graph.nodes.values():
        for port, source in node.inputs.items():
            if source not in graph.nodes:
                yield node.id, f"input {port!r} comes from {source}, which is not in the graph"


def _ordered(graph: Graph, catalogue: Catalogue) -> Iterator[Finding]:
    """Each node after its inputs: so there is no circle either."""
    del catalogue
    seen: set[NodeId] = set()
    for node in graph.nodes.values():
        for port, source in node.inputs.items():
            if source not in seen:
                yield node.id, f"input {port!r} comes from {source}, which does not stand before it"
        seen.add(node.id)


def _ports_known(graph: Graph, catalogue: Catalogue) -> Iterator[Finding]:
    for node in graph.nodes.values():
        for name in node.inputs:
            if port_of(catalogue[node.op], name) is None:
                yield node.id, f"{node.op} has no input {name!r}"


def _ports_filled(graph: Graph, catalogue: Catalogue) -> Iterator[Finding]:
    for node in graph.nodes.values():
        for port in catalogue[node.op].inputs:
            yield from _unfilled(node, port)


def _unfilled(node: Node, port: Port) -> Iterator[Finding]:
    if not port.many:
        if port.name not in node.inputs and not port.optional:
            yield node.id, f"nothing is fed to input {port.name!r}"
        return
    given = [name for name in node.inputs if name.startswith(f"{port.name}.")]
    missing = [i for i in range(max(len(given), 0 if port.optional else 1)) if f"{port.name}.{i}" not in node.inputs]
    if missing:
        yield node.id, f"nothing is fed to input {f'{port.name}.{missing[0]}'!r}"


def _params_valid(graph: Graph, catalogue: Catalogue) -> Iterator[Finding]:
    for node in graph.nodes.values():
        try:
            resolved = catalogue[node.op].resolve(node.params)
        except ValidationError as error:
            yield node.id, "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            continue
        if resolved != node.params:
            yield node.id, "its parameters are not filled in with their defaults"


def _outputs_exist(graph: Graph, catalogue: Catalogue) -> Iterator[Finding]:
    del catalogue
    for index, node_id in graph.cues.items():
        if node_id not in graph.nodes:
            yield node_id, f"cues[{index}] asks for it, and it is not in the graph"
    for name, node_id in graph.steps.items():
        if node_id not in graph.nodes:
            yield node_id, f"step {name} asks for it, and it is not in the graph"


def _kinds_fit(graph: Graph, catalogue: Catalogue) -> Iterator[Finding]:
    for node in graph.nodes.values():
        operation = catalogue[node.op]
        kinds = {name: graph.nodes[source].kind for name, source in node.inputs.items()}
        for name, given in kinds.items():
            port = port_of(operation, name)
            if port is not None and not port.kind.accepts(given):
                yield node.id, f"input {name!r} takes {port.kind.value}, and {node.inputs[name]} gives {given.value}"
        if node.kind is not operation.output_for(kinds):
            yield node.id, f"it is said to give {node.kind.value}, but gives {operation.output_for(kinds).value}"


def _cues_sound(graph: Graph, catalogue: Catalogue) -> Iterator[Finding]:
    del catalogue
    for index, node_id in graph.cues.items():
        kind = graph.nodes[node_id].kind
        if not Kind.AUDIO.accepts(kind):
            yield node_id, f"cues[{index}] plays it, and it gives {kind.value}, which is not sound"


def port_of(operation: Operation, name: str) -> Port | None:
    """The port that an input called ``name`` (``audio``, or ``audio.2`` where it takes many) belongs to."""
    base, dot, number = name.partition(".")
    if dot and not number.isdecimal():
        return None
    return next((port for port in operation.inputs if port.name == base and port.many == bool(dot)), None)


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "ids-match": _ids_match,
        "known-operation": _known_operation,
        "inputs-exist": _inputs_exist,
        "ordered": _ordered,
        "ports-known": _ports_known,
        "ports-filled": _ports_filled,
        "params-valid": _params_valid,
        "outputs-exist": _outputs_exist,
        "kinds-fit": _kinds_fit,
        "cues-sound": _cues_sound,
    }
)
"""In order: each may rely on those before it."""

STRUCTURE = tuple(name for name in RULES if name not in {"kinds-fit", "cues-sound"})
"""The rules that hold from the start. Kinds fit once the pass ``check-types`` has told the user of mistakes."""
