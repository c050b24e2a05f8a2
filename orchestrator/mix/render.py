"""Rendering: the timeline as segments of a fixed length, one stem beside the other (mix rule D)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from types import MappingProxyType

import numpy as np

from soundwright.orchestrator.mix.clearance import Clearance
from soundwright.orchestrator.mix.ducking import Ducking
from soundwright.orchestrator.mix.envelopes import Curve, fades, gain_curve, pan_gains
from soundwright.orchestrator.mix.prepare import Prepared, prepare
from soundwright.orchestrator.mix.spaces import PARTITION, Convolver
from soundwright.orchestrator.mix.workers import Workers
from soundwright.orchestrator.timeline import LONGEST_TAIL_S, STEMS, Clip, Stem, Timeline
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.units import frames
from soundwright.tools.assets import Samples

SEGMENT = 8 * PARTITION
AHEAD = 2


class Renderer:
    """Renders a timeline at ``rate`` with ``channels`` (1 or 2). ``warnings`` are complete when all is rendered."""

    def __init__(
        self,
        timeline: Timeline,
        rate: int,
        channels: int,
        jobs: int = 1,
        clearances: Mapping[Stem, Clearance] = MappingProxyType({}),
    ) -> None:
        """``clearances`` are what the beds of a stem sink beyond their ``duck``."""
        self._clearances = clearances
        self.rate, self.channels, self._jobs = rate, channels, jobs
        self.warnings: list[Problem] = []
        self._waiting = sorted(timeline.clips, key=lambda c: (frames(c.start_s, rate), c.index))[::-1]
        self._ducking = Ducking(timeline.ducked, rate)
        self._active: list[_Playing] = []
        spaces = sorted({(clip.stem, clip.space) for clip in timeline.clips if clip.space != "none"})
        self._convolvers = {key: Convolver(_response(key[1], rate, channels)) for key in spaces}
        self.stems: tuple[Stem, ...] = tuple(s for s in STEMS if any(c.stem == s for c in timeline.clips))
        self.frames = self._length(timeline)

    def _length(self, timeline: Timeline) -> int:
        """Until the last tail has rung, but at most 10 s after the programme's end unless a fade was written longer."""
        end = frames(timeline.duration_s, self.rate)
        latest = end
        for clip in timeline.clips:
            stop = frames(clip.start_s, self.rate) + frames(clip.play_s, self.rate)
            ring = _response(clip.space, self.rate, self.channels).shape[1] if clip.space != "none" else 0
            latest = max(latest, stop, min(stop + ring, end + frames(LONGEST_TAIL_S, self.rate)))
        return latest

    def keep_only(self, wanted: Callable[[Clip], bool]) -> None:
        """Leave out all other clips, before ``segments``; those that stay sound as they did."""
        self._waiting = [clip for clip in self._waiting if wanted(clip)]

    def segments(self) -> Iterator[dict[Stem, Samples]]:
        """Each segment as (channels, frames) of every stem that the timeline has; the last one is shorter."""
        try:
            with Workers(self._jobs) as workers:
                for start in range(0, self.frames, SEGMENT):
                    stop = min(start + SEGMENT, self.frames)
                    self._look_ahead(workers, start)
                    yield {name: stem[:, : stop - start] for name, stem in self._segment(start).items()}
                    self._leave(start + SEGMENT)
        finally:
            for playing in self._active:
                playing.close()

    def _look_ahead(self, workers: Workers, start: int) -> None:
        """Prepare clips that begin soon; have the next segment of those that sound read while this one is mixed."""
        horizon = start + (1 + AHEAD) * SEGMENT if self._jobs > 1 else start + SEGMENT
        while self._waiting and frames(self._waiting[-1].start_s, self.rate) < horizon:
            self._active.append(_Playing(self._waiting.pop(), self.rate, self.channels, workers))
        for playing in self._active:
            playing.want(start, start + SEGMENT, ahead=self._jobs > 1)

    def _segment(self, start: int) -> dict[Stem, Samples]:
        stems = {name: np.zeros((self.channels, SEGMENT), np.float32) for name in self.stems}
        sends: dict[tuple[Stem, str], Samples] = {}
        for playing in sorted(self._active, key=lambda p: p.clip.index):
            part = playing.take(start, start + SEGMENT)
            if part is None:
                continue
            first, samples = part
            self._add(playing, first, samples, start, stems, sends)
        for key, convolver in self._convolvers.items():
            wet = convolver.process(sends.get(key, _SILENCE))
            if wet is not None:
                stems[key[0]] += wet
        return stems

    def _add(
        self,
        playing: _Playing,
        first: int,
        samples: Samples,
        start: int,
        stems: dict[Stem, Samples],
        sends: dict[tuple[Stem, str], Samples],
    ) -> None:
        """Add frames ``first`` and on of a clip to its stem, and to the send of its space."""
        clip = playing.clip
        last, at = first + samples.shape[1], playing.start + first - start
        gain = gain_curve(clip, playing.prepared.static, self._ducking, self.rate, first, last)
        if isinstance(gain, float) and gain == 0.0:
            return
        if clip.duck_db > 0 and clip.stem in self._clearances:
            deeper = self._clearances[clip.stem].factor(playing.start + first, playing.start + last)
            gain = gain if deeper is None else gain * deeper
        where = slice(at, at + samples.shape[1])
        target = stems[clip.stem][:, where]
        if self.channels == 1:
            parts = [_scaled(samples[0], gain)]
        else:
            sides = pan_gains(clip, self.rate, first, last, stereo=samples.shape[0] == 2)
            parts = [_scaled(samples[min(c, len(samples) - 1)], gain * sides[c]) for c in range(2)]
        for faded, factors in fades(clip, self.rate, first, last):
            for part in parts:
                part[faded] *= factors
        for channel, part in enumerate(parts):
            target[channel] += part
        if clip.space != "none":
            send = sends.setdefault((clip.stem, clip.space), np.zeros(SEGMENT, np.float32))
            send[where] += parts[0] if len(parts) == 1 else (parts[0] + parts[1]) * np.float32(0.5)

    def _leave(self, before: int) -> None:
        """Forget the clips that are over."""
        over = [p for p in self._active if p.stop <= before]
        self._active = [p for p in self._active if p.stop > before]
        for playing in over:
            self.warnings += playing.prepared.warnings
            playing.close()


class _Playing:
    """A clip from the moment it is prepared until it is over."""

    def __init__(self, clip: Clip, rate: int, channels: int, workers: Workers) -> None:
        self.clip, self._workers = clip, workers
        self.start = frames(clip.start_s, rate)
        self.stop = self.start + frames(clip.play_s, rate)
        self._prepared: Future[Prepared] = workers.submit(partial(prepare, clip, rate, channels))
        self._parts: dict[int, Future[Samples]] = {}

    @property
    def prepared(self) -> Prepared:
        return self._prepared.result()

    def want(self, start: int, stop: int, *, ahead: bool) -> None:
        """Have the part in this segment read, and with ``ahead`` the one in the next while this one is mixed."""
        self._ask(start, stop)
        if ahead and self._prepared.done():
            self._ask(stop, stop + SEGMENT)

    def _ask(self, start: int, stop: int) -> None:
        first, last = max(start, self.start) - self.start, min(stop, self.stop) - self.start
        if last <= first or start in self._parts:
            return
        earlier = list(self._parts.values())

        def read() -> Samples:
            for part in earlier:
                part.result()
            return self.prepared.source.read(first, last)

        self._parts[start] = self._workers.submit(read)

    def take(self, start: int, stop: int) -> tuple[int, Samples] | None:
        """(first frame of the clip, its samples) in a segment."""
        part = self._parts.pop(start, None)
        return None if part is None else (max(start, self.start) - self.start, part.result())

    def close(self) -> None:
        if self._prepared.done() and not self._prepared.cancelled() and self._prepared.exception() is None:
            self.prepared.source.close()


_SILENCE: Samples = np.zeros(SEGMENT, np.float32)


def _scaled(samples: Samples, gain: float | Curve) -> Samples:
    factor = np.float32(gain) if isinstance(gain, float) else gain.astype(np.float32)
    return np.asarray(samples * factor)


def _response(space: str, rate: int, channels: int) -> Samples:
    from soundwright.tools.signal.reverb import impulse_response  # noqa: PLC0415  scipy is heavy

    response = impulse_response(space, rate)
    return response if channels == 2 else response.mean(axis=0, keepdims=True)
