"""YAMNet in numpy: 521 AudioSet classes by a MobileNet over log-mel patches (Plakal and Ellis, Google, 2019)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from soundwright.tools.tagging.tf_checkpoint import Array, read_checkpoint

RATE = 16000
PATCH_S = 0.96
FRAME = 160  # samples of 10 ms
PATCH = 15600  # samples that a patch of 96 frames takes
HOP = 48
BLOCK = 128  # patches whose spectra are held at once
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)


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


def expit(x: Array) -> Array:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)), dtype=np.float32)


def _nothing() -> None:
    pass


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

    def __init__(self, index: bytes, data: bytes, class_map: str) -> None:
        self.names = [row["display_name"] for row in csv.DictReader(class_map.splitlines())]
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

    def scores(self, mono: Array, hop: int = HOP, check: Callable[[], None] = _nothing) -> Array:
        """(patches, 521) scores of a sound at 16 kHz, a patch of 0.96 s every ``hop`` frames of 10 ms.

        Patch by patch, so that what is at work stays in the cache. ``check`` is called about once a second.
        """
        pooled = []
        for number, patch in enumerate(self._patches(np.asarray(mono, dtype=np.float32), hop)):
            if number % 32 == 0:
                check()
            pooled.append(self._forward(patch))
        return np.asarray(expit(np.stack(pooled) @ self.dense + self.bias), dtype=np.float32)

    def _forward(self, patch: Array) -> Array:
        """The 1024 features of one patch (96, 64)."""
        first, *rest = self.layers
        columns = np.concatenate([part for _, _, part in _windows(patch[None, ..., None], 2)], axis=-1)
        x = first.relu(columns @ first.kernel.reshape(9, -1))
        for stride, deep, point in zip(STRIDES, rest[::2], rest[1::2], strict=True):
            x = point.relu(deep.relu(_depthwise(x, deep.kernel, stride)) @ point.kernel[0, 0])
        return np.asarray(x.mean(axis=(0, 1, 2)), dtype=np.float32)

    def _patches(self, mono: Array, hop: int) -> Iterator[Array]:
        """Log-mel patches (96, 64); the sound is padded with silence to whole ones."""
        step = hop * FRAME
        patches = 1 + max(0, -(-(mono.size - PATCH) // step))
        mono = np.pad(mono, (0, (patches - 1) * step + PATCH - min(mono.size, (patches - 1) * step + PATCH)))
        for first in range(0, patches, BLOCK):
            many = min(BLOCK, patches - first)
            mel = self._log_mel(mono[first * step : (first + many - 1) * step + PATCH])
            for number in range(many):
                yield mel[number * hop : number * hop + 96]

    def _log_mel(self, mono: Array) -> Array:
        """(frames, 64) of a piece of sound, frames of 25 ms every 10 ms."""
        starts = np.arange(0, mono.size - 400 + 1, FRAME)
        framed = mono[starts[:, None] + np.arange(400)] * np.hanning(401)[:-1]
        return np.asarray(np.log(np.abs(np.fft.rfft(framed, 512)) @ self._mel + 0.001), dtype=np.float32)

    def top(self, mono: Array, many: int = 5, check: Callable[[], None] = _nothing) -> list[tuple[str, float]]:
        """The classes with the highest mean score over the patches within 40 dB of the loudest."""
        scores = self.scores(mono, check=check)
        step = HOP * FRAME
        power = np.array([np.mean(np.square(mono[k * step : k * step + PATCH])) for k in range(len(scores))])
        mean = scores[power >= power.max() * 1e-4].mean(axis=0)
        return [(self.names[k], float(mean[k])) for k in np.argsort(-mean, kind="stable")[:many]]


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
