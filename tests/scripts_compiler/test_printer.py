"""Graphs as text and as mermaid; what scripts say never leaves its quotes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from soundwright.scripts_compiler.graph import Graph, Node, NodeId
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import builtin
from soundwright.scripts_compiler.printer import LABEL_CHARACTERS, to_mermaid, to_text

CATALOGUE = builtin()


def saying(text: str, voice: str = "") -> Graph:
    params = CATALOGUE["speak"].resolve({"text": ""}) | {"text": text, "voice": voice}
    node = Node(NodeId("n0"), "speak", params, {}, Kind.SPEECH, ("cues[0]",))
    return Graph({node.id: node}, {0: node.id}, {"spoken": node.id})


def test_text_shows_operation_edges_parameters_kind_and_places() -> None:
    file = Node(NodeId("n0"), "load_file", {"file": "a b.wav"}, {}, Kind.AUDIO)
    cut = Node(
        NodeId("n1"), "slice", {"from": 0.0, "to": None}, {"audio": file.id}, Kind.AUDIO, ("cues[0]", "cues[3] (x)")
    )
    shown = to_text(Graph({file.id: file, cut.id: cut}, {0: cut.id, 3: cut.id}, {"part": cut.id}))
    assert shown.splitlines() == [
        'n0 = load_file(file="a b.wav") -> Audio',
        "n1 = slice(audio=n0, from=0.0) -> Audio  # cues[0], cues[3] (x)",
        "cues[0] = n1",
        "cues[3] = n1",
        "step part = n1",
    ]


def test_keys_can_be_shown_and_follow_the_content() -> None:
    one, same, other = (to_text(saying(text), keys=True).split()[0] for text in ("Hello.", "Hello.", "Hullo."))
    assert re.fullmatch("[0-9a-f]{12}", one)
    assert one == same != other


@given(st.text(st.characters(), max_size=60))
def test_text_of_any_kind_stays_on_its_line_and_can_be_written_out(text: str) -> None:
    shown = to_text(saying(text))
    assert len(shown.splitlines()) == 3
    assert shown.replace("\n", "").isprintable()
    shown.encode("utf-8")


@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=20))
def test_text_of_any_kind_stays_inside_its_mermaid_label(text: str, voice: str) -> None:
    shown = to_mermaid(saying(text, voice))
    lines = shown.splitlines()
    assert len(lines) == 4
    label = re.fullmatch(r'  n0\["speak(?:: (.*))?"\]', lines[1])
    assert label is not None
    plain = re.sub(r"#\d+;", "", label[1] or "")
    assert all(char.isalnum() or char.isalpha() or char in " .,-/" for char in plain)
    shown.encode("utf-8")


def test_a_long_text_is_cut_in_a_label() -> None:
    shown = to_mermaid(saying("word " * 100))
    label = shown.splitlines()[1].split(": ", 1)[1].removesuffix('"]')
    assert len(label.replace("#8230;", "…")) <= LABEL_CHARACTERS


def test_mermaid_shows_edges_cues_and_steps() -> None:
    assert to_mermaid(saying("Hello.")).splitlines()[2:] == [
        '  n0 --> cue0(["cue 0"])',
        '  n0 --> step0(["step spoken"])',
    ]
