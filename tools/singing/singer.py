"""The singer that needs no weights but hibari's: each line is said, and its vowels are held on the notes.

It is a plain voice that keeps time and pitch and can be understood; what it does not do is act.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from soundwright.tools.assets import Asset, Audio, Note, Notes, Samples, Text, Transcript
from soundwright.tools.base import Context, Place, Request, ToolSpec, VoiceInfo, each
from soundwright.tools.errors import ToolError
from soundwright.tools.music.lyric_melody import melody_for
from soundwright.tools.singing.hibari_voice import FRAME_S, RATE, Frames, HibariVoice, sounded
from soundwright.tools.singing.phrasing import Said, course, loudness, melody, spread
from soundwright.tools.singing.syllables import VOWELS, Syllable, syllables_of
from soundwright.tools.tts.joining import faded

_TAIL_S, _PEAK, _TEMPO = 0.15, 0.7, 0.6
_IN_MARK = 0.2  # where the vowel begins to sound within the time of its stress mark
# Name, gender, size of the throat beside hibari's own voice, octaves from a melody of its own.
_SINGERS = (
    ("alto", "female", 1.0, 0),
    ("soprano", "female", 0.93, 0),
    ("tenor", "male", 1.16, -1),
    ("bass", "male", 1.26, -1),
)


class SingerTool:
    """The tool ``singer``: lyrics on given notes, or on a melody that it finds for them."""

    spec = ToolSpec(
        name="singer",
        version="1",
        operations=("sing",),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        languages=("en", "en-US"),
        voices=tuple(
            VoiceInfo(name, "en", "female" if gender == "female" else "male", description=f"{name}, plain", quality=0.4)
            for name, gender, _, _ in _SINGERS
        ),
        extra="local",
        modules=("hibari", "onnxruntime"),
        memory_mb=400,
        max_length_s=600,
        honours=("text", "description", "preset", "language", "length", "take", "notes"),
        take_varies=("seed", "melody"),
        rank=50,
        speed=4.0,
        proven="real",
        proven_note="the weights in hibari's package; pitch measured, words heard by Whisper",
        help="Sings English lyrics, plainly, on given notes or a melody of its own; four voices, no weights to fetch.",
    )

    def __init__(self) -> None:
        self._voice: HibariVoice | None = None

    def load(self, place: Place) -> None:
        """Read the speaking network inside its package.

        Raises:
            ToolMissing: hibari-tts is not installed.
        """
        del place
        self._voice = HibariVoice()

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Sing each request in turn."""
        return each(batch, context, lambda request: self._sing(request, context))

    def close(self) -> None:
        """Free the network."""
        self._voice = None

    def _sing(self, request: Request, context: Context) -> Audio:
        preset = str(request.params.get("preset") or _SINGERS[0][0])
        singers = {name: (throat, octaves) for name, _, throat, octaves in _SINGERS}
        if preset not in singers:
            raise ToolError(f"singer has no voice {preset!r}; it has {', '.join(singers)}.")
        lyrics, (throat, octaves) = _lyrics(request), singers[preset]
        syllables = syllables_of(lyrics)
        line = _notes(request) or _own_notes(request, lyrics, octaves)
        carried = spread(len(syllables), line)
        total = np.zeros(round((max(note.end_s for note in line) + _TAIL_S) * RATE), dtype=np.float32)
        for start, end in _lines(syllables):
            context.check()
            sound, from_s = self._line(syllables[start:end], carried[start:end], throat, request.seed)
            at = round(from_s * RATE)
            part = sound[: max(0, len(total) - at)]
            total[at : at + len(part)] += part
        peak = float(np.abs(total).max(initial=0.0))
        return Audio((_PEAK / max(peak, 1e-6) * total)[None].astype(np.float32), RATE)

    def _line(
        self, syllables: Sequence[Syllable], notes: Sequence[Sequence[Note]], throat: float, seed: int
    ) -> tuple[Samples, float]:
        """A line as samples, and when it begins in seconds."""
        frames, said = self._said(syllables)
        times, places = course(said, notes)
        at = np.arange(times[0], times[-1] + 2 * FRAME_S, FRAME_S)
        pitch = melody([note for own in notes for note in own], at)
        sound = sounded(frames, np.interp(at, times, places), pitch, throat, seed)
        level = np.interp(np.arange(len(sound)) / RATE + times[0], at, loudness(times, at))
        return faded(sound * level.astype(np.float32), RATE), float(times[0])

    def _said(self, syllables: Sequence[Syllable]) -> tuple[Frames, list[Said]]:
        """A line as it is spoken, and where its syllables are in that."""
        if self._voice is None:
            raise ToolError("singer ran before it was loaded", addressee="developer")
        known = ["".join(s for s in syllable.sounds if self._voice.knows(s)) for syllable in syllables]
        spoken = [text + (" " if syllable.ends_word else "") for text, syllable in zip(known, syllables, strict=True)]
        frames = self._voice.say("".join(spoken).rstrip() + ".", _TEMPO)
        said, at = [], 0
        for text, whole in zip(known, spoken, strict=True):
            vowels = [n for n, sound in enumerate(text) if sound in VOWELS or sound == "ː"] or [max(0, len(text) - 1)]
            marked = vowels[0] - 1 if vowels[0] > 0 and text[vowels[0] - 1] in "ˈˌ" else vowels[0]
            start, mark, vowel, vowel_end, end = (
                float(frames.starts[at + corner]) for corner in (0, marked, vowels[0], vowels[-1] + 1, len(text))
            )
            said.append(Said(start, mark + _IN_MARK * (vowel - mark), vowel_end, end))
            at += len(whole)
        return frames, said


def _lines(syllables: Sequence[Syllable]) -> list[tuple[int, int]]:
    ends = [number + 1 for number, syllable in enumerate(syllables) if syllable.ends_line]
    return list(zip([0, *ends], ends, strict=False))


def _lyrics(request: Request) -> str:
    fed = request.inputs.get("text")
    return fed.text if isinstance(fed, Text | Transcript) else str(request.params.get("text", ""))


def _notes(request: Request) -> list[Note]:
    """The notes that are fed: those of the first part that is not drums, one at a time.

    Raises:
        ToolError: there are none, or several sound at once.
    """
    fed = request.inputs.get("notes")
    if not isinstance(fed, Notes):
        return []
    parts = [part for part in fed.parts if not part.drums and part.notes]
    if not parts:
        raise ToolError("sing: the notes hold no melody. Feed notes of one voice.")
    line = sorted(parts[0].notes, key=lambda note: note.start_s)
    for one, other in itertools.pairwise(line):
        if other.start_s < one.end_s - 0.03:
            raise ToolError(f"sing: two notes sound at once at {other.start_s:.2f} s. Feed notes of one voice.")
    wild = next((note for note in line if not 36 <= note.pitch <= 88), None)
    if wild is not None:
        raise ToolError(f"sing: no voice reaches the pitch {wild.pitch}; use 36 (C2) to 88 (E6).")
    return line


def _own_notes(request: Request, lyrics: str, octaves: int) -> list[Note]:
    """A melody for the lyrics, as long as it takes or exactly as long as was asked for."""
    seed, length = request.seed + int(request.params.get("take", 0)), request.params.get("length")
    notes = melody_for(lyrics, str(request.params.get("description", "")), None, seed).parts[0].notes
    end_s = max(note.end_s for note in notes)
    pace = 1.0 if length is None else max(float(length) - _TAIL_S, 0.1) / end_s
    return [Note(note.pitch + 12 * octaves, note.start_s * pace, note.end_s * pace, note.velocity) for note in notes]
