"""A model that gives prepared answers in order and keeps what it was asked: for tests and demonstrations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundwright.orchestrator.llm.base import Answer, Message, Usage
from soundwright.orchestrator.llm.errors import BadAnswer, LanguageModelError, ModelRefused, ModelUnavailable
from soundwright.orchestrator.llm.extract import extract_json
from soundwright.orchestrator.llm.tokens import estimate_messages, estimate_tokens
from soundwright.tools.errors import Cancelled

Prepared = str | Mapping[str, Any] | Exception
PIECE = 16  # characters of one piece of a streamed answer
_RAISED = {"ModelUnavailable": ModelUnavailable, "ModelRefused": ModelRefused, "BadAnswer": BadAnswer}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the model."""

    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None


class ScriptedModel:
    """Gives ``answers`` one after the other: text as it is, a mapping as JSON, an exception by raising it.

    JSON is taken out of the text as it is for any other model, so wrong answers go wrong in the same way. ``asked``
    holds every question in order.
    """

    context_tokens: int | None = None

    def __init__(self, answers: Sequence[Prepared], name: str = "scripted") -> None:
        self.name = name
        self.asked: list[Asked] = []
        self._answers = tuple(answers)

    @classmethod
    def from_file(cls, path: Path) -> ScriptedModel:
        """Answers from a JSON list of texts and objects; ``{"raise": "ModelRefused", "message": "..."}`` raises.

        Raises:
            ModelUnavailable: the file cannot be read, or is no such list.
        """
        try:
            listed = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelUnavailable(f"scripted:{path}: cannot be read as JSON ({error}). Check the file.") from None
        if not isinstance(listed, list) or not all(isinstance(item, str | dict) for item in listed):
            raise ModelUnavailable(f"scripted:{path}: is no JSON list of texts and objects. Write one answer per item.")
        return cls([_prepared(item) for item in listed], name=f"scripted:{path}")

    @property
    def left(self) -> int:
        """Answers that were not given yet."""
        return max(0, len(self._answers) - len(self.asked))

    def answer(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any] | None = None,
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """The next prepared answer.

        Raises:
            ModelUnavailable: all answers were given.
            BadAnswer: a schema was given and the answer holds no JSON.
            Cancelled: ``cancelled`` became true.
        """
        number = len(self.asked)
        self.asked.append(Asked(tuple(messages), schema))
        if number >= len(self._answers):
            raise ModelUnavailable(f"{self.name} has no answer left after {len(self._answers)}. Prepare more answers.")
        prepared = self._answers[number]
        if isinstance(prepared, Exception):
            raise prepared
        text = prepared if isinstance(prepared, str) else json.dumps(prepared, ensure_ascii=False)
        _stream(text, on_text, cancelled)
        usage = Usage(estimate_messages(message.content for message in messages), estimate_tokens(text))
        return Answer(text, _data(text, schema, usage), usage, self.name)


def _stream(text: str, on_text: Callable[[str], None] | None, cancelled: Callable[[], bool] | None) -> None:
    for start in range(0, max(1, len(text)), PIECE):
        if cancelled is not None and cancelled():
            raise Cancelled("The answer was cancelled.")
        if on_text is not None and text:
            on_text(text[start : start + PIECE])


def _data(text: str, schema: Mapping[str, Any] | None, usage: Usage) -> Any:  # noqa: ANN401  any JSON
    if schema is None:
        return None
    try:
        return extract_json(text, schema)
    except BadAnswer as error:
        raise BadAnswer(str(error), error.text, usage) from None


def _prepared(item: str | dict[str, Any]) -> Prepared:
    if isinstance(item, dict) and item.get("raise") in _RAISED:
        kind: type[LanguageModelError] = _RAISED[item["raise"]]
        return kind(str(item.get("message", "As prepared.")))
    return item
