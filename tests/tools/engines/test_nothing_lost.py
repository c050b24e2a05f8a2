"""Texts and speech that are longer than a translating network takes at once: nothing of them is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from soundwright.tools.assets import Audio, Text, Transcript
from soundwright.tools.translation import canary
from soundwright.tools.translation.canary import CanaryTool
from soundwright.tools.translation.seamless import SeamlessTool
from soundwright.tools.translation.text import M2m100Tool, NllbTool

pytestmark = pytest.mark.engines
Toys = Callable[[str], Path]


@pytest.fixture(scope="module")
def noise(kit: Any) -> Audio:
    """At the networks' rate."""
    made: Audio = kit.noise()
    return made


@pytest.mark.parametrize("make", [M2m100Tool, NllbTool])
def test_all_of_a_text_without_full_stops_reaches_the_network(
    toys: Toys, make: Any, monkeypatch: pytest.MonkeyPatch, kit: Any
) -> None:
    tool = kit.loaded(make(), toys(make.spec.models[0]))
    given, generate = [], tool.model.generate

    def listened(**inputs: Any) -> Any:
        given.append(inputs["input_ids"][0].tolist())
        return generate(**{**inputs, "num_beams": 1, "max_new_tokens": 4})

    monkeypatch.setattr(tool.model, "generate", listened)
    text = "nobody came to the door and the sea went on as before " * 8
    kit.one(tool, "translate", {"text": Text(text)}, to="fr", language="en")
    read = "".join(tool.processor.decode(tokens, skip_special_tokens=True) for tokens in given)
    assert "".join(read.replace("__en__", "").split()) == "".join(text.split())
    assert max(map(len, given)) <= 128 < sum(map(len, given))


def test_what_is_too_long_for_seamless_is_translated_in_parts(toys: Toys, noise: Audio, kit: Any) -> None:
    tool = kit.loaded(SeamlessTool(), toys("seamless-m4t-v2"))  # writes 12 tokens at once, and never ends
    heard = kit.one(tool, "translate_audio", {"audio": noise}, to="fr", language="")
    assert isinstance(heard, Transcript)
    assert len({word.start_s for word in heard.words}) > 1
    short = kit.one(tool, "translate", {"text": Text("who is there")}, to="fr", language="en")
    long = kit.one(tool, "translate", {"text": Text("who is there and who comes in " * 20)}, to="fr", language="en")
    assert isinstance(short, Text)
    assert isinstance(long, Text)
    assert len(long.text) > 10 * len(short.text)


def test_canary_writes_on_where_its_checkpoint_says_no_limit(
    toys: Toys, noise: Audio, monkeypatch: pytest.MonkeyPatch, kit: Any
) -> None:
    tool = kit.loaded(CanaryTool(), toys("canary-1b-v2"))
    tool.model.generation_config.max_new_tokens = None
    tool.model.generation_config.eos_token_id = None  # never ends by itself
    monkeypatch.setattr(canary, "_WRITTEN", 30)
    written, generate = [], tool.model.generate

    def counted(**inputs: Any) -> Any:
        made = generate(**inputs)
        written.append(made.shape[1] - inputs["decoder_input_ids"].shape[1])
        return made

    monkeypatch.setattr(tool.model, "generate", counted)
    kit.one(tool, "translate_audio", {"audio": noise}, to="de", language="en")
    assert written == [30]
