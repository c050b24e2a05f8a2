"""YAML text of plain script data: one line for each voice, input, step and cue, quotes only where they are needed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from soundwright.scripts_compiler.wording import Plain

_BARE = re.compile(r"[A-Za-zÀ-ÿ_][A-Za-zÀ-ÿ0-9_ ./'-]*(?<! )")
# "yes" and what follows it: in YAML 1.1 only.
_READ_AS_OTHERS = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def yaml_text(data: Mapping[str, Plain]) -> str:
    """YAML of a script's plain data; it reads back to the same data."""
    lines: list[str] = []
    for name, value in data.items():
        if isinstance(value, list) and value:
            lines += [f"{name}:", *(f"  - {_flow(entry)}" for entry in value)]
        else:
            lines.append(f"{name}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _flow(value: Plain) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(str(name))}: {_flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    if isinstance(value, str):
        return value if is_bare(value) else _quoted(value)
    return json.dumps(value)


def is_bare(text: str) -> bool:
    """Whether a text reads back as itself without quotes, wherever it stands."""
    return _BARE.fullmatch(text) is not None and text.casefold() not in _READ_AS_OTHERS


def _quoted(text: str) -> str:
    """In double quotes: JSON's escapes are YAML's too."""
    return escaped(json.dumps(text, ensure_ascii=False))


def escaped(text: str) -> str:
    """JSON text with escapes for what JSON leaves bare and YAML forbids."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
