"""The null tool: a distinct tone for every request, at the length that was asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import builtin
from soundwright.tools.assets import Asset, Audio, Speech, Text, content_hash
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import Cancelled, ToolError
from soundwright.tools.null import NullTool, tone_hz


def run(tool: NullTool, *requests: Request) -> list[Asset | ToolError]:
    return [result for _, result in tool.run(requests, Context())]


def speak(text: str, **params: Any) -> Request:
    return Request("speak", builtin()["speak"].resolve({"text": text, "preset": "null_a", **params}), seed=7)


def sound(description: str, length: float | None = None, seed: int = 0) -> Request:
    return Request(
        "generate_sound", builtin()["generate_sound"].resolve({"description": description, "length": length}), seed=seed
    )


def peak_hz(audio: Audio) -> float:
    spectrum = np.abs(np.fft.rfft(audio.samples[0]))
    return float(np.argmax(spectrum)) * audio.rate / audio.frames


def test_the_tone_of_a_request_is_heard_in_its_spectrum() -> None:
    for description in ("rain", "wind", "a door"):
        (audio,) = run(NullTool(), sound(description, 2.0))
        assert isinstance(audio, Audio)
        assert peak_hz(audio) == pytest.approx(tone_hz(sound(description, 2.0)), abs=1.0)


def test_different_requests_have_different_tones() -> None:
    tones = {tone_hz(sound(f"sound {n}")) for n in range(1000)} | {
        tone_hz(sound("sound 0", seed=n)) for n in range(1, 100)
    }
    assert len(tones) == 1099


def test_the_length_is_what_was_asked_for() -> None:
    (audio,) = run(NullTool(), sound("rain", 3.25))
    assert isinstance(audio, Audio)
    assert audio.length_s == pytest.approx(3.25, abs=1e-4)


def test_speech_lasts_with_its_text_and_has_words_in_order() -> None:
    short, long, fast = run(NullTool(), speak("Hello."), speak("Hello there, old friend."), speak("Hello.", speed=2.0))
    assert isinstance(short, Speech)
    assert isinstance(long, Speech)
    assert isinstance(fast, Speech)
    assert fast.length_s < short.length_s < long.length_s
    assert long.words is not None
    assert [word.text for word in long.words] == ["Hello", "there,", "old", "friend."] or len(long.words) == 4
    assert long.words[-1].end_s == pytest.approx(long.length_s, abs=0.01)


def test_a_text_that_a_step_made_is_spoken() -> None:
    request = Request("speak", speak("").params, {"text": Text("Made by a step.")})
    (made,) = run(NullTool(), request)
    assert isinstance(made, Speech)
    assert made.text == "Made by a step."


def test_effects_give_back_what_they_are_given() -> None:
    (audio,) = run(NullTool(), sound("rain", 1.0))
    assert isinstance(audio, Audio)
    (treated,) = run(NullTool(), Request("low_pass", {"cutoff": 500.0}, {"audio": audio}))
    assert not isinstance(treated, ToolError)
    assert content_hash(treated) == content_hash(audio)


def test_the_same_request_gives_the_same_bytes() -> None:
    first, second = run(NullTool(), speak("Again."), speak("Again."))
    assert isinstance(first, Speech)
    assert isinstance(second, Speech)
    assert content_hash(first) == content_hash(second)


def test_a_request_it_is_told_to_fail_on_fails_and_the_rest_goes_on() -> None:
    bad, good = run(NullTool(fail_on="wind"), sound("wind"), sound("rain"))
    assert isinstance(bad, ToolError)
    assert isinstance(good, Audio)


def test_a_cancel_is_heeded_within_a_request() -> None:
    tool = NullTool(delay_s=60)
    with pytest.raises(Cancelled):
        list(tool.run([sound("rain")], Context(cancelled=lambda: True)))


def test_it_answers_every_operation_of_the_catalogue_that_needs_no_special_input() -> None:
    audio = run(NullTool(), sound("rain", 1.0))[0]
    assert isinstance(audio, Audio)
    for operation in builtin().values():
        if operation.output not in {Kind.AUDIO, Kind.SPEECH}:
            continue  # what is no sound
        required = [name for name, field in operation.parameters.model_fields.items() if field.is_required()]
        if set(required) - {"description"} or any(
            port.many or port.name != "audio" for port in operation.inputs if not port.optional
        ):
            continue
        params = operation.resolve(dict.fromkeys(required, "rain"))
        (made,) = run(NullTool(), Request(operation.name, params, {"audio": audio} if operation.inputs else {}))
        assert not isinstance(made, ToolError), operation.name
        assert operation.output.accepts(made.kind), operation.name
