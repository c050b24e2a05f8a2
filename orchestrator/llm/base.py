"""The seam to language models: ``LanguageModel``, what it takes and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that went in and came out, and what they cost in US dollars, where the price is known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None

    def __add__(self, other: Usage) -> Usage:
        known = [cost for cost in (self.cost_usd, other.cost_usd) if cost is not None]
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            sum(known) if known else None,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said: the ``text`` as it came, and ``data``, the JSON in it where a schema was given.

    ``cut`` where the text ends early because the model reached its limit of tokens.
    """

    text: str
    data: Any = None
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    cut: bool = False


class LanguageModel(Protocol):
    """Any model that answers messages. Clients hold a connection; they are safe to use from one thread at a time."""

    name: str
    context_tokens: int | None

    def answer(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any] | None = None,
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Answer the last message; with a ``schema`` (the strict subset), ``Answer.data`` is JSON meant to fit it.

        ``on_text`` gets each piece of text as it arrives. The data is parsed but not trusted: the caller checks it.

        Raises:
            LanguageModelError: no key, no server, refused, context too long, no JSON in the answer.
            Cancelled: ``cancelled`` became true while the answer arrived.
        """
