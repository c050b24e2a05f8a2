"""Which files a client reaches, and earlier results as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.mcp_server.places import ASSETS, Places
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.tools.assets import Asset, Audio, Note, Notes, Part, Text, Voice

KEY = "ab" * 32


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "shelf").mkdir()
    return Places(tmp_path / "out", Cache(tmp_path / "cache"), (tmp_path / "shelf",))


@pytest.mark.parametrize(
    ("asset", "suffix"),
    [
        (Audio(np.full((1, 800), 0.1, np.float32), 8000), ".wav"),
        (Notes((Part((Note(60, 0.0, 1.0),)),)), ".mid"),
        (Text("hello"), ".txt"),
        (Voice("acme", b"voice"), ".voice"),
    ],
)
def test_any_result_is_a_file_for_the_next_operation(places: Places, asset: Asset, suffix: str) -> None:
    places.cache.put(KEY, asset, {})
    file = places.file(f"{ASSETS}{KEY}")
    assert file.suffix == suffix
    assert file.stat().st_size > 0
    assert places.file(f"{ASSETS}{KEY}") == file


@pytest.mark.parametrize("name", ["", ".", "..", "../x.flac", "/x.flac", "a/../../x.flac", "x\0.flac"])
def test_results_stay_in_the_output_folder(places: Places, name: str) -> None:
    with pytest.raises(ScriptError, match=r"no name for a file|not a usable file name"):
        places.target(name, (".flac",))


@given(reference=st.one_of(st.text(max_size=60), st.from_regex(r"(file|soundwright)://[ -~]{0,40}", fullmatch=True)))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_client_names_lies_in_the_folders_or_is_refused(places: Places, reference: str) -> None:
    try:
        found = places.file(reference, "audio")
    except ScriptError:
        return
    assert any(found.is_relative_to(root) for root in places.roots)


def test_relative_names_are_looked_for_in_each_folder(places: Places, tmp_path: Path) -> None:
    (tmp_path / "shelf" / "deep").mkdir()
    (tmp_path / "shelf" / "deep" / "a b.wav").write_bytes(b"x")
    expected = tmp_path / "shelf" / "deep" / "a b.wav"
    assert places.file("deep/a b.wav") == expected
    assert places.file(expected.as_uri()) == expected
    assert places.file(str(expected)) == expected
    assert places.target("deep/new.flac", (".flac",)) == tmp_path / "out" / "deep" / "new.flac"
