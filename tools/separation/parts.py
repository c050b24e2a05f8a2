"""A sound as a sum of few spectra that come and go: non-negative matrix factorisation.

Method: Smaragdis & Brown, WASPAA 2003, with the divergence of Kullback and Leibler (Lee & Seung, NIPS 2000).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
_LEAST = 1e-9


def factorised(magnitude: Matrix, parts: int, rounds: int = 80, seed: int = 0) -> tuple[Matrix, Matrix]:
    """Spectra (bins, parts) and their courses (parts, columns) whose product comes near (bins, columns)."""
    dice = np.random.default_rng(seed)
    bins, columns = magnitude.shape
    # Spectra of moments that are unlike each other are a better start than chance.
    spectra = np.asarray(_unlike(magnitude, parts, dice) + _LEAST, np.float32)
    courses = np.asarray(dice.random((parts, columns)) + 0.1, np.float32) * float(magnitude.mean() + _LEAST)
    for _ in range(rounds):
        courses *= (spectra.T @ (magnitude / (spectra @ courses + _LEAST))) / (spectra.sum(axis=0)[:, None] + _LEAST)
        spectra *= ((magnitude / (spectra @ courses + _LEAST)) @ courses.T) / (courses.sum(axis=1)[None] + _LEAST)
        scale = spectra.sum(axis=0) + _LEAST
        spectra /= scale
        courses *= scale[:, None]
    del bins
    return spectra, courses


def _unlike(magnitude: Matrix, parts: int, dice: np.random.Generator) -> Matrix:
    """Columns of a matrix, each as far as can be from those before it."""
    level = np.linalg.norm(magnitude, axis=0)
    unit = magnitude / (level + _LEAST)
    loud = level > 0.05 * level.max(initial=0)
    chosen = [int(np.argmax(level))]
    likeness = unit.T @ unit[:, chosen[0]]
    for _ in range(parts - 1):
        far = np.where(loud, likeness, np.inf)
        pick = int(np.argmin(far)) if np.isfinite(far).any() else int(dice.integers(magnitude.shape[1]))
        chosen.append(pick)
        likeness = np.maximum(likeness, unit.T @ unit[:, pick])
    return np.asarray(unit[:, chosen] + 0.01 * dice.random((magnitude.shape[0], parts)), np.float32)
