"""Repositories of a model hub: what is fetched, what is noted, and what is right from then on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from soundwright.tools.base import Place
from soundwright.tools.errors import ToolMissing
from soundwright.tools.model_store import ModelStore, UnknownModel
from soundwright.tools.store.folders import folder
from soundwright.tools.store.listing import Hub, Model

NEEDED = ["config.json", "model.safetensors", "unet/config.json", "unet/weights.bin"]


def test_only_what_can_be_loaded_safely_is_fetched(store: Any, hub: Any) -> None:
    made = store()
    made.pull("toy")
    assert [file.name for file in made.model("toy").files] == NEEDED
    assert sorted(set(hub.served())) == ["config.json", "model.safetensors", "weights.bin"]
    assert made.record("toy").commit == hub.commit
    assert made.path("toy", "unet/config.json").read_bytes() == hub.files["unet/config.json"]


def test_what_came_first_is_right_ever_after(store: Any, hub: Any) -> None:
    store().pull("toy")
    hub.files["config.json"] = b"[]"
    later = store()
    assert later.verify("toy") == dict.fromkeys(NEEDED, "ready")
    (later.folder("toy") / "config.json").write_bytes(b"[]")
    assert later.verify("toy")["config.json"] == "damaged"
    with pytest.raises(ToolMissing, match=r"config\.json.* is damaged.*models pull toy"):
        later.paths(["toy"])
    with pytest.raises(ToolMissing, match="sha256"):  # the hub has something else now
        later.pull("toy")
    hub.files["config.json"] = b"{}"
    later.pull("toy")
    assert later.verify("toy")["config.json"] == "ready"


def test_hashes_that_the_hub_itself_names_are_checked_at_once(store: Any, hub: Any) -> None:
    made = store()
    tree = hub.tree()
    hub.tree = lambda: tree
    hub.files["model.safetensors"] = bytes(len(hub.files["model.safetensors"]))
    with pytest.raises(ToolMissing, match="sha256"):
        made.pull("toy")
    assert not made.is_ready("toy")
    assert made.record("toy") is None


def test_files_called_as_ours_are_do_no_harm(store: Any, hub: Any) -> None:
    hub.files |= {"record.json": b'{"files": []}', "incoming/config.json": b"{}", ".record.json": b"{}"}
    made = store()
    made.pull("toy")
    assert {"record.json", "incoming/config.json"} <= set(made.verify("toy"))
    assert store().paths(["toy"])["record.json"].read_bytes() == hub.files["record.json"]


def test_an_engine_finds_files_and_the_folder(store: Any) -> None:
    made = store()
    made.pull("toy")
    paths = made.paths(["toy"])
    assert set(paths) == {*NEEDED, "toy"}
    assert set(made.hashes(["toy"])) == set(NEEDED)
    found = folder(Place(weights=paths), "toy")
    assert (found / "unet" / "config.json").is_file()
    with pytest.raises(ToolMissing, match="soundwright models pull other"):
        folder(Place(weights=paths), "other")


def test_files_of_one_name_in_two_models_are_told_apart(tmp_path: Path, hub: Any) -> None:
    listing = {name: Model(name, "x", "MIT", (), hub=Hub(f"acme/{name}")) for name in ("one", "two")}
    made = ModelStore(tmp_path, listing=listing, environ={"HF_ENDPOINT": hub.url})
    made.pull_all(["one", "two"])
    paths = made.paths(["one", "two"])
    assert paths["config.json"] == tmp_path / "one" / "config.json"
    assert paths["two/config.json"] == tmp_path / "two" / "config.json"
    assert paths["two"] == tmp_path / "two"


def test_nothing_is_fetched_offline(store: Any, hub: Any) -> None:
    with pytest.raises(ToolMissing, match="offline"):
        store(offline=True).pull("toy")
    assert hub.asked == []
    store().pull("toy")
    before = len(hub.asked)
    offline = store(offline=True)
    offline.pull("toy")
    assert offline.is_ready("toy")
    assert len(hub.asked) == before


def test_another_revision_is_fetched_anew(store: Any, hub: Any) -> None:
    store().pull("toy")
    hub.commit, hub.files["config.json"] = "f" * 40, b'{"newer": 1}'
    later = store(hub=Hub("acme/toy", revision="v2", pickles=("*.bin",)))
    assert not later.is_ready("toy")
    later.pull("toy")
    assert later.record("toy").commit == "f" * 40
    assert later.path("toy", "config.json").read_bytes() == b'{"newer": 1}'


def test_a_run_is_never_the_first_to_fetch(store: Any) -> None:
    obstacle = store().obstacle("toy")
    assert obstacle is not None
    assert obstacle.remedy == "soundwright models pull toy"
    made = store()
    made.pull("toy")
    (made.folder("toy") / "config.json").unlink()  # lost, but known: a run may bring it back
    assert made.obstacle("toy") is None


@pytest.mark.parametrize(
    "tree",
    [
        b"no json",
        b"[]",
        b'{"sha": "main", "siblings": []}',
        b'{"sha": "%s", "siblings": []}' % (b"a" * 40),
        b'{"sha": "%s", "siblings": [{"rfilename": "../up.json", "size": 1}]}' % (b"a" * 40),
        b'{"sha": "%s", "siblings": [{"rfilename": "/etc/x.json", "size": 1}]}' % (b"a" * 40),
        b'{"sha": "%s", "siblings": [{"rfilename": "x.json"}]}' % (b"a" * 40),
    ],
)
def test_a_hub_that_talks_nonsense_is_told_of(store: Any, hub: Any, tree: bytes, tmp_path: Path) -> None:
    hub.tree = lambda: tree
    with pytest.raises(ToolMissing, match="toy could not be fetched"):
        store().pull("toy")
    assert not list(tmp_path.rglob("*.json"))


def test_an_unknown_name_is_wrong_input(store: Any) -> None:
    with pytest.raises(UnknownModel, match="Did you mean toy") as raised:
        store().pull("toyy")
    assert raised.value.exit_code == 2
