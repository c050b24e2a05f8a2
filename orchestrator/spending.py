"""What a language model is likely to take for a plan or an edit, before anything is sent to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from soundwright.orchestrator import planning
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler.document import Document

if TYPE_CHECKING:
    from soundwright.orchestrator.llm.base import LanguageModel
    from soundwright.orchestrator.planner.estimate import Forecast

A_REQUEST = "Make the last line louder, and add a pause of 2 s before it."


@dataclass(frozen=True, slots=True)
class Spending:
    """The forecast of one request to a language model; ``what`` is a plan or an edit."""

    what: str
    model: str
    forecast: Forecast

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        made = self.forecast
        return {
            "what": self.what, "llm": self.model, "calls": made.calls, "input_tokens": made.input_tokens,
            "output_tokens": made.output_tokens, "cost_usd": made.cost_usd,
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.what} by {self.model}: {self.forecast}"


def of_plan(idea: str, options: planning.PlanOptions) -> Spending:
    """What the script of an idea takes when every answer is right.

    Raises:
        ScriptError: the idea says nothing.
        ModelUnavailable: the model cannot be set up.
        ModelRefused: it would cost more than ``options.max_cost``, or its price is not known.
    """
    from soundwright.orchestrator.llm.choose import open_model  # noqa: PLC0415
    from soundwright.orchestrator.planner import planner  # noqa: PLC0415

    model = open_model(options.llm)
    made = planner.forecast(planning.job_of(idea, options, Workshop.open(offline=True)), model)
    return _within(Spending("the plan", model.name, made), model, options.max_cost)


def of_edit(document: Document, llm: str, max_cost: float | None = None) -> Spending:
    """What an edit of a script takes, for a request of usual length.

    Raises:
        ModelUnavailable: the model cannot be set up.
        ModelRefused: it would cost more than ``max_cost``, or its price is not known.
    """
    from soundwright.orchestrator.llm.choose import open_model  # noqa: PLC0415
    from soundwright.orchestrator.revision import reviser  # noqa: PLC0415

    model = open_model(llm)
    job = reviser.make_job(document, A_REQUEST, (), Workshop.open(offline=True))
    return _within(Spending("an edit", model.name, reviser.forecast(job, model)), model, max_cost)


def _within(spending: Spending, model: LanguageModel, max_cost: float | None) -> Spending:
    from soundwright.orchestrator.planner.session import Session  # noqa: PLC0415

    made = spending.forecast
    Session(model, max_cost).check_budget(made.input_tokens, made.output_tokens)
    return spending
