"""How well the engines listen: word errors, times of words, speakers, notes, tempo and key, speech quality, tags.

    python bench/listening.py FOLDER [--only words times speakers notes music quality effects]

FOLDER keeps the spoken clips from run to run. Every answer is known, because the sound is made here (see
bench/listening_material.py); the recordings that travel with moonshine-voice are the exception. Engines that are not
installed are left out. Figures of speed are CPU seconds for a second of sound.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from listening_material import (
    RATE,
    SAYINGS,
    Clip,
    conversations,
    english_lines,
    loaded,
    recordings,
    spoken,
    trimmed,
    tunes,
)
from scipy.optimize import linear_sum_assignment

from soundwright.tools.assets import Asset, Audio, Event, Events, Notes, Scores, Speech, Transcript
from soundwright.tools.base import Context, Request, Tool
from soundwright.tools.errors import ToolError
from soundwright.tools.registry import Registry
from soundwright.tools.understanding.word_errors import normal_words, word_errors

FOREIGN = {
    "de": ("Der Zug war wieder zu spät, also gingen wir am Fluss entlang.",
           "Niemand hat mir gesagt, dass die Tür zu ist."),
    "es": ("El tren llegó tarde otra vez, así que caminamos junto al río.",
           "Nadie me dijo que la puerta estaba cerrada."),
    "fr": ("Le train était encore en retard, alors nous avons marché le long de la rivière.",
           "Personne ne m'a dit que la porte était fermée."),
    "it": ("Il treno era di nuovo in ritardo, così abbiamo camminato lungo il fiume.",
           "Nessuno mi ha detto che la porta era chiusa."),
}  # fmt: skip
REGISTRY = Registry.discover()


def tool(name: str) -> Tool | None:
    """A loaded tool, None where it is not installed."""
    spec = REGISTRY.specs.get(name)
    if spec is None or REGISTRY.missing(spec) is not None:
        print(f"  {name}: not installed")
        return None
    return loaded(REGISTRY.create(name))


def done(engine: Tool, op: str, audio: Audio, **params: object) -> tuple[Asset, float]:
    """The result and the CPU seconds it took."""
    start = time.process_time()
    ((_, made),) = engine.run([Request(op, params, {"audio": audio})], Context())
    if isinstance(made, ToolError):
        raise made
    return made, time.process_time() - start


def words(folder: Path) -> None:
    """Word errors of each engine on each kind of speech."""
    presets = [("pico", preset, "en", text) for preset in ("en-GB", "en-US") for text in SAYINGS]
    sets: list[tuple[str, list[Clip]]] = [
        ("Kokoro lines", english_lines(folder)),
        ("hibari lines", english_lines(folder, "hibari")),
        ("Pico lines", spoken(folder, presets)),
        ("recordings", recordings()),
        *(
            (f"Pico {tag}", spoken(folder, [("pico", f"{tag}-{tag.upper()}", tag, text) for text in texts]))
            for tag, texts in FOREIGN.items()
        ),
    ]
    for name in ("whisper", "moonshine"):
        engine = tool(name)
        if engine is None:
            continue
        for kind, clips in sets:
            if clips and (not engine.spec.languages or clips[0].language in engine.spec.languages):
                print(f"  {name:12} {kind:14} {_error_line(engine, clips)}")
        engine.close()


def _error_line(engine: Tool, clips: Sequence[Clip]) -> str:
    errors = total = 0
    seconds = cpu = 0.0
    for clip in clips:
        heard, used = done(engine, "transcribe", clip.audio, language=clip.language)
        assert isinstance(heard, Transcript)
        wanted = normal_words(clip.text, clip.language)
        errors += word_errors(wanted, normal_words(heard.text, clip.language))
        total, seconds, cpu = total + len(wanted), seconds + clip.audio.length_s, cpu + used
    return (
        f"{errors:3d} of {total:4d} words wrong ({errors / total:6.2%}), {seconds:5.0f} s, {cpu / seconds:.2f} CPU s/s"
    )


def times(folder: Path) -> None:
    """Begins of words against where they were put: single words with pauses of known length between them."""
    clips = spoken(folder, [("kokoro", "af_heart", "en", word) for word in WORDS])
    parts, begins, at = [np.zeros(RATE // 4, np.float32)], [], RATE // 4
    rng = np.random.default_rng(0)
    for clip in clips:
        sound = trimmed(clip.audio)
        pause = round(float(rng.uniform(0.08, 0.5)) * RATE)
        begins.append(at / RATE)
        parts += [sound, np.zeros(pause, np.float32)]
        at += sound.size + pause
    audio = Audio(np.concatenate(parts)[None], RATE)
    text = " ".join(clip.text.strip(".") for clip in clips)
    for name, op in (("pocketsphinx", "align"), ("whisper", "transcribe"), ("moonshine", "transcribe")):
        engine = tool(name)
        if engine is None:
            continue
        made, _ = done(engine, op, audio, text=text, language="en")
        assert isinstance(made, Speech | Transcript)
        found = made.words or ()
        print(
            f"  {name:12} {_time_line(found_begins([w.text for w in found], [w.start_s for w in found], text), begins)}"
        )
        engine.close()


def found_begins(heard: Sequence[str], starts: Sequence[float], text: str) -> list[float | None]:
    """The begin of each word of the text among those that were heard, in order."""
    at, found = 0, list[float | None]()
    plain = [word.lower().strip(".,!?") for word in heard]
    for word in text.lower().split():
        place = next((n for n in range(at, len(plain)) if plain[n] == word), None)
        found.append(None if place is None else starts[place])
        at = at if place is None else place + 1
    return found


def _time_line(found: Sequence[float | None], begins: Sequence[float]) -> str:
    errors = [abs(one - begin) for one, begin in zip(found, begins, strict=True) if one is not None]
    if not errors:
        return "no word found"
    median, high = np.median(errors) * 1000, np.quantile(errors, 0.95) * 1000
    return f"{len(errors)} of {len(begins)} words found; begins off by {median:.0f} ms (median), {high:.0f} ms (95 %)"


WORDS = (
    "Lantern.", "Seven.", "Window.", "Garden.", "Captain.", "Morning.", "Bicycle.", "River.", "Thunder.", "Kitchen.",
    "Yellow.", "Letter.", "Mountain.", "Paper.", "Doctor.", "Village.", "Brother.", "Seven.", "Ocean.", "Candle.",
)  # fmt: skip


def speakers(folder: Path) -> None:
    """Diarisation error (missed, false and confused time over the time of speech; 0.25 s around turns not counted)."""
    engine = tool("resemblyzer")
    if engine is None:
        return
    totals: dict[bool, list[float]] = {True: [], False: []}
    for talk in conversations(folder):
        many = len({who for who, _, _ in talk.turns})
        for known in (False, True):
            found, used = done(engine, "diarize", talk.audio, speakers=many if known else None)
            assert isinstance(found, Events)
            missed, false, confused = diarisation_error(talk.turns, found.events)
            totals[known].append(missed + false + confused)
            print(
                f"  {talk.name:14} {many} speakers{' (told)' if known else '       '} found "
                f"{len({event.label for event in found.events})}; error {totals[known][-1]:5.1%} (missed {missed:.1%}, "
                f"false {false:.1%}, confused {confused:.1%}); {used / talk.audio.length_s:.2f} CPU s/s"
            )
    print(f"  mean error {np.mean(totals[False]):.1%}, with the number told {np.mean(totals[True]):.1%}")


def diarisation_error(
    turns: Sequence[tuple[str, float, float]], found: Sequence[Event], collar_s: float = 0.25
) -> tuple[float, float, float]:
    """(missed, false, confused) over the time of speech, with the labels matched as well as they can be."""
    at = np.arange(0, max(end for _, _, end in turns) + 1, 0.01)
    counted = np.ones(at.size, bool)
    for _, start, end in turns:
        counted &= (np.abs(at - start) >= collar_s) & (np.abs(at - end) >= collar_s)
    truth = _rows([(who, start, end) for who, start, end in turns], at)[:, counted]
    heard = _rows([(event.label, event.start_s, event.end_s) for event in found], at)[:, counted]
    both = (truth[:, None] & heard[None]).sum(axis=2)
    right = both[linear_sum_assignment(-both)].sum()
    many, given = truth.sum(axis=0), heard.sum(axis=0)
    missed, false = np.maximum(many - given, 0).sum(), np.maximum(given - many, 0).sum()
    confused = np.minimum(many, given).sum() - right
    return missed / many.sum(), false / many.sum(), confused / many.sum()


def _rows(spans: Sequence[tuple[str, float, float]], at: np.ndarray) -> np.ndarray:
    names = sorted({name for name, _, _ in spans}) or ["nobody"]
    rows = np.zeros((len(names), at.size), bool)
    for name, start, end in spans:
        rows[names.index(name)] |= (at >= start) & (at < end)
    return rows


def notes(folder: Path) -> None:
    """Notes of composed music: right where pitch and begin (within 50 ms) agree."""
    del folder
    engine = tool("basic-pitch")
    if engine is None:
        return
    means = []
    for tune in tunes():
        made, used = done(engine, "transcribe_notes", tune.audio)
        assert isinstance(made, Notes)
        found = [(note.pitch, note.start_s) for note in made.parts[0].notes]
        recall, precision = note_scores([(pitch, start) for pitch, start, _ in tune.notes], found)
        means.append(2 * recall * precision / max(1e-9, recall + precision))
        print(f"  {tune.name:48} {len(set(tune.notes)):4d} notes, recall {recall:.2f}, precision {precision:.2f}, "
              f"F1 {means[-1]:.2f}; {used / tune.audio.length_s:.2f} CPU s/s")  # fmt: skip
    print(f"  mean F1 {np.mean(means):.2f}")


def note_scores(
    wanted: Sequence[tuple[int, float]], found: Sequence[tuple[int, float]], within_s: float = 0.05
) -> tuple[float, float]:
    """(recall, precision); a note that two parts play at once counts once."""
    rows = sorted({(pitch, round(start, 2)) for pitch, start in wanted})
    used: set[int] = set()
    for pitch, start in rows:
        near = [(abs(other - start), k) for k, (p, other) in enumerate(found)
                if p == pitch and k not in used and abs(other - start) <= within_s]  # fmt: skip
        used |= {min(near)[1]} if near else set()
    return len(used) / max(1, len(rows)), len(used) / max(1, len(found))


def music(folder: Path) -> None:
    """Tempo (within 2 %), beats in a bar and key of composed music, over two sets of seeds."""
    del folder
    engine = tool("rhythm")
    if engine is None:
        return
    right = dict.fromkeys(("tempo", "tempo or twice or half", "bar", "key", "key or its neighbour"), 0)
    total = 0
    for first in (0, 100):
        for tune in tunes(first_seed=first):
            made, _ = done(engine, "analyse_music", tune.audio)
            assert isinstance(made, Scores)
            ratio = made.scores["tempo_bpm"] / tune.bpm
            key = int(made.scores.get("key_pitch_class", -1)), bool(made.scores.get("key_is_minor", 0))
            close = key == (tune.tonic, tune.minor) or key in _neighbours(tune.tonic, tune.minor)
            total += 1
            right["tempo"] += abs(ratio - 1) < 0.02
            right["tempo or twice or half"] += any(abs(ratio / by - 1) < 0.02 for by in (0.5, 1, 2))
            right["bar"] += made.scores["beats_per_bar"] == tune.bar
            right["key"] += key == (tune.tonic, tune.minor)
            right["key or its neighbour"] += close
    print("  " + "; ".join(f"{name} {count} of {total}" for name, count in right.items()))


def _neighbours(tonic: int, minor: bool) -> list[tuple[int, bool]]:
    """A fifth up and down, and the key of the same notes in the other mode."""
    relative = ((tonic + 3) % 12, False) if minor else ((tonic + 9) % 12, True)
    return [((tonic + 7) % 12, minor), ((tonic + 5) % 12, minor), relative]


def quality(folder: Path) -> None:
    """DNSMOS of spoken lines, clean and in white noise."""
    engine = tool("dnsmos")
    if engine is None:
        return
    clips = english_lines(folder)[:8]
    rng = np.random.default_rng(0)
    for name, snr_db in (("clean", None), ("20 dB", 20.0), ("10 dB", 10.0), ("0 dB", 0.0)):
        rows = []
        for clip in clips:
            sound = clip.audio.samples
            if snr_db is not None:
                noise = rng.standard_normal(sound.shape) * np.sqrt(np.mean(sound**2)) * 10 ** (-snr_db / 20)
                sound = np.asarray(sound + noise, np.float32)
            made, _ = done(engine, "score_speech", Audio(sound, clip.audio.rate))
            assert isinstance(made, Scores)
            rows.append([made.scores[key] for key in ("overall_mos", "signal_mos", "background_mos")])
        whole, voice, background = np.mean(rows, axis=0)
        print(f"  {name:6} overall {whole:.2f}, voice {voice:.2f}, background {background:.2f}")


def effects(folder: Path) -> None:
    """Where described effects are found: each between two others, by the label that the description means."""
    del folder
    from soundwright.tools.sfx.procedural import ProceduralSoundTool  # noqa: PLC0415

    engine = tool("yamnet")
    if engine is None:
        return
    listing = json.loads((Path(__file__).parent / "data" / "effects40.json").read_text(encoding="utf-8"))
    synthesiser, right, off, tried = ProceduralSoundTool(), 0, list[float](), 0
    for number, entry in enumerate(listing):
        request = Request("generate_sound", {"description": entry["description"], "length": 3.0}, seed=1)
        ((_, sound),) = synthesiser.run([request], Context())
        if not isinstance(sound, Audio):
            continue
        lead = 2.0 + number % 3
        mono = sound.samples.mean(axis=0) * (0.7 / max(1e-6, float(np.abs(sound.samples).max())))
        quiet = 0.002 * np.random.default_rng(number).standard_normal(round((lead + 5) * sound.rate))
        begin = round(lead * sound.rate)
        quiet[begin : begin + mono.size] += mono
        tried += 1
        found, _ = done(engine, "detect", Audio(quiet[None].astype(np.float32), sound.rate),
                        descriptions=entry["classes"][:1], threshold=0.15)  # fmt: skip
        assert isinstance(found, Events)
        if found.events:
            right += 1
            off.append(abs(min(event.start_s for event in found.events) - lead))
    median, high = np.median(off), np.quantile(off, 0.9)
    print(f"  {right} of {tried} found; begins off by {median:.2f} s (median), {high:.2f} s (90 %)")


PARTS: dict[str, Callable[[Path], None]] = {
    "words": words, "times": times, "speakers": speakers, "notes": notes, "music": music, "quality": quality,
    "effects": effects,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    options = parser.parse_args()
    for part in options.only:
        print(f"{part}: {(PARTS[part].__doc__ or '').strip()}", flush=True)
        PARTS[part](options.folder)


if __name__ == "__main__":
    main()
