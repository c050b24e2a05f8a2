"""Engines that listen, on toy weights: the loading code, windows, languages, and what cannot be done."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.alignment.wav2vec2 import Wav2Vec2Tool
from soundwright.tools.asr.parakeet import ParakeetTool, words_of
from soundwright.tools.asr.whisper_torch import WhisperTorchTool
from soundwright.tools.assets import Audio, Events, Image, Scores, Speech, Text, Transcript
from soundwright.tools.audio_files import write
from soundwright.tools.base import Context, Place, Request, Tool
from soundwright.tools.diarization.nemotron import NemotronTool
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.sfx.image_to_sound import ImageToSoundTool, sound_of
from soundwright.tools.tagging.ast import AstTool
from soundwright.tools.tagging.clap import ClapLibraryTool, ClapTool
from soundwright.tools.translation.canary import CanaryTool
from soundwright.tools.translation.seamless import SeamlessTool
from soundwright.tools.translation.text import M2m100Tool, NllbTool, sentences
from soundwright.tools.understanding import qwen2_audio
from soundwright.tools.understanding.emotion import EmotionTool
from soundwright.tools.understanding.qwen2_audio import Qwen2AudioTool

pytestmark = pytest.mark.engines
Toys = Callable[[str], Path]


@pytest.fixture(scope="module")
def noise(kit: Any) -> Audio:
    """In stereo, at another rate than the networks'."""
    made: Audio = kit.noise(rate=24000, channels=2)
    return made


# --- letters in time ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wav2vec2(toys: Toys, kit: Any) -> Tool:
    tool: Tool = kit.loaded(Wav2Vec2Tool("en"), toys("wav2vec2-base-960h"))
    return tool


def test_wav2vec2_times_every_word_and_leaves_strange_letters_out(wav2vec2: Tool, noise: Audio, kit: Any) -> None:
    made = kit.one(
        wav2vec2, "align", {"audio": noise}, text="Dr. Smith — at 7:30 — knocked 漢 twice.", language="en-US"
    )
    assert isinstance(made, Speech)
    assert made.words is not None
    assert [word.text for word in made.words] == ["Dr.", "Smith", "—", "at", "7:30", "—", "knocked", "漢", "twice."]
    times = [time for word in made.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert made.words[7].start_s == made.words[7].end_s
    assert np.array_equal(made.samples, noise.samples)


def test_wav2vec2_writes_words_down(wav2vec2: Tool, noise: Audio, kit: Any) -> None:
    heard = kit.one(wav2vec2, "transcribe", {"audio": noise}, language="")
    assert isinstance(heard, Transcript)
    assert heard.language == "en"
    assert heard.text == " ".join(word.text for word in heard.words)
    with pytest.raises(ToolError, match="knows 'en' only"):
        kit.one(wav2vec2, "transcribe", {"audio": noise}, language="de")


def test_text_that_is_too_long_for_its_sound_gets_no_times(wav2vec2: Tool, kit: Any) -> None:
    short = Audio(np.random.default_rng(1).normal(0, 0.1, (1, 8000)).astype(np.float32), 16000)
    made = kit.one(wav2vec2, "align", {"audio": short}, text="a long sentence " * 20, language="en")
    assert isinstance(made, Speech)
    assert made.words is None


# --- whisper -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whisper(toys: Toys, kit: Any) -> Tool:
    tool: Tool = kit.loaded(WhisperTorchTool(), toys("whisper-small"))
    return tool


def test_whisper_hears_long_sound_in_pieces_with_word_times(whisper: Tool, noise: Audio, kit: Any) -> None:
    long = Audio(np.tile(noise.samples, (1, 3)), noise.rate)
    heard = kit.one(whisper, "transcribe", {"audio": long}, language="de")
    assert isinstance(heard, Transcript)
    assert heard.language == "de"
    assert heard.text
    times = [time for word in heard.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert all(0 <= time <= long.length_s for time in times)
    assert kit.one(whisper, "transcribe", {"audio": long}, language="de") == heard


def test_whisper_recognises_the_language_and_translates_into_english_only(
    whisper: Tool, noise: Audio, kit: Any
) -> None:
    heard = kit.one(whisper, "transcribe", {"audio": noise}, language="")
    assert isinstance(heard, Transcript)
    assert 2 <= len(heard.language) <= 3
    english = kit.one(whisper, "translate_audio", {"audio": noise}, language="fr", to="en")
    assert isinstance(english, Transcript)
    assert english.language == "en"
    with pytest.raises(ToolError, match="into English only"):
        kit.one(whisper, "translate_audio", {"audio": noise}, language="fr", to="de")
    scores = kit.one(whisper, "score_words", {"audio": noise}, text="Nobody answered.", language="en")
    assert isinstance(scores, Scores)
    assert scores.scores["words"] == 2


# --- parakeet, canary --------------------------------------------------------------------------------------------


def test_parakeet_times_words_and_groups_their_pieces(toys: Toys, noise: Audio, kit: Any) -> None:
    tool = kit.loaded(ParakeetTool(), toys("parakeet-tdt-0.6b-v3"))
    heard = kit.one(tool, "transcribe", {"audio": noise}, language="de-AT")
    assert isinstance(heard, Transcript)
    assert heard.language == "de"
    times = [time for word in heard.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert isinstance(kit.one(tool, "score_words", {"audio": noise}, text="the sea", language="en"), Scores)
    tokens = [(" the", 0.1, 0.2), (" se", 0.4, 0.5), ("a", 0.5, 0.6), (".", 0.6, 0.6)]
    rows = [{"token": token, "start": start, "end": end} for token, start, end in tokens]
    assert list(words_of(rows)) == [("the", 0.1, 0.2), ("sea.", 0.4, 0.6)]


def test_canary_writes_down_and_translates_what_it_is_told(toys: Toys, noise: Audio, kit: Any) -> None:
    tool = kit.loaded(CanaryTool(), toys("canary-1b-v2"))
    heard = kit.one(tool, "transcribe", {"audio": noise}, language="de")
    assert isinstance(heard, Transcript)
    english = kit.one(tool, "translate_audio", {"audio": noise}, language="de", to="en")
    assert isinstance(english, Transcript)
    assert (heard.language, english.language) == ("de", "en")
    for params, fault in (
        ({"language": ""}, "give `language`"), ({"language": "ja"}, "does not know"),
        ({"language": "de", "to": "fr"}, "from or into English"),
    ):  # fmt: skip
        with pytest.raises(ToolError, match=fault):
            kit.one(tool, "translate_audio", {"audio": noise}, **{"to": "en", **params})


# --- tags --------------------------------------------------------------------------------------------------------


def test_ast_tags_and_finds(toys: Toys, noise: Audio, kit: Any) -> None:
    tool = kit.loaded(AstTool(), toys("ast-audioset"))
    tags = kit.one(tool, "tag", {"audio": noise}, top=2)
    assert isinstance(tags, Events)
    assert len(tags.events) == 2
    assert {event.label for event in tags.events} <= {"Speech", "Dog", "Music"}
    found = kit.one(tool, "detect", {"audio": noise}, descriptions=["dogs"], threshold=0.0)
    assert isinstance(found, Events)
    assert found.events[0].start_s == 0
    assert found.events[-1].end_s == pytest.approx(noise.length_s)
    assert kit.one(tool, "tag", {"audio": Audio(np.zeros((1, 999), np.float32), 8000)}, top=2) == Events(())
    with pytest.raises(ToolError, match="named like 'a violin'"):
        kit.one(tool, "detect", {"audio": noise}, descriptions=["a violin"], threshold=0.3)


def test_clap_rates_finds_and_retrieves(
    toys: Toys, noise: Audio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kit: Any
) -> None:
    folder = toys("clap-htsat")
    tool = kit.loaded(ClapTool(), folder)
    rated = kit.one(tool, "score_match", {"audio": noise}, description="rain")
    assert isinstance(rated, Scores)
    assert -1 <= rated.scores["similarity"] <= 1
    assert kit.one(tool, "score_match", {"audio": noise}, description="a dog barks") != rated
    found = kit.one(tool, "detect", {"audio": noise}, descriptions=["rain", "dog"], threshold=0.0)
    assert isinstance(found, Events)
    assert {event.label for event in found.events} == {"rain", "dog"}

    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(tmp_path / "home"))
    library = tmp_path / "sounds"
    library.mkdir()
    for number in range(3):
        write(library / f"{number}.wav", Audio(noise.samples[:, : 24000 * (number + 1)].copy(), noise.rate))
    monkeypatch.setenv("SOUNDWRIGHT_LIBRARY", str(library))
    retrieving = kit.loaded(ClapLibraryTool(), folder)
    lengths = set()
    for take in range(3):
        sound = kit.one(retrieving, "retrieve_sound", {}, description="rain", take=take)
        assert isinstance(sound, Audio)
        lengths.add(round(sound.length_s))
    assert lengths == {1, 2, 3}
    with pytest.raises(ToolError, match="one too many"):
        kit.one(retrieving, "retrieve_sound", {}, description="rain", take=3)


# --- emotion, speakers -------------------------------------------------------------------------------------------


def test_emotions_are_told_stretch_by_stretch(toys: Toys, noise: Audio, kit: Any) -> None:
    tool = kit.loaded(EmotionTool(), toys("hubert-emotion"))
    found = kit.one(tool, "recognize_emotion", {"audio": noise})
    assert isinstance(found, Events)
    assert len(found.events) >= 2
    assert {event.label for event in found.events} <= {"neutral", "happy", "angry", "sad"}
    assert found.events[0].start_s == 0
    assert found.events[-1].end_s == pytest.approx(noise.length_s)
    quiet = Audio(np.zeros((1, 16000), np.float32), 16000)
    assert kit.one(tool, "recognize_emotion", {"audio": quiet}) == Events(())


def test_nemotron_numbers_speakers_as_they_are_heard(toys: Toys, noise: Audio, kit: Any) -> None:
    tool = kit.loaded(NemotronTool(), toys("nemotron-diarization"))
    found = kit.one(tool, "diarize", {"audio": noise}, speakers=None)
    assert isinstance(found, Events)
    labels = list(dict.fromkeys(event.label for event in found.events))
    assert labels == [f"speaker{number + 1}" for number in range(len(labels))]
    with pytest.raises(ToolError, match="at most 8"):
        kit.one(tool, "diarize", {"audio": noise}, speakers=9)


# --- answers -----------------------------------------------------------------------------------------------------


def test_qwen2_audio_answers_and_describes(toys: Toys, noise: Audio, kit: Any) -> None:
    tool = kit.loaded(Qwen2AudioTool(), toys("qwen2-audio-7b"))
    answer = kit.one(tool, "answer", {"audio": noise}, question="what is it?")
    assert isinstance(answer, Text)
    assert answer == kit.one(tool, "answer", {"audio": noise}, question="what is it?")
    long = Audio(np.tile(noise.samples, (1, 3)), noise.rate)
    for end_s in (30.005, 36):  # the first leaves a rest of milliseconds to its second window
        piece = Audio(long.samples[:, : round(end_s * long.rate)], long.rate)
        assert isinstance(kit.one(tool, "caption", {"audio": piece}), Text)


def test_qwen2_audio_tells_a_long_recording_part_by_part(
    toys: Toys, noise: Audio, monkeypatch: pytest.MonkeyPatch, kit: Any
) -> None:
    tool = kit.loaded(Qwen2AudioTool(), toys("qwen2-audio-7b"))
    monkeypatch.setattr(qwen2_audio, "_LONGEST_S", 20.0)
    long = Audio(np.tile(noise.samples, (1, 3)), noise.rate)
    told = kit.one(tool, "caption", {"audio": long})
    assert isinstance(told, Text)
    times = re.findall(r"^(\d+:\d\d) to (\d+:\d\d): \S", told.text, re.MULTILINE)
    assert len(times) >= 2
    assert (times[0][0], times[-1][1]) == ("0:00", "0:36")
    assert all(one_end == next_start for (_, one_end), (next_start, _) in pairwise(times))
    with pytest.raises(ToolError, match="about parts is no answer about the whole"):
        kit.one(tool, "answer", {"audio": long}, question="what is it?")


# --- translation -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [M2m100Tool, NllbTool])
def test_texts_are_translated_line_by_line(toys: Toys, make: Any, kit: Any) -> None:
    tool = kit.loaded(make(), toys(make.spec.models[0]))
    text = Text("The sea went on. Who is there?\n\nCome in!")
    made = kit.one(tool, "translate", {"text": text}, to="fr-CA", language="en")
    assert isinstance(made, Text)
    assert made.text.count("\n") == 2
    assert "__fr__" not in made.text
    assert "fra_Latn" not in made.text
    assert kit.one(tool, "translate", {"text": text}, to="en-GB", language="en") == text
    said = Transcript("Come in!", "en")
    assert isinstance(kit.one(tool, "translate", {"text": said}, to="de", language=""), Text)
    with pytest.raises(ToolError, match="give `language`"):
        kit.one(tool, "translate", {"text": text}, to="de", language="")
    assert "does not know" in make().refusal("translate", {"to": "tlh", "language": ""})


def test_sentences_keep_their_marks() -> None:
    assert sentences("Who is there? Come in! 雨が降る。風も。") == ["Who is there?", "Come in!", "雨が降る。", "風も。"]


def test_seamless_translates_speech_into_text_and_speech(toys: Toys, noise: Audio, kit: Any) -> None:
    tool = kit.loaded(SeamlessTool(), toys("seamless-m4t-v2"))
    long = Audio(np.tile(noise.samples, (1, 3)), noise.rate)
    written = kit.one(tool, "translate_audio", {"audio": long}, to="fr", language="")
    assert isinstance(written, Transcript)
    assert written.language == "fr"
    assert all(word.end_s <= long.length_s for word in written.words)
    said = kit.one(tool, "translate_speech", {"audio": long}, to="de", language="")
    assert isinstance(said, Audio)
    assert said.rate == 16000
    assert np.isfinite(said.samples).all()
    text = kit.one(tool, "translate", {"text": Text("who is there")}, to="fr", language="en")
    assert isinstance(text, Text)
    with pytest.raises(ToolError, match="nobody is heard"):
        kit.one(
            tool, "translate_speech", {"audio": Audio(np.zeros((1, 16000), np.float32), 16000)}, to="de", language=""
        )
    assert "does not know" in SeamlessTool().refusal("translate_audio", {"to": "tlh"})


# --- pictures ----------------------------------------------------------------------------------------------------


def test_a_picture_is_named_and_sounds(toys: Toys, kit: Any) -> None:
    from PIL import Image as Pictures

    tool = kit.loaded(ImageToSoundTool(), toys("blip-captioning"))
    data = io.BytesIO()
    Pictures.new("RGB", (40, 30), (10, 90, 200)).save(data, "PNG")
    ((_, made),) = tool.run(
        [Request("image_to_sound", {"length": 2.0}, {"image": Image(data.getvalue())}, 1)], Context()
    )
    assert isinstance(made, Audio)  # the toy speaks of rain whatever it sees
    assert made.length_s == 2.0
    with pytest.raises(ToolError, match="cannot be read"):
        kit.one(tool, "image_to_sound", {"image": Image(b"no picture")}, length=2.0)


@pytest.mark.parametrize("caption", ["a dog in the rain", "people sitting in a cafe", "a large wave breaks on a beach"])
def test_captions_become_sounds(caption: str) -> None:
    made = sound_of(caption, Request("image_to_sound", {"length": 2.0}, {}, 1), Context())
    assert made.length_s == pytest.approx(2.0, abs=0.01)
    assert np.abs(made.samples).max() > 0.01
    with pytest.raises(ToolError, match="a spreadsheet"):
        sound_of("a spreadsheet", Request("image_to_sound", {"length": 2.0}, {}, 1), Context())


def test_engines_without_weights_say_what_to_pull() -> None:
    for make in (AstTool, ClapTool, WhisperTorchTool, SeamlessTool, Qwen2AudioTool):
        with pytest.raises(ToolMissing, match="soundwright models pull"):
            make().load(Place())
