"""What importing a tool's module brings along, seen in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

HEAVY = (
    "diffusers", "faster_whisper", "jax", "librosa", "numba", "onnxruntime", "pandas", "scipy", "sklearn", "soundfile",
    "soxr", "tensorflow", "torch", "torchaudio", "transformers",
)  # fmt: skip
_TIMEOUT_S = 60
_CODE = """
import importlib, sys
try:
    importlib.import_module(sys.argv[1])
except ModuleNotFoundError as error:
    sys.exit(f"absent {error.name}")
print(*(name for name in sys.argv[2:] if name in sys.modules))
"""


def heavy_imports(module: str, engines: Sequence[str]) -> list[str] | None:
    """Which of a tool's engines, and of packages known to be heavy, its module imports; None if it has no name.

    Raises:
        AssertionError: the import fails.
    """
    watched = sorted({*HEAVY, *engines} - {"numpy"})
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", _CODE, module, *watched],
        capture_output=True, text=True, check=False, timeout=_TIMEOUT_S,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )  # fmt: skip
    if done.stderr.startswith("absent ") and done.stderr.split()[1] in (module, module.partition(".")[0]):
        return None
    if done.returncode != 0:
        raise AssertionError(f"importing {module} fails: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout.split()
