"""Voices as files: one line of JSON, then the bytes as the tool that learned the voice wrote them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.tools.assets import Voice

FORMAT = "soundwright voice 1"
MAX_HEAD_BYTES = 4096
MAX_BYTES = 200_000_000


class VoiceFileError(SoundwrightError):
    """A file that is no voice; the message says why."""


def encode(voice: Voice) -> bytes:
    """The file of a voice."""
    head = {"format": FORMAT, "tool": voice.tool, "sha256": hashlib.sha256(voice.data).hexdigest()}
    return json.dumps(head).encode() + b"\n" + voice.data


def decode(data: bytes) -> Voice:
    """The voice of a file, checked against its own sha256.

    Raises:
        VoiceFileError: it is no voice, or is damaged.
    """
    line, newline, content = data.partition(b"\n")
    head = _head(line) if newline and len(line) <= MAX_HEAD_BYTES else {}
    if head.get("format") != FORMAT or not isinstance(head.get("tool"), str):
        raise VoiceFileError("it does not begin as a voice that Soundwright saved")
    if hashlib.sha256(content).hexdigest() != head.get("sha256"):
        raise VoiceFileError("its bytes have changed since it was saved; learn the voice again")
    return Voice(head["tool"], content)


def tool_of(path: Path) -> str:
    """The tool that learned the voice in a file; empty where the file is no voice or not there."""
    try:
        with path.open("rb") as file:
            return str(_head(file.readline(MAX_HEAD_BYTES)).get("tool", ""))
    except OSError:
        return ""


def _head(line: bytes) -> Mapping[str, Any]:
    try:
        head = json.loads(line)
    except ValueError:
        return {}
    return head if isinstance(head, dict) else {}
