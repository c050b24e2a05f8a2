"""What is wrong with an operation's parameters, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from soundwright.scripts_compiler.operations import Operation
from soundwright.scripts_compiler.reading import show_path
from soundwright.scripts_compiler.shape import describe_faults


def parameter_faults(
    operation: Operation, params: Mapping[str, Any], inputs: Iterable[str] = ()
) -> Iterator[tuple[str, str, str]]:
    """(path, empty or beginning with ``.``; what was found; remedy) of each fault. ``inputs`` are known names too."""
    try:
        operation.parameters.model_validate(dict(params), by_alias=True)
    except ValidationError as error:
        for path, found, remedy in describe_faults(error, dict(params), operation.parameters, inputs):
            yield f".{show_path(path)}" if path else "", found, remedy
