"""Keeping, or taking out, the sound that is described: parts of the spectrum, chosen by a recogniser of sounds.

A stretch is factorised into parts. The recogniser hears the whole to learn when the sound is there, and each part to
learn what it is; the parts are then taken in that order, as many as make what is kept most like the description and
what is left least like it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Asset, Audio, Samples
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.enhancement.rates import fitted, resampled
from soundwright.tools.errors import ToolError
from soundwright.tools.separation.parts import factorised
from soundwright.tools.signal import carry
from soundwright.tools.signal.spectral import istft, stft
from soundwright.tools.tagging.yamnet import YamnetTool, prepared
from soundwright.tools.tagging.yamnet_network import RATE
from soundwright.tools.windows import in_seconds, overlap_add

SIZE, HOP = 1024, 256
PARTS = 14
WINDOW_S, FADE_S = 12.0, 0.5
_HEARD = 0.05  # the score below which a stretch does not hold the sound

Scorer = Callable[[Samples], NDArray[np.float32]]


class DescribedTool:
    """The tool ``described``: ``extract`` and ``remove``, which together are the recording again."""

    spec = ToolSpec(
        name="described",
        version="1",
        operations=("extract", "remove"),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        languages=("en",),
        extra="local",
        modules=("scipy", "soxr", "threadpoolctl"),
        models=("yamnet",),
        memory_mb=500,
        honours=("description",),
        take_varies=(),
        determinism="exact",
        rank=20,
        speed=0.8,
        proven="real",
        proven_note="mixtures of two procedural sounds with known parts",
        help="Rough: spectral parts chosen by YAMNet. Best for a sound that comes and goes over a steady one.",
    )

    def __init__(self) -> None:
        self._ear = YamnetTool()

    def load(self, place: Place) -> None:
        """Open the recogniser.

        Raises:
            ToolMissing: its weights or threadpoolctl are not there.
        """
        self._ear.load(place)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Keep or take out in each recording in turn."""
        return each(batch, context, lambda request: self._do(request, context))

    def close(self) -> None:
        """Close the recogniser."""
        self._ear.close()

    def _do(self, request: Request, context: Context) -> Audio:
        audio = request.audio()
        scorer = self._scorer(str(request.params["description"]), context)
        if audio.frames == 0 or not audio.samples.any():
            return audio
        windows = in_seconds(audio.rate, WINDOW_S, FADE_S)
        kept = overlap_add(audio.samples, windows, lambda x: _kept(x, audio.rate, scorer, context), context)
        if request.op == "extract" and not kept.any():
            raise ToolError(
                f"{request.params['description']!r} is not heard in the recording; name what is to be heard"
            )
        samples = kept if request.op == "extract" else audio.samples - kept
        return carry.with_samples(audio, np.asarray(samples, np.float32))

    def _scorer(self, description: str, context: Context) -> Scorer:
        """Scores of the description in mono sound at 16 kHz, one for each half second.

        Raises:
            ToolError: the recogniser knows no such sound.
        """
        network, rows = self._ear.network, self._ear.rows_for(description)

        def score(mono: Samples) -> NDArray[np.float32]:
            heard = prepared(Audio(mono[None], RATE))
            return np.asarray(network.scores(heard, check=context.check)[:, rows].max(axis=1), np.float32)

        return score


def _kept(samples: Samples, rate: int, scorer: Scorer, context: Context) -> Samples:
    """What of (channels, frames) is like the description."""
    mono = resampled(samples.mean(axis=0, keepdims=True), rate, RATE)[0]
    present = scorer(mono)
    if float(present.max(initial=0)) < _HEARD:
        return np.zeros_like(samples)
    magnitude = np.abs(stft(mono, SIZE, HOP))
    if magnitude.shape[1] < PARTS:
        return samples.copy()
    spectra, courses = factorised(magnitude, PARTS)
    mask = _chosen(mono, spectra, courses, present, scorer, context)
    return _masked(samples, rate, mask)


def _chosen(
    mono: Samples, spectra: NDArray[np.float32], courses: NDArray[np.float32], present: NDArray[np.float32],
    scorer: Scorer, context: Context,
) -> NDArray[np.float32]:  # fmt: skip
    """The mask (bins, columns) of the parts that belong to the description."""
    whole = spectra @ courses + 1e-9
    spectrum = stft(mono, SIZE, HOP)

    def heard(parts: Sequence[int]) -> tuple[NDArray[np.float32], Samples]:
        mask = (spectra[:, parts] @ courses[parts]) / whole
        return mask, istft(np.asarray(spectrum * mask, np.complex64), SIZE, HOP, len(mono))

    when = np.interp(np.linspace(0, 1, courses.shape[1]), np.linspace(0, 1, len(present)), present)
    rating = []
    for part in range(spectra.shape[1]):
        context.check()
        alone = float(np.mean(np.sort(scorer(heard([part])[1]))[-3:]))
        together = float(np.corrcoef(when, courses[part])[0, 1]) if when.std() > 1e-3 and courses[part].any() else 0.0
        rating.append(alone + 0.5 * (together if np.isfinite(together) else 0.0))
    order = list(np.argsort(rating)[::-1])
    best, most = heard(order[:1])[0], -np.inf
    for count in range(1, len(order)):
        context.check()
        mask, kept = heard(order[:count])
        value = _like(scorer(kept)) - _like(scorer(mono - kept))
        if value > most:
            best, most = mask, value
    return best


def _like(scores: NDArray[np.float32]) -> float:
    """How much of a stretch is like the description: where it is most, above all."""
    return float(np.mean(np.sort(scores)[-max(3, len(scores) // 3) :]))


def _masked(samples: Samples, rate: int, mask: NDArray[np.float32]) -> Samples:
    """The mask at 16 kHz put on every channel at its own rate; above 8 kHz the mean of the upper bins."""
    hop = max(1, round(HOP * rate / RATE))
    size = 4 * hop
    spectrum = stft(samples, size, hop)
    bins, columns = spectrum.shape[-2:]
    hz = np.linspace(0, rate / 2, bins)
    where = np.clip(hz / (RATE / 2) * (mask.shape[0] - 1), 0, mask.shape[0] - 1)
    low = np.minimum(where.astype(int), mask.shape[0] - 2)
    part = (where - low)[:, None]
    grown = mask[low] * (1 - part) + mask[low + 1] * part
    grown[hz > RATE / 2] = mask[-mask.shape[0] // 4 :].mean(axis=0)
    course = np.clip(np.round(np.linspace(0, mask.shape[1] - 1, columns)).astype(int), 0, mask.shape[1] - 1)
    made = istft(np.asarray(spectrum * grown[:, course], np.complex64), size, hop, samples.shape[1])
    return fitted(made, samples.shape[1])
