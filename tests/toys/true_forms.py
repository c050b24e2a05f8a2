"""What the authors of a pipeline publish, where that is not what its class saves by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

COSINE: dict[str, Any] = {
    "euler_at_final": False, "final_sigmas_type": "zero", "lower_order_final": True, "num_train_timesteps": 1000,
    "prediction_type": "v_prediction", "rho": 7.0, "sigma_data": 1.0, "sigma_max": 500, "sigma_min": 0.3,
    "sigma_schedule": "exponential", "solver_order": 2, "solver_type": "midpoint",
}  # fmt: skip


def name_cosine_scheduler(folder: Path) -> None:
    """The scheduler of Stable Audio Open, whose class in diffusers cannot be made without torchsde."""
    kind = "CosineDPMSolverMultistepScheduler"
    rename_parts(folder, scheduler=["diffusers", kind])
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps({"_class_name": kind, **COSINE}))


def save_bare_gpt2(folder: Path) -> None:
    """The language model of AudioLDM 2: its checkpoints hold it without the head that predicts tokens."""
    import transformers as tf

    part = folder / "language_model"
    bare = tf.GPT2Model.from_pretrained(part)
    for file in part.iterdir():
        file.unlink()
    bare.save_pretrained(part)
    rename_parts(folder, language_model=["transformers", "GPT2Model"])


def rename_parts(folder: Path, **parts: list[str]) -> None:
    """Write other classes of parts, each as [package, class], into the index of a pipeline."""
    path = folder / "model_index.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **parts}))
