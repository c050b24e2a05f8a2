"""Captions and answers by Qwen2-Audio (Chu et al., 2024), an audio language model in transformers."""

from __future__ import annotations

from soundwright.tools.asr.pieces import pieces
from soundwright.tools.assets import Asset, Samples, Text
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import mono_at
from soundwright.tools.neural.listener import Listener
from soundwright.tools.windows import cut

RATE = 16000
_WINDOW_S, _LONGEST_S = 30.0, 300.0
_SHORTEST = 1600  # samples: of less than 40 ms its encoder makes nothing that could be listened to
_LONGEST_ANSWER = 256
_CAPTION = "Describe this sound in one sentence: what is heard, where, and what is said if anybody speaks."


class Qwen2AudioTool(Listener):
    """The tool ``qwen2-audio``: any question about a sound of up to five minutes, captions of any."""

    network = "Qwen2AudioForConditionalGeneration"
    reader = "Qwen2AudioProcessor"
    spec = ToolSpec(
        name="qwen2-audio",
        version="2",
        operations=("caption", "answer"),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        extra="neural",
        modules=("torch", "transformers"),
        models=("qwen2-audio-7b",),
        cores=2,
        memory_mb=34000,
        gpu_bytes=18 << 30,
        half="bfloat16",
        max_length_s=_LONGEST_S,
        honours=("question",),
        take_varies=(),
        determinism="device",
        rank=35,
        speed=0.1,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Describes sounds, and answers free questions about up to 300 s of them; wants a GPU of 18 GB.",
    )

    def listen(self, request: Request, context: Context) -> Asset:
        """One answer, the likeliest one; of a long recording a caption for each part, with its times."""
        mono, question = mono_at(request.audio(), RATE), str(request.params.get("question") or "")
        parts = list(pieces(mono, RATE, _LONGEST_S))
        if len(parts) == 1:
            return Text(self._heard(mono, question or _CAPTION, context))
        if question:
            raise ToolError(
                f"{self.spec.name} hears at most {_LONGEST_S:.0f} s at once, and what it answers about parts is no "
                f"answer about the whole: ask about a slice of this, or for a caption, which tells it part by part."
            )
        told = [(first, end, self._heard(mono[first:end], _CAPTION, context)) for first, end in parts]
        return Text("\n".join(f"{_clock(first)} to {_clock(end)}: {text}" for first, end, text in told))

    def _heard(self, mono: Samples, question: str, context: Context) -> str:
        window = round(_WINDOW_S * RATE)
        context.check()
        heard = [piece[: max(_SHORTEST, mono.size - at)] for at, piece in cut(mono, window, window)]
        return self._answer(heard, question)

    def _answer(self, heard: list[Samples], question: str) -> str:
        said = [{"type": "audio", "audio_url": str(number)} for number in range(len(heard))]
        turns = [{"role": "user", "content": [*said, {"type": "text", "text": question}]}]
        prompt = self.processor.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
        inputs = self.on_device(self.processor(text=prompt, audio=heard, sampling_rate=RATE, return_tensors="pt"))
        made = self.model.generate(**inputs, do_sample=False, max_new_tokens=_LONGEST_ANSWER)
        fresh = made[:, inputs["input_ids"].shape[1] :]
        text: str = self.processor.batch_decode(fresh, skip_special_tokens=True)[0].strip()
        if not text:
            raise ToolError(f"{self.spec.name} has no answer to this; ask in other words")
        return text


def _clock(samples: int) -> str:
    """Minutes and seconds, as ``7:05``."""
    minutes, seconds = divmod(round(samples / RATE), 60)
    return f"{minutes}:{seconds:02d}"
