#!/usr/bin/env python3
"""How far beds lie below every line of some scripts, measured on what is mixed.

usage: under_speech.py SCRIPT.yaml ...

Renders what is missing, then prints for each line the loudness of the speech, and by how many LU music beds and
ambiences lie below it. Exits with 1 where music lies less than 10 or an ambience less than 15 LU below.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from soundwright.orchestrator import pipeline
from soundwright.orchestrator.executor import execute
from soundwright.orchestrator.mix.clearance import LEAST_LU
from soundwright.orchestrator.mix.under_speech import under_speech
from soundwright.orchestrator.observers import NullObserver
from soundwright.orchestrator.timeline import Timeline, build_timeline
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler.compile import compile_script
from soundwright.scripts_compiler.document import load


def timeline_of(path: Path) -> Timeline:
    document, workshop = load(path), Workshop.open()
    graph = compile_script(document.script, workshop.catalogue())
    plan = pipeline._bind(document, graph, workshop, pipeline.RenderOptions())
    execution = execute(plan, workshop.cache, observer=NullObserver(), models=workshop.models)
    if execution.failures:
        sys.exit(f"{path}: {execution.failures}")
    return build_timeline(document.script, pipeline._sounds(plan, execution))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scripts", nargs="+", type=Path)
    good = True
    for path in parser.parse_args().scripts:
        lines = under_speech(timeline_of(path), jobs=2)
        print(f"{path.name}: {len(lines)} lines")
        for line in lines:
            fine = line.music_lu >= LEAST_LU["music"] and line.ambience_lu >= LEAST_LU["sound"]
            good &= fine
            print(
                f"  {line.start_s:7.2f} s  speech {line.speech_lufs:6.1f} LUFS  music {line.music_lu:5.1f}  "
                f"ambience {line.ambience_lu:5.1f} LU below  {line.name}{'' if fine else '  TOO CLOSE'}"
            )
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
