"""Optional packages of the language models: imported when a model is opened, missed with the extra that brings them."""

from __future__ import annotations

import importlib
from types import ModuleType

from soundwright.orchestrator.llm.errors import ModelUnavailable


def need(package: str, extra: str) -> ModuleType:
    """The package, imported now.

    Raises:
        ModelUnavailable: it is not installed.
    """
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise ModelUnavailable(
            f"The package {error.name or package} is missing. Install it with: pip install 'soundwright[{extra}]'"
        ) from None
