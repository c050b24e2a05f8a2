"""What binding and running need of the model store."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from soundwright.tools.errors import ToolMissing


class Weights(Protocol):
    """Where the weights of tools come from."""

    def available(self, model: str) -> bool:
        """Whether a model is here or can be fetched."""

    def digest(self, model: str) -> str:
        """What stands for a model's content in keys: the sha256 of its file, or one over those of its files."""

    def path(self, model: str) -> Path:
        """The file, or the folder of several, fetched where it is not here.

        Raises:
            ToolMissing: it cannot be had; the message says what to do.
        """


class NoWeights:
    """For tools without models."""

    def available(self, model: str) -> bool:
        """None is."""
        return False

    def digest(self, model: str) -> str:
        """There is none.

        Raises:
            ToolMissing: always.
        """
        raise ToolMissing(f"the model {model!r} is not known")

    def path(self, model: str) -> Path:
        """There is none.

        Raises:
            ToolMissing: always.
        """
        raise ToolMissing(f"the model {model!r} is not known")
