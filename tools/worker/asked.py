"""An engine for the host which asks a tool of a package about itself: the tool is made and never loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from soundwright.tools.base import Tool
from soundwright.tools.worker.adapter import made


class Engine:
    """Answers ``{"question": "refusal", "arguments": [...]}`` with ``{"answer": ...}``."""

    def __init__(self) -> None:
        self.tool: Tool

    def load(self, place: dict[str, Any]) -> None:
        """Make the tool."""
        self.tool = made(place["target"])

    def run(self, requests: Sequence[dict[str, Any]], context: object) -> Iterator[tuple[int, dict[str, Any]]]:
        """Ask; what the tool raises goes back to who asked."""
        del context
        for index, request in enumerate(requests):
            answer = getattr(self.tool, request["question"])(*request["arguments"])
            yield index, {"answer": dict(answer) if isinstance(answer, Mapping) else answer}
