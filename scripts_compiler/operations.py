"""The catalogue of operations: what can be asked for, never how it is done."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from soundwright.scripts_compiler.kinds import Kind


class Parameters(BaseModel):
    """Base of all parameter models: closed, frozen, finite numbers only."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


@dataclass(frozen=True, slots=True)
class Port:
    """A named input. ``many`` takes a list of assets (as ``concat`` does), fed as ``name.0``, ``name.1``, ..."""

    name: str
    kind: Kind
    optional: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that tools can do.

    ``keeps_speech``: given Speech, the output is Speech too, its word times carried along. ``effect``: usable in a
    cue's ``effects`` (one audio in, audio out). ``internal``: made by the compiler, not written in scripts.
    """

    name: str
    help: str
    parameters: type[Parameters]
    inputs: tuple[Port, ...]
    output: Kind
    keeps_speech: bool = False
    effect: bool = False
    internal: bool = False

    def output_for(self, inputs: Mapping[str, Kind]) -> Kind:
        """The kind that comes out when these kinds go in."""
        if self.keeps_speech and self.inputs and inputs.get(self.inputs[0].name) is Kind.SPEECH:
            return Kind.SPEECH
        return self.output

    def resolve(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Checked parameters with defaults filled in, as plain JSON values.

        Raises:
            pydantic.ValidationError: a parameter is unknown, missing or out of range.
        """
        return self.parameters.model_validate(dict(params)).model_dump(mode="json")


class Catalogue(Mapping[str, Operation]):
    """Operations by name. Namespaced ones (``acme.dehum``) come from packages; ``refused`` says why some do not."""

    def __init__(self, operations: Iterable[Operation] = (), refused: Mapping[str, str] | None = None) -> None:
        self.refused: Mapping[str, str] = dict(refused or {})
        self._operations: dict[str, Operation] = {}
        for operation in operations:
            if operation.name in self._operations:
                raise ValueError(f"operation {operation.name!r} is declared twice")
            self._operations[operation.name] = operation

    def __getitem__(self, name: str) -> Operation:
        return self._operations[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._operations)

    def __len__(self) -> int:
        return len(self._operations)

    def nearest(self, name: str) -> list[str]:
        """Names that look like ``name``, best first, for messages."""
        return difflib.get_close_matches(name, self._operations, n=3, cutoff=0.6)


def parameter_problems(operation: Operation, params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with parameters: (field path, message) each; empty when all is well."""
    try:
        operation.resolve(params)
    except ValidationError as error:
        return [(".".join(str(part) for part in e["loc"]), e["msg"]) for e in error.errors(include_url=False)]
    return []


def builtin() -> Catalogue:
    """The operations that come with Soundwright."""
    from soundwright.scripts_compiler.catalogue import (  # noqa: PLC0415  heavy to build
        analysis,
        generate,
        recordings,
        signal,
        understanding,
    )

    families = (generate, analysis, recordings, understanding, signal)
    return Catalogue(operation for family in families for operation in family.OPERATIONS)
