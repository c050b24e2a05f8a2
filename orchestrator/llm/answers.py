"""From a reply to an answer: refusals, answers that were cut, and the JSON where a schema was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from soundwright.orchestrator.llm.base import Answer, Usage
from soundwright.orchestrator.llm.errors import BadAnswer, ModelRefused
from soundwright.orchestrator.llm.extract import extract_json
from soundwright.orchestrator.llm.wire import Reply


def finished(reply: Reply, schema: Mapping[str, Any] | None, usage: Usage, name: str, model: str) -> Answer:
    """The answer that a reply holds. ``name`` is the client's, ``model`` what was asked for.

    Raises:
        ModelRefused: the model or a filter of the service refused.
        BadAnswer: JSON was asked for and there is none, or it was cut.
    """
    if reply.refusal or reply.finish == "filter":
        said = " ".join(reply.refusal.split())[:200] or "the service's filter stopped the answer"
        raise ModelRefused(f"{name} refused: {said.rstrip('.')}. Ask in other words, or choose another model.")
    cut = reply.finish == "length"
    data = None if schema is None else _data(reply.text, schema, usage, cut=cut)
    return Answer(reply.text, data, usage, reply.model or model, cut)


def _data(text: str, schema: Mapping[str, Any], usage: Usage, *, cut: bool) -> Any:  # noqa: ANN401  any JSON
    if cut:
        raise BadAnswer(
            f"The answer was cut off after {usage.output_tokens} tokens, so its JSON is not whole. Answer more briefly "
            "(or the user raises SOUNDWRIGHT_LLM_MAX_TOKENS).",
            text,
            usage,
        )
    try:
        return extract_json(text, schema)
    except BadAnswer as bad:
        raise BadAnswer(str(bad), bad.text, usage) from None
