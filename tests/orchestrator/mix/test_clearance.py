from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from soundwright.orchestrator.mix.mixer import cleared, total_of
from soundwright.orchestrator.mix.under_speech import under_speech
from soundwright.orchestrator.timeline import Timeline
from soundwright.tools.assets import Samples


def swelling(studio: Any, seconds: float, seed: int) -> Samples:
    """Waves: a bed that is 10 dB louder at times than on the whole."""
    samples = studio.noise(seconds, channels=2, seed=seed)
    swell = 10 ** ((np.sin(np.arange(samples.shape[1]) / 48000 * 1.3) ** 8 * 20 - 20) / 20)
    return np.asarray(samples * swell, np.float32)


def story(studio: Any, **more: Any) -> Timeline:
    lines = [studio.say(voice="AB"[i % 2], **more) for i in range(5)]
    made = studio.script(
        {"type": "music", "description": "m", "layer": "background"},
        {"type": "sound", "description": "sea", "layer": "background"},
        {"type": "sound", "description": "crowd", "layer": "background"},
        *lines, {"type": "pause", "length": 3},
    )  # fmt: skip
    sounds: dict[int, Any] = {i + 3: (studio.voice(1.2 + i, seed=i), 24000) for i in range(5)}
    sounds |= {i: swelling(studio, 20, 40 + i) for i in range(3)}
    return studio.timeline(made, sounds)  # type: ignore[no-any-return]  # a fixture


@pytest.mark.parametrize("gain", [0.0, -8.0])
def test_music_lies_ten_and_ambience_fifteen_below_every_line(studio: Any, gain: float) -> None:
    levels = under_speech(story(studio, gain=gain))
    assert len(levels) == 5
    for line in levels:
        assert line.speech_lufs == pytest.approx(-18 + gain, abs=0.3)
        assert line.music_lu >= 10
        assert line.ambience_lu >= 15


def test_steady_beds_under_usual_lines_sink_by_their_duck_alone(studio: Any) -> None:
    made = studio.script({"type": "music", "description": "m", "layer": "background"}, studio.say())
    timeline = studio.timeline(made, {0: studio.noise(20.0, channels=2), 1: (studio.voice(3.0), 24000)})
    renderer = cleared(timeline, 48000, 2, 1)
    plain = studio.render(timeline)
    np.testing.assert_array_equal(np.concatenate([total_of(s, 2) for s in renderer.segments()], axis=1), plain)
    assert under_speech(timeline)[0].music_lu == pytest.approx(15, abs=1)


def test_beds_that_never_duck_are_left_alone(studio: Any) -> None:
    made = studio.script(
        {"type": "music", "description": "m", "layer": "background", "duck": 0, "gain": 10}, studio.say()
    )
    timeline = studio.timeline(made, {0: studio.noise(20.0, channels=2), 1: (studio.voice(3.0), 24000)})
    assert under_speech(timeline)[0].music_lu == pytest.approx(-4, abs=1)


def test_another_take_of_a_line_changes_no_bed(studio: Any) -> None:
    before = story(studio)
    beds = [c for c in before.clips if c.bed]

    def rendered(timeline: Timeline) -> Samples:
        renderer = cleared(timeline, 48000, 2, 1)
        renderer.keep_only(lambda c: c.bed)
        return np.concatenate([total_of(s, 2) for s in renderer.segments()], axis=1)

    first = rendered(before)
    studio.keep("sound4", studio.voice(2.2, 210, seed=9), 24000)
    np.testing.assert_array_equal(first, rendered(before))
    assert len(beds) == 3
