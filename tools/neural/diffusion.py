"""Engines of diffusers: reading a pipeline, random numbers of its own for each request, batches, cancelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.neural.runtime import Runtime, looked_up, open_runtime, read_pipeline, to_samples
from soundwright.tools.neural.shaping import as_asked
from soundwright.tools.neural.stretches import around, in_turn, joined, put_back
from soundwright.tools.store.folders import folder

if TYPE_CHECKING:
    from pathlib import Path

    from soundwright.tools.assets import Samples

_LOOP_S = 1.0
_GENERATING = ("generate_sound", "generate_music")


class DiffusionTool:
    """What the tools on diffusers share. A tool names its ``pipeline`` and says in ``settings`` what it is called with.

    Requests that only words lead, of one operation and length, are computed side by side; others in turn.
    """

    spec: ToolSpec
    pipeline = ""
    usual_s = 5.0  # where no length is asked for

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._pipe: Any = None

    def load(self, place: Place) -> None:
        """Read the networks.

        Raises:
            ToolMissing: torch, diffusers or the weights are not there.
        """
        self._runtime = open_runtime(place, self.spec)
        try:
            import diffusers  # noqa: PLC0415  heavy
        except ImportError as error:
            raise ToolMissing(f"{self.spec.name} needs diffusers. Run: pip install 'soundwright[diffusion]'") from error
        diffusers.logging.set_verbosity_error()
        diffusers.logging.disable_progress_bar()
        weights = folder(place, self.spec.models[0])
        kind = looked_up(diffusers, self.pipeline, self.spec)
        self._pipe = read_pipeline(kind, weights, self._runtime, self.parts(weights))
        self._pipe.set_progress_bar_config(disable=True)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Make every request; what can be is made side by side."""
        done = 0
        for indices in self._groups(batch):
            context.check()
            try:
                made: Sequence[Audio | ToolError] = self._made([batch[i] for i in indices], context)
            except ToolError as error:
                made = [error] * len(indices)
            yield from zip(indices, made, strict=True)
            done += len(indices)
            context.progress(done / len(batch))

    def close(self) -> None:
        """Free the weights."""
        self._pipe = None
        if self._runtime is not None:
            self._runtime.free()

    def parts(self, weights: Path) -> Mapping[str, Any]:
        """Parts of the pipeline that are read in another way than the index in ``weights`` says, by name."""
        del weights
        return {}

    def settings(self, requests: Sequence[Request], length_s: float) -> Mapping[str, Any]:
        """What the pipeline is called with, but for ``generator`` and callbacks."""
        raise ToolError(f"{self.spec.name} cannot {requests[0].op}", addressee="developer")

    def rate(self) -> int:
        """Frames per second of what it makes."""
        return int(self._pipe.vae.config.sampling_rate)

    def called(self, requests: Sequence[Request], length_s: float, tell: Callable[[int], None]) -> list[Samples]:
        """Run the pipeline: sounds (channels, frames), in order. ``tell`` hears the number of each finished step."""
        runtime = self.runtime()
        sources = [runtime.generator(request.seed) for request in requests]

        def step_end(pipe: object, step: int, time: object, values: dict[str, Any]) -> dict[str, Any]:
            tell(step)
            return values

        made = self.pipe_for(requests[0])(
            **self.settings(requests, length_s),
            generator=sources if len(sources) > 1 else sources[0],
            callback_on_step_end=step_end,
        )
        return [to_samples(wave) for wave in made.audios]

    def pipe_for(self, request: Request) -> Any:  # noqa: ANN401  a pipeline
        """The pipeline for a request: another one, with the same networks, for another operation."""
        return self._pipe

    def shaped(self, sound: Samples, request: Request, length_s: float) -> Audio:
        """What a request asked for of the sound that was made."""
        return as_asked(request, sound, self.rate(), length_s)

    def runtime(self) -> Runtime:
        """Where it computes.

        Raises:
            ToolError: it was not loaded.
        """
        if self._runtime is None:
            raise ToolError(f"{self.spec.name} ran before it was loaded", addressee="developer")
        return self._runtime

    def length_s(self, request: Request) -> float:
        """Seconds that a request asks for."""
        return float(request.params.get("length") or self.usual_s)

    def longest_s(self) -> float:
        """Seconds that it can make at once with these weights."""
        return self.spec.max_length_s or float("inf")

    def _groups(self, batch: Sequence[Request]) -> list[list[int]]:
        groups: dict[tuple[object, ...], list[int]] = {}
        for index, request in enumerate(batch):
            alike = request.op in _GENERATING and not request.inputs
            key = (request.op, self.length_s(request), bool(request.params.get("loop"))) if alike else (index,)
            groups.setdefault(key, []).append(index)
        size = self.runtime().side_by_side(self.spec.max_batch)
        return [group[start : start + size] for group in groups.values() for start in range(0, len(group), size)]

    def _made(self, requests: Sequence[Request], context: Context) -> list[Audio]:
        """Of a recording the network hears what it has to: the surroundings of a gap, and a long one in stretches."""
        request, longest_s = requests[0], self.longest_s()
        if request.op == "inpaint":
            stretch, first = around(request, longest_s)
            return [put_back(request.audio(), self._at_once([stretch], context)[0], first)]
        if request.op == "vary":
            if request.audio().frames == 0:
                return [request.audio()]  # no network hears nothing
            made = [self._at_once([stretch], context)[0] for stretch in in_turn(request, longest_s)]
            return [joined(made, longest_s)]
        return self._at_once(requests, context)

    def _at_once(self, requests: Sequence[Request], context: Context) -> list[Audio]:
        length_s = self.length_s(requests[0])
        longest_s = self.longest_s()
        if length_s > longest_s:
            raise ToolError(f"{self.spec.name} makes at most {longest_s:g} s at once, not {length_s:g}. Ask for less.")
        spare_s = min(_LOOP_S, longest_s - length_s) if requests[0].params.get("loop") else 0.0

        def tell(step: int) -> None:
            del step
            context.check()

        with self.runtime().working(requests[0].seed):
            sounds = self.called(requests, length_s + spare_s, tell)
        return [self.shaped(sound, request, length_s) for sound, request in zip(sounds, requests, strict=True)]


class OldDiffusionTool(DiffusionTool):
    """As ``DiffusionTool``, for pipelines that report by ``callback``."""

    def called(self, requests: Sequence[Request], length_s: float, tell: Callable[[int], None]) -> list[Samples]:
        """Run the pipeline."""
        runtime = self.runtime()
        sources = [runtime.generator(request.seed) for request in requests]
        made = self._pipe(
            **self.settings(requests, length_s),
            generator=sources if len(sources) > 1 else sources[0],
            callback=lambda step, time, latents: tell(step),
            output_type="pt",
        )
        return [to_samples(wave) for wave in made.audios]
