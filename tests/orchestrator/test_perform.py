"""One operation on a file of the user's, outside a story."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soundwright.orchestrator.binding import Options
from soundwright.orchestrator.errors import ExecutionError
from soundwright.orchestrator.perform import perform
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.tools import audio_files, voice_file
from soundwright.tools.assets import Audio, Scores, Speech, Voice
from soundwright.tools.errors import ToolMissing


@pytest.fixture
def recording(tmp_path: Path, home: Path) -> Path:
    del home
    noise = np.random.default_rng(1).normal(0, 0.1, (1, 24000)).astype(np.float32)
    return audio_files.write(tmp_path / "noise.wav", Audio(noise, 24000), coding="FLOAT")


def test_an_effect_changes_the_sound_and_is_cached(recording: Path) -> None:
    first = perform("low_pass", {"cutoff": 300.0}, {"audio": recording})
    again = perform("low_pass", {"cutoff": 300.0}, {"audio": recording})
    assert isinstance(first.asset, Audio)
    assert first.asset.frames == 24000
    assert np.std(first.asset.samples) < 0.05
    assert again.reused
    assert again.key == first.key


def test_several_files_go_to_an_input_that_takes_many(recording: Path) -> None:
    joined = perform("concat", {"gap": 0.5}, {"audio": [recording, recording]}).asset
    assert isinstance(joined, Audio)
    assert joined.length_s == pytest.approx(2.5)


def test_a_measurement_gives_scores_and_names_its_tool(recording: Path) -> None:
    measured = perform("measure_loudness", {}, {"audio": recording})
    assert isinstance(measured.asset, Scores)
    assert measured.tool.startswith("loudness ")


def test_generating_needs_no_file(home: Path) -> None:
    del home
    rain = perform("generate_sound", {"description": "rain", "length": 1.0}, {}).asset
    assert isinstance(rain, Audio)
    assert rain.length_s == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    ("op", "params", "ports", "said"),
    [
        ("low_pas", {}, ("audio",), "Did you mean low_pass"),
        ("load_file", {"file": "x"}, (), "no operation is called 'load_file'"),
        ("low_pass", {"cutoff": "x"}, ("audio",), "steps[0].cutoff"),
        ("low_pass", {}, (), "audio is missing"),
        ("low_pass", {}, ("sound",), "has no input 'sound'"),
    ],
)
def test_what_is_wrong_is_said(
    recording: Path, op: str, params: dict[str, object], ports: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ScriptError) as error:
        perform(op, params, dict.fromkeys(ports, recording))
    assert said in str(error.value)


def test_speaking_casts_the_described_voice_or_takes_the_preset(home: Path) -> None:
    del home
    by_preset = perform("speak", {"text": "Good evening.", "preset": "hibari/heart"}, {})
    assert by_preset.tool.startswith("hibari ")
    assert isinstance(by_preset.asset, Speech)
    assert by_preset.asset.text == "Good evening."


def test_notes_and_texts_are_inputs_by_the_ending_of_their_name(tmp_path: Path, home: Path) -> None:
    del home
    (tmp_path / "line.txt").write_text("Come in.\n", encoding="utf-8")
    said = perform("speak", {"preset": "hibari/heart"}, {"text": tmp_path / "line.txt"}).asset
    assert isinstance(said, Speech)
    assert said.text.strip() == "Come in."


@pytest.mark.parametrize(("name", "content"), [("a.mid", b"RIFF"), ("a.txt", b"\xff\xfe\x00"), ("a.voice", b"{}\n")])
def test_a_file_that_is_not_what_its_name_says_is_told(tmp_path: Path, home: Path, name: str, content: bytes) -> None:
    del home
    (tmp_path / name).write_bytes(content)
    port = {"a.mid": ("render_notes", "notes"), "a.txt": ("speak", "text"), "a.voice": ("speak", "clone")}[name]
    with pytest.raises((ExecutionError, ToolMissing)) as error:
        perform(port[0], {}, {port[1]: tmp_path / name}, consent=True)
    assert name in str(error.value) or "clone" in str(error.value) or "render_notes" in str(error.value)


def test_the_settings_of_the_user_choose_the_tool(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDWRIGHT_TOOLS", "enhance=dtln")
    assert perform("enhance", {}, {"audio": recording}).tool.startswith("dtln ")
    chosen = perform("enhance", {}, {"audio": recording}, options=Options(tools={"enhance": "deepfilternet"}))
    assert chosen.tool.startswith("deepfilternet ")


def test_a_saved_voice_is_spoken_by_the_tool_that_it_names(tmp_path: Path, home: Path) -> None:
    del home
    (tmp_path / "ann.voice").write_bytes(voice_file.encode(Voice("acme-tts", b"a voice")))
    with pytest.raises(ToolMissing, match="acme-tts"):
        perform("speak", {"text": "Come in."}, {"clone": tmp_path / "ann.voice"}, consent=True)


def test_nobodys_voice_is_taken_on_without_consent(recording: Path) -> None:
    files = {"audio": recording, "sample": recording}
    with pytest.raises(ScriptError, match="cloning a voice from a sample needs consent: true"):
        perform("convert_voice", {"semitones": 2.0}, files)
    made = perform("convert_voice", {"semitones": 2.0}, files, consent=True)
    assert isinstance(made.asset, Audio)
