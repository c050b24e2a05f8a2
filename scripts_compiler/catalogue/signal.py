"""Signal processing: one sound in, one sound out (``concat`` and ``mix`` take several)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from soundwright.scripts_compiler.catalogue.analysis import AUDIO_IN
from soundwright.scripts_compiler.catalogue.generate import Nothing
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation, Parameters, Port

MANY_IN = (Port("audio", Kind.AUDIO, many=True),)

Decibels = Annotated[float, Field(ge=-60, le=40)]
Seconds = Annotated[float, Field(ge=0, le=86400)]
Hertz = Annotated[float, Field(ge=10, le=96000)]
Slope = Literal[12, 24, 48]
SpaceName = Literal["small_room", "room", "large_room", "hall", "church", "cave", "tunnel", "outdoors", "car"]


class Gain(Parameters):
    """``gain`` in dB; -60 is silence."""

    gain: Decibels = 0.0


class Fade(Parameters):
    """``fade_in`` and ``fade_out`` in seconds, inside the length.

    A ``fade_out`` ends at the end of the sound, so it also cuts off what rings after it.
    """

    fade_in: float = Field(default=0.01, ge=0, le=120)
    fade_out: float = Field(default=0.01, ge=0, le=120)
    curve: Literal["equal_power", "linear"] = "equal_power"


class Pan(Parameters):
    """``pan`` from -1 (left) to 1 (right), at constant power; the result is stereo."""

    pan: float = Field(default=0.0, ge=-1, le=1)


# ``from`` is a word of Python, so no class body can hold it.
_SLICE: dict[str, Any] = {"from": (Seconds, 0.0), "to": (Seconds | None, None)}
Slice: type[Parameters] = create_model(
    "Slice",
    __base__=Parameters,
    __doc__="The part between ``from`` and ``to``, in seconds; without ``to`` up to the end, ringing included.",
    **_SLICE,
)


class TrimSilence(Parameters):
    """Cut what lies ``threshold`` dB below the peak: at the head, at the ``tail`` too, or up to the attack.

    ``attack``: also drop what precedes the first moment within 12 dB of the peak.
    """

    threshold: float = Field(default=50.0, ge=6, le=120)
    tail: bool = True
    attack: bool = False


class Concat(Parameters):
    """One after another with ``gap`` seconds between, or overlapping by ``crossfade`` seconds."""

    gap: Seconds = 0.0
    crossfade: float = Field(default=0.0, ge=0, le=120)


class Repeat(Parameters):
    """``times`` in a row with ``gap`` seconds between, or overlapping by ``crossfade`` seconds."""

    times: int = Field(default=2, ge=1, le=1000)
    gap: Seconds = 0.0
    crossfade: float = Field(default=0.0, ge=0, le=120)


class Mix(Parameters):
    """All at once. ``gains`` (dB) and ``offsets`` (s) go with the sounds in their order; missing ones are 0."""

    gains: list[Decibels] = Field(default_factory=list, max_length=64)
    offsets: list[Seconds] = Field(default_factory=list, max_length=64)


class LowPass(Parameters):
    """Keep what lies below ``cutoff`` Hz; ``slope`` in dB per octave."""

    cutoff: Hertz = 1000.0
    slope: Slope = 24


class HighPass(Parameters):
    """Keep what lies above ``cutoff`` Hz; ``slope`` in dB per octave."""

    cutoff: Hertz = 200.0
    slope: Slope = 24


class BandPass(Parameters):
    """Keep what lies between ``low`` and ``high`` Hz; ``slope`` in dB per octave on each side."""

    low: Hertz = 300.0
    high: Hertz = 3400.0
    slope: Slope = 24


class Band(Parameters):
    """One band of an equaliser: ``gain`` dB around (bell), below or above (shelves) ``frequency`` Hz."""

    shape: Literal["bell", "low_shelf", "high_shelf"] = "bell"
    frequency: Hertz
    gain: float = Field(ge=-40, le=40)
    q: float = Field(default=0.7, ge=0.1, le=30)


class Equalise(Parameters):
    """``bands``, one after another."""

    bands: list[Band] = Field(default_factory=list, max_length=16)


class Compress(Parameters):
    """Above ``threshold`` dBFS, ``ratio`` dB in make 1 dB out, over a soft ``knee``; then ``makeup`` dB are added."""

    threshold: float = Field(default=-20.0, ge=-60, le=0)
    ratio: float = Field(default=3.0, ge=1, le=50)
    attack: float = Field(default=0.005, ge=0, le=1)
    release: float = Field(default=0.1, ge=0.001, le=5)
    knee: float = Field(default=6.0, ge=0, le=30)
    makeup: float = Field(default=0.0, ge=0, le=40)


class Limit(Parameters):
    """No true peak above ``ceiling`` dBTP, with 5 ms of look-ahead."""

    ceiling: float = Field(default=-1.0, ge=-40, le=0)
    release: float = Field(default=0.08, ge=0.001, le=5)


class Normalise(Parameters):
    """Bring the whole to ``loudness`` LUFS, limited to ``true_peak`` dBTP."""

    loudness: float = Field(default=-18.0, ge=-70, le=-5)
    true_peak: float = Field(default=-1.0, ge=-40, le=0)


class Reverb(Parameters):
    """The sound in a ``space``, or in the one whose response to a click is fed to ``impulse``.

    ``wet`` in dB is relative to the natural level of the space (with ``impulse``: to the response as it is).
    """

    space: SpaceName = "room"
    wet: float = Field(default=0.0, ge=-60, le=20)


class Echo(Parameters):
    """Repeats every ``delay`` seconds, the first ``wet`` dB beside the sound, each later one times ``feedback``."""

    delay: float = Field(default=0.35, ge=0.001, le=10)
    feedback: float = Field(default=0.4, ge=0, le=0.95)
    wet: float = Field(default=-6.0, ge=-60, le=0)


class Radio(Parameters):
    """An old receiver; ``snr`` in dB says how far its hiss lies below the sound."""

    snr: float = Field(default=24.0, ge=0, le=100)


class Muffled(Parameters):
    """As heard through a wall or a blanket: ``amount`` 0 is hardly, 1 is very."""

    amount: float = Field(default=0.7, ge=0, le=1)


class Pitch(Parameters):
    """Higher or lower by ``semitones``; the length stays."""

    semitones: float = Field(default=0.0, ge=-24, le=24)


class Speed(Parameters):
    """``factor`` times as fast; the pitch goes along, as with a tape."""

    factor: float = Field(default=1.0, ge=0.1, le=10)


class Stretch(Parameters):
    """``factor`` times as long; the pitch stays."""

    factor: float = Field(default=1.0, ge=0.25, le=4)


class AddNoise(Parameters):
    """Noise ``snr`` dB below the sound: ``white``, ``pink`` (-3 dB per octave) or ``brown`` (-6 dB)."""

    snr: float = Field(default=20.0, ge=-40, le=120)
    colour: Literal["white", "pink", "brown"] = "white"


class Resample(Parameters):
    """To ``rate`` frames per second."""

    rate: int = Field(default=48000, ge=4000, le=384000)


class Distort(Parameters):
    """Soft clipping after ``drive`` dB of gain; the level stays about the same."""

    drive: float = Field(default=12.0, ge=0, le=60)


class Tremolo(Parameters):
    """The level swings ``rate`` times a second, down by ``depth`` (1: to silence)."""

    rate: float = Field(default=5.0, ge=0.05, le=100)
    depth: float = Field(default=0.5, ge=0, le=1)


def _effect(name: str, text: str, parameters: type[Parameters]) -> Operation:
    return Operation(name, text, parameters, AUDIO_IN, Kind.AUDIO, keeps_speech=True, effect=True)


REVERB_IN = (*AUDIO_IN, Port("impulse", Kind.AUDIO, optional=True))

OPERATIONS = (
    _effect("gain", "Louder or softer.", Gain),
    _effect("fade", "Fade in and out.", Fade),
    _effect("pan", "Place between left and right.", Pan),
    _effect("slice", "Keep one part.", Slice),
    _effect("trim_silence", "Cut the silence at the ends.", TrimSilence),
    _effect("repeat", "Several times in a row.", Repeat),
    _effect("reverse", "Backwards.", Nothing),
    _effect("mono", "All channels in one.", Nothing),
    _effect("low_pass", "Keep the low frequencies.", LowPass),
    _effect("high_pass", "Keep the high frequencies.", HighPass),
    _effect("band_pass", "Keep the frequencies between two.", BandPass),
    _effect("equalise", "Raise and lower bands of frequencies.", Equalise),
    _effect("compress", "Make loud and soft more even.", Compress),
    _effect("limit", "Hold peaks below a ceiling.", Limit),
    _effect("normalise", "Bring to a loudness.", Normalise),
    Operation(
        "reverb", "Put into a room.", Reverb, REVERB_IN, Kind.AUDIO, keeps_speech=True, effect=True,
    ),
    _effect("echo", "Distinct repeats that die away.", Echo),
    _effect("telephone", "As heard over a telephone.", Nothing),
    _effect("radio", "As heard from an old radio.", Radio),
    _effect("muffled", "As heard through a wall.", Muffled),
    _effect("pitch", "Higher or lower, as long as before.", Pitch),
    _effect("speed", "Faster and higher, or slower and lower.", Speed),
    _effect("stretch", "Longer or shorter at the same pitch.", Stretch),
    _effect("add_noise", "Add white, pink or brown noise.", AddNoise),
    _effect("distort", "Overdrive.", Distort),
    _effect("tremolo", "Let the level swing.", Tremolo),
    Operation("resample", "Change the sample rate.", Resample, AUDIO_IN, Kind.AUDIO, keeps_speech=True),
    Operation("concat", "Join sounds one after another.", Concat, MANY_IN, Kind.AUDIO),
    Operation("mix", "Play sounds at once.", Mix, MANY_IN, Kind.AUDIO),
)  # fmt: skip
