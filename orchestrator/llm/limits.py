"""How much a model reads and writes, where that is known or set."""

from __future__ import annotations

import re
from collections.abc import Mapping

from soundwright.orchestrator.llm.errors import ModelUnavailable

CONTEXT = "SOUNDWRIGHT_LLM_CONTEXT"
MAX_TOKENS = "SOUNDWRIGHT_LLM_MAX_TOKENS"
THREADS = "SOUNDWRIGHT_LLM_THREADS"
MOST_THREADS = 8
# Tokens of context of OpenAI's own models, by the beginning of the name; the longest that fits counts.
_CONTEXTS = {"gpt-4o": 128_000, "gpt-4.1": 1_047_576, "gpt-5": 400_000, "o3": 200_000, "o4-mini": 200_000}


def context_tokens(model: str, environ: Mapping[str, str], *, listed: bool = True) -> int | None:
    """Tokens that the model takes in: SOUNDWRIGHT_LLM_CONTEXT, else the list's, else None.

    Raises:
        ModelUnavailable: the variable holds no number.
    """
    given = _number(CONTEXT, environ)
    fitting = [name for name in _CONTEXTS if model.startswith(name)] if listed else []
    return given if given is not None or not fitting else _CONTEXTS[max(fitting, key=len)]


def max_tokens(environ: Mapping[str, str]) -> int | None:
    """The most tokens of one answer: SOUNDWRIGHT_LLM_MAX_TOKENS, else None (what the server sets).

    Raises:
        ModelUnavailable: the variable holds no number.
    """
    return _number(MAX_TOKENS, environ)


def threads(environ: Mapping[str, str]) -> int:
    """Threads of a model in this process: SOUNDWRIGHT_LLM_THREADS, else one core fewer than there are, at most 8.

    Raises:
        ModelUnavailable: the variable holds no number.
    """
    from soundwright.orchestrator.config import usable_cores  # noqa: PLC0415  only models in this process ask

    return _number(THREADS, environ) or max(1, min(MOST_THREADS, usable_cores() - 1))


def _number(variable: str, environ: Mapping[str, str]) -> int | None:
    text = environ.get(variable, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"[1-9]\d{0,8}", text):
        raise ModelUnavailable(f"{variable}={text[:40]!r} is no count. Write a whole number from 1.")
    return int(text)
