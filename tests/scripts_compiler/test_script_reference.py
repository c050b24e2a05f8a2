"""docs/script.md says what the models say. ``UPDATE_GOLDEN=1 pytest tests/scripts_compiler`` writes its tables anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

from soundwright.scripts_compiler.document import loads
from soundwright.scripts_compiler.operations import builtin
from soundwright.scripts_compiler.reference import with_tables

PAGE = Path(__file__).parents[2] / "docs" / "script.md"
MODELS = (
    "Script Pin Voice Pronunciation Input SpeechCue SoundCue MusicCue ClipCue PauseCue SceneCue Sounding Bed Point "
    "Master"
)


def test_the_tables_are_up_to_date() -> None:
    fresh = with_tables(PAGE.read_text(encoding="utf-8"), builtin())
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(fresh, encoding="utf-8")
    assert fresh == PAGE.read_text(encoding="utf-8")


def test_every_model_and_operation_has_its_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert sorted(re.findall(r"<!-- fields: (\w+) -->", text)) == sorted(MODELS.split())
    for name, operation in builtin().items():
        assert (f"\n| `{name}` |" in text) is not operation.internal


def test_every_field_is_explained() -> None:
    rows = [line.split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    unexplained = {cells[1].strip() for cells in rows if len(cells) == 6 and not cells[4].strip()}
    assert unexplained == {"`id`", "`gender`", "`age`", "`layer`"}  # these speak for themselves


def test_the_script_on_the_page_loads() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    document = loads(text)
    assert document.warnings == ()
    assert len(document.script.cues) == 9
