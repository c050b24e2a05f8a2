"""Long recordings in whisper: pieces of at most ten minutes, whose times and language are those of the whole."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from soundwright.tools.asr.whisper import RATE, WhisperTool
from soundwright.tools.assets import Audio, Transcript
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import Cancelled

MINUTE = 60 * RATE


class Counting:
    """A model that hears a word in each minute that is not silent, and takes what it hears first for Welsh."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, Any]] = []

    def transcribe(self, mono: Any, *, language: Any, **_: Any) -> tuple[Iterator[Any], Any]:
        self.asked.append((mono.size, language))
        minutes = [(at, np.abs(mono[at : at + MINUTE]) > 0.1) for at in range(0, mono.size, MINUTE)]
        loud = [(at + int(np.argmax(sounds))) / RATE for at, sounds in minutes if sounds.any()]
        segments = (
            SimpleNamespace(text=" un", end=at + 1, words=[SimpleNamespace(word=" un", start=at, end=at + 1)])
            for at in loud
        )
        return segments, SimpleNamespace(language=language or ("cy" if loud else "en"))


@pytest.fixture
def recording() -> Audio:
    """25 minutes: nobody speaks in the first twelve; later somebody does, but for a moment in each minute."""
    samples = np.zeros(25 * MINUTE, np.float32)
    samples[12 * MINUTE :] = 0.5
    for minute in range(12, 25):
        samples[minute * MINUTE + 50 * RATE :][: 10 * RATE] = 0.0
    return Audio(samples[None], RATE)


def heard(model: Counting, audio: Audio, context: Context | None = None, op: str = "transcribe", **params: Any) -> Any:
    tool = WhisperTool()
    tool._model = model
    ((_, made),) = tool.run([Request(op, params, {"audio": audio})], context or Context())
    return made


def test_all_of_a_long_recording_is_heard_in_one_language_with_its_own_times(recording: Audio) -> None:
    model, told = Counting(), list[float]()
    made = heard(model, recording, Context(progress=told.append))
    assert isinstance(made, Transcript)
    assert made.language == "cy"
    assert max(size for size, _ in model.asked) <= 10 * MINUTE
    assert sum(size for size, _ in model.asked) == recording.frames
    languages = [language for _, language in model.asked]
    assert languages[0] is None
    assert languages[-1] == "cy"
    starts = [word.start_s for word in made.words]
    assert starts == sorted(starts)
    assert starts[0] == 12 * 60
    assert starts[-1] > 23 * 60
    assert made.text == " ".join(["un"] * len(made.words))
    assert told == sorted(told)


def test_what_fits_is_heard_as_one(recording: Audio) -> None:
    model = Counting()
    short = Audio(recording.samples[:, : 10 * MINUTE], RATE)
    made = heard(model, short, op="translate_audio", language="fr-CA", to="en")
    assert model.asked == [(10 * MINUTE, "fr")]
    assert (made.text, made.language, made.words) == ("", "en", ())


def test_a_cancel_is_heeded_within_a_piece(recording: Audio) -> None:
    model, told = Counting(), list[float]()
    with pytest.raises(Cancelled):
        heard(model, recording, Context(progress=told.append, cancelled=lambda: bool(told)))
    assert len(told) == 1
