"""A stem in a script: taken apart, picked by its name, heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soundwright.orchestrator import pipeline
from soundwright.orchestrator.errors import ExecutionError
from soundwright.scripts_compiler import document
from soundwright.tools import audio_files
from soundwright.tools.testing.samples import tune

STORY = """version: 1
inputs:
  - {id: song, file: song.wav}
steps:
  - {id: parts, op: separate, audio: song, stems: 2}
cues:
  - {type: clip, source: parts.STEM}
"""


def written(folder: Path, stem: str) -> document.Document:
    audio_files.write(folder / "song.wav", tune())
    (folder / "story.yaml").write_text(STORY.replace("STEM", stem), encoding="utf-8")
    return document.load(folder / "story.yaml")


@pytest.mark.usefixtures("fresh_home")
def test_a_clip_of_a_stem_is_heard(tmp_path: Path) -> None:
    rendered = pipeline.render(
        written(tmp_path, "accompaniment"), tmp_path / "story.wav", pipeline.RenderOptions(tools={"separate": "split"})
    )
    assert rendered.duration_s == pytest.approx(2.0, abs=0.1)
    assert np.abs(audio_files.read(tmp_path / "story.wav").samples).max() > 0.05


@pytest.mark.usefixtures("fresh_home")
def test_a_stem_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    options = pipeline.RenderOptions(tools={"separate": "split"})
    with pytest.raises(ExecutionError, match=r"there is no stem 'violins'; there are .*vocals"):
        pipeline.render(written(tmp_path, "violins"), tmp_path / "story.wav", options)
