"""Discovery of tools: the same door for all, broken ones reported, doubles named with both owners."""

from __future__ import annotations

import importlib
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

from soundwright.tools.assets import Audio
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.entries import GROUP, RegistryError
from soundwright.tools.errors import ToolMissing
from soundwright.tools.homes.settings import Homes
from soundwright.tools.null import NullTool
from soundwright.tools.registry import Registry
from soundwright.tools.worker.tool import WorkerTool

PLUGIN = """
from dataclasses import replace
from soundwright.tools.null import NullTool
NOT_A_TOOL = 3

class Hum(NullTool):
    def __init__(self):
        super().__init__("hum", ("generate_sound",))

def other_hum():
    return Hum()

def buzz():
    tool = Hum()
    tool.spec = replace(tool.spec, name="buzz")
    return tool

def broken():
    raise RuntimeError("no driver")
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path into which packages with entry points are put."""
    (tmp_path / "acme_hum_plugin.py").write_text(PLUGIN)
    (tmp_path / "acme_broken_plugin.py").write_text("import a_module_that_does_not_exist\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def declare(folder: Path, package: str, **tools: str) -> None:
    info = folder / f"{package}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
    lines = "\n".join(f"{name} = {target}" for name, target in tools.items())
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{lines}\n")
    importlib.invalidate_caches()


def test_a_plug_in_is_found_by_its_entry_point(plugin: Path) -> None:
    declare(plugin, "acme_hum", hum="acme_hum_plugin:Hum")
    registry = Registry.discover()
    assert registry.specs["hum"].operations == ("generate_sound",)
    assert registry.owner("hum") == "acme_hum 1.2"
    assert registry.create("hum") is not registry.create("hum")


def test_the_name_of_a_package_is_read_once_for_all_of_its_tools(plugin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(plugin, "acme_hum", hum="acme_hum_plugin:Hum", buzz="acme_hum_plugin:buzz", more="acme_hum_plugin:more")
    read: list[str] = []
    text_of = importlib.metadata.PathDistribution.read_text

    def counted(self: importlib.metadata.PathDistribution, filename: str) -> str | None:
        text = text_of(self, filename)
        read.extend(re.findall(r"^Name: (.*)$", text or "", re.MULTILINE) if filename == "METADATA" else ())
        return text

    monkeypatch.setattr(importlib.metadata.PathDistribution, "read_text", counted)
    Registry.discover()
    assert 0 < read.count("acme_hum") <= 2  # its name and its version
    assert 0 < read.count("soundwright") <= 2


def test_tools_of_other_packages_run_in_a_worker_unless_the_user_says_otherwise(plugin: Path) -> None:
    declare(plugin, "acme_hum", hum="acme_hum_plugin:Hum", buzz="acme_hum_plugin:buzz")
    registry = Registry.discover()
    assert {registry.home(name) for name in ("hum", "buzz")} == {"worker"}
    assert registry.home("signal") == "process"
    tool = registry.create("buzz")
    assert isinstance(tool, WorkerTool)
    tool.load(Place())
    (made,) = dict(tool.run([Request("generate_sound", {"description": "hum"})], Context(plugin))).values()
    tool.close()
    assert isinstance(made, Audio)
    assert type(Registry.discover(Homes(of={"hum": "process"})).create("hum")).__name__ == "Hum"
    assert type(Registry.discover(Homes("process")).create("buzz")).__name__ == "Hum"


def test_a_function_may_make_the_tool(plugin: Path) -> None:
    declare(plugin, "acme_hum", hum="acme_hum_plugin:other_hum")
    assert "hum" in Registry.discover().specs


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("acme_broken_plugin:Tool", "a_module_that_does_not_exist"),
        ("acme_hum_plugin:Nothing", "Nothing"),
        ("acme_hum_plugin:NOT_A_TOOL", "has no spec"),
        ("acme_hum_plugin:broken", "no driver"),
    ],
)
def test_a_broken_plug_in_is_reported_and_the_others_work(plugin: Path, target: str, reason: str) -> None:
    declare(plugin, "acme_broken", cracked=target)
    declare(plugin, "acme_hum", hum="acme_hum_plugin:Hum")
    registry = Registry.discover()
    assert "hum" in registry.specs
    (broken,) = [item for item in registry.unusable if item.name == "cracked"]
    assert broken.owner == "acme_broken 1.2"
    assert reason in broken.reason
    with pytest.raises(ToolMissing, match=r"'cracked' of acme_broken 1\.2 cannot be used"):
        registry.create("cracked")


def test_of_two_tools_of_one_name_the_first_package_keeps_it_and_the_other_is_listed(plugin: Path) -> None:
    declare(plugin, "zeta_hum", hum="acme_hum_plugin:other_hum")
    declare(plugin, "acme_hum", hum="acme_hum_plugin:Hum")
    registry = Registry.discover()
    assert registry.owner("hum") == "acme_hum 1.2"
    assert registry.lost == frozenset()
    (other,) = [item for item in registry.unusable if item.name == "hum"]
    assert other.owner == "zeta_hum 1.2"
    assert other.reason == (
        "another tool is called hum too, that of acme_hum 1.2, which is kept; "
        "uninstall zeta_hum, or have its author rename the tool"
    )


def test_our_own_tools_and_those_that_the_user_declared_keep_their_names(plugin: Path) -> None:
    (plugin / "aaa.py").write_text(
        "from soundwright.tools.null import NullTool\n"
        "signal, mine = (lambda: NullTool('signal', ('speak',))), (lambda: NullTool('mine', ('speak',)))\n"
    )
    declare(plugin, "aaa", signal="aaa:signal", mine="aaa:mine")
    registry = Registry.discover(declared={"config.toml": NullTool("mine", ("generate_sound",))})
    assert registry.owner("signal").startswith("soundwright ")
    assert registry.owner("mine") == "config.toml"
    assert [item.name for item in registry.unusable if item.owner == "aaa 1.2"] == ["mine", "signal"]
    with pytest.raises(RegistryError, match="two tools are called 'signal'"):
        Registry.discover(declared={"config.toml": NullTool("signal")})


def test_tools_of_an_operation_come_best_rank_first() -> None:
    registry = Registry(
        [NullTool("b", rank=1), NullTool("a", rank=1), NullTool("best", rank=2), NullTool("no", ("x",))]
    )
    assert [spec.name for spec in registry.tools_for("speak")] == ["best", "a", "b"]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ToolMissing, match="no tool 'flute' is installed; there are null"):
        Registry([NullTool()]).create("flute")


def test_missing_modules_name_the_extra_to_install() -> None:
    registry = Registry([NullTool(modules=("numpy", "no_such_engine"), extra="local")])
    missing = registry.missing(registry.specs["null"])
    assert missing is not None
    assert missing.modules == ("no_such_engine",)
    assert missing.install == "pip install 'soundwright[local]'"


def test_missing_modules_without_an_extra_name_the_package() -> None:
    registry = Registry([NullTool(modules=("no_such_engine.sub", "no_such_engine"))])
    missing = registry.missing(registry.specs["null"])
    assert missing is not None
    assert missing.install == "pip install no_such_engine"


def test_nothing_is_missing_where_all_modules_are_there() -> None:
    registry = Registry([NullTool(modules=("numpy",))])
    assert registry.missing(registry.specs["null"]) is None


def test_an_instance_is_copied_for_each_worker() -> None:
    registry = Registry([NullTool()])
    first, second = registry.create("null"), registry.create("null")
    first.load(Place())
    assert first is not second
    assert isinstance(first, NullTool)


def test_discovery_imports_nothing_heavy() -> None:
    code = (
        "import sys; from soundwright.tools.registry import Registry; Registry.discover(); "
        "heavy = {'torch', 'onnxruntime', 'scipy', 'soxr', 'soundfile', 'symusic', 'pocketsphinx'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
