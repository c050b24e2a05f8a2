"""What the server says no with."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A request that cannot be done: the status and the message of the answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    def to_json(self) -> dict[str, Any]:
        """In the form that OpenAI's clients read."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        return {"error": {"message": str(self), "type": kind, "param": None, "code": None}}
