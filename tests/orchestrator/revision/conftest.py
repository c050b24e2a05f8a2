"""A story that is edited, and a fixed installation, so that nothing depends on what this machine has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from soundwright.orchestrator.planner.offer import make_offer
from soundwright.orchestrator.revision.reviser import Job
from soundwright.scripts_compiler.document import Document, loads
from soundwright.scripts_compiler.operations import builtin
from soundwright.tools.base import ToolSpec, VoiceInfo

STORY = """\
# The Lighthouse, a draft
version: 1
title: The Lighthouse
voices:
  - {name: Keeper, description: "old man, gravelly", gender: male, age: old}  # the keeper
  - {name: Ann, description: young woman, gender: female, age: young}
cues:
  # the opening
  - {type: music, id: theme, description: slow strings, length: 8}
  - {type: scene, id: tower, title: In the tower, space: small_room}
  - type: sound  # written over several lines
    id: wet
    description: light rain
    layer: background
  - {type: speech, id: k1, voice: Keeper, text: "You came, then. Through that."}
  - {type: sound, id: knock, description: three slow knocks, length: 2}
  - {type: speech, id: a1, voice: Ann, text: "Let me in! The boat is gone."}  # keep
  - {type: pause, length: 1}
  - {type: sound, id: hit, description: knocking at the gate, length: 1}
  - {type: speech, id: k2, voice: Keeper, text: "Who is there?"}
  - {type: scene, id: quay, title: On the quay}
  - {type: speech, id: a2, voice: Ann, text: "I should never have come."}
"""
MakeJob = Callable[..., Job]


@pytest.fixture(scope="session")
def story() -> Document:
    return loads(STORY)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "script.yaml").write_text(STORY, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def job() -> MakeJob:
    catalogue = builtin()
    voices = (VoiceInfo("a", "en-GB", "female", "adult", "british"), VoiceInfo("b", "en-US", "male", "old"))
    specs = (ToolSpec("studio", "1", tuple(catalogue), "Apache-2.0", languages=("en",), voices=voices),)

    def make(document: Document, request: str = "Change it", used: tuple[str, ...] = ()) -> Job:
        offer = make_offer(request, catalogue, specs, inputs=document.script.inputs, sounds=("rain", "knock"))
        return Job(document, request, offer, catalogue, frozenset(used))

    return make
