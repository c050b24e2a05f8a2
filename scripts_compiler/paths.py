"""Which files a script may read: those in its own folder and below folders that the user allowed, links resolved."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.reading import MAX_BYTES
from soundwright.scripts_compiler.script import Input, Script
from soundwright.scripts_compiler.wording import near, quoted

MAX_LISTED = 2000
_COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
"""The sequences by which programs colour a terminal and move in it (ECMA-48)."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def resolve_inputs(script: Script, folder: Path, allow: Sequence[Path] = ()) -> dict[str, Path]:
    """The file of each input, by id, as an absolute path without links.

    Relative names count from ``folder``, the script's own.

    Raises:
        ScriptError: a file lies elsewhere, is missing, or is not a regular file that can be read.
    """
    problems = input_problems(script, folder, allow)
    if problems:
        raise ScriptError(problems)
    return {declared.id: (folder / declared.file).resolve() for declared in script.inputs}


def input_problems(script: Script, folder: Path, allow: Sequence[Path] = ()) -> list[Problem]:
    """What is wrong with the files of ``inputs``."""
    roots = [root.resolve() for root in (folder, *allow)]
    found = ((index, _problem(declared, folder, roots)) for index, declared in enumerate(script.inputs))
    return [Problem(f"inputs[{index}].file", *words) for index, words in found if words is not None]


def _problem(declared: Input, folder: Path, roots: Sequence[Path]) -> tuple[str, str] | None:
    name = quoted(declared.file)
    try:
        target = (folder / declared.file).resolve()
        if not any(target.is_relative_to(root) for root in roots):
            return (
                f"{name} lies outside the script's folder.",
                "Put the recording beside the script, or allow its folder with --allow FOLDER.",
            )
        if not target.exists():
            return f"there is no file {name}.", _near_files(target, roots)
        if not target.is_file():
            return f"{name} is not a file.", "Name a recording, not a folder or a device."
        if not os.access(target, os.R_OK):
            return f"{name} cannot be read.", "Change its permissions."
    except (OSError, ValueError, RuntimeError) as error:  # names too long, with NUL, loops of links
        return f"{name} is not a usable file name ({_reason(error)}).", ""
    return None


def _reason(error: Exception) -> str:
    return error.strerror or "refused" if isinstance(error, OSError) else "refused by the file system"


def _near_files(target: Path, roots: Sequence[Path]) -> str:
    """Names like the first part of the path that is not there."""
    missing = target
    while not missing.parent.is_dir() and any(missing.parent.is_relative_to(root) for root in roots):
        missing = missing.parent
    meant = near(missing.name, _names(missing.parent))
    return meant if meant.startswith("Did") else "Names count from the script's folder."


def _names(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(MAX_LISTED), entries, strict=False):
                yield entry.name
    except OSError:
        return


def read_script_bytes(path: Path) -> bytes:
    """The bytes of a script's file, one more than the limit at most.

    Raises:
        ScriptError: there is no such file, or it is a folder, a device or not readable.
    """
    try:
        if not path.exists():
            raise ScriptError([Problem("", "there is no such file.", _near_scripts(path))], printable(path))
        if not path.is_file():
            what = "a folder" if path.is_dir() else "not a regular file"
            raise ScriptError([Problem("", f"this is {what}.", "Name a script, a YAML or JSON file.")], printable(path))
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ScriptError([Problem("", f"the file cannot be read ({_reason(error)}).")], printable(path)) from error


def _near_scripts(path: Path) -> str:
    meant = near(path.name, (n for n in _names(path.parent) if n.endswith((".yaml", ".yml", ".json"))))
    return meant if meant.startswith("Did") else ""


def printable(value: object) -> str:
    """A path, or what others say, on one line: colours are left out, bytes that are no text are replaced."""
    text = _COLOURS.sub("", str(value)).encode("utf-8", "replace").decode()
    return " ".join(_CONTROLS.sub(" ", text).split()) if _CONTROLS.search(text) else text
