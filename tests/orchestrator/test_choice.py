"""Choice: every tool gets a verdict with its reason; the best that fits is taken."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator.choice import Chooser, Need, Verdict, serves
from soundwright.tools.errors import ToolMissing
from soundwright.tools.model_store import Obstacle
from soundwright.tools.null import NullTool
from soundwright.tools.registry import Registry


class Store:
    """Models that are known; those in ``here`` are ready."""

    def __init__(self, *here: str, offline: bool = False) -> None:
        self.here, self.offline = here, offline

    def is_ready(self, model: str) -> bool:
        if model not in {"big", *self.here}:
            raise ToolMissing(f"There is no model {model!r}.")
        return model in self.here

    def hashes(self, models: Iterable[str]) -> dict[str, str]:
        return dict.fromkeys(models, "00")

    def paths(self, models: Iterable[str]) -> dict[str, Path]:
        return {model: Path(model) for model in models}

    def pull(self, model: str) -> None:
        raise AssertionError("choosing must not fetch anything")

    def obstacle(self, model: str) -> Obstacle | None:
        return None

    def confirm(self, models: Iterable[str]) -> None:
        raise AssertionError("choosing must not load anything")


def verdict(need: Need, store: Store | None = None, *, commercial: bool = False, **spec: Any) -> Verdict:
    registry = Registry([NullTool(**spec)])
    (found,) = Chooser(registry, store or Store(), commercial).verdicts(need)
    return found


@pytest.mark.parametrize(
    ("spec", "need", "reason", "remedy"),
    [
        ({"languages": ("en", "de-DE")}, Need("speak", "fr"), "it does not know the language 'fr', only en, de-DE", ""),
        ({"max_length_s": 10.0}, Need("generate_sound", length_s=11), "it makes at most 10 s at once", ""),
        ({"honours": ("text",)}, Need("speak", honours=("sample",)), "it does not take sample", ""),
        ({"devices": ("cuda",)}, Need("speak"), "it needs a GPU", "choose a device with a GPU"),
        (
            {"modules": ("no_such",), "extra": "big"},
            Need("speak"),
            "not installed (needs no_such)",
            "pip install 'soundwright[big]'",
        ),
        ({"models": ("nowhere",)}, Need("speak"), "There is no model 'nowhere'.", ""),
    ],
)
def test_a_tool_that_does_not_fit_says_why_and_what_would_help(
    spec: dict[str, Any], need: Need, reason: str, remedy: str
) -> None:
    found = verdict(need, **spec)
    assert (found.fits, found.reason, found.remedy) == (False, reason, remedy)


def test_weights_that_can_be_fetched_do_not_hinder() -> None:
    found = verdict(Need("speak"), models=("big",))
    assert (found.fits, found.reason) == (True, "fits, rank 50; fetches big first")
    assert verdict(Need("speak"), Store("big"), models=("big",)).reason == "fits, rank 50"


def test_offline_weights_have_to_be_here() -> None:
    found = verdict(Need("speak"), Store(offline=True), models=("big",))
    assert (found.fits, found.remedy) == (False, "soundwright models pull big")
    assert verdict(Need("speak"), Store("big", offline=True), models=("big",)).fits


def test_licences_count_only_for_commercial_use() -> None:
    assert verdict(Need("speak"), commercial_ok=False).fits
    found = verdict(Need("speak"), commercial=True, commercial_ok=False, licence_weights="CC-BY-NC-4.0")
    assert found.reason == "its licence (CC-BY-NC-4.0) is not for commercial use"


@pytest.mark.parametrize(
    ("languages", "wanted", "known"),
    [
        (("en",), "en-GB", True),
        (("en-US",), "en", True),
        (("en-US",), "EN-gb", True),
        (("en",), "eno", False),
        (("de",), "en", False),
        ((), "xx", True),
        (("de",), "", True),
    ],
)
def test_languages_match_by_their_first_part(languages: tuple[str, ...], wanted: str, known: bool) -> None:
    assert serves(NullTool(languages=languages).spec, wanted) is known


def test_when_nothing_fits_the_message_gives_remedies_and_all_reasons() -> None:
    registry = Registry([NullTool("a", modules=("no_such",), extra="x"), NullTool("b", languages=("de",), rank=99)])
    with pytest.raises(ToolMissing) as caught:
        Chooser(registry).choose(Need("speak", "en"))
    assert str(caught.value) == (
        "no tool can do speak in 'en'. To have one: pip install 'soundwright[x]'. "
        "(b: it does not know the language 'en', only de; a: not installed (needs no_such))"
    )


def test_an_operation_without_any_tool_says_so() -> None:
    with pytest.raises(ToolMissing, match="no installed tool does levitate"):
        Chooser(Registry([NullTool()])).choose(Need("levitate"))


def test_a_locked_tool_that_one_request_does_not_fit_is_passed_over_for_it() -> None:
    registry = Registry([NullTool("short", max_length_s=5), NullTool("long")])
    chooser = Chooser(registry, locked={"generate_sound": "short"})
    assert chooser.choose(Need("generate_sound", length_s=5)).name == "short"
    assert chooser.choose(Need("generate_sound", length_s=6)).name == "long"


class Terms(Store):
    """A store whose obstacles are whole sentences, as licences are."""

    def obstacle(self, model: str) -> Obstacle | None:
        return Obstacle(f"the licence of {model} is not accepted: say what you changed.", "ask its authors.")


def test_sentences_of_others_do_not_end_twice() -> None:
    registry = Registry([NullTool("big-voice", models=("big",))])
    for chooser in (
        Chooser(registry, Terms(), pins={"speak": "big-voice"}),
        Chooser(registry, Terms(), locked={"speak": "big-voice"}),
        Chooser(registry, Terms()),
    ):
        with pytest.raises(ToolMissing, match=r"say what you changed") as caught:
            chooser.choose(Need("speak"))
        assert ".." not in str(caught.value)
        assert ".;" not in str(caught.value)


def test_an_unknown_pin_is_answered_with_near_names_and_with_those_that_can() -> None:
    speakers = [NullTool(f"speaker-{n}", ("speak",)) for n in range(20)]
    registry = Registry([*speakers, NullTool("humming", ("generate_sound",))])
    with pytest.raises(ToolMissing) as caught:
        Chooser(registry, pins={"generate_sound": "hummin"}).choose(Need("generate_sound"))
    assert str(caught.value) == (
        "generate_sound: the tool 'hummin' is pinned, but no tool 'hummin' is installed; "
        "near names are humming; generate_sound is done by humming."
    )
    with pytest.raises(ToolMissing, match=r"speaker-15 and 12 more \(soundwright tools list\)\.$"):
        Chooser(registry, pins={"speak": "flute"}).choose(Need("speak"))
