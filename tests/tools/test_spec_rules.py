"""What a spec has to be: the same rules at the door and in the kit."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

from soundwright.scripts_compiler.operations import Catalogue, builtin
from soundwright.tools.base import ToolSpec, VoiceInfo
from soundwright.tools.registry import Registry
from soundwright.tools.spec_rules import faults, omissions

GOOD = ToolSpec("good", "1", ("speak",), "MIT", help="Speaks.", honours=("text", "sample"))
VOICE = VoiceInfo("ann", "en", "female")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return builtin()


def test_our_own_specs_keep_all_rules(catalogue: Catalogue) -> None:
    assert list(faults(GOOD, catalogue)) == list(omissions(GOOD, catalogue)) == []
    for spec in Registry.discover().specs.values():
        assert [*faults(spec, catalogue), *omissions(spec, catalogue)] == [], spec.name


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rank": "high"}, "rank is 'high'; write a whole number"),
        ({"rank": True}, "rank is True; write a whole number"),
        ({"speed": float("nan")}, "speed is nan; write a number"),
        ({"max_length_s": "10"}, "max_length_s is '10'; write a number or None"),
        ({"operations": ["speak"]}, "operations is ['speak']; write a tuple, each of it a text"),
        ({"operations": "speak"}, "operations is 'speak'; write a tuple, each of it a text"),
        ({"languages": ("en", 7)}, "languages is ('en', 7); write a tuple, each of it a text"),
        ({"voices": ("ann",)}, "voices is ('ann',); write a tuple, each of it a VoiceInfo"),
        ({"voices": (VoiceInfo(**{**asdict(VOICE), "preset": None}),)}, "voices[0].preset is None; write a text"),
        ({"voices": (VOICE, VOICE)}, "voices: two have one preset; name each otherwise"),
        ({"home": "cloud"}, "home is 'cloud'; write 'process' or 'worker' or 'venv' or 'http' or 'mcp'"),
        ({"name": "Good One"}, "the name 'Good One' is not small letters, digits, dots and hyphens"),
        ({"version": " "}, "version is empty; write one, and another whenever the sound changes"),
        ({"languages": ("english!",)}, "languages: 'english!' is no language tag such as en-GB"),
        ({"operations": ()}, "operations are none, or named twice: ()"),
        ({"operations": ("speaks",)}, "operations: 'speaks' is none; near names are speak"),
        ({"operations": ("nosuch_op",)}, "operations: 'nosuch_op' is none; see operations list"),
        ({"operations": ("acme.hum",)}, "operations: 'acme.hum' cannot be had: it is declared twice"),
        ({"cores": -1}, "cores is -1; it starts at 1"),
        ({"max_batch": 0}, "max_batch is 0; it starts at 1"),
        ({"gpu_bytes": -1}, "gpu_bytes is -1; it starts at 0"),
        ({"speed": 0}, "speed is 0; it says how many seconds of sound a second of work gives, and is more than 0"),
        ({"max_text": 0}, "max_text is 0; it says the most characters that it takes, or None, and is more than 0"),
        ({"min_length_s": 3, "max_length_s": 2}, "max_length_s is 2, less than min_length_s, 3"),
        ({"half": "int8"}, "half is 'int8'; write '' or 'float16' or 'bfloat16'"),
        ({"devices": ("tpu",)}, "devices: 'tpu' is none; write 'cpu' or 'cuda'"),
    ],
)  # fmt: skip
def test_a_fault_names_the_field_and_what_to_write(fields: dict[str, Any], said: str, catalogue: Catalogue) -> None:
    known = Catalogue(catalogue.values(), {"acme.hum": "it is declared twice."})
    assert list(faults(replace(GOOD, **fields), known)) == [said]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"help": ""}, "help is empty"),
        ({"licence_code": ""}, "licence_code is empty"),
        ({"models": ("big",)}, "it has models, but no licence_weights"),
        ({"honours": ("text", "loudness")}, "honours names loudness, which no operation of it has"),
        ({"requirements": ("torch",)}, "it has requirements of its own, but home is process: say venv"),
    ],
)
def test_an_omission_keeps_nobody_out(fields: dict[str, Any], said: str, catalogue: Catalogue) -> None:
    spec = replace(GOOD, **fields)
    assert list(faults(spec, catalogue)) == []
    assert list(omissions(spec, catalogue)) == [said]
