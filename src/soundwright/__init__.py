"""Soundwright: from an instruction to a finished audio drama.

    import soundwright as sw
    sw.render(sw.load("story.yaml"), "story.flac")

Names are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from soundwright.orchestrator.api import load, operations, plan, render
    from soundwright.orchestrator.pipeline import Rendered, RenderOptions
    from soundwright.scripts_compiler.document import Document
    from soundwright.scripts_compiler.errors import Problem, ScriptError, SoundwrightError
    from soundwright.scripts_compiler.script import (
        ClipCue,
        Cue,
        Effect,
        Input,
        Master,
        MusicCue,
        PauseCue,
        Point,
        Pronunciation,
        SceneCue,
        Script,
        SoundCue,
        SpeechCue,
        Step,
        TextFrom,
        Voice,
    )
    from soundwright.tools.errors import ToolError, ToolMissing
    from soundwright.tools.pydub_bridge import from_pydub, to_pydub

__version__ = "0.1.0"

_HOMES = {
    "orchestrator.api": ("load", "operations", "plan", "render"),
    "orchestrator.pipeline": ("RenderOptions", "Rendered"),
    "scripts_compiler.document": ("Document",),
    "scripts_compiler.errors": ("Problem", "ScriptError", "SoundwrightError"),
    "scripts_compiler.script": (
        "ClipCue", "Cue", "Effect", "Input", "Master", "MusicCue", "PauseCue", "Point", "Pronunciation", "SceneCue",
        "Script", "SoundCue", "SpeechCue", "Step", "TextFrom", "Voice",
    ),
    "tools.errors": ("ToolError", "ToolMissing"),
    "tools.pydub_bridge": ("from_pydub", "to_pydub"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ClipCue",
    "Cue",
    "Document",
    "Effect",
    "Input",
    "Master",
    "MusicCue",
    "PauseCue",
    "Point",
    "Problem",
    "Pronunciation",
    "RenderOptions",
    "Rendered",
    "SceneCue",
    "Script",
    "ScriptError",
    "SoundCue",
    "SoundwrightError",
    "SpeechCue",
    "Step",
    "TextFrom",
    "ToolError",
    "ToolMissing",
    "Voice",
    "__version__",
    "from_pydub",
    "load",
    "operations",
    "plan",
    "render",
    "to_pydub",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  any public name
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'soundwright' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"soundwright.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
