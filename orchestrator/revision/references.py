"""Which cues a phrase means: "the second knock", "her last line", "the rain", "scene two". English, ids and names.

What is said in words is matched against ids, voices, descriptions, titles and texts; the same phrase always means the
same cues. Nothing is guessed: where several cues fit, all are returned, and the caller asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from soundwright.orchestrator.revision.cue_words import describe, holds, named_stems, said_stems
from soundwright.orchestrator.revision.phrase import Phrase, fold, read_phrase
from soundwright.scripts_compiler.script import ClipCue, SceneCue, Script, SoundCue, SpeechCue, is_bed
from soundwright.scripts_compiler.wording import quoted

MAX_NAMED = 5
_INDEX = re.compile(
    r"cues?\s*\[\s*(?P<index>\d{1,4})\s*\]|(?:the )?cue (?:number |no\.? )?(?P<number>\d{1,4})|#(?P<hash>\d{1,4})"
)
_NAMED = re.compile(r"(?:(?:the )?(?:cue|id)\s+)?[`'\"]?(?P<id>[A-Za-z][A-Za-z0-9_]{0,31})[`'\"]?")
_IN_SCENE = re.compile(
    r"^(?P<what>.*?),?\s+(?:in|of|from|during|within)\s+(?P<scene>(?:the\s+)?(?:[\w'-]+\s+){0,4}scene\b.*)$", re.I
)
_BESIDE = re.compile(
    r"^(?P<what>.+?)\s+(?:right |just |immediately )?(?P<side>before|after|following|preceding)\s+(?P<other>.+)$", re.I
)
_SCENE = re.compile(r"\bscenes?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resolution:
    """The indices of the cues that are meant, in order; several are a question unless ``every`` says all are meant.

    ``reason`` says in one sentence how the phrase was understood or why it was not; ``near`` are indices of cues that
    may have been meant where ``cues`` is empty.
    """

    cues: tuple[int, ...]
    reason: str
    every: bool = False
    near: tuple[int, ...] = ()

    @property
    def one(self) -> int | None:
        """The cue that is meant, where there is exactly one."""
        return self.cues[0] if len(self.cues) == 1 else None

    @property
    def ambiguous(self) -> bool:
        """Whether the user must say which is meant."""
        return len(self.cues) > 1 and not self.every


def resolve(script: Script, phrase: str) -> Resolution:
    """The cues that ``phrase`` means."""
    phrase = " ".join(phrase.split()).strip(" .,;:!?")
    if not phrase:
        return Resolution((), "Nothing was named.")
    return (
        _by_place(script, phrase) or _by_scene(script, phrase) or _beside(script, phrase) or _by_words(script, phrase)
    )


def scenes_of(script: Script) -> list[int]:
    """For each cue, the index of the scene cue that it belongs to; -1 before the first."""
    found, scene = [], -1
    for index, cue in enumerate(script.cues):
        scene = index if isinstance(cue, SceneCue) else scene
        found.append(scene)
    return found


# --- ids and numbers ----------------------------------------------------------------------------------------------


def _by_place(script: Script, phrase: str) -> Resolution | None:
    match = _INDEX.fullmatch(fold(phrase))
    if match is not None:
        index = int(match["index"]) if match["index"] else int(match["number"] or match["hash"]) - 1
        if 0 <= index < len(script.cues):
            return Resolution((index,), f"{describe(script, index)} stands there.")
        return Resolution((), f"There is no such cue: the script has {len(script.cues)}.")
    named = _NAMED.fullmatch(phrase)
    if named is None:
        return None
    ids = {cue.id: index for index, cue in enumerate(script.cues) if cue.id is not None}
    folded = {fold(name): index for name, index in ids.items()}
    at = ids.get(named["id"], folded.get(fold(named["id"])))
    return None if at is None else Resolution((at,), f"{describe(script, at)} has this id.")


# --- scenes -------------------------------------------------------------------------------------------------------


def _by_scene(script: Script, phrase: str) -> Resolution | None:
    """A scene itself, or what stands in one."""
    if _SCENE.search(phrase) is None:
        return None
    inside = _IN_SCENE.match(phrase)
    if inside is None:
        return _scene(script, phrase)
    scene = _scene(script, inside["scene"])
    if scene.one is None:
        return Resolution((), scene.reason, near=scene.near or scene.cues)
    members = [index for index, of in enumerate(scenes_of(script)) if of == scene.one]
    return _select(script, members, read_phrase(inside["what"], _names(script)), phrase)


def _scene(script: Script, phrase: str) -> Resolution:
    scenes = [index for index, cue in enumerate(script.cues) if isinstance(cue, SceneCue)]
    wanted = read_phrase(phrase, ())
    if wanted.rank is None and not wanted.words and not wanted.quote and not wanted.every and len(scenes) > 1:
        return Resolution(tuple(scenes), f"There are {len(scenes)} scenes: {_listed(script, scenes)}.")
    return _select(script, scenes, wanted, phrase)


# --- before and after ---------------------------------------------------------------------------------------------


def _beside(script: Script, phrase: str) -> Resolution | None:
    """The nearest cue of a kind before or after another."""
    match = _BESIDE.match(phrase)
    if match is None or '"' in match["what"]:
        return None
    other = resolve(script, match["other"])
    if other.one is None:
        return None
    earlier = match["side"].lower() in ("before", "preceding")
    members = [n for n in range(len(script.cues)) if (n < other.one if earlier else n > other.one)]
    wanted = read_phrase(match["what"], _names(script))
    found = _select(
        script, members, Phrase(wanted.kind, wanted.voices, wanted.gender, None, True, wanted.words), phrase
    )
    if not found.cues:
        return found
    at = found.cues[-1] if earlier else found.cues[0]
    return Resolution((at,), f"{describe(script, at)} is the nearest.")


# --- kinds, speakers, words ---------------------------------------------------------------------------------------


def _by_words(script: Script, phrase: str) -> Resolution:
    return _select(script, range(len(script.cues)), read_phrase(phrase, _names(script)), phrase)


def _names(script: Script) -> list[str]:
    return [voice.name for voice in script.voices]


def _select(script: Script, members: Sequence[int], wanted: Phrase, phrase: str) -> Resolution:
    """The members that fit, cut to the one of the wanted rank."""
    speakers = _speakers(script, wanted)
    if wanted == Phrase() or isinstance(speakers, Resolution):
        return Resolution((), f"{quoted(phrase)} names no cue.") if isinstance(speakers, tuple) else speakers
    fitting = list(_fitting(script, members, wanted, speakers))
    if not fitting:
        return _nothing(script, members, wanted, speakers, phrase)
    if wanted.rank is not None:
        return _ranked(script, fitting, wanted.rank, phrase)
    if len(fitting) == 1:
        return Resolution((fitting[0],), f"{describe(script, fitting[0])} is the only one.", every=wanted.every)
    said = f"All {len(fitting)} are meant:" if wanted.every else f"{quoted(phrase)} may mean"
    return Resolution(tuple(fitting), f"{said} {_listed(script, fitting)}.", every=wanted.every)


def _speakers(script: Script, wanted: Phrase) -> tuple[str, ...] | Resolution:
    """Whose cues are meant: names, or those of the gender of a pronoun; empty for anybody's."""
    if wanted.voices or not wanted.gender:
        return wanted.voices
    spoken = {cue.voice for cue in script.cues if isinstance(cue, SpeechCue)}
    fitting = tuple(v.name for v in script.voices if v.gender == wanted.gender and v.name in spoken)
    if len(fitting) == 1:
        return fitting
    if not fitting:
        return Resolution((), f"No voice is known to be {wanted.gender}: name the speaker.")
    return Resolution((), f"{' and '.join(fitting)} are {wanted.gender}: name the speaker.")


def _fitting(script: Script, members: Sequence[int], wanted: Phrase, speakers: tuple[str, ...]) -> Iterator[int]:
    found = [n for n in members if _has_kind(script, n, wanted, speakers) and _has_quote(script, n, wanted)]
    words = set(wanted.words)
    exact = [n for n in found if words <= named_stems(script.cues[n])]
    if exact or not words:
        return iter(exact if words else found)
    return iter([n for n in found if words <= named_stems(script.cues[n]) | said_stems(script.cues[n])])


def _has_kind(script: Script, index: int, wanted: Phrase, speakers: tuple[str, ...]) -> bool:
    cue = script.cues[index]
    kind = "speech" if wanted.quote and not wanted.kind else wanted.kind
    if kind == "speech" and isinstance(cue, SpeechCue) and cue.vocal is not None:
        return False  # a sigh is no line
    if speakers or wanted.gender:
        return isinstance(cue, SpeechCue) and cue.voice in speakers
    if kind == "sound":
        return isinstance(cue, SoundCue | ClipCue)
    if kind == "bed":
        return is_bed(cue)
    return kind in ("", "cue", cue.type)


def _has_quote(script: Script, index: int, wanted: Phrase) -> bool:
    return not wanted.quote or holds(script.cues[index], wanted.quote)


def _ranked(script: Script, fitting: Sequence[int], rank: int, phrase: str) -> Resolution:
    at = rank - 1 if rank > 0 else len(fitting) + rank
    if rank == 0 or not 0 <= at < len(fitting):
        count = f"is only {len(fitting)}" if len(fitting) == 1 else f"are only {len(fitting)}"
        return Resolution((), f"There {count}: {_listed(script, fitting)}.", near=tuple(fitting[:MAX_NAMED]))
    return Resolution((fitting[at],), f"{describe(script, fitting[at])} is number {at + 1} of {len(fitting)}.")


def _nothing(
    script: Script, members: Sequence[int], wanted: Phrase, speakers: tuple[str, ...], phrase: str
) -> Resolution:
    """No cue fits: those that share a word, or else those of the kind."""
    words = set(wanted.words)
    some = [n for n in members if _alike(words, named_stems(script.cues[n]) | said_stems(script.cues[n]))]
    kind = [n for n in members if (wanted.kind or speakers) and _has_kind(script, n, wanted, speakers)]
    near = tuple((some or kind)[:MAX_NAMED])
    hint = f" There is: {_listed(script, near)}." if near else ""
    return Resolution((), f"No cue is {quoted(phrase)}.{hint}", near=near)


def _alike(words: set[str], named: set[str]) -> bool:
    import difflib  # noqa: PLC0415  only for a mistake

    return any(difflib.get_close_matches(word, named, n=1, cutoff=0.75) for word in words if len(word) > 2)


def _listed(script: Script, indices: Sequence[int]) -> str:
    more = f" and {len(indices) - MAX_NAMED} more" if len(indices) > MAX_NAMED else ""
    return ", ".join(describe(script, index) for index in indices[:MAX_NAMED]) + more


__all__ = ["Resolution", "describe", "resolve", "scenes_of"]
