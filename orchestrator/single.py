"""One operation asked for in words: parameters as text, files by input, where the result goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from soundwright.orchestrator.perform import Performed
from soundwright.scripts_compiler.consent import NEEDED
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.input_kinds import kind_of_file
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation

GENERATIVE = frozenset({"continue_audio", "convert_voice", "inpaint", "translate_speech", "vary"})
"""Operations on recordings whose sound is nevertheless made by a machine."""
_AGREED = "Where the person who is heard has agreed, say so (`soundwright do --consent`)."
_STEP = re.compile(r"^steps\[0\]\.?(\w+)?|^inputs\[\d+\]\.file")


def parse_parameters(operation: Operation, pairs: Iterable[str]) -> dict[str, Any]:
    """``NAME=VALUE`` texts as parameters: text where text fits, else JSON, else YAML (``[a, b]``, ``yes``).

    Raises:
        ScriptError: a pair has no ``=``, or names a parameter twice. Values are checked where the operation is done.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        name = name.strip()
        if not equals or not name:
            raise ScriptError([Problem(pair, "is no parameter.", "Write NAME=VALUE.")])
        if name in found:
            raise ScriptError([Problem(name, "is given twice.", "Give it once.")])
        found[name] = _value(operation, name, text)
    return found


def assign_files(
    operation: Operation, plain: Sequence[Path], named: Mapping[str, Sequence[Path]]
) -> dict[str, list[Path]]:
    """Files for each input: those that were named, and the others to the first input that takes them.

    Raises:
        ScriptError: there is no input for a file.
    """
    files: dict[str, list[Path]] = {port: list(paths) for port, paths in named.items()}
    for path in plain:
        kind = kind_of_file(path.name)
        open_ports = [port for port in operation.inputs if port.many or port.name not in files]
        port = next((port for port in open_ports if port.kind.accepts(kind)), None)
        if port is None:
            raise ScriptError([_no_input(operation, path, kind)])
        files.setdefault(port.name, []).append(path)
    problems = [*_absent(files), *_not_given(operation, files)]
    if problems:
        raise ScriptError(problems, source=operation.name)
    return files


def _absent(files: Mapping[str, Sequence[Path]]) -> Iterator[Problem]:
    for path in (path for several in files.values() for path in several):
        if not path.is_file():
            yield Problem(str(path), "is not a file." if path.exists() else "does not exist.", "Check the path.")


def _not_given(operation: Operation, files: Mapping[str, Sequence[Path]]) -> Iterator[Problem]:
    for port in operation.inputs:
        if not port.optional and port.name not in files:
            several = "one or more files" if port.many else "a file"
            yield Problem(
                port.name, f"{operation.name} needs {several} ({port.kind.value}).", f"Give {port.name}=FILE."
            )


def _no_input(operation: Operation, path: Path, kind: Kind) -> Problem:
    ports = [port for port in operation.inputs if port.kind.accepts(kind)]
    if ports:
        taken = ports[0].name
        return Problem(str(path), f"{operation.name} takes one file here.", f"{taken} has one already: leave this out.")
    takes = ", ".join(f"{port.name} ({port.kind.value})" for port in operation.inputs) or "no files"
    return Problem(str(path), f"{operation.name} has no input for {kind.value}.", f"It takes {takes}.")


def plain_words(error: ScriptError, operation: str) -> ScriptError:
    """The same problems, their places named as the user wrote them: parameters, not steps of a script."""
    problems = [replace(p, place=_STEP.sub(lambda match: match[1] or "", p.place)) for p in error.problems]
    problems = [replace(p, remedy=_AGREED) if NEEDED in p.found else p for p in problems]
    return ScriptError(problems, source=operation)


def is_generated(operation: Operation, files: Iterable[str]) -> bool:
    """Whether the sound that comes out was made by a machine, and is to be marked as such."""
    fed = set(files)
    sound_in = any(port.name in fed and port.kind is Kind.AUDIO for port in operation.inputs)
    return operation.name in GENERATIVE or not sound_in or operation.output is Kind.SPEECH


def tags(operation: Operation, files: Iterable[str], done: Performed) -> dict[str, str]:
    """Tags of a sound file that holds the result."""
    from soundwright import __version__  # noqa: PLC0415  the package's front imports us

    note = "AI-generated; " if is_generated(operation, files) else ""
    return {"software": f"Soundwright {__version__}", "comment": f"{note}{operation.name} by {done.tool}"}


def stem(operation: str, files: Mapping[str, Sequence[Path]]) -> str:
    """The name of a result: that of the first file and the operation, ``take.enhance``."""
    first = next((path for several in files.values() for path in several), None)
    return operation if first is None else f"{first.stem}.{operation}"


def spare(target: Path, files: Mapping[str, Sequence[Path]]) -> None:
    """Let no result replace a recording that it is made of.

    Raises:
        ScriptError: it would.
    """
    if any(target.resolve() == path.resolve() for several in files.values() for path in several):
        found = "is what the result is made of."
        raise ScriptError([Problem(str(target), found, "Choose another name with -o.")])


def _value(operation: Operation, name: str, text: str) -> Any:  # noqa: ANN401  whatever the parameter takes
    field = operation.parameters.model_fields.get(name)
    if field is None or field.annotation is None:
        return text
    kind: TypeAdapter[Any] = TypeAdapter(field.annotation)  # ranges are checked later, and said in our words
    for value in _readings(text):
        with suppress(ValidationError):
            kind.validate_python(value, strict=True)
            return value
    return next(iter(_readings(text)[1:]), text)


def _readings(text: str) -> list[Any]:
    """What a text may mean, the likeliest for a parameter of text first."""
    import yaml  # noqa: PLC0415  only where parameters are read

    found: list[Any] = [text]
    with suppress(ValueError, RecursionError):
        found.append(json.loads(text))
    with suppress(yaml.YAMLError, RecursionError, ValueError):
        found.append(yaml.safe_load(text))
    return found
