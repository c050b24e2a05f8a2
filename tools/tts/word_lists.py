"""Lists of words, written as a person would."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """The words of ``text``, which white space parts."""
    return tuple(text.split())
