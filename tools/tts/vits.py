"""Speech by VITS (transformers): the MMS checkpoints of many languages, one tool for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from soundwright.tools.assets import Asset
from soundwright.tools.base import Context, Place, Request, ToolSpec, VoiceInfo
from soundwright.tools.errors import ToolError
from soundwright.tools.neural.runtime import Runtime, mono, open_runtime, read_model, read_processor
from soundwright.tools.store.folders import folder
from soundwright.tools.tts.texts import language_of, spoken_by

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples

_PIECE = 240  # letters
LANGUAGES = {
    "ar": "ara", "de": "deu", "en": "eng", "es": "spa", "fr": "fra", "hi": "hin", "id": "ind", "nl": "nld",
    "pl": "pol", "pt": "por", "ru": "rus", "sw": "swh", "tr": "tur", "uk": "ukr", "vi": "vie",
}  # fmt: skip


def _spec(language: str) -> ToolSpec:
    return ToolSpec(
        name=f"mms-{language}",
        version="1",
        operations=("speak",),
        licence_code="Apache-2.0",
        licence_weights="CC-BY-NC-4.0",
        commercial_ok=False,
        languages=(language,),
        voices=(VoiceInfo(f"mms-{language}", language, "neutral", description="plain reader", quality=0.3),),
        extra="neural",
        modules=("torch", "transformers"),
        models=(f"mms-tts-{LANGUAGES[language]}",),
        cores=1,
        memory_mb=700,
        gpu_bytes=1 << 30,
        honours=("text", "language", "speed", "pronounce", "take", "preset"),
        determinism="device",
        rank=25,
        speed=3.0,
        streams=True,
        proven="tiny",
        proven_note="random weights in the sizes of a toy",
        help=f"Plain speech in {language!r}, 16 kHz, by the VITS network of MMS. For non-commercial use.",
    )


class VitsTool:
    """A tool ``mms-LANGUAGE``. The network draws its noise from the request's seed, one piece at a time."""

    def __init__(self, language: str) -> None:
        self.spec = _spec(language)
        self._runtime: Runtime | None = None
        self._model: Any = None
        self._tokenizer: Any = None

    def load(self, place: Place) -> None:
        """Read the network.

        Raises:
            ToolMissing: torch, transformers or the weights are not there.
        """
        self._runtime = open_runtime(place, self.spec)
        from transformers import AutoTokenizer, VitsModel  # noqa: PLC0415  heavy

        weights = folder(place, self.spec.models[0])
        self._tokenizer = read_processor(AutoTokenizer, weights)
        self._model = read_model(VitsModel, weights, self._runtime)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Speak each request in turn."""
        return spoken_by(self._say, batch, context, limit=_PIECE, rate=int(self._model.config.sampling_rate))

    def close(self) -> None:
        """Free the weights."""
        self._model = self._tokenizer = None
        if self._runtime is not None:
            self._runtime.free()

    def _say(self, text: str, request: Request) -> Samples:
        if self._runtime is None:
            raise ToolError("VITS was asked to speak before it was loaded", addressee="developer")
        if language_of(request) not in self.spec.languages:
            raise ToolError(f"{self.spec.name} speaks {self.spec.languages[0]!r}, not {language_of(request)!r}.")
        preset = str(request.params.get("preset") or self.spec.name)
        if preset != self.spec.name:
            raise ToolError(f"{self.spec.name} has one voice, {self.spec.name!r}, and none called {preset!r}.")
        with self._runtime.working(request.seed):
            letters = self._tokenizer(text, return_tensors="pt")["input_ids"].to(self._runtime.device)
            if letters.shape[1] < 3:  # blanks around no letter
                raise ToolError(
                    f"{self.spec.name} knows no letter of {text[:40]!r}. Write it in the language's own script."
                )
            rate = float(request.params.get("speed", 1.0)) * float(self._model.config.speaking_rate)
            return mono(self._model(letters, speaking_rate=rate).waveform[0])


def _tool(language: str) -> VitsTool:
    return VitsTool(language)


ARABIC, GERMAN, ENGLISH, SPANISH, FRENCH = map(_tool, ("ar", "de", "en", "es", "fr"))
HINDI, INDONESIAN, DUTCH, POLISH, PORTUGUESE = map(_tool, ("hi", "id", "nl", "pl", "pt"))
RUSSIAN, SWAHILI, TURKISH, UKRAINIAN, VIETNAMESE = map(_tool, ("ru", "sw", "tr", "uk", "vi"))
