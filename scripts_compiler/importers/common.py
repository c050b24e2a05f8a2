"""What all importers share: the result, limits, clean text, free ids, and the step from plain data to a script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.script import ID_PATTERN, LANGUAGE_PATTERN, RESERVED_ID, Script

MAX_CHARS = 1_000_000  # a long novel; more than this makes more cues than a script holds
MAX_SPEECH_CHARS = 2000
MAX_DESCRIPTION_CHARS = 500
MAX_TITLE_CHARS = 200
MAX_NAME_CHARS = 64
MAX_EMOTION_CHARS = 100
MAX_CUES = 5000
MAX_VOICES = 64
MAX_PROBLEMS = 200
NARRATOR = "Narrator"
NARRATOR_DESCRIPTION = "calm storyteller, warm and unhurried"

_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’»›“‘)\]]{0,4}\s+|[。！？]")
_UNSPEAKABLE = {"Cc", "Cs", "Cf", "Co", "Cn"}
_JOINERS = "\u200c\u200d\ufe0f"  # between letters of some scripts and in emoji: part of the text


@dataclass(frozen=True, slots=True)
class Imported:
    """A script made from a foreign text, what was adapted on the way, and the kind the text was read as."""

    script: Script
    notes: tuple[Problem, ...]
    kind: str


@dataclass(slots=True)
class Report:
    """Collects what is wrong (``errors``) and what was adapted (``notes``) while reading goes on."""

    errors: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def error(self, place: str, found: str, remedy: str = "") -> None:
        """Something that stops the import."""
        if len(self.errors) < MAX_PROBLEMS:
            self.errors.append(Problem(place, found, remedy))

    def note(self, place: str, found: str, remedy: str = "") -> None:
        """Something that was adapted."""
        if len(self.notes) < MAX_PROBLEMS:
            self.notes.append(Problem(place, found, remedy, warning=True))

    def stop_if_wrong(self, source: str = "") -> None:
        """Raise all errors found so far, if there are any."""
        if self.errors:
            raise ScriptError(self.errors, source)


@dataclass(slots=True)
class Ids:
    """Hands out free ids of a script, readable where the hint allows it."""

    taken: set[str] = field(default_factory=lambda: {RESERVED_ID})
    counts: dict[str, int] = field(default_factory=dict)

    def new(self, hint: str, fallback: str = "cue") -> str:
        """A free id, like the hint where that has letters."""
        base = slug(hint) or fallback
        if base not in self.taken:
            self.taken.add(base)
            return base
        number = self.counts.get(base, 2)
        while f"{base}_{number}" in self.taken:
            number += 1
        self.counts[base] = number + 1
        self.taken.add(f"{base}_{number}")
        return f"{base}_{number}"

    def numbered(self, kind: str) -> str:
        """A free id such as ``line_3`` for a cue of this kind."""
        number = self.counts.get(kind, 0) + 1
        while f"{kind}_{number}" in self.taken:
            number += 1
        self.counts[kind] = number
        self.taken.add(f"{kind}_{number}")
        return f"{kind}_{number}"


def slug(text: str) -> str:
    """At most 24 letters, digits and underscores that start with a letter; empty where nothing of the text fits."""
    plain = unicodedata.normalize("NFKD", text[:200]).encode("ascii", "ignore").decode("ascii").lower()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    words = words.lstrip("0123456789_")[:24].rstrip("_")
    return words if re.match(ID_PATTERN, words) else ""


def clean_text(text: str) -> str:
    """The text with one kind of line end, without byte order mark, control characters and lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = text.replace("\x0b", "\n").replace("\x0c", "\n").replace("\x85", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(_clean_character(c) for c in text)


def _clean_character(char: str) -> str:
    if char in "\n\t" or char in _JOINERS:
        return char
    category = unicodedata.category(char)
    if category not in _UNSPEAKABLE:
        return char
    return "\ufffd" if category == "Cs" else "" if category in ("Cf", "Cn", "Co") else " "


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """The text cut at a word so that it has at most ``limit`` characters."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    return (cut.rsplit(" ", 1)[0] or cut).rstrip(" ,;:") or cut


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its end mark and closing quotes."""
    found, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [s for s in found if s]


def split_speech(text: str, limit: int = MAX_SPEECH_CHARS) -> list[str]:
    """The text in pieces of at most ``limit`` characters, cut at sentences, else at words, else anywhere."""
    text = one_line(text)
    if len(text) <= limit:
        return [text] if text else []
    pieces: list[str] = []
    current = ""
    for sentence in sentences(text):
        for part in _hard_split(sentence, limit):
            if current and len(current) + 1 + len(part) > limit:
                pieces.append(current)
                current = part
            else:
                current = f"{current} {part}" if current else part
    return [*pieces, current] if current else pieces


def _hard_split(sentence: str, limit: int) -> Iterator[str]:
    while len(sentence) > limit:
        cut = sentence.rfind(" ", limit // 2, limit + 1)
        cut = cut if cut > 0 else limit
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence


def speakable(text: str) -> bool:
    """Whether a text has anything to say: a letter or a digit."""
    return any(c.isalnum() for c in text)


def title_from_name(name: str) -> str:
    """A title from a file name: ``harbour_night.fountain`` gives ``Harbour night``."""
    stem = re.split(r"[/\\]", name)[-1]
    stem = stem.rsplit(".", 1)[0] if "." in stem[1:] else stem
    words = one_line(re.sub(r"[_\-]+", " ", clean_text(stem)))
    return shorten(words[:1].upper() + words[1:], MAX_TITLE_CHARS)


def check_size(text: str, source: str = "") -> None:
    """Refuse texts that no script could hold.

    Raises:
        ScriptError: the text has more than ``MAX_CHARS`` characters.
    """
    if len(text) > MAX_CHARS:
        raise ScriptError(
            [Problem("", f"the text has {len(text):,} characters, more than {MAX_CHARS:,}.",
                     "Import it in parts, such as one chapter at a time.")], source)  # fmt: skip


def check_language(language: str) -> None:
    """Refuse what is no BCP 47 tag.

    Raises:
        ScriptError: the tag is malformed.
    """
    if not re.match(LANGUAGE_PATTERN, language):
        raise ScriptError(
            [Problem("language", f"{shorten(language, 40)!r} is no language tag.", "Write one such as en or pt-BR.")]
        )


def build_script(data: dict[str, Any], report: Report, source: str = "") -> Script:
    """The checked script of plain ``data``; every problem so far and every breach of the model at once.

    Raises:
        ScriptError: there is anything wrong.
    """
    _check_counts(data, report)
    report.stop_if_wrong(source)
    try:
        return Script.model_validate(data)
    except ValidationError as error:
        raise ScriptError(_model_problems(error), source) from error


def _check_counts(data: dict[str, Any], report: Report) -> None:
    if len(data["cues"]) > MAX_CUES:
        report.error("", f"the text makes {len(data['cues']):,} cues, more than {MAX_CUES:,}.", "Import it in parts.")
    if len(data.get("voices", ())) > MAX_VOICES:
        report.error("", f"the text names {len(data['voices'])} voices, more than {MAX_VOICES}.",
                     "Let some of them share a name.")  # fmt: skip


def _model_problems(error: ValidationError) -> Sequence[Problem]:
    return [
        Problem(".".join(str(p) for p in e["loc"]), e["msg"]) for e in error.errors(include_url=False)[:MAX_PROBLEMS]
    ]
