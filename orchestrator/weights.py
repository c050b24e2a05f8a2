"""What binding and running need of the model store, and a stand-in where no tool has models."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from soundwright.tools.errors import ToolMissing
from soundwright.tools.model_store import Obstacle


class Weights(Protocol):
    """Where the weights of tools come from: ``tools.model_store.ModelStore``."""

    offline: bool

    def is_ready(self, model: str) -> bool:
        """Whether all files of a model are here.

        Raises:
            ToolMissing: there is no such model.
        """

    def hashes(self, models: Iterable[str]) -> dict[str, str]:
        """The sha256 of all files of several models, by file name; reads no file.

        Raises:
            ToolMissing: there is no such model.
        """

    def paths(self, models: Iterable[str]) -> dict[str, Path]:
        """All files of several models by file name, checked.

        Raises:
            ToolMissing: one is not there or damaged.
        """

    def pull(self, model: str) -> None:
        """Fetch what is missing of a model.

        Raises:
            ToolMissing: it cannot be had.
        """

    def obstacle(self, model: str) -> Obstacle | None:
        """Why a model that is not ready is not to be fetched by a run, and what would help; None where it may be."""

    def confirm(self, models: Iterable[str]) -> None:
        """Make sure that the files of ``paths`` are still those that were checked: to be called after loading.

        Raises:
            ToolMissing: one was changed.
        """


class NoWeights:
    """For tools without models."""

    offline = True

    def is_ready(self, model: str) -> bool:
        """Raises ToolMissing."""
        raise _unknown(model)

    def hashes(self, models: Iterable[str]) -> dict[str, str]:
        """Nothing for no models."""
        return {model: _refused(model) for model in models}

    def paths(self, models: Iterable[str]) -> dict[str, Path]:
        """Nothing for no models."""
        return {model: Path(_refused(model)) for model in models}

    def pull(self, model: str) -> None:
        """Raises ToolMissing."""
        raise _unknown(model)

    def obstacle(self, model: str) -> Obstacle | None:
        """Raises ToolMissing."""
        raise _unknown(model)

    def confirm(self, models: Iterable[str]) -> None:
        """Nothing for no models."""
        for model in models:
            raise _unknown(model)


def _refused(model: str) -> str:
    raise _unknown(model)


def _unknown(model: str) -> ToolMissing:
    return ToolMissing(f"There is no model {model!r} here.")
