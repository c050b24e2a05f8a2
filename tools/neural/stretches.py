"""Stretches of recordings that a network takes at once: around a part that is made anew, and of a long one in turn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from soundwright.tools.assets import Audio
from soundwright.tools.base import Request
from soundwright.tools.errors import ToolError

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples

AROUND_S = 14.0  # that a network hears on either side of what it makes anew
SEAM_S = 2.0  # over which stretches lead into each other


def part_of(request: Request) -> tuple[float, float]:
    """The part of a recording that an ``inpaint`` makes anew, in seconds.

    Raises:
        ToolError: it does not lie in the recording.
    """
    start_s, end_s, length_s = float(request.params["from"]), float(request.params["to"]), request.audio().length_s
    if not 0 <= start_s < end_s or start_s >= length_s:
        raise ToolError(f"inpaint: {start_s:g} to {end_s:g} s is no part of a recording of {length_s:.2f} s.")
    return start_s, min(end_s, length_s)


def whole_frames(part: tuple[float, float], frames_hz: float) -> tuple[float, float]:
    """The times (s) of all frames of a codec that a part touches: half a frame inside them, as pipelines round down.

    They would keep the frame in which a part ends, and so up to a tenth of a second of what was to go.
    """
    start_s, end_s = part
    return (math.floor(start_s * frames_hz) + 0.5) / frames_hz, (math.ceil(end_s * frames_hz) + 0.5) / frames_hz


def around(request: Request, longest_s: float) -> tuple[Request, int]:
    """An ``inpaint`` of no more of its recording than the network has to hear, and the first frame of that.

    Raises:
        ToolError: the part alone is longer than the network makes at once.
    """
    audio, (start_s, end_s) = request.audio(), part_of(request)
    spare_s = min(AROUND_S, (longest_s - (end_s - start_s)) / 2)
    if spare_s < 0:
        raise ToolError(f"inpaint: at most {longest_s:g} s are made anew at once, not {end_s - start_s:g} s.")
    start, end = round(start_s * audio.rate), round(end_s * audio.rate)
    spare = max(0, int(spare_s * audio.rate) - 1)  # one is for rounding
    first, last = max(0, start - spare), min(audio.frames - audio.tail, end + spare)
    part = {"from": (start - first) / audio.rate, "to": (end - first) / audio.rate}
    return _of_stretch(replace(request, params={**request.params, **part}), first, last), first


def put_back(audio: Audio, stretch: Audio, first: int) -> Audio:
    """``audio`` with ``stretch`` in place of what was there from frame ``first`` on."""
    whole = audio.samples.copy()
    whole[:, first : first + stretch.frames] = stretch.samples
    return Audio(whole, audio.rate, audio.tail)


def in_turn(request: Request, longest_s: float) -> list[Request]:
    """A request about a long recording as one for each of some stretches, alike in length, with noise of their own.

    Neighbours share ``SEAM_S`` seconds, or a tenth of ``longest_s`` where that is less.
    """
    audio = request.audio()
    frames, longest = audio.frames - audio.tail, int(longest_s * audio.rate) - 1  # one is for rounding
    if frames <= longest:
        return [request]
    seam = _seam(audio, longest_s)
    count = -(-(frames - seam) // (longest - seam))
    firsts = [round(n * (frames - seam) / count) for n in range(count + 1)]
    return [
        _of_stretch(replace(request, seed=request.seed + number), first, after + seam)
        for number, (first, after) in enumerate(pairwise(firsts))
    ]


def joined(stretches: Sequence[Audio], longest_s: float) -> Audio:
    """What was made of the stretches of ``in_turn``, in one."""
    rate, seam = stretches[0].rate, _seam(stretches[0], longest_s)
    whole = stretches[0].samples
    for stretch in stretches[1:]:
        lead = crossed(whole[:, -seam:], stretch.samples[:, :seam])
        whole = np.concatenate([whole[:, :-seam], lead, stretch.samples[:, seam:]], axis=1)
    return Audio(whole, rate)


def crossed(one: Samples, other: Samples) -> Samples:
    """``one`` (channels, frames) leading over into ``other``, as loud all the way, however alike the two are."""
    turn = np.linspace(0, np.pi / 2, one.shape[1], dtype=np.float32)
    sink, rise = np.cos(turn), np.sin(turn)
    power = float(np.sqrt(np.mean(np.square(one)) * np.mean(np.square(other))))
    alike = max(0.0, float(np.mean(one * other)) / power) if power > 0 else 0.0
    return np.asarray((one * sink + other * rise) / np.sqrt(1 + 2 * sink * rise * alike), np.float32)


def _seam(audio: Audio, longest_s: float) -> int:
    return int(min(SEAM_S, longest_s / 10) * audio.rate)


def _of_stretch(request: Request, first: int, last: int) -> Request:
    audio = request.audio()
    return replace(request, inputs={**request.inputs, "audio": Audio(audio.samples[:, first:last], audio.rate)})
