"""What is asked of a model that cannot be held to a schema: the schema stands in the prompt."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from soundwright.orchestrator.llm.base import Message

_REQUEST = (
    "Answer with one JSON value that fits the JSON Schema below, in a fence that begins with ```json and ends with "
    "```. Give every required field (null where there is nothing to say), add no other field and no comment."
)


def with_schema(messages: Sequence[Message], schema: Mapping[str, Any]) -> list[Message]:
    """The messages with the request for JSON and the schema, after what the first system message says."""
    request = f"{_REQUEST}\n\n{json.dumps(schema, ensure_ascii=False, separators=(',', ':'))}"
    if messages and messages[0].role == "system":
        return [Message("system", f"{messages[0].content}\n\n{request}"), *messages[1:]]
    return [Message("system", request), *messages]
