"""A GGUF file in this process, by llama.cpp (package xllamacpp): no server, no key, answers held to the schema."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from soundwright.orchestrator.llm.answers import finished
from soundwright.orchestrator.llm.ask import with_schema
from soundwright.orchestrator.llm.base import Answer, Message, Usage
from soundwright.orchestrator.llm.errors import ModelUnavailable
from soundwright.orchestrator.llm.faults import Fault, explain
from soundwright.orchestrator.llm.gguf_header import read_facts
from soundwright.orchestrator.llm.limits import context_tokens, max_tokens, threads
from soundwright.orchestrator.llm.packages import need
from soundwright.orchestrator.llm.pump import pump
from soundwright.orchestrator.llm.retry import Failed
from soundwright.orchestrator.llm.tokens import estimate_messages, estimate_tokens
from soundwright.orchestrator.llm.wire import ChatWire, Reply

Schema = Mapping[str, Any]
DEFAULT_CONTEXT = 8192
DEFAULT_MAX_TOKENS = 4096
FAILED_STATUS = 500


def open_gguf(name: str, *, environ: Mapping[str, str]) -> GgufModel:
    """The model of a file, or of the model store by its name or the beginning of it.

    Raises:
        ModelUnavailable: no such file or model, its weights were not pulled, or xllamacpp is missing.
    """
    path = Path(name).expanduser()
    if path.suffix == ".gguf" or path.is_file():
        return GgufModel(path, name=f"gguf:{name}", environ=environ)
    model, stored = _from_store(name, environ)
    return GgufModel(stored, name=f"gguf:{model}", environ=environ)


def _from_store(name: str, environ: Mapping[str, str]) -> tuple[str, Path]:
    from soundwright.orchestrator.config import load_config  # noqa: PLC0415  only where no file was named
    from soundwright.tools.errors import ToolMissing  # noqa: PLC0415
    from soundwright.tools.model_store import ModelStore  # noqa: PLC0415

    store = ModelStore(load_config(environ).models)
    listed = [model.name for model, _ in store.list() if any(file.name.endswith(".gguf") for file in model.files)]
    fitting = [known for known in listed if known == name] or [known for known in listed if known.startswith(name)]
    if len(fitting) != 1:
        raise ModelUnavailable(
            f"gguf:{name}: there is no such file, and no such model. Name a .gguf file, or one of: {', '.join(listed)}."
        )
    try:
        return fitting[0], store.path(fitting[0])
    except ToolMissing as missing:
        raise ModelUnavailable(str(missing)) from None


class GgufModel:
    """The weights are loaded at the first answer. Answers are the likeliest ones (temperature 0).

    ``structured`` turns False where a schema cannot be turned into a grammar; then it stands in the prompt.
    """

    def __init__(self, path: Path, *, name: str = "", environ: Mapping[str, str] | None = None) -> None:
        env = os.environ if environ is None else environ
        need("xllamacpp", "gguf")
        facts = read_facts(path)
        self.name = name or f"gguf:{path}"
        trained = facts.context_tokens or DEFAULT_CONTEXT
        self.context_tokens: int | None = context_tokens("", env) or min(trained, DEFAULT_CONTEXT)
        self.structured = True
        self._path = path
        self._limit = max_tokens(env) or DEFAULT_MAX_TOKENS
        self._threads = threads(env)
        self._server: Any = None
        self._wire = ChatWire()

    def __repr__(self) -> str:
        return f"GgufModel({self.name!r})"

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
            LanguageModelError: the file does not load, the text is too long, or the answer was cut.
            Cancelled: ``cancelled`` became true.
        """
        self._load()
        held = schema is not None and self.structured
        try:
            reply, sent = self._ask(messages, schema, on_text, cancelled, held=held), messages
        except Failed as failed:
            if schema is None or not held or not failed.fault.without_structure:
                raise explain(failed.fault, model=self.name, server=self.name) from None
            self.structured = False
            return self.answer(messages, schema, on_text=on_text, cancelled=cancelled)
        return finished(reply, schema, _usage(reply, sent), self.name, self.name)

    def _ask(
        self,
        messages: Sequence[Message],
        schema: Schema | None,
        on_text: Callable[[str], None] | None,
        cancelled: Callable[[], bool] | None,
        *,
        held: bool,
    ) -> Reply:
        sent = messages if held or schema is None else with_schema(messages, schema)
        request = self._wire.request(self.name, sent, self._limit) | self._wire.streamed()
        request |= {"temperature": 0.0, "seed": 0, "cache_prompt": True}
        if held and schema is not None:
            request |= self._wire.structured(schema)
        reply = Reply()

        def take(chunk: Any) -> None:  # noqa: ANN401
            piece = self._wire.read_event(_read_chunk(chunk), reply)
            if piece and on_text is not None:
                on_text(piece)

        # Always in a thread: while it computes, this one stays free for Ctrl-C.
        pump(lambda put: self._run(request, put), take, cancelled or _never)
        reply.model = self.name  # llama.cpp gives the path of the file
        return reply

    def _run(self, request: dict[str, Any], put: Callable[[Any], bool]) -> None:
        try:
            whole = self._server.handle_chat_completions(request, put)
        except (ValueError, RuntimeError) as error:
            raise Failed(Fault(str(error), FAILED_STATUS)) from None
        if whole is not None:  # an error before the first piece
            put(whole)

    def _load(self) -> None:
        if self._server is not None:
            return
        xllamacpp = need("xllamacpp", "gguf")
        with tempfile.TemporaryDirectory(prefix="soundwright-") as folder:
            try:
                self._server = xllamacpp.Server(self._settings(xllamacpp, Path(folder)))
            except (RuntimeError, ValueError) as error:
                raise ModelUnavailable(
                    f"{self.name}: llama.cpp cannot load {self._path} ({error}). Fetch it anew, or choose another."
                ) from None

    def _settings(self, xllamacpp: Any, folder: Path) -> Any:  # noqa: ANN401  the package, and its CommonParams
        """One conversation at a time, silent. The server inside llama.cpp always listens: here on a socket file that
        only this user could open and that is gone as soon as the weights are loaded, so nothing can reach it."""
        settings = xllamacpp.CommonParams()
        settings.model.path = str(self._path)
        settings.n_ctx, settings.n_parallel, settings.n_predict = self.context_tokens, 1, self._limit
        settings.verbosity, settings.warmup, settings.ui, settings.endpoint_slots = -1, False, False, False
        settings.offline, settings.fit_params = True, False
        settings.api_keys = [secrets.token_hex(16)]
        if hasattr(socket, "AF_UNIX") and sys.platform != "win32":
            settings.hostnames = [str(folder / "llama.sock")]
        # llama.cpp's threads wait for each other by spinning: one too many, and all crawl (docs/llm.md).
        for pool in (settings.cpuparams, settings.cpuparams_batch):
            pool.n_threads, pool.poll = self._threads, 0
        return settings


def _read_chunk(chunk: Any) -> Any:  # noqa: ANN401
    """A piece as the objects that ``wire`` reads.

    Raises:
        Failed: the piece is an error.
    """
    error = chunk.get("error") if isinstance(chunk, dict) else None
    if error is not None:
        code = error.get("code")
        status = code if isinstance(code, int) else FAILED_STATUS
        raise Failed(Fault(str(error.get("message", "")), status, str(error.get("type", ""))))
    return json.loads(json.dumps(chunk), object_hook=lambda fields: SimpleNamespace(**fields))


def _usage(reply: Reply, sent: Sequence[Message]) -> Usage:
    into, out = reply.input_tokens, reply.output_tokens
    into = estimate_messages(message.content for message in sent) if into is None else into
    return Usage(into, estimate_tokens(reply.text) if out is None else out, 0.0)


def _never() -> bool:
    return False
