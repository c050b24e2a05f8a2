"""SpeechT5 and Dia on toy weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Audio, Speech, Voice
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import Cancelled, ToolError
from soundwright.tools.tts.dia import DiaTool
from soundwright.tools.tts.speecht5 import SpeechT5Tool

pytestmark = pytest.mark.engines
Toys = Callable[[str], Path]


def line(text: str, seed: int = 1, **params: Any) -> Request:
    return Request("speak", {"text": text, "language": "en", **params}, {}, seed)


@pytest.fixture(scope="module")
def speecht5(toys: Toys) -> SpeechT5Tool:
    tool = SpeechT5Tool()
    weights = {
        "speecht5-tts": toys("speecht5-tts"),
        "speecht5-hifigan": toys("speecht5-hifigan"),
    }
    tool.load(Place(weights=weights))
    return tool


def test_speecht5_speaks_by_its_seed(speecht5: SpeechT5Tool, kit: Any) -> None:
    assert kit.check_seeds_and_batches(speecht5, line, ["Come in.", "Who is there?"]) >= 100
    (said,) = kit.ran(speecht5, [line("Come in.")])
    assert isinstance(said, Speech)
    assert said.rate == 16000


def test_speecht5_takes_speakers_from_files_and_voices(speecht5: SpeechT5Tool, kit: Any) -> None:
    vector = np.load(speecht5._folder / "speakers" / "mara.npy")
    by_voice = replace(line("Come in."), inputs={"clone": Voice("own", vector.astype("<f4").tobytes())})
    plain, mara, same = kit.sounds(speecht5, [line("Come in."), line("Come in.", preset="mara"), by_voice])
    assert kit.snr_db(mara, same) >= 100
    assert plain.samples.shape != mara.samples.shape or kit.snr_db(plain, mara) < 100


@pytest.mark.parametrize(
    ("preset", "said"), [("odd", "no x-vector of 8"), ("nobody", "no speaker"), ("../odd", "no speaker")]
)
def test_speecht5_names_what_is_no_speaker(speecht5: SpeechT5Tool, preset: str, said: str) -> None:
    ((_, made),) = speecht5.run([line("Come in.", preset=preset)], Context())
    assert isinstance(made, ToolError)
    assert said in str(made)


def test_speecht5_leaves_when_it_is_cancelled(speecht5: SpeechT5Tool, kit: Any) -> None:
    with pytest.raises(Cancelled):
        list(speecht5.run([line("Come in.")], kit.cancelled_after(4)))


@pytest.fixture(scope="module")
def dia(toys: Toys) -> DiaTool:
    tool = DiaTool()
    tool.load(Place(weights={"dia-1.6b": toys("dia-1.6b"), "dac-44khz": toys("dac-44khz")}))
    return tool


def test_dia_speaks_by_its_seed(dia: DiaTool, kit: Any) -> None:
    assert kit.check_seeds_and_batches(dia, line, ["Come in.", "Who is there?"]) >= 100
    (said,) = kit.ran(dia, [line("Come in.", preset="S2")])
    assert isinstance(said, Speech)
    assert said.rate == 44100


def test_dia_laughs_and_names_what_it_cannot(dia: DiaTool, kit: Any) -> None:
    (made,) = kit.sounds(dia, [Request("vocalise", {"vocal": "laugh", "preset": "S1"}, {}, 1)])
    assert type(made) is Audio
    assert "dia cannot sob" in dia.refusal("vocalise", {"vocal": "sob"})
    ((_, refused),) = dia.run([line("Come in.", preset="S3")], Context())
    assert "no voice 'S3'" in str(refused)


def test_dia_leaves_when_it_is_cancelled(dia: DiaTool, kit: Any) -> None:
    with pytest.raises(Cancelled):
        list(dia.run([line("Come in.")], kit.cancelled_after(4)))
