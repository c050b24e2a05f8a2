"""The two APIs of OpenAI's kind, Chat Completions and Responses: requests out, replies in, whole or in pieces.

Servers of many makers answer here, so everything that comes in is read with care: any field may be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from soundwright.orchestrator.llm.base import Message
from soundwright.orchestrator.llm.faults import Fault
from soundwright.orchestrator.llm.retry import Failed

SCHEMA_NAME = "answer"
NOT_THIS_API = Fault("what it answers is not of this API", status=404)


@dataclass(slots=True)
class Reply:
    """What came. ``finish`` is ``stop``, ``length`` or ``filter``; tokens are None where the server counts none."""

    text: str = ""
    refusal: str = ""
    finish: str = "stop"
    input_tokens: int | None = None
    output_tokens: int | None = None
    model: str = ""


class Wire(Protocol):
    """One of the two APIs."""

    def create(self, client: Any) -> Callable[..., Any]:  # noqa: ANN401  an openai.OpenAI
        """The client's method that sends a request."""

    def request(self, model: str, messages: Sequence[Message], limit: int | None) -> dict[str, Any]:
        """The arguments of a request; ``limit`` is the most tokens of the answer."""

    def structured(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments that hold the answer to a schema."""

    def streamed(self) -> dict[str, Any]:
        """The arguments that ask for pieces."""

    def read(self, response: Any) -> Reply:  # noqa: ANN401  as the server sent it
        """A whole answer."""

    def read_event(self, event: Any, reply: Reply) -> str:  # noqa: ANN401
        """Take one event of a stream into ``reply``; gives the piece of text in it."""


class ChatWire:
    """``/chat/completions``."""

    def create(self, client: Any) -> Callable[..., Any]:  # noqa: ANN401
        """The client's method that sends a request."""
        return client.chat.completions.create  # type: ignore[no-any-return]  # the package is not known here

    def request(self, model: str, messages: Sequence[Message], limit: int | None) -> dict[str, Any]:
        """The arguments of a request."""
        listed = [{"role": message.role, "content": message.content} for message in messages]
        return {"model": model, "messages": listed} | ({} if limit is None else {"max_tokens": limit})

    def structured(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments that hold the answer to a schema."""
        named = {"name": SCHEMA_NAME, "schema": dict(schema), "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": named}}

    def streamed(self) -> dict[str, Any]:
        """The arguments that ask for pieces, and for the count of tokens after them."""
        return {"stream": True, "stream_options": {"include_usage": True}}

    def read(self, response: Any) -> Reply:  # noqa: ANN401
        """A whole answer."""
        reply = Reply()
        choices = getattr(response, "choices", None)
        if not choices:
            raise Failed(NOT_THIS_API)
        self._take(choices[0], getattr(choices[0], "message", None), reply)
        _count(response, reply, "prompt_tokens", "completion_tokens")
        return reply

    def read_event(self, event: Any, reply: Reply) -> str:  # noqa: ANN401
        """Take one chunk into ``reply``."""
        _count(event, reply, "prompt_tokens", "completion_tokens")
        choices = getattr(event, "choices", None)
        return self._take(choices[0], getattr(choices[0], "delta", None), reply) if choices else ""

    @staticmethod
    def _take(choice: Any, said: Any, reply: Reply) -> str:  # noqa: ANN401
        piece = _text(getattr(said, "content", None))
        reply.text += piece
        reply.refusal += _text(getattr(said, "refusal", None))
        finish = getattr(choice, "finish_reason", None)
        reply.finish = {"length": "length", "content_filter": "filter"}.get(str(finish), reply.finish)
        return piece


class ResponsesWire:
    """``/responses``."""

    def create(self, client: Any) -> Callable[..., Any]:  # noqa: ANN401
        """The client's method that sends a request."""
        return client.responses.create  # type: ignore[no-any-return]  # the package is not known here

    def request(self, model: str, messages: Sequence[Message], limit: int | None) -> dict[str, Any]:
        """The arguments of a request; the service is asked to keep nothing."""
        listed = [{"role": message.role, "content": message.content} for message in messages]
        asked = {"model": model, "input": listed, "store": False}
        return asked | ({} if limit is None else {"max_output_tokens": limit})

    def structured(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments that hold the answer to a schema."""
        return {
            "text": {"format": {"type": "json_schema", "name": SCHEMA_NAME, "schema": dict(schema), "strict": True}}
        }

    def streamed(self) -> dict[str, Any]:
        """The arguments that ask for pieces."""
        return {"stream": True}

    def read(self, response: Any) -> Reply:  # noqa: ANN401
        """A whole answer."""
        if not isinstance(getattr(response, "output", None), list):
            raise Failed(NOT_THIS_API)
        reply = Reply()
        for part in _parts(response.output):
            reply.text += _text(getattr(part, "text", None)) if getattr(part, "type", "") == "output_text" else ""
            reply.refusal += _text(getattr(part, "refusal", None))
        self._finish(response, reply)
        return reply

    def read_event(self, event: Any, reply: Reply) -> str:  # noqa: ANN401
        """Take one event into ``reply``."""
        kind = getattr(event, "type", "")
        if kind == "response.output_text.delta":
            piece = _text(getattr(event, "delta", None))
            reply.text += piece
            return piece
        if kind == "response.refusal.delta":
            reply.refusal += _text(getattr(event, "delta", None))
        elif kind == "error":
            raise Failed(_fault_of(event), final=bool(reply.text))
        elif kind in {"response.completed", "response.incomplete", "response.failed"}:
            self._finish(event.response, reply)
        return ""

    @staticmethod
    def _finish(response: Any, reply: Reply) -> None:  # noqa: ANN401
        error = getattr(response, "error", None)
        if error is not None:
            raise Failed(_fault_of(error), final=bool(reply.text))
        why = getattr(getattr(response, "incomplete_details", None), "reason", None)
        reply.finish = {"max_output_tokens": "length", "content_filter": "filter"}.get(str(why), reply.finish)
        _count(response, reply, "input_tokens", "output_tokens")


def _parts(output: Iterable[Any]) -> Iterable[Any]:
    for item in output:
        if getattr(item, "type", "") == "message":
            yield from getattr(item, "content", None) or ()


def _count(holder: Any, reply: Reply, into: str, out: str) -> None:  # noqa: ANN401
    usage = getattr(holder, "usage", None)
    for field, name in (("input_tokens", into), ("output_tokens", out)):
        counted = getattr(usage, name, None)
        if isinstance(counted, int) and counted >= 0:
            setattr(reply, field, counted)
    reply.model = _text(getattr(holder, "model", None)) or reply.model


def _fault_of(error: Any) -> Fault:  # noqa: ANN401
    code = _text(getattr(error, "code", None))
    known = {"rate_limit_exceeded": 429, "server_error": 500, "context_length_exceeded": 400}
    return Fault(_text(getattr(error, "message", None)), status=known.get(code, 400), code=code)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
