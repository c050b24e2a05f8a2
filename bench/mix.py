#!/usr/bin/env python3
"""Mix a synthetic story with Soundwright and its rivals: CPU seconds (children included), peak memory, exactness.

usage: mix.py [--sizes S M L] [--rounds N] [--folder FOLDER] [--limit SECONDS]

Everybody does the same: read PCM 16 at mixed rates, resample to 48 kHz, gain, fades, pan, sum, write a stereo WAV.
Rivals: numpy (whole programme in memory, slice-add), pydub's overlay (S and M), ffmpeg (one graph of amix, where ffmpeg
is installed). One process each, in turn, ``--rounds`` times; the median counts. SNR is against a float64 mix.
"""

# ruff: noqa: PLC0415, ANN401  each run imports only what it needs

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

RATE = 48000
HERE = Path(__file__).resolve().parent


def load(folder: Path) -> tuple[float, list[dict[str, Any]]]:
    story = json.loads((folder / "timeline.json").read_text())
    return story["duration_s"], story["events"]


def run_soundwright(folder: Path, out: Path) -> None:
    from soundwright.orchestrator.mix.mixer import total_of
    from soundwright.orchestrator.mix.render import Renderer
    from soundwright.orchestrator.timeline import Clip, Sound, Timeline
    from soundwright.tools.audio_files import AudioWriter

    duration, events = load(folder)
    clips = tuple(
        Clip(
            index=i, name=e["file"], kind="sound", start_s=e["start_s"], end_s=e["start_s"] + e["length_s"],
            sound=Sound(folder / e["file"], e["rate"], e["channels"], round(e["length_s"] * e["rate"])),
            play_s=e["length_s"], ramp_s=e["length_s"], fade_in_s=e["fade_in_s"], fade_out_s=e["fade_out_s"],
            fade_out_at_s=e["length_s"] - e["fade_out_s"], gain_db=(e["gain_db"],), pan=(e["pan"],),
        )
        for i, e in enumerate(events)
    )  # fmt: skip
    renderer = Renderer(Timeline(clips, duration), RATE, 2, os.cpu_count() or 1)
    with AudioWriter(out, RATE, 2, coding="FLOAT") as writer:
        for segment in renderer.segments():
            writer.write(total_of(segment, 2))


def clip_samples(folder: Path, event: dict[str, Any], dtype: str) -> Any:
    """One event resampled, faded, panned: (frames, 2)."""
    import soundfile
    import soxr

    x, rate = soundfile.read(folder / event["file"], dtype=dtype, always_2d=True)
    x = soxr.resample(x, rate, RATE, quality="HQ")[: round(event["length_s"] * RATE)]
    rise, fall = round(event["fade_in_s"] * RATE), round(event["fade_out_s"] * RATE)
    at = round((event["length_s"] - event["fade_out_s"]) * RATE)
    gain = np.full(len(x), 10 ** (event["gain_db"] / 20), dtype)
    gain[:rise] *= np.sin((np.arange(rise) + 0.5) / rise * np.pi / 2)[: len(gain)]
    gain[at:] *= np.cos((np.arange(len(gain) - at) + 0.5) / fall * np.pi / 2)
    angle = (event["pan"] + 1) * np.pi / 4
    sides = np.array([np.cos(angle), np.sin(angle)]) * (np.sqrt(2) if x.shape[1] == 2 else 1)
    return x * gain[:, None] * sides.astype(dtype)


def sum_up(folder: Path, dtype: str) -> Any:
    duration, events = load(folder)
    out = np.zeros((round(duration * RATE), 2), dtype)
    for event in events:
        y, start = clip_samples(folder, event, dtype), round(event["start_s"] * RATE)
        part = out[start : start + len(y)]
        part += y[: len(part)]
    return out


def run_numpy(folder: Path, out: Path) -> None:
    import soundfile

    soundfile.write(out, sum_up(folder, "float32"), RATE, subtype="FLOAT")


def run_pydub(folder: Path, out: Path) -> None:
    from pydub import AudioSegment

    duration, events = load(folder)
    base = AudioSegment.silent(round(duration * 1000), RATE).set_channels(2)
    for e in events:
        clip = AudioSegment.from_wav(str(folder / e["file"])).set_frame_rate(RATE).set_channels(2)
        clip = (
            clip.apply_gain(e["gain_db"]).fade_in(round(e["fade_in_s"] * 1000)).fade_out(round(e["fade_out_s"] * 1000))
        )
        base = base.overlay(clip.pan(e["pan"]), position=round(e["start_s"] * 1000))
    base.export(str(out), format="wav")


def run_ffmpeg(folder: Path, out: Path) -> None:
    duration, events = load(folder)
    command, chains = ["ffmpeg", "-v", "error", "-y"], []
    for i, e in enumerate(events):
        command += ["-i", str(folder / e["file"])]
        angle = (e["pan"] + 1) * np.pi / 4
        left, right = np.cos(angle), np.sin(angle)
        sides = f"c0={left}*c0|c1={right}*c0" if e["channels"] == 1 else f"c0={left * 2**0.5}*c0|c1={right * 2**0.5}*c1"
        chains.append(
            f"[{i}:a]aformat=sample_fmts=fltp,aresample={RATE}:resampler=soxr,volume={e['gain_db']}dB,"
            f"afade=t=in:d={e['fade_in_s']}:curve=qsin,"
            f"afade=t=out:st={e['length_s'] - e['fade_out_s']}:d={e['fade_out_s']}:curve=qsin,"
            f"pan=stereo|{sides},adelay={round(e['start_s'] * RATE)}S:all=1[a{i}]"
        )
    inputs = "".join(f"[a{i}]" for i in range(len(events)))
    chains.append(f"{inputs}amix=inputs={len(events)}:normalize=0:duration=longest,apad=whole_dur={duration}[o]")
    script = out.with_suffix(".graph")
    script.write_text(";\n".join(chains))
    command += ["-filter_complex_script", str(script), "-map", "[o]", "-c:a", "pcm_f32le", str(out)]
    subprocess.run(command, check=True)


RUNS = {"soundwright": run_soundwright, "numpy": run_numpy, "pydub": run_pydub, "ffmpeg": run_ffmpeg}


def measure(name: str, folder: Path, out: Path, limit_s: float) -> tuple[float, float, float] | None:
    """(CPU s, wall s, MB) of one run; None where it failed or took longer than the limit."""
    began = time.monotonic()
    child = subprocess.Popen([sys.executable, "-W", "ignore", __file__, "--run", name, str(folder), str(out)],
                             stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip
    while time.monotonic() - began < limit_s:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode:
                print(f"  {name} failed: {child.stderr.read().decode()[-300:] if child.stderr else ''}")
                return None
            figures = json.loads(out.with_suffix(".usage").read_text())
            return usage.ru_utime + usage.ru_stime, time.monotonic() - began, figures["peak_mb"]
        time.sleep(0.05)
    os.killpg(child.pid, 9)
    child.wait()
    print(f"  {name}: stopped after {limit_s:g} s")
    return None


def snr_db(reference: Any, out: Path) -> float:
    import soundfile

    signal, error, at = 0.0, 0.0, 0
    for block in soundfile.blocks(out, RATE * 60, dtype="float64", always_2d=True):
        wanted = reference[at : at + len(block)]
        signal += float((wanted**2).sum())
        error += float(((block[: len(wanted)] - wanted) ** 2).sum())
        at += len(block)
    return 10 * float(np.log10(signal / error))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=["S", "M", "L"], choices=["S", "M", "L"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--limit", type=float, default=600.0, help="seconds of wall time for one run")
    parser.add_argument("--skip", nargs="*", default=[], choices=list(RUNS))
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.run:
        one(args.run[0], Path(args.run[1]), Path(args.run[2]))
        return
    with tempfile.TemporaryDirectory(dir=args.folder) as scratch:
        for size in args.sizes:
            folder = (args.folder or Path(scratch)) / f"story_{size}"
            if not (folder / "timeline.json").exists():
                subprocess.run([sys.executable, str(HERE / "make_story.py"), size, str(folder)], check=True)
            compare(size, folder, Path(scratch), args)


def one(name: str, folder: Path, out: Path) -> None:
    """The work of a child: its own peak memory and that of its children."""
    import resource

    RUNS[name](folder, out)
    # A fresh process inherits its parent's ru_maxrss on Linux; VmHWM begins with the program.
    own = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
    peak = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    out.with_suffix(".usage").write_text(json.dumps({"peak_mb": peak / 1024}))


def compare(size: str, folder: Path, scratch: Path, args: argparse.Namespace) -> None:
    names = [n for n in RUNS if n not in args.skip and available(n) and not (n == "pydub" and size == "L")]
    figures: dict[str, list[tuple[float, float, float]]] = {name: [] for name in names}
    for _ in range(args.rounds):
        for name in [n for n in names if n in figures]:
            got = measure(name, folder, scratch / f"{name}.wav", args.limit)
            if got is None:
                del figures[name]
            else:
                figures[name].append(got)
    reference = sum_up(folder, "float64")
    ours = statistics.median(f[0] for f in figures["soundwright"])
    print(f"{size}: median of {args.rounds}")
    print(f"  {'':12} {'CPU s':>8} {'ratio':>6} {'wall s':>8} {'peak MB':>8} {'SNR dB':>7}")
    for name, runs in figures.items():
        cpu, wall, peak = (statistics.median(f[i] for f in runs) for i in range(3))
        snr = snr_db(reference, scratch / f"{name}.wav")
        print(f"  {name:12} {cpu:8.2f} {cpu / ours:6.2f} {wall:8.2f} {peak:8.0f} {snr:7.1f}", flush=True)


def available(name: str) -> bool:
    import importlib.util

    there = {"ffmpeg": shutil.which("ffmpeg"), "pydub": importlib.util.find_spec("pydub")}.get(name, True)
    if not there:
        print(f"  {name} is not installed; left out")
    return bool(there)


if __name__ == "__main__":
    main()
