from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.assets import Audio
from soundwright.tools.tts.joining import after_pause, joined, trimmed
from soundwright.tools.tts.sentences import pieces, sentences
from soundwright.tools.tts.text_normalise import normalise

RATE = 24000


def _tone(seconds: float) -> NDArray[np.float32]:
    count = round(seconds * RATE)
    edges = np.minimum(1.0, np.minimum(np.arange(count), np.arange(count)[::-1]) / 100)
    return np.asarray(edges * np.sin(np.arange(count) * 0.05), dtype=np.float32)


def test_sentences_end_at_marks_and_not_at_abbreviations() -> None:
    found = sentences(normalise("Dr. Smith came. “Why?” he asked. It was 5 p.m. Then he left..."))
    assert found == ["Doctor Smith came.", "Why? he asked.", "It was five P.M.", "Then he left…"]


def test_no_piece_is_longer_than_the_limit_and_nothing_is_lost() -> None:
    text = "la " * 300 + "la, " + "lo " * 200 + "end."
    found = pieces([text], str.strip, limit=400)
    assert all(len(piece.phonemes) <= 400 for piece in found)
    assert "".join(piece.phonemes for piece in found).replace(" ", "") == text.replace(" ", "")


def test_short_sentences_are_said_together() -> None:
    assert [piece.phonemes for piece in pieces(["No.", "Not now.", "Go."], str)] == ["No. Not now. Go."]


def test_joined_pieces_are_parted_by_the_pause_without_a_click() -> None:
    quiet = np.zeros(RATE // 2, dtype=np.float32)
    parts = [np.concatenate([quiet, _tone(0.5), quiet]), np.concatenate([quiet, _tone(0.5), quiet])]
    whole = joined(parts, [0.35, 0.35], RATE)
    silent = np.flatnonzero(np.abs(whole) > 1e-3)
    gap_s = np.diff(silent).max() / RATE
    assert 0.33 < gap_s < 0.38
    assert np.abs(np.diff(whole)).max() < 0.06


def test_trimming_keeps_a_little_quiet_around_the_sound() -> None:
    quiet = np.zeros(RATE, dtype=np.float32)
    sound = trimmed(np.concatenate([quiet, _tone(0.5), quiet]), RATE)
    assert 0.5 * RATE < len(sound) < 0.62 * RATE


def test_what_follows_a_clear_pause_is_found() -> None:
    quiet = np.zeros(RATE // 4, dtype=np.float32)
    whole = np.concatenate([_tone(0.5), quiet, _tone(0.3)])
    found = after_pause(whole, RATE, 0.15)
    assert found is not None
    assert 0.34 < len(found) / RATE < 0.37
    assert after_pause(whole, RATE, 0.3) is None
    assert after_pause(_tone(0.3), RATE, 0.15) is None


def test_pieces_are_heard_as_they_are_made_and_are_together_the_whole() -> None:
    quiet, heard, heard_by_then = np.zeros(RATE // 4, dtype=np.float32), list[Audio](), list[int]()

    def parts() -> Iterator[NDArray[np.float32]]:
        for seconds in (0.5, 0.3, 0.4):
            heard_by_then.append(len(heard))
            yield np.concatenate([quiet, _tone(seconds), quiet])

    whole = joined(parts(), [0.35, 0.2, 0.35], RATE, heard.append)
    assert heard_by_then == [0, 1, 2]
    assert np.array_equal(np.concatenate([chunk.samples for chunk in heard], axis=1)[0], whole)
    assert np.array_equal(whole, joined(list(parts()), [0.35, 0.2, 0.35], RATE))
