"""Any server that speaks one of OpenAI's two APIs: OpenAI, Ollama, vLLM, LM Studio, llama.cpp and others."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from soundwright.orchestrator.llm.answers import finished
from soundwright.orchestrator.llm.ask import with_schema
from soundwright.orchestrator.llm.base import Answer, Message, Usage
from soundwright.orchestrator.llm.errors import BadAnswer, LanguageModelError
from soundwright.orchestrator.llm.faults import Fault, explain, fault_of
from soundwright.orchestrator.llm.keys import redact
from soundwright.orchestrator.llm.limits import context_tokens, max_tokens
from soundwright.orchestrator.llm.packages import need
from soundwright.orchestrator.llm.prices import cost, price
from soundwright.orchestrator.llm.pump import pump
from soundwright.orchestrator.llm.retry import Backoff, Failed
from soundwright.orchestrator.llm.server import Server, find_server
from soundwright.orchestrator.llm.tokens import estimate_messages, estimate_tokens
from soundwright.orchestrator.llm.wire import NOT_THIS_API, ChatWire, Reply, ResponsesWire, Wire

if TYPE_CHECKING:
    import openai

Api = Literal["chat", "responses"]
Schema = Mapping[str, Any]
CONNECT_S = 10.0


@dataclass(frozen=True, slots=True)
class _Watch:
    """Who follows an answer while it arrives."""

    on_text: Callable[[str], None] | None = None
    cancelled: Callable[[], bool] | None = None

    @property
    def streams(self) -> bool:
        return self.on_text is not None or self.cancelled is not None


class OpenAIModel:
    """A model on such a server. ``structured`` turns False once the server has rejected a response format.

    ``api`` None means Responses at OpenAI itself and Chat Completions elsewhere. The key is found when the model is
    opened and lives in the client alone.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api: Api | None = None,
        environ: Mapping[str, str] | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        env = os.environ if environ is None else environ
        self._sdk = need("openai", "llm")
        self._server = find_server(base_url, env)
        self._model = model
        self._backoff = Backoff() if backoff is None else backoff
        chosen = api or ("responses" if self._server.official else "chat")
        self._wire: Wire = ResponsesWire() if chosen == "responses" else ChatWire()
        self._rate = price(model, env, listed=self._server.official)
        self._limit = max_tokens(env)
        self._client = _client(self._sdk, self._server)
        weakref.finalize(self, self._client.close)
        self.structured = True
        self.context_tokens: int | None = context_tokens(model, env, listed=self._server.official)
        self.name = f"openai:{redact(model)}" + ("" if self._server.official else f"@{self._server.shown}")

    def __repr__(self) -> str:
        return f"OpenAIModel({self.name!r})"

    def answer(
        self,
        messages: Sequence[Message],
        schema: Schema | None = None,
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Answer the last message (see ``LanguageModel``).

        A server that rejects the response format, or passes it over, is asked once more with the schema in the prompt,
        and so from then on.

        Raises:
            LanguageModelError: see ``faults.explain``.
            Cancelled: ``cancelled`` became true.
        """
        watch = _Watch(on_text, cancelled)
        if schema is None or not self.structured:
            return self._ask(messages, schema, watch, held=False)
        try:
            return self._ask(messages, schema, watch, held=True)
        except _WithoutStructure as rejected:
            self.structured = False
            spent = rejected.usage
        answer = self._ask(messages, schema, watch, held=False)
        return Answer(answer.text, answer.data, spent + answer.usage, answer.model, answer.cut)

    def _ask(self, messages: Sequence[Message], schema: Schema | None, watch: _Watch, *, held: bool) -> Answer:
        sent = messages if held or schema is None else with_schema(messages, schema)
        request = self._wire.request(self._model, sent, self._limit)
        if held and schema is not None:
            request |= self._wire.structured(schema)
        reply = self._try(request, watch, held=held)
        usage = self._usage(reply, sent)
        try:
            return finished(reply, schema, usage, self.name, self._model)
        except BadAnswer as bad:
            if held and reply.finish == "stop":  # the format was passed over, and the model has not seen the schema
                raise _WithoutStructure(bad.usage) from None
            raise

    def _try(self, request: dict[str, Any], watch: _Watch, *, held: bool) -> Reply:
        try:
            return self._backoff.run(lambda: self._send(request, watch), watch.cancelled)
        except Failed as failed:
            if held and failed.fault.without_structure:
                raise _WithoutStructure(Usage()) from None
            raise self._explained(failed.fault) from None

    def _send(self, request: dict[str, Any], watch: _Watch) -> Reply:
        if watch.streams:
            return self._streamed(request | self._wire.streamed(), watch)
        try:
            return self._wire.read(self._wire.create(self._client)(**request))
        except (self._sdk.OpenAIError, ValueError) as error:
            raise Failed(fault_of(error)) from None

    def _streamed(self, request: dict[str, Any], watch: _Watch) -> Reply:
        reply, events = Reply(), 0

        def take(event: Any) -> None:  # noqa: ANN401  as the server sent it
            nonlocal events
            events += 1
            piece = self._wire.read_event(event, reply)
            if piece and watch.on_text is not None:
                watch.on_text(piece)

        try:
            pump(lambda put: self._events(request, put), take, watch.cancelled)
        except Failed as failed:
            raise Failed(failed.fault, final=failed.final or bool(reply.text)) from None
        if not events:
            raise Failed(NOT_THIS_API)
        return reply

    def _events(self, request: dict[str, Any], put: Callable[[Any], bool]) -> None:
        try:
            stream = self._wire.create(self._client)(**request)
        except (self._sdk.OpenAIError, ValueError) as error:
            raise Failed(fault_of(error)) from None
        with stream:
            while (event := self._next(stream)) is not None and not put(event):
                pass

    def _next(self, stream: Iterator[Any]) -> Any:  # noqa: ANN401
        """The next event; what goes wrong while it is taken is not the stream's."""
        try:
            return next(stream, None)
        except (self._sdk.OpenAIError, ValueError) as error:
            raise Failed(fault_of(error)) from None

    def _usage(self, reply: Reply, sent: Sequence[Message]) -> Usage:
        """What the server counted, else an estimate."""
        into, out = reply.input_tokens, reply.output_tokens
        into = estimate_messages(message.content for message in sent) if into is None else into
        out = estimate_tokens(reply.text) if out is None else out
        return Usage(into, out, cost(self._rate, into, out))

    def _explained(self, fault: Fault) -> LanguageModelError:
        clean = Fault(redact(fault.message, (self._server.key,)), fault.status, fault.code, fault.kind, fault.headers)
        known = self._models() if fault.status == 404 else ()
        return explain(clean, model=redact(self._model), server=self._server.shown, known=known)

    def _models(self) -> tuple[str, ...]:
        """What models the server has; nothing where it does not say."""
        try:
            listed = self._client.models.list(timeout=CONNECT_S).data or []
            return tuple(redact(str(model.id))[:80] for model in listed[:50])
        except (self._sdk.OpenAIError, ValueError, AttributeError, TypeError):
            return ()


class _WithoutStructure(Exception):
    """The server does not hold answers to a schema. ``usage`` was spent on finding out."""

    def __init__(self, usage: Usage) -> None:
        super().__init__()
        self.usage = usage


def _client(sdk: Any, server: Server) -> openai.OpenAI:  # noqa: ANN401  the openai package
    """A client that tries once (trying again is our business) and asks no proxy for this machine."""
    timeout = sdk.Timeout(server.timeout_s, connect=CONNECT_S)
    transport = sdk.DefaultHttpxClient(trust_env=False, timeout=timeout) if server.local else None
    key = "none" if server.key is None else server.key.reveal()
    client: openai.OpenAI = sdk.OpenAI(
        api_key=key, base_url=server.url, max_retries=0, timeout=timeout, http_client=transport
    )
    return client
