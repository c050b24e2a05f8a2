"""A conversation with a language model that is held to a budget, and that returns wrong answers with their errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from soundwright.orchestrator.llm.base import Answer, LanguageModel, Message, Usage
from soundwright.orchestrator.llm.errors import BadAnswer, LanguageModelError, ModelRefused
from soundwright.orchestrator.planner.estimate import cost_of
from soundwright.orchestrator.planner.prompting import Prompt, repair
from soundwright.scripts_compiler.errors import ScriptError

MAX_RETURNED_CHARS = 100_000
SHORTEST_ANSWER = 200  # tokens
T_co = TypeVar("T_co", covariant=True)


class WrongAnswer(ScriptError):
    """A script that can be used but is not what was asked for; ``complaint`` replaces the list of problems."""

    complaint: Message | None = None


class Task(Protocol[T_co]):
    """What is done with the answers to one request."""

    def read(self, data: Any, *, last: bool) -> T_co:  # noqa: ANN401  whatever a model answered
        """The result of an answer; ``last`` when no other will be asked for.

        Raises:
            ScriptError: it is wrong; the model is told.
        """

    def rescue(self) -> T_co | None:
        """What an earlier answer gave that will do, when the last one failed."""


@dataclass(slots=True)
class Session:
    """``usage`` and ``rounds`` count all answers. ``max_cost_usd`` is for the whole session."""

    model: LanguageModel
    max_cost_usd: float | None = None
    on_text: Callable[[str], None] | None = None
    cancelled: Callable[[], bool] | None = None
    usage: Usage = field(default_factory=Usage)
    rounds: int = 0

    def converse(self, prompt: Prompt, task: Task[T_co], *, rounds: int, answer_tokens: int) -> T_co:
        """Ask, and ask again with all errors, at most ``rounds`` times in all.

        Raises:
            ScriptError: what was still wrong in the last answer.
            LanguageModelError: the model cannot be asked, or its last answer could not be read.
        """
        messages = prompt.messages
        error: ScriptError | LanguageModelError = BadAnswer("The language model was not asked.")
        for number in range(1, max(1, rounds) + 1):
            try:
                answer = self.ask(Prompt(messages, prompt.schema), answer_tokens)
            except BadAnswer as unread:
                error, said, complaint = unread, unread.text, repair([], str(unread) or "it is empty.")
            except LanguageModelError as unavailable:
                error = unavailable
                break
            else:
                try:
                    return task.read(answer.data, last=number >= rounds)
                except ScriptError as wrong:
                    error, said, complaint = wrong, answer.text, _complaint(wrong)
            messages = (*prompt.messages, Message("assistant", said[:MAX_RETURNED_CHARS] or "-"), complaint)
        rescued = task.rescue()
        if rescued is None:
            raise error
        return rescued

    def ask(self, prompt: Prompt, answer_tokens: int) -> Answer:
        """One answer, if context and budget allow it.

        Raises:
            ModelRefused: the context is too small, or the cost would exceed the budget; nothing was sent.
            LanguageModelError: from the model.
        """
        self.check(prompt.tokens, answer_tokens)
        self.rounds += 1
        try:
            answer = self.model.answer(
                prompt.messages, prompt.schema or None, on_text=self.on_text, cancelled=self.cancelled
            )
        except BadAnswer as error:
            self._count(error.usage)
            raise
        self._count(answer.usage)
        return answer

    def check(self, input_tokens: int, output_tokens: int) -> None:
        """Whether so many tokens more are allowed.

        Raises:
            ModelRefused: they are not.
        """
        context = self.model.context_tokens
        if context is not None and input_tokens + SHORTEST_ANSWER > context:
            raise ModelRefused(
                f"The prompt has about {input_tokens:,} tokens, {self.model.name} takes {context:,}. "
                "Shorten the request, or name a model with a larger context."
            )
        self.check_budget(input_tokens, output_tokens)

    def check_budget(self, input_tokens: int, output_tokens: int) -> None:
        """Whether so many tokens more can be paid for.

        Raises:
            ModelRefused: they cannot, or their price is not known.
        """
        if self.max_cost_usd is None:
            return
        more = cost_of(self.model, input_tokens, output_tokens)
        if more is None:
            raise ModelRefused(
                f"The price of {self.model.name} is not known, so --max-cost cannot be kept. "
                "Set SOUNDWRIGHT_LLM_PRICE=IN,OUT (US dollars per million tokens), or drop --max-cost."
            )
        spent = self.usage.cost_usd or 0.0
        if spent + more > self.max_cost_usd:
            raise ModelRefused(
                f"This would cost about ${spent + more:.4f} (${spent:.4f} spent), more than --max-cost "
                f"{self.max_cost_usd:g}. Raise it, or ask for a shorter story; nothing more was sent."
            )

    def _count(self, usage: Usage) -> None:
        if usage.cost_usd is None:
            money = cost_of(self.model, usage.input_tokens, usage.output_tokens)
            usage = Usage(usage.input_tokens, usage.output_tokens, money)
        self.usage += usage


def _complaint(error: ScriptError) -> Message:
    given = error.complaint if isinstance(error, WrongAnswer) else None
    return given or repair(error.problems)
