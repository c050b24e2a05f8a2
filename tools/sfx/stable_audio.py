"""Sound effects and music by Stable Audio Open (diffusers): stereo at 44.1 kHz, up to 47 s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from soundwright.tools.base import Request, ToolSpec
from soundwright.tools.neural.diffusion import OldDiffusionTool
from soundwright.tools.sfx.cosine_noise import cosine_scheduler

if TYPE_CHECKING:
    from pathlib import Path


class StableAudioTool(OldDiffusionTool):
    """The tool ``stable-audio``."""

    spec = ToolSpec(
        name="stable-audio",
        version="2",
        operations=("generate_sound", "generate_music"),
        licence_code="Apache-2.0",
        licence_weights="Stability AI Community",
        gated=True,
        extra="diffusion",
        modules=("torch", "transformers", "diffusers"),
        models=("stable-audio-open",),
        cores=2,
        memory_mb=8000,
        gpu_bytes=6 << 30,
        half="float16",
        max_batch=4,
        max_length_s=47,
        honours=("description", "length", "loop", "take"),
        determinism="device",
        rank=42,
        speed=0.02,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Sound effects and music in stereo from a description, by Stable Audio Open. Slow without a GPU.",
    )
    steps = 100
    pipeline = "StableAudioPipeline"

    def parts(self, weights: Path) -> Mapping[str, Any]:
        """Its own kind of noise schedule, without the package that diffusers' class draws its noise with."""
        return {"scheduler": cosine_scheduler(weights / "scheduler")}

    def longest_s(self) -> float:
        """Seconds that fit the length that these weights were trained on."""
        vae, frames = self._pipe.vae, int(self._pipe.transformer.config.sample_size)
        return min(super().longest_s(), frames * int(vae.hop_length) / int(vae.config.sampling_rate))

    def settings(self, requests: Sequence[Request], length_s: float) -> Mapping[str, Any]:
        """Descriptions, each beside what no one wants to hear."""
        return {
            "prompt": [str(request.params["description"]) for request in requests],
            "negative_prompt": ["low quality, distorted"] * len(requests),
            "audio_end_in_s": length_s,
            "num_inference_steps": self.steps,
        }
