"""How long scripts are taken to last, and how silences bring them to a length."""

from __future__ import annotations

from typing import Any

import pytest

from soundwright.orchestrator.planner.estimate import amount_of_speech, estimated_length, programme_s, speech_s
from soundwright.orchestrator.planner.fitting import fit
from soundwright.orchestrator.planner.refit import refit
from soundwright.scripts_compiler.document import from_data
from soundwright.scripts_compiler.script import MusicCue, PauseCue, Script, SpeechCue


def script(*cues: Any) -> Script:
    voices = [{"name": "Ann", "description": "x"}, {"name": "Bob", "description": "y"}]
    return from_data({"version": 1, "voices": voices, "cues": list(cues)}).script


def say(text: str, voice: str = "Ann", **more: Any) -> dict[str, Any]:
    return {"type": "speech", "voice": voice, "text": text} | more


# Seconds that Kokoro took for these lines, silence trimmed.
MEASURED = [
    ("Sit down. The stove is warm, and the tea is only a little terrible.", 4.08),
    ("Nobody climbs these stairs at night. Who is there?", 3.52),
    ("The nine o'clock? It left at nine o'clock, miss.", 2.92),
    ("A planet that can keep a secret for three billion years. Good night.", 3.69),
    ("The train stood in a tunnel for twenty minutes.", 2.33),
    ("That will be the harbour. Nobody else has the number.", 2.92),
    ("On the last night of October, a boat was broken on Gull Rock. Only one of the crew reached the stairs.", 5.5),
    ("There were footsteps on the gravel, slow ones, and then a knock on the door.", 3.41),
    ("Martha had put the kettle on and forgotten it twice.", 2.63),
    ("That sound took twelve minutes to reach us. Nobody in this room spoke until it was over.", 5.31),
    ("Mind the rope!", 0.83),
]


def test_speech_is_estimated_within_a_tenth_over_several_lines() -> None:
    spoken = sum(seconds for _, seconds in MEASURED)
    assert sum(speech_s(text) for text, _ in MEASURED) == pytest.approx(spoken, rel=0.1)


def test_faster_speech_and_other_languages_take_their_time() -> None:
    assert speech_s("Nobody is here.", speed=2.0) == pytest.approx(speech_s("Nobody is here.") / 2)
    assert speech_s("今天的天气非常好", "zh") == pytest.approx(1.8, abs=0.5)
    assert amount_of_speech(10, "zh")[1] == "characters"
    assert amount_of_speech(10, "pt-BR")[1] == "words"


def test_a_programme_is_placed_with_its_gaps_and_overlaps() -> None:
    line = speech_s("Nobody is here.")
    both = script(say("Nobody is here."), say("Nobody is here.", "Bob"))
    assert programme_s(both) == pytest.approx(2 * line + 0.3)
    over = script(say("Nobody is here."), say("Nobody is here.", "Bob", start={"offset": -0.5}))
    assert programme_s(over) == pytest.approx(2 * line - 0.5)


def test_within_the_tolerance_nothing_changes() -> None:
    made = script(say("Nobody is here."), {"type": "pause", "length": 8})
    fitted = fit(made, programme_s(made) * 1.09)
    assert fitted.fits
    assert fitted.script is made


@pytest.mark.parametrize("factor", [0.6, 0.8, 1.2])
def test_pauses_and_interludes_are_fitted(factor: float) -> None:
    made = script(
        say("Nobody is here."), {"type": "pause", "length": 2}, say("Not yet."), {"type": "pause", "length": 2},
        {"type": "music", "description": "strings", "length": 6},
    )  # fmt: skip
    target = programme_s(made) * factor
    fitted = fit(made, target)
    assert fitted.changed
    assert programme_s(fitted.script) == pytest.approx(target, rel=0.1)
    texts = [cue.text for cue in fitted.script.cues if isinstance(cue, SpeechCue)]
    assert texts == ["Nobody is here.", "Not yet."]
    assert all(cue.length >= 0.2 for cue in fitted.script.cues if isinstance(cue, PauseCue))
    assert all((cue.length or 0) >= 2 for cue in fitted.script.cues if isinstance(cue, MusicCue))


def test_pauses_are_put_between_speakers() -> None:
    made = script(*(say("Nobody is here, as you can see.", ("Ann", "Bob")[n % 2]) for n in range(10)))
    fitted = fit(made, programme_s(made) * 1.25)
    assert fitted.fits
    assert sum(isinstance(cue, PauseCue) for cue in fitted.script.cues) == 9


@pytest.mark.parametrize("factor", [0.3, 5.0])
def test_what_silences_cannot_do_is_left_alone(factor: float) -> None:
    made = script(say("Nobody is here."), say("Not yet.", "Bob"), {"type": "pause", "length": 1})
    fitted = fit(made, programme_s(made) * factor)
    assert not fitted.fits
    assert fitted.script is made


def test_what_was_rendered_is_fitted_once_more() -> None:
    cues = [say("Nobody is here, as you can see."), {"type": "pause", "length": 3}, say("Not yet, and not tomorrow.")]
    voices = [{"name": "Ann", "description": "x"}]
    document = from_data({"version": 1, "duration": 8, "voices": voices, "cues": cues})
    assert refit(document, 8.3) is None
    assert refit(document, 80.0) is None
    better = refit(document, 9.5)
    assert better is not None
    (pause,) = (cue for cue in better.script.cues if isinstance(cue, PauseCue))
    assert 3 - pause.length == pytest.approx(1.5, abs=0.85)


def test_measured_lengths_are_fitted_as_estimated_ones_are() -> None:
    made = script(say("Nobody is here."), {"type": "pause", "length": 5}, say("Not yet."))

    def measured(of: Script, index: int) -> float:
        return 2 * estimated_length(of, index)

    fitted = fit(made, 7.0, measured)
    assert programme_s(fitted.script, measured) == pytest.approx(7.0, rel=0.1)
