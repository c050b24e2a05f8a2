"""Licences that a person accepts, and tokens that stay where they belong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from soundwright.tools.errors import ToolMissing
from soundwright.tools.model_store import LicenceNeeded
from soundwright.tools.registry import Registry
from soundwright.tools.store.listing import read_listing
from soundwright.tools.store.tokens import tokens

NC = {"commercial_ok": False, "terms": "Not for money.", "licence_url": "https://example.org/nc"}


def test_nothing_is_fetched_before_the_licence_is_accepted(store: Any, hub: Any) -> None:
    made = store(**NC)
    with pytest.raises(LicenceNeeded, match=r"Not for money\..*models pull toy --accept-licence") as raised:
        made.pull("toy")
    assert raised.value.exit_code == 4
    assert hub.asked == []
    assert made.obstacle("toy").remedy == "soundwright models pull toy --accept-licence"
    made.licences.accept(made.model("toy"), "a test")
    made.pull("toy")
    noted = json.loads((made.root / "licences.json").read_text())["toy"]
    assert noted["licence"] == "MIT"
    assert noted["by"] == "a test"
    assert len(noted["terms_sha256"]) == 64
    assert noted["date"].startswith("20")


def test_other_terms_are_accepted_anew(store: Any) -> None:
    first = store(**NC)
    first.licences.accept(first.model("toy"), "a test")
    assert first.licences.accepted(first.model("toy"))
    changed = store(**{**NC, "terms": "Not for money, nor for fun."})
    assert not changed.licences.accepted(changed.model("toy"))


def test_the_environment_accepts_by_name_alone(store: Any) -> None:
    with pytest.raises(LicenceNeeded):
        store(environ={"SOUNDWRIGHT_ACCEPT_LICENCES": "all,toys"}, **NC).pull("toy")
    made = store(environ={"SOUNDWRIGHT_ACCEPT_LICENCES": "other, toy"}, **NC)
    made.pull("toy")
    assert json.loads((made.root / "licences.json").read_text())["toy"]["by"] == "SOUNDWRIGHT_ACCEPT_LICENCES"


def test_a_damaged_note_accepts_nothing(store: Any) -> None:
    made = store(**NC)
    made.root.mkdir(parents=True)
    for text in ("no json", "[]", '{"toy": 1}', '{"toy": {"terms_sha256": "0"}}'):
        (made.root / "licences.json").write_text(text)
        assert not made.licences.accepted(made.model("toy"))


def test_a_gate_asks_for_a_token_and_gets_it(store: Any, hub: Any) -> None:
    hub.token = "hf_secret"  # noqa: S105
    gated = {"gated": True, "terms": "Ask first."}
    environ = {"SOUNDWRIGHT_ACCEPT_LICENCES": "toy"}
    with pytest.raises(ToolMissing, match="set HF_TOKEN"):
        store(environ=environ, **gated).pull("toy")
    store(environ=environ | {"HF_TOKEN": "hf_secret"}, **gated).pull("toy")
    assert {each.authorization for each in hub.asked if "/resolve/" in each.path} == {None, "Bearer hf_secret"}


def test_a_token_never_follows_a_redirect_to_another_host(store: Any, hub: Any, other_hub: Any) -> None:
    hub.redirect = other_hub.url
    made = store(environ={"HF_TOKEN": "hf_secret"})
    made.pull("toy")
    assert made.is_ready("toy")
    assert {each.authorization for each in hub.asked} == {"Bearer hf_secret"}
    assert len(other_hub.asked) == 4
    assert {each.authorization for each in other_hub.asked} == {None}


def test_a_redirect_within_the_host_keeps_the_token(store: Any, hub: Any) -> None:
    hub.moved, hub.token = True, "hf_secret"
    store(environ={"HF_TOKEN": "hf_secret"}).pull("toy")
    assert {each.authorization for each in hub.asked} == {"Bearer hf_secret"}


def test_a_redirect_to_plain_http_elsewhere_is_refused(store: Any, hub: Any) -> None:
    hub.redirect = "http://example.invalid"
    with pytest.raises(ToolMissing, match="only https is read"):
        store().pull("toy")


def test_a_token_shows_in_no_message(store: Any, hub: Any) -> None:
    hub.token = "another"  # noqa: S105
    with pytest.raises(ToolMissing) as raised:
        store(environ={"HF_TOKEN": "hf_verysecret"}).pull("toy")
    assert "hf_verysecret" not in str(raised.value)
    with pytest.raises(ToolMissing, match="blanks or characters") as raised:
        tokens({"HF_TOKEN": "hf very\nsecret"})
    assert "secret" not in str(raised.value)


def test_the_token_belongs_to_the_hub_that_is_set(tmp_path: Path) -> None:
    del tmp_path
    assert tokens({"HF_TOKEN": "t"}) == {"https://huggingface.co:443": "t"}
    assert tokens({"HF_TOKEN": "t", "HF_ENDPOINT": "https://Mirror.example:8443/"}) == {
        "https://mirror.example:8443": "t"
    }
    assert tokens({"HF_TOKEN": " "}) == {}


def test_tools_say_of_their_licences_what_their_models_say() -> None:
    models = read_listing()
    specs = [spec for spec in Registry.discover().specs.values() if spec.models]
    assert len(specs) > 50
    for spec in specs:
        own = [models[name] for name in spec.models]
        assert spec.commercial_ok == all(model.commercial_ok for model in own), spec.name
        assert spec.gated == any(model.gated for model in own), spec.name
