"""Questions, captions and word errors: what is understood and what is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Audio, Event, Scores, Text, Transcript
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.model_store import ModelStore
from soundwright.tools.understanding import in_words
from soundwright.tools.understanding.measured import MeasuredTool
from soundwright.tools.understanding.questions import understood
from soundwright.tools.understanding.word_errors import normal_words, word_scores


@pytest.mark.parametrize(
    ("question", "asked", "about"),
    [
        ("What is being said?", "words", ""), ("what do they say here", "words", ""),
        ("Which language is spoken?", "language", ""), ("How many people are speaking?", "speakers", ""),
        ("How loud is it?", "loudness", ""), ("How long is this?", "length", ""), ("What key is it in?", "key", ""),
        ("How many beats per minute?", "tempo", ""), ("How clean is the speech?", "quality", ""),
        ("Does anybody speak?", "speech", ""), ("Is there a dog?", "presence", "dog"),
        ("Can you hear any breaking glass in the recording?", "presence", "breaking glass"),
        ("When is the siren heard?", "times", "siren"), ("How often is a door heard?", "count", "door"),
        ("What's heard?", "sounds", ""), ("Which animals are there?", "sounds", ""),
    ],
)  # fmt: skip
def test_questions_that_can_be_measured(question: str, asked: str, about: str) -> None:
    found = understood(question)
    assert found is not None
    assert (found.asked, found.about) == (asked, about)


@pytest.mark.parametrize("question", ["Why is he sad?", "Who killed Roger?", "Is he lying?", ""])
def test_other_questions_are_refused_beforehand(question: str) -> None:
    assert understood(question) is None
    assert "more than can be measured" in MeasuredTool().refusal("answer", {"question": question})


def test_sentences_say_what_was_measured() -> None:
    said = Transcript("Come in. " * 30, "de-AT")
    assert in_words.caption(3.21, ["Rain", "Wind"], None) == "3.2 s of rain and wind."
    assert in_words.caption(200, [], Transcript("", "")) == "3 min 20 s of sound."
    assert in_words.words(said).startswith("Somebody says in German: “Come in. Come in.")
    assert in_words.words(said).endswith(" …”")
    assert in_words.times([Event("x", n, n + 0.5) for n in range(7)]).endswith("and 2 times more")


def test_word_errors_count_what_differs_and_not_how_it_is_written() -> None:
    assert word_scores("The 3rd colour, grey!", "the third color gray", "en") == Scores(
        {"word_error_rate": 0.0, "errors": 0.0, "words": 4.0}
    )
    assert word_scores("one two three four", "one too three", "en").scores["errors"] == 2
    assert word_scores("Grüß Gott", "grüß gott!", "de").scores["errors"] == 0
    assert normal_words("你好 吗", "zh") == ["你", "好", "吗"]


@pytest.fixture(scope="module")
def measured(models_folder: Path) -> Iterator[MeasuredTool]:
    pytest.importorskip("faster_whisper", reason="the extra 'transcribe' is not installed")
    store = ModelStore(models_folder)
    tool = MeasuredTool()
    for model in tool.spec.models:
        store.pull(model)
    tool.load(Place(weights=store.paths(tool.spec.models), threads=2))
    yield tool
    tool.close()


def asked(tool: MeasuredTool, op: str, audio: Audio, **params: Any) -> str:
    ((_, made),) = tool.run([Request(op, params, {"audio": audio})], Context())
    if isinstance(made, ToolError):
        raise made
    assert isinstance(made, Text)
    return made.text


@pytest.mark.engines
def test_a_recording_is_described_and_asked_about(measured: MeasuredTool, spoken: Audio) -> None:
    said = asked(measured, "caption", spoken)
    assert "speech" in said
    assert "in English" in said
    assert "the rain has stopped" in said.lower()
    answers = {
        question: asked(measured, "answer", spoken, question=question)
        for question in (
            "What is said?",
            "How many people speak?",
            "How long is it?",
            "Is there a dog?",
            "How loud is it?",
        )
    }
    assert "window" in answers["What is said?"]
    assert answers["How many people speak?"].startswith("1 speaker")
    assert answers["How long is it?"] == f"{spoken.length_s:.1f} s."
    assert answers["Is there a dog?"] == "“dog” is not heard."
    assert "LUFS" in answers["How loud is it?"]
    with pytest.raises(ToolError, match="more than can be measured"):
        asked(measured, "answer", spoken, question="Why does it rain?")


@pytest.mark.engines
def test_silence_has_a_caption(measured: MeasuredTool) -> None:
    silence = Audio(np.zeros((1, 16000), np.float32), 16000)
    assert asked(measured, "caption", silence) == "1.0 s of sound."
    assert asked(measured, "answer", silence, question="What is said?") == "Nobody is heard to speak."


SENTENCES = (
    "The train was late again, so we walked along the river until the sun went down.",
    "Nobody told me that the door would be locked, or that the key was under the mat.",
    "If you listen closely, you can hear the bells of the old town across the water.",
    "I have thought about it for three days, and my answer is still the same.",
    "Take the lantern and come with me, the path is steep and the stones are wet.",
    "My grandmother kept a blue bicycle in the kitchen, beside the stove.",
    "Seven people came to dinner, but only six of them went home.",
    "He wrote a letter to the captain and never received an answer.",
    "There is a small garden behind the church where the children play.",
    "She closed the window, turned off the light, and waited for the storm.",
)


@pytest.mark.engines
def test_long_recordings_are_heard_whole_by_whisper(models_folder: Path, run_one: Callable[..., Any]) -> None:
    pytest.importorskip("faster_whisper", reason="the extra 'transcribe' is not installed")
    from soundwright.tools.asr.whisper import WhisperTool  # noqa: PLC0415
    from soundwright.tools.tts.hibari import HibariTool  # noqa: PLC0415

    speaker = HibariTool()
    speaker.load(Place())
    requests = [Request("speak", {"text": text, "preset": "heart", "language": "en"}) for text in SENTENCES]
    clips = [clip for _, clip in sorted(speaker.run(requests, Context()), key=lambda pair: pair[0])]
    sounds = [clip.samples for clip in clips if isinstance(clip, Audio)]
    rate = 24000
    begins_s = np.cumsum([0, *(sound.shape[1] / rate + 0.5 for sound in sounds[:-1])])
    gap = np.zeros((1, rate // 2), np.float32)
    whole = Audio(np.concatenate([part for sound in sounds for part in (sound, gap)], axis=1), rate)
    assert whole.length_s > 35  # more than the window of the engine
    place = Place(weights=ModelStore(models_folder).paths(("whisper-base",)), threads=2)
    heard = run_one(WhisperTool(), "transcribe", whole, place, language="")
    assert heard.language == "en"
    assert word_scores(" ".join(SENTENCES), heard.text, "en").scores["word_error_rate"] < 0.06
    starts = np.array([word.start_s for word in heard.words])
    assert max(float(np.abs(starts - begin).min()) for begin in begins_s) < 0.6
    with pytest.raises(ToolError, match="into English only"):
        run_one(WhisperTool(), "translate_audio", whole, place, to="de")
