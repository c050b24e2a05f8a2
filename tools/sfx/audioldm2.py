"""Sound effects and music by AudioLDM 2 (diffusers): mono at 16 kHz.

One description at a time: what its language model adds to a description would depend on its neighbours in a batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from soundwright.tools.base import Request, ToolSpec
from soundwright.tools.neural.diffusion import OldDiffusionTool
from soundwright.tools.neural.runtime import read_model

if TYPE_CHECKING:
    from pathlib import Path


class AudioLdm2Tool(OldDiffusionTool):
    """The tool ``audioldm2``."""

    spec = ToolSpec(
        name="audioldm2",
        version="1",
        operations=("generate_sound", "generate_music"),
        licence_code="Apache-2.0",
        licence_weights="CC-BY-NC-SA-4.0",
        commercial_ok=False,
        extra="diffusion",
        modules=("torch", "transformers", "diffusers"),
        models=("audioldm2",),
        cores=2,
        memory_mb=6000,
        gpu_bytes=5 << 30,
        half="float16",
        max_length_s=30,
        honours=("description", "length", "loop", "take"),
        determinism="device",
        rank=36,
        speed=0.02,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Sound effects and music from a description, 16 kHz, by AudioLDM 2. For non-commercial use.",
    )
    steps = 200
    pipeline = "AudioLDM2Pipeline"

    def parts(self, weights: Path) -> Mapping[str, Any]:
        """The language model with a head, whatever the index calls it: without one it does not go on token by token."""
        from transformers import GPT2LMHeadModel  # noqa: PLC0415  heavy

        return {"language_model": read_model(GPT2LMHeadModel, weights / "language_model", self.runtime())}

    def rate(self) -> int:
        """Frames per second of what it makes."""
        return int(self._pipe.vocoder.config.sampling_rate)

    def settings(self, requests: Sequence[Request], length_s: float) -> Mapping[str, Any]:
        """Descriptions, each beside what no one wants to hear."""
        return {
            "prompt": [str(request.params["description"]) for request in requests],
            "negative_prompt": ["Low quality."] * len(requests),
            "audio_length_in_s": length_s,
            "num_inference_steps": self.steps,
        }
