"""How often YAMNet hears the right class among its first five: synthesised effects, and real recordings beside them.

    python bench/effects.py [--recordings FOLDER] [--seeds 2] [--all]

``data/effects40.json`` lists descriptions with the classes that
count as right; it was written before anything was tuned. ``--recordings`` names a folder with unpacked Debian packages
and checks the files listed in ``data/recordings.json`` (file, classes, licence) in the same way.

Recordings are many of a few kinds, so raw shares do not compare. The fair comparison keeps the kinds that both have
(a description belongs to the recordings among whose classes its first class is), and takes the mean over kinds.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import soundfile
import soxr

from soundwright.tools.assets import Audio
from soundwright.tools.base import Context, Request
from soundwright.tools.model_store import ModelStore
from soundwright.tools.one_thread import products_on_one_thread
from soundwright.tools.sfx.procedural import ProceduralSoundTool
from soundwright.tools.tagging.yamnet_network import RATE, Yamnet

DATA = Path(__file__).parent / "data"
FLOOR_DB = -50.0


def room_noise(frames: int, level_db: float) -> np.ndarray:
    """Soft low-pass noise at an RMS in dB below full scale."""
    rng = np.random.default_rng(0)
    bins = rng.standard_normal(frames // 2 + 1) + 1j * rng.standard_normal(frames // 2 + 1)
    noise = np.fft.irfft(bins / np.maximum(1.0, np.arange(bins.size) / (frames / 2) * 60), frames)
    return np.asarray(noise * 10 ** (level_db / 20) / np.sqrt(np.mean(np.square(noise))))


def heard(model: Yamnet, samples: np.ndarray, rate: int, floor_db: float = FLOOR_DB) -> list[str]:
    """The five likeliest classes.

    All sounds of the bench, recorded or not, are brought to a peak of 0.85 and get the same soft
    noise floor: YAMNet was trained on recordings and has never heard digital silence.
    """
    mono = samples.mean(axis=0)
    mono = mono * (0.85 / max(1e-9, float(np.max(np.abs(mono)))))
    mono = mono + room_noise(mono.size, floor_db)
    return [name for name, _ in model.top(soxr.resample(mono, rate, RATE).astype(np.float32))]


Verdicts = list[tuple[list[str], float]]


def synthesised(model: Yamnet, seeds: int, show: bool) -> Verdicts:
    """(classes, share of the seeds heard as one of them) of every description."""
    tool = ProceduralSoundTool()
    verdicts: Verdicts = []
    missing = 0
    seconds = cpu = 0.0
    for entry in json.loads((DATA / "effects40.json").read_text()):
        hits = []
        for seed in range(seeds):
            start = time.process_time()
            request = Request("generate_sound", {"description": entry["description"]}, seed=seed)
            result = next(iter(tool.run([request], Context())))[1]
            cpu += time.process_time() - start
            if not isinstance(result, Audio):
                missing += 1
                hits.append(("unknown", [str(result)]))
                continue
            seconds += result.length_s
            top = heard(model, result.samples, result.rate)
            hits.append(("right" if set(top) & set(entry["classes"]) else "wrong", top))
        verdicts.append((entry["classes"], sum(word == "right" for word, _ in hits) / seeds))
        if show or verdicts[-1][1] < 1:
            print(f"{'/'.join(word for word, _ in hits):20} {entry['description']!r} wanted {entry['classes']}")
            print(f"{'':20} heard {hits[0][1]}")
    print(f"synthesised: {_share(verdicts)}, {seeds} seeds, {missing} unknown; "
          f"{seconds:.0f} s of sound in {cpu:.1f} CPU s")  # fmt: skip
    return verdicts


def recorded(model: Yamnet, folder: Path, show: bool) -> Verdicts:
    """(classes, 1 if heard as one of them) of every recording."""
    verdicts: Verdicts = []
    for entry in json.loads((DATA / "recordings.json").read_text()):
        samples, rate = soundfile.read(folder / entry["file"], dtype="float32", always_2d=True)
        top = heard(model, samples.T[:, : 10 * rate], rate)
        good = bool(set(top) & set(entry["classes"]))
        verdicts.append((entry["classes"], float(good)))
        if show or not good:
            print(f"{'right' if good else 'wrong':8} {entry['file']} wanted {entry['classes']}\n{'':8} heard {top}")
    print(f"recorded: {_share(verdicts)}")
    return verdicts


def _share(verdicts: Verdicts) -> str:
    shares = [share for _, share in verdicts]
    return f"{sum(shares):.1f} of {len(shares)} right in top 5 ({100 * float(np.mean(shares)):.0f} %)"


def compare(synthetic: Verdicts, real: Verdicts) -> None:
    """The mean share over the kinds of sound that both have, and their ratio."""
    kinds: dict[str, tuple[list[float], list[float]]] = {}
    for classes, share in real:
        kinds.setdefault(classes[0], ([], []))[1].append(share)
    for classes, share in synthetic:
        kind = next((known[0] for known, _ in real if classes[0] in known), None)
        if kind:
            kinds[kind][0].append(share)
    rows = [(kind, float(np.mean(mine)), float(np.mean(theirs))) for kind, (mine, theirs) in kinds.items() if mine]
    print(f"{'kind':34} synthesised  recorded")
    for kind, mine, theirs in rows:
        print(f"{kind:34} {mine:11.2f} {theirs:9.2f}")
    mean = np.mean([row[1:] for row in rows], axis=0)
    print(f"{f'mean of {len(rows)} kinds':34} {mean[0]:11.2f} {mean[1]:9.2f}  ratio {mean[0] / max(1e-9, mean[1]):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recordings", type=Path)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    products_on_one_thread()
    store = ModelStore()
    store.pull("yamnet")
    index, data, names = (
        store.path("yamnet", name) for name in ("yamnet.index", "yamnet.data", "yamnet_class_map.csv")
    )
    model = Yamnet(index.read_bytes(), data.read_bytes(), names.read_text(encoding="utf-8"))
    synthetic = synthesised(model, options.seeds, options.all)
    if options.recordings:
        compare(synthetic, recorded(model, options.recordings, options.all))


if __name__ == "__main__":
    main()
