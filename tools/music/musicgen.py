"""Music by MusicGen (transformers): from a description, along a melody, and as the continuation of a recording.

The network was trained on half a minute; longer pieces are made window by window, each going on from the end of the one
before. Two tools, because the network that takes melodies is another one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.music.chroma import chroma
from soundwright.tools.neural.runtime import Runtime, looked_up, open_runtime, read_model, read_processor, to_samples
from soundwright.tools.neural.sampling import AfterGuidance, Draw, Watch
from soundwright.tools.neural.shaping import alike, as_asked, check_lead, fitted, joined_over, resampled
from soundwright.tools.store.folders import folder

if TYPE_CHECKING:
    import torch

    from soundwright.tools.assets import Samples

_WINDOW_S, _KEPT_S, _LOOP_S, _SEAM_S = 30.0, 10.0, 1.0, 0.05
_TOP_K, _GUIDANCE = 250, 3.0

_SPEC = ToolSpec(
    name="musicgen",
    version="1",
    operations=("generate_music", "continue_audio"),
    licence_code="Apache-2.0",
    licence_weights="CC-BY-NC-4.0",
    commercial_ok=False,
    extra="neural",
    modules=("torch", "transformers"),
    models=("musicgen-small",),
    cores=2,
    memory_mb=4000,
    gpu_bytes=3 << 30,
    half="float16",
    max_batch=4,
    max_length_s=600,
    honours=("description", "length", "loop", "take"),
    determinism="device",
    rank=40,
    speed=0.3,
    proven="tiny",
    proven_note="random weights in the sizes of a toy, all paths",
    help="Music from a description, and the continuation of a recording, by MusicGen. For non-commercial use.",
)


class MusicGenTool:
    """The tool ``musicgen``: mono music at 32 kHz, several descriptions at once."""

    spec = _SPEC
    melodic = False
    window_s: float | None = None
    kept_s: float | None = None
    """Of another network than MusicGen: the length it was trained on, and how much of what is made it goes on from."""

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._model: Any = None
        self._tokenizer: Any = None

    def load(self, place: Place) -> None:
        """Read the network.

        Raises:
            ToolMissing: torch, transformers or the weights are not there.
        """
        self._runtime = open_runtime(place, self.spec)
        import transformers  # noqa: PLC0415  heavy

        kind = "MusicgenMelodyForConditionalGeneration" if self.melodic else "MusicgenForConditionalGeneration"
        weights = folder(place, self.spec.models[0])
        self._tokenizer = read_processor(transformers.AutoTokenizer, weights)
        self._model = read_model(looked_up(transformers, kind, self.spec), weights, self._runtime, pickled=True)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Requests of one length side by side where nothing but words leads them, the others in turn."""
        done = 0
        for length_s, alike_requests in alike([self._side_by_side(request) for request in batch]).items():
            size = self._torch_runtime().side_by_side(self.spec.max_batch) if length_s > 0 else 1
            for start in range(0, len(alike_requests), size):
                indices = alike_requests[start : start + size]
                context.check()
                part = _share(context, done / len(batch), len(indices) / len(batch))
                try:
                    yield from zip(indices, self._made([batch[i] for i in indices], part), strict=True)
                except ToolError as error:
                    yield from ((index, error) for index in indices)
                done += len(indices)

    def close(self) -> None:
        """Free the weights."""
        self._model = self._tokenizer = None
        if self._runtime is not None:
            self._runtime.free()

    @property
    def rate(self) -> int:
        """Frames per second of what the network makes."""
        return int(self._model.config.audio_encoder.sampling_rate)

    @property
    def _channels(self) -> int:
        return int(self._model.decoder.config.audio_channels)

    def _side_by_side(self, request: Request) -> float:
        """The length of a request that can be computed beside others of that length; 0 for one that cannot."""
        length_s = float(request.params["length"])
        return length_s if not request.inputs and self._raw_length_s(request) <= self._window_s else 0.0

    @property
    def _window_s(self) -> float:
        return _WINDOW_S if self.window_s is None else self.window_s

    def _raw_length_s(self, request: Request) -> float:
        return float(request.params["length"]) + (_LOOP_S if request.params.get("loop") else 0.0)

    def _made(self, requests: Sequence[Request], context: Context) -> list[Audio]:
        if self._runtime is None:
            raise ToolError("MusicGen ran before it was loaded", addressee="developer")
        with self._runtime.working():
            if requests[0].op == "continue_audio":
                return [self._continued(request, context) for request in requests]
            sounds = self._windows(requests, max(map(self._raw_length_s, requests)), None, context)
        return [
            as_asked(request, sound, self.rate, float(request.params["length"]))
            for request, sound in zip(requests, sounds, strict=True)
        ]

    def _continued(self, request: Request, context: Context) -> Audio:
        audio = request.audio()
        check_lead(audio)
        given = resampled(audio, self.rate, self._channels)
        total_s = given.shape[1] / self.rate + float(request.params["length"])
        return Audio(fitted(self._windows([request], total_s, given, context)[0], self.rate, total_s), self.rate)

    def _windows(
        self, requests: Sequence[Request], total_s: float, given: Samples | None, context: Context
    ) -> list[Samples]:
        """Each request's sound of ``total_s``, the first one going on from ``given``, where that is there."""
        sources = [self._torch_runtime().generator(request.seed) for request in requests]
        sounds = [np.zeros((self._channels, 0), np.float32)] * len(requests) if given is None else [given]
        while (made_s := sounds[0].shape[1] / self.rate) < total_s - 1e-6:
            kept_s = min(made_s, _KEPT_S if self.kept_s is None else self.kept_s)
            fresh_s = min(self._window_s - kept_s, total_s - made_s)
            share = _share(context, made_s / total_s, fresh_s / total_s)
            kept = None if made_s == 0 else sounds[0][:, -round(kept_s * self.rate) :]
            parts = self._window(requests, sources, fresh_s, kept, share)
            seam = 0 if kept is None else round(_SEAM_S * self.rate)
            sounds = [
                joined_over(sound, part, min(seam, part.shape[1])) for sound, part in zip(sounds, parts, strict=True)
            ]
        return sounds

    def _window(
        self,
        requests: Sequence[Request],
        sources: Sequence[torch.Generator],
        fresh_s: float,
        kept: Samples | None,
        context: Context,
    ) -> list[Samples]:
        """New sound of ``fresh_s``; after ``kept`` it begins a seam earlier, with the network's own end of that."""
        torch = self._torch_runtime().torch
        decoder, device = self._model.decoder, self._torch_runtime().device
        books = int(decoder.num_codebooks)
        steps = math.ceil(fresh_s * float(self._model.config.audio_encoder.frame_rate)) + books
        words = self._tokenizer(
            [str(r.params.get("description", "")) for r in requests], padding=True, return_tensors="pt"
        )
        inputs: dict[str, Any] = {
            "input_ids": words["input_ids"].to(device),
            "attention_mask": words["attention_mask"].to(device),
        }
        if kept is not None:
            wave = torch.from_numpy(kept.copy())[None].to(device, self._torch_runtime().dtype)
            inputs |= {"input_values": wave, "padding_mask": torch.ones_like(wave[:, 0], dtype=torch.long)}
        inputs |= self._melody(requests)
        draw = Draw(sources, rows=books, top_k=_TOP_K)
        waves = self._model.generate(
            **inputs, max_new_tokens=steps, do_sample=False, guidance_scale=_GUIDANCE,
            logits_processor=AfterGuidance([draw]), stopping_criteria=[Watch(context, steps)],
        )  # fmt: skip
        first = 0 if kept is None else max(0, kept.shape[1] - round(_SEAM_S * self.rate))
        return [to_samples(wave)[:, first:] for wave in waves]

    def _melody(self, requests: Sequence[Request]) -> dict[str, Any]:
        """What leads the network beside words: nothing, here."""
        del requests
        return {}

    def _torch_runtime(self) -> Runtime:
        if self._runtime is None:
            raise ToolError("MusicGen ran before it was loaded", addressee="developer")
        return self._runtime


class MusicGenMediumTool(MusicGenTool):
    """The tool ``musicgen-medium``: as ``musicgen``, with 1.5 B parameters."""

    spec = replace(
        _SPEC, name="musicgen-medium", models=("musicgen-medium",), memory_mb=8000, gpu_bytes=5 << 30, rank=37,
        speed=0.1, help="As musicgen, by a network five times as large: for a GPU. For non-commercial use.",
    )  # fmt: skip


class MusicGenLargeTool(MusicGenTool):
    """The tool ``musicgen-large``: as ``musicgen``, with 3.3 B parameters."""

    spec = replace(
        _SPEC, name="musicgen-large", models=("musicgen-large",), memory_mb=16000, gpu_bytes=10 << 30, rank=36,
        speed=0.05, help="As musicgen, by a network eleven times as large: for a GPU. For non-commercial use.",
    )  # fmt: skip


class MusicGenMelodyTool(MusicGenTool):
    """The tool ``musicgen-melody``: as ``musicgen``, along the melody of a recording where one is given."""

    spec = replace(
        _SPEC,
        name="musicgen-melody",
        operations=("generate_music",),
        models=("musicgen-melody",),
        memory_mb=8000,
        gpu_bytes=5 << 30,
        max_length_s=30,
        honours=("description", "length", "loop", "take", "melody"),
        rank=38,
        speed=0.1,
        help="Music from a description along a melody, by MusicGen Melody, up to 30 s. For non-commercial use.",
    )
    melodic = True

    def _melody(self, requests: Sequence[Request]) -> dict[str, Any]:
        """The pitch classes of the melody; for words alone the network takes a melody that is none."""
        runtime = self._torch_runtime()
        if "melody" not in requests[0].inputs:
            return {}
        mono = resampled(requests[0].audio("melody"), self.rate, 1)[0]
        if not np.abs(mono).max(initial=0.0) > 1e-4:
            raise ToolError("generate_music: the melody is silent. Give a recording with one, or leave it out.")
        return {"input_features": chroma(mono, self.rate).to(runtime.device, runtime.dtype)}


def _share(context: Context, start: float, part: float) -> Context:
    """A context whose progress is the ``part`` of the whole that begins at ``start``."""

    def tell(fraction: float) -> None:
        context.progress(start + part * fraction)

    return replace(context, progress=tell)
