"""Reading an sf3 soundfont, and writing one of its presets as a small sf2 that simple synthesisers play in tune.

Format: "SoundFont Technical Specification 2.04" (Creative, 2006); in sf3 every sample is an Ogg Vorbis stream,
its start and end count bytes and its loop counts frames from its own start.

The synthesiser of symusic 0.5 takes a sample's pitch from its header alone and cuts a compressed one at its number of
bytes. So samples are decoded, and what a zone says of pitch (root key, coarse tune) is written into the header of a
sample of its own.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DRUM_BANK = 128
INSTRUMENT, KEYS, VELOCITIES, COARSE, SAMPLE, ROOT = 41, 43, 44, 51, 53, 58
DECAY, SUSTAIN, LOOPED = 36, 37, 54
SLOW = 5186  # timecents: 20 s
KEPT_FRAMES = 30_000_000
PADDING = 46  # silent frames that have to follow every sample
HEADER = "<20sIIIIIBbHH"

Generators = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class SampleHeader:
    """One sample as the font describes it: ``start`` and ``end`` in bytes, its loop in frames from its start."""

    start: int
    end: int
    loop_start: int
    loop_end: int
    rate: int
    pitch: int
    correction: int


class FontError(ValueError):
    """A file that is no sf3 soundfont."""


class FontFile:
    """An sf3 file, read as presets are asked for."""

    def __init__(self, path: Path) -> None:
        """Read the tables.

        Raises:
            FontError: the file is no soundfont.
        """
        self._data = np.memmap(path, dtype=np.uint8, mode="r")
        if bytes(self._data[:4]) != b"RIFF" or bytes(self._data[8:12]) != b"sfbk":
            raise FontError(f"{path.name} is no soundfont")
        self._chunks = dict(self._walk(12, len(self._data)))
        self._tables: dict[str, list[tuple[int, ...]]] = {}
        self._decoded: dict[int, NDArray[np.int16]] = {}

    def presets(self) -> list[tuple[int, int]]:
        """All (bank, program) there are."""
        return [(row[2], row[1]) for row in self._table("phdr", "<20sHHHIII")[:-1]]

    def preset(self, bank: int, program: int, notes: Collection[tuple[int, int]]) -> bytes:
        """What the preset needs for some (pitch, velocity), as an sf2 file at the same bank and program.

        Empty where the preset has no sound for any of them.

        Raises:
            FontError: there is no such preset.
        """
        for row, following in pairwise(self._table("phdr", "<20sHHHIII")):
            if (row[2], row[1]) == (bank, program):
                zones = self._zones("pbag", "pgen", row[3], following[3])
                return _Writer(self, bank, program, notes).write(zones)
        raise FontError(f"the soundfont has no program {program} in bank {bank}")

    def instrument(self, number: int) -> list[Generators]:
        """The zones of an instrument."""
        rows = self._table("inst", "<20sH")
        return self._zones("ibag", "igen", rows[number][1], rows[number + 1][1])

    def sample(self, number: int) -> SampleHeader:
        """The header of a sample."""
        row = self._table("shdr", HEADER)[number]
        return SampleHeader(row[1], row[2], row[3], row[4], row[5], row[6], row[7])

    def frames(self, number: int) -> NDArray[np.int16]:
        """A sample, decoded and kept: int16 of shape (frames,)."""
        if number not in self._decoded:
            if sum(map(len, self._decoded.values())) > KEPT_FRAMES:
                self._decoded.clear()
            self._decoded[number] = self._decode(self.sample(number))
        return self._decoded[number]

    def _decode(self, header: SampleHeader) -> NDArray[np.int16]:
        import soundfile  # noqa: PLC0415

        at = self._chunks["smpl"][0]
        stream = io.BytesIO(bytes(self._data[at + header.start : at + header.end]))
        decoded, _ = soundfile.read(stream, dtype="int16", always_2d=True)
        return np.ascontiguousarray(decoded[:, 0])

    def _walk(self, at: int, end: int) -> Iterator[tuple[str, tuple[int, int]]]:
        while at + 8 <= end:
            name = bytes(self._data[at : at + 4]).decode("latin-1")
            (size,) = struct.unpack("<I", bytes(self._data[at + 4 : at + 8]))
            if name == "LIST":
                yield from self._walk(at + 12, at + 8 + size)
            else:
                yield name, (at + 8, size)
            at += 8 + size + size % 2

    def _table(self, name: str, form: str) -> list[tuple[int, ...]]:
        if name not in self._tables:
            at, size = self._chunks[name]
            self._tables[name] = list(struct.iter_unpack(form, bytes(self._data[at : at + size])))
        return self._tables[name]

    def _zones(self, bags: str, generators: str, first: int, end: int) -> list[Generators]:
        bag, gen = self._table(bags, "<HH"), self._table(generators, "<HH")
        return [[(row[0], row[1]) for row in gen[bag[z][0] : bag[z + 1][0]]] for z in range(first, end)]


@dataclass
class _Writer:
    """Collects the instruments and samples of one preset under new numbers."""

    font: FontFile
    bank: int
    program: int
    notes: Collection[tuple[int, int]]
    headers: list[tuple[int, int, int, int, int, int, int]] = field(default_factory=list)
    audio: list[NDArray[np.int16]] = field(default_factory=list)
    placed: dict[int, tuple[int, int]] = field(default_factory=dict)
    baked: dict[tuple[int, int], int] = field(default_factory=dict)
    length: int = 0

    def write(self, zones: list[Generators]) -> bytes:
        instruments: list[list[Generators]] = []
        numbers: dict[int, int] = {}
        preset: list[Generators] = []
        for zone in zones:
            kind, number = zone[-1] if zone else (0, 0)
            if kind != INSTRUMENT:
                preset.append(zone)
            elif self._sounds(dict(zone)):
                if number not in numbers:
                    numbers[number] = len(instruments)
                    instruments.append(self._instrument(self.font.instrument(number)))
                preset.append([*zone[:-1], (INSTRUMENT, numbers[number])])
        return self._file(preset, instruments) if self.headers else b""

    def _instrument(self, zones: list[Generators]) -> list[Generators]:
        common: dict[int, int] = {}
        out: list[Generators] = []
        for number, zone in enumerate(zones):
            values = dict(zone)
            if SAMPLE not in values:
                if number == 0:
                    common = values
                    out.append([(k, v) for k, v in zone if k not in (ROOT, COARSE)])
                continue
            values = common | values
            if not self._sounds(values):
                continue
            pitched = self._sample(values[SAMPLE], values.get(ROOT), values.get(COARSE, 0))
            rest = [(k, v) for k, v in zone if k not in (ROOT, COARSE, SAMPLE)]
            if not {DECAY, SUSTAIN, LOOPED} & values.keys():
                rest += [(DECAY, SLOW), (SUSTAIN, 1000)]
            out.append([*rest, (SAMPLE, pitched)])
        return out

    def _sounds(self, values: dict[int, int]) -> bool:
        """Whether any of the notes lies in a zone's ranges of key and velocity (low byte first)."""
        keys, velocities = values.get(KEYS, 127 << 8), values.get(VELOCITIES, 127 << 8)
        return any(
            keys & 255 <= pitch <= keys >> 8 and velocities & 255 <= velocity <= velocities >> 8
            for pitch, velocity in self.notes
        )

    def _sample(self, number: int, root: int | None, coarse: int) -> int:
        """The new number of a sample with its pitch as its zone wants it."""
        header = self.font.sample(number)
        pitch = (header.pitch if root is None or root > 127 else root) - (coarse - 65536 if coarse > 32767 else coarse)
        key = (number, min(127, max(0, pitch)))
        if key not in self.baked:
            start, frames = self._place(number)
            self.baked[key] = len(self.headers)
            self.headers.append(
                (
                    start,
                    start + frames,
                    start + header.loop_start,
                    start + header.loop_end,
                    header.rate,
                    key[1],
                    header.correction,
                )
            )
        return self.baked[key]

    def _place(self, number: int) -> tuple[int, int]:
        if number not in self.placed:
            decoded = self.font.frames(number)
            self.placed[number] = (self.length, len(decoded))
            self.audio += [decoded, np.zeros(PADDING, np.int16)]
            self.length += len(decoded) + PADDING
        return self.placed[number]

    def _file(self, preset: list[Generators], instruments: list[list[Generators]]) -> bytes:
        pbag, pgen = _bags([preset])
        ibag, igen = _bags(instruments)
        starts = np.cumsum([0, *(len(zones) for zones in instruments)]).tolist()
        inst = b"".join(struct.pack("<20sH", b"i", start) for start in starts)
        phdr = struct.pack("<20sHHHIII", b"p", self.program, self.bank, 0, 0, 0, 0)
        phdr += struct.pack("<20sHHHIII", b"EOP", 0, 0, len(preset), 0, 0, 0)
        shdr = b"".join(struct.pack(HEADER, b"s", *row, 0, 1) for row in self.headers) + struct.pack(
            HEADER, b"EOS", *[0] * 9
        )
        tables = {
            "phdr": phdr,
            "pbag": pbag,
            "pmod": bytes(10),
            "pgen": pgen,
            "inst": inst,
            "ibag": ibag,
            "imod": bytes(10),
            "igen": igen,
            "shdr": shdr,
        }
        parts = [
            _list(
                "INFO",
                _chunk("ifil", struct.pack("<HH", 2, 1)) + _chunk("isng", b"EMU8000\0") + _chunk("INAM", b"preset\0\0"),
            ),
            _list("sdta", _chunk("smpl", np.concatenate(self.audio).tobytes())),
            _list("pdta", b"".join(_chunk(name, table) for name, table in tables.items())),
        ]
        return _chunk("RIFF", b"sfbk" + b"".join(parts))


def _bags(groups: list[list[Generators]]) -> tuple[bytes, bytes]:
    """Bag and generator tables of zones, each with its closing row."""
    bags, generators = [], b""
    for zone in (zone for group in groups for zone in group):
        bags.append(len(generators) // 4)
        generators += b"".join(struct.pack("<HH", *row) for row in zone)
    bags.append(len(generators) // 4)
    return b"".join(struct.pack("<HH", at, 0) for at in bags), generators + bytes(4)


def _chunk(name: str, data: bytes) -> bytes:
    return name.encode() + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def _list(name: str, data: bytes) -> bytes:
    return _chunk("LIST", name.encode() + data)
