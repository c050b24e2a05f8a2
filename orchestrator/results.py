"""Where the executor looks for the check of results; it stands with the contract, so that plug-ins can use it too."""

from __future__ import annotations

from soundwright.tools.results import checked, checked_length

__all__ = ["checked", "checked_length"]
