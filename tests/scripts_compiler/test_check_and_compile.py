"""What ``check`` lets pass compiles; what it rejects for its references the compiler never turns into a crash."""

from __future__ import annotations

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from soundwright.scripts_compiler.catalogue.generate import Nothing
from soundwright.scripts_compiler.check import check
from soundwright.scripts_compiler.compile import compile_script
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Catalogue, Operation, Port, builtin
from soundwright.scripts_compiler.script import Script

CATALOGUE = Catalogue(
    [
        *builtin().values(),
        Operation("test.separate", "Split.", Nothing, (Port("audio", Kind.AUDIO),), Kind.STEMS),
        Operation("test.write", "Write.", Nothing, (), Kind.TEXT),
    ]
)
# The operations in question, each with the form of its input.
STEPS: dict[str, tuple[str, str]] = {
    "reverse": ("audio", "one"),
    "enhance": ("audio", "one"),
    "concat": ("audio", "many"),
    "test.separate": ("audio", "one"),
    "transcribe": ("audio", "one"),
    "test.write": ("", "none"),
    "speak": ("text", "from"),
}
STRAY = ["s3", "line", "pause", "nothing", "talk.vocals", "talk", "s0", "s1.vocals"]


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Small scripts that are mostly right: what they name stands before and gives the right kind, but for a few."""
    sound, text = ["talk", "line"], ["write"]

    def name(right: list[str]) -> str:
        return draw(st.sampled_from(STRAY if draw(st.integers(0, 39)) == 39 else right))

    def effects() -> list[Any]:
        chosen = draw(st.lists(st.sampled_from(["radio", "mono", "reverb", "reverb"]), max_size=1))
        return [{"op": op, "impulse": name(["talk"])} if op == "reverb" else op for op in chosen]

    steps: list[dict[str, Any]] = [{"id": "write", "op": "test.write"}]
    for i in range(draw(st.integers(0, 4))):
        op = draw(st.sampled_from(sorted(STEPS)))
        port, form = STEPS[op]
        fed = {"none": None, "one": name(sound), "many": [name(sound), name(sound)], "from": {"from": name(text)}}
        steps.append({"id": f"s{i}", "op": op, **({port: fed[form]} if port else {})})
        (text if op in {"transcribe", "test.write"} else sound).append(f"s{i}" + ".vocals" * (op == "test.separate"))
    cues: list[dict[str, Any]] = [
        {"type": "speech", "id": "line", "voice": "Ann", "text": "Hello.", "effects": []},
        {"type": "pause", "id": "pause", "length": 1},
    ]
    for _ in range(draw(st.integers(1, 3))):
        clip = {"type": "clip", "source": name([each for each in sound if each != "line"])}
        said = {"type": "speech", "voice": "Ann", "text": {"from": name(text)}}
        cues.append({**draw(st.sampled_from([clip, said])), "effects": effects()})
    voice = {"name": "Ann", "description": "young", "effects": effects()}
    inputs = [{"id": "talk", "file": "t.wav"}]
    return Script.model_validate({"version": 1, "voices": [voice], "inputs": inputs, "steps": steps, "cues": cues})


@settings(max_examples=200, deadline=None)
@given(scripts())
def test_what_check_passes_compiles_with_every_step_asked_for(script: Script) -> None:
    wrong = [problem for problem in check(script, CATALOGUE) if not problem.warning]
    event("rejected" if wrong else "passed")
    try:
        compile_script(script, CATALOGUE, steps=[step.id for step in script.steps])
    except ScriptError as error:
        assert wrong, f"check found nothing, and the compiler found {error}"  # noqa: PT017  both ways are right here
