"""The signal-processing operations, offered as one tool."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from soundwright.tools.assets import Asset, Audio, Samples
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError
from soundwright.tools.signal import carry, dynamics, echo, edit, filters, levels, reverb, tempo

Params = Mapping[str, Any]
Handler = Callable[[Request], Audio]
LONGEST_S = 4 * 3600


def _in_place(change: Callable[[Samples, int, Params, int], Samples]) -> Handler:
    """An operation that moves nothing in time: (samples, rate, parameters, seed) -> as many samples."""

    def handle(request: Request) -> Audio:
        audio = request.audio()
        return carry.with_samples(audio, change(audio.samples, audio.rate, request.params, request.seed))

    return handle


def _fade(request: Request) -> Audio:
    audio, p = request.audio(), request.params
    if p["fade_out"] > 0:
        audio = carry.part(audio, 0, audio.frames - audio.tail)
    return carry.with_samples(audio, levels.fade(audio.samples, audio.rate, p["fade_in"], p["fade_out"], p["curve"]))


def _slice(request: Request) -> Audio:
    audio, p = request.audio(), request.params
    start = round(p["from"] * audio.rate)
    end = audio.frames if p["to"] is None else round(p["to"] * audio.rate)
    if audio.frames and (end <= start or start >= audio.frames):
        length_s = audio.frames / audio.rate
        raise ToolError(f"slice: from ({p['from']:g} s) must lie before to and before the sound's end ({length_s:g} s)")
    return carry.part(audio, start, end)


def _trim_silence(request: Request) -> Audio:
    audio, p = request.audio(), request.params
    start, end = edit.sounding(audio.samples, p["threshold"])
    if p["attack"]:
        start = edit.attack(audio.samples)
    return carry.part(audio, start, end if p["tail"] else audio.frames)


def _reverse(request: Request) -> Audio:
    audio = request.audio()
    return carry.without_words(audio, edit.reverse(audio.samples), tail=0)


def _repeat(request: Request) -> Audio:
    audio, p = request.audio(), request.params
    joined, starts = _join([audio] * p["times"], p["gap"], p["crossfade"])
    return carry.repeated(audio, joined.samples, [start / audio.rate for start in starts])


def _concat(request: Request) -> Audio:
    sounds = _at_one_rate(_many(request))
    return _join(sounds, request.params["gap"], request.params["crossfade"])[0]


def _mix(request: Request) -> Audio:
    sounds, p = _at_one_rate(_many(request)), request.params
    for name in ("gains", "offsets"):
        if len(p[name]) > len(sounds):
            raise ToolError(f"mix: {len(p[name])} {name} for {len(sounds)} sounds; give at most one for each")
    rest = [0.0] * len(sounds)
    starts = [round(s * sounds[0].rate) for s in [*p["offsets"], *rest][: len(sounds)]]
    _affordable(sum(starts) + sum(s.frames for s in sounds), sounds[0].rate)
    samples = edit.place([s.samples for s in sounds], starts, [*p["gains"], *rest][: len(sounds)])
    body = max(start + s.frames - s.tail for start, s in zip(starts, sounds, strict=True))
    return Audio(samples, sounds[0].rate, samples.shape[1] - body)


def _join(sounds: Sequence[Audio], gap_s: float, crossfade_s: float) -> tuple[Audio, list[int]]:
    """One after another, each beginning where the body of the one before ends, over its ringing."""
    rate, starts, pieces, at = sounds[0].rate, [], [], 0
    overlaps = [
        min(round(crossfade_s * rate), (a.frames - a.tail) // 2, (b.frames - b.tail) // 2) for a, b in pairwise(sounds)
    ]
    _affordable(sum(s.frames + round(gap_s * rate) for s in sounds), rate)
    for sound, head, foot in zip(sounds, [0, *overlaps], [*overlaps, 0], strict=True):
        start = max(0, at - head)
        body = sound.frames - sound.tail
        # What crossfades does not ring on: its tail would begin out of nothing.
        kept = sound.samples[:, :body] if foot else sound.samples
        pieces.append(edit.crossfaded(kept, head, foot))
        starts.append(start)
        at = start + body + (0 if foot else round(gap_s * rate))
    samples = edit.place(pieces, starts, [0.0] * len(pieces))
    end = starts[-1] + sounds[-1].frames - sounds[-1].tail
    return Audio(samples, rate, samples.shape[1] - end), starts


def _affordable(frames: int, rate: int) -> None:
    if frames > LONGEST_S * rate:
        raise ToolError(
            f"the result would last {frames / rate / 3600:.1f} h; at most {LONGEST_S // 3600} h can be made"
        )


def _many(request: Request) -> list[Audio]:
    ports = [name for name in request.inputs if name.startswith("audio")]
    ports.sort(key=lambda name: int(name.partition(".")[2] or 0))
    if not ports:
        raise ToolError(f"{request.op} needs at least one sound", addressee="developer")
    return [request.audio(port) for port in ports]


def _at_one_rate(sounds: Sequence[Audio]) -> list[Audio]:
    rate = max(sound.rate for sound in sounds)
    return [_resampled(sound, rate) for sound in sounds]


def _resampled(audio: Audio, rate: int) -> Audio:
    samples = tempo.resample(audio.samples, audio.rate, rate)
    tail = min(round(audio.tail * rate / audio.rate), samples.shape[1])
    return replace(audio, samples=samples, rate=rate, tail=tail)


def _resample(request: Request) -> Audio:
    return _resampled(request.audio(), request.params["rate"])


def _speed(request: Request) -> Audio:
    audio, factor = request.audio(), request.params["factor"]
    return carry.scaled(audio, tempo.speed(audio.samples, audio.rate, factor), 1 / factor)


def _stretch(request: Request) -> Audio:
    audio, factor = request.audio(), request.params["factor"]
    return carry.scaled(audio, tempo.stretch(audio.samples, audio.rate, factor), factor)


def _reverb(request: Request) -> Audio:
    audio, p = request.audio(), request.params
    if "impulse" in request.inputs:
        response = tempo.resample(request.audio("impulse").samples, request.audio("impulse").rate, audio.rate)
        response = response * (request.audio("impulse").rate / audio.rate)
    else:
        response = reverb.impulse_response(p["space"], audio.rate)
    return _ringing(audio, reverb.add_response(audio.samples, response.astype("float32"), p["wet"]))


def _echo(request: Request) -> Audio:
    audio, p = request.audio(), request.params
    return _ringing(audio, echo.echo(audio.samples, audio.rate, p["delay"], p["feedback"], p["wet"]))


def _ringing(audio: Audio, samples: Samples) -> Audio:
    return carry.with_samples(audio, samples, audio.tail + samples.shape[1] - audio.frames)


HANDLERS: dict[str, Handler] = {
    "gain": _in_place(lambda x, rate, p, seed: levels.gain(x, p["gain"])),
    "fade": _fade,
    "pan": _in_place(lambda x, rate, p, seed: levels.pan(x, p["pan"])),
    "slice": _slice,
    "trim_silence": _trim_silence,
    "repeat": _repeat,
    "reverse": _reverse,
    "mono": _in_place(lambda x, rate, p, seed: levels.mono(x)),
    "low_pass": _in_place(lambda x, rate, p, seed: filters.low_pass(x, rate, p["cutoff"], p["slope"])),
    "high_pass": _in_place(lambda x, rate, p, seed: filters.high_pass(x, rate, p["cutoff"], p["slope"])),
    "band_pass": _in_place(lambda x, rate, p, seed: filters.band_pass(x, rate, p["low"], p["high"], p["slope"])),
    "equalise": _in_place(lambda x, rate, p, seed: filters.equalise(x, rate, p["bands"])),
    "compress": _in_place(
        lambda x, rate, p, seed: dynamics.compress(
            x, rate, p["threshold"], p["ratio"], p["attack"], p["release"], p["knee"], p["makeup"]
        )
    ),
    "limit": _in_place(lambda x, rate, p, seed: dynamics.limit(x, rate, p["ceiling"], p["release"])),
    "normalise": _in_place(lambda x, rate, p, seed: dynamics.normalise(x, rate, p["loudness"], p["true_peak"])),
    "reverb": _reverb,
    "echo": _echo,
    "telephone": _in_place(lambda x, rate, p, seed: filters.telephone(x, rate)),
    "radio": _in_place(lambda x, rate, p, seed: filters.radio(x, rate, p["snr"], seed)),
    "muffled": _in_place(lambda x, rate, p, seed: filters.muffled(x, rate, p["amount"])),
    "pitch": _in_place(lambda x, rate, p, seed: tempo.pitch(x, rate, p["semitones"])),
    "speed": _speed,
    "stretch": _stretch,
    "add_noise": _in_place(lambda x, rate, p, seed: levels.add_noise(x, p["snr"], p["colour"], seed)),
    "distort": _in_place(lambda x, rate, p, seed: dynamics.distort(x, p["drive"])),
    "tremolo": _in_place(lambda x, rate, p, seed: levels.tremolo(x, rate, p["rate"], p["depth"])),
    "resample": _resample,
    "concat": _concat,
    "mix": _mix,
}


class SignalTool:
    """Signal processing with numpy, scipy and soxr."""

    spec = ToolSpec(
        name="signal",
        version="2",
        operations=tuple(HANDLERS),
        licence_code="Apache-2.0",
        modules=("scipy", "soxr", "pyebur128"),
        speed=100.0,
        proven="real",
        proven_note="no weights; measured on test signals",
        help="Levels, filters, dynamics, rooms, echoes, pitch, tempo, cutting and joining.",
    )

    def load(self, place: Place) -> None:
        """Nothing to load: what an operation needs is imported when it runs."""

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Do each request by its operation."""
        yield from each(batch, context, _do)

    def close(self) -> None:
        """Nothing to free."""


def _do(request: Request) -> Asset:
    handler = HANDLERS.get(request.op)
    if handler is None:
        raise ToolError(f"signal does not know {request.op!r}", addressee="developer")
    try:
        return handler(request)
    except ValueError as error:  # parameters that only the sound shows to be wrong
        raise ToolError(f"{request.op}: {error}") from error
