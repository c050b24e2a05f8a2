"""What treating a recording gains: decibels before and after, on material whose clean parts are known.

    python bench/treating.py                    all tables that need no torch
    python bench/treating.py separate marks     only these; the tables are named below, in TABLES
    python bench/treating.py separate --torch   with the engines on torch

Speech is Kokoro's, music the composer's with its parts kept apart, noises are the procedural ones. SI-SDR is
scale-invariant; LSD the log-spectral distance of the lost band.
"""

from __future__ import annotations

import argparse
import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import soundfile
import soxr

from soundwright.tools.analysis.fidelity import (
    log_spectral_distance_db,
    rms,
    segmental_snr_db,
    si_sdr_db,
    snr_db,
)
from soundwright.tools.assets import Audio, Samples
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.model_store import ModelStore
from soundwright.tools.registry import Registry

RATE = 48000
LINES = (
    "The train was late again, so we walked along the river until the sun went down.",
    "Nobody told me that the door would be locked, or that the key was under the mat.",
)
VOICES = ("am_adam", "bf_emma")
REGISTRY, STORE = Registry.discover(), ModelStore()
_TOOLS: dict[str, Any] = {}


def tool(name: str) -> Any:  # noqa: ANN401  whatever the registry names
    if name not in _TOOLS:
        made = REGISTRY.create(name)
        for model in made.spec.models:
            STORE.pull(model)
        made.load(Place(weights=STORE.paths(made.spec.models) if made.spec.models else {}))
        _TOOLS[name] = made
    return _TOOLS[name]


def run(name: str, op: str, audio: Audio | None = None, **params: Any) -> Any:  # noqa: ANN401  by operation
    ((_, made),) = tool(name).run([Request(op, params, {} if audio is None else {"audio": audio}, seed=1)], Context())
    if isinstance(made, Exception):
        raise made
    return made


@cache
def speech(voice: str) -> Samples:
    said = [run("kokoro", "speak", text=line, preset=voice, language="en") for line in LINES]
    return np.concatenate([to_rate(a.samples.mean(axis=0, keepdims=True), a.rate) for a in said], axis=1)


@cache
def sound(description: str, seconds: float) -> Samples:
    made = run("procedural-sound", "generate_sound", description=description, length=seconds, loop=False, take=0)
    return fit(to_rate(made.samples.mean(axis=0, keepdims=True), made.rate), round(seconds * RATE))


@cache
def music(description: str, seconds: float) -> Mapping[str, Samples]:
    """Drums, bass and other, (2, frames) each."""
    from soundwright.tools.assets import Notes  # noqa: PLC0415
    from soundwright.tools.music.compose import compose  # noqa: PLC0415
    from soundwright.tools.music.soundfont import SoundFont, render_notes  # noqa: PLC0415

    font = SoundFont(STORE.paths(["musescore-general"])["MuseScore_General.sf3"], RATE)
    parts: dict[str, Samples] = {}
    frames = round(seconds * RATE)
    for voice in compose(description, seconds, seed=1).voices:
        name = "drums" if voice.part.drums else "bass" if 32 <= voice.part.program < 40 else "other"
        played = fit(render_notes(Notes((voice.part,)), font), frames)
        parts[name] = parts[name] + played if name in parts else played
    return parts


def to_rate(samples: Samples, rate: int, to: int = RATE) -> Samples:
    return samples if rate == to else np.asarray(soxr.resample(samples.T, rate, to, quality="HQ").T, np.float32)


def fit(samples: Samples, frames: int) -> Samples:
    return np.pad(samples, ((0, 0), (0, max(0, frames - samples.shape[1]))))[:, :frames]


def coloured(frames: int, power: float) -> Samples:
    spectrum = np.fft.rfft(np.random.default_rng(3).standard_normal(frames))
    spectrum *= np.maximum(np.arange(len(spectrum)), 1) ** (-power / 2)
    return np.asarray(np.fft.irfft(spectrum, frames)[None], np.float32)


def at_snr(wanted: Samples, other: Samples, snr: float) -> Samples:
    return np.asarray(other * (rms(wanted) / rms(other) * 10 ** (-snr / 20)), np.float32)


def row(*cells: object) -> None:
    print(" | ".join(f"{cell:6.1f}" if isinstance(cell, float) else str(cell) for cell in cells), flush=True)


def enhance(torch: bool) -> None:
    del torch
    row("enhance: SI-SDR dB in", "engine", "noise", "out", "gain", "DNSMOS in", "DNSMOS out")
    clean = speech("bf_emma")
    seconds = clean.shape[1] / RATE
    noises = {
        "white": coloured(clean.shape[1], 0.0), "pink": coloured(clean.shape[1], 1.0), "rain": sound("rain", seconds),
        "crowd": sound("crowd talking in a cafe", seconds),
    }  # fmt: skip
    for name in ("deepfilternet", "dtln", "rnnoise", "repair"):
        if REGISTRY.missing(REGISTRY.specs[name]) is not None:
            row("", name, "not installed")
            continue
        op = "restore" if name == "repair" else "enhance"
        for kind, noise in noises.items():
            for snr in (0.0, 10.0):
                noisy = clean + at_snr(clean, fit(noise, clean.shape[1]), snr)
                made = run(name, op, Audio(noisy, RATE), strength=1.0)
                out = si_sdr_db(clean, fit(to_rate(made.samples, made.rate), clean.shape[1]))
                given = si_sdr_db(clean, noisy)
                row(given, name, kind, out, out - given, *(_mos(x) for x in (noisy, made.samples)))


def _mos(samples: Samples) -> float | str:
    if "dnsmos" not in REGISTRY.specs or REGISTRY.missing(REGISTRY.specs["dnsmos"]) is not None:
        return "-"
    scores = run("dnsmos", "score_speech", Audio(samples, RATE)).scores
    return float(scores["overall_mos"])


def separate(torch: bool) -> None:
    row("separate", "engine", "mixture", "stem", "SI-SDR in", "out")
    names = ("split", "spleeter") if torch else ("split",)
    styles = ("upbeat pop with drums, bass, piano and guitar", "slow jazz trio with drums", "calm piano")
    for voice, style in zip(("am_adam", "bf_emma", "am_adam"), styles, strict=True):
        said = np.repeat(speech(voice), 2, axis=0)
        parts = music(style, said.shape[1] / RATE)
        played = at_snr(said, np.sum(list(parts.values()), axis=0), 0.0)
        for name in names:
            made = run(name, "separate", Audio(said + played, RATE), stems=2).stems
            for stem, wanted in (("vocals", said), ("accompaniment", played)):
                row("", name, f"speech over {style}", stem, si_sdr_db(wanted, said + played),
                    si_sdr_db(wanted, made[stem].samples))  # fmt: skip
        if "drums" in parts:
            mixed = np.sum(list(parts.values()), axis=0)
            made = run("split", "separate", Audio(mixed, RATE), stems=4).stems
            for stem, wanted in parts.items():
                row("", "split", style, stem, si_sdr_db(wanted, mixed), si_sdr_db(wanted, made[stem].samples))


def mend(torch: bool) -> None:
    del torch
    from soundwright.tools.enhancement.declip import declip  # noqa: PLC0415
    from soundwright.tools.enhancement.dereverb import dereverb  # noqa: PLC0415
    from soundwright.tools.signal.reverb import add_response, impulse_response  # noqa: PLC0415

    row("mend", "what", "SI-SDR in", "out")
    clean = speech("bf_emma")
    for share in (0.98, 0.95, 0.9):
        ceiling = float(np.quantile(np.abs(clean[np.abs(clean) > 1e-3]), share))
        cut = np.clip(clean, -ceiling, ceiling)
        row("", f"declip, {1 - share:.0%} cut", si_sdr_db(clean, cut), si_sdr_db(clean, declip(cut)))
    for space in ("room", "hall", "church"):
        response = impulse_response(space, RATE)[:1].astype(np.float32)
        wet = add_response(clean, response, 0.0)[:1, : clean.shape[1]]
        row("", f"dereverb, {space}", si_sdr_db(clean, wet), si_sdr_db(clean, dereverb(wet, RATE)))


def widen(torch: bool) -> None:
    del torch
    row("widen: LSD dB of the lost band", "material", "from Hz", "plain", "bands")
    whole = np.sum(list(music("upbeat pop with drums, bass, piano and guitar", 8.0).values()), axis=0)
    for name, wanted, top in (("speech", speech("bf_emma"), 11000.0), ("music", whole, 18000.0)):
        for rate in (8000, 16000):
            low = to_rate(wanted, RATE, rate)
            plain = fit(to_rate(low, rate), wanted.shape[1])
            made = fit(run("bands", "super_resolve", Audio(low, rate)).samples, wanted.shape[1])
            keep = round(2 * top)  # Kokoro speaks at 24 kHz: nothing above its own top is asked for
            far, near = (
                log_spectral_distance_db(to_rate(wanted, RATE, keep), to_rate(x, RATE, keep), keep, rate / 2)
                for x in (plain, made)
            )
            row("", name, rate, far, near)


def gaps(torch: bool) -> None:
    del torch
    row("fill: SNR dB of the gap, median", "material", "gap ms", "a straight line", "mender")
    t = np.arange(4 * RATE) / RATE
    tones = np.asarray(sum(0.2 * np.sin(2 * np.pi * f * t + f) for f in (440.0, 660.0, 1234.5)), np.float32)[None]
    for name, wanted in (("tones", tones), ("speech", speech("bf_emma"))):
        level = np.array([rms(wanted[0, i : i + 2400]) for i in range(0, wanted.shape[1] - 4800, 2400)])
        places = [2400 * int(i) for i in np.flatnonzero(level > np.quantile(level, 0.6)) if 5 < i < len(level) - 5][::3]
        for gap_ms in (5, 20, 100):
            lines, fills = [], []
            for place in places[:10]:
                end = place + gap_ms * RATE // 1000
                holed = wanted.copy()
                holed[:, place:end] = 0
                times: dict[str, Any] = {"from": place / RATE, "to": end / RATE, "take": 0}
                made = run("mender", "inpaint", Audio(holed, RATE), **times).samples
                line = np.linspace(wanted[0, place - 1], wanted[0, end], end - place)
                lines.append(snr_db(wanted[0, place:end], line))
                fills.append(snr_db(wanted[0, place:end], made[0, place:end]))
            row("", name, gap_ms, float(np.median(lines)), float(np.median(fills)))


def describe(torch: bool) -> None:
    del torch
    row("describe: SI-SDR dB", "kept", "over", "in", "extract", "remove (of the rest)")
    pairs = (("church bell", "bell", "wind"), ("birds singing", "bird singing", "car engine"),
             ("dog barking", "dog barking", "rain"), ("siren", "siren", "crowd talking"))  # fmt: skip
    for description, asked, over in pairs:
        wanted = sound(description, 8.0)
        other = at_snr(wanted, sound(over, 8.0), 0.0)
        mixed = wanted + other
        kept = run("described", "extract", Audio(mixed, RATE), description=asked).samples
        row("", asked, over, si_sdr_db(wanted, mixed), si_sdr_db(wanted, kept), si_sdr_db(other, mixed - kept))


def marks(torch: bool) -> None:
    del torch
    row("marks", "sound", "s", "SNR dB", "segmental", *HANDLED)
    whole = np.sum(list(music("upbeat pop with drums, bass, piano and guitar", 20.0).values()), axis=0)
    material = {
        "speech": speech("am_adam"), "pop": whole, "piano": np.sum(list(music("calm piano", 20.0).values()), axis=0),
        "rain": sound("rain", 20.0),
    }  # fmt: skip
    for name, sounds in material.items():
        for seconds in (5, 20):
            if sounds.shape[1] < seconds * RATE * 0.9:
                continue
            plain = sounds[:, : seconds * RATE]
            made = run("mark", "watermark", Audio(plain, RATE), message="beef").samples
            row("", name, seconds, snr_db(plain, made), segmental_snr_db(plain, made),
                *(_bits(handle(Audio(made, RATE))) for handle in HANDLED.values()))  # fmt: skip
    found = list(_false_finds(200))
    wrong = sum(clarity >= 5.7 for clarity in found)
    row("", f"false finds in {len(found)} unmarked sounds: {wrong}; clearest {max(found):.2f}")


def _bits(audio: Audio) -> str:
    scores = run("mark", "read_watermark", audio).scores
    if not scores["detected"]:
        return "not found"
    return f"{16 - (int(scores['message']) ^ 0xBEEF).bit_count()}/16 ({scores['clarity']:.0f})"


def _false_finds(count: int) -> Iterator[float]:
    kinds = ("rain", "wind", "church bell", "dog barking", "footsteps", "thunder", "crowd talking", "sea waves",
             "car engine", "birds singing")  # fmt: skip
    for number in range(count):
        kind = kinds[number % len(kinds)]
        ((_, made),) = tool("procedural-sound").run(
            [
                Request(
                    "generate_sound", {"description": kind, "length": 5.0, "loop": False, "take": number}, seed=number
                )
            ],
            Context(),
        )
        yield run("mark", "read_watermark", made).scores["clarity"]


def _coded(container: str, coding: str) -> Callable[[Audio], Audio]:
    def handle(audio: Audio) -> Audio:
        file = io.BytesIO()
        with soundfile.SoundFile(file, "w", audio.rate, audio.channels, format=container, subtype=coding) as sink:
            sink.write(audio.samples.T)
        file.seek(0)
        samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
        return Audio(np.ascontiguousarray(samples.T), rate)

    return handle


HANDLED: Mapping[str, Callable[[Audio], Audio]] = {
    "as it is": lambda a: a,
    "mp3": _coded("MP3", "MPEG_LAYER_III"),
    "ogg": _coded("OGG", "VORBIS"),
    "22.05 kHz": lambda a: Audio(to_rate(a.samples, a.rate, 22050).copy(), 22050),
    "-6 dB": lambda a: Audio(a.samples * np.float32(0.5), a.rate),
    "+6 dB": lambda a: Audio(np.clip(a.samples * 2, -1, 1), a.rate),
    "middle half": lambda a: Audio(a.samples[:, a.frames // 4 + 11 : a.frames * 3 // 4].copy(), a.rate),
}


def windows(torch: bool) -> None:
    from soundwright.tools.separation.split import CORE_S, FADE_S, LONG_S, MARGIN_S, size_of, split  # noqa: PLC0415
    from soundwright.tools.windows import in_seconds, overlap_add  # noqa: PLC0415

    row("windows: SNR dB of joined stretches against the whole", "engine", "seconds", "SNR")
    sounds = np.tile(speech("am_adam"), (1, 4))[:, : 30 * RATE]
    cut = in_seconds(RATE, CORE_S, FADE_S, MARGIN_S, align=size_of(LONG_S, RATE) // 4)
    joined = overlap_add(sounds, cut, lambda x: split(x, RATE, 2))
    row("", "split, vocals", 30, snr_db(split(sounds, RATE, 2)[0], joined[0]))
    if torch:
        spleeter = tool("spleeter")
        two = np.repeat(to_rate(sounds, RATE, 44100), 2, axis=0)
        made = run("spleeter", "separate", Audio(two, 44100), stems=2).stems["vocals"].samples
        row("", "spleeter, vocals", 30, snr_db(spleeter._parts(two)[0], made))


TABLES: Mapping[str, Callable[[bool], None]] = {
    "enhance": enhance, "separate": separate, "mend": mend, "widen": widen, "fill": gaps, "describe": describe,
    "marks": marks, "windows": windows,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help="which tables; by default all")
    parser.add_argument("--torch", action="store_true", help="with the engines on torch")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    for model in ("kokoro-82m", "musescore-general"):
        STORE.pull(model)
    for name in options.tables or TABLES:
        TABLES[name](options.torch)


if __name__ == "__main__":
    main()
