"""Each broken script of tests/golden/broken beside the one message that it gives.

After a change that is meant, write the expected texts anew with ``UPDATE_GOLDEN=1 pytest tests/scripts_compiler`` and
read the difference before committing it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from soundwright.scripts_compiler.document import load, loads
from soundwright.scripts_compiler.errors import MAX_PRINTED, ScriptError

GOLDEN = Path(__file__).parents[1] / "golden" / "broken"
BROKEN = sorted(path for path in GOLDEN.iterdir() if path.suffix in (".yaml", ".json"))
MINIMAL = "version: 1\ncues:\n  - {type: pause, length: 1}\n"


def refusal(path: Path) -> ScriptError:
    with pytest.raises(ScriptError) as caught:
        load(path, allow=())
    return caught.value


def test_there_are_at_least_a_hundred_broken_scripts() -> None:
    assert len(BROKEN) >= 100


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_script_gives_one_clear_message(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)
    error = refusal(Path(path.name))
    expected = path.with_suffix(".expected.txt")
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(f"{error}\n", encoding="utf-8")
    assert f"{error}\n" == expected.read_text(encoding="utf-8")
    assert error.exit_code == 2


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_messages_are_plain_words(path: Path) -> None:
    error = refusal(path)
    for problem in error.problems:
        assert not problem.warning
        assert problem.found.endswith(".")
        assert not problem.remedy or problem.remedy.endswith((".", "?"))
        assert len(str(problem)) < 400
        for jargon in ("pydantic", "Traceback", "type=", "Input should", "None", "dict", "str_type", "Value error"):
            assert jargon not in str(problem)


BYTES = {
    "empty": (b"", "the script is empty."),
    "blank": (b" \n\n", "the script is empty."),
    "zeros": (b"\0" * 100, "this is a binary file."),
    "wave": (b"RIFF\x24\x00\x00\x00WAVEfmt \x10\xff\x00\x00", "this is a binary file."),
    "latin1": (b"version: 1\ntitle: caf\xe9\n", "byte 21 (0xe9) is not UTF-8 text."),
    "utf16": ("version: 1".encode("utf-16"), "the file is UTF-16 text."),
    "large": (b"# " + b"x" * 5_000_001, "the file is larger than 5 MB."),
    "open_brackets": (b"[" * 100_000, "brackets are nested more than 50 deep."),
    "open_braces": (b"{a: " * 100_000, "brackets are nested more than 50 deep."),
    "json_brackets": (b'{"a": ' + b"[" * 100_000, "brackets are nested more than 50 deep."),
    "many_values": (b"cues: [" + b"1," * 400_000 + b"]", "it has more than 300000 values."),
    "many_json_values": (b'{"cues": [' + b"1," * 400_000 + b"1]}", "it has more than 300000 values."),
    "surrogate": (b"version: 1\ntitle: \xed\xa0\x80\n", "byte 18 (0xed) is not UTF-8 text."),
}


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_no_script(name: str, tmp_path: Path) -> None:
    raw, found = BYTES[name]
    path = tmp_path / "story.yaml"
    path.write_bytes(raw)
    error = refusal(path)
    assert [problem.found for problem in error.problems] == [found]
    assert str(error).startswith(f"{path}: ")


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    assert load(path).script.version == 1


def test_a_missing_script_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "lighthouse.yaml").write_text(MINIMAL)
    problem = refusal(tmp_path / "lighthose.yaml").problems[0]
    assert (problem.found, problem.remedy) == ("there is no such file.", 'Did you mean "lighthouse.yaml"?')


def test_a_folder_is_no_script(tmp_path: Path) -> None:
    assert refusal(tmp_path).problems[0].found == "this is a folder."


@pytest.mark.parametrize("name", ["a\0b.yaml", "a" * 5000 + ".yaml", "no/such/folder.yaml", "\udcff.yaml"])
def test_names_that_no_file_can_have(name: str, tmp_path: Path) -> None:
    error = refusal(tmp_path / name)
    assert len(error.problems) == 1
    str(error).encode()


def test_a_device_is_no_script() -> None:
    assert refusal(Path("/dev/null")).problems[0].found == "this is not a regular file."


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_an_unreadable_script(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(MINIMAL)
    path.chmod(0)
    assert "cannot be read" in refusal(path).problems[0].found


def test_every_problem_has_the_line_it_stands_in() -> None:
    with pytest.raises(ScriptError) as caught:
        load(GOLDEN / "everything_at_once.yaml")
    text = (GOLDEN / "everything_at_once.yaml").read_text().splitlines()
    assert [problem.line for problem in caught.value.problems] == sorted(p.line or 0 for p in caught.value.problems)
    by_place = {problem.place: text[(problem.line or 0) - 1] for problem in caught.value.problems}
    assert "gain: loud" in by_place["cues[1].gain"]
    assert "muffeld" in by_place["cues[3].effects[0]"]


def test_only_fifty_problems_are_printed_but_all_are_kept() -> None:
    error = refusal(GOLDEN / "more_than_can_be_printed.yaml")
    assert len(error.problems) == 120
    assert str(error).count("\n") == MAX_PRINTED + 1
    assert str(error).endswith("... and 70 more")


def test_text_with_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ScriptError, match="U\\+D800"):
        loads(MINIMAL + "title: \ud800\n")
