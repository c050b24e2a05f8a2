"""What tokens cost, where that is known."""

from __future__ import annotations

import re
from collections.abc import Mapping

from soundwright.orchestrator.llm.errors import ModelUnavailable

VARIABLE = "SOUNDWRIGHT_LLM_PRICE"
PRICES_OF = "2025-11"
# US dollars per million tokens in and out, list prices of the makers' own services without any discount. The longest
# name that a model's begins with counts; what is not here has no known price.
PRICES: Mapping[str, tuple[float, float]] = {
    "gpt-4.1": (2.00, 8.00),
    "gpt-4.1-mini": (0.40, 1.60),
    "gpt-4.1-nano": (0.10, 0.40),
    "gpt-4o": (2.50, 10.00),
    "gpt-4o-mini": (0.15, 0.60),
    "gpt-5": (1.25, 10.00),
    "gpt-5-mini": (0.25, 2.00),
    "gpt-5-nano": (0.05, 0.40),
    "gpt-5.1": (1.25, 10.00),
    "o3": (2.00, 8.00),
    "o4-mini": (1.10, 4.40),
    "claude-haiku-4-5": (1.00, 5.00),
    "claude-sonnet-4": (3.00, 15.00),
    "claude-opus-4-5": (5.00, 25.00),
    "gemini-2.5-flash": (0.30, 2.50),
    "gemini-2.5-flash-lite": (0.10, 0.40),
    "gemini-2.5-pro": (1.25, 10.00),
}
# After a known name only a date or "latest" may follow: gpt-5-pro is another model than gpt-5.
_SAME_MODEL = re.compile(r"(-latest|-\d{4}-\d{2}-\d{2}|-\d{8}|-preview[-\d]*|-\d{3}|-\d)?")


def price(model: str, environ: Mapping[str, str], *, listed: bool = True) -> tuple[float, float] | None:
    """US dollars per million tokens in and out; None where unknown.

    SOUNDWRIGHT_LLM_PRICE (``IN,OUT``, or ``0``) comes first. ``listed`` False where the model does not run at its
    maker's own service, so that the list says nothing.

    Raises:
        ModelUnavailable: the variable holds no price.
    """
    given = environ.get(VARIABLE, "").strip()
    if given:
        return _given(given)
    bare = model.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower()
    fitting = [name for name in PRICES if bare.startswith(name) and _SAME_MODEL.fullmatch(bare[len(name) :])]
    return PRICES[max(fitting, key=len)] if listed and fitting else None


def cost(rate: tuple[float, float] | None, input_tokens: int, output_tokens: int) -> float | None:
    """US dollars of so many tokens; None where the price is unknown."""
    return None if rate is None else (input_tokens * rate[0] + output_tokens * rate[1]) / 1e6


def _given(text: str) -> tuple[float, float]:
    match = re.fullmatch(r"(\d{1,6}(?:\.\d+)?)(?:\s*[,;/]\s*(\d{1,6}(?:\.\d+)?))?", text)
    if match is None:
        raise ModelUnavailable(
            f"{VARIABLE}={text[:40]!r} is no price. Write US dollars per million tokens in and out, such as 1.25,10."
        )
    return float(match[1]), float(match[2] or match[1])
