"""Tools that do what tools must not do; run in worker processes by the tests beside this file."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Place, Request, ToolSpec
from soundwright.tools.errors import ToolError, ToolMissing

RATE_HZ = 24000


def tone(level: float = 0.1, frames: int = 2400) -> Audio:
    return Audio(np.full((1, frames), level, np.float32), RATE_HZ)


class Misbehaving:
    """Does what a request's description names, else gives a constant tone with the seed as its level."""

    spec = ToolSpec("misbehaving", "0.7", ("generate_sound",), "MIT")

    def load(self, place: Place) -> None:
        if place.dtype == "missing":
            raise ToolMissing("its weights are not here; pull them")
        if place.dtype == "ends":
            print("the driver is broken", file=sys.stderr)
            os._exit(3)
        if place.dtype == "raises":
            raise OSError("no such device")

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        for index, request in enumerate(batch):
            deed = DEEDS.get(str(request.params.get("description")))
            if deed is not None:
                yield index, deed(request, context)
            else:
                yield index, tone(request.seed / 1000)

    def close(self) -> None:
        marker = os.environ.get("MISBEHAVING_CLOSED")
        if marker:
            Path(marker).write_text("closed")


def leave(request: Request, context: Context) -> Audio:
    print("something went very wrong", file=sys.stderr)
    os._exit(7)


def crash(request: Request, context: Context) -> Audio:
    ctypes.string_at(0)
    return tone()


def hang(request: Request, context: Context) -> Audio:
    while True:
        pass


def heed(request: Request, context: Context) -> Audio:
    while True:
        context.check()
        time.sleep(0.01)


def chatter(request: Request, context: Context) -> Audio:
    print("garbage on standard output", flush=True)
    os.write(1, b"\x00\x00\x00\x05{}{}{")
    os.system("echo from a shell")  # noqa: S605
    sys.stdin.read()
    return tone()


def fork(request: Request, context: Context) -> Audio:
    """The fork goes on as if it were the worker: it gives results too, and outlives it."""
    if os.fork() == 0:
        Path(str(context.scratch), "child").write_text(str(os.getpid()))
        return tone(0.9)
    while not Path(str(context.scratch), "child").exists():
        time.sleep(0.01)
    return tone(0.2)


def child(request: Request, context: Context) -> Audio:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(str(context.scratch), "child").write_text(str(process.pid))
    os.kill(os.getpid(), 9)
    return tone()


def big(request: Request, context: Context) -> Audio:
    sound = request.inputs["audio"]
    assert isinstance(sound, Audio)
    return Audio(-sound.samples, sound.rate)


def chunks(request: Request, context: Context) -> Audio:
    for n in range(3):
        context.emit(tone(n / 10))
        context.progress((n + 1) / 3)
    return tone()


def refuse(request: Request, context: Context) -> ToolError:
    return ToolError("cannot do that; do something else")


def raises(request: Request, context: Context) -> Audio:
    raise ValueError("axes don't match")


def leaves_the_interpreter(request: Request, context: Context) -> Audio:
    sys.exit("bye")


def nothing_at_all(request: Request, context: Context) -> str:
    return "a sound"


DEEDS: dict[str, Callable[[Request, Context], Any]] = {
    deed.__name__: deed
    for deed in (
        leave, crash, hang, heed, chatter, fork, child, big, chunks, refuse, raises, leaves_the_interpreter,
        nothing_at_all,
    )
}  # fmt: skip
