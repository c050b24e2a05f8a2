"""The noise schedule that Stable Audio Open was taught on (Evans et al., 2024), drawn by each request's own source.

Its checkpoint names diffusers' cosine scheduler, which draws the noise of its steps with torchsde, one source for a
whole batch. The same steps (DPM-Solver++ 2M SDE, Lu et al., 2022) are in diffusers' EDM scheduler, which draws from the
sources that it is given; only the network is told of the noise there in another measure.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from soundwright.tools.errors import ToolMissing

_AS_TAUGHT = {
    "sigma_min": 0.3, "sigma_max": 500, "sigma_data": 1.0, "sigma_schedule": "exponential",
    "prediction_type": "v_prediction",
}  # fmt: skip
_FILE = "scheduler_config.json"


def cosine_scheduler(folder: Path) -> Any:  # noqa: ANN401  of an untyped package
    """A scheduler with the settings in ``folder`` that takes the steps of ``CosineDPMSolverMultistepScheduler``.

    Raises:
        ToolMissing: there are no settings, or those of another kind of scheduler.
    """
    from diffusers import EDMDPMSolverMultistepScheduler  # noqa: PLC0415  heavy

    class Cosine(EDMDPMSolverMultistepScheduler):  # type: ignore[misc]  # untyped
        def precondition_noise(self, sigma: Any) -> Any:  # noqa: ANN401  a tensor
            """What the network is told: the angle of the noise, 0 to 1."""
            return sigma.atan() / math.pi * 2

    try:
        found = json.loads((folder / _FILE).read_text())
        kind = str(found["_class_name"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ToolMissing(f"A noise schedule cannot be read from {folder}: {error}") from error
    if kind != "CosineDPMSolverMultistepScheduler":
        raise ToolMissing(f"{folder / _FILE} names {kind}; Stable Audio Open has CosineDPMSolverMultistepScheduler.")
    settings = {name: value for name, value in found.items() if not name.startswith("_")}
    return Cosine.from_config({**_AS_TAUGHT, **settings, "algorithm_type": "sde-dpmsolver++"})
