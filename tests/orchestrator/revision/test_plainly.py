"""Requests that are understood without a language model, and what is said of those that are not."""

from __future__ import annotations

import random

import pytest

from soundwright.orchestrator.revision import plainly
from soundwright.orchestrator.revision.applying import apply
from soundwright.orchestrator.revision.diff import compare, to_text
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.edits import give_ids
from soundwright.scripts_compiler.errors import ScriptError


def changed(document: Document, request: str) -> str:
    named = give_ids(document)
    patch = plainly.read(named.script, request)
    assert not patch.question, patch.question
    return to_text(compare(named.script, apply(named, patch).document.script))


@pytest.mark.parametrize(
    ("request_text", "lines"),
    [
        ("make the rain louder", ["~ wet", "gain: 0 -> 3"]),
        ("make the rain louder by 4.5 dB", ["~ wet", "gain: 0 -> 4.5"]),
        ("make the rain 2 dB softer", ["~ wet", "gain: 0 -> -2"]),
        ("Please make the rain much softer.", ["gain: 0 -> -6"]),
        ("turn the music down a bit", ["~ theme", "gain: 0 -> -1.5"]),
        ("turn up the rain", ["~ wet", "gain: 0 -> 3"]),
        ("make Ann a little louder", ["~ a1", "~ a2", "gain: 0 -> 1.5"]),
        ("Ann is too quiet", ["~ a1", "~ a2", "gain: 0 -> 3"]),
        ("mute the rain", ["gain: 0 -> -60"]),
        ("make everything louder", ["~ master", "loudness: -16 -> -13"]),
        ("make it -18 LUFS", ["~ master", "loudness: -16 -> -18"]),
        ("set the loudness to -20", ["loudness: -16 -> -20"]),
        ("mix it in mono", ["channels: 2 -> 1"]),
        ("remove the second knock", ["- hit"]),
        ("remove both knocks", ["- knock", "- hit"]),
        ("delete scene two", ["- quay", "- a2"]),
        ("get rid of Ann", ["- voice Ann", "- a1", "- a2"]),
        ("move the first knock after Ann's first line", ["> "]),
        ("move the music to the end", ["> theme", "after a2"]),
        ("move the keeper's last line before Ann's first line", ["> k2", "after knock"]),
        ('change Ann\'s line 2 to "Never: again"', ["~ a2", '-> "Never: again"']),
        ('Ann\'s first line should say "Open!"', ["~ a1", '-> "Open!"']),
        ('replace "boat" with "ship"', ["~ a1", "The ship is gone"]),
        ('replace "then" with "now" in k1', ["~ k1", "You came, now"]),
        ("change the rain to a heavy storm", ["~ wet", '-> "heavy storm"']),
        ("add a pause of 2 s after the second knock", ["+ pause2 pause 2 s (after hit)"]),
        ("add a two-second pause before Ann's last line", ["+ pause2 pause 2 s (after quay)"]),
        ("insert a long pause after k2", ["pause 3 s (after k2)"]),
        ('let Ann say "Go away!" after the second knock', ['+ line1 Ann: "Go away!" (after hit)']),
        ('add a line for Keeper saying "Hm." at the end', ['+ line1 Keeper: "Hm." (after a2)']),
        ("add thunder after a1", ['+ sound1 sound "thunder" (after a1)']),
        ("add heavy wind in the background of scene two", ['sound "heavy wind" (after quay)']),
        ("add a dog barking under Ann's last line", ["(after a2)"]),
        ("add sad piano music at the end", ["+ music1"]),
        ("rename Ann to Eva", ["~ voice Ann", 'name: "Ann" -> "Eva"']),
        ("call the keeper Tom", ["~ voice Keeper", '-> "Tom"']),
        ("let Ann interrupt him", ["~ a1", '{"offset": -0.5}']),
        ("Keeper interrupts Ann", ["~ k2", '{"offset": -0.5}']),
        ("slower for Keeper", ["~ k1", "~ k2", "speed: 1 -> 0.85"]),
        ("make Ann speak much faster", ["speed: 1 -> 1.3"]),
        ("make the pause 3 s", ["length: 1 -> 3"]),
        ("make the music shorter", ["length: 8 -> 5.36"]),
        ("make the music 2 seconds longer", ["length: 8 -> 10"]),
        ("pan the rain hard left", ["-> -1"]),
        ("fade the music out over 4 seconds", ["fade_out: (default) -> 4"]),
        ("put Ann on the telephone", ["~ voice Ann", '["telephone"]']),
        ("make Ann's first line sound muffled", ["~ a1", '["muffled"]']),
        ("another take of the first knock", ["~ knock", "take: 0 -> 1"]),
        ("let Ann whisper her last line", ["~ a2", '"whispering"', "gain: 0 -> -6"]),
        ("make the keeper's first line sound angry", ["~ k1", '"angry"']),
        ('change the title to "Night"', ['-> "Night"']),
        ("pronounce Rhys as reese", ["+ word Rhys"]),
        (
            "make the rain louder, remove the second knock and rename Ann to Eva. Add a pause of 2 s before scene two",
            ["~ voice Ann", "- hit", "gain: 0 -> 3", "+ pause2"],
        ),
    ],
)  # fmt: skip
def test_a_plain_request_is_understood(request_text: str, lines: list[str], story: Document) -> None:
    text = changed(story, request_text)
    assert all(line in text for line in lines), text


@pytest.mark.parametrize(
    ("request_text", "part"),
    [
        ("paint it blue", "say for example: make the rain louder"), ("make the knock louder", "Which one?"),
        ("remove the elephant", "No cue is"), ("rename Bob to Eva", "No voice is called"),
        ("let Ann interrupt her", "no line right behind"), ('replace "submarine" with "ship"', "No line holds"),
        ("make the pause louder", "cannot be done to the pause"), ("make the rain slower", "cannot be done"),
        ("make the rain louder and then paint it blue", 'Not understood: "paint it blue"'),
        ("make the rain longer", "has no length"), ('let Bob say "Hi." after k1', "there are: Keeper, Ann"),
        ("add thunder after the knock", "may mean"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_plainly(request_text: str, part: str, story: Document) -> None:
    patch = plainly.read(give_ids(story).script, request_text)
    assert patch.edits == ()
    assert part in patch.question


def test_quotation_marks_hide_what_would_cut_a_request(story: Document) -> None:
    text = changed(story, 'change Ann\'s line 2 to "Go. Then remove the boat; and make it louder." and mute the rain')
    assert "Go. Then remove the boat; and make it louder." in text
    assert "gain: 0 -> -60" in text


def test_what_is_listed_as_understood_is_understood(story: Document) -> None:
    for example in plainly.UNDERSTOOD:
        request = example.replace("(by 3 dB)", "by 3 dB").replace('"..."', '"So."').replace("Ben", "Keeper")
        request = (
            request.replace("line3", "k1").replace("the thunder", "the rain").replace("the knock", "the first knock")
        )
        assert not plainly.read(give_ids(story).script, request).question, example


def test_random_requests_end_in_a_patch_or_a_question(story: Document) -> None:
    words = [
        "make", "the", "rain", "louder", "remove", "second", "knock", "and", "move", "after", "before", "Ann's", "line",
        "2", "to", '"x"', "rename", "Ann", "Eva", "pause", "of", "s", "add", "let", "interrupt", "him", "-18", "LUFS",
        "scene", "two", "in", "background", "change", "title", ".", ";", "all", "fade", "out", "\x02", "雨", '"',
    ]  # fmt: skip
    rng = random.Random(4)  # noqa: S311  a test's dice
    named = give_ids(story)
    ends = {"patch": 0, "question": 0, "refused": 0}
    for _ in range(400):
        patch = plainly.read(named.script, " ".join(rng.choices(words, k=rng.randint(1, 12))))
        if patch.question:
            ends["question"] += 1
            continue
        try:
            apply(named, patch)
            ends["patch"] += 1
        except ScriptError:
            ends["refused"] += 1
    assert ends["question"] > 200
