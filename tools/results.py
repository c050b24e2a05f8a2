"""What a tool gave, held against the contract before it is stored: never a placeholder, never a broken sound."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools.assets import Asset, Audio, Event, Events, Scores, Speech, Stems, Transcript, Word
from soundwright.tools.base import ToolSpec
from soundwright.tools.errors import ToolDefect

RATES_HZ = (4000, 384000)
MAX_CHANNELS = 64
MAX_SAMPLE = 1000.0
_TIME_SLACK_S = 0.05
_LENGTH_SLACK_S, _LENGTH_SHARE = 0.25, 0.05


def checked(asset: Asset, kind: Kind) -> Asset:
    """The asset itself.

    Raises:
        ToolDefect: it is of another kind, empty, or holds numbers that are none.
    """
    given = getattr(asset, "kind", None)
    if not isinstance(given, Kind):
        raise ToolDefect(f"gave {type(asset).__name__}, which is no asset")
    if not kind.accepts(given):
        raise ToolDefect(f"gave {given.value} where {kind.value} was asked for")
    if isinstance(asset, Audio):
        _check_sound(asset)
    elif isinstance(asset, Stems):
        _check_stems(asset)
    elif isinstance(asset, Scores):
        _finite("a score", *asset.scores.values())
    elif isinstance(asset, Events):
        _check_times(asset.events)
    elif isinstance(asset, Transcript):
        _check_times(asset.words)
    return asset


def checked_length(asset: Asset, params: Mapping[str, Any], spec: ToolSpec) -> Asset:
    """The asset itself, if it lasts as long as was asked of a tool that says that it obeys ``length``.

    Only what is made from nothing is held to it: within 0.25 s and 5 %.

    Raises:
        ToolDefect: it is shorter or longer.
    """
    wanted_s = params.get("length")
    if not isinstance(asset, Audio) or wanted_s is None or "length" not in spec.honours or not spec.exact_length:
        return asset
    if abs(asset.length_s - float(wanted_s)) > _LENGTH_SLACK_S + _LENGTH_SHARE * float(wanted_s):
        raise ToolDefect(f"gave {asset.length_s:.2f} s where {float(wanted_s):g} s were asked for")
    return asset


def _check_sound(audio: Audio) -> None:
    if audio.frames == 0 or audio.channels == 0:
        raise ToolDefect("gave an empty sound")
    if audio.channels > MAX_CHANNELS:
        raise ToolDefect(f"gave {audio.channels} channels of {audio.frames} frames: are the axes swapped?")
    if not RATES_HZ[0] <= audio.rate <= RATES_HZ[1]:
        raise ToolDefect(f"gave a sound at {audio.rate} Hz; rates lie from {RATES_HZ[0]} to {RATES_HZ[1]} Hz")
    # One pass each, without a copy: NaN and infinity both show in the extremes.
    peak = max(abs(float(np.min(audio.samples))), abs(float(np.max(audio.samples))))
    if not math.isfinite(peak):
        raise ToolDefect("gave samples that are not finite numbers")
    if peak > MAX_SAMPLE:
        raise ToolDefect(f"gave samples up to {peak:.0f}; full scale is 1.0")
    if isinstance(audio, Speech) and audio.words is not None:
        _check_times(audio.words, audio.length_s)


def _check_stems(stems: Stems) -> None:
    if not stems.stems:
        raise ToolDefect("gave no stems")
    for stem in stems.stems.values():
        _check_sound(stem)
    shapes = {(stem.rate, stem.frames) for stem in stems.stems.values()}
    if len(shapes) > 1:
        raise ToolDefect(f"gave stems of different rates or lengths: {sorted(shapes)}")


def _check_times(spans: Sequence[Word | Event], length_s: float = math.inf) -> None:
    for span in spans:
        _finite("a time", span.start_s, span.end_s)
        if not -_TIME_SLACK_S <= span.start_s <= span.end_s <= length_s + _TIME_SLACK_S:
            raise ToolDefect(
                f"gave times {span.start_s:.3f} to {span.end_s:.3f} s that lie outside the sound or run backwards"
            )
    if any(after.start_s < before.start_s for before, after in pairwise(spans)):
        raise ToolDefect("gave times that are not in order")


def _finite(what: str, *numbers: float) -> None:
    if not all(math.isfinite(number) for number in numbers):
        raise ToolDefect(f"gave {what} that is not a finite number")
