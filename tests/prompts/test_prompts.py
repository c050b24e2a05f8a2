"""The prompts: strict rendering, examples that compile, renderings as they are agreed, and how long they may be."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator import lyrics
from soundwright.orchestrator.chat import by_model
from soundwright.orchestrator.chat.attachments import Said
from soundwright.orchestrator.chat.situation import Situation
from soundwright.orchestrator.chat.turns import read_turn, turn_schema
from soundwright.orchestrator.interop.workspace import Item
from soundwright.orchestrator.llm.conforms import misfits
from soundwright.orchestrator.planner import casting_call
from soundwright.orchestrator.planner.answer_schema import outline_schema, scene_schema, script_schema
from soundwright.orchestrator.planner.planner import Job, make_job, prompt
from soundwright.orchestrator.planner.prompting import change_length, repair
from soundwright.orchestrator.planner.reading import Reader
from soundwright.orchestrator.planner.serial import Heading, Outline, scene_prompt
from soundwright.orchestrator.revision import reviser
from soundwright.orchestrator.revision.patch_schema import patch_schema
from soundwright.prompts.loader import PromptError, example, examples, render, templates
from soundwright.scripts_compiler.compile import compile_script
from soundwright.scripts_compiler.document import Document, from_data, loads
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import builtin
from soundwright.scripts_compiler.script import Input
from soundwright.tools.base import ToolSpec, VoiceInfo
from soundwright.tools.registry import Registry

GOLDEN = Path(__file__).parents[1] / "golden" / "prompts"
MOST_TOKENS = 4000
TAPE = Input(id="tape", file="tape.wav")
REQUESTS = (
    "One minute on quantum mechanics",
    "News from Mars with three people, and location sound under one of them only",
    "A restaurant comedy",
    "A storm coming over a field, no speech at all",
    "A crash, then exactly one line, verbatim: \"He said 'stop', and nobody did.\"",
    "A quarrel about a hedge in ten to fifteen lines",
    "A Chinese and a Japanese child play ball, each in their own language",
    "A lecture that is interrupted",
    "A debate that turns into a fight",
    "A 10 s scene in a lift",
    "A thirty-minute serial in scenes about two keepers of a lighthouse",
)


def job(instruction: str, inputs: tuple[Input, ...] = ()) -> Job:
    voices = (VoiceInfo("a", "en-GB", "female", "adult", "british"), VoiceInfo("b", "en-US", "male", "old"))
    specs = (ToolSpec("studio", "1", tuple(builtin()), "Apache-2.0", voices=voices),)
    return make_job(instruction, builtin(), specs, inputs=inputs, sounds=("knock", "rain", "wind"))


def revise_job(document: Document, request: str) -> reviser.Job:
    return reviser.Job(document, request, job(request, tuple(document.script.inputs)).offer, builtin(), frozenset())


def revision(request: str, cues: int = 6) -> reviser.Job:
    half = cues // 2
    lines = [
        f'  - {{type: speech, id: l{n}, voice: {"Ann" if n % 2 else "Ben"}, text: "Line {n}."}}' for n in range(cues)
    ]
    lines.insert(half, "  - {type: scene, id: yard, title: In the yard}")
    text = "\n".join(
        ["version: 1", "title: The Wall", "voices:", "  - {name: Ann, description: a woman}",
         "  - {name: Ben, description: a man}", "cues:", "  - {type: scene, id: house, title: In the house}",
         "  - {type: sound, id: wet, description: light rain, layer: background}", *lines]
    )  # fmt: skip
    return revise_job(loads(text + "\n"), request)


def story() -> Outline:
    scenes = tuple(Heading(f"Night {n}", f"What happens on night {n}.", 90.0, "room", ("Ann",)) for n in range(1, 5))
    return Outline("The Lamp", "en", ({"name": "Ann", "description": "a keeper"},), scenes)


CAST = from_data({
    "version": 1, "cues": [{"type": "pause", "length": 1}],
    "voices": [{"name": "Ann", "description": "a keeper", "gender": "female"}, {"name": "Ben", "description": "a boy"}],
}).script  # fmt: skip
VOICES = (
    ToolSpec("studio", "1", ("speak",), "Apache-2.0", voices=(
        VoiceInfo("a", "en-GB", "female", "adult", "british", "warm", 210.0), VoiceInfo("b", "en-US", "male", "old"),
        VoiceInfo("c", "de", "male", "old"),
    )),
)  # fmt: skip


def chat_situation() -> Situation:
    text = "clean take and put it under Ann's line"
    usable = {name: operation for name, operation in builtin().items() if not operation.internal}
    items = {"take": Item("take", Kind.AUDIO, Path("take.wav"))}
    turns = [("a story about rain", "'Rain': 2 lines, about 12.0 s; voices: Ann.")]
    return Situation(Said(text, text), items, usable, "'Rain': 2 lines", "take", turns)


def renderings() -> dict[str, str]:
    problems = [Problem("cues[3].until", 'no cue is called "x".', "Known are a and b.")]
    situation = chat_situation()
    return {
        "chat": by_model.prompt(situation).to_text(),
        "cast": casting_call.prompt(CAST, casting_call.candidates(CAST, VOICES)).to_text(),
        "chat_words": render("chat_words", question="How long is it?", facts="The story lasts 12.5 s."),
        "lyrics": lyrics.prompt({"description": "a slow folk song", "language": "en", "take": 1}).to_text(),
        "dialogue": prompt(job('Two people meet; one says "Good evening." in one minute')).to_text(),
        "soundscape": prompt(job("A storm, no speech, muffled thunder")).to_text(),
        "recording": prompt(job("Trim the silence of my tape and play it", (TAPE,))).to_text(),
        "outline": prompt(job("A ten-minute play about a lighthouse")).to_text(),
        "scene": scene_prompt("A serial", job("A serial").offer, story(), []).to_text(),
        "revise": reviser.prompt(revision("Make the rain louder, and let Ann knock twice.")).to_text(),
        "revise_long": reviser.prompt(revision('Ann\'s line "Line 300" is too loud in scene two', 400))
        .messages[1]
        .content,
        "repair": repair(problems).content,
        "repair_patch": repair([Problem("edits[0].id", 'no cue is called "x".', "Known is a.")], what="patch").content,
        "unread": repair([], "there is no JSON in it.").content,
        "longer": change_length(40, 60, "en").content,
        "shorter": change_length(80, 60, "zh").content,
    }


@pytest.mark.parametrize("name", renderings())
def test_a_rendering_is_as_agreed(name: str) -> None:
    """UPDATE_GOLDEN=1 writes the renderings anew, to be read before they are committed."""
    path = GOLDEN / f"{name}.txt"
    text = renderings()[name] + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_a_missing_and_an_unused_value_are_errors() -> None:
    with pytest.raises(PromptError, match=r"lacks amount, estimated.*does not use colour"):
        render("fit_duration", colour="red", target=1, longer=True, unit="words")


@pytest.mark.parametrize("name", ["nothing", "../loader", "/etc/passwd", "planner.j2"])
def test_only_templates_of_the_package_are_rendered(name: str) -> None:
    with pytest.raises(PromptError, match="there is no template"):
        render(name)


def test_an_undefined_name_inside_a_value_is_an_error() -> None:
    with pytest.raises((PromptError, AttributeError, TypeError)):
        render("repair", problems=None, more=0, unread="")


def test_there_is_a_rendering_of_every_template() -> None:
    assert set(templates()) == {
        "planner", "request", "repair", "fit_duration", "outline", "scene", "revise", "revise_request", "chat",
        "chat_turn", "chat_words", "cast", "lyrics",
    }  # fmt: skip


@pytest.mark.parametrize("name", [name for name in examples() if name not in reviser.EXAMPLES])
def test_an_example_fits_the_schema_loads_and_compiles(name: str) -> None:
    made = job("Play my tape", (TAPE,) if name == "recording" else ())
    data = json.loads(example(name).replace("INPUT", "tape"))
    script = Reader(made.offer).document(data).script
    graph = compile_script(script, builtin())
    assert len(graph.nodes) >= 3
    assert misfits(_filled(data, script_schema(made.offer)), script_schema(made.offer)) == []


@pytest.mark.parametrize("name", reviser.EXAMPLES)
def test_an_example_of_a_patch_fits_the_schema_and_can_be_applied(name: str) -> None:
    held = json.loads(example(name))
    document = from_data(held["script"])
    made = revise_job(document, held["request"])
    _, applied = reviser.read_answer(made, held["patch"])
    if applied is not None:
        assert len(compile_script(applied.document.script, builtin()).nodes) >= 3
    voices = [voice.name for voice in document.script.voices]
    ids = [str(cue.id) for cue in document.script.cues]
    schema = patch_schema(made.offer, ids, voices)
    assert misfits(_filled_patch(held["patch"], schema), schema) == []


def _filled_patch(patch: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The example as a model must answer it: fields that are left out stand as null."""
    definitions = schema["$defs"]

    def filled(part: dict[str, Any], definition: str) -> dict[str, Any]:
        return {**dict.fromkeys(definitions[definition]["properties"]), **part}

    edits = []
    for each in patch["edits"]:
        edit = filled(each, "".join(word.title() for word in each["do"].split("_")) + "Edit")
        if "set" in each:
            edit["set"] = filled(each["set"], "VoiceFields" if each["do"].endswith("voice") else "CueFields")
        edits.append(edit)
    return {**dict.fromkeys(schema["properties"]), **patch, "edits": edits}


def _filled(data: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The example as a model must answer it: fields that are left out stand as null."""
    definitions = schema["$defs"]
    cues = [{**dict.fromkeys(definitions[f"{cue['type'].title()}Cue"]["properties"]), **cue} for cue in data["cues"]]
    for cue in cues:
        for field in ("start", "until"):
            if isinstance(cue.get(field), dict):
                cue[field] = {**dict.fromkeys(definitions["Point"]["properties"]), **cue[field]}
    voices = [{**dict.fromkeys(definitions["Voice"]["properties"]), **voice} for voice in data["voices"]]
    return {**dict.fromkeys(schema["properties"]), **data, "voices": voices, "cues": cues}


def test_an_unknown_example_is_an_error() -> None:
    with pytest.raises(PromptError, match="there is no example"):
        example("../loader")


@pytest.fixture(scope="module")
def installed() -> tuple[ToolSpec, ...]:
    return tuple(Registry.discover().specs.values())


@pytest.mark.parametrize("cues", [6, 58, 2000])
def test_the_prompt_for_a_revision_stays_small_whatever_the_length_of_the_script(
    cues: int, installed: tuple[ToolSpec, ...]
) -> None:
    made = revision(f"Make the rain louder, move Ann's second line after l{cues - 2}, and add thunder", cues)
    offer = make_job(made.request, builtin(), installed).offer
    shown = reviser.prompt(reviser.Job(made.document, made.request, offer, builtin(), frozenset()))
    assert shown.tokens <= MOST_TOKENS + (500 if cues == 6 else 1500)
    assert "id: wet" in shown.messages[1].content
    assert "id: l3," in shown.messages[1].content
    assert f"id: l{cues - 2}," in shown.messages[1].content


@pytest.mark.parametrize("request_text", REQUESTS)
def test_a_prompt_with_its_schema_stays_below_its_limit(request_text: str, installed: tuple[ToolSpec, ...]) -> None:
    made = prompt(make_job(request_text, builtin(), installed))
    assert made.tokens <= MOST_TOKENS


def test_the_sounds_and_voices_of_the_installation_are_offered(installed: tuple[ToolSpec, ...]) -> None:
    text = prompt(make_job("A greeting", builtin(), installed)).to_text()
    assert "storm at sea" in text
    assert "telephone: As heard over a telephone." in text


def test_a_schema_keeps_to_what_constrained_decoding_supports() -> None:
    offer = job("Play my tape muffled", (TAPE,)).offer
    schemas = (
        script_schema(offer),
        outline_schema(offer),
        scene_schema(offer, ["Ann"]),
        patch_schema(offer, ["a"], ["A"]),
    )
    for schema in schemas:
        for part in _objects(schema):
            assert set(part["required"]) == set(part["properties"])
            assert part["additionalProperties"] is False
        text = json.dumps(schema)
        assert not any(f'"{word}"' in text for word in ("oneOf", "allOf", "default", "const", "not"))
        names = {each.rsplit("/", 1)[-1] for each in _references(schema)}
        assert names <= set(schema["$defs"])


def _objects(schema: Any) -> list[dict[str, Any]]:
    found = []
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            found.append(schema)
        found += [each for value in schema.values() for each in _objects(value)]
    elif isinstance(schema, list):
        found += [each for value in schema for each in _objects(value)]
    return found


def _references(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        here = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
        return here + [each for value in schema.values() for each in _references(value)]
    return [each for value in schema for each in _references(value)] if isinstance(schema, list) else []


def test_pins_files_and_seeds_are_no_fields_of_an_answer() -> None:
    schema = script_schema(job("Play my tape", (TAPE,)).offer)
    assert not {"tool", "preset", "sample", "consent"} & set(schema["$defs"]["Voice"]["properties"])
    assert not {"inputs", "seed", "master", "version"} & set(schema["properties"])


def test_pins_files_and_seeds_are_no_fields_of_a_patch() -> None:
    schema = patch_schema(job("Play my tape", (TAPE,)).offer, ["a"], ["Ann"])
    text = json.dumps(schema)
    assert not any(f'"{name}"' in text for name in ("tool", "preset", "sample", "consent", "inputs", "seed", "file"))


@pytest.mark.parametrize("name", examples("chat"))
def test_an_example_of_the_chat_is_a_turn(name: str) -> None:
    schema = turn_schema(operation for operation in builtin().values() if not operation.internal)
    answer = json.loads(example(name, "chat"))["answer"]
    for number, step in enumerate(answer.get("steps", [])):
        operation = builtin()[step["op"]]
        fields = [*operation.parameters.model_fields, *(port.name for port in operation.inputs)]
        answer["steps"][number] = dict.fromkeys(fields) | step
    assert read_turn(answer, schema, by="test").kind == answer["kind"]


def test_a_prompt_of_the_chat_stays_below_its_limit() -> None:
    assert by_model.prompt(chat_situation()).tokens <= MOST_TOKENS
