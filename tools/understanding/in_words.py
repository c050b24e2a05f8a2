"""Sentences from what was measured: nothing is said that no measurement says."""

from __future__ import annotations

from collections.abc import Sequence

from soundwright.tools.assets import Event, Transcript

_QUOTED_WORDS = 40
_LANGUAGES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fi": "Finnish", "fr": "French", "hi": "Hindi", "hu": "Hungarian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def language_name(tag: str) -> str:
    """English for German, and so on; the tag itself where the name is not known."""
    return _LANGUAGES.get(tag.partition("-")[0].lower(), tag or "an unknown language")


def seconds(value: float) -> str:
    """``3.2 s``, or ``2 min 5 s`` from two minutes on."""
    if value < 120:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


def listed(items: Sequence[str]) -> str:
    """``rain``, ``rain and wind``, ``rain, wind and thunder``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def caption(length_s: float, tags: Sequence[str], said: Transcript | None) -> str:
    """One sentence or two about a recording: how long, what sounds, what is said in which language."""
    heard = (
        f"{seconds(length_s)} of {listed([tag.lower() for tag in tags])}." if tags else f"{seconds(length_s)} of sound."
    )
    return f"{heard} {words(said)}".strip()


def words(said: Transcript | None) -> str:
    """What is said, in quotes, cut after some forty words; empty where nothing is said."""
    if said is None or not said.text.strip():
        return ""
    spoken = said.text.split()
    more = " …" if len(spoken) > _QUOTED_WORDS else ""
    return f"Somebody says in {language_name(said.language)}: “{' '.join(spoken[:_QUOTED_WORDS])}{more}”"


def times(events: Sequence[Event]) -> str:
    """``from 1.2 s to 3.4 s and from 8.0 s to 9.1 s``, at most five of them."""
    spans = [f"from {event.start_s:.1f} s to {event.end_s:.1f} s" for event in events[:5]]
    return listed(spans) + (f", and {len(events) - 5} times more" if len(events) > 5 else "")
