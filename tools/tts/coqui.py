"""XTTS and VITS by coqui's TTS, in an environment of their own; texts are cut and joined here, spoken there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from soundwright.tools.assets import Asset, Audio, Speech, Voice
from soundwright.tools.base import Context, Request, ToolSpec, VoiceInfo
from soundwright.tools.errors import ToolError
from soundwright.tools.homes.isolated import IsolatedTool
from soundwright.tools.tts.joining import stretch
from soundwright.tools.tts.spoken import text_of
from soundwright.tools.tts.texts import language_of, text_pieces

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples

_WOMEN = ("Claribel Dervla", "Daisy Studious", "Gracie Wise", "Ana Florence", "Sofia Hellen", "Tanja Adelina")
_MEN = ("Andrew Chipper", "Royston Min", "Viktor Eka", "Craig Gutsy", "Damien Black", "Luis Moray")
_USUAL_PIECE = 200  # letters
_PIECES = {"ar": 160, "cs": 180, "hi": 145, "ja": 68, "ko": 90, "ru": 180, "zh": 78}
_UNSPACED = ("ja", "zh")
_SIGNS = "。！？；：，、"
_SPACED_AFTER = str.maketrans({sign: f"{sign} " for sign in _SIGNS})

_SPEC = ToolSpec(
    name="coqui-xtts",
    version="0.28.0",
    operations=("speak", "clone_voice"),
    licence_code="MPL-2.0",
    licence_weights="CPML",
    commercial_ok=False,
    gated=True,
    languages=("ar", "cs", "de", "en", "es", "fr", "hi", "hu", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "zh"),
    voices=(
        *(VoiceInfo(name, "en", "female", description="studio voice", quality=0.7) for name in _WOMEN),
        *(VoiceInfo(name, "en", "male", description="studio voice", quality=0.7) for name in _MEN),
    ),
    models=("coqui-xtts-v2",),
    cores=2,
    memory_mb=5000,
    gpu_bytes=4 << 30,
    honours=("text", "preset", "language", "speed", "pronounce", "take", "sample", "clone"),
    determinism="device",
    rank=28,
    speed=0.3,
    streams=True,
    home="venv",
    requirements=(
        # with torch 2.9 and newer it needs torchcodec, which needs the libraries of ffmpeg; it forgets to ask for six
        "coqui-tts==0.28.0", "torch==2.8.0", "torchaudio==2.8.0", "six>=1.17", "transformers>=4.57,<5",
        "pypinyin>=0.55", "cutlet>=0.5", "fugashi>=1.5", "unidic-lite>=1.0.8",  # Chinese and Japanese
    ),
    python=">=3.10,<3.14",
    proven="tiny",
    proven_note="random weights of coqui's own classes, in its environment",
    help="Speech in 17 languages, also in the voice of a recording, 24 kHz, by XTTS v2. For non-commercial use.",
)  # fmt: skip


@dataclass(slots=True)
class _Text:
    """One request that is spoken piece by piece."""

    request: Request
    pauses_s: list[float]
    emit: Callable[[Audio], None]
    waiting: dict[int, Audio] = field(default_factory=dict)
    said: list[Samples] = field(default_factory=list)

    def take(self, number: int, piece: Audio) -> Speech | None:
        """Put a piece in, emit those whose turn has come; the whole, once it is."""
        self.waiting[number] = piece
        while (due := self.waiting.pop(len(self.said), None)) is not None:
            sound = stretch(due.samples[0], self.pauses_s, len(self.said), due.rate)
            self.said.append(sound)
            if len(sound):
                self.emit(Audio(sound[None], due.rate))
        if len(self.said) < len(self.pauses_s):
            return None
        language = str(self.request.params.get("language") or "en")
        return Speech(np.concatenate(self.said)[None], piece.rate, text=text_of(self.request), language=language)


class CoquiXttsTool(IsolatedTool):
    """The tool ``coqui-xtts``: seventeen languages at 24 kHz, in a voice of its own or in one that it is given."""

    spec = _SPEC
    engine = Path(__file__).with_name("coqui_engine.py")

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Speak, or learn a voice, for each request: a long text in pieces, which the engine gets one by one."""
        flat: list[Request] = []
        owners: list[tuple[int, int]] = []
        texts: dict[int, _Text] = {}
        for index, request in enumerate(batch):
            try:
                cut = [(request, 0.0)] if request.op != "speak" else self._cut(request)
            except ToolError as error:
                yield index, error
                continue
            if request.op == "speak":
                texts[index] = _Text(request, [pause_s for _, pause_s in cut], context.emit)
            owners += [(index, number) for number in range(len(cut))]
            flat += [piece for piece, _ in cut]
        if flat:
            yield from _joined(super().run(flat, context), owners, texts)

    def _cut(self, request: Request) -> list[tuple[Request, float]]:
        """The request as one for each piece of its text, with the pause after it."""
        language, learned = language_of(request), request.inputs.get("clone")
        if language not in self.spec.languages:
            raise ToolError(f"{self.spec.name} does not speak {language!r}: only {', '.join(self.spec.languages)}.")
        if isinstance(learned, Voice) and learned.tool != self.spec.name:
            raise ToolError(f"this voice was learned by {learned.tool}; only {learned.tool} can speak with it.")
        text = text_of(request)
        text = text.translate(_SPACED_AFTER) if language in _UNSPACED else text
        inputs = {port: asset for port, asset in request.inputs.items() if port != "text"}
        spaced = replace(request, inputs=inputs, params={**request.params, "text": text})
        pieces = text_pieces(spaced, _PIECES.get(language, _USUAL_PIECE))
        keep = {name: request.params.get(name) for name in ("preset", "speed")}
        return [
            (replace(spaced, params={**keep, "text": _unspaced(piece.phonemes), "language": language}), piece.pause_s)
            for piece in pieces
        ]


class CoquiVitsTool(CoquiXttsTool):
    """The tool ``coqui-vits``: English at 22 kHz by a VITS of coqui, of one speaker or of many."""

    spec = replace(
        _SPEC,
        name="coqui-vits",
        operations=("speak",),
        licence_weights="unverified",
        gated=False,
        languages=("en",),
        voices=(VoiceInfo("default", "en", "neutral", description="plain reader", quality=0.5),),
        models=("coqui-vits",),
        cores=1,
        memory_mb=2500,
        gpu_bytes=1 << 30,
        honours=("text", "preset", "language", "speed", "pronounce", "take"),
        rank=26,
        speed=3.0,
        help="English speech by a VITS that coqui trained (LJSpeech, or VCTK with its 109 speakers as presets).",
    )


def _unspaced(text: str) -> str:
    """Without the spaces that were put after Chinese and Japanese signs, so that a text could be cut there."""
    for sign in _SIGNS:
        text = text.replace(f"{sign} ", sign)
    return text


def _joined(
    made: Iterator[tuple[int, Asset | ToolError]], owners: Sequence[tuple[int, int]], texts: dict[int, _Text]
) -> Iterator[tuple[int, Asset | ToolError]]:
    """Results of requests, from those of their pieces: the first error of a piece is the request's."""
    failed: set[int] = set()
    for position, result in made:
        index, number = owners[position]
        text = texts.get(index)
        if text is None:
            yield index, result
        elif index not in failed and not isinstance(result, Audio):
            failed.add(index)
            yield index, result
        elif index not in failed and isinstance(result, Audio):
            whole = text.take(number, result)
            if whole is not None:
                yield index, whole
