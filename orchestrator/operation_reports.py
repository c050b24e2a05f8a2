"""What the command line prints about operations: what they take and give, and which tools do them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler import extensions
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.operations import Operation
from soundwright.tools.registry import Registry

Row = dict[str, Any]


def operation_rows() -> list[Row]:
    """Every operation, and what of packages was refused."""
    registry = Workshop.open(offline=True).registry
    found = extensions.discover()
    rows = [
        {
            "operation": operation.name,
            "takes": _takes(operation),
            "gives": operation.output.value,
            "tools": _tools(registry, operation.name),
            "help": operation.help,
        }
        for operation in sorted(found.catalogue.values(), key=lambda o: o.name)
    ]
    return rows + [
        {
            "operation": it.name,
            "takes": "",
            "gives": "",
            "tools": [],
            "help": f"cannot be used ({it.owner}): {it.reason}",
        }
        for it in found.refused
    ]


def operation_facts(name: str) -> Row:
    """Everything about one operation: inputs, parameters with their ranges, output, tools.

    Raises:
        ScriptError: there is no such operation.
    """
    registry = Workshop.open(offline=True).registry
    found = extensions.discover()
    operation = known(name)
    facts: Row = {
        "operation": operation.name,
        "help": operation.help,
        "about": " ".join((operation.parameters.__doc__ or "").split()),
        "inputs": {port.name: _port(port.kind.value, port.optional, port.many) for port in operation.inputs},
        "output": operation.output.value,
        "parameters": parameters(operation),
        "in scripts": "made by the compiler"
        if operation.internal
        else "effect or step"
        if operation.effect
        else "step",
        "tools": _tools(registry, name),
        "from": found.owners[name],
    }
    return {key: value for key, value in facts.items() if value not in ("", {})}


def known(name: str) -> Operation:
    """The operation of that name.

    Raises:
        ScriptError: there is none; the message names near ones, or says why a package's could not be used.
    """
    catalogue = extensions.installed()
    if name in catalogue:
        return catalogue[name]
    near = ", ".join(catalogue.nearest(name)) or ", ".join(sorted(catalogue))
    raise ScriptError(
        [Problem("", f"there is no operation {name!r}.", catalogue.refused.get(name) or f"Did you mean {near}?")]
    )


def parameters(operation: Operation) -> dict[str, str]:
    """Each parameter in words: its type, range and default."""
    schema = operation.parameters.model_json_schema(by_alias=True)
    return {
        name: _worded(field, schema.get("$defs", {})) + _default(field)
        for name, field in schema.get("properties", {}).items()
    }


def _default(field: Mapping[str, Any]) -> str:
    if "default" not in field:
        return ""
    words = {"None": "none", "": "empty", "True": "yes", "False": "no"}
    return f"; default {words.get(str(field['default']), field['default'])}"


def _worded(field: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return _worded(definitions[str(field["$ref"]).rsplit("/", 1)[-1]], definitions)
    if "anyOf" in field:
        return " or ".join(_worded(branch, definitions) for branch in field["anyOf"])
    if "enum" in field or "const" in field:
        return ", ".join(str(value) for value in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"list of {_worded(field.get('items', {}), definitions)}{_range(field, 'minItems', 'maxItems')}"
    if field.get("type") == "object" and "properties" in field:
        return "{" + ", ".join(field["properties"]) + "}"
    words = {"string": "text", "boolean": "yes or no", "null": "nothing", "integer": "whole number"}
    kind = str(field.get("type", "anything"))
    unit = " characters" if kind == "string" else ""
    low, high = ("minLength", "maxLength") if kind == "string" else ("minimum", "maximum")
    bounds = _range(field, low, high)
    return f"{words.get(kind, kind)}{bounds}{unit if bounds else ''}"


def _range(field: Mapping[str, Any], low: str, high: str) -> str:
    if low in field and high in field:
        return f" {field[low]:g} to {field[high]:g}"
    if low in field:
        return f" from {field[low]:g}"
    return f" up to {field[high]:g}" if high in field else ""


def _takes(operation: Operation) -> list[str]:
    return [f"{port.name}: {_port(port.kind.value, port.optional, port.many)}" for port in operation.inputs]


def _port(kind: str, optional: bool, many: bool) -> str:
    return f"{'several ' if many else ''}{kind}{' (optional)' if optional else ''}"


def _tools(registry: Registry, name: str) -> list[str]:
    """Tools that do it, the preferred one first; what is not installed in brackets."""
    return [spec.name if registry.missing(spec) is None else f"({spec.name})" for spec in registry.tools_for(name)]
