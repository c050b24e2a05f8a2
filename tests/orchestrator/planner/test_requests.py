"""A table of requests, each answered rightly, slightly wrong in every known way, and hopelessly."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from soundwright.orchestrator.llm.errors import LanguageModelError
from soundwright.orchestrator.llm.scripted import ScriptedModel
from soundwright.orchestrator.planner.estimate import programme_s
from soundwright.orchestrator.planner.planner import Job, Planned, plan
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.script import MusicCue, PauseCue, Point, Script, SoundCue, SpeechCue, is_bed

Data = dict[str, Any]


def voice(name: str, description: str, **more: Any) -> Data:
    empty = dict.fromkeys(("gender", "age", "accent", "language", "pan", "effects"))
    return {"name": name, "description": description} | empty | more


def say(name: str, text: str, **more: Any) -> Data:
    return {"type": "speech", "id": None, "voice": name, "text": text, "vocal": None, "start": None} | more


def sound(description: str, **more: Any) -> Data:
    return {"type": "sound", "id": None, "description": description, "length": None, "start": None} | more


def script(title: str, voices: list[Data], cues: list[Data], language: str = "en") -> Data:
    return {"title": title, "language": language, "duration": None, "voices": voices, "cues": cues}


TWO = [voice("Ann", "a quick young woman", gender="female"), voice("Bob", "a slow old man", gender="male", age="old")]
QUANTA = [
    "Shine a light through two narrow slits, and it draws stripes on the wall behind them, as waves on a pond would.",
    "Now send the light one grain at a time. Each grain lands on one spot. And still, after thousands, we get stripes.",
    "So what went through which slit? If you look, the stripes are gone. If you do not, they come back at once.",
    "A particle, it seems, is no marble on its way. It is a list of chances, and the chances themselves make waves.",
    "Bohr said that whoever is not shocked by this has not understood it. Einstein was shocked for forty years.",
    "A cat in a box, he joked, is alive and dead until somebody lifts the lid. The cat was never asked about this.",
    "Heisenberg found the price: the better you know where a thing is, the less you know where it is about to go.",
    "And yet it is the best tested thing we know. Its numbers agree with nature to the twelfth place behind the point.",
    "Your telephone is built on it, and so is the Sun. The world keeps its promises, but only on the average.",
]


def _spoken(made: Script) -> list[SpeechCue]:
    return [cue for cue in made.cues if isinstance(cue, SpeechCue) and cue.vocal is None]


def _one_minute(made: Script) -> None:
    assert made.duration == 60
    assert 54 <= programme_s(made) <= 66


def _under_one(made: Script) -> None:
    ids = {cue.id: cue.voice for cue in _spoken(made)}
    beds = [cue for cue in made.cues if isinstance(cue, SoundCue) and is_bed(cue)]
    assert len({cue.voice for cue in _spoken(made)}) == 3
    assert [(ids[bed.start.with_ or ""], ids[str(bed.until)]) for bed in beds if bed.start] == [("Rae", "Rae")]


def _comedy(made: Script) -> None:
    assert any(is_bed(cue) for cue in made.cues)
    assert len({cue.voice for cue in _spoken(made)}) >= 2


def _silent(made: Script) -> None:
    assert _spoken(made) == []
    assert made.voices == []
    assert sum(isinstance(cue, SoundCue) for cue in made.cues) >= 2


def _verbatim(made: Script) -> None:
    assert [cue.text for cue in _spoken(made)] == ["He said 'stop', and nobody did."]


def _ten_to_fifteen(made: Script) -> None:
    assert 10 <= len(_spoken(made)) <= 15


def _two_languages(made: Script) -> None:
    assert {each.language for each in made.voices} == {"zh", "ja"}


def _interrupted(made: Script) -> None:
    starts = [cue.start for cue in made.cues if isinstance(cue, SpeechCue)]
    assert any(isinstance(start, Point) and (start.offset or 0) < 0 for start in starts)


def _fight(made: Script) -> None:
    descriptions = [cue.description for cue in made.cues if isinstance(cue, SoundCue)]
    assert "punch" in descriptions
    assert len({cue.voice for cue in _spoken(made)}) == 2


def _ten_seconds(made: Script) -> None:
    assert 9 <= programme_s(made) <= 11


@dataclass(frozen=True)
class Row:
    request: str
    right: Data
    check: Callable[[Script], None]
    trap: Callable[[Data], None]  # what goes wrong with this request in particular


def _cut(number: int) -> Callable[[Data], None]:
    def trap(data: Data) -> None:
        del data["cues"][:number]

    return trap


def _in_english(data: Data) -> None:
    data["voices"][1]["language"] = "en"


def _reworded(data: Data) -> None:
    data["cues"][1]["text"] = "He said stop, and nobody did."


def _talks(data: Data) -> None:
    data["voices"].append(voice("Narrator", "calm"))
    data["cues"].append(say("Narrator", "It rains."))


def _fourth(data: Data) -> None:
    data["voices"].append(voice("Bo", "a passer-by"))
    data["cues"].append(say("Bo", "Hello, Mars!"))


def _bed_before_itself(data: Data) -> None:
    data["cues"][0] |= {"layer": "background", "start": {"with": "nowhere"}}


def _overlong(data: Data) -> None:
    data["cues"].append({"type": "pause", "length": 100_000})


TABLE = [
    Row(
        "One minute on quantum mechanics",
        script("Quanta", [voice("Host", "a warm physicist", gender="female")], [say("Host", text) for text in QUANTA]),
        _one_minute,
        _cut(1),
    ),
    Row(
        "News from Mars with three people, and location sound under one of them only",
        script(
            "Mars Today",
            [voice("Kim", "anchor"), voice("Lee", "expert, old", age="old"), voice("Rae", "reporter in a suit")],
            [
                say("Kim", "Good evening from Olympus City."),
                say("Rae", "I am standing in the storm.", id="r1", effects=["radio"]),
                say("Rae", "You can hardly see the domes.", id="r2"),
                sound("wind", layer="background", start={"with": "r1"}, until="r2"),
                say("Lee", "It will be over by Thursday."),
            ],
        ),
        _under_one,
        _fourth,
    ),
    Row(
        "A restaurant comedy",
        script("Soup", TWO, [
            {"type": "scene", "id": "dining", "title": "Dining room", "space": "room"},
            sound("restaurant", layer="background"),
            say("Ann", "Waiter, there is a fly in my soup."), say("Bob", "Thank you, madam. We were missing it."),
            {"type": "music", "description": "comic tuba", "length": 3},
        ]),
        _comedy,
        lambda data: data["cues"][4].update(length=None),
    ),
    Row(
        "A storm coming over a field, no speech at all",
        script("Storm", [], [sound("wind", layer="background", gain=[-6, 3]), sound("thunder", length=6),
                             {"type": "pause", "length": 5}]),
        _silent,
        _talks,
    ),
    Row(
        "A crash, then exactly one line, verbatim: \"He said 'stop', and nobody did.\"",
        script("Stop", TWO[:1], [sound("crash", length=2), say("Ann", "He said 'stop', and nobody did.")]),
        _verbatim,
        _reworded,
    ),
    Row(
        "A quarrel about a hedge in ten to fifteen lines",
        script("Hedge", TWO, [say(("Ann", "Bob")[n % 2], f"Reason number {n + 1}: it is mine.") for n in range(12)]),
        _ten_to_fifteen,
        _cut(3),
    ),
    Row(
        "A Chinese and a Japanese child play ball, each in their own language",
        script("Ball", [voice("Mei", "a girl", age="child", language="zh"), voice("Ken", "a boy", age="child",
                                                                                  language="ja")],
               [say("Mei", "接住球！"), say("Ken", "もっと高く！")], "zh"),
        _two_languages,
        _in_english,
    ),
    Row(
        "A lecture that is interrupted",
        script("Lecture", TWO, [say("Bob", "And so the beetle, gentlemen, is a", id="b1"),
                                say("Ann", "Fire!", start={"offset": -0.4}, gain=4)]),
        _interrupted,
        lambda data: data["cues"][1].update(start={"on_word": "bee", "of": "b1"}),
    ),
    Row(
        "A debate that turns into a fight",
        script("Debate", TWO, [
            sound("crowd murmur", layer="background"), say("Ann", "Facts, sir!"), say("Bob", "Lies!", gain=4, id="b"),
            sound("punch", length=1, start={"after": "b"}), {"type": "speech", "voice": "Ann", "vocal": "gasp"},
        ]),
        _fight,
        lambda data: data["cues"][4].update(text="Ouch!"),
    ),
    Row(
        "A 10 s scene in a lift",
        script("Lift", TWO, [
            sound("ding", length=1), say("Ann", "Which floor, please? I am going all the way up."),
            say("Bob", "Anywhere with a window, thank you very much."), {"type": "pause", "length": 1},
            sound("door slam", length=1.5),
        ]),
        _ten_seconds,
        _overlong,
    ),
]  # fmt: skip
NAMES = [row.right["title"] for row in TABLE]


# --- slips that any answer may have -------------------------------------------------------------------------------


def _first(data: Data, kind: str) -> Data:
    return next((cue for cue in data["cues"] if cue["type"] == kind), data["cues"][0])


def _anywhere(data: Data) -> Data:
    return next(cue for cue in data["cues"] if cue["type"] in ("speech", "sound"))


SLIPS: Mapping[str, Callable[[Data], Any]] = {
    "unknown anchor": lambda d: _anywhere(d).update(start={"after": "nobody"}),
    "two anchors": lambda d: _anywhere(d).update(start={"at": 1, "with": "x"}),
    "its own anchor": lambda d: _anywhere(d).update(id="me", start={"with": "me"}),
    "hyphen in an id": lambda d: _anywhere(d).update(id="cue-1"),
    "reserved id": lambda d: _anywhere(d).update(id="end"),
    "one id twice": lambda d: d["cues"].extend([{"type": "scene", "id": "twice"}, {"type": "scene", "id": "twice"}]),
    "number as text": lambda d: _anywhere(d).update(gain="loud"),
    "out of range": lambda d: _anywhere(d).update(gain=99),
    "unknown field": lambda d: _anywhere(d).update(volume=3),
    "unknown type": lambda d: d["cues"].append({"type": "narration", "text": "Meanwhile"}),
    "capital type": lambda d: d["cues"].append({"type": "PAUSE", "length": 1}),
    "unknown effect": lambda d: _anywhere(d).update(effects=["vocoder"]),
    "undeclared voice": lambda d: d["cues"].append(say("Nobody", "Hello.")),
    "nothing said": lambda d: d["cues"].append({"type": "speech", "voice": "Ann", "text": None}),
    "until in the foreground": lambda d: d["cues"].append(sound("knock", until="end")),
    "unknown space": lambda d: _anywhere(d).update(space="moon"),
    "scene without id": lambda d: d["cues"].insert(0, {"type": "scene", "title": "One"}),
    "text over text": lambda d: d.update(cues=json.dumps(d["cues"])),
    "a circle": lambda d: d["cues"].extend(
        [sound("knock", id="k1", start={"after": "k2"}), sound("knock", id="k2", start={"after": "k1"})]
    ),
    "pinned tool": lambda d: d["voices"].append(voice("Pin", "x", tool="kokoro", preset="af_heart")),
}


def planned(job: Job, *answers: Any, rounds: int = 3) -> tuple[Planned, ScriptedModel]:
    model = ScriptedModel(answers)
    return plan(job, model, rounds=rounds), model


@pytest.mark.parametrize("row", TABLE, ids=NAMES)
def test_a_right_answer_is_taken_as_it_is(row: Row, job: Callable[[str], Job]) -> None:
    made, _ = planned(job(row.request), row.right)
    assert made.rounds == 1
    row.check(made.document.script)


@pytest.mark.parametrize("row", TABLE, ids=NAMES)
def test_the_trap_of_a_request_is_mended_in_a_second_round(row: Row, job: Callable[[str], Job]) -> None:
    wrong = copy.deepcopy(row.right)
    row.trap(wrong)
    made, model = planned(job(row.request), wrong, row.right)
    assert made.rounds == 2
    complaint = model.asked[1].messages[-1]
    assert complaint.role == "user"
    assert "again" in complaint.content or "whole changed" in complaint.content
    row.check(made.document.script)


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("row", TABLE, ids=NAMES)
def test_a_slip_is_returned_with_its_place(row: Row, slip: str, job: Callable[[str], Job]) -> None:
    wrong = copy.deepcopy(row.right)
    SLIPS[slip](wrong)
    made, model = planned(job(row.request), wrong, row.right)
    assert made.rounds == 2
    complaint = model.asked[1].messages[-1].content
    assert "cues" in complaint or "voices" in complaint
    assert model.asked[1].messages[-2].content == json.dumps(wrong, ensure_ascii=False)
    row.check(made.document.script)


@pytest.mark.parametrize("row", TABLE, ids=NAMES)
def test_hopeless_answers_end_in_a_clear_message(row: Row, job: Callable[[str], Job]) -> None:
    empty = {"title": "", "cues": []}
    with pytest.raises((ScriptError, LanguageModelError)) as caught:
        planned(job(row.request), "I would rather not.", "", empty)
    assert 20 < len(str(caught.value)) < 2000
    wrong = copy.deepcopy(row.right)
    wrong["cues"][0]["volume"] = 11
    with pytest.raises(ScriptError, match="volume") as left:
        planned(job(row.request), wrong, wrong, wrong)
    assert left.value.problems[0].place.startswith("cues[0]")


def test_all_errors_of_an_answer_are_told_at_once(job: Callable[[str], Job]) -> None:
    row = TABLE[2]
    wrong = copy.deepcopy(row.right)
    wrong["cues"][2] |= {"gain": 99, "volume": 1}
    wrong["cues"][3]["voice"] = "Rob"
    _, model = planned(job(row.request), wrong, row.right)
    complaint = model.asked[1].messages[-1].content
    assert [name in complaint for name in ("cues[2].gain", "cues[2].volume", "cues[3].voice")] == [True] * 3


def test_rounds_are_kept_and_a_conversation_does_not_grow(job: Callable[[str], Job]) -> None:
    row = TABLE[0]
    model = ScriptedModel(["no", "no", "no", "no", row.right])
    made = plan(job(row.request), model, rounds=5)
    assert made.rounds == 5
    assert [len(asked.messages) for asked in model.asked] == [2, 4, 4, 4, 4]
    with pytest.raises(LanguageModelError):
        plan(job(row.request), ScriptedModel(["no", row.right]), rounds=1)


def test_a_length_that_silences_can_make_needs_no_second_answer(job: Callable[[str], Job]) -> None:
    right = copy.deepcopy(TABLE[9].right)
    right["cues"][3]["length"] = 3.5
    made, _ = planned(job(TABLE[9].request), right)
    assert made.rounds == 1
    pauses = [cue for cue in made.document.script.cues if isinstance(cue, PauseCue)]
    assert pauses[0].length < 3.5
    assert "fitted" in made.notes[0].found
    _ten_seconds(made.document.script)


def test_another_length_is_asked_for_once_and_the_nearer_script_kept(job: Callable[[str], Job]) -> None:
    row = TABLE[0]
    short = row.right | {"cues": row.right["cues"][:2]}
    shorter = row.right | {"cues": row.right["cues"][:1]}
    made, model = planned(job(row.request), short, shorter, row.right)
    assert made.rounds == 2
    assert "Add about" in model.asked[1].messages[-1].content
    assert len(_spoken(made.document.script)) == 2
    assert "60 s were asked for" in made.notes[0].found


def test_a_revision_that_comes_to_nothing_costs_no_script(job: Callable[[str], Job]) -> None:
    row = TABLE[0]
    short = row.right | {"cues": row.right["cues"][:3]}
    made, _ = planned(job(row.request), short, "Sorry.", "Sorry again.")
    assert made.rounds == 3
    assert len(_spoken(made.document.script)) == 3


def test_a_length_that_only_the_model_understood_is_kept(job: Callable[[str], Job]) -> None:
    right = copy.deepcopy(TABLE[9].right) | {"duration": 10.0}
    right["cues"][3]["length"] = 3.5
    made, _ = planned(job("Zehn Sekunden im Fahrstuhl"), right)
    assert "fitted" in made.notes[0].found
    _ten_seconds(made.document.script)


def test_music_is_refused_where_none_is_wanted(job: Callable[[str], Job]) -> None:
    comedy = TABLE[2].right
    bare = comedy | {"cues": comedy["cues"][:4]}
    made, _ = planned(job("A restaurant comedy without music"), comedy, bare)
    assert made.rounds == 2
    assert not any(isinstance(cue, MusicCue) for cue in made.document.script.cues)


def test_languages_that_no_voice_speaks_are_noted(job: Callable[[str], Job]) -> None:
    right = script("Bal", [voice("Eva", "a woman", language="fr")], [say("Eva", "Bonjour.")])
    made, _ = planned(job("A greeting in French"), right)
    assert "no installed voice speaks fr" in made.notes[0].found
