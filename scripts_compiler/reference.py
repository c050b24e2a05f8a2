"""The tables of the script's reference (docs/script.md), made from the models and the catalogue.

A marker such as ``<!-- fields: Voice -->`` stands before each table; ranges and defaults are written anew, the words of
the last column are kept.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Mapping

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from soundwright.scripts_compiler import script
from soundwright.scripts_compiler.operations import Catalogue, Operation, Port
from soundwright.scripts_compiler.shape import fields_of
from soundwright.scripts_compiler.wording import describe

_MARKER = re.compile(r"<!-- (fields|operations): ([\w ]+) -->\n\n(?:\|.*\n)*")
_SHARED: Mapping[str, type[BaseModel]] = {"Sounding": script._Sounding, "Bed": script._Bedable}
_HEAD = "| field | takes | default | meaning |\n|---|---|---|---|\n"


def with_tables(text: str, catalogue: Catalogue) -> str:
    """The reference with all its tables up to date.

    Raises:
        KeyError: a marker names no model.
    """

    def table(match: re.Match[str]) -> str:
        kind, name = match.group(1), match.group(2)
        head = f"<!-- {kind}: {name} -->\n\n"
        if kind == "operations":
            return head + _operations(catalogue, effects=name == "effects")
        return head + _fields(_model(name), _meanings(match.group()))

    return _MARKER.sub(table, text)


def _model(name: str) -> type[BaseModel]:
    return _SHARED[name] if name in _SHARED else dict(vars(script))[name]


def _meanings(table: str) -> dict[str, str]:
    rows = ([cell.strip() for cell in line.split("|")] for line in table.splitlines() if line.startswith("| `"))
    return {cells[1]: cells[4] for cells in rows}


def _fields(model: type[BaseModel], meanings: Mapping[str, str]) -> str:
    own = _own(model)
    described = zip(fields_of(model).items(), model.model_fields.items(), strict=True)
    return _HEAD + "".join(
        f"| `{name}` | {describe(annotation)} | {_default(info)} | {meanings.get(f'`{name}`', '')} |\n"
        for (name, annotation), (python_name, info) in described
        if python_name in own
    )


def _own(model: type[BaseModel]) -> set[str]:
    """Fields that no shared table lists."""
    shared = {name for base in _SHARED.values() if base in model.__mro__[1:] for name in base.model_fields}
    return set(model.model_fields) - shared - {"type"}


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=True)
    if value is None or isinstance(value, BaseModel):
        return "none" if value is None else "as below"
    return f"`{json.dumps(value)}`"


def _operations(catalogue: Catalogue, *, effects: bool) -> str:
    chosen = (o for o in catalogue.values() if o.effect == effects and not o.internal)
    rows = "".join(
        f"| `{o.name}` | {_help(o)} | {'' if effects else _ports(o)}{_parameters(o)} |\n"
        for o in sorted(chosen, key=lambda o: o.name)
    )
    head = (
        "| effect | what it does | parameters |" if effects else "| operation | what it does | inputs and parameters |"
    )
    return f"{head}\n|---|---|---|\n{rows}"


def _help(operation: Operation) -> str:
    """Its line of help, and the words about its parameters, which give their units."""
    words = inspect.cleandoc(operation.parameters.__doc__ or "")
    return (
        operation.help if words == "No parameters." else " ".join([operation.help, *words.split()]).replace("``", "`")
    )


def _ports(operation: Operation) -> str:
    inputs = "; ".join(_port(port) for port in operation.inputs)
    return f"{inputs} → {operation.output.value}. " if inputs else f"→ {operation.output.value}. "


def _port(port: Port) -> str:
    kind = f"list of {port.kind.value}" if port.many else port.kind.value
    return f"`{port.name}`: {kind}{', optional' if port.optional else ''}"


def _parameters(operation: Operation) -> str:
    written = "; ".join(_written(operation.parameters))
    return f"{written}." if written else ""


def _written(model: type[BaseModel]) -> Iterable[str]:
    for (name, annotation), info in zip(fields_of(model).items(), model.model_fields.values(), strict=True):
        default = _default(info)
        yield f"`{name}`: {describe(annotation)} ({default if default == 'required' else f'default {default}'})"
