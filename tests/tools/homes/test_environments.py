"""Environments of engines: what may be required; made once and whole; known by what they hold."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from soundwright.tools.base import ToolSpec
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.homes import environments as module
from soundwright.tools.homes.environments import NOT_MADE, Environments
from soundwright.tools.homes.interpreters import find_python, find_uv
from soundwright.tools.homes.requirements import checked_requirements, python_fits
from soundwright.tools.homes.settings import HomeError, Homes

SPEC = ToolSpec("hum", "1.0", ("enhance",), "MIT", home="venv", requirements=("acme-hum==1.0",))
BUZZ = replace(SPEC, name="buzz", requirements=("acme-buzz",))
CLASH = replace(SPEC, name="both", requirements=("acme-hum==1.0", "acme-buzz==1.0"))


def wheel(folder: Path, name: str, version: str, *requires: str, says: str = "") -> None:
    package, info = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *(f"Requires-Dist: {r}" for r in requires)]
    with zipfile.ZipFile(folder / f"{package}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{package}.py", f"VERSION = {(says or version)!r}\n")
        archive.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    wheel(folder, "acme-base", "1.0")
    wheel(folder, "acme-base", "2.0")
    wheel(folder, "acme-hum", "1.0", "acme-base<2")
    wheel(folder, "acme-buzz", "1.0", "acme-base>=2")
    return folder


@pytest.fixture(autouse=True)
def _index_of_the_folder(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(packages))


@pytest.fixture(scope="module", params=["pip", "uv"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environments]:
    """Environments made by each of the two installers."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "pip":
            patch.setattr("soundwright.tools.homes.installing.find_uv", lambda: None)
        else:
            assert find_uv(), "uv is not installed; it comes with the extra dev"
        yield _environments(tmp_path_factory)


def _environments(tmp_path_factory: pytest.TempPathFactory) -> Environments:
    return Environments(Homes(environments=tmp_path_factory.mktemp("environments")))


def test_an_environment_is_made_once_and_known_by_what_it_holds(shared: Environments) -> None:
    assert shared.identity(SPEC) == {"environment": NOT_MADE}
    told: list[str] = []
    made = shared.make(SPEC, told.append)
    assert {"acme-base==1.0", "acme-hum==1.0"} <= set(made.packages)
    assert told[0] == "making the environment of hum: acme-hum==1.0"
    assert "is ready" in told[-1]
    says = [str(made.interpreter), "-c", "import acme_base; print(acme_base.VERSION)"]
    assert subprocess.run(says, capture_output=True, text=True, check=True).stdout == "1.0\n"
    told.clear()
    assert shared.make(SPEC, told.append) == made
    assert told == []
    assert shared.list() == [made]
    assert shared.identity(SPEC) == {"environment": made.identity}
    other = replace(made, packages=("acme-base==1.1", "acme-hum==1.0"))
    assert other.identity != made.identity


def test_requirements_that_do_not_fit_together_say_which(shared: Environments) -> None:
    with pytest.raises(ToolError, match="environment of both") as caught:
        shared.make(CLASH)
    assert "acme-hum" in str(caught.value)
    assert "acme-buzz" in str(caught.value)
    assert not shared._folder_of(CLASH).exists()


def index(folder: Path, says: str) -> str:
    """The address of a package index that has acme-hum 1.0, which says who it is from."""
    (folder / "acme-hum").mkdir(parents=True)
    wheel(folder / "acme-hum", "acme-hum", "1.0", says=says)
    (file,) = (folder / "acme-hum").iterdir()
    (folder / "acme-hum" / "index.html").write_text(f'<a href="{file.name}">{file.name}</a>')
    return folder.as_uri()


def test_of_one_version_in_two_indexes_the_first_index_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", index(tmp_path / "first", "first"))
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"{index(tmp_path / 'b', 'extra')} {index(tmp_path / 'c', 'extra')}")
    assert find_uv(), "uv is not installed; it comes with the extra dev"
    there = Environments(Homes(environments=tmp_path / "environments")).make(SPEC)
    done = subprocess.run(
        [there.interpreter, "-c", "import acme_hum; print(acme_hum.VERSION)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "first"


def test_what_a_killed_process_left_is_made_anew(shared: Environments) -> None:
    folder = shared._folder_of(BUZZ)
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").write_text("half")
    assert shared.find(BUZZ) is None
    made = shared.make(BUZZ)
    assert "acme-base==2.0" in made.packages
    (folder / module.RECORD).write_text("{")
    assert shared.find(BUZZ) is None
    assert shared.remove(BUZZ)
    assert not folder.exists()
    assert not shared.remove(BUZZ)


def hold(folder: Path, held: multiprocessing.synchronize.Event, release: multiprocessing.synchronize.Event) -> None:
    with module._locked(folder, print, "hum"):
        held.set()
        release.wait(20)


def test_one_process_at_a_time_makes_one(shared: Environments) -> None:
    method = multiprocessing.get_context("spawn")
    held, release = method.Event(), method.Event()
    other = method.Process(target=hold, args=(shared._folder_of(SPEC), held, release))
    other.start()
    held.wait(20)
    told: list[str] = []
    threading.Timer(0.3, release.set).start()
    shared.make(SPEC, told.append)
    other.join(20)
    assert told[0] == "another process is making the environment of hum; waiting"


def test_offline_says_what_to_do_online(tmp_path: Path) -> None:
    offline = Environments(Homes(environments=tmp_path, offline=True))
    with pytest.raises(ToolMissing, match="soundwright environments make hum"):
        offline.make(SPEC)
    assert offline.obstacle(SPEC) == (
        "its environment is not made, and we are offline", "soundwright environments make hum",
    )  # fmt: skip


def test_an_interpreter_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    old = replace(SPEC, python=">=3.6,<3.8")
    with pytest.raises(ToolMissing, match=r"hum needs Python >=3.6,<3.8, and this machine has 3\.\d+\.\d+ \("):
        Environments(Homes(environments=tmp_path)).make(old)


def test_an_interpreter_that_is_named_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python3.9"
    python.write_text("#!/bin/sh\necho 3.9.1\n")
    python.chmod(0o755)
    monkeypatch.setenv("SOUNDWRIGHT_PYTHON", str(python))
    assert find_python(">=3.9,<3.10") == python
    assert find_python("") == python
    monkeypatch.delenv("SOUNDWRIGHT_PYTHON")
    assert find_python("") == Path(sys.executable)


@pytest.mark.parametrize(
    ("version", "wanted", "fits"),
    [
        ((3, 11, 7), "", True),
        ((3, 11, 7), "3.11", True),
        ((3, 12, 0), "3.11", False),
        ((3, 10, 2), ">=3.9,<3.11", True),
        ((3, 11, 0), ">=3.9,<3.11", False),
        ((3, 8, 9), ">=3.9,<3.11", False),
        ((3, 10, 2), "!=3.10", False),
        ((3, 10, 2), "==3.10.*", True),
        ((3, 10, 9), "<=3.10", True),
        ((3, 10, 9), ">3.10", False),
    ],
)
def test_ranges_of_interpreters(version: tuple[int, ...], wanted: str, fits: bool) -> None:
    assert python_fits(version, wanted) is fits


def test_a_range_that_is_none_is_said() -> None:
    with pytest.raises(HomeError, match="no range of Python versions"):
        python_fits((3, 11, 0), "python3")


@pytest.mark.parametrize(
    "text",
    ["numpy", "numpy>=1.26,<2", "acme-hum[gpu,x] ~= 1.0", "a==1.0.*", 'tflite==2.1; python_version < "3.12"', "a!=2"],
)
def test_what_may_be_required(text: str) -> None:
    assert checked_requirements([text, text]) == (text,)


@pytest.mark.parametrize(
    "text",
    [
        "", "-r list.txt", "--index-url=https://example.org", "numpy --pre", "./folder", "/etc/passwd", "a; rm -rf /",
        "numpy\n--pre", "https://example.org/a.whl", "a @ file:///a.whl", "a @ https://example.org/a.whl", "a>=",
        "git+https://example.org/a", "a $(id)", "a|b",
    ],
)  # fmt: skip
def test_what_may_not_be_required(text: str) -> None:
    with pytest.raises(HomeError):
        checked_requirements([text])


def test_an_address_may_be_required_where_the_user_allows_it() -> None:
    address = "acme @ https://example.org/acme-1.0-py3-none-any.whl"
    assert checked_requirements([address], addresses=True) == (address,)
    with pytest.raises(HomeError, match="addresses = true"):
        checked_requirements([address])


def test_requirements_must_be_there() -> None:
    with pytest.raises(HomeError, match="has to declare its requirements"):
        checked_requirements([])
