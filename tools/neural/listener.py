"""What all engines share that listen with one network of transformers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from soundwright.tools.assets import Asset
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError
from soundwright.tools.neural.runtime import Runtime, looked_up, open_runtime, read_model, read_processor
from soundwright.tools.store.folders import folder


class Listener:
    """Reads ``network`` and ``processor`` (names of classes of transformers) from the folder of its first model.

    A subclass says what to do with one request in ``listen``; there ``model``, ``processor`` and ``runtime`` are ready.
    """

    spec: ToolSpec
    network: ClassVar[str]
    reader: ClassVar[str] = "AutoProcessor"

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self.model: Any = None
        self.processor: Any = None

    def load(self, place: Place) -> None:
        """Read the network.

        Raises:
            ToolMissing: torch, transformers or the weights are not there.
        """
        self._runtime = open_runtime(place, self.spec)
        import transformers  # noqa: PLC0415  heavy

        weights = folder(place, self.spec.models[0])
        self.processor = read_processor(looked_up(transformers, self.reader, self.spec), weights)
        kind = looked_up(transformers, self.network, self.spec)
        self.model = read_model(kind, weights, self._runtime, pickled=True)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Each request in turn."""
        return each(batch, context, lambda request: self._at_work(request, context))

    def close(self) -> None:
        """Free the weights."""
        self.model = self.processor = None
        if self._runtime is not None:
            self._runtime.free()

    @property
    def runtime(self) -> Runtime:
        """Torch, its device and number format.

        Raises:
            ToolError: the tool was not loaded.
        """
        if self._runtime is None:
            raise ToolError(f"{self.spec.name} was asked before it was loaded", addressee="developer")
        return self._runtime

    def listen(self, request: Request, context: Context) -> Asset:
        """The result of one request."""
        raise ToolError(f"{self.spec.name} does not listen", addressee="developer")

    def on_device(self, inputs: Any) -> dict[str, Any]:  # noqa: ANN401  what processors give
        """The tensors that a processor made, on the runtime's device, numbers in its format."""
        torch, made = self.runtime.torch, {}
        for name, value in inputs.items():
            if isinstance(value, torch.Tensor):
                moved = value.to(self.runtime.device)
                made[name] = moved.to(self.runtime.dtype) if moved.is_floating_point() else moved
        return made

    def _at_work(self, request: Request, context: Context) -> Asset:
        with self.runtime.working(request.seed):
            return self.listen(request, context)
