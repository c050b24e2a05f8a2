"""A ``speak`` request as spoken words, the same for every English engine."""

from __future__ import annotations

import unicodedata

from soundwright.tools.assets import Text, Transcript
from soundwright.tools.base import Request
from soundwright.tools.errors import ToolError
from soundwright.tools.tts.text_normalise import SpokenWord, normalise


def text_of(request: Request) -> str:
    """The text to speak: a parameter, or fed by a step."""
    fed = request.inputs.get("text")
    return fed.text if isinstance(fed, Text | Transcript) else str(request.params.get("text", ""))


def spoken_words(request: Request, *, british: bool) -> tuple[SpokenWord, ...]:
    """The words of a request with what is said for each.

    Raises:
        ToolError: nothing can be said, or a word is in letters that English is not written in.
    """
    text = text_of(request)
    pairs = [(str(p["word"]), str(p["say"])) for p in request.params.get("pronounce", ())]
    words = normalise(text, pairs, british=british)
    for word in words:
        foreign = next((letter for letter in word.spoken if _is_foreign(letter)), None)
        if foreign is not None:
            raise ToolError(
                f"{word.written!r} cannot be spoken in English ({_script(foreign)} letters). Add it to `pronounce`."
            )
    if not any(letter.isalpha() for word in words for letter in word.spoken):
        raise ToolError(f"There is nothing to speak in {text[:60]!r}.")
    return words


def _is_foreign(letter: str) -> bool:
    return letter.isalpha() and not unicodedata.name(letter, "LATIN").startswith(
        ("LATIN", "MODIFIER", "FULLWIDTH LATIN")
    )


def _script(letter: str) -> str:
    return unicodedata.name(letter, "unknown").split()[0].capitalize()
