"""Long stories: an outline first, then scene by scene, each seeing the cast, the outline and what has happened.

No request grows with the story: far scenes stand in the outline with their titles alone, and what has happened is kept
as one line for each of the last scenes. So thirty minutes fit any context that one scene fits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from soundwright.orchestrator.llm.base import Message
from soundwright.orchestrator.planner.answer_schema import outline_schema, scene_schema
from soundwright.orchestrator.planner.demands import demand_lines, unmet
from soundwright.orchestrator.planner.estimate import amount_of_speech, answer_tokens
from soundwright.orchestrator.planner.fitting import fit
from soundwright.orchestrator.planner.merging import merge
from soundwright.orchestrator.planner.offer import Offer
from soundwright.orchestrator.planner.prompting import Prompt, change_length, rules
from soundwright.orchestrator.planner.reading import SOURCE, Reader
from soundwright.orchestrator.planner.requirements import Requirements
from soundwright.orchestrator.planner.session import Session, WrongAnswer
from soundwright.prompts.loader import render
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.script import Script, SpeechCue
from soundwright.scripts_compiler.wording import quoted

LONG_S = 300.0
SCENE_S = 120.0
MAX_SCENES = 200
SCENE_PROMPT_TOKENS = 900
NEAR = 2  # scenes before and after that are shown with their summary
TITLES = 12  # scenes before and after that are shown at all
REMEMBERED = 8  # summaries of scenes that were written
MAX_SUMMARY_CHARS = 400
MAX_INSTRUCTION_CHARS = 2000
LAST_LINES = 4
MAX_DESCRIPTION_CHARS = 200


@dataclass(frozen=True, slots=True)
class Written:
    """A document, and what the user should know about it."""

    document: Document
    notes: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """One scene of an outline."""

    title: str
    summary: str
    seconds: float
    space: str | None
    voices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The plan of a long story: ``cast`` is plain data of voices."""

    title: str
    language: str
    cast: tuple[Mapping[str, Any], ...]
    scenes: tuple[Heading, ...]


def number_of_scenes(asked: Requirements) -> int:
    """How many scenes are planned: as asked for, else one for every two minutes."""
    if asked.scenes is not None:
        return min(MAX_SCENES, asked.scenes[0])
    return max(2, min(MAX_SCENES, math.ceil((asked.duration_s or LONG_S) / SCENE_S)))


def outline_prompt(instruction: str, offer: Offer, asked: Requirements) -> Prompt:
    """The request for the outline."""
    count = number_of_scenes(asked)
    scenes = f"{count}" if asked.scenes else f"about {count}"
    system = render("outline", voices=list(offer.voices), scenes=scenes, seconds=f"{asked.duration_s:g} s")
    user = render("request", instruction=instruction.strip(), demands=demand_lines(replace(asked, lines=None)))
    return Prompt((Message("system", system), Message("user", user)), outline_schema(offer))


def write(
    instruction: str, offer: Offer, asked: Requirements, session: Session, *, rounds: int, say: Callable[[str], None]
) -> Written:
    """The whole story.

    Raises:
        ScriptError: what was still wrong in the last answer to one of the requests; says which.
        LanguageModelError: from the session.
    """
    prompt = outline_prompt(instruction, offer, asked)
    outline = session.converse(
        prompt, OutlineTask(offer, asked), rounds=rounds, answer_tokens=400 * number_of_scenes(asked)
    )
    say(f"outline: {outline.title or 'untitled'}, {len(outline.scenes)} scenes")
    scenes: list[Scene] = []
    for number, heading in enumerate(outline.scenes, 1):
        task = SceneTask(offer, outline, number, asked)
        request = scene_prompt(instruction, offer, outline, scenes)
        try:
            scene = session.converse(request, task, rounds=rounds, answer_tokens=answer_tokens(heading.seconds))
        except ScriptError as error:
            raise ScriptError(error.problems, f"scene {number} of {SOURCE}") from None
        say(f"scene {number} of {len(outline.scenes)}: {heading.title}, about {scene.seconds:.0f} s")
        scenes.append(scene)
    return _finished(outline, scenes, offer, asked)


def _finished(outline: Outline, scenes: Sequence[Scene], offer: Offer, asked: Requirements) -> Written:
    whole = merge(outline.title, outline.language, outline.cast, [scene.document.script for scene in scenes])
    document = Reader(offer, asked.duration_s).document(whole)
    notes = [replace(problem, warning=True) for problem in unmet(asked, document.script)]
    target = asked.duration_s or 0.0
    fitted = fit(document.script, target)
    if fitted.changed:
        document = documents.from_data(documents.plain(fitted.script), SOURCE, catalogue=offer.catalogue)
    if not fitted.fits:
        found = f"the programme will last about {fitted.duration_s:.0f} s, {target:g} s were asked for."
        notes.append(Problem("duration", found, "Edit the scenes that are too long or too short.", warning=True))
    return Written(document, tuple(notes))


# --- the outline --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutlineTask:
    """Reads outlines: the cast is checked as that of any script, the scenes' lengths are brought to the whole's."""

    offer: Offer
    asked: Requirements

    def read(self, data: Any, *, last: bool) -> Outline:  # noqa: ANN401
        """The outline of an answer.

        Raises:
            ScriptError: with all problems.
        """
        del last
        held = data if isinstance(data, dict) else {}
        cast = self._cast(held)
        names = [voice.name for voice in cast.voices]
        scenes, problems = _headings(held.get("scenes"), names)
        problems += _scene_count(self.asked, len(scenes))
        if problems:
            raise ScriptError(problems, "the language model's outline")
        total = sum(scene.seconds for scene in scenes)
        target = self.asked.duration_s or total
        scaled = tuple(replace(scene, seconds=round(scene.seconds * target / total, 1)) for scene in scenes)
        plain = documents.plain(cast)
        return Outline(cast.title, cast.language, tuple(plain.get("voices", ())), scaled)

    def rescue(self) -> Outline | None:
        """There is no second best outline."""
        return None

    def _cast(self, held: Mapping[str, Any]) -> Script:
        """The voices, checked in a script in which each says a word."""
        listed = held.get("voices")
        voices = listed if isinstance(listed, list) else []
        names = [voice["name"] for voice in voices if isinstance(voice, dict) and isinstance(voice.get("name"), str)]
        cues: list[dict[str, Any]] = [
            {"type": "speech", "voice": name, "text": "Yes."} for name in dict.fromkeys(names)
        ]
        fields = {name: held.get(name) for name in ("title", "language")}
        whole = {**fields, "voices": voices, "cues": cues or [{"type": "pause", "length": 1}]}
        return Reader(self.offer).document(whole).script


def _headings(listed: Any, names: Sequence[str]) -> tuple[list[Heading], list[Problem]]:  # noqa: ANN401
    scenes, problems = [], []
    for index, item in enumerate(listed if isinstance(listed, list) else []):
        held = item if isinstance(item, dict) else {}
        seconds = held.get("seconds")
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 1 <= seconds <= 86400:
            problems.append(Problem(f"scenes[{index}].seconds", "is no number of seconds.", "Write how long it lasts."))
            seconds = 1.0
        summary = held.get("summary")
        if not isinstance(summary, str) or not summary.strip():
            problems.append(Problem(f"scenes[{index}].summary", "is missing.", "Say what happens."))
        speaking = _strings(held.get("voices"))
        for name in speaking:
            if name not in names:
                found = f"no voice is called {quoted(name)}."
                problems.append(Problem(f"scenes[{index}].voices", found, f"There are: {', '.join(names)}."))
        space = held.get("space")
        scenes.append(
            Heading(_text(held.get("title")), _text(summary), float(seconds),
                    space if isinstance(space, str) else None, tuple(speaking))
        )  # fmt: skip
    return scenes, problems


def _scene_count(asked: Requirements, found: int) -> list[Problem]:
    low, high = asked.scenes or (1, MAX_SCENES)
    if low <= found <= (high or MAX_SCENES):
        return []
    return [Problem("scenes", f"{found} scenes were planned.", f"Plan {low} to {high or MAX_SCENES}.")]


def _strings(listed: Any) -> list[str]:  # noqa: ANN401
    return [item for item in listed if isinstance(item, str)] if isinstance(listed, list) else []


def _text(value: Any) -> str:  # noqa: ANN401
    return " ".join(value.split())[:MAX_SUMMARY_CHARS] if isinstance(value, str) else ""


# --- a scene ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scene:
    """A written scene as a script of its own, its length in seconds, and what later scenes must know."""

    document: Document
    summary: str
    seconds: float


def scene_prompt(instruction: str, offer: Offer, outline: Outline, written: Sequence[Scene]) -> Prompt:
    """The request for the next scene."""
    number = len(written) + 1
    heading = outline.scenes[number - 1]
    amount, unit = amount_of_speech(0.85 * heading.seconds, outline.language)
    user = render(
        "scene", number=number, count=len(outline.scenes), title=outline.title, heading=heading.title,
        seconds=f"{heading.seconds:g}", amount=amount, unit=unit, instruction=_shortened(instruction),
        summary=heading.summary, speaking=list(heading.voices) or ["whoever fits"],
        cast=_cast_lines(outline, heading),
        outline=_outline_lines(outline, number),
        before=[scene.summary for scene in written[-REMEMBERED:] if scene.summary],
        last_lines=_last_lines(written[-1].document.script) if written else [],
    )  # fmt: skip
    names = [voice["name"] for voice in outline.cast] or ["Narrator"]
    system = rules(offer, Requirements(no_speech=not outline.cast))
    return Prompt((Message("system", system), Message("user", user)), scene_schema(offer, names))


def _cast_lines(outline: Outline, heading: Heading) -> list[str]:
    """Those who speak here with their description, the others with their name alone."""
    here = [voice for voice in outline.cast if voice["name"] in heading.voices] or outline.cast[:NEAR]
    lines = [f"{voice['name']}: {str(voice['description'])[:MAX_DESCRIPTION_CHARS]}" for voice in here]
    others = [str(voice["name"]) for voice in outline.cast if voice not in here]
    return [*lines, f"also: {', '.join(others)}"] if others else lines


def _outline_lines(outline: Outline, here: int) -> list[str]:
    lines = []
    for number, scene in enumerate(outline.scenes, 1):
        if abs(number - here) > TITLES:
            continue
        told = f": {scene.summary}" if 0 < abs(number - here) <= NEAR else ""
        lines.append(f"{number}. {scene.title}{told}" + (" (this one)" if number == here else ""))
    return lines


def _last_lines(script: Script) -> list[str]:
    spoken = [cue for cue in script.cues if isinstance(cue, SpeechCue) and isinstance(cue.text, str)]
    return [f"{cue.voice}: {str(cue.text)[:200]}" for cue in spoken[-LAST_LINES:]]


def _shortened(instruction: str) -> str:
    text = " ".join(instruction.split())
    return text if len(text) <= MAX_INSTRUCTION_CHARS else f"{text[:MAX_INSTRUCTION_CHARS]}..."


@dataclass(slots=True)
class SceneTask:
    """Reads the answers to the request for one scene; asks once for another length."""

    offer: Offer
    outline: Outline
    number: int
    asked: Requirements
    _kept: Scene | None = field(default=None, init=False)

    def read(self, data: Any, *, last: bool) -> Scene:  # noqa: ANN401
        """The scene of an answer.

        Raises:
            ScriptError: it is wrong, or (once) of another length.
        """
        held = data if isinstance(data, dict) else {}
        heading = self.outline.scenes[self.number - 1]
        try:
            document = Reader(self.offer).document(self._whole(held, heading))
        except ScriptError as error:
            raise ScriptError([_moved(problem) for problem in error.problems], error.source) from None
        wrong = unmet(Requirements(no_music=self.asked.no_music), document.script)
        if wrong:
            raise WrongAnswer([_moved(problem) for problem in wrong], SOURCE)
        fitted = fit(document.script, heading.seconds)
        if fitted.changed:
            document = documents.from_data(documents.plain(fitted.script), SOURCE, catalogue=self.offer.catalogue)
        scene = Scene(document, _text(held.get("summary")) or heading.summary, fitted.duration_s)
        return scene if fitted.fits or last else self._other_length(scene, heading.seconds)

    def rescue(self) -> Scene | None:
        """The scene of the other length, where the revision came to nothing."""
        return self._kept

    def _other_length(self, scene: Scene, target_s: float) -> Scene:
        if self._kept is not None:
            return min(self._kept, scene, key=lambda each: abs(each.seconds - target_s))
        self._kept = scene
        found = f"the scene will last about {scene.seconds:.0f} s, {target_s:g} s are planned."
        error = WrongAnswer([Problem("cues", found, "Write more, or less.")], SOURCE)
        error.complaint = change_length(scene.seconds, target_s, self.outline.language)
        raise error

    def _whole(self, held: Mapping[str, Any], heading: Heading) -> dict[str, Any]:
        cues = held.get("cues")
        listed = cues if isinstance(cues, list) else []
        head = {"type": "scene", "id": f"scene_{self.number}", "title": heading.title[:200], "space": heading.space}
        kept = [cue for cue in listed if not (isinstance(cue, dict) and cue.get("type") == "scene")]
        return {
            "title": self.outline.title, "language": self.outline.language, "voices": list(self.outline.cast),
            "cues": [head, *kept],
        }  # fmt: skip


_CUE = re.compile(r"\bcues\[(\d{1,5})\]")


def _moved(problem: Problem) -> Problem:
    """The place in the answer: the scene's heading, which the answer does not hold, comes first in the script."""
    place, found, remedy = (
        _CUE.sub(lambda match: f"cues[{max(0, int(match[1]) - 1)}]", text)
        for text in (problem.place, problem.found, problem.remedy)
    )
    return replace(problem, place=place, found=found, remedy=remedy)
