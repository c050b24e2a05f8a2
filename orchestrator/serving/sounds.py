"""What the server does with engines: speak a text, write down a recording, list models and voices."""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import soundfile
import soxr
from pydantic import ValidationError

from soundwright.orchestrator.choice import Chooser, Need
from soundwright.orchestrator.devices import device_for
from soundwright.orchestrator.results import checked
from soundwright.orchestrator.serving.form import Form
from soundwright.orchestrator.serving.refusal import Refused
from soundwright.orchestrator.toolpool import ToolPool
from soundwright.orchestrator.workshop import Workshop
from soundwright.tools.assets import Asset, Audio, Transcript, Word
from soundwright.tools.base import Context, Request, ToolSpec, VoiceInfo
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.http.sound import decoded, to_pcm, wav_bytes

ALIASES = frozenset({"", "default", "tts-1", "tts-1-hd", "gpt-4o-mini-tts", "whisper-1", "gpt-4o-transcribe",
                     "gpt-4o-mini-transcribe"})  # fmt: skip
"""Names of models that clients have built in: the best engine stands for them."""
STAND_INS: Mapping[str, str] = {
    "alloy": "female", "ash": "male", "ballad": "male", "cedar": "male", "coral": "female", "echo": "male",
    "fable": "male", "marin": "female", "nova": "female", "onyx": "male", "sage": "female", "shimmer": "female",
    "verse": "male",
}  # fmt: skip
"""Names of voices that clients have built in: a voice of ours of that gender stands for each."""
TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "opus": "audio/ogg", "pcm": "audio/pcm"}
_FILES = {"mp3": ("MP3", None), "flac": ("FLAC", "PCM_16"), "opus": ("OGG", "OPUS")}
_WRITTEN = ("json", "text", "verbose_json", "srt", "vtt")
_PCM_RATE = 24000
_MEMORY_MB = 4000
_MOST_TEXT = 4096
_LINE_WORDS = 12


class Engines:
    """Loaded engines, lent to one request at a time; at most ``at_once`` work at the same time."""

    def __init__(self, workshop: Workshop, at_once: int) -> None:
        self._workshop = workshop
        config = workshop.config
        self._chooser = Chooser(workshop.registry, workshop.models, config.commercial, config.device)
        self._pool = ToolPool(workshop.registry, workshop.models, _MEMORY_MB)
        self._free = threading.Semaphore(at_once)

    def close(self) -> None:
        """Free what is loaded."""
        self._pool.close()

    def models(self) -> dict[str, Any]:
        """``GET /v1/models``: usable engines that speak or transcribe."""
        specs = {spec.name: spec for op in ("speak", "transcribe") for spec in self._usable(op)}
        owner = self._workshop.registry.owner
        data = [{"id": name, "object": "model", "created": 0, "owned_by": owner(name)} for name in sorted(specs)]
        return {"object": "list", "data": data}

    def voices(self) -> dict[str, Any]:
        """``GET /v1/audio/voices``."""
        rows = [
            {"id": voice.preset, "name": voice.preset, "model": spec.name, "language": voice.language,
             "gender": voice.gender, "age": voice.age, "accent": voice.accent, "description": voice.description}
            for spec in self._usable("speak") for voice in spec.voices
        ]  # fmt: skip
        return {"voices": rows}

    def speak(self, asked: Mapping[str, Any]) -> tuple[bytes, str]:
        """``POST /v1/audio/speech``: the sound's bytes and their content type.

        Raises:
            Refused: something that was asked for cannot be had.
        """
        text, form = asked.get("input"), asked.get("response_format") or "mp3"
        if not isinstance(text, str) or not text.strip() or len(text) > _MOST_TEXT:
            raise Refused(400, f"input must be a text of 1 to {_MOST_TEXT} characters")
        if form not in TYPES:
            raise Refused(400, f"response_format {form!r} cannot be had; there are {', '.join(TYPES)}")
        if asked.get("stream_format", "audio") != "audio":
            raise Refused(400, "stream_format 'sse' cannot be had; there is audio")
        spec, voice = self._voice(str(asked.get("model") or ""), asked.get("voice"))
        params = {"text": text, "preset": voice.preset, "language": voice.language}
        if asked.get("speed") is not None:
            params["speed"] = asked["speed"]
        made = self._run(spec, "speak", params, {})
        if not isinstance(made, Audio):
            raise Refused(500, f"{spec.name} gave no sound")
        return encoded(made, form), TYPES[form]

    def transcribe(self, form: Form) -> tuple[bytes | dict[str, Any], str]:
        """``POST /v1/audio/transcriptions``: a text, or what is sent as JSON, and the content type.

        Raises:
            Refused: the recording cannot be read, or something that was asked for cannot be had.
        """
        wanted = form.one("response_format", "json")
        if wanted not in {"json", "text", "verbose_json", "srt", "vtt"}:
            raise Refused(
                400, f"response_format {wanted!r} cannot be had; there are json, text, verbose_json, srt, vtt"
            )
        if "file" not in form.files:
            raise Refused(400, "file is required")
        try:
            audio = decoded(form.files["file"], "", _PCM_RATE, "the client")
        except ToolError as error:
            raise Refused(400, str(error)) from None
        language = form.one("language")
        spec = self._spec(form.one("model"), "transcribe", language)
        made = self._run(spec, "transcribe", {"language": language}, {"audio": audio})
        if not isinstance(made, Transcript):
            raise Refused(500, f"{spec.name} gave no transcript")
        if wanted in {"text", "srt", "vtt"}:
            return _written(made, wanted, audio.length_s).encode(), "text/plain; charset=utf-8"
        if wanted == "json":
            return {"text": made.text}, "application/json"
        words = [{"word": word.text, "start": word.start_s, "end": word.end_s} for word in made.words]
        return {"task": "transcribe", "language": made.language, "duration": audio.length_s, "text": made.text,
                "words": words, "segments": _segments(made, audio.length_s)}, "application/json"  # fmt: skip

    def _usable(self, op: str) -> list[ToolSpec]:
        return [verdict.tool for verdict in self._chooser.verdicts(Need(op)) if verdict.fits]

    def _spec(self, model: str, op: str, language: str = "") -> ToolSpec:
        usable = self._usable(op)
        if model in ALIASES:
            fitting = [verdict.tool for verdict in self._chooser.verdicts(Need(op, language)) if verdict.fits]
            if not fitting:
                raise Refused(400, f"no engine here does {op}{f' in {language!r}' if language else ''}")
            return fitting[0]
        for spec in usable:
            if spec.name == model:
                return spec
        raise Refused(404, f"The model {model!r} does not exist; there are {', '.join(spec.name for spec in usable)}")

    def _voice(self, model: str, asked: object) -> tuple[ToolSpec, VoiceInfo]:
        name = asked.get("id") if isinstance(asked, Mapping) else asked
        specs = self._usable("speak") if model in ALIASES else [self._spec(model, "speak")]
        for spec in specs:
            for voice in spec.voices:
                if voice.preset == name:
                    return spec, voice
        if isinstance(name, str) and name in STAND_INS:
            return _stand_in(specs, name)
        raise Refused(400, f"voice {name!r} does not exist; GET /v1/audio/voices lists them")

    def _run(self, spec: ToolSpec, op: str, params: Mapping[str, Any], inputs: Mapping[str, Asset]) -> Asset:
        operation = self._workshop.catalogue()[op]
        try:
            request = Request(op, operation.resolve(params), inputs, 0, "request")
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            raise Refused(400, f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None
        try:
            with self._free, tempfile.TemporaryDirectory(prefix="soundwright-") as scratch:
                with self._pool.lease(spec, device_for(spec, self._chooser.device), "float32") as tool:
                    ((_, made),) = tool.run([request], Context(Path(scratch)))
                if isinstance(made, ToolError):
                    raise made
                return checked(made, operation.output)
        except (ToolError, ToolMissing) as error:
            raise Refused(500, f"{spec.name}: {error}") from error


def encoded(audio: Audio, form: str) -> bytes:
    """The sound in one of the forms of ``TYPES``."""
    if form == "wav":
        return wav_bytes(audio)
    if form == "pcm":
        mono = audio.samples.mean(axis=0)
        at_rate = mono if audio.rate == _PCM_RATE else soxr.resample(mono, audio.rate, _PCM_RATE, quality="HQ")
        return to_pcm(at_rate[None])
    kind, subtype = _FILES[form]
    file = io.BytesIO()
    soundfile.write(file, audio.samples.T, audio.rate, format=kind, subtype=subtype)
    return file.getvalue()


def _stand_in(specs: list[ToolSpec], name: str) -> tuple[ToolSpec, VoiceInfo]:
    """A voice of the same gender, always the same one for a name."""
    gender = STAND_INS[name]
    fitting = [(spec, voice) for spec in specs for voice in spec.voices if voice.gender in {gender, "neutral"}]
    if not fitting:
        fitting = [(spec, voice) for spec in specs for voice in spec.voices]
    if not fitting:
        raise Refused(400, "no engine here has voices")
    same = [other for other, theirs in STAND_INS.items() if theirs == gender]
    best = [pair for pair in fitting if pair[0] is fitting[0][0]]
    return best[same.index(name) % len(best)]


def _segments(made: Transcript, length_s: float) -> list[dict[str, Any]]:
    """The transcript in pieces of a line: to the end of a sentence, or a dozen words."""
    if not made.words:
        return [{"id": 0, "start": 0.0, "end": length_s, "text": made.text}] if made.text else []
    groups: list[list[Word]] = [[]]
    for word in made.words:
        if groups[-1] and (len(groups[-1]) >= _LINE_WORDS or groups[-1][-1].text.endswith((".", "?", "!"))):
            groups.append([])
        groups[-1].append(word)
    return [
        {"id": n, "start": it[0].start_s, "end": it[-1].end_s, "text": " ".join(word.text for word in it)}
        for n, it in enumerate(groups)
    ]


def _written(made: Transcript, form: str, length_s: float) -> str:
    if form == "text":
        return made.text + "\n"
    mark = "," if form == "srt" else "."
    cues = [
        f"{_clock(row['start'], mark)} --> {_clock(row['end'], mark)}\n{row['text']}\n"
        for row in _segments(made, length_s)
    ]
    return "WEBVTT\n\n" + "\n".join(cues) if form == "vtt" else "\n".join(f"{n}\n{it}" for n, it in enumerate(cues, 1))


def _clock(seconds: float, mark: str) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02}{mark}{whole % 1000:03}"
