"""What ``soundwright --help`` and ``import soundwright`` load, so that they answer at once."""

from __future__ import annotations

import subprocess
import sys

from soundwright.tools.testing.imports import HEAVY

THIRD_PARTY = {"annotated_doc", "click", "shellingham", "typer", "typing_extensions"}

HELP = """
import sys
before = set(sys.modules)
from soundwright.orchestrator.cli import main
sys.argv = ["soundwright", "--help"]
try:
    main()
except SystemExit as left:
    assert not left.code, left.code
print(*sorted(set(sys.modules) - before), file=sys.stderr)
"""
IMPORT = """
import sys
before = set(sys.modules)
import soundwright
print(*sorted(set(sys.modules) - before), file=sys.stderr)
"""


def loaded(code: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stderr.split())


def others(modules: set[str]) -> set[str]:
    return {name.split(".")[0] for name in modules} - set(sys.stdlib_module_names) - {"soundwright"}


def test_help_loads_no_package_but_those_of_the_command_line() -> None:
    assert others(loaded(HELP)) <= THIRD_PARTY


def test_help_loads_no_module_of_ours_but_the_command_line() -> None:
    ours = {name for name in loaded(HELP) if name.startswith("soundwright.")}
    assert {name for name in ours if not name.startswith("soundwright.orchestrator.cli")} == {
        "soundwright.orchestrator"
    }


def test_importing_the_package_loads_nothing_else() -> None:
    modules = loaded(IMPORT)
    assert others(modules) == set()
    assert {name for name in modules if name.startswith("soundwright")} == {"soundwright"}


DISCOVER = """
import sys
before = set(sys.modules)
from soundwright.scripts_compiler.extensions import discover
from soundwright.tools.registry import Registry
assert len(Registry.discover().specs) > 20
assert len(discover().catalogue) > 50
print(*sorted(set(sys.modules) - before), file=sys.stderr)
"""
LIGHT = {
    "annotated_types", "cython_runtime", "numpy", "platformdirs", "pydantic", "pydantic_core", "ruamel",
    "typing_extensions", "typing_inspection", "yaml",
}  # fmt: skip


def test_discovery_of_tools_and_operations_loads_nothing_heavy() -> None:
    found = others(loaded(DISCOVER))
    assert {name for name in found if not name.startswith(("_", "__editable__"))} <= LIGHT
    assert not found & set(HEAVY)
