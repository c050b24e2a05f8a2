"""Arrays of a TensorFlow checkpoint, read without TensorFlow: a sorted string table beside one file of raw arrays."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _block(data: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Entries of one table block: keys share prefixes with the key before."""
    block = data[offset : offset + size]
    end = size - 4 - 4 * struct.unpack("<I", block[-4:])[0]
    at, key = 0, b""
    while at < end:
        shared, at = _varint(block, at)
        fresh, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + fresh]
        yield key, block[at + fresh : at + fresh + length]
        at += fresh + length


def _message(data: bytes) -> dict[int, list[int | bytes]]:
    """A protocol buffer as field number -> values."""
    fields: dict[int, list[int | bytes]] = {}
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        value: int | bytes
        if tag & 7 == 0:
            value, at = _varint(data, at)
        elif tag & 7 == 2:
            size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            width = 4 if tag & 7 == 5 else 8
            value, at = data[at : at + width], at + width
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def read_checkpoint(index: bytes, data: bytes) -> dict[str, Array]:
    """All float32 arrays of a TensorFlow checkpoint by name."""
    footer = index[-48:]
    _, at = _varint(footer, 0)
    _, at = _varint(footer, at)
    offset, at = _varint(footer, at)
    size, _ = _varint(footer, at)
    arrays: dict[str, Array] = {}
    for _, handle in _block(index, offset, size):
        start, at = _varint(handle, 0)
        length, _ = _varint(handle, at)
        for key, value in _block(index, start, length):
            entry = _message(value)
            if key and entry.get(1) == [1]:
                dims = [_message(d).get(1, [0])[0] for d in _message(bytes(entry[2][0])).get(2, [])]  # type: ignore[arg-type]  # field 2 is bytes
                first, count = int(entry.get(4, [0])[0]), int(entry[5][0])
                arrays[key.decode()] = np.frombuffer(data[first : first + count], "<f4").reshape([int(d) for d in dims])
    return arrays
