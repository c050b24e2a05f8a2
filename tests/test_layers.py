"""The layers, read from the sources: who may import whom, and what may be imported before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "prompts": {"prompts"},
    "scripts_compiler": {"scripts_compiler"},
    "tools": {"tools", "scripts_compiler"},
    "orchestrator": {"orchestrator", "tools", "scripts_compiler", "prompts", ""},
}
# What modules may import as they are themselves imported; everything else waits until it is used.
LIGHT = {
    "prompts": {"jinja2"},
    "scripts_compiler": {"annotated_types", "pydantic", "pydantic_core", "ruamel", "yaml"},
    "tools": {"numpy", "pydantic"},
}
CORE = {
    "annotated_types", "jinja2", "json5", "markupsafe", "numpy", "platformdirs", "pydantic", "pydantic_core", "ruamel",
    "typing_extensions", "typing_inspection", "yaml",
}  # fmt: skip
# Boundaries to code that is not ours, where anything may be raised and nothing may be lost.
CATCH_ALL = {
    "orchestrator/cli/edge.py", "orchestrator/doctor.py", "orchestrator/llm/langchain_client.py",
    "orchestrator/mcp_server/server.py", "orchestrator/serving/sounds.py", "orchestrator/workers.py",
    "scripts_compiler/extensions.py",
    "tools/mcp_client/session.py",
    "tools/asking.py",
    "tools/entries.py",
    "tools/testing/checks.py",
    "tools/worker/host.py",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Import:
    """``module`` is imported by ``source``; ``late`` where that waits for a call or for the type checker."""

    source: Path
    line: int
    module: str
    late: bool

    def __str__(self) -> str:
        return f"{self.source.relative_to(ROOT)}:{self.line} imports {self.module}"


def sources(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("soundwright", *(parts[:-1] if parts[-1] == "__init__" else parts)))


@cache
def imports(path: Path) -> tuple[Import, ...]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = module_name(path) if path.name == "__init__.py" else module_name(path).rpartition(".")[0]
    return tuple(
        Import(path, node.lineno, module, late)
        for node, late in _statements(tree)
        for module in _modules(node, package)
    )


def _statements(tree: ast.Module) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, late = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, late
        late = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _for_types_only(node)
        waiting += [(child, late) for child in ast.iter_child_nodes(node)]


def _for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _modules(node: ast.Import | ast.ImportFrom, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        parts = package.split(".")
        base = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [base])])
    return [f"{base}.{alias.name}" for alias in node.names]


def layer(module: str) -> str | None:
    """The folder a module of ours lies in, empty for the package itself; None for others'."""
    parts = module.split(".")
    if parts[0] != "soundwright":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else ""


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_lies_below_it(folder: str) -> None:
    found = [each for path in sources(folder) for each in imports(path)]
    ours = [each for each in found if layer(each.module) is not None]
    assert [str(each) for each in ours if layer(each.module) not in MAY_IMPORT[folder]] == []


@pytest.mark.parametrize("folder", LIGHT)
def test_nothing_heavy_is_imported_before_it_is_used(folder: str) -> None:
    early = [each for path in sources(folder) for each in imports(path) if not each.late]
    tops = {each: each.module.split(".")[0] for each in early}
    light = LIGHT[folder] | {"soundwright", *sys.stdlib_module_names}
    assert [str(each) for each, top in tops.items() if top not in light] == []


def test_no_circles_among_modules() -> None:
    paths = [path for folder in MAY_IMPORT for path in sources(folder)]
    known = {module_name(path) for path in paths}
    needs = {
        module_name(path): {name for each in imports(path) if not each.late and (name := _home(each.module, known))}
        for path in paths
    }
    try:
        ordered = list(TopologicalSorter({name: needed - {name} for name, needed in needs.items()}).static_order())
    except CycleError as error:
        pytest.fail(f"a circle: {' <- '.join(error.args[1])}")
    assert set(ordered) == known
    assert ordered.index("soundwright.tools.base") < ordered.index("soundwright.tools.registry")  # needs are seen


def _home(module: str, known: set[str]) -> str | None:
    """``soundwright.tools.base.Tool`` lives in ``soundwright.tools.base``."""
    return module if module in known else parent if (parent := module.rpartition(".")[0]) in known else None


def test_errors_are_swallowed_nowhere() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in MAY_IMPORT
        for path in sources(folder)
        if str(path.relative_to(ROOT)) not in CATCH_ALL
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and _catches_all(node) and not _raises_again(node)
    ]
    assert found == []


def _catches_all(handler: ast.ExceptHandler) -> bool:
    named = ast.walk(handler.type) if handler.type is not None else ()
    return handler.type is None or any(
        isinstance(n, ast.Name) and n.id in {"Exception", "BaseException"} for n in named
    )


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


IMPORT_ALL = """
import importlib, importlib.abc, importlib.metadata, sys

class WithoutExtras(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in extras:
            raise ModuleNotFoundError(f"{name} must not be needed to import tools", name=name)

extras = set(importlib.metadata.packages_distributions()) - set(sys.argv[1].split()) - {"soundwright"}
sys.meta_path.insert(0, WithoutExtras())
for name in sys.argv[2:]:
    importlib.import_module(name)
"""


def test_all_tools_import_with_no_extra_installed() -> None:
    names = [module_name(path) for path in sources("tools")]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_ALL, " ".join(sorted(CORE)), *names],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


# --- the reading itself ------------------------------------------------------------------------------------------


def test_imports_are_read_with_their_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    path = tmp_path / "tools" / "x.py"
    path.parent.mkdir()
    path.write_text(
        "from __future__ import annotations\nimport torch.nn\nfrom . import base\nfrom ..orchestrator import cache\n"
        "if TYPE_CHECKING:\n    import scipy\ndef f():\n    from soxr import resample\n"
        "try:\n    import onnx\nfinally:\n    pass\n"
    )
    assert {each.module: each.late for each in imports(path)} == {
        "__future__.annotations": False, "torch.nn": False, "soundwright.tools.base": False,
        "soundwright.orchestrator.cache": False, "scipy": True, "soxr.resample": True, "onnx": False,
    }  # fmt: skip
    assert layer("soundwright.orchestrator.cache") == "orchestrator"
