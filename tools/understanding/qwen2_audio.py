"""Captions and answers by Qwen2-Audio (Chu et al., 2024), an audio language model in transformers."""

from __future__ import annotations

from soundwright.tools.assets import Asset, Samples, Text
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import mono_at
from soundwright.tools.neural.listener import Listener
from soundwright.tools.windows import cut

RATE = 16000
_WINDOW_S, _MOST_WINDOWS = 30.0, 10
_LONGEST_ANSWER = 256
_CAPTION = "Describe this sound in one sentence: what is heard, where, and what is said if anybody speaks."


class Qwen2AudioTool(Listener):
    """The tool ``qwen2-audio``: any question about a sound of up to five minutes."""

    network = "Qwen2AudioForConditionalGeneration"
    reader = "Qwen2AudioProcessor"
    spec = ToolSpec(
        name="qwen2-audio",
        version="1",
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
        max_length_s=_WINDOW_S * _MOST_WINDOWS,
        honours=("question",),
        take_varies=(),
        determinism="device",
        rank=35,
        speed=0.1,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Describes sounds and answers free questions about them; wants a GPU of 18 GB.",
    )

    def listen(self, request: Request, context: Context) -> Asset:
        """One answer, the likeliest one."""
        audio = request.audio()
        if audio.frames / audio.rate > _WINDOW_S * _MOST_WINDOWS:
            raise ToolError(f"{self.spec.name} hears at most {_WINDOW_S * _MOST_WINDOWS:.0f} s; slice it first")
        window = round(_WINDOW_S * RATE)
        mono = mono_at(audio, RATE)
        heard = [piece[: max(400, mono.size - at)] for at, piece in cut(mono, window, window)]
        context.check()
        return Text(self._answer(heard, str(request.params.get("question") or _CAPTION)))

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
