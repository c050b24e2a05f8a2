"""Sound with a known answer, for bench/listening.py: spoken lines, conversations, words with known times, music.

Everything is made here by the local engines and kept in a folder, except the recordings that travel with the package
moonshine-voice (their texts are public: Dickens, Beckett's four lines).
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from soundwright.tools.assets import Audio, Speech
from soundwright.tools.audio_files import read, write
from soundwright.tools.base import Context, Place, Request, Tool
from soundwright.tools.model_store import ModelStore

RATE = 24000
LINES = Path(__file__).parent / "data" / "spoken_lines.json"
RECORDED = {
    "two_cities.wav": "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age "
    "of foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was "
    "the season of Darkness, it was the spring of hope, it was the winter of despair, we had everything before us, we "
    "had nothing before us, we were all going direct to Heaven, we were all going direct the other way, in short, the "
    "period was so far like the present period, that some of its noisiest authorities insisted on its being received, "
    "for good or for evil, in the superlative degree of comparison only.",
    "beckett.wav": "Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.",
}
CONVERSATIONS = {
    "two women": ("af_heart", "bf_emma"),
    "woman and man": ("af_sky", "bm_lewis"),
    "two men": ("am_michael", "bm_george"),
    "three": ("af_bella", "am_fenrir", "bf_isabella"),
    "four": ("af_heart", "am_puck", "bf_emma", "bm_daniel"),
}
SAYINGS = (
    "The train was late again, so we walked along the river until the sun went down.",
    "Did you see the lights over there?", "Nobody told me that the door would be locked.",
    "I do not think we should stay here.", "If you listen closely you can hear the bells of the old town.",
    "Yes.", "I have thought about it for three days, and my answer is still the same.", "Why would he do that?",
    "Take the lantern and come with me, the path is steep.", "That was a long time ago.",
)  # fmt: skip


@dataclass(frozen=True)
class Clip:
    """``audio`` in which ``text`` is said."""

    name: str
    text: str
    audio: Audio
    language: str = "en"


@dataclass(frozen=True)
class Conversation:
    """``turns``: (speaker, start, end) in seconds."""

    name: str
    audio: Audio
    turns: tuple[tuple[str, float, float], ...]


def loaded(tool: Tool) -> Tool:
    """A tool with its weights, fetched where they are not there."""
    store = ModelStore()
    for model in tool.spec.models:
        store.pull(model)
    tool.load(Place(weights=store.paths(tool.spec.models), threads=tool.spec.cores))
    return tool


def spoken(folder: Path, wanted: Sequence[tuple[str, str, str, str]]) -> list[Clip]:
    """(tool, preset, language, text) of each clip, spoken where it is not in ``folder`` already."""
    from soundwright.tools.tts.hibari import HibariTool  # noqa: PLC0415
    from soundwright.tools.tts.kokoro import KokoroTool  # noqa: PLC0415
    from soundwright.tools.tts.pico import PicoTool  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{tool}_{preset}_{abs_hash(text)}.wav" for tool, preset, _, text in wanted]
    for name, engine in (("kokoro", KokoroTool), ("hibari", HibariTool), ("pico", PicoTool)):
        rows = [k for k, (tool, *_) in enumerate(wanted) if tool == name and not files[k].exists()]
        if rows:
            speaker = loaded(engine())
            requests = [
                Request("speak", {"text": wanted[k][3], "preset": wanted[k][1], "language": wanted[k][2]}) for k in rows
            ]
            for index, result in speaker.run(requests, Context()):
                assert isinstance(result, Speech), result
                write(files[rows[index]], result)
            speaker.close()
    return [
        Clip(file.stem, text, read(file), language) for file, (_, _, language, text) in zip(files, wanted, strict=True)
    ]


def abs_hash(text: str) -> str:
    """A short name of a text."""
    import hashlib  # noqa: PLC0415

    return hashlib.sha256(text.encode()).hexdigest()[:10]


def english_lines(folder: Path, tool: str = "kokoro") -> list[Clip]:
    """The lines of bench/data/spoken_lines.json in the voices that they name."""
    lines = json.loads(LINES.read_text(encoding="utf-8"))
    return spoken(folder, [(tool, line["preset"] if tool == "kokoro" else "", "en", line["text"]) for line in lines])


def recordings() -> list[Clip]:
    """The recordings of the package moonshine-voice, where it is installed."""
    package = importlib.util.find_spec("moonshine_voice")
    if package is None or package.origin is None:
        return []
    folder = Path(package.origin).parent / "assets"
    return [Clip(name, text, read(folder / name)) for name, text in RECORDED.items()]


def conversations(folder: Path, turns: int = 12) -> list[Conversation]:
    """Turns of several voices with short pauses, their times known from the clips (trimmed to what is heard)."""
    made = []
    for name, cast in CONVERSATIONS.items():
        rng = np.random.default_rng(len(name))
        order = [cast[k % len(cast)] for k in range(turns)]
        clips = spoken(folder, [("kokoro", who, "en", SAYINGS[k % len(SAYINGS)]) for k, who in enumerate(order)])
        parts: list[np.ndarray] = []
        at, known = 0, []
        for who, clip in zip(order, clips, strict=True):
            sound = trimmed(clip.audio)
            pause = round(float(rng.uniform(0.15, 0.9)) * RATE)
            known.append((who, at / RATE, (at + sound.size) / RATE))
            parts += [sound, np.zeros(pause, np.float32)]
            at += sound.size + pause
        made.append(Conversation(name, Audio(np.concatenate(parts)[None], RATE), tuple(known)))
    return made


def trimmed(audio: Audio) -> np.ndarray:
    """Mono at 24 kHz without what is below -45 dB of the peak at both ends."""
    mono = audio.samples.mean(axis=0)
    mono = soxr.resample(mono, audio.rate, RATE) if audio.rate != RATE else mono
    loud = np.flatnonzero(np.abs(mono) > np.abs(mono).max() * 10 ** (-45 / 20))
    return np.asarray(mono[loud[0] : loud[-1] + 1], np.float32)


@dataclass(frozen=True)
class Tune:
    """Composed music: its score, tempo, beats of a bar and key as they were written down."""

    name: str
    audio: Audio
    notes: tuple[tuple[int, float, float], ...]
    bpm: float
    bar: int
    tonic: int
    minor: bool


TUNES = (
    "solo piano, 90 bpm, C major", "techno, 128 bpm, A minor", "waltz, 150 bpm, G major", "relaxed café jazz, 120 bpm",
    "rock, 140 bpm, E minor", "epic orchestral battle music, 110 bpm, D minor", "folk guitar, 100 bpm, D major",
    "sad piano, 70 bpm, F minor", "march, 112 bpm, B flat major", "pop, 116 bpm, A major", "lullaby, 80 bpm, F major",
    "blues, 96 bpm, E major",
)  # fmt: skip


def tunes(length_s: float = 30.0, first_seed: int = 0) -> list[Tune]:
    """Pieces by the composer, played through its soundfont."""
    from soundwright.tools.music.compose import compose  # noqa: PLC0415
    from soundwright.tools.music.composer_tool import FONT_FILE  # noqa: PLC0415
    from soundwright.tools.music.composer_tool import RATE as MUSIC_RATE  # noqa: PLC0415
    from soundwright.tools.music.soundfont import SoundFont, render_piece  # noqa: PLC0415

    store = ModelStore()
    store.pull("musescore-general")
    font = SoundFont(store.path("musescore-general", FONT_FILE), MUSIC_RATE)
    made = []
    for seed, description in enumerate(TUNES, first_seed):
        piece = compose(description, length_s, False, seed)
        score = tuple(
            (note.pitch, note.start_s, note.end_s)
            for part in piece.notes.parts if not part.drums for note in part.notes
        )  # fmt: skip
        request = piece.request
        sound = Audio(render_piece(piece, font), MUSIC_RATE)
        assert request.tonic is not None
        made.append(Tune(description, sound, score, piece.form.bpm, request.style.beats, request.tonic, request.minor))
    return made
