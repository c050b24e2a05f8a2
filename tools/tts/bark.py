"""Speech and laughter by Bark (transformers): thirteen languages, lively, every take another reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from soundwright.tools.assets import Asset
from soundwright.tools.base import Context, Place, Request, ToolSpec, VoiceInfo
from soundwright.tools.errors import ToolError
from soundwright.tools.neural.runtime import Runtime, mono, open_runtime, read_model, read_processor
from soundwright.tools.neural.sampling import Watch
from soundwright.tools.store.folders import folder
from soundwright.tools.tts.texts import language_of
from soundwright.tools.tts.written_vocals import spoken_or_voiced, vocal_refusal

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples

_PIECE = 160  # letters: about the 13 s that the network can say at once
_LANGUAGES = ("en", "de", "es", "fr", "hi", "it", "ja", "ko", "pl", "pt", "ru", "tr", "zh")
_LEAST = 8  # semantic tokens, 0.16 s: of none at all its codec makes no sound
_PARTS = ("semantic_prompt", "coarse_prompt", "fine_prompt")
_VOCALS = {
    "laugh": "[laughs] Ha ha ha!", "chuckle": "[laughter] Heh.", "sigh": "[sighs] Ah...", "gasp": "[gasps] Oh!",
    "cough": "[clears throat] Ahem.", "hum": "♪ Hmm, hmm, hmm. ♪",
}  # fmt: skip


def _voices() -> tuple[VoiceInfo, ...]:
    english = [
        VoiceInfo(f"v2/en_speaker_{n}", "en", "female" if n == 9 else "male", description="lively", quality=0.45)
        for n in range(10)
    ]
    others = [
        VoiceInfo(f"v2/{language}_speaker_{n}", language, "neutral", description="lively", quality=0.4)
        for language in _LANGUAGES[1:]
        for n in range(3)
    ]
    return (*english, *others)


class BarkTool:
    """The tool ``bark``: 24 kHz; each piece in turn, for its three networks draw from one source each."""

    spec = ToolSpec(
        name="bark",
        version="1",
        operations=("speak", "vocalise"),
        licence_code="Apache-2.0",
        licence_weights="MIT",
        languages=_LANGUAGES,
        voices=_voices(),
        extra="neural",
        modules=("torch", "transformers"),
        models=("bark-small",),
        cores=2,
        memory_mb=3000,
        gpu_bytes=3 << 30,
        half="float16",
        max_text=4000,
        honours=("text", "preset", "language", "pronounce", "take", "vocal"),
        determinism="device",
        rank=30,
        speed=0.1,
        streams=True,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help="Lively speech in thirteen languages, laughs and sighs, 24 kHz, by Bark; slow without a GPU.",
    )

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._model: Any = None
        self._tokenizer: Any = None
        self._folder = Path()
        self._presets: dict[str, dict[str, Any]] = {}

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """Why a vocal cannot be made."""
        return vocal_refusal(self.spec.name, op, params, _VOCALS)

    def load(self, place: Place) -> None:
        """Read the networks.

        Raises:
            ToolMissing: torch, transformers or the weights are not there.
        """
        self._runtime = open_runtime(place, self.spec)
        from transformers import AutoTokenizer, BarkModel  # noqa: PLC0415  heavy

        self._folder = folder(place, self.spec.models[0])
        self._tokenizer = read_processor(AutoTokenizer, self._folder)
        self._model = read_model(BarkModel, self._folder, self._runtime, pickled=True)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Speak each request in turn."""
        rate = int(self._model.generation_config.sample_rate)

        def say(text: str, request: Request) -> Samples:
            return self._say(text, request, context)

        return spoken_or_voiced(say, self.spec.name, _VOCALS, batch, context, limit=_PIECE, rate=rate)

    def close(self) -> None:
        """Free the weights."""
        self._model = self._tokenizer = None
        self._presets.clear()
        if self._runtime is not None:
            self._runtime.free()

    def _say(self, text: str, request: Request, context: Context) -> Samples:
        if self._runtime is None:
            raise ToolError("Bark was asked to speak before it was loaded", addressee="developer")
        if language_of(request) not in _LANGUAGES:
            raise ToolError(f"Bark does not speak {language_of(request)!r}, only {', '.join(_LANGUAGES)}.")
        history = self._preset(str(request.params.get("preset") or ""))
        longest = int(self._model.generation_config.semantic_config["max_input_semantic_length"])
        with self._runtime.working(request.seed):
            words = self._tokenizer(
                text, padding="max_length", max_length=longest, truncation=True, return_tensors="pt",
                add_special_tokens=False, return_attention_mask=True,
            )  # fmt: skip
            watch = Watch(context, 1, lambda part: None)
            wave = self._model.generate(
                input_ids=words["input_ids"].to(self._runtime.device),
                attention_mask=words["attention_mask"].to(self._runtime.device),
                history_prompt=history,
                semantic_min_new_tokens=_LEAST,
                semantic_stopping_criteria=[watch],
                coarse_stopping_criteria=[watch],
            )
            return mono(wave.reshape(-1))

    def _preset(self, name: str) -> dict[str, Any] | None:
        """The history of a voice, as tensors on the device; None where no voice is asked for."""
        if not name or self._runtime is None:
            return None
        if name not in {voice.preset for voice in self.spec.voices}:
            raise ToolError(f"Bark has no voice {name!r}. See: soundwright voices list")
        if name not in self._presets:
            self._presets[name] = {part: self._history(name, part) for part in _PARTS}
        return self._presets[name]

    def _history(self, name: str, part: str) -> Any:  # noqa: ANN401  a tensor
        path = self._folder / "speaker_embeddings" / f"{name}_{part}.npy"
        try:
            history = np.load(path, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise ToolError(
                f"Bark's voice {name!r} cannot be read from {path}: {error}. Pull {self.spec.models[0]} again."
            ) from error
        runtime = self._runtime
        return None if runtime is None else runtime.torch.from_numpy(history.astype(np.int64)).to(runtime.device)


class BarkLargeTool(BarkTool):
    """The tool ``bark-large``: as ``bark``, by networks three times as large."""

    spec = replace(
        BarkTool.spec, name="bark-large", models=("bark",), memory_mb=8000, gpu_bytes=5 << 30, rank=29, speed=0.03,
        help="As bark, by larger networks: clearer, and only for a GPU.",
    )  # fmt: skip
