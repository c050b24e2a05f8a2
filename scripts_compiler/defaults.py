"""Defaults of cue fields that depend on the cue's type, layer, voice or scene (SCRIPT.md sections 3 and 5)."""

from __future__ import annotations

from soundwright.scripts_compiler.script import (
    ClipCue,
    Effects,
    MusicCue,
    Pan,
    SceneCue,
    Script,
    SoundCue,
    SoundingCue,
    Space,
    SpeechCue,
    Voice,
    is_bed,
)  # fmt: skip

FOREGROUND_LUFS = {"speech": -18.0, "clip": -18.0, "sound": -22.0, "music": -22.0}
BED_LUFS = {"music": -24.0, "sound": -32.0, "clip": -24.0}
DUCK_DB = {"music": 9.0, "sound": 3.0, "clip": 12.0}


def loudness_lufs(cue: SoundingCue) -> float:
    """Target loudness of a cue before ``gain``."""
    if cue.loudness is not None:
        return cue.loudness
    return BED_LUFS[cue.type] if is_bed(cue) else FOREGROUND_LUFS[cue.type]


def duck_db(cue: SoundCue | MusicCue | ClipCue) -> float:
    """How far a bed sinks under foreground speech and clips."""
    return DUCK_DB[cue.type] if cue.duck is None else cue.duck


def fades_s(cue: SoundingCue) -> tuple[float, float]:
    """(fade_in, fade_out) in seconds."""
    default = 1.0 if is_bed(cue) else 0.01
    return (
        default if cue.fade_in is None else cue.fade_in,
        default if cue.fade_out is None else cue.fade_out,
    )


def voice_of(script: Script, cue: SoundingCue) -> Voice | None:
    """The declared voice of a speech; None for other cues."""
    if not isinstance(cue, SpeechCue):
        return None
    return next((v for v in script.voices if v.name == cue.voice), None)


def scene_of(script: Script, index: int) -> SceneCue | None:
    """The scene that the cue at ``index`` is listed in."""
    for cue in reversed(script.cues[:index]):
        if isinstance(cue, SceneCue):
            return cue
    return None


def pan(script: Script, cue: SoundingCue) -> Pan:
    """The cue's pan, else its voice's, else the centre."""
    if cue.pan is not None:
        return cue.pan
    voice = voice_of(script, cue)
    return voice.pan if voice is not None and voice.pan is not None else 0.0


def effects(script: Script, cue: SoundingCue) -> Effects:
    """The cue's effects, which replace its voice's."""
    if cue.effects is not None:
        return cue.effects
    voice = voice_of(script, cue)
    return voice.effects if voice is not None and voice.effects is not None else []


def space(script: Script, index: int) -> Space:
    """Mix rule C: the cue's space, else its voice's, else its scene's (no bed's, no foreground music's), else none."""
    cue = script.cues[index]
    if not isinstance(cue, SpeechCue | SoundCue | MusicCue | ClipCue):
        return "none"
    if cue.space is not None:
        return cue.space
    voice = voice_of(script, cue)
    if voice is not None and voice.space is not None:
        return voice.space
    scene = scene_of(script, index)
    inherits = not is_bed(cue) and not isinstance(cue, MusicCue)
    return scene.space if inherits and scene is not None and scene.space is not None else "none"


def language(script: Script, cue: SpeechCue) -> str:
    """The language a speech is spoken in."""
    if cue.language is not None:
        return cue.language
    voice = voice_of(script, cue)
    return voice.language if voice is not None and voice.language is not None else script.language


def place_of(script: Script, index: int) -> str:
    """How messages call a cue: its path, with its id where it has one."""
    cue_id = script.cues[index].id
    return f"cues[{index}]" if cue_id is None else f"cues[{index}] ({cue_id})"
