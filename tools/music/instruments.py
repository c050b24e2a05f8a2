"""Instruments that a description can name, and what they can play. Programs are General MIDI numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instrument:
    """A ``line`` plays one tone at a time, ``keys`` chords and melody, a ``pad`` long chords, a ``bass`` the bass."""

    program: int
    voice: str
    low: int = 48
    high: int = 84


def _line(program: int, low: int, high: int) -> Instrument:
    return Instrument(program, "line", low, high)


def _keys(program: int, low: int = 52, high: int = 84) -> Instrument:
    return Instrument(program, "keys", low, high)


def _pad(program: int, low: int = 50, high: int = 79) -> Instrument:
    return Instrument(program, "pad", low, high)


INSTRUMENTS: dict[str, Instrument] = {
    "piano": _keys(0),
    "grand piano": _keys(0),
    "electric piano": _keys(4),
    "rhodes": _keys(4),
    "harpsichord": _keys(6),
    "celesta": _keys(8, 64, 91),
    "glockenspiel": _keys(9, 67, 91),
    "music box": _keys(10, 67, 91),
    "vibraphone": _keys(11, 57, 84),
    "marimba": _keys(12, 52, 84),
    "xylophone": _keys(13, 65, 91),
    "bells": _keys(14, 60, 79),
    "chimes": _keys(14, 60, 79),
    "tubular bells": _keys(14, 60, 77),
    "dulcimer": _keys(15),
    "organ": _pad(19),
    "church organ": _pad(19),
    "pipe organ": _pad(19),
    "hammond": _pad(16),
    "accordion": _keys(21),
    "concertina": _keys(21),
    "harmonica": _line(22, 60, 84),
    "guitar": _keys(25, 45, 76),
    "acoustic guitar": _keys(25, 45, 76),
    "guitars": _keys(25, 45, 76),
    "classical guitar": _keys(24, 45, 76),
    "spanish guitar": _keys(24, 45, 76),
    "nylon guitar": _keys(24, 45, 76),
    "lute": _keys(24, 48, 76),
    "ukulele": _keys(24, 60, 81),
    "mandolin": _keys(25, 60, 84),
    "electric guitar": _keys(27, 45, 76),
    "electric guitars": _keys(29, 45, 76),
    "distorted guitar": _keys(30, 45, 76),
    "bass guitar": Instrument(33, "bass", 28, 48),
    "double bass": Instrument(32, "bass", 28, 48),
    "upright bass": Instrument(32, "bass", 28, 48),
    "synth bass": Instrument(38, "bass", 28, 48),
    "bass": Instrument(33, "bass", 28, 48),
    "violin": _line(40, 60, 88),
    "violins": _line(40, 60, 88),
    "viola": _line(41, 52, 76),
    "cello": _line(42, 43, 67),
    "cellos": _line(42, 43, 67),
    "strings": _pad(48),
    "string section": _pad(48),
    "string quartet": _pad(48),
    "tremolo strings": _pad(44),
    "pizzicato": _keys(45, 52, 79),
    "harp": _keys(46, 52, 86),
    "choir": _pad(52),
    "voices": _pad(52),
    "vocals": _pad(53),
    "chant": _pad(52, 45, 67),
    "trumpet": _line(56, 58, 82),
    "trumpets": _line(56, 58, 82),
    "muted trumpet": _line(59, 58, 80),
    "trombone": _line(57, 46, 69),
    "tuba": _line(58, 36, 58),
    "horn": _line(60, 48, 74),
    "horns": _line(60, 48, 74),
    "french horn": _line(60, 48, 74),
    "brass": _pad(61, 48, 76),
    "sax": _line(66, 52, 77),
    "saxophone": _line(66, 52, 77),
    "tenor sax": _line(66, 50, 76),
    "alto sax": _line(65, 55, 80),
    "soprano sax": _line(64, 60, 84),
    "oboe": _line(68, 60, 84),
    "english horn": _line(69, 54, 77),
    "bassoon": _line(70, 40, 65),
    "clarinet": _line(71, 54, 82),
    "piccolo": _line(72, 74, 96),
    "flute": _line(73, 62, 89),
    "flutes": _line(73, 62, 89),
    "recorder": _line(74, 65, 88),
    "pan flute": _line(75, 62, 84),
    "panpipes": _line(75, 62, 84),
    "shakuhachi": _line(77, 60, 82),
    "whistle": _line(78, 72, 93),
    "tin whistle": _line(78, 72, 93),
    "ocarina": _line(79, 62, 84),
    "woodwinds": _line(73, 62, 86),
    "woodwind": _line(73, 62, 86),
    "synth": _keys(81, 60, 84),
    "synthesizer": _keys(81, 60, 84),
    "synths": _keys(81, 60, 84),
    "synth lead": _line(81, 60, 84),
    "synth pad": _pad(89),
    "synth pads": _pad(89),
    "pads": _pad(89),
    "pad": _pad(89),
    "theremin": _line(54, 64, 86),
    "sitar": _line(104, 52, 76),
    "banjo": _keys(105, 55, 79),
    "shamisen": _line(106, 55, 79),
    "koto": _keys(107, 55, 82),
    "kalimba": _keys(108, 60, 84),
    "bagpipes": _line(109, 60, 79),
    "bagpipe": _line(109, 60, 79),
    "fiddle": _line(110, 60, 86),
    "steel drums": _keys(114, 60, 84),
    "steel drum": _keys(114, 60, 84),
    "oud": _line(24, 48, 74),
    "duduk": _line(69, 54, 74),
    "erhu": _line(40, 60, 84),
}

PERCUSSION = frozenset(
    {
        "drums",
        "drum",
        "percussion",
        "beat",
        "beats",
        "bongos",
        "congas",
        "taiko",
        "timpani",
        "tambourine",
        "snare",
        "drum kit",
    }
)
