"""What goes along with samples when they change: the tail, and in speech the word times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from soundwright.tools.assets import Audio, Samples, Speech, Word


def with_samples(audio: Audio, samples: Samples, tail: int | None = None) -> Audio:
    """The same sound with other samples; nothing moved in time."""
    return replace(audio, samples=samples, tail=audio.tail if tail is None else tail)


def part(audio: Audio, start: int, end: int) -> Audio:
    """Frames ``start`` to ``end``: words that lie outside are dropped, times and tail follow."""
    start, end = min(start, audio.frames), min(end, audio.frames)
    end = max(start, end)
    tail = max(0, end - max(audio.frames - audio.tail, start))
    cut = replace(audio, samples=audio.samples[:, start:end].copy(), tail=tail)
    if not isinstance(cut, Speech) or cut.words is None:
        return cut
    from_s, to_s = start / audio.rate, end / audio.rate
    words = tuple(
        Word(w.text, max(w.start_s, from_s) - from_s, min(w.end_s, to_s) - from_s)
        for w in cut.words
        if w.end_s > from_s and w.start_s < to_s
    )
    text = cut.text if len(words) == len(cut.words) else " ".join(w.text for w in words)
    return replace(cut, words=words, text=text)


def scaled(audio: Audio, samples: Samples, scale: float) -> Audio:
    """Samples that last ``scale`` times as long; times and tail scale along."""
    tail = min(round(audio.tail * scale), samples.shape[1])
    out = replace(audio, samples=samples, tail=tail)
    if isinstance(out, Speech) and out.words is not None:
        return replace(out, words=tuple(Word(w.text, w.start_s * scale, w.end_s * scale) for w in out.words))
    return out


def repeated(audio: Audio, samples: Samples, starts_s: Iterable[float]) -> Audio:
    """Samples in which the sound begins again at each of ``starts_s``; the last one's tail stays a tail."""
    starts = tuple(starts_s)
    out = with_samples(audio, samples)
    if not isinstance(out, Speech):
        return out
    text = " ".join([out.text] * len(starts)).strip()
    if out.words is None:
        return replace(out, text=text)
    words = tuple(Word(w.text, w.start_s + s, w.end_s + s) for s in starts for w in out.words)
    return replace(out, text=text, words=words)


def without_words(audio: Audio, samples: Samples, tail: int) -> Audio:
    """Samples in which no word can be placed any more."""
    out = replace(audio, samples=samples, tail=tail)
    return replace(out, words=None) if isinstance(out, Speech) else out
