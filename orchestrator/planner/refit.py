"""After the render: the silences fitted once more, to the length that was measured instead of the estimated one."""

from __future__ import annotations

from soundwright.orchestrator.planner.estimate import Lengths, estimated_length, programme_s
from soundwright.orchestrator.planner.fitting import fit, within
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.script import Script

STEPS = 16
SLOWEST, FASTEST = 3.0, 0.3


def refit(document: Document, measured_s: float) -> Document | None:
    """The script for another mix, where it lasted more than the tolerance off and silences can mend that; else None.

    How much faster or slower the cast speaks than was estimated is found by bisection: the programme's length rises
    with it.
    """
    script = document.script
    if script.duration is None or within(measured_s, script.duration):
        return None
    fitted = fit(script, script.duration, _scaled(_pace(script, measured_s)))
    if not (fitted.changed and fitted.fits):
        return None
    return documents.from_data(documents.plain(fitted.script))


def _pace(script: Script, measured_s: float) -> float:
    low, high = FASTEST, SLOWEST
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if programme_s(script, _scaled(middle)) < measured_s else (low, middle)
    return (low + high) / 2


def _scaled(factor: float) -> Lengths:
    return lambda script, index: factor * estimated_length(script, index)
