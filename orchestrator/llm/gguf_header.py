"""The first facts of a GGUF file: its name and how much context it was trained for.

Layout after https://github.com/ggml-org/ggml/blob/master/docs/gguf.md: magic, version, counts, then keys with values.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from soundwright.orchestrator.llm.errors import ModelUnavailable

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
MAX_KEYS = 10_000
MAX_TEXT = 1 << 20


@dataclass(frozen=True, slots=True)
class GgufFacts:
    """``context_tokens`` 0 where the file does not say."""

    name: str
    architecture: str
    context_tokens: int


def read_facts(path: Path) -> GgufFacts:
    """The facts in the header of the file.

    Raises:
        ModelUnavailable: it is missing, or no GGUF file that can be read.
    """
    try:
        with path.open("rb") as file:
            values = _scalars(file)
    except OSError as error:
        raise ModelUnavailable(f"gguf:{path}: {error.strerror or error}. Check the path.") from None
    except (struct.error, ValueError, OverflowError) as error:
        raise ModelUnavailable(f"gguf:{path}: is no whole GGUF file ({error}). Fetch it anew.") from None
    architecture = str(values.get("general.architecture", ""))
    length = values.get(f"{architecture}.context_length", 0)
    return GgufFacts(str(values.get("general.name", path.stem)), architecture, length if isinstance(length, int) else 0)


def _scalars(file: BinaryIO) -> dict[str, str | float]:
    """Strings and numbers up to the first list: the tokenizer's lists stand after the facts."""
    if file.read(4) != b"GGUF":
        raise ValueError("it does not begin with GGUF")
    version, _, keys = struct.unpack("<IQQ", file.read(20))
    if not 2 <= version <= 3 or keys > MAX_KEYS:
        raise ValueError(f"version {version} with {keys} keys")
    found: dict[str, str | float] = {}
    for _ in range(keys):
        name = _text(file)
        (kind,) = struct.unpack("<I", file.read(4))
        if kind == _ARRAY and name.startswith("tokenizer."):
            break
        value = _value(file, kind)
        if value is not None:
            found[name] = value
    return found


def _value(file: BinaryIO, kind: int) -> str | float | None:
    if kind == _STRING:
        return _text(file)
    if kind in _SCALARS:
        layout = f"<{_SCALARS[kind]}"
        value: float = struct.unpack(layout, file.read(struct.calcsize(layout)))[0]
        return value
    if kind != _ARRAY:
        raise ValueError(f"a value of kind {kind}")
    inner, count = struct.unpack("<IQ", file.read(12))
    if count > MAX_TEXT:
        raise ValueError(f"a list of {count}")
    for _ in range(count):
        _value(file, inner)
    return None


def _text(file: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", file.read(8))
    if length > MAX_TEXT:
        raise ValueError(f"a text of {length} bytes")
    return file.read(length).decode("utf-8", "replace")
