"""Coqui's XTTS and VITS: texts cut and joined here; the networks, on toy weights, where their environment is made.

The environment takes 7.6 GB: ``soundwright environments make coqui-xtts`` makes it.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Asset, Audio, Speech, Text, Voice
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import Cancelled, ToolError, ToolMissing
from soundwright.tools.homes.isolated import IsolatedTool
from soundwright.tools.homes.requirements import checked_requirements
from soundwright.tools.model_store import ModelStore
from soundwright.tools.tts.coqui import CoquiVitsTool, CoquiXttsTool
from tests.environments import Made, engine_module, stood_in

pytestmark = pytest.mark.xdist_group("coqui")
SCRIPT = Path(__file__).with_name("coqui_toys.py")
XTTS, VITS = Made(CoquiXttsTool), Made(CoquiVitsTool)
SENTENCE = "The harbour was quiet, and the boats lay still. "
BEEP = '''
"""Stands where coqui would: a second of sound for each letter that is not silent, and the text in the error."""
import numpy as np


def load(place):
    pass


def run(requests, context):
    for index, request in enumerate(requests):
        params = request["params"]
        if request["op"] == "clone_voice":
            yield index, {"kind": "Voice", "tool": "coqui-xtts", "data": b"voice"}
        elif "boom" in params["text"]:
            yield index, {"error": "refused: " + params["text"]}
        else:
            assert set(params) == {"text", "language", "preset", "speed"} and "text" not in request["inputs"]
            tone = 0.5 * np.sin(np.arange(10 * len(params["text"])))
            yield index, {"kind": "Audio", "samples": tone[None].astype(np.float32), "rate": 1000}
'''


@pytest.fixture
def beeping(tmp_path: Path) -> Iterator[CoquiXttsTool]:
    with stood_in(CoquiXttsTool, BEEP, tmp_path) as tool:
        yield tool


def speak(text: str, seed: int = 1, language: str = "en", **more: Any) -> Request:
    inputs: dict[str, Asset] = {port: more.pop(port) for port in ("sample", "clone") if port in more}
    return Request("speak", {"text": text, "language": language, "take": 0, **more}, inputs, seed)


def recording(seconds: float = 3.0, pitch: float = 140.0, rate: int = 16000) -> Audio:
    time = np.arange(round(seconds * rate)) / rate
    sound = sum(np.sin(2 * np.pi * pitch * part * time) / part for part in range(1, 9))
    return Audio(np.stack([0.2 * sound, 0.1 * sound]).astype(np.float32), rate)


# --- our side ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tool", [CoquiXttsTool, CoquiVitsTool])
def test_what_it_requires_and_which_weights_are_declared(tool: type[CoquiXttsTool], tmp_path: Path) -> None:
    spec = tool.spec
    assert len(checked_requirements(spec.requirements)) == len(spec.requirements)
    assert spec.requirements == CoquiXttsTool.spec.requirements  # so that they share one environment
    assert tool.engine.is_file()
    (name,) = spec.models
    model = ModelStore(tmp_path).model(name)
    assert (model.commercial_ok, bool(model.terms), model.gated) == (spec.commercial_ok, True, spec.gated)
    assert model.licence == spec.licence_weights


def test_long_texts_are_spoken_in_pieces_and_joined(beeping: CoquiXttsTool) -> None:
    one, many = SENTENCE.strip(), (SENTENCE * 12).strip()
    results = dict(beeping.run([speak(one), speak("boom"), speak(many), speak("...")], Context()))
    assert isinstance(results[0], Speech)
    assert isinstance(results[2], Speech)
    assert results[0].frames == 10 * len(one)
    assert results[2].text == many
    spoken, quiet = 10 * len(many), np.count_nonzero(results[2].samples == 0)
    assert spoken - 100 < results[2].frames - quiet < spoken + 100
    assert quiet > 2 * 250  # pauses between at least three pieces
    assert str(results[1]) == "refused: boom"
    assert "nothing to speak" in str(results[3])


def test_one_piece_that_fails_is_one_error_of_its_request(beeping: CoquiXttsTool) -> None:
    text = (SENTENCE * 5 + "Then a boom. ") * 3
    found = list(beeping.run([speak(text), speak(SENTENCE)], Context()))
    assert Counter(index for index, _ in found) == {0: 1, 1: 1}
    assert isinstance(dict(found)[0], ToolError)
    assert isinstance(dict(found)[1], Speech)


def test_chinese_and_japanese_are_cut_at_their_own_signs(beeping: CoquiXttsTool) -> None:
    sentence = "港はとても静かで、船は動かずに並んでいました。"
    (made,) = [result for _, result in beeping.run([speak(sentence * 8, language="ja")], Context())]
    assert isinstance(made, Speech)
    pieces = [piece.params["text"] for piece, _ in beeping._cut(speak(sentence * 8, language="ja"))]
    assert pieces == [sentence.replace("。", ".")] * 8
    clauses = beeping._cut(speak(sentence.replace("。", "、") * 8, language="ja"))
    assert len(clauses) > 1
    assert all(len(piece.params["text"]) <= 68 and piece.params["text"][-1] == "、" for piece, _ in clauses)


def test_a_text_of_a_step_is_spoken(beeping: CoquiXttsTool) -> None:
    request = Request("speak", {"language": "de"}, {"text": Text("Guten Tag.")}, 1)
    (made,) = [result for _, result in beeping.run([request], Context())]
    assert isinstance(made, Speech)
    assert (made.text, made.language) == ("Guten Tag.", "de")


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (speak("Hei.", language="fi"), "coqui-xtts does not speak 'fi'"),
        (speak("Hi.", clone=Voice("pocket-tts", b"x")), "only pocket-tts can speak with it"),
        (Request("clone_voice", {}), "clone_voice needs audio"),
    ],
)
def test_what_cannot_be_done_never_reaches_the_engine(request_: Request, says: str, beeping: CoquiXttsTool) -> None:
    ((_, result),) = beeping.run([request_], Context())
    assert says in str(result)
    assert isinstance(result, ToolError)


# --- how checkpoints are read ------------------------------------------------------------------------------------


@pytest.fixture
def engine() -> ModuleType:
    return engine_module(CoquiXttsTool)


@pytest.mark.engines
def test_objects_in_a_checkpoint_are_never_loaded(engine: ModuleType, tmp_path: Path) -> None:
    import torch

    path = tmp_path / "model.pth"
    torch.save({"model": {}, "config": Path("x")}, path)
    with pytest.raises(engine.ToolMissing, match="holds more than tensors and settings, which is never loaded"):
        engine.read_state(torch, path)


@pytest.mark.engines
def test_settings_of_coqui_in_a_checkpoint_become_empty_objects(
    engine: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    name = engine.OLD_CLASSES[0]
    parts = name.split(".")[:-1]
    module = ModuleType(".".join(parts))
    kind = type(name.rpartition(".")[2], (), {"__module__": module.__name__})
    vars(module)[kind.__name__] = kind
    with monkeypatch.context() as patch:
        for count in range(1, len(parts)):
            patch.setitem(sys.modules, ".".join(parts[:count]), ModuleType(parts[0]))
        patch.setitem(sys.modules, module.__name__, module)
        settings = kind()
        settings.rate = 22050
        torch.save({"model": {"xtts.a": torch.ones(2), "disc.b": torch.ones(1)}, "config": settings}, tmp_path / "m")
    found = engine.read_tensors(torch, tmp_path / "m")
    assert isinstance(found["config"], engine.Ignored)
    assert list(engine.read_state(torch, tmp_path / "m")) == ["a"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "holds no settings"),
        ("[]", "holds no settings"),
        ('{"model": "tacotron"}', "is of 'tacotron', not of 'vits'"),
        ('{"model": "vits", "characters": {"characters_class": "os.Thing"}}', "no class of coqui"),
    ],
)
def test_settings_that_are_none_are_said(content: str, says: str, engine: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(engine.ToolMissing, match=says):
        engine.read_settings(str(tmp_path), "vits", None, engine.BESIDE)


# --- coqui itself, where its environment is made -----------------------------------------------------------------


def files(made: Made, folder: Path) -> dict[str, Path]:
    """Weights as the store names them."""
    (model,) = made.spec.models
    return {model: folder}


test_xtts_conforms = XTTS.conforms(lambda folder: files(XTTS, XTTS.toys(SCRIPT, folder) / "xtts"))
test_vits_conforms = VITS.conforms(lambda folder: files(VITS, VITS.toys(SCRIPT, folder) / "vits"))


@pytest.fixture(scope="module")
def weights(weights_folder: Path) -> Path:
    """A folder of toy checkpoints that coqui's classes wrote."""
    return XTTS.toys(SCRIPT, weights_folder)


@pytest.fixture(scope="module")
def xtts(weights: Path) -> Iterator[IsolatedTool]:
    with XTTS.loaded(files(XTTS, weights / "xtts")) as tool:
        yield tool


@pytest.fixture(scope="module")
def vits(weights: Path) -> Iterator[IsolatedTool]:
    with VITS.loaded(files(VITS, weights / "speakers")) as tool:
        yield tool


@pytest.mark.engines
def test_xtts_speaks_by_its_seed_and_its_voices(xtts: IsolatedTool, kit: Any) -> None:
    kit.check_seeds_and_batches(xtts, speak, ["a boat", "the harbour was quiet"])
    first, other = kit.sounds(xtts, [speak("a boat"), speak("a boat", preset="Viktor Eka")])
    assert first.rate == 24000
    assert first.samples.shape != other.samples.shape or kit.snr_db(first, other) < 40
    (result,) = [result for _, result in xtts.run([speak("a boat", preset="Nobody")], Context())]
    assert "no voice 'Nobody' here. There are: Claribel Dervla, Viktor Eka." in str(result)


@pytest.mark.engines
@pytest.mark.parametrize(("language", "text"), [
    ("ja", "港は静かです。"), ("zh", "港口很安静。"), ("ko", "항구는 조용하다."), ("de", "Es waren 12 Boote."),
    ("hi", "नाव शांत थी।"), ("ar", "كان الميناء هادئا."), ("ru", "В гавани было тихо."), ("pl", "W porcie było cicho."),
])  # fmt: skip
def test_xtts_reads_the_scripts_of_its_languages(language: str, text: str, xtts: IsolatedTool, kit: Any) -> None:
    (made,) = kit.sounds(xtts, [speak(text, language=language)])
    assert made.language == language


@pytest.mark.engines
def test_xtts_speaks_long_texts_and_faster(xtts: IsolatedTool, kit: Any) -> None:
    long, short = kit.sounds(xtts, [speak(SENTENCE * 9), speak(SENTENCE)])
    assert long.length_s > 2 * short.length_s
    slow, quick = kit.sounds(xtts, [speak("a boat", speed=1.0), speak("a boat", speed=2.0)])
    assert quick.frames == pytest.approx(slow.frames / 2, rel=0.1)


@pytest.mark.engines
def test_xtts_learns_a_voice_and_speaks_with_it(xtts: IsolatedTool, kit: Any) -> None:
    low, high = recording(), recording(pitch=320.0)
    learned, again = kit.ran(xtts, [Request("clone_voice", {}, {"audio": low}, seed) for seed in (1, 2)])
    assert isinstance(learned, Voice)
    assert learned == again
    by_voice, by_sample, other, own = kit.sounds(
        xtts,
        [speak("a boat", clone=learned), speak("a boat", sample=low), speak("a boat", sample=high), speak("a boat")],
    )
    assert kit.snr_db(by_voice, by_sample) > 80
    assert not np.array_equal(by_voice.samples, other.samples)
    assert not np.array_equal(by_voice.samples, own.samples)


@pytest.mark.engines
@pytest.mark.parametrize(("inputs", "says"), [
    ({"sample": recording(0.4)}, "cannot be learned from 0.40 s"),
    ({"sample": Audio(np.zeros((1, 48000), np.float32), 16000)}, "from silence"),
    ({"clone": Voice("coqui-xtts", b"no voice")}, "is no voice of coqui-xtts"),
])  # fmt: skip
def test_a_recording_that_is_no_voice_is_refused(inputs: dict[str, Any], says: str, xtts: IsolatedTool) -> None:
    ((_, result),) = xtts.run([speak("a boat", **inputs)], Context())
    assert says in str(result)
    assert isinstance(result, ToolError)


@pytest.mark.engines
def test_cancelling_leaves_within_a_step(xtts: IsolatedTool, kit: Any) -> None:
    with pytest.raises(Cancelled):
        list(xtts.run([speak(SENTENCE * 40)], kit.cancelled_after(4)))
    assert kit.sounds(xtts, [speak("a boat")])


@pytest.mark.engines
def test_vits_speaks_by_its_seed_speed_and_speakers(vits: IsolatedTool, weights: Path, kit: Any) -> None:
    kit.check_seeds_and_batches(vits, speak, ["a boat", SENTENCE * 8])
    first, other, slow = kit.sounds(vits, [speak("a boat"), speak("a boat", preset="p227"), speak("a boat", speed=0.5)])
    assert first.rate == 22050
    assert not np.array_equal(first.samples, other.samples)
    assert slow.frames > 1.5 * first.frames
    results = dict(vits.run([speak("a boat", preset="p999"), speak("Γεια")], Context()))
    assert "There are: p225, p226, p227." in str(results[0])
    assert isinstance(results[1], ToolError)


@pytest.mark.engines
def test_vits_of_one_speaker_speaks(weights: Path, kit: Any) -> None:
    with VITS.loaded(files(VITS, weights / "vits")) as tool:
        (made,) = kit.sounds(tool, [speak("a boat", preset="default")])
        assert made.rate == 22050
        ((_, result),) = tool.run([speak("a boat", preset="p225")], Context())
        assert "It has one voice." in str(result)


@pytest.mark.engines
def test_weights_of_the_other_kind_are_missing_ones(weights: Path) -> None:
    given = files(XTTS, weights / "vits")
    with pytest.raises(ToolMissing, match="is of 'vits', not of 'xtts'"), XTTS.loaded(given):
        pass
