"""Drawing tokens so that a request sounds the same alone and in a batch, and looking up while it is drawn.

Networks that write tokens draw each from their distribution. Adding Gumbel noise to the logits and taking the largest
is such a draw, and it lets every request of a batch have a source of random numbers of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

    from soundwright.tools.base import Context

_LEAST = 1e-20  # of a uniform number, so that its logarithm is finite


class Draw:
    """A logits processor that adds Gumbel noise, to be used with greedy search: together they sample.

    ``generators`` has one source for each request; a request has ``rows`` rows of logits (one for each codebook).
    """

    def __init__(
        self, generators: Sequence[torch.Generator], *, rows: int = 1, temperature: float = 1.0, top_k: int = 0
    ) -> None:
        self._generators, self._rows = generators, rows
        self._temperature, self._top_k = temperature, top_k

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Scores (rows, vocabulary) with noise; all but the ``top_k`` best of each row are out of the question."""
        import torch  # noqa: PLC0415  heavy

        scores = scores.float() / self._temperature
        if 0 < self._top_k < scores.shape[-1]:
            least = torch.topk(scores, self._top_k).values[..., -1, None]
            scores = scores.masked_fill(scores < least, -torch.inf)
        drawn = [torch.rand((self._rows, scores.shape[-1]), generator=source) for source in self._generators]
        uniform = torch.cat(drawn).clamp_min(_LEAST).to(scores.device)
        return scores - torch.log((-torch.log(uniform)).clamp_min(_LEAST))


class AfterGuidance(list[Any]):
    """Logits processors that come after those that ``generate`` appends (classifier-free guidance)."""

    def append(self, item: Any) -> None:  # noqa: ANN401  a logits processor
        """Put it before all others."""
        self.insert(0, item)


class Watch:
    """A stopping criterion that never stops, but reports progress and leaves when the run was cancelled."""

    def __init__(self, context: Context, steps: int, report: Callable[[float], None] | None = None) -> None:
        self._context, self._steps, self._done = context, max(1, steps), 0
        self._report = report or context.progress

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **rest: object) -> torch.Tensor:
        """False for every row.

        Raises:
            Cancelled: the run was cancelled.
        """
        self._context.check()
        self._done += 1
        self._report(min(1.0, self._done / self._steps))
        return input_ids[:, 0] != input_ids[:, 0]  # False on the right device
