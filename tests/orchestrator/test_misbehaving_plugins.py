"""Packages of other authors that do everything wrong: each is reported by name, package, version and cause."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator import pipeline
from soundwright.orchestrator.binding import Options
from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.choice_reports import choice_rows
from soundwright.orchestrator.config import Config
from soundwright.orchestrator.errors import ExecutionError
from soundwright.orchestrator.observers import NullObserver
from soundwright.orchestrator.perform import perform
from soundwright.orchestrator.pipeline import RenderOptions
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler import document, first_import
from soundwright.tools import asking
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import ToolMissing
from soundwright.tools.homes.settings import Homes
from soundwright.tools.library.index import Library
from soundwright.tools.model_store import ModelStore
from soundwright.tools.registry import Registry

PROGRAM = str(Path(sys.executable).with_name("soundwright"))
HEAD = """
import ctypes, os, sys, time
import numpy as np
from soundwright.tools.assets import Audio, Text
from soundwright.tools.base import ToolSpec
from soundwright.tools.errors import ToolError

def sound(seconds, rate=24000):
    return Audio(np.full((1, round(seconds * rate)), 0.1, np.float32), rate)

class Bad:
    spec = ToolSpec("bad", "6.6", ("generate_sound",), "MIT", honours=("length",), max_batch=2, timeout_s=2.0, rank=1)
    def load(self, place): pass
    def close(self): pass
"""
RUNS = {
    "nan": ("yield 0, Audio(np.full((1, 24000), np.nan, np.float32), 24000)", "not finite"),
    "wrong_rate": ("yield 0, sound(1, 100)", "100 Hz"),
    "wrong_length": ("yield 0, sound(0.2)", "0.20 s where 1 s were asked for"),
    "wrong_kind": ("yield 0, Text('noise')", "gave Text where Audio was asked for"),
    "no_asset": ("yield 0, 'noise'", "str"),
    "empty": ("yield 0, sound(0)", "empty sound"),
    "nothing": ("return\n        yield", "gave no result"),
    "none": ("return None", "NoneType"),
    "out_of_range": ("yield 9, sound(1)", "request 9"),
    "raises": ("raise ValueError('the tensor is cursed')\n        yield", "the tensor is cursed"),
    "raises_tool_error": ("yield 0, ToolError('only bells are known')", "only bells are known"),
    "exits": ("sys.exit('goodbye')\n        yield", "goodbye"),
    "leaves": ("os._exit(3)\n        yield", "worker process of bad 6.6"),
    "segfaults": ("ctypes.string_at(0)\n        yield", "worker process of bad 6.6"),
    "hangs": ("time.sleep(600)\n        yield", "longer than its limit of 2 s"),
    "prints": ("print('x' * 100000, flush=True); raise ToolError('after printing')\n        yield", "after printing"),
}
"""What ``run`` does, and a part of what has to be said of it."""
LOADS = {
    "load_raises": ("raise RuntimeError('no such device')", "no such device"),
    "load_leaves": ("os._exit(4)", "worker process of bad 6.6"),
}
IMPORTS = {
    "crashes": ("raise RuntimeError('built for another Python')", "RuntimeError: built for another Python"),
    "absent": ("import acme_native_library", "No module named 'acme_native_library'"),
    "exits": ("import sys; sys.exit(1)", "SystemExit"),
    "leaves": ("import os; os._exit(7)", "its import ended the process with code 7"),
    "leaves_well": ("import os; os._exit(0)", "its import ended the process with code 0"),
    "segfaults": ("import ctypes; ctypes.string_at(0)", "its import ended the process with code -11"),
    "hangs": ("import time; time.sleep(600)", "its import took longer than 3 s"),
    "no_spec": ("class Bad:\n    spec = {'name': 'bad'}", "has no spec"),
    "no_tool": ("Bad = 7", "has no spec"),
    "no_class": ("pass", "Bad"),
}
ASKED = {
    "refusal_raises": ("def refusal(self, *_): raise ValueError('what?')", "refusal raised ValueError: what?"),
    "refusal_leaves": ("def refusal(self, *_): os._exit(5)", "refusal failed: its process ended with exit code 5"),
    "refusal_hangs": ("def refusal(self, *_): time.sleep(600)", "its process took longer than its limit of 3 s"),
    "refusal_gives_no_text": ("def refusal(self, *_): return 7", "refusal gave 7 instead of a text"),
    "outside_raises": ("def outside(self, *_): return {}['key']", "outside raised KeyError: 'key'"),
    "outside_exits": ("def outside(self, *_): sys.exit(2)", "outside raised SystemExit: 2"),
    "identity_raises": (r"def identity(self): raise RuntimeError('\x1b[31mno\nserver')", "RuntimeError: no server"),
    "identity_gives_no_texts": ("def identity(self): return {'n': 1}", "identity gave {'n': 1} instead of texts"),
}
"""What a tool does when it is asked about itself, before it is loaded, and a part of what has to be said of it."""
KEPT_OUT = {
    "making_raises": ("def __init__(self): raise OSError('no card')", "OSError: no card"),
    "making_leaves": ("def __init__(self): os._exit(6)", "ended the process with code 6"),
    "no_method_close": ("close = None", "it has no close: it is no tool"),
    "rank_is_no_number": ("spec = ToolSpec('bad', '6.6', ('speak',), 'MIT', rank='high')", "rank is 'high'; write"),
    "no_such_operation": ("spec = ToolSpec('bad', '6.6', ('nosuch_op',), 'MIT')", "operations: 'nosuch_op' is none"),
    "another_name": ("spec = ToolSpec('good', '6.6', ('speak',), 'MIT')", "its name is 'good', but the entry point"),
}  # fmt: skip
"""What keeps a tool out from the beginning."""
STORY = """version: 1
cues:
  - {type: sound, id: bad, description: rain, length: 1}
"""


def installed(folder: Path, code: str) -> Path:
    """A package with one tool, ``bad``, as pip would leave it."""
    site = folder / "site"
    info = site / "bad_package-9.9.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-package\nVersion: 9.9\n")
    (info / "entry_points.txt").write_text("[soundwright.tools]\nbad = bad_package:Bad\n")
    (site / "bad_package.py").write_text(code)
    return site


def tool(run: str, load: str = "pass") -> str:
    body = HEAD.replace("def load(self, place): pass", f"def load(self, place):\n        {load}")
    return f"{body}    def run(self, batch, context):\n        {run}\n"


@pytest.fixture
def story(tmp_path: Path) -> document.Document:
    (tmp_path / "story.yaml").write_text(STORY, encoding="utf-8")
    return document.load(tmp_path / "story.yaml")


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Opens a workshop that has a bad package beside our own tools."""

    def opened(code: str) -> Workshop:
        monkeypatch.syspath_prepend(str(installed(tmp_path, code)))
        monkeypatch.setattr(first_import, "LIMIT_S", 3.0)
        monkeypatch.delitem(sys.modules, "bad_package", raising=False)
        config = replace(Config(tmp_path / "home", device="cpu"))
        shop = Workshop(config, Registry.discover(Homes()), ModelStore(config.models), Cache(config.assets))
        monkeypatch.setattr(Workshop, "open", lambda **_: shop)
        return shop

    return opened


def failure_of(story: document.Document, tmp_path: Path) -> str:
    with pytest.raises(ExecutionError) as caught:
        pipeline.render(story, tmp_path / "story.wav", RenderOptions(tools={"generate_sound": "bad"}))
    assert not (tmp_path / "story.wav").exists()
    return str(caught.value)


@pytest.mark.parametrize("how", RUNS)
def test_a_run_that_goes_wrong_is_reported_with_tool_package_version_and_cause(
    how: str, story: document.Document, workshop: Any, tmp_path: Path
) -> None:
    code, said = RUNS[how]
    workshop(tool(code))
    told = failure_of(story, tmp_path)
    assert "cues[0] (bad)" in told
    assert "generate_sound by bad 6.6 (of bad-package 9.9) failed" in told
    assert said in told


@pytest.mark.parametrize("how", LOADS)
def test_a_load_that_goes_wrong_is_reported_the_same_way(
    how: str, story: document.Document, workshop: Any, tmp_path: Path
) -> None:
    code, said = LOADS[how]
    workshop(tool("yield 0, sound(1)", code))
    told = failure_of(story, tmp_path)
    assert "by bad 6.6 (of bad-package 9.9) failed" in told
    assert said in told


@pytest.mark.parametrize("how", IMPORTS)
def test_a_package_that_cannot_be_imported_harms_nothing_else(
    how: str, story: document.Document, workshop: Any, tmp_path: Path
) -> None:
    code, said = IMPORTS[how]
    shop = workshop(code)
    (broken,) = shop.registry.unusable
    assert (broken.name, broken.owner) == ("bad", "bad-package 9.9")
    assert said in broken.reason
    with pytest.raises(ToolMissing, match=r"'bad' of bad-package 9\.9 cannot be used"):
        pipeline.check(story, RenderOptions(tools={"generate_sound": "bad"}))
    assert pipeline.check(story).plan.bound  # the others do it


def asked(line: str) -> str:
    """The best ranked tool for sounds, with one more line in its class."""
    return f"{HEAD.replace('rank=1)', 'rank=999)')}    def run(self, batch, context): yield 0, sound(1)\n    {line}\n"


@pytest.mark.parametrize("how", [*ASKED, *KEPT_OUT])
def test_what_is_broken_is_named_and_others_do_its_work(
    how: str, story: document.Document, workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, said = (ASKED | KEPT_OUT)[how]
    monkeypatch.setattr(asking, "LIMIT_S", 3.0)
    workshop(asked(line))
    pinned = {"generate_sound": "bad"}
    with pytest.raises(ToolMissing) as caught:
        pipeline.check(story, RenderOptions(tools=pinned))
    assert said in str(caught.value)
    assert "of bad-package 9.9" in str(caught.value)
    for options in (RenderOptions(tools=pinned, fallback=True), RenderOptions()):
        checked = pipeline.check(story, options)
        assert "bad" not in {bound.tool.name for bound in checked.plan.bound.values()}
        told = [problem for problem in checked.warnings if said in str(problem)]
        assert len(told) == (1 if options.tools or how in ASKED else 0)


def test_one_operation_goes_on_without_a_broken_tool_where_others_may_stand_in(workshop: Any) -> None:
    shop, rain = workshop(asked(ASKED["refusal_raises"][0])), {"description": "rain", "length": 1.0}
    pinned = Options(tools={"generate_sound": "bad"})
    with pytest.raises(ToolMissing, match="refusal raised ValueError"):
        perform("generate_sound", rain, {}, workshop=shop, options=pinned)
    done = perform("generate_sound", rain, {}, workshop=shop, options=pinned, fallback=True)
    assert not done.tool.startswith("bad")


def test_why_has_a_line_for_a_tool_that_cannot_be_asked(workshop: Any) -> None:
    workshop(asked(ASKED["refusal_raises"][0]))
    rows = {row["tool"]: row for row in choice_rows("generate_sound", parameters=["description=rain"])}
    assert "refusal raised ValueError" in rows["bad"]["reason"]
    assert not rows["bad"]["chosen"]
    assert any(row["chosen"] for row in rows.values())


def test_a_broken_tool_is_told_of_only_where_it_could_have_served(
    story: document.Document, workshop: Any, tmp_path: Path
) -> None:
    workshop(asked(ASKED["refusal_raises"][0]))
    assert any("bad 6.6" in str(problem) for problem in pipeline.check(story).warnings)
    (tmp_path / "tune.yaml").write_text("version: 1\ncues: [{type: music, description: calm piano, length: 2}]\n")
    tune = document.load(tmp_path / "tune.yaml")
    assert not any("bad 6.6" in str(problem) for problem in pipeline.check(tune).warnings)


@pytest.mark.parametrize("offline", [False, True])
def test_a_tool_in_its_process_knows_whether_it_may_ask_the_network(offline: bool, workshop: Any) -> None:
    code = (
        HEAD
        + "    offline_only = None\n    def run(self, batch, context): yield 0, ToolError(f'{self.offline_only}')\n"
    )
    workshop(code)
    tool = Registry.discover(Homes(offline=offline)).create("bad")
    tool.load(Place())
    try:
        ((_, said),) = tool.run([Request("generate_sound", {"description": "rain"})], Context())
    finally:
        tool.close()
    assert str(said) == str(offline)


def test_a_file_that_cannot_be_read_is_not_held_against_our_own_tool(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def torn(*_: object) -> str:
        raise OSError(5, "Input/output error", "rain.wav")

    (tmp_path / "rain.wav").write_bytes(b"x")
    monkeypatch.setenv("SOUNDWRIGHT_LIBRARY", str(tmp_path))
    monkeypatch.setattr(Library, "sha256", torn)
    registry = Registry.discover(Homes())
    for _ in range(2):
        with pytest.raises(OSError, match="Input/output"):
            registry.outside("library", "retrieve_sound", {"description": "rain"})
    assert registry.broken == {}


def test_a_render_goes_on_without_a_tool_that_ends_its_process_when_it_is_asked(
    story: document.Document, workshop: Any, tmp_path: Path
) -> None:
    workshop(asked("def refusal(self, *_): os._exit(5)"))
    rendered = pipeline.render(story, tmp_path / "story.wav")
    assert (tmp_path / "story.wav").stat().st_size > 10_000
    assert any("bad 6.6 of bad-package 9.9 cannot be used" in str(problem) for problem in rendered.warnings)


def test_a_tool_is_asked_in_its_own_process_and_what_it_says_is_heeded(workshop: Any, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    says = f"open({str(pids)!r}, 'a').write(f'{{os.getpid()}} '); return 'only bells' if 'rain' in str(_) else ''"
    shop = workshop(asked(f"def refusal(self, *_): {says}"))
    assert shop.registry.refusal("bad", "generate_sound", {"description": "rain"}) == "only bells"
    assert shop.registry.refusal("bad", "generate_sound", {"description": "bells"}) == ""
    (pid,) = set(pids.read_text().split())
    assert pid != str(os.getpid())
    assert shop.registry.broken == {}


def test_an_import_that_failed_is_remembered_until_the_doctor_is_called_or_a_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(tmp_path / "home"))
    site = installed(tmp_path, "import time; time.sleep(600)")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.delitem(sys.modules, "bad_package", raising=False)
    tried: list[str] = []

    def hangs(point: EntryPoint) -> str:
        tried.append(point.name)
        return "its import hangs"

    monkeypatch.setattr(first_import, "_tried", hangs)

    def reason() -> str:
        (broken,) = [one for one in Registry.discover(Homes()).unusable if one.name == "bad"]
        return broken.reason

    remembered = "its import hangs (remembered; soundwright tools doctor bad tries again)"
    assert [reason(), reason(), reason()] == ["its import hangs", remembered, remembered]
    assert tried == ["bad"]
    first_import.forget(["another"])
    assert reason() == remembered
    first_import.forget(["bad"])
    assert [reason(), reason()] == ["its import hangs", remembered]
    os.utime(site / "bad_package.py", ns=(1, 1))
    assert [reason(), reason()] == ["its import hangs", remembered]
    assert tried == ["bad"] * 3


def test_after_a_failure_others_are_still_made_and_kept(workshop: Any, tmp_path: Path) -> None:
    shop = workshop(tool("for n, r in enumerate(batch): yield n, sound(1) if 'sea' in str(r.params) else os._exit(3)"))
    (tmp_path / "two.yaml").write_text(STORY + "  - {type: sound, id: good, description: sea, length: 1}\n")
    story = document.load(tmp_path / "two.yaml")
    options = RenderOptions(tools={"generate_sound": "bad"}, keep_going=True)
    with pytest.raises(ExecutionError) as caught:
        pipeline.render(story, tmp_path / "two.wav", options)
    assert [failure.places for failure in caught.value.failures] == [("cues[0] (bad)",)]
    assert shop.cache.info().assets >= 1


class Heard(NullObserver):
    def __init__(self) -> None:
        self.messages: list[str] = []

    def message(self, text: str, *, warning: bool = False) -> None:
        self.messages.append(text)


def test_results_that_nobody_asked_for_are_said_and_what_was_asked_for_is_kept(
    story: document.Document, workshop: Any, tmp_path: Path
) -> None:
    workshop(tool("for _ in range(5): yield 0, sound(1)"))
    heard = Heard()
    pipeline.render(story, tmp_path / "story.wav", RenderOptions(tools={"generate_sound": "bad"}), observer=heard)
    assert any("bad 6.6 went wrong" in text and "none of those it still owes" in text for text in heard.messages)


def test_another_may_stand_in_for_it(story: document.Document, workshop: Any, tmp_path: Path) -> None:
    workshop(tool("os._exit(3)\n        yield"))
    options = RenderOptions(tools={"generate_sound": "bad"}, fallback=True)
    rendered = pipeline.render(story, tmp_path / "story.wav", options)
    assert (tmp_path / "story.wav").stat().st_size > 10_000
    (told,) = [str(problem) for problem in rendered.warnings if "stands in" in str(problem)]
    assert "bad 6.6 failed (the worker process of bad 6.6" in told


def test_list_doctor_and_render_go_on_beside_it(story: document.Document, tmp_path: Path) -> None:
    assert story.path is not None
    site = installed(tmp_path, tool("time.sleep(600)\n        yield"))
    environ = {**os.environ, "PYTHONPATH": str(site), "SOUNDWRIGHT_HOME": str(tmp_path / "home")}

    def program(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, *arguments], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=120
        )

    assert "bad" in {row["tool"] for row in json.loads(program("tools", "list", "--json").stdout)}
    doctor = program("tools", "doctor", "bad", "signal", "--json")
    assert doctor.returncode == 3
    rows = {row["tool"]: row for row in json.loads(doctor.stdout)}
    assert (rows["signal"]["state"], rows["bad"]["state"]) == ("works", "fails")
    assert "longer than its limit of 2 s" in rows["bad"]["result"]
    assert program("render", "story.yaml", "-o", "story.wav", "-q").returncode == 0
