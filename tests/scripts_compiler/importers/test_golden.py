# ruff: noqa: E501 - cases read better a line each
"""Inputs of every kind beside the scripts they give (tests/golden/import).

After a wanted change: ``UPDATE_GOLDEN=1 pytest tests/scripts_compiler/importers/test_golden.py``, then read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from soundwright.scripts_compiler.document import dump_yaml, from_data, plain
from soundwright.scripts_compiler.importers import detect, import_text

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "import"
EXAMPLES = [ROOT / "examples" / name for name in ("news.json5", "ferry.fountain", "visit.txt")]
INPUTS = sorted(p for p in GOLDEN.iterdir() if p.suffix not in (".yaml", ".notes")) + EXAMPLES
KINDS = {
    "news.json5": "wavjourney", "ferry.fountain": "fountain", "visit.txt": "prose", "fenced.txt": "wavjourney", "table.md": "wavjourney_table",
    "table.csv": "wavjourney_table", "radio_play.txt": "screenplay", "all_of_fountain.fountain": "fountain", "german.txt": "prose",
    "french.txt": "prose", "pronouns.txt": "prose",
}  # fmt: skip


@pytest.mark.parametrize("path", INPUTS, ids=lambda p: p.name)
def test_the_input_gives_the_script_beside_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    imported = import_text(text, name=path.name)
    assert from_data(plain(imported.script)).script == imported.script
    got = dump_yaml(plain(imported.script)) + "".join(f"# note: {note}\n" for note in imported.notes)
    expected = GOLDEN / f"{path.name}.yaml"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(got, encoding="utf-8")
    assert got == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", INPUTS, ids=lambda p: p.name)
def test_the_kind_is_told_from_the_content_alone(path: Path) -> None:
    assert detect(path.read_text(encoding="utf-8"), "story") == KINDS[path.name]
