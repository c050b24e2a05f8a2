"""Whose voice is taken on: which operations do it, and what a script has to say then."""

from __future__ import annotations

from collections.abc import Collection

SOMEBODYS_VOICE = frozenset({"clone_voice", "convert_voice"})
"""Operations that take on a person's voice, whatever else they are given."""
PORTS_OF_VOICES = frozenset({"sample", "clone"})
"""Inputs of ``speak`` that make it do so."""
NEEDED = "cloning a voice from a sample needs consent: true"


def takes_on_a_voice(op: str, given: Collection[str]) -> bool:
    """Whether an operation with these inputs and parameters takes on the voice of somebody."""
    return op in SOMEBODYS_VOICE or (op == "speak" and not PORTS_OF_VOICES.isdisjoint(given))
