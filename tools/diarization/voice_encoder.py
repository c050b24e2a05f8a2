"""Resemblyzer's voice encoder in numpy: who speaks, as a vector (Wan et al., generalized end-to-end loss, ICASSP 2018).

Three LSTM layers read 1.6 s of mel energies; a rectified projection of the last state, of length one, is the voice. The
weights are read from the authors' file at the places where its pinned bytes hold them: nothing of it is ever executed.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
MODEL, WEIGHTS_FILE = "resemblyzer", "resemblyzer.pt"
RATE = 16000
HOP, WINDOW_FRAMES = 160, 160
_SIZE, _WIDTH, _MELS, _FFT = 17090379, 256, 40, 400
_LEVEL_DB = -30.0
_AT = {
    "lstm.weight_ih_l0": (269883, (1024, 40)), "lstm.weight_hh_l0": (433723, (1024, 256)),
    "lstm.bias_ih_l0": (5676603, (1024,)), "lstm.bias_hh_l0": (5680699, (1024,)),
    "lstm.weight_ih_l1": (1482299, (1024, 256)), "lstm.weight_hh_l1": (2530875, (1024, 256)),
    "lstm.bias_ih_l1": (5684795, (1024,)), "lstm.bias_hh_l1": (5688891, (1024,)),
    "lstm.weight_ih_l2": (3579451, (1024, 256)), "lstm.weight_hh_l2": (4628027, (1024, 256)),
    "lstm.bias_ih_l2": (5692987, (1024,)), "lstm.bias_hh_l2": (5697083, (1024,)),
    "linear.weight": (7731, (256, 256)), "linear.bias": (6699, (256,)),
}  # fmt: skip


class VoiceEncoder:
    """Embeds pieces of speech. ``weights`` is the file of the model store, checked by its sha256 there."""

    def __init__(self, weights: Path) -> None:
        data = weights.read_bytes()
        if len(data) != _SIZE:
            raise ValueError(f"{weights} has {len(data)} bytes, not the {_SIZE} of the file that is pinned")
        self._arrays = {
            name: np.frombuffer(data, "<f4", int(np.prod(shape)), at).reshape(shape)
            for name, (at, shape) in _AT.items()
        }

    def embed(self, mono: Array) -> Array:
        """(256,) of a piece of speech at 16 kHz, the mean over windows of 1.6 s that overlap by half."""
        mel = mel_energies(levelled(mono))
        short = max(0, WINDOW_FRAMES - len(mel))
        mel = np.pad(mel, ((0, short), (0, 0)))
        starts = range(0, len(mel) - WINDOW_FRAMES + 1, WINDOW_FRAMES // 2)
        voices = self.embed_windows(np.stack([mel[start : start + WINDOW_FRAMES] for start in starts]))
        mean = voices.mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)

    def embed_windows(self, mels: Array) -> Array:
        """(windows, 256), each of length one, of (windows, frames, 40)."""
        x = mels.transpose(1, 0, 2)
        for layer in range(3):
            x = self._lstm(x, layer)
        raw = np.maximum(x[-1] @ self._arrays["linear.weight"].T + self._arrays["linear.bias"], 0)
        return np.asarray(raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-9), dtype=np.float32)

    def _lstm(self, x: Array, layer: int) -> Array:
        """States (frames, windows, 256); the gates are input, forget, cell and output (Hochreiter, Schmidhuber)."""
        weight = self._arrays[f"lstm.weight_hh_l{layer}"].T
        bias = self._arrays[f"lstm.bias_ih_l{layer}"] + self._arrays[f"lstm.bias_hh_l{layer}"]
        driven = x.reshape(-1, x.shape[2]) @ self._arrays[f"lstm.weight_ih_l{layer}"].T + bias
        driven = driven.reshape(*x.shape[:2], -1)
        state = cell = np.zeros((x.shape[1], _WIDTH), np.float32)
        states = np.empty((*x.shape[:2], _WIDTH), np.float32)
        for frame, drive in enumerate(driven):
            gates = drive + state @ weight
            enter, keep, fresh, leave = np.split(gates, 4, axis=1)
            cell = _sigmoid(keep) * cell + _sigmoid(enter) * np.tanh(fresh)
            state = _sigmoid(leave) * np.tanh(cell)
            states[frame] = state
        return states


def levelled(mono: Array) -> Array:
    """Brought up to -30 dB RMS where it is softer, as the encoder was taught."""
    level = float(np.sqrt(np.mean(np.square(mono)))) if mono.size else 0.0
    wanted = 10 ** (_LEVEL_DB / 20)
    return mono if level == 0 or level >= wanted else np.asarray(mono * np.float32(wanted / level), np.float32)


def mel_energies(mono: Array) -> Array:
    """(frames, 40) energies in mel bands, one frame every 10 ms, centred on its time."""
    padded = np.pad(mono, _FFT // 2)
    starts = np.arange(0, max(1, padded.size - _FFT + 1), HOP)
    window = np.hanning(_FFT + 1)[:-1]
    energies = np.empty((len(starts), _MELS), np.float32)
    for first in range(0, len(starts), 4096):
        some = starts[first : first + 4096]
        spectra = np.fft.rfft(padded[some[:, None] + np.arange(_FFT)] * window, axis=1)
        energies[first : first + len(some)] = np.square(np.abs(spectra)) @ _bands()
    return energies


@functools.lru_cache(maxsize=1)
def _bands() -> NDArray[np.float64]:
    """(201, 40) triangles of equal area on Slaney's mel scale, 0 to 8000 Hz."""
    edges = _hz(np.linspace(0.0, _slaney(RATE / 2), _MELS + 2))
    bins = np.linspace(0, RATE / 2, _FFT // 2 + 1)[:, None]
    low, mid, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.maximum(0, np.minimum((bins - low) / (mid - low), (high - bins) / (high - mid)))
    return np.asarray(triangles * (2 / (high - low)))


_LINEAR_HZ, _KNEE_HZ, _STEP = 200 / 3, 1000.0, np.log(6.4) / 27


def _slaney(hz: float) -> float:
    return float(_KNEE_HZ / _LINEAR_HZ + np.log(hz / _KNEE_HZ) / _STEP) if hz >= _KNEE_HZ else hz / _LINEAR_HZ


def _hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _KNEE_HZ / _LINEAR_HZ
    return np.where(mels >= knee, _KNEE_HZ * np.exp(_STEP * (mels - knee)), mels * _LINEAR_HZ)


def _sigmoid(x: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)), dtype=np.float32)
