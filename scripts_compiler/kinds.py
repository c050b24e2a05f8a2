"""Kinds of assets: what flows along the edges of a graph."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What an operation takes or gives. ``SPEECH`` is audio that also carries word times."""

    AUDIO = "Audio"
    SPEECH = "Speech"
    TEXT = "Text"
    TRANSCRIPT = "Transcript"
    STEMS = "Stems"
    EVENTS = "Events"
    NOTES = "Notes"
    VOICE = "Voice"
    IMAGE = "Image"
    SCORES = "Scores"

    def accepts(self, given: Kind) -> bool:
        """Whether an input of this kind can be fed from an output of kind ``given``."""
        return given is self or (self, given) in _ALSO


# Speech is sound that also has word times; a transcript is text that has them.
_ALSO = frozenset({(Kind.AUDIO, Kind.SPEECH), (Kind.TEXT, Kind.TRANSCRIPT)})
