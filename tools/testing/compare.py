"""Whether two results are the same, as far as a tool promises it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Audio, Scores, Speech, Stems, content_hash
from soundwright.tools.base import Determinism

MIN_SNR_DB = 60.0
_RELATIVE = 1e-3
_SECONDS = 0.011


def difference(one: Asset, other: Asset, determinism: Determinism) -> str:
    """In what two results differ by more than is promised; empty where they are the same.

    ``exact``: bit for bit. Else sounds by their SNR, numbers within a thousandth, times within 11 ms, texts alike.
    """
    if type(one) is not type(other):
        return f"{type(one).__name__} and {type(other).__name__}"
    if determinism == "exact":
        return "" if content_hash(one) == content_hash(other) else _told(one, other)
    if isinstance(one, Audio) and isinstance(other, Audio):
        return _sounds(one, other) or (_words(one, other) if isinstance(one, Speech) else "")
    if isinstance(one, Stems) and isinstance(other, Stems):
        return _stems(one, other)
    if isinstance(one, Scores) and isinstance(other, Scores):
        return _values(dict(one.scores), dict(other.scores))
    return _values(asdict(one), asdict(other))


def snr_db(clean: Audio, other: Audio) -> float:
    """By how much ``clean`` is louder than the difference of the two, in dB; infinite where there is none."""
    noise = float(np.sum((clean.samples.astype(np.float64) - other.samples) ** 2))
    signal = float(np.sum(clean.samples.astype(np.float64) ** 2))
    return math.inf if noise == 0 else -math.inf if signal == 0 else 10 * math.log10(signal / noise)


def _sounds(one: Audio, other: Audio) -> str:
    if one.rate != other.rate or one.samples.shape != other.samples.shape:
        return f"{one.samples.shape} at {one.rate} Hz and {other.samples.shape} at {other.rate} Hz"
    ratio = snr_db(one, other)
    return "" if ratio >= MIN_SNR_DB else f"samples whose difference lies {ratio:.1f} dB below them, not {MIN_SNR_DB:g}"


def _words(one: Speech, other: Audio) -> str:
    theirs = other.words if isinstance(other, Speech) else None
    return _values([asdict(w) for w in one.words or ()], [asdict(w) for w in theirs or ()])


def _stems(one: Stems, other: Stems) -> str:
    if set(one.stems) != set(other.stems):
        return f"stems {sorted(one.stems)} and {sorted(other.stems)}"
    return next((f"{name}: {d}" for name in one.stems if (d := _sounds(one.stems[name], other.stems[name]))), "")


def _values(one: Any, other: Any, name: str = "") -> str:  # noqa: ANN401  plain values of any asset
    if isinstance(one, Mapping) and isinstance(other, Mapping) and set(one) == set(other):
        return next((d for key in one if (d := _values(one[key], other[key], str(key)))), "")
    if isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        return next((d for a, b in zip(one, other, strict=True) if (d := _values(a, b, name))), "")
    if isinstance(one, float) and isinstance(other, float):
        slack = _SECONDS if name.endswith("_s") else _RELATIVE * max(1.0, abs(one))
        return "" if abs(one - other) <= slack else f"{name} {one:g} and {other:g}"
    return "" if one == other else f"{name} {one!r} and {other!r}".strip()


def _told(one: Asset, other: Asset) -> str:
    if isinstance(one, Audio) and isinstance(other, Audio):
        return _sounds(one, other) or _words_or(one, other) or "samples that differ in their last bits"
    return "values that differ"


def _words_or(one: Audio, other: Audio) -> str:
    return _words(one, other) if isinstance(one, Speech) else ""
