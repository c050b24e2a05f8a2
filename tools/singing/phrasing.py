"""Which syllable is sung on which notes, and what pitch and which moment of the speech sound at each frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Note
from soundwright.tools.singing.hibari_voice import FRAME_S

Array = NDArray[np.float64]
_CONSONANT_SHARE = 0.4  # of the time from vowel to vowel, at most, for the consonants between them
_GLIDE_S, _VIBRATO_HZ, _VIBRATO_CENTS, _VIBRATO_AFTER_S = 0.07, 5.4, 30.0, 0.35
_HELD, _HELD_OF = 0.75, 0.5  # the first half of a vowel lasts three quarters of it: a diphthong turns late
_PAUSE_S = 0.15  # a longer silence between notes is heard as one


@dataclass(frozen=True, slots=True)
class Said:
    """A syllable in the frames of a spoken line: where it begins, where its vowel begins and ends, where it ends."""

    start: float
    vowel: float
    vowel_end: float
    end: float


def spread(count: int, notes: Sequence[Note]) -> list[tuple[Note, ...]]:
    """The notes of each of ``count`` syllables, in order.

    Where there are too few notes the longest are parted; those that are left over are the last syllable's.
    """
    line = sorted(notes, key=lambda note: note.start_s)
    while len(line) < count:
        longest = max(range(len(line)), key=lambda n: line[n].end_s - line[n].start_s)
        whole = line[longest]
        middle = (whole.start_s + whole.end_s) / 2
        line[longest : longest + 1] = [replace(whole, end_s=middle), replace(whole, start_s=middle)]
    return [*((note,) for note in line[: count - 1]), tuple(line[count - 1 :])]


def course(said: Sequence[Said], notes: Sequence[Sequence[Note]]) -> tuple[Array, Array]:
    """Corners (seconds, frame of the spoken line) of how a line is sung: vowels begin on their notes."""
    times: list[float] = []
    places: list[float] = []
    free_s = max(0.0, notes[0][0].start_s - _lead_s(said[0]))
    for number, (syllable, own) in enumerate(zip(said, notes, strict=True)):
        following = number + 1 < len(said)
        until_s = notes[number + 1][0].start_s if following else own[-1].end_s
        tail_s = (syllable.end - syllable.vowel_end) * FRAME_S
        next_s = _lead_s(said[number + 1]) if following else 0.0
        vowel_s = max(own[0].start_s, free_s + min(_lead_s(syllable), 0.1) if number == 0 else own[0].start_s)
        if until_s - own[-1].end_s > _PAUSE_S:
            until_s, next_s = own[-1].end_s, 0.0
        squeeze = min(1.0, _CONSONANT_SHARE * (until_s - vowel_s) / max(tail_s + next_s, 1e-6))
        end_s = max(until_s - next_s * squeeze, vowel_s + FRAME_S)
        held_s = max(vowel_s, end_s - tail_s * squeeze)
        start_s = min(vowel_s, max(free_s, vowel_s - _lead_s(syllable)))
        turn_s = vowel_s + _HELD * (held_s - vowel_s)
        turn = syllable.vowel + _HELD_OF * (syllable.vowel_end - syllable.vowel)
        times += [start_s, vowel_s, turn_s, held_s, end_s]
        places += [syllable.start, syllable.vowel, turn, syllable.vowel_end, syllable.end]
        free_s = end_s
    return np.maximum.accumulate(np.array(times)), np.array(places)


def loudness(times: Array, at: Array) -> Array:
    """1 where the line is sung, falling to 0 in its pauses; ``times`` as ``course`` gives them, five per syllable."""
    level = np.zeros(len(at))
    starts, ends = times[0::5], times[4::5]
    for start, end in zip(starts, ends, strict=True):
        level = np.maximum(level, np.clip((at - start) / 0.02 + 1, 0, 1) * np.clip((end - at) / 0.03 + 1, 0, 1))
    return level


def melody(notes: Sequence[Note], at: Array) -> Array:
    """Pitch in Hz at the moments ``at``: steps that glide, vibrato on what is held."""
    pitch = np.full(len(at), float(notes[0].pitch))
    vibrato = np.zeros(len(at))
    for before, note in zip([notes[0], *notes], notes, strict=False):
        rise = np.clip((at - note.start_s) / _GLIDE_S + 0.7, 0, 1)
        smooth = rise * rise * (3 - 2 * rise)
        pitch = np.where(rise > 0, before.pitch * (1 - smooth) + note.pitch * smooth, pitch)
        depth = np.clip((at - note.start_s - _VIBRATO_AFTER_S) / 0.3, 0, 1) * (at < note.end_s)
        vibrato += depth * np.sin(2 * np.pi * _VIBRATO_HZ * (at - note.start_s))
    return np.asarray(440.0 * 2 ** ((pitch - 69 + vibrato * _VIBRATO_CENTS / 100) / 12))


def _lead_s(syllable: Said) -> float:
    return (syllable.vowel - syllable.start) * FRAME_S
