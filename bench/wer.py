"""Word error rate of spoken clips, heard by Whisper base, which made none of them.

    python bench/wer.py CLIPS.json      a list of {"wav": FILE, "text": TEXT}, files relative to the list
    python bench/wer.py --speak FOLDER  speaks bench/data/spoken_lines.json with Kokoro into FOLDER first

Text and hearing go through one normaliser: the one that prepares text for speech, then lower case without marks, one
spelling for British and American words. Prints each line's errors and the pooled rate (substitutions, insertions and
deletions over the words of the texts); --json FILE keeps them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from soundwright.tools.asr.whisper import WhisperTool
from soundwright.tools.assets import Speech, Transcript
from soundwright.tools.audio_files import read, write
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.model_store import ModelStore
from soundwright.tools.tts.kokoro import KokoroTool
from soundwright.tools.understanding.word_errors import normal_words, word_errors

LINES = Path(__file__).parent / "data" / "spoken_lines.json"


@dataclass(frozen=True)
class Line:
    """One clip: what was written, what was heard, and the word errors between them."""

    wav: str
    text: str
    heard: str
    errors: int
    words: int

    @property
    def rate(self) -> float:
        return self.errors / max(1, self.words)


def hear(clips: list[dict[str, str]], folder: Path, threads: int = 2) -> list[Line]:
    """Transcribe clips and count errors."""
    store = ModelStore()
    store.pull("whisper-base")
    tool = WhisperTool()
    tool.load(Place(weights=store.paths(("whisper-base",)), threads=threads))
    requests = [
        Request("transcribe", {"language": clip.get("language", "en")}, {"audio": read(folder / clip["wav"])})
        for clip in clips
    ]
    lines = []
    for index, result in tool.run(requests, Context()):
        assert isinstance(result, Transcript), result
        wanted, heard = normal_words(clips[index]["text"]), normal_words(result.text)
        lines.append(
            Line(clips[index]["wav"], clips[index]["text"], result.text, word_errors(wanted, heard), len(wanted))
        )
    tool.close()
    return lines


def speak(folder: Path) -> list[dict[str, str]]:
    """Speak the test lines into ``folder``."""
    wanted = json.loads(LINES.read_text(encoding="utf-8"))
    store = ModelStore()
    tool = KokoroTool()
    for model in tool.spec.models:
        store.pull(model)
    tool.load(Place(weights=store.paths(tool.spec.models), threads=2))
    folder.mkdir(parents=True, exist_ok=True)
    clips = []
    began, cpu = time.perf_counter(), time.process_time()
    seconds = 0.0
    for index, result in tool.run([Request("speak", line) for line in wanted], Context()):
        assert isinstance(result, Speech), result
        write(folder / f"{index:02d}.wav", result)
        seconds += result.length_s
        clips.append({"wav": f"{index:02d}.wav", "text": wanted[index]["text"]})
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    print(f"spoke {seconds:.1f} s in {wall:.1f} s ({used:.1f} CPU s)", file=sys.stderr)
    return clips


def main() -> int:
    """Print the figures; 1 when the pooled rate is above 5 % or a line above 25 %."""
    parser = argparse.ArgumentParser(description="Word error rate of spoken clips.")
    parser.add_argument("clips", nargs="?", type=Path)
    parser.add_argument("--speak", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.speak:
        clips, folder = speak(options.speak), options.speak
    else:
        clips, folder = json.loads(options.clips.read_text(encoding="utf-8")), options.clips.parent
    lines = hear(clips, folder)
    for line in lines:
        print(
            f"{line.rate:6.1%}  {line.wav}  {line.text!r}" + (f"\n        heard {line.heard!r}" if line.errors else "")
        )
    pooled = sum(line.errors for line in lines) / max(1, sum(line.words for line in lines))
    worst = max((line.rate for line in lines), default=0.0)
    print(f"pooled {pooled:.2%} over {sum(line.words for line in lines)} words, worst line {worst:.1%}")
    if options.json:
        options.json.write_text(json.dumps([asdict(line) for line in lines], indent=1, ensure_ascii=False))
    return int(pooled > 0.05 or worst > 0.25)


if __name__ == "__main__":
    sys.exit(main())
