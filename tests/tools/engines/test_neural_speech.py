"""VITS and Bark on toy weights: what is said, seeds, batches, presets, vocals, and what cannot be said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from soundwright.tools.assets import Audio, Speech
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import Cancelled, ToolError
from soundwright.tools.tts.bark import BarkTool
from soundwright.tools.tts.vits import VitsTool

pytestmark = pytest.mark.engines
Toys = Callable[..., Path]


def line(text: str, seed: int = 1, **params: Any) -> Request:
    return Request("speak", {"text": text, "language": "en", **params}, {}, seed)


@pytest.fixture(scope="module")
def vits(toys: Toys) -> VitsTool:
    tool = VitsTool("en")
    tool.load(Place(weights={"mms-tts-eng": toys("mms-tts-eng")}))
    return tool


def test_vits_speaks_by_its_seed(vits: VitsTool, kit: Any) -> None:
    assert kit.check_seeds_and_batches(vits, line, ["Come in.", "Who is there? Say it now.", "No"]) >= 100
    (said,) = kit.ran(vits, [line("Come in.")])
    assert isinstance(said, Speech)
    assert (said.rate, said.text, said.language) == (16000, "Come in.", "en")


def test_vits_heeds_speed_and_splits_long_texts(vits: VitsTool, kit: Any) -> None:
    long = "The sea went on as before, and nobody came to the door that night. " * 8
    slow, fast = (kit.sounds(vits, [line(long, speed=speed)])[0] for speed in (0.7, 1.6))
    assert slow.length_s > 1.5 * fast.length_s


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [("Ночь", "en", "cannot be spoken in English"), ("Hello", "fr", "speaks 'en'"), ("...", "en", "nothing to speak")],
)
def test_vits_says_what_it_cannot_say(vits: VitsTool, text: str, language: str, said: str) -> None:
    ((_, made),) = vits.run([line(text, language=language)], Context())
    assert isinstance(made, ToolError)
    assert said in str(made)


@pytest.fixture(scope="module")
def bark(toys: Toys) -> BarkTool:
    tool = BarkTool()
    tool.load(Place(weights={"bark-small": toys("bark-small")}))
    return tool


def test_bark_speaks_by_its_seed(bark: BarkTool, kit: Any) -> None:
    assert kit.check_seeds_and_batches(bark, line, ["Come in.", "Who is there?"]) >= 100
    (said,) = kit.ran(bark, [line("Come in.")])
    assert isinstance(said, Speech)
    assert said.rate == 24000


def test_bark_takes_a_preset_and_names_an_unknown_one(bark: BarkTool, kit: Any) -> None:
    plain, led = (kit.sounds(bark, [line("Come in.", preset=preset)])[0] for preset in ("", "v2/en_speaker_1"))
    assert plain.samples.shape != led.samples.shape or kit.snr_db(plain, led) < 40
    for preset, said in (("v2/en_speaker_77", "no voice"), ("v2/en_speaker_2", "cannot be read")):
        ((_, made),) = bark.run([line("Come in.", preset=preset)], Context())
        assert isinstance(made, ToolError)
        assert said in str(made)


def test_bark_laughs_and_says_what_it_cannot_do(bark: BarkTool, kit: Any) -> None:
    (made,) = kit.sounds(bark, [Request("vocalise", {"vocal": "laugh", "preset": "", "take": 0}, {}, 1)])
    assert type(made) is Audio
    assert "bark cannot scream" in bark.refusal("vocalise", {"vocal": "scream"})
    assert bark.refusal("vocalise", {"vocal": "sigh"}) == ""


def test_bark_leaves_when_it_is_cancelled(bark: BarkTool, kit: Any) -> None:
    with pytest.raises(Cancelled):
        list(bark.run([line("Come in.")], kit.cancelled_after(5)))


def test_closing_frees_the_weights(toys: Toys) -> None:
    import gc
    import weakref

    tool = VitsTool("en")
    tool.load(Place(weights={"mms-tts-eng": toys("mms-tts-eng")}))
    held = weakref.ref(tool._model)
    tool.close()
    gc.collect()
    assert held() is None
