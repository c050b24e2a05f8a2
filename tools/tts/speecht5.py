"""Speech by SpeechT5 (transformers): English at 16 kHz, the speaker given as an x-vector of 512 numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from soundwright.tools.assets import Asset, Voice
from soundwright.tools.base import Context, Place, Request, ToolSpec, VoiceInfo
from soundwright.tools.errors import ToolError
from soundwright.tools.neural.runtime import Runtime, mono, open_runtime, read_model, read_processor
from soundwright.tools.store.folders import folder
from soundwright.tools.tts.texts import language_of, spoken_by

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples

MODEL, VOCODER = "speecht5-tts", "speecht5-hifigan"
_PIECE, _RATE = 300, 16000
_PLAIN = "speecht5"


class SpeechT5Tool:
    """The tool ``speecht5``. A preset is the name of a file ``speakers/NAME.npy`` beside the weights; none is plain."""

    spec = ToolSpec(
        name="speecht5",
        version="1",
        operations=("speak",),
        licence_code="Apache-2.0",
        licence_weights="MIT",
        languages=("en",),
        voices=(VoiceInfo(_PLAIN, "en", "neutral", description="plain reader", quality=0.25),),
        extra="neural",
        modules=("torch", "transformers", "sentencepiece"),
        models=(MODEL, VOCODER),
        memory_mb=1500,
        gpu_bytes=1 << 30,
        honours=("text", "preset", "language", "pronounce", "take", "clone"),
        determinism="device",
        rank=22,
        speed=1.0,
        streams=True,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Plain English speech, 16 kHz, by SpeechT5; the speaker may be an x-vector of yours.",
    )

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._model: Any = None
        self._vocoder: Any = None
        self._tokenizer: Any = None
        self._folder = Path()

    def load(self, place: Place) -> None:
        """Read the network and its vocoder.

        Raises:
            ToolMissing: torch, transformers or the weights are not there.
        """
        self._runtime = open_runtime(place, self.spec)
        import transformers as tf  # noqa: PLC0415  heavy

        self._folder = folder(place, MODEL)
        self._tokenizer = read_processor(tf.SpeechT5Tokenizer, self._folder)
        self._model = read_model(tf.SpeechT5ForTextToSpeech, self._folder, self._runtime, pickled=True)
        self._vocoder = read_model(tf.SpeechT5HifiGan, folder(place, VOCODER), self._runtime, pickled=True)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Speak each request in turn: the network drops some of what it hears by chance, drawn from each one's seed."""
        watched = self._model.speecht5.decoder.prenet.register_forward_pre_hook(lambda *given: context.check())
        try:
            yield from spoken_by(self._say, batch, context, limit=_PIECE, rate=_RATE)
        finally:
            watched.remove()

    def close(self) -> None:
        """Free the weights."""
        self._model = self._vocoder = self._tokenizer = None
        if self._runtime is not None:
            self._runtime.free()

    def _say(self, text: str, request: Request) -> Samples:
        runtime = self._runtime
        if runtime is None:
            raise ToolError("SpeechT5 was asked to speak before it was loaded", addressee="developer")
        if language_of(request) != "en":
            raise ToolError(f"SpeechT5 speaks English, not {language_of(request)!r}.")
        speaker = runtime.torch.from_numpy(self._speaker(request))[None].to(runtime.device, runtime.dtype)
        with runtime.working(request.seed):
            letters = self._tokenizer(text, return_tensors="pt")["input_ids"].to(runtime.device)
            wave = self._model.generate_speech(letters, speaker, vocoder=self._vocoder)
            return mono(wave)

    def _speaker(self, request: Request) -> Any:  # noqa: ANN401  an array
        """The x-vector of the speaker: fed as a voice, from a file beside the weights, or zeros."""
        size = int(self._model.config.speaker_embedding_dim)
        given = request.inputs.get("clone")
        preset = str(request.params.get("preset") or _PLAIN)
        if isinstance(given, Voice):
            vector = np.frombuffer(given.data, dtype="<f4") if len(given.data) == 4 * size else np.zeros(0)
            where = f"the voice that {given.tool} made"
        elif preset == _PLAIN:
            return np.zeros(size, dtype=np.float32)
        else:
            where = str(self._folder / "speakers" / f"{preset}.npy")
            if Path(preset).name != preset or not Path(where).is_file():
                raise ToolError(f"SpeechT5 has no speaker {preset!r}: there is no {where}.")
            vector = np.load(where, allow_pickle=False).reshape(-1)
        if vector.shape != (size,) or not np.isfinite(vector).all():
            raise ToolError(f"{where} is no x-vector of {size} numbers.")
        return np.array(vector, dtype=np.float32)
