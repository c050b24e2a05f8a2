"""A script as a language model is shown it for one request: all of a short one, of a long one what may be needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from soundwright.orchestrator.revision.cue_words import named_stems, said_stems
from soundwright.orchestrator.revision.phrase import COUNT, RANK, fold, stem, stems
from soundwright.orchestrator.revision.references import resolve, scenes_of
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.script import SceneCue, Script, SpeechCue
from soundwright.scripts_compiler.wording import short

MAX_CUES = 60
MAX_OUTLINE = 60
AROUND = 2
LONG_CHARS, SHORT_CHARS = 2000, 160
_SHOWN = ("name", "description", "gender", "age", "accent", "language", "pan", "effects", "space")
_TOKEN = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r"\"([^\"]{2,300})\"|“([^”]{2,300})”")
_SCENE = re.compile(r"\b(?:\w+ scene|scene \w+)\b", re.IGNORECASE)
_RANKS = "|".join((*RANK, "last", "final", r"\d+(?:st|nd|rd|th)"))
MAX_PHRASES = 8
_COMMON = frozenset(
    stem(word)
    for word in [
        "the",
        "and",
        "make",
        "louder",
        "softer",
        "quieter",
        "add",
        "remove",
        "change",
        "line",
        "lines",
        "scene",
        "scenes",
        "more",
        "less",
        "after",
        "before",
        "then",
        "with",
        "from",
        "into",
        "that",
        "this",
        "her",
        "his",
        "him",
        "she",
        "they",
        "them",
        "its",
        "for",
        "let",
        "say",
        "says",
        "sound",
        "sounds",
        "music",
        "one",
        "two",
        "three",
        "please",
        "cue",
        "cues",
        "put",
        "move",
        "all",
        "every",
        "story",
        "whole",
        "last",
        "first",
        "second",
        "third",
        "next",
        "them",
        "are",
        "not",
        "but",
        "was",
        "has",
        "had",
        "too",
        "very",
    ]
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines to show. ``ids`` are those of the cues that are shown; ``outline`` is empty where all are."""

    head: tuple[str, ...]
    cues: tuple[str, ...]
    outline: tuple[str, ...]
    ids: tuple[str, ...]


def excerpt(script: Script, request: str, most: int = MAX_CUES) -> Excerpt:
    """What a request needs to be shown of a script in which every cue has an id."""
    data = documents.plain(script)
    scores = _scores(script, request)
    shown = set(range(len(script.cues))) if len(script.cues) <= most else _chosen(script, scores, most)
    lines = tuple(_lines(data["cues"], shown, {n for n in shown if scores[n] > 0}))
    outline = () if len(shown) == len(script.cues) else tuple(_outline(script))
    ids = tuple(str(script.cues[n].id) for n in sorted(shown))
    return Excerpt(tuple(_head(data)), lines, outline, ids)


def _head(data: Mapping[str, Any]) -> Iterator[str]:
    top = {name: data[name] for name in ("title", "language", "duration", "master") if name in data}
    if top:
        yield documents.dump_yaml(top).strip()
    for voice in data.get("voices", ()):
        yield f"voice {_flow({name: voice[name] for name in _SHOWN if name in voice})}"
    for word in data.get("pronounce", ())[:20]:
        yield f"pronounce {_flow(word)}"
    if data.get("inputs"):
        yield f"recordings: {', '.join(str(each['id']) for each in data['inputs'][:50])}"
    for step in data.get("steps", ())[:20]:
        yield f"step {_flow(step)}"


def _lines(cues: Sequence[Mapping[str, Any]], shown: set[int], whole: set[int]) -> Iterator[str]:
    gap = 0
    for index, cue in enumerate(cues):
        if index not in shown:
            gap += 1
            continue
        if gap:
            yield f"... {gap} cue{'s' if gap > 1 else ''} not shown"
            gap = 0
        most = LONG_CHARS if index in whole or len(shown) == len(cues) else SHORT_CHARS
        yield _flow({n: short(v, most) if n == "text" and isinstance(v, str) else v for n, v in cue.items()})
    if gap:
        yield f"... {gap} cue{'s' if gap > 1 else ''} not shown"


def _flow(part: Mapping[str, Any]) -> str:
    return documents.dump_yaml({"x": [dict(part)]}).split("\n")[1].strip().removeprefix("- ")


def _scores(script: Script, request: str) -> list[float]:
    """How much the request speaks of each cue."""
    folded = fold(request)
    tokens = set(_TOKEN.findall(folded.replace("_", " ")))
    words = {stem(token) for token in tokens if len(token) > 2 and token not in RANK and token not in COUNT} - _COMMON
    ids = set(re.findall(r"[A-Za-z][A-Za-z0-9_]*", request))
    voices = {voice.name for voice in script.voices if fold(voice.name) in folded}
    names = {word for voice in voices for word in stems(voice)}
    quotes = [next(filter(None, groups)) for groups in _QUOTED.findall(request)]
    inside, counted = _in_scenes(script, request), _counted(script, request)
    scores = []
    for index, cue in enumerate(script.cues):
        score = 8.0 * (cue.id in ids) + 3.0 * len((words - names) & named_stems(cue))
        score += len((words - names) & said_stems(cue)) + 0.5 * (isinstance(cue, SpeechCue) and cue.voice in voices)
        score += 4.0 * any(isinstance(cue, SpeechCue) and fold(q) in fold(str(cue.text)) for q in quotes)
        scores.append(score + 1.0 * (index in inside) + 6.0 * (index in counted))
    return scores


def _counted(script: Script, request: str) -> set[int]:
    """The cues of phrases that count: "Ann's second line", "the last knock in scene two", "her line 2"."""
    names = "".join(rf"{re.escape(voice.name)}['’]s|" for voice in script.voices)
    phrases = re.compile(
        rf"\b(?:{names}her|his|the)\s+(?:(?:{_RANKS})\s+\w+|\w+\s+(?:\d{{1,4}}|{'|'.join(COUNT)})\b)"
        r"(?:\s+(?:in|of)\s+(?:the\s+)?(?:scene\s+\w+|\w+\s+scene))?",
        re.IGNORECASE,
    )
    found = (resolve(script, match.group()).one for match in islice(phrases.finditer(request), MAX_PHRASES))
    return {index for index in found if index is not None}


def _in_scenes(script: Script, request: str) -> set[int]:
    """The cues of scenes that are named."""
    found = set[int]()
    owners = scenes_of(script)
    for phrase in _SCENE.findall(request)[:8]:
        scene = resolve(script, phrase).one
        if scene is not None and isinstance(script.cues[scene], SceneCue):
            found |= {scene, *(n for n, of in enumerate(owners) if of == scene)}
    return found


def _chosen(script: Script, scores: Sequence[float], most: int) -> set[int]:
    """The cues that are spoken of most, with those around them, and the ends of the script."""
    count = len(script.cues)
    chosen = {0, 1, count - 2, count - 1} & set(range(count))
    least = max(scores) / 4  # what is barely spoken of is left out where something is clearly meant
    best = sorted((n for n in range(count) if scores[n] > least), key=lambda n: (-scores[n], n))
    for index in best:
        if len(chosen) >= most - 2 * AROUND:
            break
        chosen |= set(range(max(0, index - AROUND), min(count, index + AROUND + 1)))
    owners = scenes_of(script)
    headings = {owners[n] for n in chosen if owners[n] >= 0}
    return chosen | headings


def _outline(script: Script) -> Iterator[str]:
    owners = scenes_of(script)
    starts = [n for n in range(len(script.cues)) if n == 0 or owners[n] != owners[n - 1]]
    for number, start in enumerate(starts[:MAX_OUTLINE]):
        end = starts[number + 1] if number + 1 < len(starts) else len(script.cues)
        first = script.cues[start]
        title = f'{first.id} "{short(first.title, 60)}"' if isinstance(first, SceneCue) else "(before the first scene)"
        speakers = dict.fromkeys(c.voice for c in script.cues[start:end] if isinstance(c, SpeechCue))
        who = f", {', '.join(list(speakers)[:6])}" if speakers else ""
        yield f"{title}: {end - start} cues, {script.cues[start].id} to {script.cues[end - 1].id}{who}"
    if len(starts) > MAX_OUTLINE:
        yield f"... and {len(starts) - MAX_OUTLINE} more scenes"
