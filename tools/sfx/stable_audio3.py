"""Sound effects and music by Stable Audio 3 (diffusers): from a description, a variation, a part made anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from soundwright.tools.assets import Audio
from soundwright.tools.base import Request, ToolSpec
from soundwright.tools.neural.diffusion import DiffusionTool
from soundwright.tools.neural.shaping import fitted, made_like, patched, resampled
from soundwright.tools.neural.stretches import part_of, whole_frames

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples

_LEAST_NOISE = 0.05  # of a variation: below this the network gives back what it got


class StableAudio3Tool(DiffusionTool):
    """The tool ``stable-audio-3``: stereo at 44.1 kHz, up to 380 s, in eight steps."""

    spec = ToolSpec(
        name="stable-audio-3",
        version="3-2",
        operations=("generate_sound", "generate_music", "vary", "inpaint"),
        licence_code="Apache-2.0",
        licence_weights="Stability AI Community",
        gated=True,
        extra="diffusion",
        modules=("torch", "transformers", "diffusers"),
        models=("stable-audio-3-medium",),
        cores=2,
        memory_mb=9000,
        gpu_bytes=8 << 30,
        half="float16",
        max_batch=4,
        max_length_s=380,
        honours=("description", "length", "loop", "take", "strength", "from", "to"),
        determinism="device",
        rank=46,
        speed=0.1,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Sound effects and music in stereo, variations and repairs, by Stable Audio 3 medium.",
    )
    pipeline = "StableAudio3Pipeline"

    def length_s(self, request: Request) -> float:
        """Seconds that a request asks for: of a recording its own."""
        return request.audio().length_s if request.inputs else super().length_s(request)

    def pipe_for(self, request: Request) -> Any:  # noqa: ANN401  a pipeline
        """The same networks in the pipeline of the operation."""
        import diffusers  # noqa: PLC0415  heavy

        others = {"vary": "StableAudio3AudioToAudioPipeline", "inpaint": "StableAudio3InpaintPipeline"}
        if request.op not in others:
            return self._pipe
        pipe = getattr(diffusers, others[request.op])(**self._pipe.components)
        pipe.set_progress_bar_config(disable=True)
        return pipe

    def settings(self, requests: Sequence[Request], length_s: float) -> Mapping[str, Any]:
        """Descriptions and a length; of one recording the sound and what is to become of it."""
        prompts = [str(request.params.get("description") or "") for request in requests]
        shared: dict[str, Any] = {"prompt": prompts, "duration": length_s}
        if requests[0].op == "vary":
            noise = max(_LEAST_NOISE, float(requests[0].params["strength"]))
            return {**shared, "audio": self._source(requests[0]), "init_noise_level": noise}
        if requests[0].op == "inpaint":
            frames_hz = self.rate() / int(self._pipe.vae.downsampling_ratio)
            start_s, end_s = whole_frames(part_of(requests[0]), frames_hz)
            part = {"mask_start_seconds": start_s, "mask_end_seconds": end_s}
            return {**shared, "audio": self._source(requests[0]), **part}
        return shared

    def shaped(self, sound: Samples, request: Request, length_s: float) -> Audio:
        """A part is put into the recording; a variation has the recording's rate, channels and length."""
        if request.op == "inpaint":
            return patched(request.audio(), sound, self.rate(), *part_of(request))
        if request.op == "vary":
            given = request.audio()
            return Audio(fitted(made_like(given, sound, self.rate()), given.rate, given.length_s), given.rate)
        return super().shaped(sound, request, length_s)

    def _source(self, request: Request) -> Any:  # noqa: ANN401  a tensor
        torch = self.runtime().torch
        sound = torch.from_numpy(resampled(request.audio(), self.rate(), int(self._pipe.vae.config.audio_channels)))
        short = -sound.shape[1] % int(self._pipe.vae.downsampling_ratio)  # whole frames of its codec
        return torch.nn.functional.pad(sound, (0, short))[None].to(self.runtime().device)
