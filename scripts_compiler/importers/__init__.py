"""Importers: scripts from the WavJourney list and its table form, from screenplays, prose and answers of LLMs.

Each raises ``ScriptError`` alone, with every problem at once; what was adapted without harm comes back as notes.
"""

from __future__ import annotations

from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.importers.answer import import_answer
from soundwright.scripts_compiler.importers.audible import KnownSound
from soundwright.scripts_compiler.importers.common import (
    Imported,
    check_language,
    check_size,
    clean_text,
    shorten,
    title_from_name,
)  # fmt: skip
from soundwright.scripts_compiler.importers.detect import KINDS, detect
from soundwright.scripts_compiler.importers.prose import import_prose
from soundwright.scripts_compiler.importers.screenplay import import_screenplay
from soundwright.scripts_compiler.importers.wavjourney import import_wavjourney
from soundwright.scripts_compiler.importers.wavjourney_table import import_table

__all__ = ["KINDS", "Imported", "detect", "import_text"]


def import_text(
    text: str,
    kind: str | None = None,
    name: str = "",
    *,
    language: str = "en",
    narrate: bool = False,
    known_sounds: KnownSound | None = None,
) -> Imported:
    """A script from a foreign text.

    ``kind`` is one of ``KINDS``, or None to detect it; ``name`` (a file name) gives the title where the text has none;
    ``narrate`` lets a narrator read the action of screenplays; ``known_sounds`` says which sounds, found in action or
    narration, can be made (those written in brackets are always kept).

    Raises:
        ScriptError: the text cannot be used; every problem with its ``line 3`` or ``item 4``.
    """
    check_size(text, name)
    check_language(language)
    if kind is None:
        kind = detect(text, name)
    text, title = clean_text(text), title_from_name(name)
    try:
        if kind == "answer":
            return import_answer(text, title)
        if kind == "wavjourney":
            return import_wavjourney(text, title, language)
        if kind == "wavjourney_table":
            return import_table(text, title, language)
        if kind == "prose":
            return import_prose(text, title, language, known=known_sounds)
        if kind in ("screenplay", "fountain"):
            return import_screenplay(text, title, language, kind=kind, narrate=narrate, known=known_sounds)
    except ScriptError as error:
        raise ScriptError(error.problems, name) from None
    raise ScriptError(
        [Problem("kind", f"{shorten(kind, 40)!r} is not known.", f"Known kinds: {', '.join(KINDS)}.")], name
    )
