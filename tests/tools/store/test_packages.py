"""Models that packages bring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from soundwright.tools.model_store import ModelStore, UnknownModel
from soundwright.tools.store import packages

LIST = '[models.{name}]\nsummary = "hums"\nlicence = "MIT"\nhub = {{repo = "acme/hum"}}\n'


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Have a package installed whose ``models.toml`` says that; importing it fails."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(package: str, text: str) -> None:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("raise SystemExit('must never run')")
        (tmp_path / package / "models.toml").write_text(text, encoding="utf-8")
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[soundwright.models]\n{package} = {package}\n")
        packages.installed.cache_clear()

    yield make
    packages.installed.cache_clear()


def test_a_package_brings_models(tmp_path: Path, install: Callable[[str, str], None]) -> None:
    install("acme_hum", LIST.format(name="acme-hum"))
    store = ModelStore(tmp_path / "store")
    assert store.model("acme-hum").summary == "hums"
    assert "acme-hum" in {model.name for model, _ in store.list()}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LIST.format(name="kokoro-82m"), "there is one of that name"),
        ("[models.hum", "is not TOML"),
        ('[models.hum]\nsummary = "x"\nlicence = "MIT"\n', "it needs files, a hub or own"),
        (LIST.format(name="hum") + "gated = true\n", "needs its terms"),
        (LIST.format(name="hum").replace("acme/hum", "../hum"), "is no repository"),
    ],
)
def test_a_list_that_cannot_be_used_is_told_of_and_harms_nobody(
    tmp_path: Path, install: Callable[[str, str], None], text: str, reason: str
) -> None:
    install("acme_hum", text)
    store = ModelStore(tmp_path / "store")
    assert store.model("kokoro-82m").licence == "Apache-2.0"
    with pytest.raises(UnknownModel, match=reason):
        store.model("hum")
