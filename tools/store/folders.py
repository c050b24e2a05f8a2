"""The folder of a model, for engines that load one (``from_pretrained``) instead of single files."""

from __future__ import annotations

from pathlib import Path

from soundwright.tools.base import Place
from soundwright.tools.errors import ToolMissing


def folder(place: Place, model: str) -> Path:
    """The folder of ``model``, one of the tool's ``ToolSpec.models``, with every file of it checked.

    Raises:
        ToolMissing: the model is not there; the message says how to get it.
    """
    path = place.weights.get(model)
    if path is None or not path.is_dir():
        raise ToolMissing(f"The model {model} is not here. Run: soundwright models pull {model}")
    return path
