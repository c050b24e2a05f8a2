"""Weights of the user's own, removal, and what nobody needs."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from soundwright.tools.errors import ToolMissing
from soundwright.tools.model_store import ModelStore
from soundwright.tools.store import upkeep
from soundwright.tools.store.listing import Model, ModelFile, UrlSource
from soundwright.tools.store.pulling import locked
from soundwright.tools.store.upkeep import AddError


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    (folder / "deep").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "deep" / "model.safetensors").write_bytes(b"weights")
    (folder / "optimizer.pt").write_bytes(b"a pickle")
    return folder


@pytest.mark.parametrize("copy", [False, True])
def test_weights_of_the_users_own_are_noted_and_checked(store: Any, mine: Path, copy: bool) -> None:
    made = store(offline=True)
    upkeep.add(made, "toy", mine, copy=copy)
    assert made.is_ready("toy")
    assert made.folder("toy") == (made.root / "toy" if copy else mine)
    assert set(made.paths(["toy"])) == {"config.json", "deep/model.safetensors", "toy"}
    (made.folder("toy") / "config.json").write_text("[]")
    with pytest.raises(ToolMissing, match="models add toy FOLDER"):
        made.paths(["toy"])
    assert (mine / "optimizer.pt").exists()


def test_a_name_of_ones_own_and_a_single_file(store: Any, mine: Path) -> None:
    made = store()
    upkeep.add(made, "my-voice", mine / "optimizer.pt", licence="CC0-1.0")
    assert made.paths(["my-voice"])["optimizer.pt"] == mine / "optimizer.pt"
    listed = {model.name: (model.licence, state) for model, state in made.list()}
    assert listed["my-voice"] == ("CC0-1.0", "ready")
    assert upkeep.remove(made, "my-voice") > 0
    assert (mine / "optimizer.pt").exists()
    with pytest.raises(ToolMissing, match="no model 'my-voice'"):
        made.paths(["my-voice"])


def test_what_cannot_be_added_says_why(store: Any, tmp_path: Path, mine: Path) -> None:
    made = store()
    with pytest.raises(AddError, match="neither a folder nor a file"):
        upkeep.add(made, "toy", tmp_path / "nowhere")
    with pytest.raises(AddError, match="cannot be a model's name"):
        upkeep.add(made, "../toy", mine)
    (tmp_path / "pickles").mkdir()
    (tmp_path / "pickles" / "all.pt").write_bytes(b"x")
    with pytest.raises(AddError, match=r"loaded safely \(all\.pt\)"):
        upkeep.add(made, "toy", tmp_path / "pickles")


def test_files_that_the_list_knows_must_be_those(tmp_path: Path, mine: Path) -> None:
    file = ModelFile("config.json", 2, hashlib.sha256(b"{}").hexdigest(), (UrlSource("https://nowhere.invalid/x"),))
    made = ModelStore(tmp_path / "store", listing={"toy": Model("toy", "a toy", "MIT", (file,))})
    upkeep.add(made, "toy", mine)
    assert made.paths(["toy"])["config.json"] == mine / "config.json"
    (mine / "config.json").write_text("[]")
    with pytest.raises(AddError, match=r"config\.json is missing or another"):
        upkeep.add(made, "toy", mine)


def test_what_nobody_needs_is_found_and_goes(store: Any, hub: Any, mine: Path) -> None:
    made = store()
    made.pull("toy")
    upkeep.add(made, "my-voice", mine)
    (made.root / "unknown-folder").mkdir()
    (made.folder("toy") / "old.safetensors").write_bytes(b"12345")
    (made.folder("toy") / ".incoming").mkdir()
    (made.folder("toy") / ".incoming" / "x.part").write_bytes(b"123")
    found = list(upkeep.waste(made, {"toy"}))
    assert {(it.path.name, it.size, it.why) for it in found} == {
        (".incoming", 3, "a download that broke off"),
        ("old.safetensors", 5, "of an earlier version"),
    }
    for it in found:
        upkeep.clear(it)
    assert list(upkeep.waste(made, {"toy"})) == []
    assert made.verify("toy") == dict.fromkeys(made.verify("toy"), "ready")
    (gone,) = upkeep.waste(made, set())
    assert gone.path == made.root / "toy"
    upkeep.clear(gone)
    assert not made.is_ready("toy")
    assert made.is_ready("my-voice")
    assert (made.root / "unknown-folder").is_dir()


def test_what_another_process_fetches_is_no_waste(store: Any) -> None:
    made = store()
    made.pull("toy")
    with locked(made.root / "toy" / ".lock"):
        assert list(upkeep.waste(made, set())) == []
