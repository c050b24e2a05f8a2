"""Inpainting and variation without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from soundwright.tools.assets import Asset, Audio, Samples, Speech
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.editing.patches import patched
from soundwright.tools.errors import ToolError
from soundwright.tools.signal import carry, filters, levels, tempo
from soundwright.tools.signal.autoregression import fill

SHORT_S = 0.03  # up to here the samples around tell what was there
LONGEST_S = 30.0
_CONTEXT_S = 0.075
_MOST_ORDER = 1000


class MenderTool:
    """The tool ``mender``: short gaps by linear prediction, longer ones from like places of the same recording."""

    spec = ToolSpec(
        name="mender",
        version="1",
        operations=("inpaint", "vary"),
        licence_code="Apache-2.0",
        modules=("scipy", "soxr"),
        memory_mb=300,
        honours=("from", "to", "take", "strength"),
        take_varies=("seed", "take"),
        determinism="exact",
        rank=10,
        speed=10.0,
        proven="real",
        proven_note="no weights; gaps in tones, speech and noise against what was there",
        help="Fills gaps from what is around them or like them; varies pitch, pace, colour and level. No new content.",
    )

    def load(self, place: Place) -> None:
        """Nothing to load."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Mend or vary each sound in turn."""
        return each(batch, context, lambda request: _do(request, context))

    def close(self) -> None:
        """Nothing to free."""


def _do(request: Request, context: Context) -> Audio:
    audio, p = request.audio(), request.params
    take = int(p.get("take", 0))
    if request.op == "vary":
        return vary(audio, float(p.get("strength", 0.5)), request.seed + 7919 * take)
    return inpaint(audio, float(p["from"]), float(p["to"]), take, context.check)


def inpaint(audio: Audio, from_s: float, to_s: float, take: int = 0, check: Callable[[], None] = lambda: None) -> Audio:
    """The part between two times made anew.

    Raises:
        ToolError: it lies outside, is longer than half a minute, or there is nothing left to make it from.
    """
    if not from_s < to_s:
        raise ToolError(f"from ({from_s:g} s) must lie before to ({to_s:g} s)")
    start, end = round(from_s * audio.rate), min(round(to_s * audio.rate), audio.frames)
    if start >= audio.frames or end <= start:
        raise ToolError(f"the sound lasts {audio.length_s:.2f} s: nothing of it lies from {from_s:g} s on")
    if to_s - from_s > LONGEST_S:
        raise ToolError(f"at most {LONGEST_S:g} s are made anew at once, not {to_s - from_s:g} s")
    if end - start <= SHORT_S * audio.rate and start > 0 and end < audio.frames:
        made: Samples | None = _filled(audio.samples, audio.rate, start, end)
    else:
        made = patched(audio.samples, audio.rate, start, end, take, check)
    if made is None:
        raise ToolError(
            f"the recording has no other stretch of {to_s - from_s:g} s to take from; give a longer one, or use an "
            "engine that generates (soundwright tools why inpaint)"
        )
    return _with_words(audio, made, from_s, to_s)


def vary(audio: Audio, strength: float, seed: int) -> Audio:
    """Another one of the same kind: pitch, pace, colour, level and its course drawn from ``seed``."""
    if strength == 0 or audio.frames == 0:
        return audio
    dice = np.random.default_rng(seed)
    semitones, pace = dice.uniform(-3, 3) * strength, 1 + dice.uniform(-0.2, 0.2) * strength
    hz = np.exp(dice.uniform(np.log(120), np.log(9000), 3))
    bands = [
        {"shape": "bell", "frequency": float(f), "gain": float(dice.uniform(-9, 9) * strength), "q": 0.8} for f in hz
    ]
    samples = tempo.pitch(audio.samples, audio.rate, float(semitones))
    samples = filters.equalise(samples, audio.rate, bands)
    _wander(samples, audio.rate, 4 * strength, dice)
    level, was = levels.rms(samples), levels.rms(audio.samples)
    samples *= np.float32(was / level if level > 0 else 1.0)
    return carry.scaled(audio, tempo.stretch(samples, audio.rate, float(pace)), float(pace))


def _wander(samples: Samples, rate: int, swing_db: float, dice: np.random.Generator) -> None:
    """Give the samples a level that wanders, one step every half a second."""
    frames = samples.shape[1]
    steps = max(2, frames // (rate // 2) + 2)
    points_db = dice.uniform(-1, 1, steps) * swing_db
    for at in range(0, frames, levels.BLOCK):
        block = samples[:, at : at + levels.BLOCK]
        where = np.arange(at, at + block.shape[1]) * ((steps - 1) / max(1, frames - 1))
        block *= np.asarray(10 ** (np.interp(where, np.arange(steps), points_db) / 20), np.float32)


def _filled(samples: Samples, rate: int, start: int, end: int) -> Samples:
    context = max(4 * (end - start), round(_CONTEXT_S * rate))
    first, last = max(0, start - context), min(samples.shape[1], end + context)
    missing = np.zeros(last - first, bool)
    missing[start - first : end - first] = True
    order = max(1, min(_MOST_ORDER, (last - first - (end - start)) // 4))
    out = samples.copy()
    for channel, sound in enumerate(samples[:, first:last]):
        if order < 8 or not sound[~missing].any():
            out[channel, start:end] = np.interp(
                np.arange(start, end), np.flatnonzero(~missing) + first, sound[~missing]
            )
            continue
        made = fill(np.where(missing, 0, sound).astype(np.float64), missing, order)
        most = float(np.abs(sound[~missing]).max())
        out[channel, start:end] = np.clip(made[missing], -1.5 * most, 1.5 * most)
    return out


def _with_words(audio: Audio, samples: Samples, from_s: float, to_s: float) -> Audio:
    """Words that lie in the new part are no longer said."""
    out = carry.with_samples(audio, samples)
    if isinstance(out, Speech) and out.words is not None and to_s - from_s > SHORT_S:
        words = tuple(word for word in out.words if word.end_s <= from_s or word.start_s >= to_s)
        if len(words) < len(out.words):
            return Speech(
                out.samples, out.rate, out.tail, text=" ".join(w.text for w in words), language=out.language,
                words=words,
            )  # fmt: skip
    return out
