"""The doctor: what is missing, what fails, what works."""

from __future__ import annotations

import pytest

from soundwright.orchestrator.doctor import examine
from soundwright.tools.base import Place
from soundwright.tools.errors import ToolMissing
from soundwright.tools.files import FilesTool
from soundwright.tools.null import NullTool
from soundwright.tools.registry import Registry
from soundwright.tools.signal.tool import SignalTool


class Crashing(NullTool):
    def load(self, place: Place) -> None:
        raise OSError("the driver is gone")


def test_working_missing_failing_and_unknown_tools_are_told_apart() -> None:
    tools = [
        NullTool("works"),
        NullTool("absent", modules=("no_such_engine",), extra="big"),
        NullTool("weightless", models=("no-such-model",)),
        Crashing("crashes"),
        NullTool("silent", fail_on="doctor"),
        NullTool("foreign", ("acme.hum",)),
    ]
    found = {finding.tool: finding for finding in examine(Registry(tools))}
    assert {name: finding.state for name, finding in found.items()} == {
        "works": "works", "absent": "missing", "weightless": "missing", "crashes": "fails", "silent": "fails",
        "foreign": "not tried",
    }  # fmt: skip
    assert found["absent"].details == "needs no_such_engine: pip install 'soundwright[big]'"
    assert found["crashes"].details == "OSError: the driver is gone"
    assert found["works"].details.startswith("speak: Speech of ")
    assert found["works"].realtime > 0
    assert (found["works"].imports, found["works"].weights, found["works"].device) == ("ok", "none needed", "cpu")
    assert found["absent"].imports == "lacks no_such_engine"


def test_only_the_named_tools_are_tried() -> None:
    registry = Registry([NullTool("a"), NullTool("b")])
    assert [finding.tool for finding in examine(registry, names=["b"])] == ["b"]
    with pytest.raises(ToolMissing, match="no tool 'c' is installed; there are a, b"):
        list(examine(registry, names=["c"]))


def test_the_tools_of_the_core_work() -> None:
    for finding in examine(Registry([FilesTool, SignalTool])):
        assert finding.state == "works", finding


@pytest.mark.parametrize(
    "op",
    [
        "speak",
        "vocalise",
        "generate_sound",
        "generate_music",
        "align",
        "transcribe",
        "detect_speech",
        "slice",
        "load_file",
    ],
)
def test_there_is_a_sample_of_every_kind_of_operation(op: str) -> None:
    (finding,) = examine(Registry([NullTool("one", (op,))]))
    assert (finding.state, finding.details.split()[0]) == ("works", f"{op}:")
