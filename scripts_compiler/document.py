"""A script as a document: read with every problem at once, kept with its comments, saved in one piece."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from soundwright.scripts_compiler.check import check
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.extensions import installed
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.scripts_compiler.paths import input_problems, printable, read_script_bytes
from soundwright.scripts_compiler.reading import Reading, decode, parse_path, read
from soundwright.scripts_compiler.salvage import salvage
from soundwright.scripts_compiler.script import Script
from soundwright.scripts_compiler.shape import validate
from soundwright.scripts_compiler.upgrade import upgrade
from soundwright.scripts_compiler.wording import Plain, shown
from soundwright.scripts_compiler.writing import escaped, yaml_text

_SECTIONS = (
    "version",
    "title",
    "language",
    "duration",
    "voices",
    "pronounce",
    "inputs",
    "steps",
    "cues",
    "seed",
    "master",
    "tools",
)


@dataclass(frozen=True)
class Document:
    """A checked script with its text. ``path`` is the file it came from, if any; ``warnings`` do not stop a render."""

    script: Script
    text: str
    warnings: tuple[Problem, ...] = ()
    path: Path | None = None
    is_json: bool = False

    @property
    def tree(self) -> Plain:
        """A fresh tree of the text that keeps comments (ruamel's); plain data for JSON. For edits only: it is slow."""
        from soundwright.scripts_compiler.comments import parse  # noqa: PLC0415  slow to import, and rarely needed

        return json.loads(self.text) if self.is_json else parse(self.text)

    def dump(self) -> str:
        """The text, comments and all."""
        return self.text

    def as_json(self) -> str:
        """The script as JSON text, without comments; it loads to the same script."""
        return dump_json(plain(self.script))


def load(path: Path | str, *, catalogue: Catalogue | None = None, allow: Sequence[Path] | None = None) -> Document:
    """Read, upgrade and check a YAML or JSON file.

    With ``allow`` (folders whose recordings may be read beside the script's own) the files of ``inputs`` are looked
    for too.

    Raises:
        ScriptError: with all problems; nothing else is ever raised for what stands in the file.
    """
    path = Path(path)
    source = printable(path)
    return _load(decode(read_script_bytes(path), source), source, path, catalogue, allow)


def loads(text: str, source: str = "script", *, catalogue: Catalogue | None = None) -> Document:
    """Read, upgrade and check a YAML or JSON text; ``source`` names it in messages.

    Raises:
        ScriptError: with all problems.
    """
    return _load(text, source, None, catalogue, None)


def from_data(data: Plain, source: str = "script", *, catalogue: Catalogue | None = None) -> Document:
    """Check plain data (as an LLM or a program makes it); the text of the document is YAML.

    Raises:
        ScriptError: with all problems.
    """
    script, warnings = _check(Reading(data), source, None, catalogue, None)
    return Document(script, dump_yaml(plain(script)), warnings)


def plain(script: Script) -> dict[str, Any]:
    """Plain data of a script: only what differs from the defaults, names as written in files."""
    data = script.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    cues = [{"type": cue.type, **written} for cue, written in zip(script.cues, data["cues"], strict=True)]
    return {"version": script.version, **{name: data[name] for name in _SECTIONS if name in data}, "cues": cues}


def dump_yaml(data: Mapping[str, Plain]) -> str:
    """YAML text of plain script data: one line for each voice, input, step and cue."""
    return yaml_text(data)


def dump_json(data: Plain) -> str:
    """JSON text of plain data, one field a line."""
    return escaped(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def save(document: Document, path: Path | str | None = None) -> Document:
    """Write the document in one piece: a reader sees the old file or the new one. A name in ``.json`` gets JSON.

    Raises:
        ScriptError: there is no path, or the file cannot be written.
    """
    target = document.path if path is None else Path(path)
    if target is None:
        raise ScriptError([Problem("", "the script has no file yet.", "Say where to save it.")])
    text = _text_for(document, target)
    try:
        write_atomically(target, text.encode())
    except OSError as error:
        raise ScriptError([Problem("", f"the file cannot be written: {error.strerror}.")], str(target)) from error
    return replace(document, text=text, path=target, is_json=target.suffix.lower() == ".json")


def _text_for(document: Document, target: Path) -> str:
    if (target.suffix.lower() == ".json") == document.is_json:
        return document.dump()
    return document.as_json() if not document.is_json else dump_yaml(plain(document.script))


def write_atomically(target: Path, content: bytes) -> None:
    """A temporary file beside the target, flushed to the disk, then renamed over it. Raises OSError."""
    target = target.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _load(
    text: str, source: str, path: Path | None, catalogue: Catalogue | None, allow: Sequence[Path] | None
) -> Document:
    as_json = path is not None and path.suffix.lower() == ".json"
    reading = read(text, source, as_json=as_json)
    script, warnings = _check(reading, source, path, catalogue, allow)
    return Document(script, text, warnings, path, reading.is_json)


def _check(
    reading: Reading, source: str, path: Path | None, catalogue: Catalogue | None, allow: Sequence[Path] | None
) -> tuple[Script, tuple[Problem, ...]]:
    if not isinstance(reading.data, dict):
        found = f"found {shown(reading.data)}."
        raise ScriptError([Problem("", found, "A script has fields: version: 1, then voices, cues, ...")], source)
    try:
        data = upgrade(reading.data)
    except ScriptError as error:
        raise ScriptError(_with_lines(error.problems, reading), source) from error
    script, problems = _problems(data, reading, catalogue or installed(), path, allow)
    errors = [p for p in problems if not p.warning]
    if errors or script is None:
        raise ScriptError(_in_order(_with_lines(errors, reading)), source)
    return script, tuple(_in_order(_with_lines(problems, reading)))


def _problems(
    data: Plain, reading: Reading, catalogue: Catalogue, path: Path | None, allow: Sequence[Path] | None
) -> tuple[Script | None, list[Problem]]:
    script, shape = validate(data)
    found = [*reading.problems, *(p for p in shape if not _is_poisoned(p, reading))]
    if script is not None:
        return script, [*found, *_later(script, catalogue, path, allow, placed=True)]
    rest = salvage(data, [parse_path(p.place) for p in [*shape, *reading.problems]])
    said = {(p.place, p.found) for p in found}
    found += [p for p in rest.rules if not _is_poisoned(p, reading) and (p.place, p.found) not in said]
    if rest.script is not None:
        found += [p for p in _later(rest.script, catalogue, path, allow, placed=False) if rest.blames(p)]
    return None, found


def _later(
    script: Script, catalogue: Catalogue, path: Path | None, allow: Sequence[Path] | None, *, placed: bool
) -> list[Problem]:
    problems = check(script, catalogue, placed=placed)
    return (
        problems if allow is None or path is None else problems + input_problems(script, path.resolve().parent, allow)
    )


def _is_poisoned(problem: Problem, reading: Reading) -> bool:
    """Whether it lies in a part that is refused already, or says that this part is missing."""
    path = parse_path(problem.place)
    return any(path[: len(bad)] == bad or (len(path) > 1 and bad[: len(path)] == path) for bad in reading.poisoned)


def _with_lines(problems: Sequence[Problem], reading: Reading) -> list[Problem]:
    return [p if p.line is not None else replace(p, line=reading.line(parse_path(p.place))) for p in problems]


def _in_order(problems: list[Problem]) -> list[Problem]:
    """In the order of the file, where lines are known; else in the order of the reference."""
    return sorted(problems, key=lambda p: (p.line or 0, *_rank(p.place)))


def _rank(place: str) -> tuple[int, int]:
    path = parse_path(place)
    section = _SECTIONS.index(str(path[0])) if path and path[0] in _SECTIONS else -1
    index = path[1] if len(path) > 1 and isinstance(path[1], int) else -1
    return section, index
