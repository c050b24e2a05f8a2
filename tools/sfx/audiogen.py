"""Sound effects by AudioGen, its weights in transformers' MusicGen classes: no audiocraft, no old torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from soundwright.tools.assets import Audio
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import ToolMissing
from soundwright.tools.music.musicgen import MusicGenTool
from soundwright.tools.neural.runtime import open_runtime, read_model, read_processor
from soundwright.tools.sfx.audiogen_weights import (
    CODEC_FILE,
    NETWORK_FILE,
    assembled,
    read_checkpoint,
    text_encoder_name,
)
from soundwright.tools.store.folders import folder

_USUAL_LENGTH_S = 5.0


class AudioGenTool(MusicGenTool):
    """The tool ``audiogen``: mono effects at 16 kHz, ten seconds at once, longer ones window by window."""

    spec = replace(
        MusicGenTool.spec,
        name="audiogen",
        operations=("generate_sound",),
        models=("audiogen-medium", "t5-large"),
        memory_mb=9000,
        gpu_bytes=6 << 30,
        max_length_s=120,
        rank=42,
        speed=0.1,
        proven="tiny",
        proven_note="random weights in audiocraft's form; logits equal audiocraft's own",
        help="Sound effects from words by AudioGen medium (1.5 B parameters). For non-commercial use.",
    )
    window_s, kept_s = 10.0, 3.0

    def load(self, place: Place) -> None:
        """Read the checkpoints as audiocraft exports them, and the text encoder.

        Raises:
            ToolMissing: torch, transformers or the weights are not there, or not of that form.
        """
        self._runtime = open_runtime(place, self.spec)
        import transformers  # noqa: PLC0415  heavy

        weights, words = (folder(place, model) for model in self.spec.models)
        _, settings = read_checkpoint(weights / NETWORK_FILE)
        wanted = text_encoder_name(settings)
        if wanted.rpartition("/")[2] != self.spec.models[1]:
            raise ToolMissing(f"This AudioGen listens to {wanted or 'no text encoder'}, not to {self.spec.models[1]}.")
        self._tokenizer = read_processor(transformers.AutoTokenizer, words)
        encoder = read_model(transformers.T5EncoderModel, words, self._runtime)
        model = assembled(weights / NETWORK_FILE, weights / CODEC_FILE, encoder).to(self._runtime.device)
        for part in (model.decoder, model.audio_encoder, model.enc_to_dec_proj):
            part.to(self._runtime.dtype)  # the encoder of words was read so, but for what overflows in half precision
        self._model = model

    def _made(self, requests: Sequence[Request], context: Context) -> list[Audio]:
        return super()._made([_with_length(request) for request in requests], context)

    def _side_by_side(self, request: Request) -> float:
        return super()._side_by_side(_with_length(request))


def _with_length(request: Request) -> Request:
    if request.params.get("length") is not None:
        return request
    return replace(request, params={**request.params, "length": _USUAL_LENGTH_S})
