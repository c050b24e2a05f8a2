"""A fixed installation, so that prompts and plans do not depend on what this machine has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from soundwright.orchestrator.planner.planner import Job, make_job
from soundwright.scripts_compiler.operations import builtin
from soundwright.scripts_compiler.script import Input
from soundwright.tools.base import ToolSpec, VoiceInfo

LANGUAGES = ("en", "zh", "ja", "de")
VOICES = tuple(
    voice
    for language in LANGUAGES
    for voice in (
        VoiceInfo(f"{language}-1", language, "female", "adult"),
        VoiceInfo(f"{language}-2", language, "male", "old"),
        VoiceInfo(f"{language}-3", language, "female", "child"),
    )
)
SOUNDS = ("applause", "crowd murmur", "door slam", "knock", "punch", "rain", "restaurant", "thunder", "wind")
MakeJob = Callable[..., Job]


@pytest.fixture(scope="session")
def specs() -> Sequence[ToolSpec]:
    return (ToolSpec("studio", "1", tuple(builtin()), "Apache-2.0", languages=LANGUAGES, voices=VOICES),)


@pytest.fixture(scope="session")
def job(specs: Sequence[ToolSpec]) -> MakeJob:
    catalogue = builtin()

    def make(instruction: str, inputs: Sequence[Input] = ()) -> Job:
        return make_job(instruction, catalogue, specs, inputs=inputs, sounds=SOUNDS)

    return make
