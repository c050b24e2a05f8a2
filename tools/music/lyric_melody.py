"""A melody for lyrics: stressed syllables on beats, a phrase for each line, over the chords of a style.

The notes follow the same rules as the composer's own melodies (motifs as contours, chord tones where it is stressed).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from soundwright.tools.assets import Note, Notes, Part
from soundwright.tools.music.describe import Request, understand, with_key
from soundwright.tools.music.harmony import chord, scale_over, voice
from soundwright.tools.music.melody import STEPS, Compass, Idea, Span, realise
from soundwright.tools.singing.syllables import Syllable, syllables_of

_BEATS = 4
_COMPASS = Compass(57, 74, 64.0)  # A3 to D5: what most voices reach
_MAJOR, _MINOR = ("I", "V", "vi", "IV"), ("i", "bVI", "bIII", "bVII")
_LAST, _REST = 1.5, 0.5  # beats of a line's last syllable, at least, and of silence after it
_VOICE_PROGRAM, _CHORD_PROGRAM = 53, 0


def melody_for(lyrics: str, description: str, tempo: float | None, seed: int) -> Notes:
    """Notes for ``lyrics``: the melody, one note for each syllable, then a part with chords.

    ``tempo`` in beats per minute; None takes that of the description, within what is easily sung.

    Raises:
        ToolError: there is nothing to sing.
    """
    rng = random.Random(f"lyrics/{seed}")  # noqa: S311  music, not secrets
    request = with_key(understand(description, rng), rng)
    lines = _lines(syllables_of(lyrics))
    bars = [bar for line in lines for bar in _bars(line, rng)]
    bpm = tempo or min(max(request.bpm, 66.0), 126.0)
    spans = _spans(request, len(bars))
    tones = realise(bars, spans, 0.0, _BEATS, _COMPASS)
    beat = 60.0 / bpm
    sung = tuple(
        Note(t.pitch, round(t.start * beat, 4), round((t.start + t.length) * beat, 4), round(70 + 35 * t.weight))
        for t in tones
    )
    return Notes(
        (Part(sung, _VOICE_PROGRAM, name="voice"), Part(tuple(_chords(spans, beat)), _CHORD_PROGRAM, name="chords"))
    )


def _lines(syllables: Sequence[Syllable]) -> list[list[Syllable]]:
    lines: list[list[Syllable]] = [[]]
    for syllable in syllables:
        lines[-1].append(syllable)
        if syllable.ends_line:
            lines.append([])
    return [line for line in lines if line]


def _bars(line: Sequence[Syllable], rng: random.Random) -> list[Idea]:
    """Whole bars for a line: each syllable a duration, stressed ones on a beat, none over a bar line."""
    starts, at = [], 0.0 if line[0].stress else 0.5
    lead = at
    for number, syllable in enumerate(line):
        if syllable.stress and at % 1:
            at += 0.5
        starts.append(at)
        following = line[number + 1].stress if number + 1 < len(line) else 0
        at += 1.0 if syllable.stress and (following or rng.random() < 0.5) else 0.5
    end = starts[-1] + _LAST
    whole = -(-(end + _REST) // _BEATS) * _BEATS
    end = min(whole - _REST, max(end, starts[-1] + 2.0))
    rhythm = (
        ([-lead] if lead else []) + [b - a for a, b in zip(starts, [*starts[1:], end], strict=True)] + [end - whole]
    )
    return list(_ideas(_barred(rhythm), rng))


def _barred(rhythm: Sequence[float]) -> list[list[float]]:
    """Durations cut at the bar lines: what is left of a note in the next bar becomes silence there."""
    bars: list[list[float]] = [[]]
    for duration in rhythm:
        left, sounding = abs(duration), duration > 0
        while left > 1e-9:
            room = _BEATS - sum(map(abs, bars[-1]))
            if room < 1e-9:
                bars.append([])
                continue
            part = min(left, room)
            bars[-1].append(part if sounding else -part)
            left, sounding = left - part, False
    return bars


def _ideas(bars: Sequence[Sequence[float]], rng: random.Random) -> Iterator[Idea]:
    for bar in bars:
        contour, place = [], rng.choice((0, 0, 1, -1))
        for duration in bar:
            if duration > 0:
                contour.append(place)
                step = rng.choice(STEPS)
                place += step if abs(place + step) <= 3 else -step
        yield Idea(tuple(bar), tuple(contour))


def _spans(request: Request, bars: int) -> list[Span]:
    numerals = _MINOR if request.minor else _MAJOR
    tonic, spans = request.tonic or 0, []
    for bar in range(bars):
        last = bar == bars - 1
        over = chord(numerals[0] if last else numerals[bar % len(numerals)], tonic)
        spans.append(Span(float(bar * _BEATS), float(_BEATS), over, scale_over(request.scale, tonic, over)))
    return spans


def _chords(spans: Sequence[Span], beat: float) -> Iterator[Note]:
    before: tuple[int, ...] = ()
    for span in spans:
        before = voice(span.chord, before, 48, 67, 3)
        end_s = round((span.start + span.length) * beat - 0.02, 4)
        yield from (Note(pitch, round(span.start * beat, 4), end_s, 52) for pitch in before)
