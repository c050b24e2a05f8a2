"""Who speaks when by Nemotron 3 Diarization (a streaming Sortformer; Park et al., 2024), up to eight speakers."""

from __future__ import annotations

from soundwright.tools.assets import Asset, Event, Events
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import clipped, mono_at
from soundwright.tools.neural.listener import Listener

RATE = 16000
_MOST = 8
_SHORTEST_S = 0.1


class NemotronTool(Listener):
    """The tool ``nemotron``: turns of ``speaker1``, ``speaker2``, ..., also where several speak at once."""

    network = "Nemotron3DiarizationForAudioFrameClassification"
    reader = "Nemotron3DiarizationProcessor"
    spec = ToolSpec(
        name="nemotron",
        version="3",
        operations=("diarize",),
        licence_code="Apache-2.0",
        licence_weights="NVIDIA Open Model License",
        commercial_ok=False,
        gated=True,
        extra="neural",
        modules=("torch", "transformers"),
        models=("nemotron-diarization",),
        cores=2,
        memory_mb=2500,
        gpu_bytes=3 << 30,
        honours=(),
        take_varies=(),
        determinism="device",
        rank=40,
        speed=5.0,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Up to eight speakers, also at once. Read its licence before any commercial use: it was not confirmed.",
    )

    def listen(self, request: Request, context: Context) -> Asset:
        """The network goes through a recording of any length in steps of its own."""
        wanted = request.params.get("speakers")
        if wanted is not None and int(wanted) > _MOST:
            raise ToolError(f"{self.spec.name} tells at most {_MOST} speakers apart, not {wanted}")
        audio = request.audio()
        mono, length_s = mono_at(audio, RATE), audio.frames / audio.rate
        context.check()
        inputs = self.on_device(self.processor(mono, sampling_rate=RATE, return_tensors="pt"))
        logits = self.model(**inputs).logits.float().cpu()
        mask = inputs.get("attention_mask")
        spans = self.processor.extract_speaker_dict(logits, None if mask is None else mask.cpu())[0]
        numbers: dict[int, str] = {}
        found = []
        for span in spans:
            if span["End"] - span["Start"] >= _SHORTEST_S:
                name = numbers.setdefault(int(span["Speaker"]), f"speaker{len(numbers) + 1}")
                found.append(Event(name, *clipped(float(span["Start"]), float(span["End"]), length_s)))
        return Events(tuple(found))
