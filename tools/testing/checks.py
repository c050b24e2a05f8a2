"""What is checked, one function each: (kit, operation, folders). The docstrings are the contract in short."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools import spec_rules
from soundwright.tools.assets import Asset, Audio, Speech, content_hash
from soundwright.tools.base import Context, Foreseeing, Request, Tool, ToolSpec
from soundwright.tools.errors import Cancelled, ToolError
from soundwright.tools.results import checked
from soundwright.tools.testing.compare import difference
from soundwright.tools.testing.imports import heavy_imports
from soundwright.tools.testing.kit import MAX_TRIED, Kit, Skipped, require

CANCEL_S = 1.0
_PARAGRAPH = 260  # letters: more than any engine says in one breath


@dataclass(frozen=True, slots=True)
class Folders:
    """``scratch`` is the tool's; ``elsewhere`` is where it works and must write nothing; ``weights`` stays for all."""

    scratch: Path
    elsewhere: Path
    weights: Path

    @classmethod
    def below(cls, own: Path, shared: Path) -> Folders:
        """Folders of one test."""
        made = cls(own / "scratch", own / "elsewhere", shared / "weights")
        for folder in (made.scratch, made.elsewhere, made.weights):
            folder.mkdir(exist_ok=True)
        return made


def spec_is_complete(kit: Kit, op: str, folders: Folders) -> None:
    """A spec names the tool, its version, licences, operations; honours only what exists; gives sensible numbers."""
    del op, folders
    tool, spec = kit.make(), kit.spec
    require(isinstance(tool, Tool), f"{tool!r} lacks one of spec, load, run, close")
    require(isinstance(spec, ToolSpec), f"its spec is {spec!r}, no ToolSpec")
    found = [*spec_rules.faults(spec, kit.catalogue)]
    found += [] if found else spec_rules.omissions(spec, kit.catalogue)
    require(not found, "the spec: " + "; ".join(found))


def import_is_light(kit: Kit, op: str, folders: Folders) -> None:
    """Importing the module imports no engine: that is for ``load``."""
    del op, folders
    module = getattr(kit.make, "__module__", "")
    found = heavy_imports(module, kit.spec.modules)
    if found is None:
        raise Skipped(f"{module!r} cannot be imported by name")
    require(not found, f"importing {module} already imports {', '.join(found)}; do that in load")


def gives_a_sound_result(kit: Kit, op: str, folders: Folders) -> None:
    """A plain request gives an asset of the operation's kind: finite, in range, not empty; inputs stay as they are."""
    request = kit.request(op, folders.scratch)
    before = {port: content_hash(asset) for port, asset in request.inputs.items()}
    tool = kit.tool(folders.weights)
    if isinstance(tool, Foreseeing):
        refused = tool.refusal(op, request.params)
        require(refused == "", f"refuses a plain request: {refused}")
    made = kit.one(request, folders.weights, folders.scratch)
    if isinstance(made, Speech) and op == "speak":
        require(bool(made.text), "gave speech without its text")
    after = {port: content_hash(asset) for port, asset in request.inputs.items()}
    require(before == after, "changed its inputs; copy before writing into samples")


def same_seed_same_result(kit: Kit, op: str, folders: Folders) -> None:
    """The same request gives the same again, whatever was done in between (unless determinism is none)."""
    if kit.spec.determinism == "none":
        raise Skipped("its determinism is none")
    first, other = kit.request(op, folders.scratch), kit.request(op, folders.scratch, 1)
    made = kit.one(first, folders.weights, folders.scratch)
    kit.one(other, folders.weights, folders.scratch)
    differs = difference(made, kit.one(first, folders.weights, folders.scratch), kit.spec.determinism)
    require(not differs, f"the same request gave two results: {differs}")


def batch_equals_one_by_one(kit: Kit, op: str, folders: Folders) -> None:
    """A batch gives what its requests give one by one: bit for bit where exact, else with an SNR of 60 dB."""
    if kit.spec.max_batch == 1:
        raise Skipped("it takes one request at a time")
    if kit.spec.determinism == "none":
        raise Skipped("its determinism is none")
    count = min(MAX_TRIED, kit.spec.max_batch)
    requests = [kit.request(op, folders.scratch, variant) for variant in range(count)]
    together = kit.ask(kit.tool(folders.weights), requests, Context(folders.scratch))
    for index, request in enumerate(requests):
        alone = kit.one(request, folders.weights, folders.scratch)
        differs = difference(alone, kit.good(request, together[index]), kit.spec.determinism)
        require(not differs, f"request {index} of {count} differs in a batch: {differs}")


def a_take_varies(kit: Kit, op: str, folders: Folders) -> None:
    """Another take with another seed is another result, where ``take_varies`` says so; else it is the same."""
    if "take" not in kit.operation(op).parameters.model_fields:
        raise Skipped(f"{op} has no take")
    made = [
        kit.one(_seeded(kit.request(op, folders.scratch, take=take), 1 + take), folders.weights, folders.scratch)
        for take in (0, 1)
    ]
    same = content_hash(made[0]) == content_hash(made[1])
    if kit.spec.take_varies:
        require(not same, f"take_varies says {', '.join(kit.spec.take_varies)}, but another take is the same")
    elif kit.spec.determinism == "exact":
        require(same, "take_varies is empty, but another take differs")


def honours_length(kit: Kit, op: str, folders: Folders) -> None:
    """What is generated lasts as long as was asked, within 0.15 s and 3 %, where ``length`` is honoured."""
    operation = kit.operation(op)
    fed = any(not port.optional for port in operation.inputs)
    exact = kit.spec.exact_length and _honours(kit.spec, "length")
    if "length" not in operation.parameters.model_fields or fed or not exact:
        raise Skipped(f"{op} has no length that it honours")
    for wanted_s in (1.2, 2.5):
        if not kit.spec.min_length_s <= wanted_s <= (kit.spec.max_length_s or wanted_s):
            continue
        made = kit.one(kit.request(op, folders.scratch, length=wanted_s), folders.weights, folders.scratch)
        require(isinstance(made, Audio), f"gave {type(made).__name__}")
        length_s = made.length_s if isinstance(made, Audio) else 0.0
        close = abs(length_s - wanted_s) <= 0.15 + 0.03 * wanted_s
        require(close, f"was asked for {wanted_s:g} s and gave {length_s:.2f} s")


def honours_speed(kit: Kit, op: str, folders: Folders) -> None:
    """Speech at speed 1.5 is clearly shorter than at 1, where ``speed`` is honoured."""
    if op != "speak" or not _honours(kit.spec, "speed"):
        raise Skipped("it has no speed that it honours")
    requests = [kit.request(op, folders.scratch, speed=speed) for speed in (1.0, 1.5)]
    made = [kit.one(request, folders.weights, folders.scratch) for request in requests]
    lengths = [asset.length_s for asset in made if isinstance(asset, Audio)]
    require(lengths[1] < 0.9 * lengths[0], f"lasts {lengths[0]:.2f} s at speed 1 and {lengths[1]:.2f} s at 1.5")


def bad_input_is_a_tool_error(kit: Kit, op: str, folders: Folders) -> None:
    """A request that cannot be done yields a ``ToolError``, or a sound result: no other exception, no broken asset."""
    faults = []
    for what, request, must_fail in _bad_requests(kit, op, folders.scratch):
        try:
            results = list(kit.tool(folders.weights).run([request], Context(folders.scratch)))
        except Exception as error:  # whatever a tool raises is what is looked for
            faults.append(f"{what}: raised {type(error).__name__}: {error}")
            _discard(kit)
            continue
        faults += [f"{what}: {fault}" for fault in _outcome(kit, request, results, must_fail)]
    require(not faults, "; ".join(faults))


def _outcome(kit: Kit, request: Request, results: list[Any], must_fail: bool) -> Iterator[str]:
    if len(results) != 1 or results[0][0] != 0:
        yield f"gave {len(results)} results for one request"
        return
    made = results[0][1]
    if isinstance(made, ToolError):
        if not str(made).strip():
            yield "gave an error without a message"
        return
    if must_fail:
        yield f"gave {type(made).__name__} instead of a ToolError"
        return
    if any(isinstance(asset, Audio) and asset.frames == 0 for asset in request.inputs.values()):
        return  # nothing comes of nothing
    try:
        checked(made, kit.operation(request.op).output)
    except ToolError as error:
        yield str(error)


def _bad_requests(kit: Kit, op: str, scratch: Path) -> Iterator[tuple[str, Request, bool]]:
    """(what is wrong, request, whether only an error will do)."""
    good = kit.request(op, scratch)
    fields = kit.operation(op).parameters.model_fields
    for port in kit.operation(op).inputs:
        fed = [name for name in good.inputs if name.partition(".")[0] == port.name]
        if fed and not port.optional:
            yield f"nothing at {port.name}", _fed(good, dict.fromkeys(fed)), True
        if fed and port.kind is Kind.AUDIO:
            for what, samples in _odd_sounds():
                yield f"{what} at {port.name}", _fed(good, {fed[0]: Audio(samples, 24000)}), False
    if good.params.get("text"):
        for text in ("…", "\U0001f600", "9" * 12):
            yield f"the text {text!r}", _with(good, text=text), False
    if op == "speak" and "preset" in fields and kit.spec.voices:
        yield "an unknown voice", _with(good, preset="no-such-voice"), True


def _odd_sounds() -> Iterator[tuple[str, Any]]:
    yield "no frames", np.zeros((1, 0), np.float32)
    yield "one frame", np.full((1, 1), 0.5, np.float32)
    yield "silence", np.zeros((2, 12000), np.float32)


def progress_goes_forward(kit: Kit, op: str, folders: Folders) -> None:
    """Progress, where it is told, goes from 0 to 1 and never back."""
    told: list[float] = []
    request = kit.request(op, folders.scratch)
    kit.ask(kit.tool(folders.weights), [request], Context(folders.scratch, told.append))
    require(all(0 <= fraction <= 1 for fraction in told), f"told a progress outside 0 to 1: {told}")
    require(told == sorted(told), f"told a progress that goes back: {told}")


def a_cancel_is_heeded(kit: Kit, op: str, folders: Folders) -> None:
    """A run that is cancelled beforehand does nothing; one cancelled after its first result ends within a second."""
    tool, started = kit.tool(folders.weights), time.monotonic()
    count = min(MAX_TRIED, kit.spec.max_batch)
    requests = [kit.request(op, folders.scratch, variant) for variant in range(count)]
    made = _until_cancelled(tool, requests, Context(folders.scratch, cancelled=lambda: True))
    took = time.monotonic() - started
    require(
        not made and took < CANCEL_S, f"was cancelled before it began, and gave {len(made)} results in {took:.1f} s"
    )
    if count > 1:
        results: list[float] = []
        context = Context(folders.scratch, cancelled=lambda: bool(results))
        _until_cancelled(tool, requests, context, results)
        late = time.monotonic() - results[0]
        require(late < CANCEL_S or len(results) < count, f"went on for {late:.1f} s after a cancel")
    _discard(kit)


def _until_cancelled(tool: Tool, requests: list[Request], context: Context, at: list[float] | None = None) -> list[int]:
    made = []
    try:
        for index, _ in tool.run(requests, context):
            made.append(index)
            if at is not None:
                at.append(time.monotonic())
    except Cancelled:
        pass
    return made


def streams_what_it_gives(kit: Kit, op: str, folders: Folders) -> None:
    """Chunks, where the tool says that it streams, are together the result: bit for bit where exact, else by 60 dB.

    A text of many sentences is emitted in several, and between them the tool looks whether it was cancelled.
    """
    if not kit.spec.streams:
        raise Skipped("it does not stream")
    chunks: list[Audio] = []
    looks: list[int] = []  # chunks that were out whenever it looked

    def cancelled() -> bool:
        looks.append(len(chunks))
        return False

    request, context = (
        _long(kit.request(op, folders.scratch)),
        Context(folders.scratch, _ignored, cancelled, chunks.append),
    )
    made = kit.good(request, kit.ask(kit.tool(folders.weights), [request], context)[0])
    beside = op != "speak" and "speak" in kit.spec.operations  # who speaks may give its other sounds whole
    if not isinstance(made, Audio) or (beside and not chunks):
        raise Skipped(f"{op} gives no sound in chunks")
    differs = _together(chunks, made, kit.spec)
    require(not differs, f"emitted something else than it gave: {differs}")
    if op == "speak":
        require(len(chunks) > 1, "emitted many sentences in one chunk")
        between = any(0 < out < len(chunks) for out in looks)
        require(between, "never looked between its chunks whether it was cancelled: is all made before the first?")


def _ignored(fraction: float) -> None:
    del fraction


def _together(chunks: list[Audio], made: Audio, spec: ToolSpec) -> str:
    """In what the chunks differ from the result; empty where they are the same."""
    odd = next((c for c in chunks if not c.frames or (c.rate, c.channels) != (made.rate, made.channels)), None)
    if odd is not None:
        return f"a chunk of {odd.samples.shape} at {odd.rate} Hz, for a sound of {made.channels} at {made.rate} Hz"
    whole = np.concatenate([np.zeros((made.channels, 0), np.float32), *(c.samples for c in chunks)], axis=1)
    return difference(Audio(made.samples, made.rate), Audio(whole, made.rate), spec.determinism)


def _long(request: Request) -> Request:
    """The request with its text said again and again, so that it has the length of a paragraph."""
    text = str(request.params.get("text") or "")
    return _with(request, text=" ".join([text] * (1 + _PARAGRAPH // (len(text) + 1)))) if text else request


def writes_only_into_scratch(kit: Kit, op: str, folders: Folders) -> None:
    """No file is left in the working folder or the system's temporary folder."""
    request = kit.request(op, folders.scratch)
    tool = kit.tool(folders.weights)
    with _working_in(folders.elsewhere):
        kit.ask(tool, [request], Context(folders.scratch))
    left = sorted(str(path.relative_to(folders.elsewhere)) for path in folders.elsewhere.rglob("*"))
    require(not left, f"left {', '.join(left)} outside its scratch folder")


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    """The working folder and the temporary folder are ``folder``, for a while."""
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        with chdir(folder):
            yield
    finally:
        tempfile.tempdir = before


def closes_twice(kit: Kit, op: str, folders: Folders) -> None:
    """Closing twice is the same as once; what was never loaded can be closed too."""
    del op
    tool = kit.tool(folders.weights)
    kit.drop()
    tool.close()
    tool.close()
    kit.make().close()


def _discard(kit: Kit) -> None:
    """Close a tool whose run was broken off, as a render does."""
    tool = kit.drop()
    if tool is not None:
        tool.close()


def _honours(spec: ToolSpec, name: str) -> bool:
    return not spec.honours or name in spec.honours


def _seeded(request: Request, seed: int) -> Request:
    return Request(request.op, request.params, request.inputs, seed, request.label)


def _with(request: Request, **params: str) -> Request:
    return Request(request.op, {**request.params, **params}, request.inputs, request.seed, request.label)


def _fed(request: Request, inputs: Mapping[str, Asset | None]) -> Request:
    fed = {port: asset for port, asset in {**request.inputs, **inputs}.items() if asset is not None}
    return Request(request.op, request.params, fed, request.seed, request.label)


Check = Callable[[Kit, str, Folders], None]
_WHOLE: tuple[Check, ...] = (spec_is_complete, import_is_light)
_EACH: tuple[Check, ...] = (
    gives_a_sound_result, same_seed_same_result, batch_equals_one_by_one, a_take_varies, honours_length, honours_speed,
    progress_goes_forward, streams_what_it_gives, writes_only_into_scratch, bad_input_is_a_tool_error,
    a_cancel_is_heeded,
)  # fmt: skip
CHECKS: Mapping[str, Check] = {check.__name__: check for check in (*_WHOLE, *_EACH, closes_twice)}
BY_OPERATION = frozenset(check.__name__ for check in _EACH)
