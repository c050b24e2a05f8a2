from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from soundwright.orchestrator.cli import app

GOLDEN = Path(__file__).parents[1] / "golden" / "broken"
BROKEN = sorted(path for path in GOLDEN.iterdir() if path.suffix in (".yaml", ".json"))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_script_ends_with_exit_code_two(path: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("error: ") == 1
    assert "Traceback" not in result.stderr
