"""Any chat model of LangChain, opened by ``init_chat_model``: every provider that has a LangChain package."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from soundwright.orchestrator.llm.answers import finished
from soundwright.orchestrator.llm.ask import with_schema
from soundwright.orchestrator.llm.base import Answer, Message, Usage
from soundwright.orchestrator.llm.errors import BadAnswer, LanguageModelError, ModelUnavailable
from soundwright.orchestrator.llm.faults import Fault, explain, fault_of
from soundwright.orchestrator.llm.keys import OWN_KEY, Key, redact
from soundwright.orchestrator.llm.limits import context_tokens, max_tokens
from soundwright.orchestrator.llm.packages import need
from soundwright.orchestrator.llm.prices import cost, price
from soundwright.orchestrator.llm.pump import Put, pump
from soundwright.orchestrator.llm.retry import Backoff, Failed
from soundwright.orchestrator.llm.server import find_server, find_timeout_s
from soundwright.orchestrator.llm.tokens import estimate_messages, estimate_tokens
from soundwright.orchestrator.llm.wire import SCHEMA_NAME, Reply

Schema = Mapping[str, Any]
# Providers whose classes take ``timeout`` and ``max_retries``; the others keep to their own.
_RETRY_SETTINGS = frozenset({"openai", "azure_openai", "anthropic", "groq", "mistralai", "deepseek", "xai"})
_AT_URL = re.compile(r"(?P<model>.*?)@(?P<url>[a-z]+://\S+)")
_CUT = frozenset({"length", "max_tokens", "MAX_TOKENS"})
_FILTERED = frozenset({"content_filter", "refusal", "SAFETY", "PROHIBITED_CONTENT"})


class LangChainModel:
    """``name`` is PROVIDER:MODEL, or MODEL alone where LangChain knows whose it is; ``@URL`` names another server.

    Keys come from the provider's own variable, or from SOUNDWRIGHT_LLM_KEY. ``structured`` turns False where the
    provider has no structured output; then the schema stands in the prompt.
    """

    def __init__(self, name: str, *, environ: Mapping[str, str] | None = None, backoff: Backoff | None = None) -> None:
        env = os.environ if environ is None else environ
        match = _AT_URL.fullmatch(name)
        self._wanted: str = match["model"] if match else name
        url: str | None = match["url"] if match else None
        self._key: Key | None = Key(env[OWN_KEY].strip()) if env.get(OWN_KEY, "").strip() else None
        self._where = url or f"LangChain's {self._wanted.partition(':')[0]}"
        self._backoff = Backoff() if backoff is None else backoff
        self._rate = price(self._wanted, env, listed=url is None)
        self.name = f"langchain:{redact(name)}"
        self.structured = True
        self.context_tokens: int | None = context_tokens(self._wanted.rpartition(":")[2], env, listed=url is None)
        self._chat = self._open(self._settings(url, env))

    def __repr__(self) -> str:
        return f"LangChainModel({self.name!r})"

    def answer(
        self,
        messages: Sequence[Message],
        schema: Schema | None = None,
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Answer the last message (see ``LanguageModel``).

        Raises:
            LanguageModelError: see ``faults.explain``.
            Cancelled: ``cancelled`` became true.
        """
        held = schema is not None and self.structured
        sent = messages if held or schema is None else with_schema(messages, schema)
        try:
            chain = self._chain(schema if held else None)
            reply = self._backoff.run(lambda: _run(chain, sent, on_text, cancelled), cancelled)
        except Failed as failed:
            if not held or not failed.fault.without_structure:
                raise self._explained(failed.fault) from None
            self.structured = False
            return self.answer(messages, schema, on_text=on_text, cancelled=cancelled)
        try:
            return finished(reply, schema, self._usage(reply, sent), self.name, self._wanted)
        except BadAnswer:
            if not held or reply.finish != "stop":
                raise
        self.structured = False  # the format was passed over, and the model has not seen the schema
        return self.answer(messages, schema, on_text=on_text, cancelled=cancelled)

    def _settings(self, url: str | None, env: Mapping[str, str]) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        if url is not None:
            server = find_server(url, env)
            settings = {"base_url": server.url, "api_key": "none" if server.key is None else server.key.reveal()}
        elif self._key is not None:
            settings = {"api_key": self._key.reveal()}
        if self._wanted.partition(":")[0] in _RETRY_SETTINGS:
            settings |= {"max_retries": 0, "timeout": find_timeout_s(env)}
        limit = max_tokens(env)
        return settings if limit is None else settings | {"max_tokens": limit}

    def _open(self, settings: Mapping[str, Any]) -> Any:  # noqa: ANN401  a BaseChatModel
        models = need("langchain.chat_models", "langchain")
        try:
            return models.init_chat_model(self._wanted, **settings)
        except Exception as error:
            said = redact(" ".join(str(error).split())[:300], (self._key,))
            raise ModelUnavailable(
                f"{self.name} cannot be opened ({said.rstrip('.')}). "
                "Install the provider's LangChain package and set its key."
            ) from None

    def _chain(self, schema: Schema | None) -> Any:  # noqa: ANN401  a Runnable
        if schema is None:
            return self._chat
        try:
            return self._chat.with_structured_output({"title": SCHEMA_NAME, **schema}, include_raw=True)
        except (NotImplementedError, ValueError, TypeError) as error:
            raise Failed(Fault(f"no structured output: {error}", 400)) from None

    def _usage(self, reply: Reply, sent: Sequence[Message]) -> Usage:
        into, out = reply.input_tokens, reply.output_tokens
        into = estimate_messages(message.content for message in sent) if into is None else into
        out = estimate_tokens(reply.text) if out is None else out
        return Usage(into, out, cost(self._rate, into, out))

    def _explained(self, fault: Fault) -> LanguageModelError:
        clean = Fault(redact(fault.message, (self._key,)), fault.status, fault.code, fault.kind, fault.headers)
        return explain(clean, model=self.name, server=self._where)


def _run(
    chain: Any,  # noqa: ANN401
    messages: Sequence[Message],
    on_text: Callable[[str], None] | None,
    cancelled: Callable[[], bool] | None,
) -> Reply:
    asked = [(message.role, message.content) for message in messages]
    if on_text is None and cancelled is None:
        return _read(_guarded(lambda: chain.invoke(asked)))
    whole: list[Any] = []

    def take(chunk: Any) -> None:  # noqa: ANN401
        message = _message(chunk)
        if message is None:
            return
        whole.append(message)
        piece = _text(message) or _arguments(message)
        if piece and on_text is not None:
            on_text(piece)

    try:
        pump(lambda put: _produce(chain, asked, put), take, cancelled)
    except Failed as failed:
        raise Failed(failed.fault, final=failed.final or bool(whole)) from None
    return _read(_sum(whole))


def _produce(chain: Any, asked: Sequence[tuple[str, str]], put: Put[Any]) -> None:  # noqa: ANN401
    chunks = iter(_guarded(lambda: chain.stream(asked)))
    nothing = object()
    while (chunk := _guarded(lambda: next(chunks, nothing))) is not nothing and not put(chunk):
        pass


def _guarded(call: Callable[[], Any]) -> Any:  # noqa: ANN401
    """What a call into a provider's package gives; its errors, of whatever class, as faults."""
    try:
        return call()
    except Exception as error:
        fault = fault_of(error)
        if type(error).__name__ == "LengthFinishReasonError":
            fault = Fault(f"the answer was cut off: reduce the length ({error})", 400)
        raise Failed(fault) from None


def _message(given: Any) -> Any:  # noqa: ANN401
    """The provider's message in what a plain or a structured chain gives; None where this piece has none."""
    return given.get("raw") if isinstance(given, Mapping) else given


def _sum(chunks: Sequence[Any]) -> Any:  # noqa: ANN401
    if not chunks:
        raise Failed(Fault("the stream was empty", kind="broken"))
    total = chunks[0]
    for chunk in chunks[1:]:
        total = total + chunk
    return total


def _read(given: Any) -> Reply:  # noqa: ANN401
    message = _message(given)
    if message is None:
        raise Failed(Fault("the provider's answer holds no message", kind="broken"))
    calls = getattr(message, "tool_calls", None) or []
    text = json.dumps(calls[0]["args"], ensure_ascii=False) if calls else _text(message)
    facts = getattr(message, "response_metadata", None) or {}
    end = str(facts.get("finish_reason") or facts.get("stop_reason") or "")
    usage = getattr(message, "usage_metadata", None) or {}
    return Reply(
        text=text,
        refusal=str((getattr(message, "additional_kwargs", None) or {}).get("refusal") or ""),
        finish="length" if end in _CUT else "filter" if end in _FILTERED else "stop",
        input_tokens=usage.get("input_tokens"),
        output_tokens=usage.get("output_tokens"),
        model=str(facts.get("model_name") or facts.get("model") or ""),
    )


def _text(message: Any) -> str:  # noqa: ANN401
    """The text of a message, whose content is text or a list of blocks."""
    content = getattr(message, "content", "")
    if isinstance(content, str):
        return content
    blocks: Iterable[Any] = content if isinstance(content, list) else ()
    return "".join(
        block if isinstance(block, str) else str(block.get("text", ""))
        for block in blocks
        if isinstance(block, str | dict)
    )


def _arguments(chunk: Any) -> str:  # noqa: ANN401
    """The piece of a tool's arguments in a chunk: how providers without a response format hold to a schema."""
    return "".join(str(call.get("args") or "") for call in getattr(chunk, "tool_call_chunks", None) or ())
