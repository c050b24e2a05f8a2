"""Estimates of tokens, prices, and waits between tries."""

from __future__ import annotations

import datetime
import email.utils
import time

import pytest

from soundwright.orchestrator.llm.faults import Fault
from soundwright.orchestrator.llm.prices import PRICES, cost, price
from soundwright.orchestrator.llm.retry import Backoff, Failed
from soundwright.orchestrator.llm.tokens import estimate_messages, estimate_tokens

BUSY = Fault("busy", 503)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("", 0, 0),
        ("The rain falls softly on the old tin roof.", 9, 12),
        ('{"type": "speech", "voice": "ann", "text": "Hello!"}', 15, 24),
        ("雨が静かに降っている。", 7, 13),
        ("0123456789", 3, 5),
        ("word " * 1000, 950, 1050),
    ],
)
def test_tokens_are_about_right(text: str, low: int, high: int) -> None:
    assert low <= estimate_tokens(text) <= high


def test_a_conversation_has_more_tokens_than_its_texts() -> None:
    assert estimate_messages(["Hello.", "Hi."]) == estimate_tokens("Hello.") + estimate_tokens("Hi.") + 8


def test_prices_are_of_the_very_model() -> None:
    assert price("gpt-5-mini", {}) == PRICES["gpt-5-mini"]
    assert price("gpt-5-mini-2025-08-07", {}) == PRICES["gpt-5-mini"]
    assert price("anthropic:claude-sonnet-4-5", {}) == PRICES["claude-sonnet-4"]
    assert price("gpt-5-pro", {}) is None
    assert price("gpt-5-mini", {}, listed=False) is None
    assert price("gpt-5-pro", {"SOUNDWRIGHT_LLM_PRICE": "15, 120"}) == (15, 120)
    assert price("qwen3", {"SOUNDWRIGHT_LLM_PRICE": "0"}) == (0, 0)
    assert cost(None, 1, 1) is None
    assert cost((2.0, 8.0), 1_000_000, 500_000) == 6.0


def test_waits_double_with_a_jitter_that_is_always_the_same() -> None:
    def waits(seed: int) -> list[float]:
        taken: list[float] = []

        def busy() -> None:
            raise Failed(BUSY)

        with pytest.raises(Failed):
            Backoff(tries=6, cap_s=5.0, seed=seed, sleep=taken.append).run(busy)
        return taken

    assert waits(0) == waits(0) != waits(1)
    for wait_s, whole_s in zip(waits(0), [1, 2, 4, 5, 5], strict=True):
        assert whole_s / 2 <= wait_s <= whole_s


def test_retry_after_in_all_its_forms() -> None:
    def wait_s(value: str, name: str = "Retry-After") -> float | None:
        return Fault("", 429, headers={name: value}).wait_s

    assert (wait_s("12"), wait_s("1.5"), wait_s("1500", "Retry-After-Ms")) == (12, 1.5, 1.5)
    soon = datetime.datetime.fromtimestamp(time.time() + 30, datetime.UTC)
    assert wait_s(email.utils.format_datetime(soon, usegmt=True)) == pytest.approx(30, abs=3)
    assert [wait_s(nonsense) for nonsense in ("", "soon", "-5", "nan", "1e99", "9" * 400)] == [None] * 6
