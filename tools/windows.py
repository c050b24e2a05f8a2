"""Long sound by windows: an engine hears a stretch at a time, and the stretches are joined without a seam.

    |  margin  |< fade >|          core          |< fade >|  margin  |

Neighbours overlap by ``fade`` frames, over which one sinks and the other rises (the two always sum to 1). ``margin``
frames on each side are heard and thrown away. A method whose output depends on no more than ``margin`` frames before
and after gives the same as on the whole: bit for bit without a fade, else to the rounding of float32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Samples
from soundwright.tools.base import Context
from soundwright.tools.errors import ToolDefect

Process = Callable[[Samples], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch, in frames of the whole: ``read`` to ``read_end`` is heard, ``start`` to ``end`` is kept.

    ``rise`` frames from ``start`` and ``sink`` frames before ``end`` are shared with the neighbours.
    """

    read: int
    read_end: int
    start: int
    end: int
    rise: int
    sink: int


@dataclass(frozen=True, slots=True)
class Windowing:
    """How to cut: ``core``, ``fade`` and ``margin`` in frames; every cut lies on a multiple of ``align`` frames."""

    core: int
    fade: int = 0
    margin: int = 0
    align: int = 1

    def __post_init__(self) -> None:
        if self.core <= 0 or self.align <= 0 or self.fade < 0 or self.margin < 0:
            raise ValueError(f"core and align must be positive, fade and margin not negative: {self}")
        if self.fade > self.core:
            raise ValueError(f"fade ({self.fade}) must not exceed core ({self.core}): only neighbours may overlap")

    def over(self, frames: int) -> Iterator[Window]:
        """The windows of a sound; a rest shorter than half a core is heard with the window before it."""
        core = _up(self.core, self.align)
        half, margin = _up(-(-self.fade // 2), self.align), _up(self.margin, self.align)
        count = max(1, frames // core + (frames % core >= max(core / 2, 2 * half)))
        for index in range(count):
            first, last = index == 0, index == count - 1
            start, end = index * core - (0 if first else half), frames if last else (index + 1) * core + half
            yield Window(
                max(0, start - margin), min(frames, end + margin), start, end, 0 if first else 2 * half,
                0 if last else 2 * half,
            )  # fmt: skip


def in_seconds(rate: int, core_s: float, fade_s: float = 0.0, margin_s: float = 0.0, align: int = 1) -> Windowing:
    """A windowing measured in seconds at ``rate`` Hz."""
    return Windowing(max(1, round(core_s * rate)), round(fade_s * rate), round(margin_s * rate), align)


def overlap_add(samples: Samples, windowing: Windowing, process: Process, context: Context | None = None) -> Samples:
    """``process`` on each window of (channels, frames), joined: (..., frames) with whatever axes it puts before.

    Beside the result no more than one window's input and output are held at once. Progress is told, and a cancel
    heeded, between windows.

    Raises:
        ToolDefect: ``process`` changed the number of frames, or gave one window another shape than the others.
        Cancelled: the run was cancelled.
    """
    frames = samples.shape[-1]
    if frames == 0:
        return np.asarray(process(samples), np.float32)
    whole: Samples | None = None
    for window in windowing.over(frames):
        if context is not None:
            context.check()
        made = _made(process, samples[..., window.read : window.read_end])
        if whole is None:
            whole = np.zeros((*made.shape[:-1], frames), np.float32)
        elif made.shape[:-1] != whole.shape[:-1]:
            raise ToolDefect(f"a window came out as {made.shape[:-1]}, the ones before as {whole.shape[:-1]}")
        _add(whole, made[..., window.start - window.read : window.end - window.read], window)
        if context is not None:
            context.progress(window.end / frames)
    assert whole is not None  # noqa: S101  there is always one window
    return whole


def cut(samples: Samples, length: int, hop: int) -> Iterator[tuple[int, Samples]]:
    """Stretches of exactly ``length`` frames every ``hop`` frames with their first frame, for taggers and the like.

    The last one reaches the end and is filled with silence.

    Raises:
        ValueError: ``length`` or ``hop`` is not positive.
    """
    if length <= 0 or hop <= 0:
        raise ValueError(f"length and hop must be positive, not {length} and {hop}")
    frames = samples.shape[-1]
    for start in range(0, max(1, frames - length + hop), hop):
        piece = samples[..., start : start + length]
        short = length - piece.shape[-1]
        yield start, np.pad(piece, [(0, 0)] * (piece.ndim - 1) + [(0, short)]) if short else piece


def _made(process: Process, piece: Samples) -> Samples:
    made = np.asarray(process(piece), np.float32)
    if made.shape[-1] != piece.shape[-1]:
        raise ToolDefect(f"a window of {piece.shape[-1]} frames came out with {made.shape[-1]}")
    return made


def _add(whole: Samples, kept: Samples, window: Window) -> None:
    """Put one window in: where it rises it is added to what sinks there."""
    if window.rise:
        whole[..., window.start : window.start + window.rise] += kept[..., : window.rise] * rising(window.rise)
    body = kept.shape[-1] - window.sink
    whole[..., window.start + window.rise : window.start + body] = kept[..., window.rise : body]
    if window.sink:
        whole[..., window.end - window.sink : window.end] = kept[..., body:] * rising(window.sink)[::-1]


def rising(frames: int) -> Samples:
    """A squared sine from 0 to 1, which with its mirror image sums to 1: for neighbours that are alike."""
    return np.asarray(np.sin((np.arange(frames) + 0.5) / frames * np.pi / 2) ** 2, np.float32)


def _up(value: int, step: int) -> int:
    return -(-value // step) * step
