"""Notes to sound through a soundfont: every part rendered alone, balanced by what it measures, placed in a room."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from soundwright.tools.assets import Notes, Part, Samples
from soundwright.tools.music.compose import Piece, Voice
from soundwright.tools.music.fontfile import DRUM_BANK, FontFile
from soundwright.tools.signal.dynamics import limit
from soundwright.tools.signal.levels import mono, pan
from soundwright.tools.signal.reverb import convolve, impulse_response

TICKS_A_SECOND = 2000
LOUDNESS_LUFS = -20.0
PEAK_DBTP = -1.5


class SoundFont:
    """A soundfont at one rate. Each part makes ready what it needs of its preset."""

    def __init__(self, path: Path, rate: int) -> None:
        import symusic  # noqa: F401, PLC0415  fails here, not at the first note

        self.rate = rate
        self._file = FontFile(path)
        self._known = frozenset(self._file.presets())

    def render(self, part: Part) -> Samples:
        """One part, dry: float32 of shape (2, frames), as long as its last note rings.

        Unknown programs play as the first of their bank; pitches that an instrument does not have are silent.
        """
        bank = DRUM_BANK if part.drums else 0
        program = part.program if (bank, part.program) in self._known else 0
        preset = self._file.preset(bank, program, {(note.pitch, note.velocity) for note in part.notes})
        if not preset:
            return np.zeros((2, 0), np.float32)
        return np.asarray(self._play(preset, _score(part, program)), dtype=np.float32)

    def _play(self, preset: bytes, score: Any) -> Any:  # noqa: ANN401  symusic's scores are generic over their unit
        import symusic  # noqa: PLC0415

        with tempfile.TemporaryDirectory(prefix="soundwright-") as folder:
            path = Path(folder) / "preset.sf2"
            path.write_bytes(preset)
            return symusic.Synthesizer(str(path), self.rate).render(score, stereo=True)


def _score(part: Part, program: int) -> Any:  # noqa: ANN401  symusic's scores are generic over their unit of time
    from symusic import Note, Score, Tempo, Track  # noqa: PLC0415

    score: Any = Score(TICKS_A_SECOND)
    score.tempos.append(Tempo(0, 60))
    track: Any = Track(part.name, program, part.drums)
    for note in part.notes:
        start = round(note.start_s * TICKS_A_SECOND)
        length = max(1, round(note.end_s * TICKS_A_SECOND) - start)
        track.notes.append(Note(start, length, note.pitch, note.velocity))
    score.tracks.append(track)
    return score


def render_notes(notes: Notes, font: SoundFont) -> Samples:
    """All parts together as the font has them: float32 of shape (2, frames)."""
    return _sum(font.render(part) for part in notes.parts)


def render_piece(piece: Piece, font: SoundFont) -> Samples:
    """A finished piece: float32 (2, frames) of exactly its length, at -20 LUFS; the ringing of a loop wraps around."""
    from soundwright.tools.analysis.loudness import integrated_loudness  # noqa: PLC0415

    frames = round(piece.length_s * font.rate)
    dry = _balanced(piece, font)
    wet = convolve(mono(dry), impulse_response(piece.request.style.space, font.rate))
    wet[:, : dry.shape[1]] += dry
    whole = wrapped(wet, frames) if piece.loop else _ended(wet, frames, piece.form.ring_s * font.rate)
    lufs = integrated_loudness(whole, font.rate)
    if not math.isfinite(lufs):
        return whole
    loud = whole * np.float32(10 ** ((LOUDNESS_LUFS - lufs) / 20))
    return _limited_loop(loud, font.rate) if piece.loop else limit(loud, font.rate, PEAK_DBTP)


def _balanced(piece: Piece, font: SoundFont) -> Samples:
    """All parts at their levels: fonts differ widely in how loud their instruments are."""
    return _sum(_placed(voice, font) for voice in piece.voices)


def _placed(voice: Voice, font: SoundFont) -> Samples:
    """One part at its level and place; drums keep the places that the font gives them."""
    sound = font.render(voice.part)
    if not voice.part.drums:
        sound = mono(sound)
    level = _playing_level(sound, font.rate)
    if level == 0:
        return np.zeros((2, 0), np.float32)
    sound *= np.float32(0.1 / level * 10 ** (voice.level_db / 20))
    return pan(sound, voice.pan)


def _sum(sounds: Iterable[Samples]) -> Samples:
    """Added up one by one, so that a long piece never holds all its parts at once."""
    total = np.zeros((2, 0), np.float32)
    for sound in sounds:
        if sound.shape[1] > total.shape[1]:
            total = np.pad(total, ((0, 0), (0, sound.shape[1] - total.shape[1])))
        total[:, : sound.shape[1]] += sound
    return total


def _playing_level(samples: Samples, rate: int) -> float:
    """RMS of the half-seconds in which the part plays, so that rests do not make it loud."""
    block = max(1, rate // 2)
    count = math.ceil(samples.shape[1] / block)
    if count == 0:
        return 0.0
    padded = np.pad(samples, ((0, 0), (0, count * block - samples.shape[1])))
    power = np.square(padded, dtype=np.float32).reshape(samples.shape[0], count, block).mean(axis=(0, 2))
    playing = power[power > power.max() * 1e-3]
    return math.sqrt(float(playing.mean())) if playing.size and power.max() > 0 else 0.0


def _ended(samples: Samples, frames: int, ring: float) -> Samples:
    """Exactly ``frames``; the last part of the ringing fades to nothing."""
    out = np.zeros((2, frames), np.float32)
    out[:, : min(frames, samples.shape[1])] = samples[:, :frames]
    fade = min(frames, max(1, round(0.5 * ring)))
    out[:, frames - fade :] *= np.cos(np.linspace(0, math.pi / 2, fade)).astype(np.float32)
    return out


def wrapped(samples: Samples, frames: int) -> Samples:
    """What rings past the end goes on at the beginning, as it does when the loop goes round."""
    turns = max(1, math.ceil(samples.shape[1] / frames))
    padded = np.pad(samples, ((0, 0), (0, turns * frames - samples.shape[1])))
    return np.asarray(padded.reshape(2, turns, frames).sum(axis=1), dtype=np.float32)


def _limited_loop(samples: Samples, rate: int) -> Samples:
    """Limited as if it had been going round before, so that the gain does not jump at the join."""
    margin = min(samples.shape[1], rate)
    around = np.concatenate((samples[:, -margin:], samples, samples[:, :margin]), axis=1)
    return np.ascontiguousarray(limit(around, rate, PEAK_DBTP)[:, margin : margin + samples.shape[1]])
