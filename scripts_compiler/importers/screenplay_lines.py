"""Reads a screenplay, plain or Fountain, into elements: headings, speeches, directions, action, pauses.

Plain lines are ``NAME: words``, ``NAME (whispering): words``, ``[a sound]`` and ``(beat)``. Fountain is read by the
rules of its syntax page (fountain.io/syntax): a name in capitals after an empty line opens a dialogue.
"""

# ruff: noqa: E501 - tables of patterns read better a line each
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from soundwright.scripts_compiler.importers.common import MAX_NAME_CHARS

_CUT = "\x01"  # no clean text holds it
Kind = Literal["scene", "speech", "direction", "action", "pause", "key"]

_TITLE_KEY = re.compile(
    r"(title|credit|authors?|writers?|written by|by|source|draft date|date|contact|copyright|notes?|revision|language|genre|episode|format|length)"
    r"\s*[:：]\s*(.*)", re.IGNORECASE)  # fmt: skip
_SCENE = re.compile(r"(?:INT\.?/EXT|EXT\.?/INT|INT|EXT|EST|I/E|INNEN|AUSSEN)(?:\.\s*|\s+)(?=\S)", re.IGNORECASE)
_NAMED_SCENE = re.compile(r"(?:(?:scene|szene|scène|escena)\b(?:\s+[\w.]{1,12})?\s*(?:[:：.—–-]\s*(?P<title>.{1,190}))?|(?:act|akt|acte)\s+[\w]{1,12}\.?)$",
                          re.IGNORECASE)  # fmt: skip
_TRANSITION = re.compile(
    r"[A-ZÄÖÜ' .]{2,40}\bTO:$|(?:FADE|CUT|DISSOLVE|SMASH CUT|BLACKOUT|THE END|END OF ACT|END)\b[A-Z .]{0,30}[.:]?$"
)
_COLON = re.compile(
    r"(?P<name>[^\s:：\[\]{}][^:：\[\]{}()\n]{0,63}?)\s*(?:\((?P<way>[^()\n]{0,120})\)\s*)?[:：]\s*(?P<text>.*)$"
)
_CHARACTER = re.compile(
    r"(?P<name>[^\s()\[\]^:][^()\[\]^:\n]{0,63}?)\s*(?P<extensions>(?:\([^()\n]{0,80}\)\s*){0,3})(?P<dual>\^)?$"
)
_LOWER_IN_NAMES = frozenset(
    [
        "of",
        "the",
        "de",
        "del",
        "della",
        "di",
        "da",
        "du",
        "la",
        "le",
        "von",
        "van",
        "der",
        "den",
        "zu",
        "and",
        "und",
        "et",
        "y",
        "al",
        "bin",
        "ibn",
        "no",
        "nr",
        "mc",
        "mac",
        "o'",
    ]
)
_NO_NAMES = frozenset(
    [
        "http",
        "https",
        "note",
        "notes",
        "warning",
        "todo",
        "scene",
        "title",
        "time",
        "place",
        "setting",
        "characters",
        "cast",
        "chapter",
        "act",
        "part",
        "date",
        "ps",
    ]
)
_SOUND_LABEL = re.compile(
    r"(?:sound effects?|sound|sfx|fx|music|score|ambien(?:ce|t)|ambiance|amb|atmos|atmosphere|background|geräusch|musik|musique|bruit)$",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3}|_{1,3})(?=\S)([^*_\n]{1,1000}?)(?<=\S)(?<!\\)\1(?!\w)")


@dataclass(slots=True)
class Element:
    """One thing of a screenplay, with the line it stands in (from 1). ``name`` and ``ways`` belong to speeches."""

    kind: Kind
    text: str
    line: int
    name: str = ""
    extensions: str = ""
    dual: bool = False


def is_scene_heading(line: str) -> bool:
    """Whether a line is a heading such as ``INT. CHURCH - NIGHT`` or ``Scene 2: The tower``."""
    line = line.strip()[:300]
    return _SCENE.match(line) is not None or _NAMED_SCENE.match(line) is not None


def is_name(text: str) -> bool:
    """Whether words before a colon can be a character's name: few, and each with a capital where the script has any."""
    words = text.split()
    if (
        not 1 <= len(words) <= 5
        or len(text) > MAX_NAME_CHARS
        or text.lower() in _NO_NAMES
        or words[0].lower() in _NO_NAMES
    ):
        return False
    if not any(c.isalpha() for c in text) or (text[-1] in ".,;!?-" and not text.endswith(".")):
        return False
    return not words[0][:1].islower() and all(not w[:1].islower() or w.lower() in _LOWER_IN_NAMES for w in words)


def is_character_cue(line: str) -> bool:
    """Whether a line is a name in capitals, as Fountain opens a dialogue."""
    line = line.strip()
    if line.startswith("@") and len(line) <= MAX_NAME_CHARS + 60:
        return any(c.isalpha() for c in line)
    match = _CHARACTER.match(line[:320])
    if not match or len(line) > 320 or is_scene_heading(line) or _TRANSITION.match(line):
        return False
    name = match["name"]
    letters = [c for c in name if c.isalpha()]
    return (
        bool(letters)
        and name == name.upper()
        and name != name.lower()
        and name[-1] not in ".,;!?-–—"
        and len(name.split()) <= 6
    )


def colon_speech(line: str) -> tuple[str, str, str] | None:
    """(name, way, text) of a line ``NAME (way): text``, or None."""
    match = _COLON.match(line.strip())
    if not match or not is_name(match["name"].strip()) or match["text"].startswith("//"):
        return None
    return match["name"].strip(), (match["way"] or "").strip(), match["text"].strip()


def strip_emphasis(text: str) -> str:
    """The text without Fountain's and Markdown's marks of emphasis; escaped marks stay as characters."""
    for _ in range(3):
        shorter = _EMPHASIS.sub(r"\2", text)
        if shorter == text:
            break
        text = shorter
    return re.sub(r"\\([*_\[\]()#>~!@.])", r"\1", text)


def without_comments(text: str) -> str:
    """The text without notes ``[[ ]]`` and boneyard ``/* */``; line ends stay, so that lines keep their numbers.

    A mark stays where something was cut: a line that holds nothing else is no empty line, so it ends no dialogue.
    """
    for opening, closing in (("/*", "*/"), ("[[", "]]")):
        parts, at = [], 0
        while (start := text.find(opening, at)) >= 0:
            end = text.find(closing, start + 2)
            if end < 0:
                break
            parts.append(text[at:start])
            parts.append(_CUT + f"\n{_CUT}" * text.count("\n", start, end))
            at = end + 2
        text = "".join([*parts, text[at:]])
    return text


def _uncut(line: str) -> str:
    """The line without marks of cuts, or the mark alone where nothing else is left."""
    if _CUT not in line:
        return line
    return line.replace(_CUT, "") if line.strip(f" \t{_CUT}") else _CUT


class Lexer:
    """One pass over the lines; ``colons`` reads ``NAME: words`` as a speech."""

    def __init__(self, text: str, colons: bool) -> None:
        self.lines = [_uncut(strip_emphasis(line.rstrip())) for line in without_comments(text).split("\n")]
        self.colons = colons
        self.elements: list[Element] = []
        self.at = 0

    def read(self) -> list[Element]:
        """All elements in order."""
        self.title_page()
        while self.at < len(self.lines):
            line = self.lines[self.at].strip()
            number = self.at + 1
            self.at += 1
            if line and line != _CUT and not re.match(r"(?:={1,2}(?!=)|={3,}$|-{3,}$|\*{3,}$|```)", line):
                self.element(line, number)
        return self.elements

    def title_page(self) -> None:
        """``Key: value`` lines at the head, up to the first empty line."""
        key = None
        while self.at < len(self.lines):
            line = self.lines[self.at]
            match = _TITLE_KEY.match(line.strip())
            if match and not line.startswith((" ", "\t")):
                key = Element("key", match[2].strip(), self.at + 1, name=match[1].lower())
                self.elements.append(key)
            elif key is not None and line.startswith((" ", "\t")) and line.strip():
                key.text = f"{key.text} {line.strip()}".strip()
            elif line.strip():
                return
            elif key is not None:
                self.at += 1
                return
            self.at += 1

    def element(self, line: str, number: int) -> None:  # noqa: PLR0912 - one branch a rule
        """One line that is not empty, and those that belong to it."""
        if line.startswith("#"):
            self.section(line, number)
        elif line.startswith("!"):
            self.add("action", line[1:], number)
        elif line.startswith(">"):
            if line.endswith("<"):
                self.add("action", line[1:-1].strip(), number)
        elif line.startswith(".") and line[1:2].isalnum():
            self.add("scene", line[1:], number)
        elif is_scene_heading(line):
            self.add("scene", _scene_title(line), number)
        elif line.startswith("[") and line.endswith("]"):
            for part in re.split(r"\]\s*\[", line[1:-1]):
                self.add("direction", part, number)
        elif line.startswith("(") and line.endswith(")"):
            self.add("pause", line[1:-1], number)
        elif self.opens_dialogue(line):
            self.dialogue(line, number)
        elif _TRANSITION.match(line):
            return
        elif (spoken := colon_speech(line.removeprefix("- "))) is not None and (
            self.colons or _SOUND_LABEL.match(spoken[0])
        ):
            self.colon(spoken, number)
        else:
            self.add("action", line.removeprefix("~").strip(), number)

    def section(self, line: str, number: int) -> None:
        """A first heading is the title; headings that say Scene are scenes; others only structure the page."""
        text = line.lstrip("#").strip()
        if self.colons and is_scene_heading(text):
            self.add("scene", _scene_title(text), number)
        elif text and not self.elements and line.startswith("# "):
            self.elements.append(Element("key", text, number, name="title"))

    def opens_dialogue(self, line: str) -> bool:
        """Whether a line is a name in capitals between an empty line and words."""
        before = self.lines[self.at - 2].strip(f" \t{_CUT}") if self.at >= 2 else ""
        after = self.lines[self.at].strip() if self.at < len(self.lines) else ""
        return not before and bool(after) and after != _CUT and not after.startswith("[") and is_character_cue(line)

    def dialogue(self, line: str, number: int) -> None:
        """A name and the lines up to the next empty one."""
        forced = line.startswith("@")
        match = _CHARACTER.match(line[1:] if forced else line)
        name = match["name"] if match else line[1:]
        speech = Element(
            "speech", "", number, name.strip(), match["extensions"] if match else "", bool(match and match["dual"])
        )
        said = []
        while self.at < len(self.lines) and self.lines[self.at].strip():
            said.append(self.lines[self.at].strip(f" {_CUT}").removeprefix("~").strip())
            self.at += 1
        speech.text = " ".join(said)
        self.elements.append(speech)

    def colon(self, spoken: tuple[str, str, str], number: int) -> None:
        """``NAME: words`` and the lines that go on with it."""
        name, way, text = spoken
        if _SOUND_LABEL.match(name):
            self.add("direction", f"{name}: {text.strip('[]')}", number)
            return
        said = [text]
        while self.at < len(self.lines) and self.continues(self.lines[self.at]):
            said.append(self.lines[self.at].strip(f" {_CUT}"))
            self.at += 1
        self.elements.append(Element("speech", " ".join(s for s in said if s), number, name, f"({way})" if way else ""))

    def continues(self, line: str) -> bool:
        """Whether a line goes on with the speech of the line before."""
        text = line.strip()
        if not text or text[0] in "[#!>.=@" or (text[0] == "(" and text[-1] == ")") or is_scene_heading(text):
            return False
        return (
            colon_speech(text.removeprefix("- ")) is None
            and _TRANSITION.match(text) is None
            and not text.startswith(("---", "***", "```"))
        )

    def add(self, kind: Kind, text: str, number: int) -> None:
        """An element, unless it is empty."""
        if text.strip():
            self.elements.append(Element(kind, text.strip(), number))


def _scene_title(line: str) -> str:
    """A heading without its scene number; ``Scene 2: The tower`` gives ``The tower``."""
    line = re.sub(r"\s*#[\w.\-]{1,12}#\s*$", "", line.strip())
    match = _NAMED_SCENE.match(line)
    return match["title"].strip() if match and match["title"] else line
