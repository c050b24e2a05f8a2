"""Reads a list of objects as people and language models write it: JSON, JSON5, or a Python literal.

What is read is only ever data. Where an expression stands (``2 * 3``, ``f(x)``), its text is kept as an
``Expression`` and the importer refuses it by name. A quote that was not escaped inside a string is recognised by what
follows it: a string ends at a quote only where a comma and a new key, a closing bracket or the end comes next.
Every member keeps its line. Time is linear in the length of the text, depth is bounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from soundwright.scripts_compiler.importers.common import Report

MAX_DEPTH = 8
_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F]{1,16}|(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,6})?)"
)
_WORD = re.compile(r"[+-]?[^\W\d][\w$]{0,100}")
_KEY_AHEAD = re.compile(r"\s*(?:[}\]]|$|//|/\*|(?:\"[^\"\n]{0,60}\"|'[^'\n]{0,60}'|[^\W\d]\w{0,60})\s*:)")
_NEXT_LINE_KEY = re.compile(
    r"[^\S\n]*\n\s*(?:[\[{]|\"[^\"\n]{0,60}\"\s*:|'[^'\n]{0,60}'\s*:)"
)  # only a comma is missing
_OPERATOR = re.compile(r"\s*(?:[+%*]|\.[a-z_]{1,20}\(|\[[0-9:-]{0,20}\])")  # the string is part of an expression
_QUOTED_KEY = re.compile(r"\"(?:[^\"\\\n]|\\.){0,200}\"|'(?:[^'\\\n]|\\.){0,200}'")
_KEY_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_DOUBLE, _SINGLE = re.compile(r'[\\"]'), re.compile(r"[\\']")
_AFTER_VALUE = re.compile(r"\s*(?:[,}\]]|$|//|/\*|#)")
_CONSTANTS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None,
              "Infinity": float("inf"), "+Infinity": float("inf"), "-Infinity": float("-inf"), "NaN": float("nan"),
              "+NaN": float("nan"), "-NaN": float("nan"), "undefined": None}  # fmt: skip
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Expression:
    """Something that would have to be evaluated, and is not."""

    text: str


@dataclass(frozen=True, slots=True)
class Member:
    """A value of an object and the line (from 1) that it stands in."""

    value: object
    line: int


@dataclass(frozen=True, slots=True)
class Item:
    """An object of the list: its members by key, and its line."""

    members: dict[str, Member]
    line: int


class _Stop(Exception):
    """Reading cannot go on."""


class _Reader:
    def __init__(self, text: str, first_line: int, report: Report) -> None:
        self.text = text
        self.at = 0
        self.report = report
        self._line, self._counted = first_line, 0

    def line(self) -> int:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = max(self._counted, self.at)
        return self._line

    def fail(self, found: str, remedy: str = "") -> _Stop:
        self.report.error(f"line {self.line()}", found, remedy)
        return _Stop()

    def space(self) -> None:
        """Skip white space and comments."""
        while True:
            match = _SPACE.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.text.startswith(("//", "#"), self.at):
                end = self.text.find("\n", self.at)
            elif self.text.startswith("/*", self.at):
                end = self.text.find("*/", self.at + 2) + 2
                if end < 2:
                    raise self.fail("this comment is not closed.", "Add the missing */.")
            else:
                return
            self.at = len(self.text) if end < 0 else end

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def value(self, depth: int, in_object: bool) -> object:
        if depth > MAX_DEPTH:
            raise self.fail("brackets are nested too deeply.", "A script list is a list of flat objects.")
        char = self.peek()
        if char == "{":
            return self.mapping(depth)
        if char == "[":
            return self.sequence(depth)
        if char and char in "\"'":
            return self.string_value(in_object)
        return self.scalar()

    def sequence(self, depth: int) -> list[object]:
        opened = self.line()
        self.at += 1
        values: list[object] = []
        while True:
            self.space()
            char = self.peek()
            if char == "]":
                self.at += 1
                return values
            if not char:
                raise self.fail(f"the list opened in line {opened} is not closed.", "Add the missing ].")
            if char == ",":
                raise self.fail("a value is missing before this comma.", "Remove the comma.")
            values.append(self.value(depth + 1, in_object=False))
            self.separator("]")

    def mapping(self, depth: int) -> Item:
        opened = self.line()
        self.at += 1
        members: dict[str, Member] = {}
        while True:
            self.space()
            char = self.peek()
            if char == "}":
                self.at += 1
                return Item(members, opened)
            if not char:
                raise self.fail(f"the object opened in line {opened} is not closed.", "Add the missing }.")
            key = self.key()
            line = self.line()
            value = self.value(depth + 1, in_object=True)
            key = _joined(key)
            if key in members:
                self.report.error(f"line {line}", f"{key!r} is given twice.", "Keep one of the two.")
            members[key] = Member(value, line)
            self.separator("}")

    def key(self) -> str:
        char = self.peek()
        if char and char in "\"'":
            key = self.quoted_key()
        else:
            match = _WORD.match(self.text, self.at)
            if not match:
                raise self.fail(f"a field name was expected, {char!r} was found.", 'Write fields as "name": value.')
            key, self.at = match.group(), match.end()
        self.space()
        if self.peek() != ":":
            raise self.fail(f"a colon is missing after {key[:40]!r}.", 'Write fields as "name": value.')
        self.at += 1
        self.space()
        return key

    def separator(self, closing: str) -> None:
        self.space()
        char = self.peek()
        if char == ",":
            self.at += 1
        elif char and char != closing:
            where = "between two fields" if closing == "}" else "between two items"
            self.report.error(f"line {self.line()}", f"a comma is missing {where}, before {char!r}.", "Add the comma.")
            if char in _CLOSING:
                raise _Stop

    def string_value(self, in_object: bool) -> object:
        start = self.at
        text = self.string(in_object)
        if _OPERATOR.match(self.text, self.at):
            self.at = start
            return self.expression()
        return text

    def string(self, in_object: bool) -> str:
        quote, opened = self.peek(), self.line()
        if self.text.startswith(quote * 3, self.at) and self.text.find(quote * 3, self.at + 3) > 0:
            return self.long_string(quote * 3)
        self.at += 1
        parts: list[str] = []
        special = _DOUBLE if quote == '"' else _SINGLE
        repaired = False
        while True:
            match = special.search(self.text, self.at)
            if not match:
                self.at = len(self.text)
                self.report.error(
                    f"line {opened}", "the text that opens here is not closed.", f"Add the missing {quote}."
                )
                raise _Stop
            parts.append(self.text[self.at : match.start()])
            self.at = match.end()
            if match.group() == "\\":
                parts.append(self.escape())
            elif self.ends_string(in_object):
                break
            else:
                parts.append(quote)
                repaired = True
        text = _joined("".join(parts))
        if repaired:
            self.judge_repair(text, quote, opened)
        return text

    def judge_repair(self, text: str, quote: str, line: int) -> None:
        """A quote read as text is a note; one that swallowed other fields is an error."""
        if "\n" in text or re.search(quote + r"\s{0,20}:", text):
            self.report.error(f"line {line}", f"a {quote} inside this text cannot be told from its end.",
                              f"Write it as \\{quote}.")  # fmt: skip
        else:
            self.report.note(f"line {line}", f"a {quote} inside this text was not escaped; it was read as text.")

    def quoted_key(self) -> str:
        match = _QUOTED_KEY.match(self.text, self.at)
        if not match:
            raise self.fail("a field name is not closed.", 'Write fields as "name": value.')
        self.at = match.end()
        return _KEY_ESCAPE.sub(_unescaped, match.group()[1:-1])

    def long_string(self, mark: str) -> str:
        end = self.text.find(mark, self.at + 3)
        text = self.text[self.at + 3 : end]
        self.at = end + 3
        return text

    def ends_string(self, in_object: bool) -> bool:
        """Whether the quote just passed ends its string, by what follows."""
        if _OPERATOR.match(self.text, self.at):
            return True
        match = _AFTER_VALUE.match(self.text, self.at)
        if match is None:
            return _NEXT_LINE_KEY.match(self.text, self.at) is not None
        comma = match.group().endswith(",")
        return not (comma and in_object) or _KEY_AHEAD.match(self.text, match.end()) is not None

    def escape(self) -> str:
        char = self.peek()
        self.at += 1
        if char in ("x", "u"):
            width = 2 if char == "x" else 4
            digits = self.text[self.at : self.at + width]
            if not re.fullmatch(f"[0-9a-fA-F]{{{width}}}", digits):
                raise self.fail(f"\\{char} needs {width} hexadecimal digits.", "Write the character itself.")
            self.at += width
            return chr(int(digits, 16))
        return _ESCAPES.get(char, char)

    def scalar(self) -> object:
        start = self.at
        for pattern in (_NUMBER, _WORD):
            match = pattern.match(self.text, start)
            if match and _AFTER_VALUE.match(self.text, match.end()):
                if pattern is _NUMBER:
                    self.at = match.end()
                    return _number(match.group())
                if match.group() in _CONSTANTS:
                    self.at = match.end()
                    return _CONSTANTS[match.group()]
        return self.expression()

    def expression(self) -> Expression:
        """Everything up to the comma or bracket that ends the value; brackets and strings inside are skipped."""
        start, depth, quote = self.at, 0, ""
        while self.at < len(self.text):
            char = self.text[self.at]
            if quote:
                if char == "\\":
                    self.at += 1
                elif char == quote:
                    quote = ""
            elif char in "\"'":
                quote = char
            elif char in _OPENING:
                depth += 1
            elif char in _CLOSING and depth:
                depth -= 1
            elif not depth and (char in ",\n" or char in _CLOSING):
                break
            self.at += 1
        if self.at == start:
            raise self.fail(f"a value was expected, {self.peek()!r} was found.")
        return Expression(" ".join(self.text[start : self.at].split()))


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPES.get(code, code)


def _number(text: str) -> float:
    if text.lstrip("+-")[:2].lower() == "0x":
        return float(int(text, 16))
    return float(text)


def _joined(text: str) -> str:
    """Surrogate pairs as the characters they stand for; halves without a partner as the replacement character."""
    if not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_list(text: str, report: Report, first_line: int = 1) -> list[object] | None:
    """The list that ``text`` begins with: ``Item`` for objects, plain values for the rest; None if it cannot be read.

    ``text`` starts at the opening bracket, which lies in line ``first_line``. What is wrong goes into ``report``.
    """
    reader = _Reader(text, first_line, report)
    try:
        return reader.sequence(0)
    except _Stop:
        return None
