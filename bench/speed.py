"""Speed of the command line, the compiler and a one-minute story: wall and CPU seconds of fresh processes.

usage: python bench/speed.py [--rounds N]

The story is rendered cold (an empty asset cache, models already there) and again from the cache.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from soundwright.orchestrator.config import load_config
from soundwright.scripts_compiler.placement import Measured, place
from soundwright.scripts_compiler.script import Script
from soundwright.tools.assets import Word

HERE = Path(__file__).resolve().parent
STORY = HERE.parent / "examples" / "lighthouse.yaml"


def timed(arguments: list[str], env: dict[str, str], rounds: int) -> tuple[float, float]:
    """Median (wall, CPU) seconds of a process and its children."""
    walls, cpus = [], []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run(arguments, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        walls.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(walls), statistics.median(cpus)


def long_script(cues: int) -> dict[str, object]:
    """A script of ``cues`` cues: scenes, beds, lines and sounds as a serial has them."""
    made: list[dict[str, object]] = []
    for n in range(cues):
        if n % 100 == 0:
            made.append({"type": "scene", "id": f"scene{n}", "space": "room"})
        elif n % 100 == 1:
            made.append({"type": "sound", "layer": "background", "description": f"light rain {n % 7}"})
        elif n % 5 == 4:
            made.append({"type": "sound", "id": f"s{n}", "description": f"knock on a door, {n % 40}", "length": 1.5,
                         "start": {"with": f"l{n - 1}", "offset": 0.2}})  # fmt: skip
        else:
            made.append({"type": "speech", "id": f"l{n}", "voice": f"V{n % 4}", "text": f"This is line number {n}."})
    voices = [{"name": f"V{n}", "description": "a calm adult"} for n in range(4)]
    return {"version": 1, "title": "Long", "voices": voices, "cues": made}


def placing_s() -> float:
    """CPU seconds to place the long script once its sounds are measured, the least of three."""
    script = Script.model_validate(long_script(2000))
    speech = Measured(2.0, tuple(Word(f"w{i}", i / 4, (i + 1) / 4) for i in range(5)))
    measured = {number: speech for number, cue in enumerate(script.cues) if cue.type == "speech"}
    taken = []
    for _ in range(3):
        start = time.process_time()
        place(script, measured)
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> None:
    """Print the figures, one line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    program = [str(Path(sys.executable).with_name("soundwright"))]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # users have compiled modules
        wall, cpu = timed([*program, "--help"], env, rounds)
        print(f"soundwright --help                {wall:6.2f} s wall {cpu:6.2f} s CPU   (aim 0.3 s)")
        script = home / "long.json"
        script.write_text(json.dumps(long_script(2000)))
        yaml = home / "long.yaml"
        subprocess.run([sys.executable, "-c", _TO_YAML, str(script), str(yaml)], check=True)
        wall, cpu = timed([*program, "graph", str(yaml)], env, min(rounds, 3))
        print(f"2,000 cues read, checked, compiled {wall:5.2f} s wall {cpu:6.2f} s CPU   (aim 2 s)")
        print(f"2,000 cues placed on the timeline {placing_s():23.2f} s CPU   (aim 0.5 s)")
        story = [*program, "render", str(STORY), "-o", str(home / "story.flac"), "-q", "--recast"]
        (home / "models").symlink_to(load_config().models)
        env["SOUNDWRIGHT_HOME"] = str(home)
        wall, cpu = timed(story, env, 1)
        print(f"one-minute story, cold            {wall:6.2f} s wall {cpu:6.2f} s CPU   (aim 40 s)")
        wall, cpu = timed(story, env, 3)
        print(f"one-minute story, from cache      {wall:6.2f} s wall {cpu:6.2f} s CPU   (aim 2 s)")


_TO_YAML = """
import json, sys
from ruamel.yaml import YAML
yaml = YAML()
yaml.dump(json.load(open(sys.argv[1])), open(sys.argv[2], "w"))
"""

if __name__ == "__main__":
    main()
