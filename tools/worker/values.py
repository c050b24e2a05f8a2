"""Assets and requests as plain values (dicts, lists, arrays), and back, by the fields of their classes."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from soundwright.tools import assets
from soundwright.tools.base import Request
from soundwright.tools.errors import ToolDefect

Plain = dict[str, Any]

OFFLINE = "SOUNDWRIGHT_TOOL_OFFLINE"
"""The variable that tells a worker's tool not to ask the network."""


def plain_asset(asset: assets.Asset) -> Plain:
    """``{"kind": "Audio", "samples": array, "rate": 24000, ...}``

    Raises:
        ToolDefect: it is none.
    """
    if type(asset) not in _classes().values():
        raise ToolDefect(f"gave {type(asset).__name__}, which is no asset")
    return {"kind": asset.kind.value, **_plain(asset)}


def plain_request(request: Request) -> Plain:
    """A request with its inputs."""
    inputs = {port: plain_asset(asset) for port, asset in request.inputs.items()}
    return {"op": request.op, "params": dict(request.params), "inputs": inputs, "seed": request.seed,
            "label": request.label}  # fmt: skip


def asset_of(value: object) -> assets.Asset:
    """The asset that a plain value describes. Samples may be of any float type, and of one dimension for one channel.

    Raises:
        ToolDefect: it describes none.
    """
    if not isinstance(value, dict) or value.get("kind") not in _classes():
        found = value.get("kind") if isinstance(value, dict) else type(value).__name__
        raise ToolDefect(f"gave {found!r}, which is no asset; there are {', '.join(sorted(_classes()))}")
    cls = _classes()[value["kind"]]
    try:
        made: assets.Asset = _read(cls, {key: item for key, item in value.items() if key != "kind"})
    except (TypeError, ValueError, KeyError) as error:
        raise ToolDefect(f"gave a {value['kind']} that is none: {error}") from error
    return made


def request_of(value: Plain) -> Request:
    """The request that was made plain."""
    inputs = {port: asset_of(asset) for port, asset in value["inputs"].items()}
    return Request(value["op"], value["params"], inputs, value["seed"], value["label"])


@cache
def _classes() -> dict[str, type]:
    return {cls.kind.value: cls for cls in typing.get_args(assets.Asset)}


def _plain(value: Any) -> Any:  # noqa: ANN401  any field of an asset
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _read(hint: Any, value: Any) -> Any:  # noqa: ANN401, PLR0911  one line for each kind of type
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(hint):
        return _read_fields(hint, value)
    if origin is np.ndarray:
        return _samples(value)
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _read(next(arg for arg in args if arg is not type(None)), value)
    if origin is tuple:
        return tuple(_read(args[0], item) for item in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {str(key): _read(args[1], item) for key, item in value.items()}
    if hint is float:
        return float(value)
    if hint is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(hint, type) and not isinstance(value, hint):
        raise TypeError(f"{value!r} is no {hint.__name__}")
    return value


def _read_fields(cls: Any, value: Any) -> Any:  # noqa: ANN401
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no {cls.__name__}")
    hints = _hints(cls)
    known = {field.name for field in dataclasses.fields(cls)}
    unknown = sorted(set(value) - known)
    if unknown:
        raise TypeError(f"it has no field {unknown[0]!r}; there are {', '.join(sorted(known))}")
    return cls(**{name: _read(hints[name], item) for name, item in value.items()})


def _samples(value: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401
    array = np.asarray(value)
    if array.dtype.kind != "f":
        raise TypeError(f"samples must be floats from -1 to 1, not {array.dtype}")
    return np.ascontiguousarray(array[None, :] if array.ndim == 1 else array, np.float32)
