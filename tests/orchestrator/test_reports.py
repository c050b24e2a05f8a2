"""Tables and sheets stay tables, whatever a plug-in says."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundwright.orchestrator.reports import sheet, table
from soundwright.scripts_compiler.paths import printable


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plain — schön", "plain — schön"),
        ("\x1b[31mred\x1b[0m\x1b[2K", "red"),
        ("one\n  two\r\n\tthree\n", "one two three"),
        ("bell\x07\x00 and \x9bcsi\u2028line", "bell and csi line"),
        ("\udcff", "?"),
        ("a\u00a0b", "a\u00a0b"),
        (Path("a/b"), "a/b"),
    ],
)
def test_what_others_say_is_one_line_without_colours(said: object, shown: str) -> None:
    assert printable(said) == shown


def test_a_message_of_many_lines_breaks_no_table() -> None:
    rows: list[dict[str, object]] = [
        {"tool": "bad", "state": "\x1b[31mno\nway"},
        {"tool": "good", "state": ("a\x07", "b")},
    ]
    assert table(rows).splitlines() == ["tool  state", "bad   no way", "good  a, b"]
    assert sheet(rows[0]) == "tool   bad\nstate  no way"
