"""The table form of the WavJourney list: Markdown, tab or comma separated, one row a line of the script."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence

from soundwright.scripts_compiler.importers.common import Imported, Report
from soundwright.scripts_compiler.importers.wavjourney import KIND, Line, build_lines

TABLE_KIND = f"{KIND}_table"
_COLUMNS = {"audiotype": "audio_type", "type": "audio_type", "layout": "layout", "id": "id", "character": "character",
            "action": "action", "volume": "vol", "vol": "vol", "description": "desc", "desc": "desc", "text": "text",
            "length": "len", "len": "len"}  # fmt: skip
_NEEDED = {"audio_type", "layout", "desc"}
_NOT_AVAILABLE = "n/a"
_MAX_HEAD_LINES = 200

Rows = Iterator[tuple[int, list[str]]]


def import_table(text: str, title: str = "", language: str = "en") -> Imported:
    """Read the table form; lines before its head row and after its end are skipped.

    Raises:
        ScriptError: there is no head row, or rows cannot be used; all problems at once.
    """
    report = Report()
    head = find_head(text)
    if head is None:
        report.error("line 1", "there is no table head.", "It names Audio Type, Layout, ID, Character, Action, Volume, "
                     "Description, Length.")  # fmt: skip
        report.stop_if_wrong()
        raise AssertionError
    first, split, columns = head
    lines: list[Line] = []
    for number, cells in split(text.split("\n")[first:], first + 1):
        _add_row(lines, f"line {number}", cells, columns, report)
    if not lines:
        report.error(f"line {first}", "the table has no row.", "Write at least one.")
    return build_lines(lines, report, title, language, TABLE_KIND)


def find_head(text: str) -> tuple[int, Callable[[Sequence[str], int], Rows], list[str | None]] | None:
    """(number of the head line from 1, how rows are split, field per column), or None."""
    for number, line in enumerate(text.split("\n", _MAX_HEAD_LINES)[:_MAX_HEAD_LINES], 1):
        if len(line) > 2000:
            continue
        for mark, split in (("|", _pipe_rows), ("\t", _tab_rows), (",", _comma_rows), (";", _semicolon_rows)):
            if mark not in line:
                continue
            cells = next(split([line], 1), (0, []))[1]
            columns = [_COLUMNS.get(re.sub(r"[^a-z]+", "", c.lower())) for c in cells]
            if set(columns) >= _NEEDED:
                return number, split, columns
    return None


def _add_row(lines: list[Line], place: str, cells: list[str], columns: list[str | None], report: Report) -> None:
    if len(cells) != len(columns):
        report.error(place, f"the row has {len(cells)} cells, the head has {len(columns)}.",
                     "Write N/A in empty cells; put \\ before a | that is text.")  # fmt: skip
        return
    fields: dict[str, object] = {}
    for column, cell in zip(columns, cells, strict=True):
        if column is not None and column not in fields:
            fields[column] = cell if cell.strip().lower() != _NOT_AVAILABLE else None
    if str(fields.get("audio_type")).strip().lower() == "speech" and fields.get("text") is None:
        fields["text"] = fields.pop("desc", None)
    if str(fields.get("len")).strip().lower() == "auto":
        fields["len"] = None
    lines.append(Line(place, fields))


def _pipe_rows(lines: Sequence[str], first: int) -> Rows:
    """Rows of a Markdown table, up to the first line without a pipe."""
    for number, line in enumerate(lines, first):
        text = line.strip()
        if "|" not in text:
            if text or number > first:
                return
            continue
        text = text.removeprefix("|")
        text = text[:-1] if text.endswith("|") and not text.endswith("\\|") else text
        cells = [c.replace("\\|", "|").strip() for c in re.split(r"(?<!\\)\|", text)]
        if not all(re.fullmatch(r":?-+:?", c) for c in cells):
            yield number, cells


def _tab_rows(lines: Sequence[str], first: int) -> Rows:
    yield from _separated_rows(lines, first, "\t")


def _comma_rows(lines: Sequence[str], first: int) -> Rows:
    yield from _separated_rows(lines, first, ",")


def _semicolon_rows(lines: Sequence[str], first: int) -> Rows:
    yield from _separated_rows(lines, first, ";")


def _separated_rows(lines: Sequence[str], first: int, mark: str) -> Rows:
    """Rows as RFC 4180 has them: quoted cells may hold marks, doubled quotes and line ends."""
    csv.field_size_limit(2_000_000)  # the size of the whole text is limited already
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=mark, skipinitialspace=True)
    before = 0
    for row in reader:
        number, before = first + before, reader.line_num
        cells = [cell.strip() for cell in row]
        if any(cells) and not (len(cells) == 1 and cells[0].startswith("```")):
            yield number, cells
