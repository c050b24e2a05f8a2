from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from soundwright.scripts_compiler import reading
from soundwright.scripts_compiler.document import Document, dump_yaml, from_data, load, loads, plain, save
from soundwright.scripts_compiler.edits import FreshIds, Insert, Remove, Set, edit, give_ids
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.script import ClipCue, Script, SpeechCue

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
TEXT = """\
# A story.
version: 1
title: The Lighthouse   # working title
voices:
  - {name: Keeper, description: "old man, gravelly"}  # cast first
cues:
  # the storm comes first
  - {type: sound, id: storm, description: storm at sea, gain: [-6, 0, 4]}
  - {type: speech, voice: Keeper, text: 'You came, then.'}
  - type: speech        # in block style
    voice: Keeper
    text: |
      Sit.
      Down.
"""
JSON = json.dumps({"version": 1, "cues": [{"type": "pause", "length": 1}]})


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_load_and_dump_unchanged(path: Path) -> None:
    document = load(path)
    assert document.dump() == path.read_text(encoding="utf-8")
    assert document.warnings == ()
    assert loads(document.as_json()).script == document.script
    assert loads(dump_yaml(plain(document.script))).script == document.script


def test_scalars_follow_yaml_1_2() -> None:
    text = (
        "version: 1\nlanguage: no\ntitle: yes\ncues:\n  - {type: pause, length: 0x10}\n  - {type: pause, length: 1e1}\n"
    )
    script = loads(text).script
    assert (script.language, script.title) == ("no", "yes")
    assert [getattr(cue, "length", None) for cue in script.cues] == [16, 10]


@pytest.mark.parametrize("text", ["2001-01-01", "12:30:00", "1_000", "0b1", "on", "~x", "=", "<<", "1.2.3", "+", "."])
def test_text_that_older_yaml_would_convert_is_text(text: str) -> None:
    assert loads(f"version: 1\ntitle: {text}\ncues: [{{type: pause, length: 1}}]\n").script.title == text


def test_text_is_only_text() -> None:
    text = """"; rm -rf / $(id) {{7*7}} <b>\n{from: x} 'quoted' 😀 \\u0041"""
    document = from_data(
        {
            "version": 1,
            "voices": [{"name": "A", "description": text}],
            "cues": [{"type": "speech", "voice": "A", "text": text}],
        }
    )
    again = loads(document.dump()).script
    assert isinstance(cue := again.cues[0], SpeechCue)
    assert cue.text == again.voices[0].description == text


def test_an_edit_keeps_comments_order_and_quotes() -> None:
    after = edit(loads(TEXT), [Set("cues[1].text", "Who is it?"), Set("title", "The Tower"), Set("cues[0].gain[1]", 2)])
    expected = TEXT.replace("'You came, then.'", '"Who is it?"').replace("The Lighthouse ", "The Tower      ")
    assert after.dump() == expected.replace("[-6, 0, 4]", "[-6, 2, 4]")


def test_an_edit_leaves_the_old_document_alone() -> None:
    before = loads(TEXT)
    edit(before, [Remove("cues[2]")])
    assert before.dump() == TEXT
    assert len(before.tree["cues"]) == 3


def test_inserting_and_removing_cues() -> None:
    pause = {"type": "pause", "length": 1.5}
    document = edit(loads(TEXT), [Insert("cues[1]", pause), Remove("cues[3]"), Insert("cues[3]", pause)])
    assert [cue.type for cue in document.script.cues] == ["sound", "pause", "speech", "pause"]
    assert "  - {type: pause, length: 1.5}\n" in document.dump()
    assert "# the storm comes first" in document.dump()


def test_an_edit_that_breaks_the_script_is_refused() -> None:
    with pytest.raises(ScriptError) as caught:
        edit(loads(TEXT), [Set("cues[1].voice", "Keper")])
    assert str(caught.value.problems[0]).endswith('no voice is called "Keper". Did you mean "Keeper"?')


@pytest.mark.parametrize("place", ["", "cues[9].text", "nothing.here", "cues[0].gain.x", "title.x"])
def test_an_edit_of_no_place_is_refused(place: str) -> None:
    with pytest.raises(ScriptError, match="there is no such place"):
        edit(loads(TEXT), [Set(place, 1)])
    with pytest.raises(ScriptError, match="there is no such place"):
        edit(loads(TEXT), [Remove(place)])


def test_a_json_document_stays_json_after_an_edit() -> None:
    document = edit(loads(JSON), [Set("cues[0].length", 2)])
    assert json.loads(document.dump())["cues"] == [{"type": "pause", "length": 2}]


def test_every_cue_gets_an_id_and_nothing_else_changes() -> None:
    document = give_ids(loads(TEXT), used=["line1"])
    assert [cue.id for cue in document.script.cues] == ["storm", "line2", "line3"]
    back = edit(document, [Remove("cues[1].id"), Remove("cues[2].id")])
    assert back.dump() == TEXT
    assert give_ids(document) is document


def test_ids_are_never_given_twice() -> None:
    script = loads(TEXT).script
    fresh = FreshIds(script, used=["sound1", "line2"])
    assert [fresh(kind) for kind in ("sound", "speech", "speech", "sound")] == ["sound2", "line1", "line3", "sound3"]
    assert FreshIds(script, used=fresh.taken)("sound") == "sound4"


def test_saving_is_atomic_and_keeps_the_mode(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text("old")
    path.chmod(0o640)
    saved = save(loads(TEXT), path)
    assert path.read_text() == TEXT
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert saved.path == path
    assert [entry.name for entry in tmp_path.iterdir()] == ["story.yaml"]


def test_saving_through_a_link_writes_the_file_behind_it(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text("old")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    save(loads(TEXT), tmp_path / "link.yaml")
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_text() == TEXT


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="cannot be written"):
        save(loads(TEXT), tmp_path / "missing" / "story.yaml")
    with pytest.raises(ScriptError, match="no file yet"):
        save(loads(TEXT))


def test_the_suffix_decides_the_form(tmp_path: Path) -> None:
    document = loads(TEXT)
    as_json = save(document, tmp_path / "story.json")
    assert json.loads((tmp_path / "story.json").read_text())["title"] == "The Lighthouse"
    assert load(tmp_path / "story.json").script == document.script
    as_yaml = save(as_json, tmp_path / "again.yaml")
    assert load(tmp_path / "again.yaml").script == document.script == as_yaml.script


def test_yaml_in_a_json_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "story.json").write_text(TEXT)
    with pytest.raises(ScriptError, match="this is not JSON"):
        load(tmp_path / "story.json")


def test_json_keeps_rare_escapes() -> None:
    text = '{"version": 1, "title": "a\\/b \\ud83d\\ude00", "cues": [{"type": "pause", "length": 1}]}'
    assert loads(text).script.title == "a/b 😀"


def test_json_problems_have_lines() -> None:
    with pytest.raises(ScriptError) as caught:
        loads(json.dumps({"version": 1, "cues": [{"type": "pause", "length": -1}]}, indent=1))
    assert [problem.line for problem in caught.value.problems] == [6]


@given(st.text(min_size=1, max_size=200).filter(lambda text: text.strip() and not re.search("[\0-\x1f\x7f]", text)))
@settings(max_examples=100, deadline=None)
def test_any_text_survives_writing_reading_and_editing(text: str) -> None:
    cue = {"type": "speech", "voice": "A", "text": text}
    data = {"version": 1, "title": "t", "voices": [{"name": "A", "description": text}], "cues": [cue]}
    document = from_data(data)
    edited = edit(document, [Set("title", text[:200]), Insert("cues[1]", cue)])
    for script in (document.script, loads(document.dump()).script, loads(document.as_json()).script, edited.script):
        assert isinstance(spoken := script.cues[-1], SpeechCue)
        assert spoken.text == script.voices[0].description == text
    assert edited.script.title == text[:200]


def test_plain_data_has_the_names_that_files_use() -> None:
    text = "version: 1\ninputs: [{id: r, file: r.wav}]\ncues: [{type: clip, source: r, from: 2, start: {at: 1}}]\n"
    script = loads(text).script
    assert isinstance(script.cues[0], ClipCue)
    assert plain(script)["cues"] == [{"type": "clip", "source": "r", "from": 2.0, "start": {"at": 1.0}}]


def test_documents_can_be_made_from_data() -> None:
    document = from_data({"version": 1, "cues": [{"type": "pause", "length": 1}]})
    assert isinstance(document, Document)
    assert isinstance(document.script, Script)
    assert document.dump() == "version: 1\ncues:\n  - {type: pause, length: 1.0}\n"
    with pytest.raises(ScriptError, match="unknown field"):
        from_data({"version": 1, "cues": [{"type": "pause", "len": 1}]})


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_parser_without_libyaml_reads_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text(encoding="utf-8")
    fast = reading.read(text, path.name)
    monkeypatch.setattr(reading, "_Loader", yaml.SafeLoader)
    assert reading.read(text, path.name) == fast


UNREADABLE = ["[" * 1000, "a: {b: [", "*x", "? [a]\n: b", "a: !!t b", "\t- a", "- &x [*x, *x]", "%YAML 3\n---"]


@pytest.mark.parametrize("text", UNREADABLE)
def test_the_parser_without_libyaml_refuses_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ScriptError):
        loads(text)
    monkeypatch.setattr(reading, "_Loader", yaml.SafeLoader)
    with pytest.raises(ScriptError):
        loads(text)


def test_reading_does_not_import_what_only_edits_need() -> None:
    code = "import sys, soundwright as sw; sw.load(sys.argv[1]); print([m for m in sys.modules if 'ruamel' in m])"
    done = subprocess.run([sys.executable, "-c", code, str(EXAMPLES[0])], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
