"""The timeline: what is heard from when to when, and how, in seconds; from a script and the lengths of its sounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from soundwright.scripts_compiler import defaults
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.placement import Measured, Placed, Placements, place
from soundwright.scripts_compiler.script import ClipCue, SceneCue, Script, SoundingCue, SpeechCue, is_bed
from soundwright.tools.assets import Word

Stem = Literal["speech", "music", "sound"]
STEMS: tuple[Stem, ...] = ("speech", "music", "sound")
LONGEST_TAIL_S = 10.0
CUT_FADE_S = 0.01


@dataclass(frozen=True, slots=True)
class Sound:
    """The audio of a cue: a file of ``frames`` at ``rate``, the last ``tail`` of them only the ringing of an effect.

    ``words`` are timed from its start. ``seamless``: its end joins its start, so it repeats without an audible join.
    ``loudness_lufs`` is that of all its channels without the tail, where it is known.
    """

    file: Path
    rate: int
    channels: int
    frames: int
    tail: int = 0
    words: tuple[Word, ...] | None = None
    seamless: bool = False
    loudness_lufs: float | None = None

    @property
    def length_s(self) -> float:
        """Seconds without the tail."""
        return (self.frames - self.tail) / self.rate


@dataclass(frozen=True, slots=True)
class Clip:
    """One cue as the mix plays it. Times in seconds; ``play_s`` and ``fade_out_at_s`` count from ``start_s``.

    ``play_s`` is how much is heard, tails and fades included; ``ramp_s`` what ``gain_db`` and ``pan`` are spread over
    (rule 11). ``loop``: the recording is repeated as long as that lasts. ``loudness_lufs`` None: played as it is.
    """

    index: int
    name: str
    kind: Literal["speech", "music", "sound", "clip"]
    sound: Sound
    start_s: float
    end_s: float
    play_s: float
    fade_in_s: float = 0.0
    fade_out_at_s: float = 0.0
    fade_out_s: float = 0.0
    ramp_s: float = 0.0
    gain_db: tuple[float, ...] = (0.0,)
    pan: tuple[float, ...] = (0.0,)
    loudness_lufs: float | None = None
    space: str = "none"
    bed: bool = False
    loop: bool = False
    duck_db: float = 0.0

    @property
    def stem(self) -> Stem:
        """Recordings of the user count as sound."""
        return "sound" if self.kind == "clip" else self.kind


@dataclass(frozen=True, slots=True)
class Line:
    """A spoken line (or a vocal sound, then ``text`` is empty) with its words on the programme's clock."""

    index: int
    name: str
    voice: str
    text: str
    start_s: float
    end_s: float
    words: tuple[Word, ...] | None = None


@dataclass(frozen=True, slots=True)
class SceneSpan:
    """From when to when a scene lasts."""

    id: str
    title: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that is heard. ``duration_s`` is the programme's end (rule 12); tails may ring on after it.

    ``ducked`` are the spans in which a foreground speech or recording sounds, which beds give way to.
    """

    clips: tuple[Clip, ...]
    duration_s: float
    lines: tuple[Line, ...] = ()
    scenes: tuple[SceneSpan, ...] = ()
    ducked: tuple[tuple[float, float], ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def beds(self) -> tuple[Clip, ...]:
        """What lies in the background."""
        return tuple(clip for clip in self.clips if clip.bed)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, without file names: equal timelines give equal text on any machine."""
        data = asdict(self)
        for clip in data["clips"]:
            clip["stem"] = "sound" if clip["kind"] == "clip" else clip["kind"]
            clip["sound"] = {k: v for k, v in clip["sound"].items() if k not in ("file", "words")}
        return data


def measure(script: Script, sounds: Mapping[int, Sound]) -> dict[int, Measured]:
    """What placement needs to know of sounds."""
    return {
        index: Measured(s.length_s, None if s.words is None else tuple((w.text, w.start_s, w.end_s) for w in s.words))
        for index, s in sounds.items()
        if index < len(script.cues)
    }


def build_timeline(script: Script, sounds: Mapping[int, Sound]) -> Timeline:
    """Place every cue and decide what of its sound is heard.

    ``sounds`` holds the audio of each sounding cue by its index: of a bed, the recording that it repeats.

    Raises:
        ScriptError: the script cannot be placed with these lengths.
        KeyError: the sound of a cue is missing.
    """
    placements = place(script, measure(script, sounds))
    clips: list[Clip] = []
    warnings = list(placements.warnings)
    for index, cue in enumerate(script.cues):
        if not isinstance(cue, SoundingCue) or placements[index].left_out:
            continue
        if is_bed(cue) and placements[index].start_s >= placements.duration_s:
            found = (
                f"the bed would start at {placements[index].start_s:.2f} s, when the programme is over; it is left out."
            )
            warnings.append(Problem(defaults.place_of(script, index), found, "Start it earlier.", True))
            continue
        clips.append(_clip(script, index, cue, placements, sounds[index]))
    return Timeline(
        clips=tuple(clips),
        duration_s=placements.duration_s,
        lines=_lines(script, placements, sounds),
        scenes=_scenes(script, placements),
        ducked=tuple(sorted((c.start_s, c.end_s) for c in clips if not c.bed and c.kind in ("speech", "clip"))),
        warnings=tuple(warnings),
    )


def _clip(script: Script, index: int, cue: SoundingCue, placements: Placements, sound: Sound) -> Clip:
    placed = placements[index]
    played = _bed(cue, placed, sound, placements) if is_bed(cue) else _foreground(cue, placed, sound, placements)
    return Clip(
        index=index,
        name=defaults.place_of(script, index),
        kind=cue.type,
        sound=sound,
        start_s=placed.start_s,
        gain_db=_ramp(cue.gain),
        pan=_ramp(defaults.pan(script, cue)),
        loudness_lufs=defaults.loudness_lufs(cue),
        space=defaults.space(script, index),
        bed=is_bed(cue),
        loop=is_bed(cue) and not isinstance(cue, ClipCue),
        duck_db=0.0 if isinstance(cue, SpeechCue) or not is_bed(cue) else defaults.duck_db(cue),
        fade_in_s=defaults.fades_s(cue)[0],
        **played,
    )


def _foreground(cue: SoundingCue, placed: Placed, sound: Sound, placements: Placements) -> dict[str, float]:
    """Rules 5, 10 and 12: fades inside the length; a tail rings on unless a fade out is written or the end is cut."""
    length, body = placed.end_s - placed.start_s, sound.length_s
    fade_out = defaults.fades_s(cue)[1]
    cut = body > length + 0.5 / sound.rate
    if cut or cue.fade_out is not None or not sound.tail:
        play = min(length, body)
        fade_out = max(fade_out, CUT_FADE_S) if cut else fade_out
    else:
        play = min(sound.frames / sound.rate, placements.duration_s + LONGEST_TAIL_S - placed.start_s)
    fade_out = min(fade_out, play)
    return {
        "end_s": placed.end_s,
        "play_s": play,
        "ramp_s": length,
        "fade_out_s": fade_out,
        "fade_out_at_s": play - fade_out,
    }


def _bed(cue: SoundingCue, placed: Placed, sound: Sound, placements: Placements) -> dict[str, float]:
    """Rules 9, 10 and 12: the fade out begins at the stop and goes on after it; what runs out fades before."""
    end = min(placed.end_s, placements.duration_s)
    span, fade_out = end - placed.start_s, defaults.fades_s(cue)[1]
    play, fade_at = span + fade_out, span
    if isinstance(cue, ClipCue) and sound.length_s < play:
        play = sound.length_s
        fade_out = min(max(fade_out, CUT_FADE_S), play)
        fade_at = play - fade_out
    return {"end_s": end, "play_s": play, "ramp_s": span, "fade_out_s": fade_out, "fade_out_at_s": fade_at}


def _ramp(value: float | list[float]) -> tuple[float, ...]:
    return tuple(value) if isinstance(value, list) else (float(value),)


def _lines(script: Script, placements: Placements, sounds: Mapping[int, Sound]) -> tuple[Line, ...]:
    lines = []
    for index, cue in enumerate(script.cues):
        if not isinstance(cue, SpeechCue):
            continue
        placed, words = placements[index], sounds[index].words
        moved = None if words is None else tuple(_moved(w, placed.start_s) for w in words)
        text = cue.text if isinstance(cue.text, str) else " ".join(w.text for w in words or ())
        name = defaults.place_of(script, index)
        lines.append(Line(index, name, cue.voice, text, placed.start_s, placed.end_s, moved))
    return tuple(sorted(lines, key=lambda line: (line.start_s, line.index)))


def _moved(word: Word, by_s: float) -> Word:
    return Word(word.text, word.start_s + by_s, word.end_s + by_s)


def _scenes(script: Script, placements: Placements) -> tuple[SceneSpan, ...]:
    return tuple(
        SceneSpan(cue.id, cue.title, placements[i].start_s, placements[i].end_s)
        for i, cue in enumerate(script.cues)
        if isinstance(cue, SceneCue)
    )
