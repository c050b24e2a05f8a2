"""What running tasks share: cores, memory, the GPU."""

from __future__ import annotations

import os
import shutil
import subprocess

from soundwright.orchestrator.plan import Bound

_MEMORY_SHARE = 0.75
_QUERY_S = 10


class Budget:
    """Cores, memory and the GPU's memory, shared by running tasks. A task larger than everything runs alone.

    ``gpu_bytes`` 0 says that the GPU's memory is not known: then one task at a time has the GPU.
    """

    def __init__(self, cores: int, memory_mb: int, gpu_bytes: int = 0) -> None:
        self._free = [cores, memory_mb, gpu_bytes or 1]
        self._whole = tuple(self._free)

    def take(self, bound: Bound) -> bool:
        """Whether what a node's tool needs was free, and is taken now."""
        need = self._need(bound)
        if any(n > free for n, free in zip(need, self._free, strict=True)):
            return False
        self._free = [free - n for n, free in zip(need, self._free, strict=True)]
        return True

    @property
    def full(self) -> bool:
        """Whether no core is free: then nothing fits."""
        return self._free[0] <= 0

    def give(self, bound: Bound) -> None:
        """What a node's tool needed is free again."""
        self._free = [free + n for n, free in zip(self._need(bound), self._free, strict=True)]

    def _need(self, bound: Bound) -> list[int]:
        wanted = (
            max(1, bound.tool.cores),
            bound.tool.memory_mb,
            bound.tool.gpu_bytes if bound.device != "cpu" else 0,
        )
        return [min(n, whole) for n, whole in zip(wanted, self._whole, strict=True)]


def gpu_memory_bytes() -> int:
    """The memory of the smallest GPU of this machine, in bytes; 0 where there is none or it does not tell."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return 0
    query = [program, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=_QUERY_S, check=True)  # noqa: S603
        return min(int(line) for line in done.stdout.split()) * 2**20
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0


def usable_memory_mb() -> int:
    """What a run may take of the machine's memory, in MB."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not a POSIX system: assume a small laptop
        total = 8 * 2**30
    return max(512, int(total * _MEMORY_SHARE / 1e6))
