"""Answers to questions about a story, from its script, its times and its manifest: nothing is invented."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soundwright.orchestrator.chat.telling import clock, count, listing
from soundwright.orchestrator.chat.times import Times
from soundwright.orchestrator.lock import Lock
from soundwright.orchestrator.revision.cue_words import describe
from soundwright.orchestrator.revision.phrase import fold
from soundwright.orchestrator.revision.references import resolve
from soundwright.scripts_compiler.script import (
    ClipCue,
    MusicCue,
    PauseCue,
    SceneCue,
    Script,
    SoundCue,
    SpeechCue,
    is_bed,
)

WHOLE = frozenset(["", "it", "this", "that", "the story", "story", "the whole", "everything", "the programme",
                   "the play", "the script", "the whole story", "the piece", "the episode", "the drama"])  # fmt: skip


class Ambiguous(Exception):
    """The phrase may mean several cues: ``options`` are their indices."""

    def __init__(self, question: str, options: Sequence[int]) -> None:
        super().__init__(question)
        self.options = tuple(options)


class Unknown(Exception):
    """Nothing can be said: the message tells why."""


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of a story. ``manifest`` is that of its last render, empty where there is none."""

    script: Script
    times: Times
    lock: Lock = field(default_factory=Lock)
    manifest: Mapping[str, Any] | None = None
    chosen: int | None = None  # the cue that an ambiguous phrase turned out to mean

    def one(self, phrase: str) -> int:
        """The one cue that a phrase means.

        Raises:
            Ambiguous: it may mean several.
            Unknown: it means none.
        """
        if self.chosen is not None:
            return self.chosen
        found = resolve(self.script, phrase)
        if found.one is not None:
            return found.one
        if found.cues:
            raise Ambiguous(found.reason, found.cues)
        raise Unknown(found.reason)

    def voice(self, phrase: str) -> str | None:
        """The voice that a phrase names, and nothing but that."""
        bare = fold(phrase).removeprefix("the voice of ").removeprefix("the ").removesuffix("'s voice")
        return next((voice.name for voice in self.script.voices if fold(voice.name) == bare), None)


def answer(story: Story, topic: str, phrase: str) -> str:
    """The answer to a question in plain words.

    Raises:
        Ambiguous: the phrase may mean several cues.
        Unknown: it means none, or there is nothing to tell.
    """
    return _TOPICS[topic](story, " ".join(phrase.split()))


def read_manifest(render: Path | None) -> Mapping[str, Any] | None:
    """The manifest beside a render."""
    path = None if render is None else render.with_suffix(".manifest.json")
    if path is None or not path.is_file():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    return data if isinstance(data, dict) else None


# --- the topics ---------------------------------------------------------------------------------------------------


def _length(story: Story, phrase: str) -> str:
    if fold(phrase) in WHOLE and story.chosen is None:
        return f"The story lasts {_about(story)}{clock(story.times.duration_s)}."
    name = story.voice(phrase)
    if name is not None:
        lines = _lines_of(story, name)
        spoken = sum(story.times.length(n) for n in lines)
        return f"{name} speaks for {_about(story)}{clock(spoken)} in {count(len(lines), 'line')}."
    cue = story.one(phrase)
    start, end = story.times.spans.get(cue, (0.0, 0.0))
    span = f"from {clock(start)} to {clock(end)}"
    return f"{_named(story, cue)} lasts {_about(story)}{clock(end - start)}, {span}."


def _start(story: Story, phrase: str) -> str:
    cue = story.one(phrase)
    return f"{_named(story, cue)} begins {_about(story, 'at')}{clock(story.times.spans.get(cue, (0.0, 0.0))[0])}."


def _speakers(story: Story, phrase: str) -> str:
    del phrase
    rows = [(sum(story.times.length(n) for n in _lines_of(story, v.name)), v.name) for v in story.script.voices]
    rows = sorted((row for row in rows if row[0] > 0), key=lambda row: (-row[0], row[1]))
    if not rows:
        raise Unknown("Nobody speaks in this story.")
    listed = [f"{name} {clock(seconds)} in {count(len(_lines_of(story, name)), 'line')}" for seconds, name in rows]
    return f"{rows[0][1]} speaks most: {', '.join(listed)}{'' if story.times.measured else ' (estimated)'}."


def _lines(story: Story, phrase: str) -> str:
    name = story.voice(phrase) if phrase else None
    if phrase and name is None and fold(phrase) not in WHOLE:
        return _said(story, phrase)
    said = [(n, cue) for n, cue in enumerate(story.script.cues) if isinstance(cue, SpeechCue)]
    lines = [n for n, cue in said if name in (None, cue.voice)]
    head = f"{name or 'The story'} has {count(len(lines), 'line')}"
    return listing(head, [_spoken(story, n) for n in lines])


def _said(story: Story, phrase: str) -> str:
    name = story.voice(phrase)
    if name is not None and story.chosen is None:
        return _lines(story, phrase)
    return _spoken(story, story.one(phrase))


def _under(story: Story, phrase: str) -> str:
    cue = story.one(phrase)
    start, end = story.times.spans.get(cue, (0.0, 0.0))
    found = [
        n for n, other in enumerate(story.script.cues)
        if n != cue and not isinstance(other, SceneCue | PauseCue) and n in story.times.spans
        and story.times.spans[n][0] < end and story.times.spans[n][1] > start
    ]  # fmt: skip
    if not found:
        return f"Nothing else is heard during {_named(story, cue)}."
    return listing(f"During {_named(story, cue)}", [_placed(story, n) for n in found])


_SECTIONS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "sound": ("sounds", lambda cue: isinstance(cue, SoundCue)),
    "effect": ("sounds", lambda cue: isinstance(cue, SoundCue) and not is_bed(cue)),
    "bed": ("beds", is_bed),
    "ambience": ("beds", is_bed),
    "background": ("beds", is_bed),
    "music": ("pieces of music", lambda cue: isinstance(cue, MusicCue)),
    "line": ("lines", lambda cue: isinstance(cue, SpeechCue)),
    "speech": ("lines", lambda cue: isinstance(cue, SpeechCue)),
    "scene": ("scenes", lambda cue: isinstance(cue, SceneCue)),
    "pause": ("pauses", lambda cue: isinstance(cue, PauseCue)),
    "recording": ("recordings", lambda cue: isinstance(cue, ClipCue)),
    "clip": ("recordings", lambda cue: isinstance(cue, ClipCue)),
}


def _list(story: Story, phrase: str) -> str:
    words = fold(phrase)
    if any(word in words for word in ("voice", "character", "cast", "people", "who")):
        return _cast(story, "")
    for word, (name, fits) in _SECTIONS.items():
        if word in words:
            cues = [n for n, cue in enumerate(story.script.cues) if fits(cue)]
            return listing(f"{count(len(cues), name)}", [_placed(story, n) for n in cues])
    return listing(f"{len(story.script.cues)} cues", [_placed(story, n) for n in range(len(story.script.cues))])


def _cast(story: Story, phrase: str) -> str:
    name = story.voice(phrase) if phrase else None
    rows = []
    for voice in story.script.voices:
        if name in (None, voice.name):
            locked = story.lock.cast.get(voice.name)
            by = f"spoken by {locked.tool}/{locked.preset}" if locked else "not cast yet"
            rows.append(f"{voice.name}: {voice.description} ({by})")
    if not rows:
        raise Unknown("There are no voices in this story.")
    return listing(count(len(rows), "voice"), rows)


def _made(story: Story, phrase: str) -> str:
    """Which tools made it, by the manifest of the last render."""
    if not story.manifest:
        raise Unknown("It was not rendered yet, so nothing was made.")
    assets = story.manifest.get("assets", [])
    if fold(phrase) in WHOLE and story.chosen is None:
        tools = sorted({f"{node['tool']} {node['version']} ({node['op']})" for row in assets for node in row["nodes"]})
        return listing("It was made by", tools)
    cue = story.one(phrase)
    wanted = f"cues[{cue}]"
    row = next((row for row in assets if str(row["cue"]).startswith(wanted)), None)
    if row is None:
        raise Unknown(f"{_named(story, cue)} is not in the last render.")
    steps = ", ".join(f"{node['op']} by {node['tool']} {node['version']}" for node in row["nodes"])
    return f"{_named(story, cue)} was made by {steps}."


def _loudness(story: Story, phrase: str) -> str:
    del phrase
    if not story.manifest:
        raise Unknown("It was not rendered yet, so its loudness is not known.")
    sound = story.manifest["sound"]
    return f"The last render has {sound['loudness_lufs']:.1f} LUFS and peaks at {sound['true_peak_dbtp']:.1f} dBTP."


def _summary(story: Story, phrase: str) -> str:
    del phrase
    script = story.script
    spoken = sum(isinstance(cue, SpeechCue) for cue in script.cues)
    sounds = sum(isinstance(cue, SoundCue | MusicCue) for cue in script.cues)
    scenes = sum(isinstance(cue, SceneCue) for cue in script.cues)
    voices = ", ".join(voice.name for voice in script.voices)
    parts = [count(spoken, "line"), count(sounds, "sound"), *([count(scenes, "scene")] if scenes else [])]
    who = f"; voices: {voices}" if voices else ""
    title = script.title or "untitled"
    return f"{title!r}: {', '.join(parts)}, {_about(story)}{clock(story.times.duration_s)}{who}."


_TOPICS: Mapping[str, Callable[[Story, str], str]] = {
    "length": _length, "start": _start, "speakers": _speakers, "lines": _lines, "said": _said, "under": _under,
    "list": _list, "cast": _cast, "made": _made, "loudness": _loudness, "summary": _summary,
}  # fmt: skip


def _about(story: Story, word: str = "") -> str:
    return f"{word} " * bool(word) if story.times.measured else f"{word} " * bool(word) + "about "


def _lines_of(story: Story, name: str) -> list[int]:
    return [n for n, cue in enumerate(story.script.cues) if isinstance(cue, SpeechCue) and cue.voice == name]


def _named(story: Story, index: int) -> str:
    return describe(story.script, index)


def _placed(story: Story, index: int) -> str:
    span = story.times.spans.get(index)
    return _named(story, index) + (f", {clock(span[0])} to {clock(span[1])}" if span else "")


def _spoken(story: Story, index: int) -> str:
    cue = story.script.cues[index]
    if not isinstance(cue, SpeechCue):
        return _placed(story, index)
    text = cue.text if isinstance(cue.text, str) else f"({cue.vocal or 'the text of a step'})"
    return f"{cue.voice}: {text}"
