"""AudioGen and MusicGen by audiocraft itself, in an environment of their own with the torch of 2023 that it pins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.homes.isolated import IsolatedTool
from soundwright.tools.neural.shaping import as_asked, check_lead, fitted, joined_over, resampled
from soundwright.tools.store.folders import folder

_USUAL_LENGTH_S, _LOOP_S, _SEAM_S = 5.0, 1.0, 0.05

_SPEC = ToolSpec(
    name="audiocraft-audiogen",
    version="1.2.0",
    operations=("generate_sound",),
    licence_code="MIT",
    licence_weights="CC-BY-NC-4.0",
    commercial_ok=False,
    models=("audiogen-medium", "t5-large"),
    cores=2,
    memory_mb=9000,
    gpu_bytes=6 << 30,
    max_length_s=120,
    honours=("description", "length", "loop", "take"),
    determinism="device",
    rank=20,
    speed=0.1,
    home="venv",
    # 1.3.0 pins av 11, which has no wheel for Python 3.11 and does not build beside a current ffmpeg.
    requirements=("audiocraft==1.2.0", "torchaudio==2.1.0", "xformers<0.0.23", "numpy<2", "transformers<4.45"),
    python=">=3.9,<3.12",
    proven="tiny",
    proven_note="random weights of audiocraft's own classes, in its environment",
    help="AudioGen by audiocraft itself; `audiogen` reads the same weights without an environment of 6 GB.",
)


class AudiocraftAudioGenTool(IsolatedTool):
    """The tool ``audiocraft-audiogen``: mono effects at 16 kHz."""

    spec = _SPEC
    engine = Path(__file__).with_name("audiocraft_engine.py")

    def load(self, place: Place) -> None:
        """Start the engine with its weights.

        Raises:
            ToolMissing: weights are not there, or not of audiocraft's form.
            ToolError: the environment cannot be made, or its process ended.
        """
        for model in self.spec.models:
            folder(place, model)
        super().load(place)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """The engine makes each sound a little longer than asked; here it is cut, looped or joined to its beginning."""
        asked: list[tuple[int, Request]] = []
        for index, request in enumerate(batch):
            try:
                asked.append((index, _asked(request)))
            except ToolError as error:
                yield index, error
        for position, result in super().run([request for _, request in asked], context) if asked else ():
            index = asked[position][0]
            yield index, _finished(batch[index], result) if isinstance(result, Audio) else result


class AudiocraftMusicGenTool(AudiocraftAudioGenTool):
    """The tool ``audiocraft-musicgen``: mono music at 32 kHz, and the continuation of a recording."""

    spec = replace(
        _SPEC,
        name="audiocraft-musicgen",
        operations=("generate_music", "continue_audio"),
        models=("audiocraft-musicgen-small", "t5-base", "encodec-32khz"),
        memory_mb=4000,
        gpu_bytes=3 << 30,
        max_length_s=600,
        speed=0.3,
        help="MusicGen small by audiocraft itself; `musicgen` has it without an environment of 6 GB.",
    )


def _length_s(request: Request) -> float:
    length = request.params.get("length")
    return _USUAL_LENGTH_S if length is None else float(length)


def _asked(request: Request) -> Request:
    """What the engine is asked for.

    Raises:
        ToolError: there is too little to go on from.
    """
    params: dict[str, Any] = {"description": request.params.get("description", ""), "length": _length_s(request)}
    if request.op == "continue_audio" and "audio" in request.inputs:
        given = request.audio()
        check_lead(given)
        heard = Audio(given.samples[:, : given.frames - given.tail], given.rate)
        return replace(request, params={**params, "lead": _SEAM_S}, inputs={"audio": heard})
    if request.params.get("loop"):
        params["length"] += _LOOP_S
    return replace(request, params=params)


def _finished(request: Request, made: Audio) -> Audio:
    """A sound of exactly the length that was asked for; a continuation holds what it continues."""
    length_s, rate = _length_s(request), made.rate
    if request.op == "continue_audio":
        given = resampled(request.audio(), rate, made.channels)
        whole = joined_over(given, made.samples, round(_SEAM_S * rate))
        return Audio(fitted(whole, rate, given.shape[1] / rate + length_s), rate)
    return as_asked(request, made.samples, rate, length_s)
