"""Instruction to script by a language model: asked once, told what is wrong, held to what was asked.

Short programmes are written in one answer, long ones scene by scene (``serial.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from soundwright.orchestrator.llm.base import LanguageModel, Usage
from soundwright.orchestrator.planner import serial
from soundwright.orchestrator.planner.demands import unmet
from soundwright.orchestrator.planner.estimate import Forecast, answer_tokens, cost_of, programme_s
from soundwright.orchestrator.planner.fitting import fit
from soundwright.orchestrator.planner.offer import Offer, make_offer
from soundwright.orchestrator.planner.prompting import Prompt, change_length, script_prompt
from soundwright.orchestrator.planner.reading import SOURCE, Reader
from soundwright.orchestrator.planner.requirements import Requirements, read_requirements
from soundwright.orchestrator.planner.session import Session, WrongAnswer
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.scripts_compiler.script import Input, Script
from soundwright.tools.base import ToolSpec

ROUNDS = 3
MAX_INSTRUCTION_CHARS = 100_000


@dataclass(frozen=True, slots=True)
class Planned:
    """A script that meets the request; ``notes`` say what the user should know, ``rounds`` how often was asked."""

    document: Document
    notes: tuple[Problem, ...]
    usage: Usage
    rounds: int


@dataclass(frozen=True, slots=True)
class Job:
    """A request with what there is to fulfil it."""

    instruction: str
    offer: Offer
    asked: Requirements

    @property
    def is_long(self) -> bool:
        """Whether it is written scene by scene."""
        return not self.asked.no_speech and (self.asked.duration_s or 0.0) > serial.LONG_S


def make_job(
    instruction: str,
    catalogue: Catalogue,
    specs: Sequence[ToolSpec],
    *,
    inputs: Sequence[Input] = (),
    sounds: Sequence[str] | None = None,
) -> Job:
    """The job that an instruction gives. ``specs`` are the usable tools, ``inputs`` the recordings that may be used.

    Raises:
        ScriptError: the instruction says nothing, or is too long.
    """
    if not any(character.isalnum() for character in instruction):
        raise ScriptError([Problem("", "the instruction says nothing.", "Describe what is to be heard.")])
    if len(instruction) > MAX_INSTRUCTION_CHARS:
        found = f"the instruction has {len(instruction):,} characters, more than {MAX_INSTRUCTION_CHARS:,}."
        raise ScriptError([Problem("", found, "Shorten it; whole texts can be imported.")])
    offer = make_offer(instruction, catalogue, specs, inputs=inputs, sounds=sounds)
    return Job(instruction, offer, read_requirements(instruction))


def prompt(job: Job) -> Prompt:
    """Exactly what is sent first: the request for a script, or for the outline of a long one."""
    if job.is_long:
        return serial.outline_prompt(job.instruction, job.offer, job.asked)
    return script_prompt(job.instruction, job.offer, job.asked)


def forecast(job: Job, model: LanguageModel) -> Forecast:
    """What the plan takes when every answer is right.

    Raises:
        ModelUnavailable: SOUNDWRIGHT_LLM_PRICE holds no price.
    """
    first = prompt(job).tokens
    output, calls, more = answer_tokens(job.asked.duration_s), 1, 0
    if job.is_long:
        scenes = serial.number_of_scenes(job.asked)
        each = script_prompt(job.instruction, job.offer, job.asked).tokens + serial.SCENE_PROMPT_TOKENS
        output, calls, more = output + scenes * 400, 1 + scenes, scenes * each
    return Forecast(calls, first + more, output, cost_of(model, first + more, output))


def plan(
    job: Job,
    model: LanguageModel,
    *,
    rounds: int = ROUNDS,
    max_cost_usd: float | None = None,
    on_text: Callable[[str], None] | None = None,
    on_note: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Planned:
    """The script for a job. ``on_note`` is told about stages; ``rounds`` counts the answers to one request.

    Raises:
        ScriptError: what was still wrong, or not as asked, in the last answer.
        LanguageModelError: the model cannot be asked, its answer not be read, or the budget would be exceeded.
        Cancelled: ``cancelled`` became true.
    """
    session = Session(model, max_cost_usd, on_text, cancelled)
    expected = forecast(job, model)
    if max_cost_usd is not None:
        session.check_budget(expected.input_tokens, expected.output_tokens)
    say = on_note or _silent
    if job.is_long:
        say(f"a long story: {expected}")
        written = serial.write(job.instruction, job.offer, job.asked, session, rounds=rounds, say=say)
    else:
        task = ScriptTask(job)
        asked = job.asked.duration_s
        written = session.converse(prompt(job), task, rounds=rounds, answer_tokens=answer_tokens(asked))
    notes = [*written.notes, *_unspoken(written.document.script, job.offer)]
    return Planned(written.document, tuple(notes), session.usage, session.rounds)


@dataclass(slots=True)
class ScriptTask:
    """Reads the answers to a request for a whole script; asks once for another length where silences cannot make it."""

    job: Job
    _kept: serial.Written | None = field(default=None, init=False)
    _off_s: float = field(default=0.0, init=False)

    def read(self, data: Any, *, last: bool) -> serial.Written:  # noqa: ANN401
        """The script of an answer, its length fitted.

        Raises:
            ScriptError: it is wrong, not as asked, or (once) of another length.
        """
        document = Reader(self.job.offer, self.job.asked.duration_s).document(data)
        problems = unmet(self.job.asked, document.script)
        if problems:
            raise WrongAnswer(problems, SOURCE)
        target = document.script.duration  # as asked for, or as the model read it in a request of another language
        if target is None:
            programme_s(document.script)  # a script that nothing is heard of is none
            return serial.Written(document, ())
        fitted = fit(document.script, target)
        if fitted.fits:
            return serial.Written(refitted(document, fitted.script, self.job.offer), _fit_notes(fitted.changed, target))
        return self._other_length(document, fitted.duration_s, target, last=last)

    def rescue(self) -> serial.Written | None:
        """The script of the other length, where the revision came to nothing."""
        return self._kept

    def _other_length(self, document: Document, found_s: float, target_s: float, *, last: bool) -> serial.Written:
        problem = _length_problem(found_s, target_s)
        if self._kept is not None and abs(found_s - target_s) >= self._off_s:
            return self._kept
        written = serial.Written(document, (replace(problem, warning=True),))
        if last or self._kept is not None:
            return written
        self._kept, self._off_s = written, abs(found_s - target_s)
        error = WrongAnswer([problem], SOURCE)
        error.complaint = change_length(found_s, target_s, document.script.language)
        raise error


def refitted(document: Document, script: Script, offer: Offer) -> Document:
    """The document of a script whose silences were changed."""
    if script is document.script:
        return document
    return documents.from_data(documents.plain(script), SOURCE, catalogue=offer.catalogue)


def _length_problem(found_s: float, target_s: float) -> Problem:
    found = f"the programme will last about {found_s:.0f} s, {target_s:g} s were asked for."
    return Problem("duration", found, "Ask for it again, or edit the script.")


def _fit_notes(changed: bool, target_s: float) -> tuple[Problem, ...]:
    if not changed:
        return ()
    return (Problem("duration", f"pauses and interludes were fitted to {target_s:g} s.", warning=True),)


def _unspoken(script: Script, offer: Offer) -> list[Problem]:
    """Languages that no installed voice speaks."""
    wanted = {voice.language or script.language for voice in script.voices}
    missing = sorted({language.split("-")[0].lower() for language in wanted} - set(offer.languages))
    known = ", ".join(offer.languages) or "none"
    return [
        Problem("voices", f"no installed voice speaks {name} (there are: {known}).", "Install one.", warning=True)
        for name in missing
    ]


def _silent(text: str) -> None:
    del text


__all__ = ["Job", "Planned", "forecast", "make_job", "plan", "prompt"]
