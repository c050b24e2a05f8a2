"""What went wrong at a server, whatever client met it: worth another try? And the one line that the user reads."""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from soundwright.orchestrator.llm.errors import LanguageModelError, ModelRefused, ModelUnavailable
from soundwright.orchestrator.llm.keys import OPENAI_KEY, OWN_KEY

RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_TOO_LONG = re.compile(
    r"context[_ ](length|size|window)|maximum context|too many tokens|prompt is too long|input is too long"
    r"|exceeds? the (available )?context|reduce the length|n_ctx|max_model_len",
    re.IGNORECASE,
)
_NO_STRUCTURE = re.compile(
    r"response_?format|json_?schema|text\.format|structured[ _]output|\bschema\b|grammar|guided[_ ]json", re.IGNORECASE
)
_NO_MODEL = re.compile(r"model[_ ]not[_ ]found|model\b.*\b(not (found|exist|available)|does not exist)", re.IGNORECASE)
_UNCONNECTED = re.compile(
    r"refused|resolve|name or service|nodename|getaddrinfo|unreachable|no route|certificate|\bssl\b", re.IGNORECASE
)
_REFUSED = re.compile(r"content[_ ](policy|filter)|safety|moderation|usage polic", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """One failed request. ``status`` is None where no answer came; ``kind`` then says why: ``connect`` (no server
    there), ``timeout``, ``broken`` (the connection), ``other``.
    """

    message: str
    status: int | None = None
    code: str = ""
    kind: str = "status"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def retried(self) -> bool:
        """Whether the same request may succeed later."""
        if self.code in {"insufficient_quota", "billing_hard_limit_reached"}:
            return False
        return self.kind == "broken" or self.status in RETRIED

    @property
    def without_structure(self) -> bool:
        """Whether the server rejects the response format, not the request."""
        said = f"{self.code} {self.message}"
        return self.status in {400, 404, 415, 422, 500, 501} and not self.too_long and bool(_NO_STRUCTURE.search(said))

    @property
    def too_long(self) -> bool:
        """Whether the text is longer than the model's context."""
        return self.status in {400, 413, 422, 500} and bool(_TOO_LONG.search(f"{self.code} {self.message}"))

    @property
    def wait_s(self) -> float | None:
        """Seconds that the server asks to wait (Retry-After: seconds or a date), None where it does not."""
        given = {name.lower(): value for name, value in self.headers.items()}
        milliseconds = _number(given.get("retry-after-ms"))
        if milliseconds is not None:
            return milliseconds / 1000
        asked = given.get("retry-after")
        seconds = _number(asked)
        return seconds if seconds is not None or asked is None else _until(asked)


def fault_of(error: Exception) -> Fault:
    """What an error of a client's package says, without its request (which holds the key).

    The errors of openai, anthropic and most others carry ``response`` or ``status_code``, ``body`` and ``code``; what
    broke the connection is their cause.
    """
    body = getattr(error, "body", None)
    code = str(getattr(error, "code", None) or "")
    message = str(body.get("message") or error) if isinstance(body, Mapping) else str(error)
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None) or getattr(error, "status_code", None)
    if isinstance(status, int):
        return Fault(message, status, code, headers=dict(getattr(response, "headers", None) or {}))
    if "Timeout" in type(error).__name__:
        return Fault(message, kind="timeout")
    if "Connect" in type(error).__name__:
        cause = str(_first_cause(error))
        return Fault(cause, kind="connect" if _UNCONNECTED.search(cause) else "broken")
    if code.isdigit() and 400 <= int(code) < 600:
        return Fault(message, int(code), code)
    if hasattr(error, "body"):
        return Fault(message, 400, code)
    return Fault(message or type(error).__name__, kind="broken" if isinstance(error, ValueError) else "other")


def _first_cause(error: BaseException) -> BaseException:
    for _ in range(8):
        deeper = error.__cause__ or error.__context__
        if deeper is None or not str(deeper):
            break
        error = deeper
    return error


def explain(fault: Fault, *, model: str, server: str, known: tuple[str, ...] = ()) -> LanguageModelError:
    """The error to raise: what happened in one line, and the remedy. ``known`` are models that the server has."""
    if fault.status is None:
        return ModelUnavailable(_unreached(fault, server))
    if fault.status == 429:
        return ModelUnavailable(_limited(fault, server))
    told = f"{fault.code} {fault.message}"
    if not fault.too_long and (fault.status == 404 or _NO_MODEL.search(told)):
        return ModelUnavailable(_not_found(fault, model, server, known))
    said = f"HTTP {fault.status}: {_brief(fault.message)}"
    if fault.status in {401, 403}:
        return ModelUnavailable(
            f"{server} does not accept the key ({said}). Set {OWN_KEY}, or {OPENAI_KEY} for OpenAI itself."
        )
    return _declined(fault, model, server, said)


def _declined(fault: Fault, model: str, server: str, said: str) -> LanguageModelError:
    if fault.too_long:
        return ModelRefused(
            f"{model}: the text is too long for the model's context ({said}). "
            "Ask for less at once, or choose a model with a longer context."
        )
    if _REFUSED.search(f"{fault.code} {fault.message}"):
        return ModelRefused(f"{model} refused ({said}). Ask in other words, or choose another model.")
    if fault.status is not None and fault.status >= 500:
        return ModelUnavailable(f"{server} is failing ({said}). Try again later, or see its log.")
    return ModelRefused(f"{server} rejects the request ({said}). Check that the model suits chat, or choose another.")


def _unreached(fault: Fault, server: str) -> str:
    if fault.kind == "timeout":
        return f"{server} gave no answer in time. Raise SOUNDWRIGHT_LLM_TIMEOUT (seconds), or choose a faster model."
    if fault.kind == "broken":
        return f"{server} broke the connection off ({_brief(fault.message)}). Try again, or see the server's log."
    if fault.kind == "other":
        return f"{server} failed ({_brief(fault.message)}). Check the model's name and its settings."
    return f"No server answers at {server} ({_brief(fault.message)}). Start it, or check the URL."


def _limited(fault: Fault, server: str) -> str:
    if fault.code in {"insufficient_quota", "billing_hard_limit_reached"}:
        return f"{server}: the account has no credit left ({_brief(fault.message)}). Add credit, or use another model."
    return f"{server} limits the rate of requests ({_brief(fault.message)}). Wait a minute and try again."


def _not_found(fault: Fault, model: str, server: str, known: tuple[str, ...]) -> str:
    if known and model not in known:
        more = ", ..." if len(known) > 8 else ""
        return f"{server} has no model {model!r}. It has: {', '.join(known[:8])}{more}."
    if _NO_MODEL.search(f"{fault.code} {fault.message}"):
        return f"{server} has no model {model!r} ({_brief(fault.message)}). Check its name."
    return f"{server} is no such service ({_brief(fault.message)}). Check the URL; it usually ends in /v1."


def _brief(text: str) -> str:
    """One line of at most 200 characters of what a server said, without marks that would move the terminal."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line[:200].rstrip(" .") or "no reason given"


def _number(text: str | None) -> float | None:
    if text is None or not re.fullmatch(r"\s*\d{1,9}(\.\d+)?\s*", text):
        return None
    return float(text)


def _until(date: str) -> float | None:
    try:
        at = email.utils.parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, at - time.time())
