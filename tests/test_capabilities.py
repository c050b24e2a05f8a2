"""The table of capabilities: fresh, whole, and backed by engines that ran."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundwright.orchestrator import coverage
from soundwright.scripts_compiler.operations import builtin

PAGE = Path(__file__).parents[1] / "docs" / "capabilities.md"


def test_the_page_is_fresh() -> None:
    if PAGE.read_text(encoding="utf-8") != coverage.page():
        pytest.fail(f"docs/capabilities.md is stale; renew it: {coverage.COMMAND}")


def test_no_operation_is_missing_and_none_is_without_a_word() -> None:
    named = {row[0] for row in coverage.rows(coverage.built_in_specs())}
    assert set(builtin()) <= named
    assert "talking_head" in named


def test_an_engine_of_at_least_thirty_operations_ran() -> None:
    assert len(coverage.ran(coverage.built_in_specs())) >= 30


def test_what_ran_says_how() -> None:
    silent = [spec.name for spec in coverage.built_in_specs() if spec.proven != "none" and not spec.proven_note]
    assert silent == []
