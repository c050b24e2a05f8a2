"""From voices of short windows to turns: who speaks when.

Windows are clustered by average linkage of their cosines (agglomerative clustering), as is usual for diarisation (Sell
and Garcia-Romero, 2014). Then every tenth of a second is given to a speaker by the Viterbi path through the likeness of
the windows around it to each speaker; a change costs something, and less where nobody speaks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Event
from soundwright.tools.mono import clipped

Array = NDArray[np.float32]
Spans = Sequence[tuple[float, float]]
STEP_S = 0.1
_APART = 0.33  # mean cosine distance from which two groups are two speakers
_MOST = 2000  # windows that are clustered; the others follow their nearest group
_LEAST_SHARE, _LEAST_S = 0.03, 1.2
_CHANGE, _CHANGE_AT_PAUSE = 0.9, 0.15


def speakers_of(voices: Array, step_s: float, speakers: int | None) -> Array:
    """Centres (speakers, width) of the groups among ``voices`` (windows, width), each of length one.

    ``speakers`` None: as many as are apart. Groups that hold next to nothing are left out.
    """
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415  heavy
    from scipy.spatial.distance import pdist  # noqa: PLC0415

    some = voices[np.linspace(0, len(voices) - 1, min(len(voices), _MOST)).round().astype(int)]
    if len(some) < 2 or speakers == 1:
        return _unit(some.mean(axis=0, keepdims=True))
    tree = linkage(np.maximum(pdist(some, "cosine"), 0), "average")
    groups = fcluster(tree, _APART, "distance") if speakers is None else _split(tree, len(some), speakers)
    least = max(_LEAST_SHARE * len(some), min(_LEAST_S / step_s, len(some) / 4)) if speakers is None else 0
    sizes = np.bincount(groups)
    kept = [group for group in np.unique(groups) if sizes[group] >= least] or [int(np.argmax(sizes))]
    return _unit(np.stack([some[groups == group].mean(axis=0) for group in kept]))


def _split(tree: NDArray[np.float64], count: int, speakers: int) -> NDArray[np.int32]:
    """Groups so that ``speakers`` of them are of some size: more are cut until then, stray windows do not count."""
    from scipy.cluster.hierarchy import fcluster  # noqa: PLC0415

    least = max(2, 0.02 * count)
    for cut in range(speakers, min(count, speakers + 12) + 1):
        groups = fcluster(tree, cut, "maxclust")
        sizes = np.bincount(groups)
        large = np.argsort(-sizes)[:speakers]
        if sizes[large].min() >= least:
            return np.where(np.isin(groups, large), groups, large[0])
    return np.asarray(fcluster(tree, speakers, "maxclust"))


def likeness(voices: Array, centres_s: Array, known: Array, length_s: float, reach_s: float) -> Array:
    """(steps, speakers): the mean cosine of the windows around each tenth of a second to each of ``known``.

    ``centres_s`` are the middles of the windows; one counts by how near it is, up to ``reach_s``.
    """
    times = np.arange(max(1, round(length_s / STEP_S))) * STEP_S + STEP_S / 2
    cosines = voices @ known.T
    rows = np.zeros((len(times), len(known)), np.float32)
    first = np.searchsorted(centres_s, times - reach_s)
    last = np.searchsorted(centres_s, times + reach_s)
    for step, (low, high) in enumerate(zip(first, last, strict=True)):
        near = slice(low, high) if high > low else _nearest(centres_s, float(times[step]))
        weight = np.maximum(1e-3, 1 - np.abs(centres_s[near] - times[step]) / reach_s)
        rows[step] = weight @ cosines[near] / weight.sum()
    return rows


def path(scores: Array, speech: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The best speaker of each step: the sum of scores, less what changes cost."""
    sharp = scores * 10
    best, back = sharp[0].copy(), np.zeros(scores.shape, np.intp)
    for step in range(1, len(scores)):
        cost = 10 * (_CHANGE if speech[step] and speech[step - 1] else _CHANGE_AT_PAUSE)
        from_other = int(np.argmax(best))
        moved = best[from_other] - cost
        back[step] = np.where(best >= moved, np.arange(scores.shape[1]), from_other)
        best = np.maximum(best, moved) + (sharp[step] if speech[step] else 0)
    track = np.zeros(len(scores), np.intp)
    track[-1] = int(np.argmax(best))
    for step in range(len(scores) - 1, 0, -1):
        track[step - 1] = back[step][track[step]]
    return track


def speech_steps(spans: Spans, length_s: float) -> NDArray[np.bool_]:
    """Which tenths of a second lie in a span of speech."""
    times = np.arange(max(1, round(length_s / STEP_S))) * STEP_S + STEP_S / 2
    inside = np.zeros(len(times), bool)
    for start_s, end_s in spans:
        inside |= (times >= start_s) & (times <= end_s)
    return inside


def turns(
    spans: Spans, track: NDArray[np.intp], scores: Array, labels: Sequence[str], length_s: float
) -> tuple[Event, ...]:
    """Spans of speech, cut where the speaker changes, with the mean cosine as score."""
    found: list[Event] = []
    for start_s, end_s in spans:
        first, last = int(start_s / STEP_S), min(len(track), max(int(start_s / STEP_S) + 1, round(end_s / STEP_S)))
        begin = first
        for step in range(first, last):
            if step + 1 == last or track[step + 1] != track[step]:
                left = start_s if begin == first else begin * STEP_S
                right = end_s if step + 1 == last else (step + 1) * STEP_S
                score = float(np.clip(scores[begin : step + 1, track[step]].mean(), 0, 1))
                found.append(Event(labels[track[step]], *clipped(left, right, length_s), round(score, 4)))
                begin = step + 1
    return tuple(found)


def _nearest(centres_s: Array, time_s: float) -> slice:
    nearest = int(np.argmin(np.abs(centres_s - time_s)))
    return slice(nearest, nearest + 1)


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)
