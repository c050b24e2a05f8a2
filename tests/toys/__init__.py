"""Networks as small as toys with random weights, for the models that no package registry carries.

Each model of ``TOYS`` is written in the form in which its authors give it, so that an engine's real loading code reads
it. The kit of conformance and the tests of the engines take their weights from here.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tests.toys import diffusion, heads, listening, music, recognition, speech, translation, treating, voices

Writer = Callable[[Path], None]
TOYS: Mapping[str, Writer] = {
    **speech.TOYS,
    **voices.TOYS,
    **recognition.TOYS,
    **listening.TOYS,
    **translation.TOYS,
    **music.TOYS,
    **diffusion.TOYS,
    **treating.TOYS,
    **heads.TOYS,
}
"""What writes a model into its folder, by the name that the model store has for it."""


def made(models: Iterable[str], folder: Path) -> dict[str, Path]:
    """What ``Place.weights`` takes: the files of several toy models by name, and the folder of each in ``folder``."""
    folders = {model: _written(model, folder / model) for model in models}
    files = {file.name: file for place in folders.values() for file in place.iterdir() if file.is_file()}
    return files | folders


def _written(model: str, folder: Path) -> Path:
    """Write a toy once; its random numbers are always the same, and leave those of others alone."""
    import torch

    if not folder.is_dir():
        begun = folder.with_name(f"{model}.begun")  # what needs a package that is not here leaves nothing whole
        begun.mkdir(parents=True, exist_ok=True)
        with torch.random.fork_rng([]), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the packages, as they make networks that we only read
            torch.manual_seed(7)
            TOYS[model](begun)
        begun.rename(folder)
    return folder
