from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from soundwright.tools.alignment.pocketsphinx import PocketsphinxTool
from soundwright.tools.assets import Asset, Audio, Speech, Text, Word, content_hash
from soundwright.tools.base import Context, Place, Request, Tool
from soundwright.tools.errors import Cancelled, ToolError, ToolMissing
from soundwright.tools.model_store import ModelStore
from soundwright.tools.tts.hibari import HibariTool
from soundwright.tools.tts.kokoro import KokoroTool
from soundwright.tools.tts.kokoro_symbols import SYMBOLS
from soundwright.tools.tts.kokoro_voices import STYLES, voices
from soundwright.tools.tts.pico import PicoTool

pytest.importorskip("hibari", reason="the extra 'local' is not installed")
TEXT = "Dr. Smith — at 7:30 — knocked twice."


def _loaded(tool: Tool, place: Place) -> Tool:
    tool.load(place)
    return tool


@pytest.fixture(scope="module")
def kokoro() -> Iterator[Tool]:
    store = ModelStore()
    store.pull("kokoro-82m")
    tool = _loaded(KokoroTool(), Place(weights=store.paths(("kokoro-82m",)), threads=2))
    yield tool
    tool.close()


@pytest.fixture(scope="module")
def hibari() -> Tool:
    return _loaded(HibariTool(), Place())


@pytest.fixture(scope="module")
def aligner() -> Tool:
    return _loaded(PocketsphinxTool(), Place())


def _run(tool: Tool, *params: dict[str, Any], context: Context | None = None) -> list[Asset | ToolError]:
    batch = [Request("speak", one) for one in params]
    return [result for _, result in sorted(tool.run(batch, context or Context()), key=lambda pair: pair[0])]


def _speech(result: Asset | ToolError) -> Speech:
    assert isinstance(result, Speech), result
    return result


def test_kokoro_gives_equal_bytes_alone_and_in_a_batch(kokoro: Tool) -> None:
    first, second = {"text": "Sit down.", "preset": "bm_lewis"}, {"text": "Who are you?", "preset": "girl_us_1"}
    together = [_speech(result) for result in _run(kokoro, first, second)]
    alone = [_speech(_run(kokoro, one)[0]) for one in (first, second)]
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(together, alone, strict=True))
    assert all(0.4 < one.length_s < 3 and np.isfinite(one.samples).all() for one in together)
    assert np.abs(together[0].samples).max() > 0.05


def test_kokoro_heeds_speed_take_and_text_of_a_step(kokoro: Tool) -> None:
    usual = {"text": "Come in.", "preset": "af_heart"}
    plain, fast, other = (_speech(one) for one in _run(kokoro, usual, usual | {"speed": 1.8}, usual | {"take": 1}))
    assert fast.length_s < 0.8 * plain.length_s
    assert not np.array_equal(plain.samples, other.samples)
    fed = Request("speak", {"text": "", "preset": "af_heart"}, {"text": Text("Come in.")})
    ((_, result),) = kokoro.run([fed], Context())
    assert np.array_equal(_speech(result).samples, plain.samples)


def test_kokoro_refuses_what_it_cannot_say_and_goes_on(kokoro: Tool) -> None:
    results = _run(
        kokoro,
        {"text": "🙂 …"},
        {"text": "Привет", "preset": "af_heart"},
        {"text": "Hi", "preset": "nobody"},
        {"text": "Salut", "language": "fr"},
        {"text": "Привет", "preset": "af_heart", "pronounce": [{"word": "привет", "say": "pree vyet"}]},
    )
    messages = [str(result) if isinstance(result, ToolError) else "" for result in results]
    assert [
        key in message for key, message in zip(("nothing", "Cyrillic", "nobody", "'fr'"), messages, strict=False)
    ] == [True] * 4
    assert isinstance(results[4], Speech)


def test_kokoro_stops_when_cancelled(kokoro: Tool) -> None:
    with pytest.raises(Cancelled):
        _run(kokoro, {"text": "One. Two.", "preset": "af_heart"}, context=Context(cancelled=lambda: True))


def test_kokoro_without_weights_says_what_to_run() -> None:
    with pytest.raises(ToolMissing, match="soundwright models pull kokoro-82m"):
        KokoroTool().load(Place())


def test_every_kokoro_voice_is_well_formed() -> None:
    for preset, voice in voices().items():
        assert preset == voice.info.preset
        assert abs(sum(weight for _, weight in voice.mix) - 1) < 1e-6
        assert all(name in STYLES for name, _ in voice.mix)
        assert voice.info.gender in {"male", "female", "neutral"}
        assert 60 < voice.info.pitch_hz < 400
    assert len(STYLES) == 54
    assert max(SYMBOLS.values()) == 177


def test_hibari_repeats_itself_exactly(hibari: Tool) -> None:
    one, other = (_speech(result) for result in _run(hibari, {"text": TEXT}, {"text": TEXT}))
    assert np.array_equal(one.samples, other.samples)
    assert 1.5 < one.length_s < 6


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Guten Tag, Frau Müller!"), ("es", "¿Qué hora es?"), ("fr", "C'est l'été."), ("it", "Com'è bello!")],
)
def test_pico_speaks_its_languages(language: str, text: str) -> None:
    pytest.importorskip("py_nanotts")
    tool = _loaded(PicoTool(), Place())
    presets = [voice.preset for voice in tool.spec.voices if voice.language == language]
    spoken = [_speech(one) for one in _run(tool, *({"text": text, "language": language, "preset": p} for p in presets))]
    assert len(spoken) == 4
    assert all(0.5 < one.length_s < 5 for one in spoken)
    assert isinstance(_run(tool, {"text": text, "language": language, "preset": "en-US"})[0], ToolError)


def _aligned(aligner: Tool, audio: Audio, text: str) -> Speech:
    ((_, result),) = aligner.run([Request("align", {"text": text}, {"audio": audio})], Context())
    return _speech(result)


def test_every_written_word_gets_its_time(aligner: Tool, hibari: Tool) -> None:
    spoken = _speech(_run(hibari, {"text": TEXT})[0])
    words = _aligned(aligner, spoken, TEXT).words
    assert words is not None
    assert [word.text for word in words] == TEXT.split()
    times = [time for word in words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert 0 <= times[0] < 0.4
    assert spoken.length_s - 0.5 < times[-1] <= spoken.length_s
    assert words[2].start_s == words[2].end_s == words[1].end_s


def test_alignment_finds_a_pause_where_it_is(aligner: Tool, hibari: Tool) -> None:
    one, two = (_speech(result) for result in _run(hibari, {"text": "Let me in."}, {"text": "Nobody answered."}))
    gap_s = 1.5
    whole = np.concatenate([one.samples, np.zeros((1, round(gap_s * one.rate)), np.float32), two.samples], axis=1)
    words = _aligned(aligner, Audio(whole, one.rate), "Let me in. Nobody answered.").words
    assert words is not None
    assert one.length_s + gap_s - 0.1 < words[3].start_s < one.length_s + gap_s + 0.4


def test_text_that_does_not_fit_gives_no_times(aligner: Tool) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (1, 16000)).astype(np.float32)
    assert _aligned(aligner, Audio(noise, 16000), "a long sentence " * 20).words is None


def test_times_that_are_known_are_passed_on(aligner: Tool) -> None:
    known = Speech(np.zeros((1, 800), np.float32), 16000, text="Hi", words=(Word("Hi", 0.0, 0.05),))
    assert _aligned(aligner, known, "Hi") is known


def test_alignment_does_not_depend_on_what_came_before(aligner: Tool, hibari: Tool) -> None:
    spoken = _speech(_run(hibari, {"text": TEXT})[0])
    first = _aligned(aligner, spoken, TEXT).words
    _aligned(aligner, _speech(_run(hibari, {"text": "Something else entirely."})[0]), "Something else entirely.")
    fresh = _aligned(_loaded(PocketsphinxTool(), Place()), spoken, TEXT).words
    assert first == _aligned(aligner, spoken, TEXT).words == fresh


def test_pico_gives_equal_bytes_alone_after_others_and_in_a_batch() -> None:
    pytest.importorskip("py_nanotts")
    lines = [f"This is line number {n} of the story." for n in range(4)]
    requests = [Request("speak", {"text": line, "preset": "en-GB", "language": "en"}) for line in lines]
    together, alone = PicoTool(), PicoTool()
    together.load(Place())
    batch = dict(together.run(requests, Context()))
    single = [dict(alone.run([request], Context()))[0] for request in reversed(requests)][::-1]
    hashes = [content_hash(asset) for asset in batch.values() if not isinstance(asset, ToolError)]
    assert hashes == [content_hash(asset) for asset in single if not isinstance(asset, ToolError)]
    assert len(set(hashes)) == 4
