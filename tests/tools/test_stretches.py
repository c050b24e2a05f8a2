"""What of a recording a network hears, and how what it makes comes back into the recording."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Audio, Samples
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.neural.runtime import Runtime
from soundwright.tools.neural.shaping import patched
from soundwright.tools.neural.stretches import around, crossed, in_turn, joined, part_of, put_back, whole_frames
from soundwright.tools.sfx.stable_audio3 import StableAudio3Tool

RATE = 2000
torch: Any = SimpleNamespace(float32="float32")  # as much of it as is asked for


def recording(length_s: float, seed: int = 5, tail: int = 0) -> Audio:
    samples = np.random.default_rng(seed).normal(0, 0.1, (2, round(RATE * length_s))).astype(np.float32)
    samples[:, ::7] = -0.0  # a zero whose sign is easily lost
    return Audio(samples, RATE, tail)


def inpaint(audio: Audio, start_s: float, end_s: float) -> Request:
    return Request("inpaint", {"from": start_s, "to": end_s, "description": "wind", "take": 0}, {"audio": audio}, 1)


def vary(audio: Audio) -> Request:
    return Request("vary", {"description": "", "strength": 0.5, "take": 0}, {"audio": audio}, 1)


class Deaf(StableAudio3Tool):
    """The tool with a network that gives back what it hears, or other noise, and tells how much of it that was."""

    def __init__(self, *, noise: bool = False) -> None:
        super().__init__()
        self._runtime = Runtime(torch, "cpu", torch.float32, 1)
        self.noise, self.heard_s, self.seeds = noise, [], []  # type: tuple[bool, list[float], list[int]]

    def _at_once(self, requests: Sequence[Request], context: Context) -> list[Audio]:
        (request,) = requests
        audio = request.audio()
        self.heard_s.append(audio.length_s)
        self.seeds.append(request.seed)
        made = recording(audio.length_s, 9).samples if self.noise else audio.samples
        if request.op == "inpaint":
            return [patched(audio, made, audio.rate, *part_of(request))]
        return [Audio(made, audio.rate)]


def bits(samples: Samples) -> Any:
    return samples.view(np.uint32)


def run(tool: Deaf, request: Request) -> Audio:
    ((_, made),) = tool.run([request], Context())
    if isinstance(made, ToolError):
        raise made
    assert isinstance(made, Audio)
    return made


@pytest.mark.parametrize(("start_s", "heard_s"), [(600.0, 30.0), (1.0, 17.0), (1197.0, 17.0)])
def test_a_gap_in_twenty_minutes_is_mended_from_its_surroundings(start_s: float, heard_s: float) -> None:
    given, tool = recording(1200.0, tail=40), Deaf(noise=True)
    made = run(tool, inpaint(given, start_s, start_s + 2.0))
    assert tool.heard_s == [pytest.approx(heard_s, abs=0.06)]
    assert (made.rate, made.samples.shape, made.tail) == (given.rate, given.samples.shape, 40)
    start, end = round(start_s * RATE), round((start_s + 2.0) * RATE)
    outside = np.r_[0:start, end : given.frames]
    assert np.array_equal(bits(made.samples)[:, outside], bits(given.samples)[:, outside])
    inside = made.samples[:, start + 50 : end - 50]
    assert np.corrcoef(inside[0], given.samples[0, start + 50 : end - 50])[0, 1] < 0.1
    level = np.std(inside) / np.std(given.samples)
    assert 0.8 < level < 1.25


def test_a_gap_leaves_as_much_around_it_as_the_network_can_hear() -> None:
    given = recording(900.0)
    stretch, first = around(inpaint(given, 300.0, 670.0), 380.0)
    assert stretch.audio().length_s == pytest.approx(380.0, abs=0.01)
    assert stretch.audio().length_s <= 380.0
    assert first / RATE == pytest.approx(295.0, abs=0.01)
    assert part_of(stretch) == pytest.approx((300.0 - first / RATE, 670.0 - first / RATE), abs=1e-9)
    with pytest.raises(ToolError, match="at most 380 s are made anew at once, not 400 s"):
        around(inpaint(given, 300.0, 700.0), 380.0)
    with pytest.raises(ToolError, match="is no part of a recording"):
        around(inpaint(given, 950.0, 960.0), 380.0)


def test_a_stretch_comes_back_to_its_place() -> None:
    given = recording(3.0)
    made = put_back(given, Audio(np.ones((2, 100), np.float32), RATE), 50)
    assert np.all(made.samples[:, 50:150] == 1)
    assert np.array_equal(bits(made.samples)[:, :50], bits(given.samples)[:, :50])
    assert np.array_equal(bits(made.samples)[:, 150:], bits(given.samples)[:, 150:])


def test_a_part_takes_every_frame_of_the_codec_that_it_touches() -> None:
    start_s, end_s = whole_frames((1.0, 1.05), 10.766)
    assert (int(start_s * 10.766), int(end_s * 10.766)) == (10, 12)  # frames 10 and 11: 0.93 to 1.11 s
    start_s, end_s = whole_frames((2.0, 3.0), 25.0)
    assert (int(start_s * 25.0), int(end_s * 25.0)) == (50, 75)


@pytest.mark.parametrize("length_s", [380.1, 900.0, 1141.3])
def test_a_long_recording_is_varied_stretch_by_stretch(length_s: float) -> None:
    given, tool = recording(length_s), Deaf()
    made = run(tool, vary(given))
    assert len(tool.heard_s) == len(set(tool.seeds)) > 1
    assert max(tool.heard_s) <= 380.0
    assert max(tool.heard_s) - min(tool.heard_s) < 0.01
    assert made.samples.shape == given.samples.shape
    assert np.abs(made.samples - given.samples).max() < 1e-6  # what is alike is not louder where it is crossed


def test_a_short_recording_is_varied_at_once() -> None:
    given, tool = recording(5.0), Deaf()
    assert np.array_equal(run(tool, vary(given)).samples, given.samples)
    assert tool.heard_s == [5.0]
    assert in_turn(vary(given), 380.0)[0].seed == 1


def test_what_differs_is_as_loud_where_it_is_crossed() -> None:
    one, other = recording(2.0, 1).samples, recording(2.0, 2).samples
    lead = crossed(one, other)
    thirds = [float(np.std(lead[:, n * 1000 : (n + 1) * 1000])) for n in range(4)]
    assert max(thirds) / min(thirds) < 1.1
    assert np.allclose(lead[:, 0], one[:, 0], atol=1e-6)
    assert np.allclose(lead[:, -1], other[:, -1], atol=1e-6)
    assert joined([Audio(one, RATE)], 1.0).frames == one.shape[1]
    silent = np.zeros((1, 10), np.float32)
    assert not crossed(silent, silent).any()
