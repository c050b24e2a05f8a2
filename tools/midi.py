"""Notes as standard MIDI files, written and read; nothing else of MIDI is kept."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.tools.assets import Note, Notes, Part

TICKS_PER_BEAT = 480
TEMPO_US = 500_000
"""Microseconds of a beat where a file says nothing else: 120 beats per minute."""
DRUM_CHANNEL = 9
MAX_NOTES = 500_000
_MELODIC = [channel for channel in range(16) if channel != DRUM_CHANNEL]
_DATA_BYTES = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}


class MidiError(SoundwrightError):
    """Bytes that are no standard MIDI file; the message says where they go wrong."""


def encode(notes: Notes) -> bytes:
    """A file of format 1 at 120 beats per minute, a track for each part; times are kept to a millisecond."""
    tempo = b"\x00\xff\x51\x03" + TEMPO_US.to_bytes(3, "big") + b"\x00\xff\x2f\x00"
    channels = _channels(notes)
    tracks = [tempo, *(_track(part, channel) for part, channel in zip(notes.parts, channels, strict=True))]
    head = struct.pack(">4sIHHH", b"MThd", 6, 1, len(tracks), TICKS_PER_BEAT)
    return head + b"".join(struct.pack(">4sI", b"MTrk", len(track)) + track for track in tracks)


def decode(data: bytes) -> Notes:
    """The notes of a file, tempo changes heeded: a part for each instrument of each track and channel.

    Raises:
        MidiError: it is no standard MIDI file, or is damaged.
    """
    division, tracks = _chunks(data)
    tempos = sorted((tick, value) for track in tracks for tick, kind, value in track if kind == "tempo")
    clock = _Clock(division, [(tick, int.from_bytes(value, "big")) for tick, value in tempos])
    parts = [part for track in tracks for part in _parts(track, clock)]
    if sum(len(part.notes) for part in parts) > MAX_NOTES:
        raise MidiError(f"it holds more than {MAX_NOTES:,} notes")
    return Notes(tuple(parts))


# --- writing ------------------------------------------------------------------------------------------------------


def _channels(notes: Notes) -> list[int]:
    """Drums share channel 10; other parts have one each, and go round where there are more than fifteen."""
    melodic = iter(range(len(notes.parts)))
    return [DRUM_CHANNEL if part.drums else _MELODIC[next(melodic) % len(_MELODIC)] for part in notes.parts]


def _track(part: Part, channel: int) -> bytes:
    events: list[tuple[int, int, bytes]] = []
    for note in part.notes:
        start, end = _tick(note.start_s), max(_tick(note.end_s), _tick(note.start_s) + 1)
        pitch = min(max(note.pitch, 0), 127)
        events.append((start, 1, bytes((0x90 | channel, pitch, min(max(note.velocity, 1), 127)))))
        events.append((end, 0, bytes((0x80 | channel, pitch, 0))))
    track, at = bytearray(), 0
    name = part.name.encode()[:1000]
    track += b"\x00\xff\x03" + _variable(len(name)) + name
    track += bytes((0, 0xC0 | channel, min(max(part.program, 0), 127)))
    for tick, _, message in sorted(events):
        track += _variable(tick - at) + message
        at = tick
    return bytes(track + b"\x00\xff\x2f\x00")


def _tick(seconds: float) -> int:
    return round(max(seconds, 0.0) * 1e6 / TEMPO_US * TICKS_PER_BEAT)


def _variable(number: int) -> bytes:
    """Seven bits a byte, the highest bit set on all but the last."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(0x80 | number & 0x7F)
    return bytes(reversed(digits))


# --- reading ------------------------------------------------------------------------------------------------------

_Event = tuple[int, str, bytes]


@dataclass
class _Bytes:
    """Bytes that are read one after another; to read past the end is an error of the file."""

    data: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise MidiError(f"it ends within byte {self.at}")
        self.at += count
        return self.data[self.at - count : self.at]

    def variable(self) -> int:
        number = 0
        for _ in range(4):
            byte = self.take(1)[0]
            number = number << 7 | byte & 0x7F
            if byte < 0x80:
                return number
        raise MidiError(f"byte {self.at} ends no number")


@dataclass
class _Clock:
    """Seconds of ticks. A negative division counts frames of film."""

    division: int
    tempos: list[tuple[int, int]] = field(default_factory=list)

    def seconds(self, tick: int) -> float:
        if self.division < 0:
            frames, parts = -(self.division >> 8), self.division & 0xFF
            return tick / max(frames * parts, 1)
        passed, at, tempo = 0.0, 0, TEMPO_US
        for change, value in self.tempos:
            if change >= tick:
                break
            passed += (change - at) * tempo
            at, tempo = change, value
        return (passed + (tick - at) * tempo) / (1e6 * max(self.division, 1))


def _chunks(data: bytes) -> tuple[int, list[list[_Event]]]:
    source = _Bytes(data)
    if source.take(4) != b"MThd":
        raise MidiError("it does not begin as a standard MIDI file")
    head = source.take(int.from_bytes(source.take(4), "big"))
    if len(head) < 6:
        raise MidiError("its head is too short")
    division = struct.unpack(">h", head[4:6])[0]
    tracks = []
    while source.at < len(data):
        kind, size = source.take(4), int.from_bytes(source.take(4), "big")
        body = source.take(size)
        if kind == b"MTrk":
            tracks.append(list(_events(_Bytes(body))))
    return division, tracks


def _events(source: _Bytes) -> Iterator[_Event]:
    """(tick, what, bytes) of what concerns notes: on, off, program, name, tempo."""
    tick, status = 0, 0
    while source.at < len(source.data):
        tick += source.variable()
        byte = source.take(1)[0]
        if byte == 0xFF:
            kind, body = source.take(1)[0], source.take(source.variable())
            if kind in (0x03, 0x51):
                yield tick, "name" if kind == 0x03 else "tempo", body
        elif byte in (0xF0, 0xF7):
            source.take(source.variable())
        else:
            if byte & 0x80:
                status, first = byte, b""
            else:
                first = bytes((byte,))
            if status >> 4 not in _DATA_BYTES:
                raise MidiError(f"byte {source.at} is no message")
            body = first + source.take(_DATA_BYTES[status >> 4] - len(first))
            what = {0x8: "off", 0x9: "on", 0xC: "program"}.get(status >> 4)
            if what:
                yield tick, what, bytes((status & 0x0F,)) + body


def _parts(track: list[_Event], clock: _Clock) -> Iterator[Part]:
    name = next((body.decode("utf-8", "replace") for _, kind, body in track if kind == "name"), "")
    programs: dict[int, int] = {}
    sounding: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    found: dict[tuple[int, int], list[Note]] = defaultdict(list)
    for tick, kind, body in track:
        if kind == "program":
            programs[body[0]] = body[1] & 0x7F
        elif kind == "on" and body[2]:
            sounding[body[0], body[1]].append((tick, body[2]))
        elif kind in ("on", "off") and sounding[body[0], body[1]]:
            start, velocity = sounding[body[0], body[1]].pop(0)
            note = Note(body[1] & 0x7F, clock.seconds(start), clock.seconds(tick), velocity & 0x7F)
            found[body[0], programs.get(body[0], 0)].append(note)
    for (channel, program), notes in sorted(found.items()):
        drums = channel == DRUM_CHANNEL
        yield Part(tuple(sorted(notes, key=lambda n: (n.start_s, n.pitch))), 0 if drums else program, drums, name)
