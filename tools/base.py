"""The tool contract: what an engine declares (``ToolSpec``) and does (``Tool``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.errors import Cancelled, ToolError

Determinism = Literal["exact", "device", "none"]
Home = Literal["process", "worker", "venv", "http", "mcp"]
Proven = Literal["real", "tiny", "none"]


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """One voice of a speaking tool, described for casting. ``pitch_hz`` is its median pitch, where known."""

    preset: str
    language: str
    gender: Literal["male", "female", "neutral"]
    age: Literal["child", "young", "adult", "old"] = "adult"
    accent: str = ""
    description: str = ""
    pitch_hz: float = 0.0
    quality: float = 0.5


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """What a tool is and can do. Cheap to make: discovery builds every spec and imports nothing heavy.

    ``honours`` names the parameters of its operations that it obeys; others are reported as warnings. ``models`` names
    entries of the model store that must be there before ``load``. ``modules`` names the packages it imports, ``extra``
    the extra of soundwright that brings them (``local,transcribe`` for two). ``rank`` orders tools for one operation,
    higher first.

    ``devices`` are the kinds of device that it can use; left empty: the CPU, and a GPU where ``gpu_bytes`` says how
    much of its memory it takes there. ``half`` is the dtype that it takes on a GPU (``float16``, ``bfloat16``), empty
    for ``float32`` everywhere. ``max_length_s``, ``min_length_s`` and ``max_text`` (characters) bound one request,
    ``timeout_s`` the seconds that it may take. ``price_usd_per_minute`` is what a minute of its sound costs.

    ``home`` says where it runs: in this process, in a worker process, in a worker with a virtual environment of its own
    made from ``requirements`` (for the interpreter ``python``, such as ``3.11``), behind HTTP or MCP. ``streams``: it
    emits chunks before a result is whole. Who honours ``length`` gives that length, or without ``exact_length`` comes
    as near to it as a recording, or words that are sung, allow.

    ``proven`` says what it was run on before it was released: ``real`` weights (or an engine that needs none), ``tiny``
    random weights through the real loading code, or ``none``; ``proven_note`` in a few words how.
    """

    name: str
    version: str
    operations: tuple[str, ...]
    licence_code: str
    licence_weights: str = ""
    commercial_ok: bool = True
    gated: bool = False
    languages: tuple[str, ...] = ()
    voices: tuple[VoiceInfo, ...] = ()
    extra: str = ""
    modules: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    cores: int = 1
    memory_mb: int = 200
    gpu_bytes: int = 0
    max_batch: int = 1
    max_length_s: float | None = None
    min_length_s: float = 0.0
    max_text: int | None = None
    honours: tuple[str, ...] = ()
    take_varies: tuple[str, ...] = ("seed",)
    determinism: Determinism = "exact"
    rank: int = 50
    speed: float = 10.0
    help: str = ""
    streams: bool = False
    exact_length: bool = True
    devices: tuple[str, ...] = ()
    half: str = ""
    timeout_s: float | None = None
    price_usd_per_minute: float = 0.0
    home: Home = "process"
    requirements: tuple[str, ...] = ()
    python: str = ""
    proven: Proven = "none"
    proven_note: str = ""

    def runs_on(self) -> tuple[str, ...]:
        """Kinds of device that it can use (``cpu``, ``cuda``), as declared or by ``gpu_bytes``."""
        return self.devices or (("cpu", "cuda") if self.gpu_bytes > 0 else ("cpu",))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tool runs: ``device`` (cpu, cuda:0), ``dtype``, and the file of each model it declared."""

    device: str = "cpu"
    dtype: str = "float32"
    weights: Mapping[str, Path] = field(default_factory=dict)
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to do: an operation with resolved parameters, its input assets by port, and a seed."""

    op: str
    params: Mapping[str, Any]
    inputs: Mapping[str, Asset] = field(default_factory=dict)
    seed: int = 0
    label: str = ""

    def audio(self, port: str = "audio") -> Audio:
        """The audio fed to ``port``.

        Raises:
            ToolError: nothing, or something else than audio, is fed there.
        """
        asset = self.inputs.get(port)
        if not isinstance(asset, Audio):
            raise ToolError(f"{self.op} needs audio at input {port!r}", addressee="developer")
        return asset


def _no_progress(fraction: float) -> None:
    del fraction


def _never() -> bool:
    return False


def _drop(chunk: Audio) -> None:
    del chunk


@dataclass(frozen=True, slots=True)
class Context:
    """What a run offers a tool: progress (0 to 1), a cancel flag, a scratch folder and a sink for streamed chunks."""

    scratch: Path = Path()
    progress: Callable[[float], None] = _no_progress
    cancelled: Callable[[], bool] = _never
    emit: Callable[[Audio], None] = _drop

    @property
    def listened_to(self) -> bool:
        """Whether anybody takes the chunks: a render waits for the whole."""
        return self.emit is not _drop

    def check(self) -> None:
        """Leave at once when the run was cancelled; call it between steps that take more than a second.

        Raises:
            Cancelled: the run was cancelled.
        """
        if self.cancelled():
            raise Cancelled("cancelled")


@runtime_checkable
class Tool(Protocol):
    """One engine for one or more operations. See ``tools/null.py`` for the smallest one."""

    spec: ToolSpec

    def load(self, place: Place) -> None:
        """Heavy work, once per worker: import packages, read weights.

        Raises:
            ToolMissing: a package or weight is not there; the message says what to install.
        """

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Yield (index in batch, result) as each is finished; a request that fails yields a ``ToolError``."""

    def close(self) -> None:
        """Free what ``load`` took."""


@runtime_checkable
class Foreseeing(Protocol):
    """A tool that can say without being loaded that it cannot do a request, so that a check says it too."""

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """Why the request cannot be done, and what would do; empty where it can."""


@runtime_checkable
class Outward(Protocol):
    """A tool whose results depend on files that are neither weights nor inputs, such as a folder of sounds."""

    def outside(self, op: str, params: Mapping[str, Any]) -> str:
        """A hash of what they depend on, so that an asset is made anew when that changes; asked of an unloaded tool.

        Raises:
            ToolError: nothing there serves the request.
            ToolMissing: what it depends on is not there.
        """


@runtime_checkable
class Identified(Protocol):
    """A tool whose results depend on something that its spec cannot know, such as the version of a server."""

    def identity(self) -> Mapping[str, str]:
        """What results depend on, by name: part of every asset's key.

        Raises:
            ToolMissing: it cannot be found out.
        """


@runtime_checkable
class Networked(Protocol):
    """A tool that asks the network though its home is this process; the registry tells it when it must not."""

    offline_only: bool


def each(
    batch: Sequence[Request], context: Context, do: Callable[[Request], Asset]
) -> Iterator[tuple[int, Asset | ToolError]]:
    """Run ``do`` on every request in turn, as most tools do: a cancel ends it, a raised ``ToolError`` is a result."""
    for index, request in enumerate(batch):
        context.check()
        try:
            yield index, do(request)
        except ToolError as error:
            yield index, error
        context.progress((index + 1) / len(batch))
