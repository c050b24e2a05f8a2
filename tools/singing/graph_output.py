"""One more output for a network in ONNX form: a value that it computes inside and does not give away."""

from __future__ import annotations

_GRAPH, _OUTPUT, _NAME = 7, 12, 1  # field numbers of ModelProto.graph, GraphProto.output, ValueInfoProto.name


def with_output(model: bytes, name: str) -> bytes:
    """The bytes of ``model`` whose graph also gives the value ``name``.

    Raises:
        ValueError: these are not the bytes of such a network.
    """
    out, at = bytearray(), 0
    found = False
    while at < len(model):
        start = at
        key, at = _number(model, at)
        at, body = _past(model, at, key & 7)
        if key >> 3 == _GRAPH and body is not None:
            grown = model[body:at] + _field(_OUTPUT, _field(_NAME, name.encode()))
            out += _field(_GRAPH, grown)
            found = True
        else:
            out += model[start:at]
    if not found:
        raise ValueError("no graph in these bytes")
    return bytes(out)


def _past(data: bytes, at: int, kind: int) -> tuple[int, int | None]:
    """Where a field ends, and where its bytes begin if it has a length."""
    if kind == 0:
        return _number(data, at)[1], None
    if kind == 2:
        size, body = _number(data, at)
        return body + size, body
    if kind in {1, 5}:
        return at + (8 if kind == 1 else 4), None
    raise ValueError(f"no field of kind {kind} is known")


def _number(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("the bytes end within a number")
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _field(number: int, body: bytes) -> bytes:
    return _written(number << 3 | 2) + _written(len(body)) + body


def _written(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
