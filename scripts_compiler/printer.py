"""A graph as stable text, and as a mermaid flow chart. What a script says is only ever shown as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from soundwright.scripts_compiler.graph import Graph, Node, graph_keys

LABEL_CHARACTERS = 48
_SUMMARY = ("text", "description", "vocal", "file", "stem")
_PLAIN = frozenset(" .,-/")


def to_text(graph: Graph, *, keys: bool = False) -> str:
    """One line a node: ``n1 = trim_silence(audio=n0, tail=true) -> Speech  # cues[3] (a1)``.

    Empty parameters are left out. ``keys`` adds the head of each graph key, by which the nodes of two versions of a
    script can be compared.
    """
    lines = [f"{node.id} = {_call(node)} -> {node.kind.value}{_comment(node)}" for node in graph.nodes.values()]
    if keys:
        heads = [key[:12] for key in graph_keys(graph).values()]
        lines = [f"{head} {line}" for head, line in zip(heads, lines, strict=True)]
    lines += [f"cues[{index}] = {node_id}" for index, node_id in graph.cues.items()]
    lines += [f"step {name} = {node_id}" for name, node_id in graph.steps.items()]
    return "".join(f"{line}\n" for line in lines)


def to_mermaid(graph: Graph) -> str:
    """A mermaid ``flowchart``: a box a node, an arrow an edge with its port, a round box a cue or a step."""
    return "".join(f"{line}\n" for line in ("flowchart LR", *_mermaid(graph)))


def _mermaid(graph: Graph) -> Iterator[str]:
    for node in graph.nodes.values():
        summary = _summary(node.params)
        yield f'  {node.id}["{node.op}{f": {_escaped(summary)}" if summary else ""}"]'
    for node in graph.nodes.values():
        for port, source in node.inputs.items():
            yield f"  {source} -->|{port}| {node.id}"
    for index, node_id in graph.cues.items():
        yield f'  {node_id} --> cue{index}(["cue {index}"])'
    for number, (name, node_id) in enumerate(graph.steps.items()):
        yield f'  {node_id} --> step{number}(["step {_escaped(name)}"])'


def _call(node: Node) -> str:
    inputs = [f"{port}={source}" for port, source in node.inputs.items()]
    params = [f"{name}={_literal(value)}" for name, value in node.params.items() if _says(value)]
    return f"{node.op}({', '.join([*inputs, *params])})"


def _says(value: object) -> bool:
    return value not in (None, "", [])


def _comment(node: Node) -> str:
    return f"  # {', '.join(node.places)}" if node.places else ""


def _literal(value: object) -> str:
    """JSON, with every character escaped that is not seen as itself on a terminal."""
    return "".join(char if char.isprintable() else _escape(char) for char in json.dumps(value, ensure_ascii=False))


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _summary(params: Mapping[str, Any]) -> str:
    """What tells a node from others of its operation, in one short line."""
    text = next((str(params[name]) for name in _SUMMARY if params.get(name)), "")
    voice = str(params.get("voice") or "")
    line = " ".join(": ".join(filter(None, (voice, text))).split())
    return line if len(line) <= LABEL_CHARACTERS else f"{line[: LABEL_CHARACTERS - 1].rstrip()}…"


def _escaped(text: str) -> str:
    """Characters that mermaid or its HTML could read as anything but text become ``#code;``."""
    return "".join(char if char in _PLAIN or (char.isascii() and char.isalnum()) else _entity(char) for char in text)


def _entity(char: str) -> str:
    if char.isalpha():
        return char
    # Direction marks would turn the label around, and half a surrogate has no code that a browser accepts.
    return f"#{ord(char)};" if char.isprintable() else "#65533;"
