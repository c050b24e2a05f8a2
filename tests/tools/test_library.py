"""Sounds of the user's own: what is found, what is refused, and what an asset's key depends on."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from soundwright.orchestrator.binding import Options
from soundwright.orchestrator.cli import app
from soundwright.orchestrator.config import load_config
from soundwright.orchestrator.doctor import examine
from soundwright.orchestrator.perform import perform
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.tools.assets import Audio
from soundwright.tools.audio_files import read, write
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.library.index import UNNAMED, open_library
from soundwright.tools.library.search import by_words
from soundwright.tools.library.tool import LibraryTool
from soundwright.tools.registry import Registry

RATE = 16000


def tone(hz: float, length_s: float = 2.0) -> Audio:
    t = np.arange(round(length_s * RATE)) / RATE
    return Audio((0.3 * np.sin(2 * np.pi * hz * t))[None].astype(np.float32), RATE)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "sounds"
    (folder / "weather").mkdir(parents=True)
    (folder / "weather" / "HeavyRain_01.wav").parent.mkdir(exist_ok=True)
    write(folder / "weather" / "HeavyRain_01.wav", tone(300))
    write(folder / "dog_bark-02.flac", tone(500))
    write(folder / "a17.wav", tone(700))
    write(folder / "b3.wav", tone(900, 5.0))
    (folder / "a17.txt").write_text("An old wooden door creaks slowly.")
    (folder / "b3.json").write_text(json.dumps({"description": "waves on a beach", "tags": ["sea", "surf"]}))
    (folder / "broken.json").write_text("{")
    (folder / "notes.pdf").write_bytes(b"x")
    monkeypatch.setenv("SOUNDWRIGHT_LIBRARY", str(folder))
    return folder


def hz_of(audio: Audio) -> float:
    spectrum = np.abs(np.fft.rfft(audio.samples[0]))
    return float(np.argmax(spectrum) * audio.rate / audio.frames)


def retrieved(description: str, op: str = "retrieve_sound", **params: object) -> Audio:
    ((_, made),) = LibraryTool().run([Request(op, {"description": description, **params})], Context())
    if isinstance(made, ToolError):
        raise made
    assert isinstance(made, Audio)
    return made


@pytest.mark.parametrize(
    ("description", "hz"),
    [("rain", 300), ("a dog barking in the distance", 500), ("creaking door", 700), ("surf at the sea", 900)],
)
@pytest.mark.usefixtures("home", "library")
def test_recordings_are_found_by_name_folder_caption_and_tags(description: str, hz: float) -> None:
    assert hz_of(retrieved(description)) == pytest.approx(hz, abs=2)


@pytest.mark.usefixtures("home", "library")
def test_a_length_cuts_and_a_take_is_the_next_best() -> None:
    assert retrieved("waves", length=1.5).length_s == pytest.approx(1.5)
    assert retrieved("waves", length=60.0).length_s == pytest.approx(5.0)
    with pytest.raises(ToolError, match="take 1 is one too many"):
        retrieved("waves", take=1)
    with pytest.raises(ToolError, match="none of the 4 recordings"):
        retrieved("a violin")


@pytest.mark.usefixtures("fresh_home")
def test_the_command_line_and_the_settings_name_a_library(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOUNDWRIGHT_LIBRARY")
    out = library.parent / "bark.wav"
    arguments = ["do", "retrieve_sound", "-p", "description=dog", "--tool", "library", "-o", str(out), "-q"]
    missing = CliRunner().invoke(app, arguments)
    assert missing.exit_code == 2
    done = CliRunner().invoke(app, ["--library", str(library), *arguments])
    assert done.exit_code == 0, done.output
    assert hz_of(read(out)) == pytest.approx(500, abs=2)
    monkeypatch.delenv("SOUNDWRIGHT_LIBRARY")  # as the option has left it
    (Path(os.environ["SOUNDWRIGHT_HOME"]) / "config.toml").write_text(f'library = "{library}"\n')
    assert load_config().library == library


@pytest.mark.usefixtures("home")
def test_what_changed_is_read_anew_and_the_rest_is_kept(library: Path) -> None:
    before = open_library()
    (library / "a17.txt").write_text("A violin.")
    os.utime(library / "a17.txt", ns=(1, 1))
    after = open_library()
    assert after.state != before.state
    assert by_words(after, "violin")[0].entry.path == "a17.wav"
    assert [entry for entry in after.entries if entry.path != "a17.wav"] == [
        entry for entry in before.entries if entry.path != "a17.wav"
    ]
    assert open_library() == after


@pytest.mark.usefixtures("home")
def test_the_key_of_an_asset_follows_the_bytes_of_the_recording(library: Path) -> None:
    first = perform("retrieve_sound", {"description": "rain"}, {}, options=_words_alone())
    again = perform("retrieve_sound", {"description": "rain"}, {}, options=_words_alone())
    assert again.reused
    assert again.key == first.key
    write(library / "weather" / "HeavyRain_01.wav", tone(310))
    changed = perform("retrieve_sound", {"description": "rain"}, {}, options=_words_alone())
    assert changed.key != first.key
    assert isinstance(changed.asset, Audio)
    assert hz_of(changed.asset) == pytest.approx(310, abs=2)


def _words_alone() -> Options:
    return Options(tools={"retrieve_sound": "library"})


@pytest.mark.usefixtures("home", "library")
def test_generated_sounds_come_from_the_library_only_where_they_fit_well() -> None:
    assert perform("generate_sound", {"description": "a dog barking"}, {}).tool.startswith("library")
    for other in ({"description": "heavy rain on a tin roof with thunder"}, {"description": "rain", "loop": True}):
        assert perform("generate_sound", {**other, "length": 1.0}, {}).tool.startswith("procedural")
    long = {"description": "a dog barking", "length": 6.0}
    assert perform("generate_sound", long, {}).tool.startswith("procedural")


def test_the_doctor_does_not_count_a_missing_library_as_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOUNDWRIGHT_LIBRARY", raising=False)
    (finding,) = examine(Registry([LibraryTool]))
    assert (finding.tool, finding.state) == ("library", "not tried")
    assert "--library FOLDER" in finding.details


def test_without_a_library_it_is_said_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOUNDWRIGHT_LIBRARY", raising=False)
    with pytest.raises(ScriptError, match="--library FOLDER"):
        perform("retrieve_sound", {"description": "rain"}, {}, options=_words_alone())
    assert LibraryTool().refusal("generate_sound", {"description": "rain"}) == UNNAMED
    monkeypatch.setenv("SOUNDWRIGHT_LIBRARY", str(home / "nowhere"))
    with pytest.raises(ToolMissing, match="is no folder"):
        open_library()
    (home / "empty").mkdir(exist_ok=True)
    with pytest.raises(ToolMissing, match="No recording"):
        open_library(home / "empty")
