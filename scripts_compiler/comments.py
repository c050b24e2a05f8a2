"""YAML as a tree that keeps comments, quotes and the order of fields: for edits."""

from __future__ import annotations

import io
from typing import cast

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from soundwright.scripts_compiler.wording import Plain
from soundwright.scripts_compiler.writing import is_bare


def parse(text: str) -> Plain:
    """The tree of a text that was read and checked before."""
    return _yaml().load(text)


def text_of(tree: Plain) -> str:
    """The text of a tree."""
    out = io.StringIO()
    _yaml().dump(tree, out)
    return out.getvalue()


def one_line(value: Plain) -> Plain:
    """Plain data as a part of a tree that is written on one line, texts quoted where they need it."""
    if isinstance(value, dict):
        fields = CommentedMap({name: one_line(inner) for name, inner in value.items()})
        fields.fa.set_flow_style()
        return fields
    if isinstance(value, list):
        entries = CommentedSeq(one_line(inner) for inner in value)
        entries.fa.set_flow_style()
        return cast(Plain, entries)
    return DoubleQuotedScalarString(value) if isinstance(value, str) and not is_bare(value) else value


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
