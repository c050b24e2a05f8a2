"""One tool under test: how it is made, loaded and asked; and the tests that ``conformance`` makes of the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from soundwright.scripts_compiler.extensions import installed
from soundwright.scripts_compiler.operations import Catalogue, Operation
from soundwright.tools.assets import Asset
from soundwright.tools.base import Context, Place, Request, Tool, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.results import checked
from soundwright.tools.testing import samples

Result = Asset | ToolError
Files = Mapping[str, Path]
MAX_TRIED = 3


class Skipped(Exception):
    """A check does not apply to this tool."""


@dataclass
class Kit:
    """A tool under test. ``make`` gives a new, unloaded one; ``weights`` its files by name, or what makes them.

    ``threads`` 0 stands for as many as its spec has ``cores``.
    """

    make: Callable[[], Tool]
    weights: Files | Callable[[Path], Files] = field(default_factory=dict)
    operations: tuple[str, ...] = ()
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    inputs: Mapping[str, Mapping[str, Asset]] = field(default_factory=dict)
    device: str = "cpu"
    dtype: str = "float32"
    threads: int = 0
    catalogue: Catalogue = field(default_factory=installed)
    _loaded: Tool | None = None
    _files: Files | None = None

    @property
    def spec(self) -> ToolSpec:
        """What the tool declares."""
        if self._loaded is not None:
            return self._loaded.spec
        spec = getattr(self.make, "spec", None)
        return spec if isinstance(spec, ToolSpec) else self.make().spec

    @property
    def tried(self) -> tuple[str, ...]:
        """The operations that are tried: all that the tool declares, unless only some were asked for."""
        return self.operations or self.spec.operations

    def operation(self, op: str) -> Operation:
        """An operation of the catalogue.

        Raises:
            AssertionError: there is none of that name.
        """
        require(op in self.catalogue, f"the operation {op!r} is in no catalogue; is its package installed?")
        return self.catalogue[op]

    def tool(self, folder: Path) -> Tool:
        """The loaded tool, shared by the checks; ``folder`` takes weights that have to be made first."""
        if self._loaded is None:
            tool = self.make()
            threads = self.threads or max(1, tool.spec.cores)
            tool.load(Place(self.device, self.dtype, self.files(folder), threads))
            self._loaded = tool
        return self._loaded

    def files(self, folder: Path) -> Files:
        """Weights by file name."""
        if self._files is None:
            self._files = self.weights(folder) if callable(self.weights) else self.weights
        return self._files

    def drop(self) -> Tool | None:
        """Give the loaded tool away: the next check loads a new one."""
        tool, self._loaded = self._loaded, None
        return tool

    def request(self, op: str, scratch: Path, variant: int = 0, **params: float) -> Request:
        """A valid request. Variants of one operation differ in seed, inputs and text; ``params`` are set last.

        Raises:
            Skipped: it needs an input that cannot be made here; give it to the kit as ``inputs``.
        """
        operation = self.operation(op)
        made = samples.request(operation, self.spec, scratch, variant=variant)
        given = self.inputs.get(op)
        if made is None and given is None:
            raise Skipped(f"{op} needs an input that only a tool can make: give the kit inputs={{{op!r}: ...}}")
        made = made or Request(op, samples.parameters(operation, self.spec), {}, 1 + variant, "try")
        wanted = {**made.params, **self.params.get(op, {})}
        wanted |= {**_other_words(wanted, variant), **params}
        fields = operation.parameters.model_fields
        aliases = {str(fields[name].alias or name) for name in fields} | set(fields)
        resolved = operation.resolve({name: value for name, value in wanted.items() if name in aliases})
        return replace(made, params=resolved, inputs=made.inputs if given is None else given)

    def ask(self, tool: Tool, requests: Sequence[Request], context: Context) -> dict[int, Result]:
        """Every result by index; one for each request and no other.

        Raises:
            AssertionError: a result is missing, given twice, or for no request.
        """
        results: dict[int, Result] = {}
        for index, result in tool.run(requests, context):
            require(index in range(len(requests)), f"gave a result for request {index!r} of {len(requests)}")
            require(index not in results, f"gave two results for request {index}")
            results[index] = result
        require(len(results) == len(requests), f"gave {len(results)} results for {len(requests)} requests")
        return results

    def one(self, request: Request, folder: Path, scratch: Path) -> Asset:
        """The sound result of one request.

        Raises:
            AssertionError: it failed, or what came is not what the operation gives.
        """
        return self.good(request, self.ask(self.tool(folder), [request], Context(scratch))[0])

    def good(self, request: Request, result: Result) -> Asset:
        """A result that holds what the operation promises.

        Raises:
            AssertionError: it is an error, of another kind, or no sound one.
        """
        require(not isinstance(result, ToolError), f"{request.op} of a plain request failed: {result}")
        kinds = {port.partition(".")[0]: made.kind for port, made in request.inputs.items()}
        try:
            return checked(result, self.operation(request.op).output_for(kinds))  # type: ignore[arg-type]
        except ToolError as error:
            raise AssertionError(f"{request.op} {error}") from error


def conformance(
    tool: Callable[[], Tool],
    *,
    weights: Files | Callable[[Path], Files] | None = None,
    operations: Sequence[str] = (),
    params: Mapping[str, Mapping[str, Any]] | None = None,
    inputs: Mapping[str, Mapping[str, Asset]] | None = None,
    skip: Mapping[str, str] | None = None,
    device: str = "cpu",
    dtype: str = "float32",
    threads: int = 0,
) -> Callable[..., None]:
    """A test function for pytest that holds a tool against the contract, one test for each check and operation.

        test_hum = conformance(HumTool)
        test_big = conformance(BigTool, weights=tiny_random_weights)  # (folder) -> {file name: path}

    ``tool`` is a class or a function that makes an unloaded tool. ``params`` and ``inputs`` by operation take the place
    of the generated ones. ``skip`` names checks that cannot hold (``honours_speed``, or ``honours_speed-speak`` for one
    operation) with the reason: random weights know no tempo, say. ``threads`` is for tiny weights, which one thread
    serves best; 0 stands for the cores of its spec.
    """
    import pytest  # noqa: PLC0415  only where tests are written

    from soundwright.tools.testing import checks  # noqa: PLC0415  it needs Kit

    kit = Kit(tool, weights or {}, tuple(operations), params or {}, inputs or {}, device, dtype, threads)
    excused = dict(skip or {})

    @pytest.mark.parametrize(("check", "op"), [pytest.param(*case, id=_name(*case)) for case in cases(kit)])
    def test(check: str, op: str, tmp_path: Path, tmp_path_factory: Any, monkeypatch: Any) -> None:  # noqa: ANN401  pytest's own
        reason = excused.get(_name(check, op)) or excused.get(check)
        if reason:
            pytest.skip(reason)
        monkeypatch.chdir(tmp_path)
        try:
            checks.CHECKS[check](kit, op, checks.Folders.below(tmp_path, tmp_path_factory.getbasetemp()))
        except Skipped as why:
            pytest.skip(str(why))

    return cast(Callable[..., None], test)


def cases(kit: Kit) -> Iterator[tuple[str, str]]:
    """(check, operation) of every test of a tool; the operation is empty where a check is about the tool as a whole."""
    from soundwright.tools.testing import checks  # noqa: PLC0415

    for name in checks.CHECKS:
        yield from ((name, op) for op in (kit.tried if name in checks.BY_OPERATION else ("",)))


def require(holds: bool, found: str) -> None:
    """Raise an ``AssertionError`` that says what was found, where something does not hold."""
    if not holds:
        raise AssertionError(found)


def _name(check: str, op: str) -> str:
    return f"{check}-{op}" if op else check


def _other_words(params: Mapping[str, Any], variant: int) -> dict[str, Any]:
    """What makes a variant of a request differ in more than its seed."""
    if variant == 0:
        return {}
    texts = {name: f"{variant + 1} doors are open." for name in ("text", "lyrics") if params.get(name)}
    length = params.get("length")
    return texts | ({"length": float(length) * (1 - 0.1 * variant)} if length else {})
