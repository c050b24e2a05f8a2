"""The table of capabilities in the documents, made from the specs of the built-in tools: no operation is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from soundwright.scripts_compiler.operations import builtin
from soundwright.tools.base import ToolSpec
from soundwright.tools.entries import is_ours
from soundwright.tools.registry import Registry

COMMAND = "soundwright tools table -o docs/capabilities.md"
HEAD = f"""# Capabilities

What scripts, chats and programs can ask for, and which engines do it. The page is made from the specs of the built-in
tools: `{COMMAND}` renews it.

*ran on*: **real** weights (or an engine that needs none); **tiny** random weights through the real loading code, where
no package registry carries the weights; **no**: it was not run. Weights are fetched by `soundwright models pull`, or
brought as the tool's help says (`soundwright tools info NAME`). *home*: where it runs, see [homes.md](homes.md). Beside
these, the configuration makes a tool of any HTTP server that answers JSON, for any operation, and of the tools of MCP
servers ([homes.md](homes.md)); what is left out, and why, stands in [engines.md](engines.md#not-here).
"""
COLUMNS = ("operation", "engine", "extra", "home", "licence of code", "of weights", "commercial use", "ran on", "how")
BEYOND: Mapping[str, tuple[str, ...]] = {
    "sign": ("`c2pa`", "`provenance`", "process", "Apache-2.0 or MIT", "no weights", "yes", "real",
             "a command of its own, see [treating.md](treating.md)"),
    "talking_head": ("none", "", "", "", "", "", "", "pictures that speak are video, which no operation gives yet"),
}  # fmt: skip
"""What one would look for here and what is no operation: the rest of its row."""
_HTTP, _OWN = ("", "http", "Apache-2.0", "your server's", "as your server says", "real"), "[homes.md](homes.md)"
CONFIGURED: Mapping[str, tuple[str, ...]] = {
    "speak": ("any OpenAI-compatible server (`[http]`, kind `speech`)", *_HTTP,
              f"`soundwright serve`, asked by us and by OpenAI's client; see {_OWN}"),
    "transcribe": ("any OpenAI-compatible server (`[http]`, kind `transcription`)", *_HTTP,
                   f"`soundwright serve`, asked by us and by OpenAI's client; see {_OWN}"),
}  # fmt: skip
"""Engines that the user's configuration makes, after those of their operation: the rest of their rows."""
_RAN = {"real": "real", "tiny": "tiny", "none": "no"}


def page() -> str:
    """The whole page, as Markdown."""
    lines = ["| " + " | ".join(row) + " |" for row in (COLUMNS, ("---",) * len(COLUMNS), *rows(built_in_specs()))]
    return HEAD + "\n" + "\n".join(lines) + "\n"


def built_in_specs() -> list[ToolSpec]:
    """The specs of the tools that come with Soundwright, installed or not."""
    registry = Registry.discover()
    return [spec for name, spec in registry.specs.items() if is_ours(registry.owner(name))]


def rows(specs: Iterable[ToolSpec]) -> Iterator[tuple[str, ...]]:
    """One row for each operation and engine, in order of names; an operation without an engine has one that says so."""
    tools = sorted(specs, key=lambda spec: (-spec.rank, spec.name))
    empty = ("",) * (len(COLUMNS) - 2)
    for name in sorted({*builtin(), *BEYOND}):
        doing = [spec for spec in tools if name in spec.operations]
        yield from (_row(name, spec) for spec in doing)
        if name in CONFIGURED:
            yield (name, *CONFIGURED[name])
        if not doing:
            yield (name, *BEYOND.get(name, ("none", *empty)))


def ran(specs: Iterable[ToolSpec]) -> set[str]:
    """The operations of which an engine was run, on real or on tiny weights."""
    known = builtin()
    return {op for spec in specs if spec.proven != "none" for op in spec.operations if op in known}


def _row(operation: str, spec: ToolSpec) -> tuple[str, ...]:
    commercial = ("yes" if spec.commercial_ok else "no") + (", gated" if spec.gated else "")
    return (
        operation, f"`{spec.name}`", f"`{spec.extra}`" if spec.extra else "", spec.home, spec.licence_code,
        spec.licence_weights or "no weights", commercial, _RAN[spec.proven], spec.proven_note.replace("|", "/"),
    )  # fmt: skip
