"""Formats that libsndfile does not read (AAC, WMA, AMR, the sound of videos), through pydub's ffmpeg.

A file is other people's: its name is only ever a path, its container is the one that its ending says (so no playlist is
followed), nothing but the file itself is opened, and time, size and length are bounded.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from soundwright.tools import audio_files
from soundwright.tools.assets import Audio
from soundwright.tools.audio_files import AudioFileError
from soundwright.tools.pydub_bridge import ffmpeg

CONTAINERS: Mapping[str, str] = {
    ".m4a": "mov", ".m4b": "mov", ".mp4": "mov", ".m4v": "mov", ".mov": "mov", ".3gp": "mov", ".aac": "aac",
    ".wma": "asf", ".wmv": "asf", ".asf": "asf", ".amr": "amr", ".webm": "matroska", ".mkv": "matroska",
    ".mka": "matroska", ".avi": "avi", ".flv": "flv", ".ts": "mpegts", ".mpg": "mpeg", ".mpeg": "mpeg", ".ac3": "ac3",
    ".eac3": "eac3", ".ape": "ape", ".wv": "wv", ".mpc": "mpc", ".tta": "tta", ".dts": "dts", ".mp2": "mp3",
}  # fmt: skip
"""Demuxer by ending."""
MAX_FILE_BYTES = 8_000_000_000
MAX_LENGTH_S = 6 * 3600
MAX_CHANNELS = 8
TIMEOUT_S = 900.0
_POLL_S = 0.1


def is_foreign(path: Path) -> bool:
    """Whether the ending is one of a format that is read this way."""
    return path.suffix.lower() in CONTAINERS


def read(path: Path, *, cancelled: Callable[[], bool] = lambda: False) -> Audio:
    """The first sound track of a file, whole.

    Raises:
        AudioFileError: no sound in it, damaged, too large, too long, or ``cancelled`` became true.
        ToolMissing: pydub or ffmpeg is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="soundwright-") as folder:
        return audio_files.read(decode(path, Path(folder), cancelled=cancelled))


def decode(path: Path, folder: Path, *, cancelled: Callable[[], bool] = lambda: False) -> Path:
    """The first sound track of a file as a WAV file of 32-bit floats in ``folder``.

    Raises:
        AudioFileError, ToolMissing: as ``read``.
    """
    size = path.stat().st_size if path.is_file() else -1
    if size < 0:
        raise AudioFileError(f"{path}: there is no such file; check the name")
    if size > MAX_FILE_BYTES:
        raise AudioFileError(f"{path}: has {size / 1e9:.0f} GB; at most {MAX_FILE_BYTES / 1e9:.0f} GB are read")
    out = folder / "decoded.wav"
    _run(_command(ffmpeg(), path.resolve(), out), path, cancelled)
    info = audio_files.probe(out)
    if info.length_s > MAX_LENGTH_S:
        raise AudioFileError(f"{path}: is longer than {MAX_LENGTH_S // 3600} hours; cut it first")
    if info.channels > MAX_CHANNELS:
        raise AudioFileError(f"{path}: has {info.channels} channels; at most {MAX_CHANNELS} are read")
    return out


def _command(program: str, path: Path, out: Path) -> list[str]:
    return [
        program, "-nostdin", "-hide_banner", "-loglevel", "error", "-y",
        "-protocol_whitelist", "file", "-f", CONTAINERS[path.suffix.lower()], "-i", f"file:{path}",
        "-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-t", str(MAX_LENGTH_S + 1),
        "-c:a", "pcm_f32le", "-rf64", "auto", "-f", "wav", f"file:{out}",
    ]  # fmt: skip


def _run(command: list[str], path: Path, cancelled: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT_S
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said) as process,  # noqa: S603  a list, no shell
    ):
        while process.poll() is None:
            if cancelled() or time.monotonic() > end:
                process.kill()
                process.wait()
                raise AudioFileError(f"{path}: decoding was stopped" + ("" if cancelled() else " after 15 minutes"))
            time.sleep(_POLL_S if end - time.monotonic() < TIMEOUT_S - 1 else 0.01)
        if process.returncode != 0:
            said.seek(0)
            cause = said.read(2000).decode("utf-8", "replace").strip().splitlines()
            raise AudioFileError(f"{path}: holds no sound that can be read ({(cause or ['no reason given'])[-1]})")
