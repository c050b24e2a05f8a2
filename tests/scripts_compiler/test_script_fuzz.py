"""Whatever stands in a file, reading it gives a script or a ScriptError."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundwright.scripts_compiler.catalogue.generate import VOCALS
from soundwright.scripts_compiler.document import Document, dump_yaml, from_data, loads, plain
from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.operations import builtin
from soundwright.scripts_compiler.reading import decode

ROOT = Path(__file__).parents[2]
STORIES = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").glob("*.yaml"))]
SEEDS = [*STORIES * 20, *(p.read_text(encoding="utf-8") for p in sorted((ROOT / "tests/golden/broken").glob("*.yaml")))]
SCRAPS = """
{ } [ ] , # *a | > ' " ? !x null true yes .nan -.inf 1e999 -0.0 0x 999999999999999999999999999999999999999999999999
💥 end
""".split()  # noqa: SIM905  reads better
SCRAPS += [": ", "- ", "\n", "\n  ", "&a ", "!!str ", "<<: *a", "\t", "\0", "\ufeff", "\ud800", "\u2028", "start: {}"]


def is_accepted(read: Callable[[], Document]) -> bool:
    """Whether a script is read, which then has to survive its plain forms; a refusal has to have a reason."""
    try:
        document = read()
    except ScriptError as error:
        if not (error.problems and str(error)):
            raise AssertionError("a refusal without a reason") from error
        return False
    assert loads(document.as_json()).script == document.script
    assert loads(dump_yaml(plain(document.script))).script == document.script
    return True


def ends(strategy: st.SearchStrategy[Any], limits: settings, read: Callable[[Any], Document]) -> set[bool]:
    """Which of the two ends all that a strategy draws comes to: is it accepted?"""
    seen: set[bool] = set()

    @limits
    @given(strategy)
    def each(drawn: Any) -> None:
        seen.add(is_accepted(partial(read, drawn)))

    each()
    return seen


TOKENS = sorted({token for text in SEEDS for token in re.findall(r"[\w.-]{1,20}", text)})


def mutated(seed: int) -> str:
    """One of the known scripts, a little changed: characters, words or lines."""
    draw = random.Random(seed)  # noqa: S311  no secret
    text = draw.choice(SEEDS)
    change = draw.choice((_characters, _words, _words, _lines))
    for _ in range(draw.randint(1, 4)):
        text = change(text, draw)
    return text


def _characters(text: str, draw: random.Random) -> str:
    start = draw.randrange(len(text) + 1)
    end = min(len(text), start + draw.choice((0, 1, 3, 10, 40)))
    return text[:start] + draw.choice((draw.choice(SCRAPS), "", text[start:end] * 2)) + text[end:]


def _words(text: str, draw: random.Random) -> str:
    words: list[re.Match[str]] = list(re.finditer(r"[\w.-]+", text))
    if not words:
        return text
    word = draw.choice(words)
    return f"{text[: word.start()]}{draw.choice(TOKENS)}{text[word.end() :]}"


def _lines(text: str, draw: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    first, second = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[first] = draw.choice(("", lines[first] * 2, lines[second]))
    return "".join(lines) or "#"


NAMES = st.sampled_from(["a1", "b1", "x", "end", "Ann", "Bob", "s", "rec", "s.stem", "", "a b", "théâtre", "a" * 70])
NUMBERS = st.one_of(st.integers(-3, 3), st.floats(), st.integers(), st.sampled_from([0.5, 1e9, 2**70]))
LEAVES = st.one_of(NAMES, NUMBERS, st.booleans(), st.none(), st.text(max_size=10), st.sampled_from(VOCALS))
FIELDS = """
version title language duration voices pronounce inputs steps cues seed master name description sample consent tool
preset word say id file op audio impulse type voice text vocal emotion speed length layer until duck gain pan
loudness fade_in fade_out effects space take track start source from to with after on_word of nth at offset
sample_rate channels true_peak from_ bands gains
""".split()  # noqa: SIM905  reads better
DATA = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6)),
    max_leaves=30,
)
POINT = st.one_of(
    st.fixed_dictionaries({"after": NAMES}),
    st.fixed_dictionaries({"with": NAMES, "offset": st.floats(-9, 9)}),
    st.fixed_dictionaries({"at": st.integers(0, 9)}),
    st.fixed_dictionaries({"offset": st.integers(-9, 9)}),
    st.fixed_dictionaries({"on_word": NAMES, "of": NAMES}),
    DATA,
)
OPERATION = st.sampled_from([*builtin(), "nothing"])
EFFECTS = st.lists(
    st.one_of(OPERATION, st.fixed_dictionaries({"op": OPERATION}, optional={"impulse": NAMES})), max_size=3
)
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "id": NAMES, "start": POINT, "until": st.one_of(NAMES, POINT),
    "layer": st.sampled_from(["foreground", "background"]),
    "length": st.one_of(st.integers(1, 9), NUMBERS), "effects": EFFECTS, "track": NAMES, "gain": DATA, "take": NUMBERS,
}  # fmt: skip
CUE = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("speech"), "voice": NAMES, "text": st.one_of(NAMES, DATA)}, optional=OPTIONAL
    ),
    st.fixed_dictionaries({"type": st.just("sound"), "description": NAMES}, optional=OPTIONAL),
    st.fixed_dictionaries({"type": st.just("music"), "description": NAMES}, optional=OPTIONAL),
    st.fixed_dictionaries({"type": st.just("clip"), "source": NAMES}, optional=OPTIONAL),
    st.fixed_dictionaries({"type": st.just("pause"), "length": NUMBERS}, optional={"id": NAMES}),
    st.fixed_dictionaries({"type": st.just("scene"), "id": NAMES}),
)
STEP = st.fixed_dictionaries(
    {"id": NAMES, "op": OPERATION},
    optional={
        "audio": st.one_of(NAMES, st.lists(NAMES, max_size=3), DATA),
        "text": DATA,
        "voice": NAMES,
        "sample": NAMES,
    },
)
SCRIPT = st.fixed_dictionaries(
    {"version": st.just(1), "cues": st.lists(CUE, min_size=1, max_size=8)},
    optional={
        "voices": st.lists(
            st.fixed_dictionaries(
                {"name": NAMES, "description": NAMES}, optional={"effects": EFFECTS, "sample": NAMES}
            ),
            max_size=3,
        ),
        "inputs": st.lists(st.fixed_dictionaries({"id": NAMES, "file": NAMES}), max_size=2),
        "steps": st.lists(STEP, max_size=4),
        "pronounce": DATA,
        "master": DATA,
        "duration": NUMBERS,
    },
)

FAST = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(FAST, max_examples=6000)


BYTES = st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")))
BOTH = {True, False}


def read_bytes(raw: bytes) -> Document:
    return loads(decode(raw, "fuzz"))


def read_json(data: Any) -> Document:
    return loads(json.dumps(data))


def ends_of_mutations(seeds: range) -> set[bool]:
    return {is_accepted(partial(loads, mutated(seed))) for seed in seeds}


@pytest.mark.parametrize("part", range(8))
def test_mutated_scripts(part: int) -> None:
    assert ends_of_mutations(range(part * 150, part * 150 + 150)) == BOTH


def test_random_bytes() -> None:
    assert ends(st.binary(max_size=200), FAST, read_bytes) == {False}


def test_random_data_as_json() -> None:
    assert False in ends(DATA, FAST, read_json)


def test_random_scripts() -> None:
    assert ends(SCRIPT, FAST, from_data) == BOTH


@pytest.mark.engines
@pytest.mark.parametrize("part", range(10))
def test_mutated_scripts_at_length(part: int) -> None:
    assert ends_of_mutations(range(10_000 + part * 1000, 11_000 + part * 1000)) == BOTH


@pytest.mark.engines
def test_random_bytes_at_length() -> None:
    assert ends(BYTES, LONG, read_bytes) == {False}


@pytest.mark.engines
def test_random_data_at_length() -> None:
    assert False in ends(DATA, LONG, read_json)
    assert False in ends(DATA, LONG, from_data)


@pytest.mark.engines
def test_random_scripts_at_length() -> None:
    assert ends(SCRIPT, LONG, from_data) == BOTH
