"""Texts and speech that are longer than a translating network takes at once: nothing of them is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Asset, Audio, Text, Transcript
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.translation import canary
from soundwright.tools.translation.canary import CanaryTool
from soundwright.tools.translation.seamless import SeamlessTool
from soundwright.tools.translation.text import M2m100Tool, NllbTool

pytestmark = pytest.mark.engines
Toys = Callable[[str], Path]


@pytest.fixture(scope="module")
def noise() -> Audio:
    """Twelve seconds that swell and sink."""
    t = np.arange(12 * 16000) / 16000
    sound = np.random.default_rng(3).standard_normal((1, t.size)) * (0.05 + 0.1 * np.sin(2 * np.pi * t / 3) ** 2)
    return Audio(sound.astype(np.float32), 16000)


def loaded(tool: Any, toys: Toys) -> Any:
    (model,) = tool.spec.models
    tool.load(Place(weights={model: toys(model)}))
    return tool


def one(tool: Any, op: str, inputs: dict[str, Asset], **params: Any) -> Any:
    ((_, made),) = tool.run([Request(op, params, inputs, 5)], Context())
    if isinstance(made, ToolError):
        raise made
    return made


@pytest.mark.parametrize("make", [M2m100Tool, NllbTool])
def test_all_of_a_text_without_full_stops_reaches_the_network(
    toys: Toys, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = loaded(make(), toys)
    given, generate = [], tool.model.generate

    def listened(**inputs: Any) -> Any:
        given.append(inputs["input_ids"][0].tolist())
        return generate(**{**inputs, "num_beams": 1, "max_new_tokens": 4})

    monkeypatch.setattr(tool.model, "generate", listened)
    text = "nobody came to the door and the sea went on as before " * 8
    one(tool, "translate", {"text": Text(text)}, to="fr", language="en")
    read = "".join(tool.processor.decode(tokens, skip_special_tokens=True) for tokens in given)
    assert "".join(read.replace("__en__", "").split()) == "".join(text.split())
    assert max(map(len, given)) <= 128 < sum(map(len, given))


def test_what_is_too_long_for_seamless_is_translated_in_parts(toys: Toys, noise: Audio) -> None:
    tool = loaded(SeamlessTool(), toys)  # writes 12 tokens at once, and never ends
    heard = one(tool, "translate_audio", {"audio": noise}, to="fr", language="")
    assert isinstance(heard, Transcript)
    assert len({word.start_s for word in heard.words}) > 1
    short = one(tool, "translate", {"text": Text("who is there")}, to="fr", language="en")
    long = one(tool, "translate", {"text": Text("who is there and who comes in " * 20)}, to="fr", language="en")
    assert isinstance(short, Text)
    assert isinstance(long, Text)
    assert len(long.text) > 10 * len(short.text)


def test_canary_writes_on_where_its_checkpoint_says_no_limit(
    toys: Toys, noise: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = loaded(CanaryTool(), toys)
    tool.model.generation_config.max_new_tokens = None
    tool.model.generation_config.eos_token_id = None  # never ends by itself
    monkeypatch.setattr(canary, "_WRITTEN", 30)
    written, generate = [], tool.model.generate

    def counted(**inputs: Any) -> Any:
        made = generate(**inputs)
        written.append(made.shape[1] - inputs["decoder_input_ids"].shape[1])
        return made

    monkeypatch.setattr(tool.model, "generate", counted)
    one(tool, "translate_audio", {"audio": noise}, to="de", language="en")
    assert written == [30]
