"""The messages of each request to a language model, made of the templates and of what is installed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from soundwright.orchestrator.llm.ask import with_schema
from soundwright.orchestrator.llm.base import Message
from soundwright.orchestrator.planner.answer_schema import script_schema
from soundwright.orchestrator.planner.demands import demand_lines
from soundwright.orchestrator.planner.estimate import amount_of_speech, prompt_tokens, rate_lines
from soundwright.orchestrator.planner.offer import Offer
from soundwright.orchestrator.planner.requirements import Requirements
from soundwright.prompts.loader import example, render
from soundwright.scripts_compiler.errors import Problem

MAX_PROBLEMS = 30
MAX_PROBLEM_CHARS = 400


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent: messages, and the schema that the answer is held to."""

    messages: tuple[Message, ...]
    schema: Mapping[str, Any]

    @property
    def tokens(self) -> int:
        """Tokens that go in, schema included, on the safe side."""
        return prompt_tokens(self.messages, self.schema)

    def to_text(self) -> str:
        """Everything that is sent, to be pasted into any language model whose answer ``import`` reads."""
        parts = (
            f"----- {message.role} -----\n{message.content}" for message in with_schema(self.messages, self.schema)
        )
        return "\n\n".join(parts)


def script_prompt(instruction: str, offer: Offer, asked: Requirements) -> Prompt:
    """The request for a whole script."""
    user = render("request", instruction=instruction.strip(), demands=demand_lines(asked))
    messages = (Message("system", rules(offer, asked)), Message("user", user))
    return Prompt(messages, script_schema(offer))


def rules(offer: Offer, asked: Requirements) -> str:
    """How scripts are written, and what there is to write them with."""
    languages = list(dict.fromkeys([*offer.languages, *asked.languages])) or ["en"]
    return render(
        "planner",
        voices=list(offer.voices),
        effects=offer.effect_lines(),
        inputs=[each.id for each in offer.inputs],
        steps=offer.step_lines(),
        sounds=list(offer.sounds),
        rates=rate_lines(languages),
        examples=list(_examples(offer, asked)),
    )


def _examples(offer: Offer, asked: Requirements) -> Sequence[str]:
    """One example that fits: with recordings, without speech, or a dialogue."""
    if offer.inputs:
        return [example("recording").replace('"INPUT"', json.dumps(offer.inputs[0].id))]
    return [example("soundscape" if asked.no_speech or not offer.voices else "dialogue")]


def repair(problems: Sequence[Problem], unread: str = "", what: str = "script") -> Message:
    """What is wrong with an answer, a script or ``what`` else, place and remedy of each."""
    shown = [_short(problem) for problem in problems[:MAX_PROBLEMS]]
    more = max(0, len(problems) - len(shown))
    return Message("user", render("repair", problems=shown, more=more, unread=unread[:MAX_PROBLEM_CHARS], what=what))


def change_length(estimated_s: float, target_s: float, language: str) -> Message:
    """A request for more, or less, speech."""
    amount, unit = amount_of_speech(abs(target_s - estimated_s), language)
    values = {"estimated": round(estimated_s), "target": f"{target_s:g}", "longer": estimated_s < target_s}
    return Message("user", render("fit_duration", amount=amount, unit=unit, **values))


def _short(problem: Problem) -> str:
    text = " ".join(str(problem).split())
    return text if len(text) <= MAX_PROBLEM_CHARS else f"{text[:MAX_PROBLEM_CHARS]}..."
