"""Errors of language models, each with its remedy.

SoundwrightError
+-- LanguageModelError
    +-- ModelUnavailable   no key, no server, no such model, package missing: the user sets it up (exit code 4)
    +-- ModelRefused       it will not answer this, or the context is too long: the user asks otherwise (exit code 3)
    +-- BadAnswer          no JSON where JSON was asked for: the model is told and tries again (exit code 3)
"""

from __future__ import annotations

from soundwright.orchestrator.llm.base import Usage
from soundwright.scripts_compiler.errors import Addressee, SoundwrightError


class LanguageModelError(SoundwrightError):
    """Base of all errors of language models."""

    exit_code = 3


class ModelUnavailable(LanguageModelError):
    """The model cannot be reached; the message says what to set up."""

    exit_code = 4


class ModelRefused(LanguageModelError):
    """The model refused, or cannot take so long a text."""


class BadAnswer(LanguageModelError):
    """An answer without usable JSON. ``text`` is what came, ``usage`` what it cost, where the client knows."""

    addressee: Addressee = "llm"

    def __init__(self, message: str, text: str = "", usage: Usage | None = None) -> None:
        super().__init__(message)
        self.text = text
        self.usage = Usage() if usage is None else usage
