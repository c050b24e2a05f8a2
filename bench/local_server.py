"""A real language model behind a real server on this machine, driven by plan, make, edit and chat over HTTP.

python bench/local_server.py [MODEL] [--requests N]

What counts is how each request ends: in a valid script (``script``), in an answer (``answer``) or in a clear message
with an exit code (``message``); never in a traceback or without a word. The prose of a small model is not judged.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.errors import ScriptError

HERE = Path(__file__).parent
PROGRAM = str(Path(sys.executable).with_name("soundwright"))
IDEAS = (
    "Rain on a roof, no speech, ten seconds",
    "Ann and Ben meet at a bus stop, two lines",
    'A knock on the door, then exactly one line: "Come in."',
    "One minute on quantum mechanics",
    "A 10 s scene in a lift",
)
EDITS = (
    "make the rain louder", 'let Ann say "Good night." at the end', "remove the music", "give it a better title",
)  # fmt: skip
TALKS = (
    "who speaks most?\n", "I would like the rain to be louder\n", "how long is the second scene\n",
    "hello, who are you?\n", "make a sound of a bell\n",
)  # fmt: skip
STORY = """version: 1
title: Late
voices: [{name: Ann, description: calm woman}]
cues:
  - {type: sound, id: rain, description: rain, layer: background}
  - {type: music, description: slow strings, length: 3}
  - {type: speech, voice: Ann, text: "Who is it?"}
"""


@contextmanager
def server(model: str) -> Iterator[str]:
    """Llama.cpp's own server in a process of its own; the name for ``--llm``."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "llm.py"), "--serve", model],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def run(folder: Path, llm: str, arguments: list[str], said: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SOUNDWRIGHT_LLM": llm, "SOUNDWRIGHT_LLM_CONTEXT": "8192"}
    environment.setdefault("SOUNDWRIGHT_LLM_MAX_TOKENS", "400")
    return subprocess.run(
        [PROGRAM, *arguments], cwd=folder, env=environment, input=said, capture_output=True, text=True, check=False,
        timeout=1200,
    )  # fmt: skip


def ending(done: subprocess.CompletedProcess[str], script: Path | None = None) -> str:
    """How a request ended."""
    if "Traceback" in done.stderr or "defect" in done.stderr or done.returncode not in (0, 2, 3, 4):
        return "BROKEN"
    if done.returncode:
        return "message" if (done.stderr + done.stdout).strip() else "BROKEN"
    if script is None:
        return "answer" if done.stdout.strip() else "BROKEN"
    try:
        documents.load(script)
    except ScriptError:
        return "BROKEN"
    return "script"


def drive(llm: str, requests: int) -> Counter[tuple[str, str]]:
    """Every command with its requests; how they ended, counted."""
    ends: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number, idea in enumerate(IDEAS[:requests]):
            out = folder / f"plan{number}.yaml"
            note(ends, "plan", idea, run(folder, llm, ["plan", idea, "-o", out.name, "--rounds", "2"]), out)
        idea, out = IDEAS[0], folder / "made.yaml"
        note(ends, "make", idea, run(folder, llm, ["make", idea, "-o", "made.flac", "--rounds", "2", "-q"]), out)
        for number, wish in enumerate(EDITS[:requests]):
            out = folder / f"edit{number}.yaml"
            out.write_text(STORY, encoding="utf-8")
            note(ends, "edit", wish, run(folder, llm, ["edit", out.name, wish, "--yes", "--rounds", "2"]), out)
        for number, words in enumerate(TALKS[:requests]):
            out = folder / f"chat{number}.yaml"
            out.write_text(STORY, encoding="utf-8")
            note(ends, "chat", words, run(folder, llm, ["chat", out.name, "--no-render", "--yes"], words))
    return ends


def note(
    ends: Counter[tuple[str, str]], command: str, request: str, done: subprocess.CompletedProcess[str],
    script: Path | None = None,
) -> None:  # fmt: skip
    """Count one, and print its last line."""
    end = ending(done, script)
    ends[command, end] += 1
    last = (done.stdout.strip() or done.stderr.strip()).splitlines()[-1:] or [""]
    print(f"{command:5} {end:8} rc {done.returncode}  {request.strip()[:44]:44}  {last[0][:100]}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="smollm2-135m")
    parser.add_argument("--requests", type=int, default=5)
    given = parser.parse_args()
    began = time.monotonic()
    with server(given.model) as llm:
        ends = drive(llm, given.requests)
    for (command, end), count in sorted(ends.items()):
        print(f"{command:5} {end:8} {count}")
    print(f"{time.monotonic() - began:.0f} s")
    return int(any(end == "BROKEN" for _, end in ends))


if __name__ == "__main__":
    sys.exit(main())
