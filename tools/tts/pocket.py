"""Speech in a learned voice by Pocket TTS (transformers): a voice is seconds of a recording, as its codec hears it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from soundwright.tools.assets import Asset, Voice
from soundwright.tools.base import Context, Place, Request, ToolSpec, VoiceInfo, each
from soundwright.tools.errors import ToolError
from soundwright.tools.neural.runtime import Runtime, mono, open_runtime, read_model, read_processor
from soundwright.tools.neural.shaping import resampled
from soundwright.tools.store.folders import folder
from soundwright.tools.tts.texts import language_of, spoken_by

if TYPE_CHECKING:
    from soundwright.tools.assets import Audio, Samples

MODEL, CODEC = "pocket-tts", "pocket-tts-codec"
_PIECE = 200  # letters: about the fifty tokens that its authors say at once
_LEAST_S, _MOST_S = 1.0, 20.0  # of a recording that a voice is learned from
_LATENTS = "latents"
_VOICES = (
    ("alba", "female", "casual young woman"), ("marius", "male", "casual man"), ("javert", "male", "stern man"),
    ("jean", "male", "calm man"), ("fantine", "female", "soft woman"), ("cosette", "female", "bright young woman"),
    ("eponine", "female", "lively young woman"), ("azelma", "female", "plain young woman"),
)  # fmt: skip


class PocketTool:
    """The tool ``pocket-tts``: English at 24 kHz, in one of eight voices or in one that it is given."""

    spec = ToolSpec(
        name="pocket-tts",
        version="1",
        operations=("speak", "clone_voice"),
        licence_code="Apache-2.0",
        licence_weights="CC-BY-4.0",
        gated=True,
        languages=("en",),
        voices=tuple(
            VoiceInfo(name, "en", "female" if gender == "female" else "male", description=words, quality=0.6)
            for name, gender, words in _VOICES
        ),
        extra="neural",
        modules=("torch", "transformers"),
        models=(MODEL, CODEC),
        cores=2,
        memory_mb=1500,
        gpu_bytes=1 << 30,
        honours=("text", "preset", "language", "pronounce", "take", "sample", "clone"),
        determinism="device",
        rank=55,
        speed=1.5,
        streams=True,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="English speech in a voice learned from seconds of a recording, by Pocket TTS; quick on a CPU.",
    )

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._model: Any = None
        self._codec: Any = None
        self._processor: Any = None
        self._folder = Path()

    def load(self, place: Place) -> None:
        """Read the network and its codec.

        Raises:
            ToolMissing: torch, transformers or the weights are not there.
        """
        runtime = self._runtime = open_runtime(place, self.spec)
        import transformers as tf  # noqa: PLC0415  heavy

        self._folder = folder(place, MODEL)
        self._codec = read_model(tf.PocketTTSAudioTokenizerModel, folder(place, CODEC), runtime)
        self._model = read_model(tf.PocketTTSForConditionalGeneration, self._folder, runtime)
        tokenizer, config = read_processor(tf.AutoTokenizer, self._folder), self._codec.config
        size = int(config.frame_size)
        ear = tf.PocketTTSFeatureExtractor(
            sampling_rate=int(config.sampling_rate), frame_size=size, pad_to_multiple_of=size
        )
        self._processor = tf.PocketTTSProcessor(ear, tokenizer, self._codec, chat_template=tokenizer.chat_template)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Speak, or learn a voice, for each request in turn."""
        rate = int(self._codec.config.sampling_rate)
        watched = self._model.register_forward_pre_hook(lambda *given: context.check())
        try:
            for index, request in enumerate(batch):
                made = each([request], context, self._learned) if request.op == "clone_voice" else spoken_by(
                    self._say, [request], context, limit=_PIECE, rate=rate
                )  # fmt: skip
                yield from ((index, result) for _, result in made)
        finally:
            watched.remove()

    def close(self) -> None:
        """Free the weights."""
        self._model = self._codec = self._processor = None
        if self._runtime is not None:
            self._runtime.free()

    def _learned(self, request: Request) -> Voice:
        from safetensors.numpy import save  # noqa: PLC0415  comes with the engines

        return Voice(self.spec.name, save({_LATENTS: self._heard(request.audio())}))

    def _say(self, text: str, request: Request) -> Samples:
        runtime, voice = self._loaded(), self._voice(request)
        if language_of(request) not in self.spec.languages:
            raise ToolError(f"pocket-tts speaks English here, not {language_of(request)!r}.")
        with runtime.working(request.seed):
            latents = runtime.torch.from_numpy(voice)
            said = [{"role": "user", "content": [{"type": "audio"}, {"type": "text", "text": text}]}]
            prompt = self._processor.apply_chat_template(said)
            inputs = self._processor(text=[prompt], audio_prompt_latents=[latents], return_tensors="pt")
            made = self._model.generate(
                **inputs.to(runtime.device), do_sample=True, return_dict_in_generate=True
            )  # fmt: skip
            count = int(made.audio_latents_mask[0].sum())
            return mono(self._processor.decode(made.audio_latents[0, :count]))

    def _voice(self, request: Request) -> Any:  # noqa: ANN401  an array (frames, size of a latent)
        """The voice that is asked for: learned before, a recording, or one of the tool's own."""
        learned = request.inputs.get("clone")
        if isinstance(learned, Voice):
            if learned.tool != self.spec.name:
                raise ToolError(f"this voice was learned by {learned.tool}; only {learned.tool} can speak with it.")
            return _latents(learned.data, "the learned voice")
        if "sample" in request.inputs:
            return self._heard(request.audio("sample"))
        preset = str(request.params.get("preset") or _VOICES[0][0])
        if preset not in {name for name, _, _ in _VOICES}:
            raise ToolError(f"pocket-tts has no voice {preset!r}. See: soundwright voices list")
        path = self._folder / "voices" / f"{preset}.safetensors"
        try:
            return _latents(path.read_bytes(), str(path))
        except OSError as error:
            raise ToolError(f"pocket-tts cannot read its voice {preset!r}: {error}. Pull {MODEL} again.") from error

    def _heard(self, audio: Audio) -> Any:  # noqa: ANN401  an array
        """A recording as the codec hears it."""
        runtime, rate = self._loaded(), int(self._codec.config.sampling_rate)
        sound = resampled(audio, rate, 1)[0][: round(_MOST_S * rate)]
        if len(sound) < _LEAST_S * rate:
            raise ToolError(
                f"a voice cannot be learned from {len(sound) / rate:.2f} s; give 5 to 20 s of clear speech."
            )
        if float(np.abs(sound).max()) < 1e-3:
            raise ToolError("a voice cannot be learned from silence; give 5 to 20 s of clear speech.")
        with runtime.working():
            ready = self._processor.feature_extractor(sound, sampling_rate=rate, return_tensors="pt").to(runtime.device)
            made = self._codec.encode(ready["input_values"].to(runtime.dtype), ready["padding_mask"])
            kept = made.latents[0][made.latents_mask[0].bool()]
            return np.ascontiguousarray(kept.float().cpu().numpy())

    def _loaded(self) -> Runtime:
        if self._runtime is None:
            raise ToolError("pocket-tts ran before it was loaded", addressee="developer")
        return self._runtime


def _latents(data: bytes, where: str) -> Any:  # noqa: ANN401  an array (frames, size of a latent)
    from safetensors import SafetensorError  # noqa: PLC0415  comes with the engines
    from safetensors.numpy import load  # noqa: PLC0415  comes with the engines

    try:
        tensors: Mapping[str, Any] = load(data)
    except SafetensorError as error:
        raise ToolError(f"{where} is no voice of pocket-tts: {error}") from error
    flat = [value for value in tensors.values() if value.ndim in {2, 3}]
    if not flat:
        raise ToolError(f"{where} is no voice of pocket-tts: it holds no latents.")
    return np.asarray(flat[0], dtype=np.float32).reshape(-1, flat[0].shape[-1])
