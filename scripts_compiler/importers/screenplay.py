"""Screenplays, plain or Fountain: speeches, sounds in brackets, pauses, scenes with their spaces.

Action is not spoken. Where it names something audible that is heard; the rest is listed in the notes, or read by a
narrator where that was asked for (``narrate=True``).
"""

from __future__ import annotations

import re

from soundwright.scripts_compiler.importers.audible import KnownSound, heard
from soundwright.scripts_compiler.importers.builder import Builder, Cue
from soundwright.scripts_compiler.importers.common import Imported, Report, one_line, sentences, shorten
from soundwright.scripts_compiler.importers.directions import (
    Cueing,
    is_way_of_speaking,
    read_bracket,
    read_pause,
    read_vocal,
)  # fmt: skip
from soundwright.scripts_compiler.importers.screenplay_lines import Element, Lexer
from soundwright.scripts_compiler.importers.spaces import space_of

KIND, FOUNTAIN = "screenplay", "fountain"
OFF_STAGE_DB = -5.0
_INLINE = re.compile(r"\[([^\[\]]{0,500})\]|\(([^()]{0,300})\)")
_EXTENSION = re.compile(r"\(([^()]*)\)")
_TELEPHONE = re.compile(r"\b(?:phone|telephone|call|line|filtered|earpiece|am telefon|au téléphone)\b", re.IGNORECASE)
_RADIO = re.compile(
    r"\b(?:radio|walkie.?talkie|intercom|comms?|loudspeaker|tannoy|p\.?a\.?|television|tv|on tape|recorded)\b",
    re.IGNORECASE,
)
_OFF = re.compile(
    r"\b(?:o\.?\s?s\.?|o\.?\s?c\.?|off.?screen|off.?stage|off|from (?:outside|afar|the next room))(?!\w)", re.IGNORECASE
)
_MUFFLED = re.compile(r"\b(?:through the (?:door|wall|window)|behind the (?:door|wall)|muffled)\b", re.IGNORECASE)
_PLAIN = re.compile(
    r"\s*(?:v\.?\s?o\.?|voice.?over|cont(?:['’]?d|inued|inuing|\.)?|more|pre-?lap|subtitled?|archive|narration)\s*\.?\s*$",
    re.IGNORECASE,
)


def import_screenplay(
    text: str,
    title: str = "",
    language: str = "en",
    *,
    kind: str = KIND,
    narrate: bool = False,
    known: KnownSound | None = None,
) -> Imported:
    """Read a screenplay; ``kind`` ``fountain`` takes a colon in action for text, ``screenplay`` for a speech.

    Raises:
        ScriptError: nothing in it is audible, or it is longer than a script holds.
    """
    builder = Builder(Report(), title, language)
    elements = Lexer(text, colons=kind != FOUNTAIN).read()
    emotion = ""
    for element in elements:
        emotion = _add(builder, element, emotion, narrate, known)
    return builder.imported(kind)


def _add(builder: Builder, element: Element, emotion: str, narrate: bool, known: KnownSound | None) -> str:
    """Add one element; the result is a way of speaking that the next speech takes over."""
    place = f"line {element.line}"
    if element.kind == "key":
        if element.name == "title" and one_line(element.text):
            builder.title = one_line(element.text)
    elif element.kind == "scene":
        builder.scene(element.text, space_of(element.text))
    elif element.kind == "direction":
        _direct(builder, element.text, place)
    elif element.kind == "pause":
        return _parenthetical(builder, element.text, place, narrate, known)
    elif element.kind == "action":
        _act(builder, element.text, place, narrate, known)
        return emotion
    else:
        element.name = _mixed_case(element.name)
        _speak(builder, element, emotion)
    return ""


def _mixed_case(name: str) -> str:
    """Names in capitals as people write them: ``OLD MAN`` gives ``Old Man``; short ones (``DJ``, ``AI``) stay."""
    if name != name.upper() or len(name) <= 2:
        return name
    return re.sub(r"['’]S\b", "'s", name.title())


def _direct(builder: Builder, text: str, place: str) -> None:
    cueing = read_bracket(text)
    if cueing is None:
        builder.report.note(place, f"[{shorten(text, 60)}] asks for no sound; it was left out.")
    else:
        builder.direction(cueing, place)


def _parenthetical(builder: Builder, text: str, place: str, narrate: bool, known: KnownSound | None) -> str:
    """A line in parentheses: a pause, something heard, or the way the next line is said."""
    if (pause := read_pause(text)) is not None:
        builder.pause(pause)
    elif is_way_of_speaking(text) and not heard(text, known):
        return text
    else:
        _act(builder, text, place, narrate, known)
    return ""


def _act(builder: Builder, text: str, place: str, narrate: bool, known: KnownSound | None) -> None:
    for sentence in sentences(one_line(text)):
        sounds = heard(sentence, known)
        if narrate:
            builder.narrate(sentence)
        elif not sounds:
            builder.report.note(place, f"action that is not heard: {shorten(sentence, 80)!r}.")
        for sound in sounds:
            builder.direction(
                Cueing("bed" if sound.lasting else "sound", sound.description, sound.length_s or None), place
            )


def _speak(builder: Builder, element: Element, emotion: str) -> None:
    """A speech with its sounds, pauses and vocal sounds in brackets, in their order."""
    fields, ways = _extensions(element.extensions)
    emotion = ", ".join(w for w in (emotion, *ways) if w)
    place = f"line {element.line}"
    if element.dual and (partner := _last_speech(builder)) is not None:
        fields["start"] = {"with": builder.id_of(partner)}
    text, said, count = element.text, "", len(builder.cues)
    for is_text, piece in _pieces(text):
        if is_text:
            said = f"{said} {piece}".strip()
            continue
        bracket = piece.startswith("[")
        inner = piece[1:-1].strip()
        vocal = read_vocal(inner)
        directs = bracket or vocal is not None or read_pause(inner) is not None or is_way_of_speaking(inner)
        # at the head of a speech any short parenthesis directs; elsewhere it is part of what is said
        if not directs and (said or len(inner) > 60 or element.text[:1] != "("):
            said = f"{said} {inner}".strip()
            continue
        _say(builder, element, said, emotion, fields)
        said = ""
        if vocal is not None:
            builder.vocal(element.name, vocal, **_once(fields))
        elif bracket:
            _direct(builder, inner, place)
        elif (pause := read_pause(inner)) is not None:
            builder.pause(pause)
        else:
            emotion = inner
    _say(builder, element, said, emotion, fields)
    if len(builder.cues) == count:
        builder.report.note(place, f"{element.name} says nothing here; the line was left out.")


def _say(builder: Builder, element: Element, said: str, emotion: str, fields: Cue) -> None:
    if said.strip():
        builder.speech(element.name, said, emotion, **_once(fields))


def _once(fields: Cue) -> Cue:
    """The fields of the next cue; a start holds for the first one only."""
    taken = dict(fields)
    fields.pop("start", None)
    return taken


def _pieces(text: str) -> list[tuple[bool, str]]:
    pieces, at = [], 0
    for match in _INLINE.finditer(text):
        pieces.append((True, text[at : match.start()].strip()))
        pieces.append((False, match.group()))
        at = match.end()
    pieces.append((True, text[at:].strip()))
    return [p for p in pieces if p[1]]


def _extensions(text: str) -> tuple[Cue, list[str]]:
    """Fields and ways of speaking of ``(V.O.)``, ``(ON PHONE)``, ``(whispering)``, ..."""
    fields: Cue = {}
    ways = []
    for extension in (part.strip() for inner in _EXTENSION.findall(text) for part in re.split(r"[,/;]", inner)):
        if _TELEPHONE.search(extension):
            fields["effects"] = ["telephone"]
        elif _RADIO.search(extension):
            fields["effects"] = ["radio"]
        elif _MUFFLED.search(extension):
            fields["effects"] = ["muffled"]
        elif _OFF.search(extension):
            fields["gain"] = OFF_STAGE_DB
        elif extension and not _PLAIN.match(extension):
            ways.append(extension.lower() if extension.isupper() else extension)
    return fields, ways


def _last_speech(builder: Builder) -> Cue | None:
    return next((c for c in reversed(builder.cues[-20:]) if c["type"] == "speech"), None)
