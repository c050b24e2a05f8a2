"""A request to a patch by a language model: asked once, told what is wrong, held to what may be changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from soundwright.orchestrator.llm.base import LanguageModel, Message, Usage
from soundwright.orchestrator.planner.estimate import Forecast, cost_of
from soundwright.orchestrator.planner.offer import Offer, make_offer
from soundwright.orchestrator.planner.prompting import Prompt, repair
from soundwright.orchestrator.planner.reading import bounded
from soundwright.orchestrator.planner.session import Session, WrongAnswer
from soundwright.orchestrator.revision.applying import Applied, apply
from soundwright.orchestrator.revision.excerpt import excerpt
from soundwright.orchestrator.revision.guard import refused
from soundwright.orchestrator.revision.patch import SOURCE, Patch, read_patch
from soundwright.orchestrator.revision.patch_schema import patch_schema
from soundwright.orchestrator.revision.phrase import stems
from soundwright.orchestrator.workshop import Workshop
from soundwright.prompts.loader import example, render
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.edits import named
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.scripts_compiler.script import Script

ROUNDS = 3
ANSWER_TOKENS = 800
MAX_CONTEXT = 8
MAX_CONTEXT_CHARS = 400
EXAMPLES = ("patch_edit", "patch_question")
_WANTS_SOUND = re.compile(
    r"\b(?:add|insert|put|new|replace|change|instead|hear|sounds?|noises?|effects?|background|ambience|atmosphere|more)\b",
    re.IGNORECASE,
)
# An effect that says the same as a cue's gain would lead a model astray.
_NOT_OFFERED = frozenset(["gain"])


@dataclass(frozen=True, slots=True)
class Job:
    """A request with the document that it is about; ``used`` ids are not given again."""

    document: Document
    request: str
    offer: Offer
    catalogue: Catalogue
    used: frozenset[str]
    context: tuple[str, ...] = ()

    @property
    def script(self) -> Script:
        """The script with an id for every cue."""
        return named(self.document.script, self.used)[0]


@dataclass(frozen=True, slots=True)
class Revised:
    """A patch that can be applied, or a question (then ``applied`` is None)."""

    patch: Patch
    applied: Applied | None
    usage: Usage
    rounds: int


def make_job(
    document: Document, request: str, used: Sequence[str], workshop: Workshop, *, context: Sequence[str] = ()
) -> Job:
    """The job that a request about a document gives."""
    catalogue = workshop.catalogue()
    specs = [spec for spec in workshop.registry.specs.values() if workshop.registry.missing(spec) is None]
    offer = make_offer(request, catalogue, specs, inputs=document.script.inputs)
    offer = replace(offer, effects=tuple(name for name in offer.effects if name not in _NOT_OFFERED))
    return Job(document, request, offer, catalogue, frozenset(used), tuple(context))


def prompt(job: Job) -> Prompt:
    """Exactly what is sent first."""
    script = job.script
    shown = excerpt(script, job.request)
    system = render(
        "revise", steps=job.offer.step_lines() if job.offer.inputs else [],
        sounds=_sounds(job), examples=[_example(name) for name in EXAMPLES],
    )  # fmt: skip
    context = [" ".join(line.split())[:MAX_CONTEXT_CHARS] for line in job.context[-MAX_CONTEXT:]]
    user = render(
        "revise_request", head=list(shown.head), outline=list(shown.outline), cues=list(shown.cues), context=context,
        request=job.request,
    )  # fmt: skip
    voices = [voice.name for voice in script.voices]
    schema = patch_schema(job.offer, shown.ids if not shown.outline else (), voices)
    return Prompt((Message("system", system), Message("user", user)), schema)


def forecast(job: Job, model: LanguageModel) -> Forecast:
    """What the patch takes when the first answer is right.

    Raises:
        ModelUnavailable: SOUNDWRIGHT_LLM_PRICE holds no price.
    """
    tokens = prompt(job).tokens
    return Forecast(1, tokens, ANSWER_TOKENS, cost_of(model, tokens, ANSWER_TOKENS))


def revise(
    job: Job,
    model: LanguageModel,
    *,
    rounds: int = ROUNDS,
    max_cost_usd: float | None = None,
    on_text: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Revised:
    """The patch for a job; a wrong one goes back with all that is wrong, at most ``rounds`` times in all.

    Raises:
        ScriptError: what was still wrong in the last answer.
        LanguageModelError: the model cannot be asked, its answer not be read, or the budget would be exceeded.
        Cancelled: ``cancelled`` became true.
    """
    session = Session(model, max_cost_usd, on_text, cancelled)
    patch, applied = session.converse(prompt(job), _PatchTask(job), rounds=rounds, answer_tokens=ANSWER_TOKENS)
    return Revised(patch, applied, session.usage, session.rounds)


def read_answer(job: Job, data: Any) -> tuple[Patch, Applied | None]:  # noqa: ANN401  whatever a model answered
    """The patch of an answer with the document that it gives; None for a question.

    Raises:
        ScriptError: with everything that is wrong.
    """
    patch = read_patch(bounded(data))
    if patch.question:
        return patch, None
    wrong = refused(patch, job.offer)
    try:
        applied = apply(job.document, patch, job.used, catalogue=job.catalogue)
    except ScriptError as error:
        known = {problem.place for problem in wrong}
        raise ScriptError([*wrong, *(p for p in error.problems if p.place not in known)], SOURCE) from None
    if wrong:
        raise ScriptError(wrong, SOURCE)
    return patch, applied


@dataclass(frozen=True, slots=True)
class _PatchTask:
    """Reads the answers to one request."""

    job: Job

    def read(self, data: Any, *, last: bool) -> tuple[Patch, Applied | None]:  # noqa: ANN401
        """The patch of an answer.

        Raises:
            ScriptError: it is wrong; the model is told what.
        """
        del last
        try:
            return read_answer(self.job, data)
        except ScriptError as error:
            wrong = WrongAnswer(error.problems, "the language model's patch")
            wrong.complaint = repair(error.problems, what="patch")
            raise wrong from None

    def rescue(self) -> tuple[Patch, Applied | None] | None:
        """There is no second best patch."""
        return None


def _sounds(job: Job) -> list[str]:
    """Known sounds: all where the request may want a new one, else those that it speaks of."""
    if _WANTS_SOUND.search(job.request) or not job.request.isascii():
        return list(job.offer.sounds)
    words = stems(job.request)
    return [name for name in job.offer.sounds if stems(name) & words]


def _example(name: str) -> str:
    """A request and its patch, as they stand in the prompt."""
    held = json.loads(example(name))
    patch = json.dumps(held["patch"], ensure_ascii=False, separators=(",", ":"))
    return f"An example. Request: {held['request']}\nPatch (null fields left out): {patch}"
