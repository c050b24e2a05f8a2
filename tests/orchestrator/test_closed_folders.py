"""Folders that cannot be written to: a target is refused before any work, a lock that cannot be kept is only said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from soundwright.orchestrator import pipeline
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.errors import ScriptError

SCRIPT = "version: 1\ncues:\n  - {type: sound, description: rain, length: 1}\n"


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    folder = tmp_path / "closed"
    folder.mkdir()
    (folder / "story.yaml").write_text(SCRIPT)
    return folder


def test_a_target_below_a_file_is_refused_at_once(closed: Path, home: Path) -> None:
    del home
    document = documents.load(closed / "story.yaml")
    with pytest.raises(ScriptError, match=r"story\.yaml is no folder that can be written to"):
        pipeline.render(document, closed / "story.yaml" / "story.flac")
    assert sorted(path.name for path in closed.iterdir()) == ["story.yaml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_closed_target_is_refused_and_a_lock_that_cannot_be_kept_is_a_warning(closed: Path, home: Path) -> None:
    del home
    closed.chmod(0o555)
    document = documents.load(closed / "story.yaml")
    with pytest.raises(ScriptError, match="is no folder that can be written to"):
        pipeline.render(document, closed / "story.flac")
    rendered = pipeline.render(document, closed.parent / "story.flac")
    assert any("the lock could not be kept" in str(warning) for warning in rendered.warnings)
