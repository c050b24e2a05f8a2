# ruff: noqa: E501, PT017 - lists of scraps read better a line each; an error is one of two right answers
"""Whatever an importer or the screenwriter is given, it answers with a valid script or with ``ScriptError``, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundwright.orchestrator.screenwriter import write
from soundwright.scripts_compiler.check import check
from soundwright.scripts_compiler.document import from_data, plain
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.importers import KINDS, import_text
from soundwright.scripts_compiler.operations import builtin
from soundwright.scripts_compiler.script import Script

CATALOGUE = builtin()

WORDS = st.sampled_from(
    ["Ann", "said", "the", "old man", "door", "slams", "rain", "thunder", "\"", "“", "”", "'", "‘", "’", "„", "«", "»", "—", "(", ")", "[", "]", "{", "}",
     ":", ",", ".", "!", "?", "^", "@", "#", "*", "**", "_", "~", ">", "<", "/*", "*/", "[[", "]]", "\n", "\n\n", "\t", "INT. CHURCH", "ANN", "NAME:",
     "beat", "pause", "music", "begins", "stops", "8s", "two seconds", "a ghost story", "in a lighthouse", "one minute", "two voices", "no speech",
     "he", "she whispered", "é", "漢字", "😀", "\u200d", "\x00", "\u2028", "|", "---", "Title:", "- ", "12:30", "1e999", "called", "storm", "Scene 2:"]
)  # fmt: skip
NOISE = st.text(max_size=200)
CHATTER = st.lists(WORDS, max_size=60).map(" ".join)
TIGHT = st.lists(WORDS, max_size=60).map("".join)
TEXTS = st.one_of(NOISE, CHATTER, TIGHT)

_VALUES = st.one_of(
    st.sampled_from(
        ['"speech"', '"music"', '"sound_effect"', '"foreground"', '"background"', '"begin"', '"end"', "1", "-35", "3.5", "1e999", "NaN", "null", "None",
         "True", "2*3", "f(x)", '"a "quoted" word"', "'it's'", '"Ann"', "[]", "{}", "[[[[", "-Infinity", "0x1F", '"N/A"', '"Auto"', "\"un", "/*", '"-5 dB"',
         '"\\u00e9\\ud800"']),
    st.text(max_size=12),
    st.integers(-100, 100).map(str),
)  # fmt: skip
_KEYS = st.sampled_from(
    [
        "audio_type",
        "layout",
        "id",
        "action",
        "vol",
        "len",
        "desc",
        "text",
        "character",
        '"vol"',
        "'desc'",
        "x",
        "Volume",
        "type",
    ]
)
_OBJECT = st.lists(st.tuples(_KEYS, _VALUES), max_size=9).map(
    lambda m: "{" + ", ".join(f"{k}: {v}" for k, v in m) + "}"
)


def _line(draw_type: str) -> st.SearchStrategy[str]:
    vol = st.sampled_from(["-15", "-35", "0", '"-20 dB"', "-99"])
    if draw_type == "speech":
        return st.tuples(vol, st.text(max_size=30)).map(
            lambda v: f'{{"audio_type": "speech", "layout": "foreground", "vol": {v[0]}, "character": "Ann", "text": {v[1]!r}}}')  # fmt: skip
    if draw_type == "bed":
        return st.tuples(vol, st.sampled_from(["begin", "end"]), st.integers(1, 3)).map(
            lambda v: f'{{"audio_type": "music", "layout": "background", "vol": {v[0]}, "action": "{v[1]}", "id": {v[2]}, "desc": "x"}}')  # fmt: skip
    return st.tuples(vol, st.sampled_from(["1", "0", "5000", "2.5"])).map(
        lambda v: f'{{"audio_type": "sound_effect", "layout": "foreground", "vol": {v[0]}, "len": {v[1]}, "desc": "bell"}}')  # fmt: skip


LISTS = st.lists(st.one_of(_OBJECT, *map(_line, ("speech", "bed", "sound"))), max_size=8).map(
    lambda items: "[" + ",\n".join(items) + "]"
)
_CELLS = st.one_of(
    st.sampled_from(
        ["Speech", "Music", "Foreground", "Background", "1", "N/A", "Begin", "End", "-35", "Auto", "Ann", '"', "a|b"]
    ),
    st.text(max_size=8),
)
HEAD = ["Audio Type", "Layout", "ID", "Character", "Action", "Volume", "Description", "Length"]
_WORDED = st.sampled_from(["Hello there.", "bell", "a\\|b", '"', "é", "", "N/A"])
_VOLUME = st.sampled_from(["-15", "-35 dB", "0", "-99", "loud"])
_ROWS = st.one_of(  # as they should be, or nearly
    st.tuples(_VOLUME, _WORDED).map(lambda v: ["Speech", "Foreground", "N/A", "Ann", "N/A", *v, "Auto"]),
    st.tuples(_VOLUME, _WORDED, st.sampled_from(["1", "2.5", "0", "Auto"])).map(
        lambda v: ["Sound effect", "Foreground", "N/A", "N/A", "N/A", *v]
    ),
    st.tuples(st.sampled_from(["1", "2", "x"]), st.sampled_from(["Begin", "End"]), _VOLUME, _WORDED).map(
        lambda v: ["Music", "Background", v[0], "N/A", *v[1:], "Auto"]
    ),
)
_ANY_ROWS = st.lists(st.lists(_CELLS, min_size=6, max_size=9), max_size=6)
TABLES = st.tuples(
    st.sampled_from(["|", "\t", ",", ";"]), st.one_of(_ANY_ROWS, st.lists(_ROWS, min_size=1, max_size=6))
).map(lambda t: "\n".join(t[0].join(row) for row in [HEAD, *t[1]]))
ALL = st.one_of(TEXTS, LISTS, TABLES)

QUICK = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=5000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def _sound(script: Script) -> None:
    """The script passes the check without an error, and survives its own plain form."""
    assert [problem for problem in check(script, CATALOGUE) if not problem.warning] == []
    assert from_data(plain(script)).script == script


def _import(kind: str | None, text: str) -> bool:
    """Whether the text becomes a script; if not, it is said why."""
    try:
        imported = import_text(text, kind, name="story.txt")
    except ScriptError as error:
        assert error.problems
        assert all(str(problem).strip() for problem in error.problems)
        return False
    assert all(note.warning for note in imported.notes)
    _sound(imported.script)
    return True


def _write(text: str) -> bool:
    """Whether the instruction becomes a script; if not, it is said why."""
    try:
        written = write(text, known_sounds=lambda _: True)
    except ScriptError as error:
        assert error.problems
        return False
    _sound(written.script)
    return True


def ends(become: Callable[..., bool], limits: settings, *strategies: st.SearchStrategy[Any]) -> set[bool]:
    """Which of the two ends all that is drawn comes to: does it become a script?"""
    seen: set[bool] = set()

    @limits
    @given(st.tuples(*strategies))
    def each(drawn: tuple[Any, ...]) -> None:
        seen.add(become(*drawn))

    each()
    return seen


BOTH = {True, False}


def test_any_text_of_any_kind_gives_a_script_or_a_script_error() -> None:
    assert ends(_import, QUICK, st.sampled_from([None, *KINDS]), ALL) == BOTH


def test_any_list_gives_a_script_or_a_script_error() -> None:
    assert ends(_import, QUICK, st.just("wavjourney"), LISTS) == BOTH


def test_any_table_gives_a_script_or_a_script_error() -> None:
    assert ends(_import, QUICK, st.just("wavjourney_table"), TABLES) == BOTH


def test_any_writing_gives_a_script_or_a_script_error() -> None:
    assert ends(_import, QUICK, st.sampled_from(["screenplay", "fountain", "prose"]), TEXTS) == BOTH


def test_any_instruction_gives_a_script_or_a_script_error() -> None:
    assert ends(_write, QUICK, ALL) == BOTH


@pytest.mark.engines
def test_any_text_at_length() -> None:
    assert ends(_import, settings(LONG, max_examples=15000), st.sampled_from([None, *KINDS]), ALL) == BOTH


@pytest.mark.engines
def test_any_instruction_at_length() -> None:
    assert ends(_write, LONG, ALL) == BOTH


REPEATED = [
    "[", "{", "(", '"', "'", " 'a", "“", "„", "«", "[/*", "[[", "/*", "*a", "**", "_a_", "\\", "a ", "a", "A: ", "ANN\n", "INT. ", "x.", "door door ", "the door ",
    "“a” said ", 'a "b" c ', "\n", "[rain begins]\n", "[rain begins]\nScene 1: X\n", "(beat)\n", "— a ", "|", "a,", "1:30 ", "no ", '[{"a":', '{"a": "",', "# ", "'''",
    "Audio Type|Layout|Description\n", "he said she said ", "ANN ^\nHi\n\n", "漢", "\u200d", "A (b", "Title: x\n", " \n", "\t",
]  # fmt: skip


@pytest.mark.parametrize("start", ["", "[", "ANN: "])
@pytest.mark.parametrize("kind", KINDS)
def test_long_repetitions_are_read_in_bounded_time(kind: str, start: str) -> None:
    began = time.process_time()
    for scrap in REPEATED:
        try:
            import_text(start + scrap * (4_000 // len(scrap)), kind)
        except ScriptError as error:
            assert error.problems
    assert time.process_time() - began < 20.0
