"""How different the characters of a story sound: cosines of speaker-embedding centroids by resemblyzer.

    python bench/voices.py --speak FOLDER   casts four companies and speaks with every voice (needs the speech engines)
    python bench/voices.py FOLDER           measures the clips of FOLDER/voices.json (needs resemblyzer, and so torch)
    python bench/voices.py CLIPS.json       measures any list of {"company", "voice", "wav"}, files relative to the list

The two steps may run in different environments. The control is the same voice on other sentences: the cosine of the
centroids of its even and its odd clips. Every pair of one company should stay below 0.80, the control above 0.88.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
TEXTS = (
    "The train was late again, so we walked along the river until the sun went down.",
    "Nobody told me that the door would be locked, or that the key was under the mat.",
    "If you listen closely you can hear the bells of the old town across the water.",
    "I have thought about it for three days, and my answer is still the same.",
)
_MAN = {"description": "a man", "gender": "male", "accent": "american"}
_WOMAN = {"description": "a woman", "gender": "female", "accent": "british"}
COMPANIES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "lighthouse": [
        ("Keeper", {"description": "old man, gravelly and slow", "gender": "male", "age": "old", "accent": "british"}),
        ("Ann", {"description": "frightened young woman", "gender": "female", "age": "young"}),
        ("Captain", {"description": "a stern captain"}),
    ],
    "three American men": [(name, _MAN) for name in ("Ed", "Bob", "Sam")],
    "three British women": [(name, _WOMAN) for name in ("Ida", "May", "Eve")],
    "family": [
        ("Mother", {"description": "calm mother"}), ("Father", {"description": "father, jolly"}),
        ("Lucy", {"description": "little girl"}), ("Tom", {"description": "boy of nine"}),
        ("Gran", {"description": "kindly grandmother"}), ("Robot", {"description": "the house computer, a robot"}),
    ],
}  # fmt: skip


def speak(folder: Path) -> None:
    """Cast the companies and speak the lines."""
    from soundwright.orchestrator.casting import VoiceWanted, cast  # noqa: PLC0415  not needed to measure
    from soundwright.tools.assets import Speech  # noqa: PLC0415
    from soundwright.tools.audio_files import write  # noqa: PLC0415
    from soundwright.tools.base import Context, Place, Request  # noqa: PLC0415
    from soundwright.tools.model_store import ModelStore  # noqa: PLC0415
    from soundwright.tools.tts.kokoro import KokoroTool  # noqa: PLC0415

    store, tool = ModelStore(), KokoroTool()
    for model in tool.spec.models:
        store.pull(model)
    tool.load(Place(weights=store.paths(tool.spec.models), threads=2))
    folder.mkdir(parents=True, exist_ok=True)
    clips: list[dict[str, str]] = []
    requests: list[Request] = []
    for company, members in COMPANIES.items():
        given = cast([VoiceWanted(name, **about) for name, about in members], (tool.spec,), {})
        for name, got in given.items():
            print(f"{company}: {name} = {got.preset} ({got.why})")
            for number, text in enumerate(TEXTS):
                clips.append({"company": company, "voice": name, "wav": f"{got.preset}_{number}.wav"})
                if not (folder / clips[-1]["wav"]).exists():
                    requests.append(Request("speak", {"text": text, "preset": got.preset}, label=clips[-1]["wav"]))
    for index, result in tool.run(requests, Context()):
        assert isinstance(result, Speech), result
        write(folder / requests[index].label, result)
    (folder / "voices.json").write_text(json.dumps(clips, indent=1))


def measure(listing: Path) -> int:
    """Print each company's cosines; 1 when a pair or a control misses its mark."""
    import soundfile  # noqa: PLC0415
    import soxr  # noqa: PLC0415
    from resemblyzer import VoiceEncoder, preprocess_wav  # noqa: PLC0415

    encoder = VoiceEncoder("cpu", verbose=False)
    embedded: dict[str, Vector] = {}
    companies: dict[str, dict[str, list[Vector]]] = defaultdict(lambda: defaultdict(list))
    for clip in json.loads(listing.read_text()):
        if clip["wav"] not in embedded:
            sound, rate = soundfile.read(listing.parent / clip["wav"], dtype="float32", always_2d=True)
            mono = soxr.resample(sound.mean(axis=1), rate, 16000)
            embedded[clip["wav"]] = encoder.embed_utterance(preprocess_wav(mono, source_sr=16000))
        companies[clip["company"]][clip["voice"]].append(embedded[clip["wav"]])
    worst, control = 0.0, 1.0
    for company, voices in companies.items():
        centres = {name: _unit(np.mean(clips, axis=0)) for name, clips in voices.items()}
        same = {name: _cosine(clips[::2], clips[1::2]) for name, clips in voices.items() if len(clips) > 1}
        names = list(centres)
        print(f"{company}: same voice " + ", ".join(f"{name} {value:.2f}" for name, value in same.items()))
        for n, one in enumerate(names):
            for other in names[:n]:
                value = float(centres[one] @ centres[other])
                worst = max(worst, value)
                print(f"  {other} - {one}: {value:.2f}")
        control = min([control, *same.values()])
    print(f"highest pair {worst:.3f} (aim < 0.80), lowest same voice {control:.3f} (aim >= 0.88)")
    return int(worst >= 0.80 or control < 0.88)


def _unit(vector: Vector) -> Vector:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def _cosine(one: list[Vector], other: list[Vector]) -> float:
    return float(_unit(np.mean(one, axis=0)) @ _unit(np.mean(other, axis=0)))


def main() -> int:
    """Run one of the two steps."""
    parser = argparse.ArgumentParser(description="Cosines of the voices of a cast.")
    parser.add_argument("where", nargs="?", type=Path)
    parser.add_argument("--speak", type=Path)
    options = parser.parse_args()
    if options.speak:
        speak(options.speak)
        return 0
    return measure(options.where / "voices.json" if options.where.is_dir() else options.where)


if __name__ == "__main__":
    sys.exit(main())
