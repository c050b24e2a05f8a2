"""Music and songs by ACE-Step 1.5 (diffusers): from a description, with sung lyrics, a part anew, a cover."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from soundwright.tools.assets import Audio, Text, Transcript
from soundwright.tools.base import Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.neural.diffusion import DiffusionTool
from soundwright.tools.neural.shaping import fitted, made_like, patched, resampled
from soundwright.tools.neural.stretches import part_of, whole_frames
from soundwright.tools.tts.texts import language_of

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples

_SECONDS_PER_WORD, _AROUND_S, _LEAST_S, _MOST_S = 0.45, 8.0, 10.0, 600.0
_INSTRUMENTAL = "[Instrumental]"


class AceStepTool(DiffusionTool):
    """The tool ``ace-step``: stereo at 48 kHz. What it makes of a recording is in the recording's own rate."""

    spec = ToolSpec(
        name="ace-step",
        version="1.5-2",
        operations=("generate_music", "sing", "inpaint", "vary"),
        licence_code="Apache-2.0",
        licence_weights="MIT",
        extra="diffusion",
        modules=("torch", "transformers", "diffusers"),
        models=("ace-step-1.5",),
        cores=2,
        memory_mb=20000,
        gpu_bytes=14 << 30,
        half="bfloat16",
        max_batch=1,
        max_length_s=_MOST_S,
        honours=("description", "length", "loop", "take", "text", "language", "from", "to", "strength"),
        determinism="device",
        rank=44,
        speed=0.05,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Music and songs with sung lyrics in many languages, by ACE-Step 1.5; for a GPU.",
    )
    pipeline = "AceStepPipeline"

    def length_s(self, request: Request) -> float:
        """Seconds that a request asks for: of a song as many as its words take, of a recording its own."""
        if request.op in {"inpaint", "vary"}:
            return request.audio().length_s
        if request.op == "sing" and not request.params.get("length"):
            return min(max(_LEAST_S, _AROUND_S + _SECONDS_PER_WORD * len(_lyrics(request).split())), _MOST_S)
        return super().length_s(request)

    def settings(self, requests: Sequence[Request], length_s: float) -> Mapping[str, Any]:
        """Task, words, recording and noise of one request."""
        (request,) = requests
        words = {"prompt": str(request.params.get("description") or ""), "lyrics": _INSTRUMENTAL}
        if request.op == "sing":
            if "notes" in request.inputs:
                raise ToolError("ace-step makes its own melody: leave the notes out, or pin a singer that takes notes.")
            words |= {"lyrics": _lyrics(request), "vocal_language": language_of(request)}
        task = self._task(request)
        frames = math.ceil(length_s * self._pipe.latents_per_second)
        if "src_audio" in task:
            frames = task["src_audio"].shape[1] // int(self._pipe.vae.hop_length)
        return {**words, **task, "audio_duration": length_s, "latents": self._noise(request, frames)}

    def _task(self, request: Request) -> dict[str, Any]:
        """What is to become of a recording, where there is one."""
        if request.op == "inpaint":
            start_s, end_s = whole_frames(part_of(request), self._pipe.latents_per_second)
            part = {"repainting_start": start_s, "repainting_end": end_s}
            return {"task_type": "repaint", "src_audio": self._source(request), **part}
        if request.op == "vary":
            kept = 1.0 - float(request.params["strength"])
            return {"task_type": "cover", "src_audio": self._source(request), "audio_cover_strength": kept}
        return {}

    def _noise(self, request: Request, frames: int) -> Any:  # noqa: ANN401  a tensor
        """What the sound is made of. The pipeline's own is one frame off where its rounding goes up twice."""
        runtime, size = self.runtime(), int(self._pipe.transformer.config.audio_acoustic_hidden_dim)
        noise = runtime.torch.randn((1, frames, size), generator=runtime.generator(request.seed))
        return noise.to(runtime.device, runtime.dtype)

    def shaped(self, sound: Samples, request: Request, length_s: float) -> Audio:
        """A part is put into the recording; a cover has the recording's rate, channels and length."""
        if request.op == "inpaint":
            return patched(request.audio(), sound, self.rate(), *part_of(request))
        if request.op == "vary":
            given = request.audio()
            return Audio(fitted(made_like(given, sound, self.rate()), given.rate, given.length_s), given.rate)
        return super().shaped(sound, request, length_s)

    def _source(self, request: Request) -> Any:  # noqa: ANN401  a tensor
        torch = self.runtime().torch
        sound = torch.from_numpy(resampled(request.audio(), self.rate(), 2))
        short = -sound.shape[1] % int(self._pipe.vae.hop_length)  # whole frames of its codec
        return torch.nn.functional.pad(sound, (0, short)).to(self.runtime().device)


def _lyrics(request: Request) -> str:
    fed = request.inputs.get("text")
    text = fed.text if isinstance(fed, Text | Transcript) else str(request.params.get("text", ""))
    if not text.strip():
        raise ToolError("sing needs lyrics: write them in text, or feed them from a step.")
    return text
