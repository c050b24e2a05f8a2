from __future__ import annotations

import os
from pathlib import Path

import pytest

from soundwright.scripts_compiler.document import load
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.paths import resolve_inputs
from soundwright.scripts_compiler.script import Script


def script(*files: str) -> Script:
    inputs = [{"id": f"r{i}", "file": file} for i, file in enumerate(files)]
    return Script.model_validate({"version": 1, "inputs": inputs, "cues": [{"type": "pause", "length": 1}]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "story" / "recordings").mkdir(parents=True)
    (tmp_path / "story" / "recordings" / "harbour.wav").write_bytes(b"RIFF")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "bell.wav").write_bytes(b"RIFF")
    (tmp_path / "secret.wav").write_bytes(b"RIFF")
    return tmp_path / "story"


def refusal(folder: Path, file: str, allow: tuple[Path, ...] = ()) -> str:
    with pytest.raises(ScriptError) as caught:
        resolve_inputs(script(file), folder, allow)
    (problem,) = caught.value.problems
    assert problem.place == "inputs[0].file"
    return f"{problem.found} {problem.remedy}"


def test_files_in_the_folder_of_the_script(folder: Path) -> None:
    found = resolve_inputs(script("recordings/harbour.wav", "recordings/../recordings/harbour.wav"), folder)
    assert found == dict.fromkeys(["r0", "r1"], (folder / "recordings" / "harbour.wav").resolve())


def test_files_in_an_allowed_folder(folder: Path) -> None:
    library = folder.parent / "library"
    found = resolve_inputs(script("../library/bell.wav", str(library / "bell.wav")), folder, [library])
    assert found == dict.fromkeys(["r0", "r1"], (library / "bell.wav").resolve())


OTHERS = ["../secret.wav", "/etc/passwd", "recordings/../../secret.wav", "../story2/a.wav", "//etc/passwd"]


@pytest.mark.parametrize("file", OTHERS)
def test_other_peoples_files(folder: Path, file: str) -> None:
    assert "lies outside the script's folder" in refusal(folder, file)
    assert "lies outside the script's folder" in refusal(folder, file, (folder.parent / "library",))


def test_a_folder_whose_name_begins_alike_is_not_allowed(folder: Path) -> None:
    (folder.parent / "story2").mkdir()
    (folder.parent / "story2" / "a.wav").write_bytes(b"RIFF")
    assert "outside" in refusal(folder, "../story2/a.wav")


@pytest.mark.parametrize("target", ["../secret.wav", "/etc/passwd"])
def test_a_link_that_leads_out(folder: Path, target: str) -> None:
    (folder / "link.wav").symlink_to(target)
    assert "outside" in refusal(folder, "link.wav")


def test_a_linked_folder_that_leads_out(folder: Path) -> None:
    (folder / "all").symlink_to(folder.parent)
    assert "outside" in refusal(folder, "all/secret.wav")


def test_a_link_that_stays_inside(folder: Path) -> None:
    (folder / "link.wav").symlink_to("recordings/harbour.wav")
    assert resolve_inputs(script("link.wav"), folder) == {"r0": (folder / "recordings" / "harbour.wav").resolve()}


def test_links_in_a_circle(folder: Path) -> None:
    (folder / "a.wav").symlink_to("b.wav")
    (folder / "b.wav").symlink_to("a.wav")
    assert "is not a usable file name" in refusal(folder, "a.wav")


def test_a_missing_file_names_the_nearest(folder: Path) -> None:
    assert refusal(folder, "recordings/harbor.wav").endswith('Did you mean "harbour.wav"?')
    assert refusal(folder, "recording/harbour.wav").endswith('Did you mean "recordings"?')


def test_what_exists_elsewhere_is_not_told(folder: Path) -> None:
    assert refusal(folder, "../secret.wav").replace("secret", "nothing") == refusal(folder, "../nothing.wav")


def test_a_pipe_is_not_a_recording(folder: Path) -> None:
    os.mkfifo(folder / "pipe.wav")
    assert "is not a file" in refusal(folder, "pipe.wav")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_an_unreadable_recording(folder: Path) -> None:
    (folder / "recordings" / "harbour.wav").chmod(0)
    assert "cannot be read" in refusal(folder, "recordings/harbour.wav")


def test_all_files_are_judged_at_once(folder: Path) -> None:
    with pytest.raises(ScriptError) as caught:
        resolve_inputs(script("a.wav", "recordings/harbour.wav", "/etc/passwd"), folder)
    assert [problem.place for problem in caught.value.problems] == ["inputs[0].file", "inputs[2].file"]


def test_loading_checks_files_when_asked(folder: Path) -> None:
    path = folder / "story.yaml"
    path.write_text("version: 1\ninputs: [{id: r, file: ../library/bell.wav}]\ncues: [{type: clip, source: r}]\n")
    assert load(path).script.inputs[0].file == "../library/bell.wav"
    with pytest.raises(ScriptError, match=r"inputs\[0\].file \(line 2\): .* outside"):
        load(path, allow=())
    assert load(path, allow=[folder.parent / "library"]).path == path
