"""Dialogue by Dia (transformers): two speakers in one breath, with laughs, sighs, coughs between their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from soundwright.tools.assets import Asset
from soundwright.tools.base import Context, Place, Request, ToolSpec, VoiceInfo
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.neural.runtime import Runtime, mono, open_runtime, read_model, read_processor
from soundwright.tools.neural.sampling import Watch
from soundwright.tools.store.folders import folder
from soundwright.tools.tts.texts import language_of
from soundwright.tools.tts.written_vocals import spoken_or_voiced, vocal_refusal

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples

MODEL, CODEC = "dia-1.6b", "dac-44khz"
_PIECE = 240  # letters: about the 15 s that stay in one voice
_SPEAKERS = ("S1", "S2")
_VOCALS = {
    "laugh": "(laughs)", "chuckle": "(chuckle)", "sigh": "(sighs)", "gasp": "(gasps)", "cough": "(coughs)",
    "scream": "(screams)", "groan": "(groans)", "hum": "(humming)", "breath": "(inhales)",
}  # fmt: skip


class DiaTool:
    """The tool ``dia``: presets ``S1`` and ``S2``. In a text, ``[S1]`` and ``[S2]`` change the speaker."""

    spec = ToolSpec(
        name="dia",
        version="1",
        operations=("speak", "vocalise"),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        languages=("en",),
        voices=(
            VoiceInfo("S1", "en", "male", description="lively first speaker", quality=0.4),
            VoiceInfo("S2", "en", "female", description="lively second speaker", quality=0.4),
        ),
        extra="neural",
        modules=("torch", "transformers"),
        models=(MODEL, CODEC),
        cores=2,
        memory_mb=9000,
        gpu_bytes=6 << 30,
        half="float16",
        honours=("text", "preset", "language", "pronounce", "take", "vocal"),
        determinism="device",
        rank=28,
        speed=0.05,
        streams=True,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Lively English dialogue of two speakers, with laughs and sighs, 44.1 kHz, by Dia 1.6B; for a GPU.",
    )

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._model: Any = None
        self._processor: Any = None

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """Why a vocal cannot be made."""
        return vocal_refusal(self.spec.name, op, params, _VOCALS)

    def load(self, place: Place) -> None:
        """Read the network and its codec.

        Raises:
            ToolMissing: torch, transformers or the weights are not there.
        """
        runtime = self._runtime = open_runtime(place, self.spec)
        import transformers as tf  # noqa: PLC0415  heavy

        weights = folder(place, MODEL)
        codec = read_model(tf.DacModel, folder(place, CODEC), runtime)
        ear = read_processor(tf.DiaFeatureExtractor, weights)
        self._processor = tf.DiaProcessor(ear, read_processor(tf.DiaTokenizer, weights), codec)
        self._model = read_model(tf.DiaForConditionalGeneration, weights, runtime)
        if codec.config.sampling_rate != ear.sampling_rate:
            raise ToolMissing(
                f"the codec {CODEC} is of {codec.config.sampling_rate} Hz, dia of {ear.sampling_rate} Hz."
            )

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Speak each request in turn."""
        rate = int(self._processor.feature_extractor.sampling_rate)

        def say(text: str, request: Request) -> Samples:
            return self._say(text, request, context)

        return spoken_or_voiced(say, self.spec.name, _VOCALS, batch, context, limit=_PIECE, rate=rate)

    def close(self) -> None:
        """Free the weights."""
        self._model = self._processor = None
        if self._runtime is not None:
            self._runtime.free()

    def _say(self, text: str, request: Request, context: Context) -> Samples:
        runtime = self._runtime
        if runtime is None:
            raise ToolError("dia was asked to speak before it was loaded", addressee="developer")
        if language_of(request) != "en":
            raise ToolError(f"dia speaks English, not {language_of(request)!r}.")
        speaker = str(request.params.get("preset") or _SPEAKERS[0])
        if speaker not in _SPEAKERS:
            raise ToolError(f"dia has no voice {speaker!r}; it has {' and '.join(_SPEAKERS)}.")
        said = text if text.startswith(tuple(f"[{name}]" for name in _SPEAKERS)) else f"[{speaker}] {text}"
        config = self._model.generation_config
        with runtime.working(request.seed):
            inputs = self._processor(text=[said], padding=True, return_tensors="pt").to(runtime.device)
            codes = self._model.generate(
                **inputs, generation_config=config, do_sample=True,
                stopping_criteria=[Watch(context, 1, lambda part: None)],
            )  # fmt: skip
            (wave,) = self._processor.batch_decode(codes)
            sound = mono(wave.reshape(-1))
        if len(sound) == 0:
            raise ToolError("dia said nothing to that. Take another take, or write it otherwise.")
        return sound
