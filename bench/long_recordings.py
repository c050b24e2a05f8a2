"""Twenty minutes at one go: what engines with a window make of them, their CPU seconds and their memory.

    python bench/long_recordings.py FOLDER [--minutes 20] [--only whisper silero ...]

A voice of hibari's reads made-up sentences, with pauses; FOLDER keeps the recording, its text and the times of its
sentences from run to run. Each engine runs in a process of its own. Those that are not installed are left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from listening import tool
from listening_material import loaded

from soundwright.tools.assets import Asset, Audio, Events, Notes, Scores, Speech, Stems, Transcript, Word
from soundwright.tools.audio_files import read, write
from soundwright.tools.base import Context, Request
from soundwright.tools.tts.hibari import HibariTool
from soundwright.tools.understanding.word_errors import normal_words, word_errors

WORK: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("whisper", "transcribe", {"language": "en"}), ("moonshine", "transcribe", {"language": "en"}),
    ("pocketsphinx", "align", {"language": "en"}), ("silero", "detect_speech", {}), ("resemblyzer", "diarize", {}),
    ("yamnet", "tag", {}), ("dnsmos", "score_speech", {}), ("basic-pitch", "transcribe_notes", {}),
    ("rhythm", "analyse_music", {}), ("deepfilternet", "enhance", {}), ("dtln", "enhance", {}),
    ("repair", "restore", {}), ("bands", "super_resolve", {}), ("split", "separate", {"stems": 2}),
    ("spleeter", "separate", {"stems": 2}), ("mark", "watermark", {"message": "beef"}),
    ("voice-shape", "convert_voice", {"semitones": 3.0}),
)  # fmt: skip
WHO = ("The old captain", "My younger sister", "A tired doctor", "The village baker", "Nobody in the town",
       "Our new teacher", "The quiet gardener", "A stranger in a grey coat")  # fmt: skip
DID = ("found a broken lantern", "wrote three long letters", "heard the church bells", "opened the wooden gate",
       "counted all the silver coins", "remembered an older story", "sold the last loaf of bread")  # fmt: skip
WHERE = ("near the frozen river", "before anyone else was awake", "behind the empty theatre",
         "on the way to the harbour", "while the snow was falling", "at the end of the summer",
         "without saying a word")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--only", nargs="+", default=[name for name, *_ in WORK])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    file = recording(options.folder, options.minutes)
    if options.one is not None:
        print(json.dumps(made_by(file, *WORK[options.one])))
        return
    for number, (name, op, _) in enumerate(WORK):
        if name in options.only:
            print(f"{name:14} {op:16} {measured(number)}", flush=True)


def measured(number: int) -> str:
    """What a process of its own finds, and what it takes."""
    command = [sys.executable, *sys.argv, "--one", str(number)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    found, cpu, megabytes = json.loads(done.stdout.splitlines()[-1])
    return f"{cpu:7.1f} CPU s, {megabytes:6.0f} MB: {found}"


def recording(folder: Path, minutes: float) -> Path:
    """A recording of at least so many minutes; beside it, as JSON, its sentences with their begins in s."""
    file = folder / f"long_{minutes:g}.flac"
    if file.exists():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    rng, engine = np.random.default_rng(0), loaded(HibariTool())
    parts: list[Any] = []
    rows: list[tuple[float, str]] = []
    at = 0.0
    while at < 60 * minutes:
        text = " ".join(str(rng.choice(words)) for words in (WHO, DID, WHERE)) + "."
        ((_, said),) = engine.run([Request("speak", {"text": text, "language": "en"}, seed=len(rows))], Context())
        assert isinstance(said, Speech), said
        pause = np.zeros((1, round(rng.uniform(0.3, 0.9) * said.rate)), np.float32)
        rows.append((at + _lead_s(said), text))
        parts += [said.samples, pause]
        at += said.length_s + pause.shape[1] / said.rate
    engine.close()
    file.with_suffix(".json").write_text(json.dumps(rows))
    write(file, Audio(np.concatenate(parts, axis=1), said.rate))
    return file


def _lead_s(said: Speech) -> float:
    """How long the silence before a voice is."""
    loud = np.abs(said.samples[0]) > 0.02 * np.abs(said.samples).max()
    return int(np.argmax(loud)) / said.rate


def made_by(file: Path, name: str, op: str, params: dict[str, Any]) -> tuple[str, float, float]:
    """A result in words, the CPU seconds that it took, and how much memory the process held at most, in MB."""
    engine, audio = tool(name), read(file)
    if engine is None:
        return "not installed", 0.0, 0.0
    sentences = json.loads(file.with_suffix(".json").read_text())
    asked = {"text": " ".join(text for _, text in sentences)} if op == "align" else {}
    start = time.process_time()
    ((_, made),) = engine.run([Request(op, params | asked, {"audio": audio}, seed=1)], Context())
    cpu = time.process_time() - start
    if isinstance(made, Exception):
        raise made
    return in_words(made, audio, sentences), cpu, _most_held()


def _most_held() -> float:
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(told["VmHWM"].split()[0]) / 1e3


def in_words(made: Asset, audio: Audio, sentences: list[tuple[float, str]]) -> str:
    """What tells whether all of the recording was worked on."""
    match made:
        case Transcript():
            wanted = normal_words(" ".join(text for _, text in sentences))
            said = f"{word_errors(wanted, normal_words(made.text))} of {len(wanted)} words wrong"
        case Speech(words=tuple(words)):
            said = _begins(words, sentences)
        case Events():
            said = f"{len(made.events)} events, the last ends at {made.events[-1].end_s:.1f} of {audio.length_s:.1f} s"
        case Notes():
            last = max(note.end_s for part in made.parts for note in part.notes)
            said = f"{sum(len(part.notes) for part in made.parts)} notes, until {last:.1f} of {audio.length_s:.1f} s"
        case Scores():
            said = ", ".join(f"{name} {value}" for name, value in list(made.scores.items())[:3])
        case Stems():
            said = ", ".join(
                f"{name} {stem.length_s:.2f} of {audio.length_s:.2f} s" for name, stem in made.stems.items()
            )
        case Audio():
            said = f"{made.length_s:.2f} of {audio.length_s:.2f} s"
        case _:
            said = type(made).__name__
    return said


def _begins(words: tuple[Word, ...], sentences: list[tuple[float, str]]) -> str:
    """How far the first word of each sentence begins from where it was put."""
    firsts = np.cumsum([0, *(len(text.split()) for _, text in sentences)])
    assert firsts[-1] == len(words)
    off = [abs(words[first].start_s - begin) for first, (begin, _) in zip(firsts, sentences, strict=False)]
    median, most = (1000 * float(x) for x in np.quantile(off, [0.5, 0.95]))
    return f"sentences begin {median:.0f} ms off in the median, {most:.0f} ms at 95 %, {max(off):.2f} s at most"


if __name__ == "__main__":
    main()
