"""What the server does with engines: speak a text, write down a recording, list models and voices."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from soundwright.orchestrator.budget import gpu_memory_bytes
from soundwright.orchestrator.choice import Need
from soundwright.orchestrator.devices import device_for, dtype_for
from soundwright.orchestrator.results import checked
from soundwright.orchestrator.serving.answers import WAYS, Answer, spoken
from soundwright.orchestrator.serving.encoders import PCM_RATE_HZ, TYPES
from soundwright.orchestrator.serving.form import Form
from soundwright.orchestrator.serving.refusal import Refused
from soundwright.orchestrator.serving.running import Asked, Emit, Running, always
from soundwright.orchestrator.serving.transcripts import WRITTEN, written
from soundwright.orchestrator.toolpool import ToolPool
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools.assets import Asset, Audio, Transcript
from soundwright.tools.base import Context, Request, ToolSpec, VoiceInfo
from soundwright.tools.errors import ToolError
from soundwright.tools.http.sound import decoded

ALIASES = frozenset({"", "default", "tts-1", "tts-1-hd", "gpt-4o-mini-tts", "whisper-1", "gpt-4o-transcribe",
                     "gpt-4o-mini-transcribe"})  # fmt: skip
"""Names of models that clients have built in: the best engine stands for them."""
STAND_INS: Mapping[str, str] = {
    "alloy": "female", "ash": "male", "ballad": "male", "cedar": "male", "coral": "female", "echo": "male",
    "fable": "male", "marin": "female", "nova": "female", "onyx": "male", "sage": "female", "shimmer": "female",
    "verse": "male",
}  # fmt: skip
"""Names of voices that clients have built in: a voice of ours of that gender stands for each."""
_MEMORY_MB = 4000
_MOST_TEXT = 4096
_POLL_S = 0.05


class Engines:
    """Loaded engines, lent to one request at a time; at most ``at_once`` work at the same time."""

    def __init__(self, workshop: Workshop, at_once: int) -> None:
        self._workshop = workshop
        self._chooser = workshop.chooser()
        known = workshop.config.gpu_bytes
        gpu_bytes = 0 if self._chooser.device == "cpu" else gpu_memory_bytes() if known is None else known
        self._pool = ToolPool(workshop.registry, workshop.models, _MEMORY_MB, gpu_bytes)
        self._free = threading.Semaphore(at_once)
        self._closed = threading.Event()

    def close(self) -> None:
        """Stop what is at work, and free what is loaded."""
        self._closed.set()
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

    def speak(self, asked: Mapping[str, Any], wanted: Asked = always) -> Answer:
        """``POST /v1/audio/speech``: the sound as it is made, where engine and form allow it; else whole.

        ``wanted`` tells whether the client is still there; without it the engine is stopped.

        Raises:
            Refused: something that was asked for cannot be had.
            Gone: the client is.
        """
        text, form, way = (
            asked.get("input"),
            asked.get("response_format") or "mp3",
            asked.get("stream_format") or "audio",
        )
        if not isinstance(text, str) or not text.strip() or len(text) > _MOST_TEXT:
            raise Refused(400, f"input must be a text of 1 to {_MOST_TEXT} characters")
        if form not in TYPES:
            raise Refused(400, f"response_format {form!r} cannot be had; there are {', '.join(TYPES)}")
        if way not in WAYS:
            raise Refused(400, f"stream_format {way!r} cannot be had; there are {' and '.join(WAYS)}")
        spec, voice = self._voice(str(asked.get("model") or ""), asked.get("voice"))
        params = {"text": text, "preset": voice.preset, "language": voice.language}
        if asked.get("speed") is not None:
            params["speed"] = asked["speed"]
        return spoken(self._run(spec, "speak", params, {}, wanted), form, way)

    def transcribe(self, form: Form, wanted: Asked = always) -> tuple[bytes | dict[str, Any], str]:
        """``POST /v1/audio/transcriptions``: a text, or what is sent as JSON, and the content type.

        Raises:
            Refused: the recording cannot be read, or something that was asked for cannot be had.
            Gone: the client is.
        """
        written_as = form.one("response_format", "json")
        if written_as not in WRITTEN:
            raise Refused(400, f"response_format {written_as!r} cannot be had; there are {', '.join(WRITTEN)}")
        if "file" not in form.files:
            raise Refused(400, "file is required")
        try:
            audio = decoded(form.files["file"], "", PCM_RATE_HZ, "the client")
        except ToolError as error:
            raise Refused(400, str(error)) from None
        language = form.one("language")
        spec = self._spec(form.one("model"), "transcribe", language)
        made = self._run(spec, "transcribe", {"language": language}, {"audio": audio}, wanted).result()
        if not isinstance(made, Transcript):
            raise Refused(500, f"{spec.name} gave no transcript")
        return written(made, written_as, audio.length_s)

    def _usable(self, op: str, language: str = "") -> list[ToolSpec]:
        """The engines that fit, the pinned one first, then by rank."""
        pinned = self._chooser.pins.get(op)
        fitting = [verdict.tool for verdict in self._chooser.verdicts(Need(op, language)) if verdict.fits]
        return sorted(fitting, key=lambda spec: spec.name != pinned)

    def _spec(self, model: str, op: str, language: str = "") -> ToolSpec:
        if model in ALIASES:
            fitting = self._usable(op, language)
            if not fitting:
                raise Refused(400, f"no engine here does {op}{f' in {language!r}' if language else ''}")
            return fitting[0]
        usable = self._usable(op)
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

    def _run(
        self, spec: ToolSpec, op: str, params: Mapping[str, Any], inputs: Mapping[str, Asset], wanted: Asked
    ) -> Running:
        operation = self._workshop.catalogue()[op]
        try:
            request = Request(op, operation.resolve(params), inputs, 0, "request")
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            raise Refused(400, f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None
        return Running(lambda emit, cancelled: self._do(spec, request, operation.output, emit, cancelled), wanted)

    def _do(self, spec: ToolSpec, request: Request, kind: Kind, emit: Emit, cancelled: Asked) -> Asset:
        """Have a tool do a request, as soon as one is free.

        Raises:
            Refused: it failed.
        """
        context = Context(cancelled=lambda: self._closed.is_set() or cancelled(), emit=lambda it: emit(_sound(it)))
        while not self._free.acquire(timeout=_POLL_S):
            context.check()
        try:
            return checked(self._made(spec, request, context), kind)
        except (Exception, SystemExit) as error:  # the boundary to the code of tools
            said = str(error) if isinstance(error, SoundwrightError) else f"raised {type(error).__name__}: {error}"
            raise Refused(500, f"{spec.name}: {said}") from error
        finally:
            self._free.release()

    def _made(self, spec: ToolSpec, request: Request, context: Context) -> Asset:
        device = device_for(spec, self._chooser.device)
        with (
            tempfile.TemporaryDirectory(prefix="soundwright-") as scratch,
            self._pool.lease(spec, device, dtype_for(spec, device)) as tool,
        ):
            ((_, made),) = tool.run([request], replace(context, scratch=Path(scratch)))
        if isinstance(made, ToolError):
            raise made
        return made


def _sound(chunk: Audio) -> Audio:
    """The chunk, held against the contract like a result."""
    checked(chunk, Kind.AUDIO)
    return chunk


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
