"""Seconds, samples, decibels: the one place that rounds."""

from __future__ import annotations

NANO_DIGITS = 9


def frames(seconds: float, rate: int) -> int:
    """The sample that a moment falls on: the nearest, on a tie the even one."""
    return round(seconds * rate)


def nanoseconds(seconds: float) -> float:
    """Seconds on a grid of 1e-9, so that moments that are equal on paper are equal here."""
    return round(seconds, NANO_DIGITS)


def amplitude(db: float) -> float:
    """The factor of a level in dB."""
    return float(10.0 ** (db / 20.0))
