"""Which language model: from ``--llm``, the environment or the configuration; opened by the name's first word."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from soundwright.orchestrator.llm.base import LanguageModel
from soundwright.orchestrator.llm.errors import ModelUnavailable

VARIABLE = "SOUNDWRIGHT_LLM"
_APIS: Mapping[str, Literal["chat", "responses"] | None] = {
    "openai": None, "openai-chat": "chat", "openai-responses": "responses",
}  # fmt: skip
KINDS = (*_APIS, "langchain", "gguf", "scripted")
EXAMPLES = "openai:gpt-5-mini, openai:qwen3@http://localhost:11434/v1, langchain:anthropic:claude-sonnet-4-5, gguf:FILE"
HOW = f"Name one with --llm or {VARIABLE}, for example {EXAMPLES}"
_AT_URL = re.compile(r"(?P<model>.*?)@(?P<url>[a-z]+://\S+)")


def configured(environ: Mapping[str, str] | None = None) -> bool:
    """Whether a model was named in the environment or the configuration."""
    return configured_name(environ) is not None


def configured_name(environ: Mapping[str, str] | None = None) -> str | None:
    """The model's name in SOUNDWRIGHT_LLM, else ``llm`` in ``config.toml``, else None.

    A key alone chooses nothing: nobody is charged for a model that he did not name.
    """
    from soundwright.orchestrator.config import load_config  # noqa: PLC0415  reads a file

    env = os.environ if environ is None else environ
    return env.get(VARIABLE, "").strip() or load_config(env).llm


def open_model(name: str | None = None, *, environ: Mapping[str, str] | None = None) -> LanguageModel:
    """The model called ``name``, by default the configured one.

    ``openai:MODEL`` and ``openai:MODEL@URL`` (any server with that API; ``openai-chat:`` and ``openai-responses:`` fix
    which of its two APIs), ``langchain:PROVIDER:MODEL``, ``gguf:FILE`` or ``gguf:NAME`` of the model store,
    ``scripted:FILE``. Nothing is sent anywhere yet.

    Raises:
        ModelUnavailable: no model was named, the name is not understood, or its key, package or file is missing.
    """
    env = os.environ if environ is None else environ
    wanted = (name or "").strip() or configured_name(env)
    if not wanted:
        raise ModelUnavailable(f"No language model was named. {HOW}.")
    kind, _, rest = wanted.partition(":")
    if kind not in KINDS or not rest:
        raise ModelUnavailable(f"{_harmless(wanted)!r} names no language model. {HOW}.")
    if kind == "langchain":
        from soundwright.orchestrator.llm.langchain_client import LangChainModel  # noqa: PLC0415

        return LangChainModel(rest, environ=env)
    if kind == "gguf":
        from soundwright.orchestrator.llm.gguf_client import open_gguf  # noqa: PLC0415

        return open_gguf(rest, environ=env)
    if kind == "scripted":
        from soundwright.orchestrator.llm.scripted import ScriptedModel  # noqa: PLC0415

        return ScriptedModel.from_file(Path(rest).expanduser())
    return _openai(kind, rest, env)


def _openai(kind: str, rest: str, env: Mapping[str, str]) -> LanguageModel:
    from soundwright.orchestrator.llm.openai_client import OpenAIModel  # noqa: PLC0415

    match = _AT_URL.fullmatch(rest)
    model, url = (match["model"], match["url"]) if match else (rest, None)
    if not model:
        raise ModelUnavailable(f"{kind}:{rest} names a server but no model. Write {kind}:MODEL@{url}.")
    api = _APIS[kind]
    return OpenAIModel(model, base_url=url, api=api, environ=env)


def _harmless(name: str) -> str:
    """The name as it may be printed: short, and without what could be a key given in its place."""
    from soundwright.orchestrator.llm.keys import redact  # noqa: PLC0415

    return redact(name[:80])
