"""From the bytes of a script to plain data that knows its lines: YAML 1.2 (safe types only) and JSON.

YAML is composed here from the parser's events, so that scalars follow YAML 1.2's core schema (``yes`` is a text),
nothing but plain values can be built, and keys written twice, aliases, tags, depth and size are judged in one place.
The tree that keeps comments costs many times as much and is made only when a script is edited (``edits.py``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.wording import MAX_SHOWN, Plain, short

MAX_BYTES = 5_000_000
MAX_DEPTH = 50
MAX_DIGITS = 40
MAX_VALUES = 300_000
MAX_KEY = 200
Path = tuple[str | int, ...]

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NULL = frozenset(["", "~", "null", "Null", "NULL"])
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMBER_START = frozenset("+-.0123456789")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where the wheel carries it: ten times as fast


@dataclass
class Reading:
    """Plain data of a script; ``lines`` maps paths to line numbers (from 1); ``problems`` are those found so far.

    ``poisoned`` paths hold nothing usable: what is wrong there has been said.
    """

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    poisoned: set[Path] = field(default_factory=set)
    is_json: bool = False

    def line(self, path: Path) -> int | None:
        """The line of a path or, where it was not written, of the nearest part around it."""
        for end in range(len(path), 0, -1):
            if (line := self.lines.get(path[:end])) is not None:
                return line
        return None


def decode(raw: bytes, source: str) -> str:
    """Text of a file's bytes.

    Raises:
        ScriptError: too large, empty or not UTF-8 text.
    """
    if b"\0" in raw[:4096] and not raw.startswith(_UTF16):
        raise _refused(source, "this is a binary file.", "A script is YAML or JSON text in UTF-8.")
    if len(raw) > MAX_BYTES:
        raise _refused(source, "the file is larger than 5 MB.", "No script needs that: is it another kind of file?")
    if raw.startswith(_UTF16):
        raise _refused(source, "the file is UTF-16 text.", "Save it as UTF-8.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"byte {error.start} (0x{raw[error.start]:02x}) is not UTF-8 text."
        raise _refused(source, found, "Save the file as UTF-8.", line) from error


def read(text: str, source: str, *, as_json: bool = False) -> Reading:
    """Plain data of a YAML or JSON text.

    Raises:
        ScriptError: the text is neither, or holds what a script cannot: the data could not be built at all.
    """
    text = text.removeprefix("\ufeff")
    _judge_text(text, source)
    if as_json or text.lstrip()[:1] == "{":
        try:
            return _read_json(text, source)
        except ScriptError:
            if as_json:
                raise
    return _read_yaml(text, source)


def parse_path(place: str) -> Path:
    """``cues[3].until`` (whatever follows a blank is ignored) as ``("cues", 3, "until")``."""
    parts = re.findall(r"\[(\d+)\]|([^.\[\]]+)", place.split(" ", 1)[0])
    return tuple(int(index) if index else name for index, name in parts)


def show_path(path: Path) -> str:
    """``("cues", 3, "until")`` as ``cues[3].until``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _refused(source: str, found: str, remedy: str, line: int | None = None) -> ScriptError:
    return ScriptError([Problem("", found, remedy, line=line)], source)


def _judge_text(text: str, source: str) -> None:
    if len(text) > MAX_BYTES:
        raise _refused(source, "the script is larger than 5 MB.", "No script needs that.")
    if (match := _FORBIDDEN.search(text)) is not None:
        line, code = text.count("\n", 0, match.start()) + 1, ord(match.group())
        if code == 0:
            raise _refused(source, "this is a binary file.", "A script is YAML or JSON text in UTF-8.")
        raise _refused(source, f"the character U+{code:04X} cannot stand in a script.", "Delete it.", line)
    if not text.strip():
        raise _refused(source, "the script is empty.", "Write at least version: 1 and a list of cues.")


# --- JSON ---------------------------------------------------------------------------------------------------


_JSON_HINT = "Check the commas, quotes and brackets before it."


def _read_json(text: str, source: str) -> Reading:
    reading = Reading(None, is_json=True)
    try:
        reading.data = json.loads(text, object_pairs_hook=_Pairs, parse_int=_json_int)
    except json.JSONDecodeError as error:
        raise _refused(
            source, f"this is not JSON: {error.msg}, column {error.colno}.", _JSON_HINT, error.lineno
        ) from error
    except RecursionError as error:
        raise _too_deep(source, None) from error
    _count(reading, source)
    reading.lines = _json_lines(text)
    reading.data = _plain(reading.data, (), reading, source)
    return reading


class _Pairs(list[tuple[str, Any]]):
    """The members of a JSON object, so that a key written twice is seen."""


def _json_int(digits: str) -> object:
    return int(digits) if len(digits) <= MAX_DIGITS else _HugeNumber(len(digits))


@dataclass(frozen=True, slots=True)
class _HugeNumber:
    digits: int


def _plain(value: Plain, path: Path, reading: Reading, source: str) -> Plain:
    if len(path) > MAX_DEPTH:
        raise _too_deep(source, None)
    if isinstance(value, _Pairs):
        members: dict[str, Any] = {}
        for key, inner in value:
            if key in members:
                _twice(reading, (*path, key), None)
            else:
                members[key] = _plain(inner, (*path, key), reading, source)
        return members
    if isinstance(value, list):
        return [_plain(inner, (*path, index), reading, source) for index, inner in enumerate(value)]
    if isinstance(value, _HugeNumber):
        _poison(reading, path, *_huge(value.digits))
        return None
    if isinstance(value, str) and (match := re.search("[\ud800-\udfff]", value)) is not None:
        _poison(reading, path, f"found the character U+{ord(match.group()):04X}.", "Text cannot hold it: delete it.")
        return None
    return value


def _count(reading: Reading, source: str) -> None:
    """What JSON's reader built so far is bounded by the size of the file; what follows is bounded here."""
    waiting, values = [reading.data], 0
    while waiting:
        part = waiting.pop()
        inner = [value for _, value in part] if isinstance(part, _Pairs) else part if isinstance(part, list) else []
        values += len(inner)
        if values > MAX_VALUES:
            raise _refused(source, f"it has more than {MAX_VALUES} values.", "A script has at most 5000 cues.")
        waiting += inner


def _json_lines(text: str) -> dict[Path, int]:
    try:
        return _read_yaml(text, "").lines  # JSON is YAML but for rare escapes; then there are no line numbers
    except ScriptError:
        return {}


# --- YAML ---------------------------------------------------------------------------------------------------


def _read_yaml(text: str, source: str) -> Reading:
    reading = Reading(None)
    try:
        events = yaml.parse(text, Loader=_Loader)
        _Composer(events, reading, source).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(source, *_syntax(error, text), None if mark is None else mark.line + 1) from error
    except yaml.YAMLError as error:
        raise _refused(source, f"this is not YAML: {str(error).splitlines()[0]}.", "") from error
    return reading


_HINTS = (
    ("mapping values are not allowed", "A text that holds ': ' needs quotes."),
    ("cannot start any token", "Indent with blanks, not tabs; text that begins with @, % or ` needs quotes."),
    ("expected ',' or '}'", "Close every { with } and put commas between the fields; quote text that holds commas."),
    ("expected ',' or ']'", "Close every [ with ] and put commas between the entries."),
    ("did not find expected ',' or '}'", "Close every { with } and quote text that holds commas or quotes."),
    ("did not find expected ',' or ']'", "Close every [ with ] and put commas between the entries."),
    ("unexpected end of stream", "A quote or a bracket is not closed."),
    ("did not find expected key", "Check the indentation, the commas and the quotes there and in the line before."),
    ("could not find expected ':'", "Every field is written name: value."),
    ("did not find expected '-'", "Entries of a list stand in one column."),
    ("anchor", "Text that begins with * or & needs quotes."),
    ("alias", "Text that begins with * or & needs quotes."),
    ("escape", "Inside double quotes a backslash is written twice."),
)


def _syntax(error: yaml.MarkedYAMLError, text: str) -> tuple[str, str]:
    mark = error.problem_mark or error.context_mark
    said = (error.problem or "syntax error").strip()
    column = "" if mark is None else f", column {mark.column + 1}"
    remedy = next((hint for part, hint in _HINTS if part in f"{said} {error.context or ''}"), "")
    return f"this is not YAML: {said}{column}.", remedy


class _Composer:
    """Builds plain data from parser events, with the line of every key and entry."""

    def __init__(self, events: Iterator[Any], reading: Reading, source: str) -> None:
        self.events, self.reading, self.source = events, reading, source
        self.values = 0

    def document(self) -> None:
        next(self.events)  # stream start
        if not isinstance(next(self.events), yaml.DocumentStartEvent):
            raise _refused(self.source, "the script is empty.", "Write at least version: 1 and a list of cues.")
        self.reading.data = self.value(next(self.events), ())
        next(self.events)  # document end
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            line = after.start_mark.line + 1
            raise _refused(self.source, "a second document begins (---).", "A file holds one script.", line)

    def value(self, event: Plain, path: Path) -> Plain:
        self.values += 1
        if self.values > MAX_VALUES:
            found = f"it has more than {MAX_VALUES} values."
            raise _refused(self.source, found, "A script has at most 5000 cues.", event.start_mark.line + 1)
        if isinstance(event, yaml.ScalarEvent):
            if event.tag is not None:
                return self.tagged(event, path)
            return event.value if event.style else self.plain_scalar(event, path)
        if isinstance(event, yaml.AliasEvent):
            remedy = "Aliases are not used: write the value out, or put quotes around a text that begins with *."
            return self.poison(event, path, f"found the alias *{short(str(event.anchor), MAX_SHOWN)}.", remedy)
        if len(path) >= MAX_DEPTH:
            raise _too_deep(self.source, event.start_mark.line + 1)
        if event.tag is not None:
            self.tagged(event, path)
        return self.mapping(path) if isinstance(event, yaml.MappingStartEvent) else self.sequence(path)

    def mapping(self, path: Path) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event, path)
            inner = (*path, key)
            repeated = key in members
            if repeated:
                _twice(self.reading, inner, event.start_mark.line + 1)
            else:
                self.reading.lines[inner] = event.start_mark.line + 1
            value = self.value(next(self.events), inner)
            if not repeated:
                members[key] = value
        return members

    def key(self, event: Plain, path: Path) -> str:
        if isinstance(event, yaml.ScalarEvent) and len(event.value) <= MAX_KEY:
            return str(event.value)
        line = event.start_mark.line + 1
        raise ScriptError([Problem(show_path(path), "a field's name is not a short text.", "", line=line)], self.source)

    def sequence(self, path: Path) -> list[Any]:
        entries: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            inner = (*path, len(entries))
            self.reading.lines[inner] = event.start_mark.line + 1
            entries.append(self.value(event, inner))
        return entries

    def plain_scalar(self, event: Plain, path: Path) -> Plain:
        """YAML 1.2 core schema: null, bool, int, float, else text."""
        text: str = event.value
        if text in _NULL:
            return None
        if text in _BOOL:
            return _BOOL[text]
        if text[0] not in _NUMBER_START:
            return text
        return self.number(event, text, path)

    def number(self, event: Plain, text: str, path: Path) -> Plain:
        """A number where the text is one."""
        if len(text) > MAX_DIGITS and (_INT.fullmatch(text) or _FLOAT.fullmatch(text)):
            return self.poison(event, path, *_huge(len(text)))
        if _INT.fullmatch(text):
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        return float(text.replace(".", "", 1)) if _SPECIAL.fullmatch(text) else text

    def tagged(self, event: Plain, path: Path) -> None:
        tag = short(event.tag.replace("tag:yaml.org,2002:", "!!"), MAX_SHOWN)
        self.poison(event, path, f"found the tag {tag}.", "Tags are not used: write the value, or quote a text.")

    def poison(self, event: Plain, path: Path, found: str, remedy: str) -> None:
        _poison(self.reading, path, found, remedy, event.start_mark.line + 1)


def _poison(reading: Reading, path: Path, found: str, remedy: str, line: int | None = None) -> None:
    reading.poisoned.add(path)
    reading.problems.append(Problem(show_path(path), found, remedy, line=line or reading.line(path)))


def _twice(reading: Reading, path: Path, line: int | None) -> None:
    first = reading.lines.get(path)
    where = f" (first in line {first})" if first is not None and line is not None else ""
    reading.problems.append(Problem(show_path(path), f"this field is written twice{where}.", "Keep one.", line=line))


def _huge(digits: int) -> tuple[str, str]:
    return f"found a number of {digits} characters.", f"Numbers have at most {MAX_DIGITS}."


def _too_deep(source: str, line: int | None) -> ScriptError:
    return _refused(source, f"brackets are nested more than {MAX_DEPTH} deep.", "No script needs that.", line)
