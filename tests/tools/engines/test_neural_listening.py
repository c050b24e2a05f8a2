"""Engines that listen, on toy weights: the loading code, windows, languages, and what cannot be done."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.alignment.wav2vec2 import Wav2Vec2Tool
from soundwright.tools.asr.parakeet import ParakeetTool, words_of
from soundwright.tools.asr.whisper_torch import WhisperTorchTool
from soundwright.tools.assets import Asset, Audio, Events, Image, Scores, Speech, Text, Transcript
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
from soundwright.tools.understanding.emotion import EmotionTool
from soundwright.tools.understanding.qwen2_audio import Qwen2AudioTool

pytestmark = pytest.mark.engines
Toys = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="module")
def noise() -> Audio:
    """Twelve seconds in stereo that swell and sink."""
    t = np.arange(12 * 24000) / 24000
    sound = np.random.default_rng(3).standard_normal((2, t.size)) * (0.05 + 0.1 * np.sin(2 * np.pi * t / 3) ** 2)
    return Audio(sound.astype(np.float32), 24000)


def one(tool: Tool, op: str, inputs: dict[str, Asset], **params: Any) -> Asset:
    ((_, made),) = tool.run([Request(op, params, inputs, 5)], Context())
    if isinstance(made, ToolError):
        raise made
    return made


def loaded(tool: Tool, folder: Path) -> Tool:
    tool.load(Place(weights={tool.spec.models[0]: folder}))
    return tool


def letters_tokenizer(kit: Any, path: Path, **special: str) -> Any:
    """A tokenizer whose words are letters."""
    import transformers as tf

    kit.save_letter_tokenizer(path)
    tokenizer = tf.AutoTokenizer.from_pretrained(path)
    if special:
        tokenizer.add_special_tokens({"additional_special_tokens": list(special.values())})
        tokenizer.save_pretrained(path)
    return tokenizer


# --- letters in time ---------------------------------------------------------------------------------------------


def write_wav2vec2(path: Path) -> None:
    import transformers as tf

    vocabulary = {
        letter: number
        for number, letter in enumerate(["<pad>", "<s>", "</s>", "<unk>", "|", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ'"])
    }
    (path / "vocab.json").write_text(json.dumps(vocabulary))
    tf.Wav2Vec2CTCTokenizer(str(path / "vocab.json")).save_pretrained(path)
    tf.Wav2Vec2FeatureExtractor().save_pretrained(path)
    config = tf.Wav2Vec2Config(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        conv_dim=(8, 8, 8, 8, 8, 8, 8), num_conv_pos_embedding_groups=2, num_conv_pos_embeddings=4, pad_token_id=0,
    )  # fmt: skip
    tf.Wav2Vec2ForCTC(config).save_pretrained(path)


@pytest.fixture(scope="module")
def wav2vec2(toys: Toys) -> Tool:
    return loaded(Wav2Vec2Tool("en"), toys("wav2vec2", write_wav2vec2))


def test_wav2vec2_times_every_word_and_leaves_strange_letters_out(wav2vec2: Tool, noise: Audio) -> None:
    made = one(wav2vec2, "align", {"audio": noise}, text="Dr. Smith — at 7:30 — knocked 漢 twice.", language="en-US")
    assert isinstance(made, Speech)
    assert made.words is not None
    assert [word.text for word in made.words] == ["Dr.", "Smith", "—", "at", "7:30", "—", "knocked", "漢", "twice."]
    times = [time for word in made.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert made.words[7].start_s == made.words[7].end_s
    assert np.array_equal(made.samples, noise.samples)


def test_wav2vec2_writes_words_down(wav2vec2: Tool, noise: Audio) -> None:
    heard = one(wav2vec2, "transcribe", {"audio": noise}, language="")
    assert isinstance(heard, Transcript)
    assert heard.language == "en"
    assert heard.text == " ".join(word.text for word in heard.words)
    with pytest.raises(ToolError, match="knows 'en' only"):
        one(wav2vec2, "transcribe", {"audio": noise}, language="de")


def test_text_that_is_too_long_for_its_sound_gets_no_times(wav2vec2: Tool) -> None:
    short = Audio(np.random.default_rng(1).normal(0, 0.1, (1, 8000)).astype(np.float32), 16000)
    made = one(wav2vec2, "align", {"audio": short}, text="a long sentence " * 20, language="en")
    assert isinstance(made, Speech)
    assert made.words is None


# --- whisper -----------------------------------------------------------------------------------------------------


def write_whisper(path: Path) -> None:
    import transformers as tf
    from transformers.convert_slow_tokenizer import bytes_to_unicode
    from transformers.models.whisper.tokenization_whisper import LANGUAGES

    words = list(bytes_to_unicode().values())
    (path / "vocab.json").write_text(json.dumps({word: number for number, word in enumerate(words)}))
    (path / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = tf.WhisperTokenizer(
        str(path / "vocab.json"), str(path / "merges.txt"), unk_token="<|endoftext|>", bos_token="<|endoftext|>",
        eos_token="<|endoftext|>",
    )  # fmt: skip
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{tag}|>" for tag in LANGUAGES), "<|translate|>",
               "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>",
               *(f"<|{n * 0.02:.2f}|>" for n in range(1501))]  # fmt: skip
    tokenizer.add_special_tokens({"additional_special_tokens": special[1:]})
    ids = {word: tokenizer.convert_tokens_to_ids(word) for word in special}
    tokenizer.save_pretrained(path)
    tf.WhisperFeatureExtractor(feature_size=16).save_pretrained(path)
    tf.WhisperProcessor(tf.WhisperFeatureExtractor(feature_size=16), tokenizer).save_pretrained(path)
    config = tf.WhisperConfig(
        vocab_size=len(tokenizer), num_mel_bins=16, d_model=16, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16,
        max_target_positions=64, pad_token_id=ids["<|endoftext|>"], bos_token_id=ids["<|endoftext|>"],
        eos_token_id=ids["<|endoftext|>"], decoder_start_token_id=ids["<|startoftranscript|>"],
    )  # fmt: skip
    model = tf.WhisperForConditionalGeneration(config)
    model.generation_config = tf.GenerationConfig(
        decoder_start_token_id=ids["<|startoftranscript|>"], eos_token_id=ids["<|endoftext|>"],
        pad_token_id=ids["<|endoftext|>"], bos_token_id=ids["<|endoftext|>"], max_length=40, is_multilingual=True,
        lang_to_id={f"<|{tag}|>": ids[f"<|{tag}|>"] for tag in LANGUAGES},
        task_to_id={"transcribe": ids["<|transcribe|>"], "translate": ids["<|translate|>"]},
        no_timestamps_token_id=ids["<|notimestamps|>"], prev_sot_token_id=ids["<|startofprev|>"],
        max_initial_timestamp_index=50, alignment_heads=[[0, 0], [0, 1]], return_timestamps=False,
    )  # fmt: skip
    model.save_pretrained(path)


@pytest.fixture(scope="module")
def whisper(toys: Toys) -> Tool:
    return loaded(WhisperTorchTool(), toys("whisper", write_whisper))


def test_whisper_hears_long_sound_in_pieces_with_word_times(whisper: Tool, noise: Audio) -> None:
    long = Audio(np.tile(noise.samples, (1, 3)), noise.rate)
    heard = one(whisper, "transcribe", {"audio": long}, language="de")
    assert isinstance(heard, Transcript)
    assert heard.language == "de"
    assert heard.text
    times = [time for word in heard.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert all(0 <= time <= long.length_s for time in times)
    assert one(whisper, "transcribe", {"audio": long}, language="de") == heard


def test_whisper_recognises_the_language_and_translates_into_english_only(whisper: Tool, noise: Audio) -> None:
    heard = one(whisper, "transcribe", {"audio": noise}, language="")
    assert isinstance(heard, Transcript)
    assert 2 <= len(heard.language) <= 3
    english = one(whisper, "translate_audio", {"audio": noise}, language="fr", to="en")
    assert isinstance(english, Transcript)
    assert english.language == "en"
    with pytest.raises(ToolError, match="into English only"):
        one(whisper, "translate_audio", {"audio": noise}, language="fr", to="de")
    scores = one(whisper, "score_words", {"audio": noise}, text="Nobody answered.", language="en")
    assert isinstance(scores, Scores)
    assert scores.scores["words"] == 2


# --- parakeet, canary --------------------------------------------------------------------------------------------


def unigram(path: Path, *special: str) -> Any:
    """A tokenizer of pieces of words in the manner of SentencePiece, saved in ``path``."""
    import tokenizers
    import transformers as tf

    pieces = ["<unk>", "<pad>", "<s>", "</s>", *special, "▁the", "▁sea", "▁a", *"abcdefghijklmnopqrstuvwxyz"]
    inner = tokenizers.Tokenizer(tokenizers.models.Unigram([(piece, -float(n)) for n, piece in enumerate(pieces)], 0))
    inner.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    inner.decoder = tokenizers.decoders.Metaspace()
    made = tf.ParakeetTokenizer(
        tokenizer_object=inner, pad_token="<pad>", unk_token="<unk>", bos_token="<s>", eos_token="</s>"
    )
    made.add_special_tokens({"additional_special_tokens": list(special)})
    made.save_pretrained(path)
    return made


ENCODER = {
    "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16, "num_mel_bins": 80,
    "subsampling_conv_channels": 8,
}  # fmt: skip


def write_parakeet(path: Path) -> None:
    import transformers as tf

    tokenizer = unigram(path, "<blank>")
    tf.ParakeetProcessor(
        tf.ParakeetFeatureExtractor(feature_size=80), tokenizer, blank_token="<blank>"
    ).save_pretrained(path)
    config = tf.ParakeetTDTConfig(
        vocab_size=len(tokenizer), decoder_hidden_size=16, num_decoder_layers=1, encoder_config=ENCODER,
        pad_token_id=tokenizer.pad_token_id, blank_token_id=tokenizer.convert_tokens_to_ids("<blank>"),
    )  # fmt: skip
    model = tf.ParakeetForTDT(config)
    model.generation_config = tf.GenerationConfig(
        decoder_start_token_id=config.blank_token_id,
        pad_token_id=config.pad_token_id,
        max_length=200,
        suppress_tokens=list(range(len(tokenizer), len(tokenizer) + 5)),  # the durations
    )
    model.save_pretrained(path)


def test_parakeet_times_words_and_groups_their_pieces(toys: Toys, noise: Audio) -> None:
    tool = loaded(ParakeetTool(), toys("parakeet", write_parakeet))
    heard = one(tool, "transcribe", {"audio": noise}, language="de-AT")
    assert isinstance(heard, Transcript)
    assert heard.language == "de"
    times = [time for word in heard.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert isinstance(one(tool, "score_words", {"audio": noise}, text="the sea", language="en"), Scores)
    tokens = [(" the", 0.1, 0.2), (" se", 0.4, 0.5), ("a", 0.5, 0.6), (".", 0.6, 0.6)]
    rows = [{"token": token, "start": start, "end": end} for token, start, end in tokens]
    assert list(words_of(rows)) == [("the", 0.1, 0.2), ("sea.", 0.4, 0.6)]


def write_canary(path: Path) -> None:
    import transformers as tf

    tokenizer = unigram(path, "<|audio|>", "<|en|>", "<|de|>")
    template = (
        "{% for message in messages %}{% for part in message['content'] %}{% if part['type'] == 'text' %}"
        "<s><|en|>{% endif %}{% endfor %}{% endfor %}"
    )
    extractor = tf.ParakeetFeatureExtractor(feature_size=80)
    tf.CanaryProcessor(extractor, tokenizer, chat_template=template).save_pretrained(path)
    decoder = {"vocab_size": len(tokenizer), "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
               "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 8, "pad_token_id": 1, "bos_token_id": 2,
               "eos_token_id": 3}  # fmt: skip
    config = tf.CanaryConfig(encoder_config=ENCODER, decoder_config=decoder, pad_token_id=1, vocab_size=len(tokenizer))
    model = tf.CanaryForConditionalGeneration(config)
    model.generation_config = tf.GenerationConfig(eos_token_id=3, pad_token_id=1, bos_token_id=2, max_new_tokens=8)
    model.save_pretrained(path)


def test_canary_writes_down_and_translates_what_it_is_told(toys: Toys, noise: Audio) -> None:
    tool = loaded(CanaryTool(), toys("canary", write_canary))
    heard = one(tool, "transcribe", {"audio": noise}, language="de")
    assert isinstance(heard, Transcript)
    english = one(tool, "translate_audio", {"audio": noise}, language="de", to="en")
    assert isinstance(english, Transcript)
    assert (heard.language, english.language) == ("de", "en")
    for params, fault in (
        ({"language": ""}, "give `language`"), ({"language": "ja"}, "does not know"),
        ({"language": "de", "to": "fr"}, "from or into English"),
    ):  # fmt: skip
        with pytest.raises(ToolError, match=fault):
            one(tool, "translate_audio", {"audio": noise}, **{"to": "en", **params})


# --- tags --------------------------------------------------------------------------------------------------------


def write_ast(path: Path) -> None:
    import transformers as tf

    labels = {0: "Speech", 1: "Dog", 2: "Rain"}
    tf.ASTFeatureExtractor(max_length=64, num_mel_bins=16).save_pretrained(path)
    config = tf.ASTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, max_length=64,
        num_mel_bins=16, id2label=labels, label2id={name: number for number, name in labels.items()},
    )  # fmt: skip
    tf.ASTForAudioClassification(config).save_pretrained(path)


def test_ast_tags_and_finds(toys: Toys, noise: Audio) -> None:
    tool = loaded(AstTool(), toys("ast", write_ast))
    tags = one(tool, "tag", {"audio": noise}, top=2)
    assert isinstance(tags, Events)
    assert len(tags.events) == 2
    assert {event.label for event in tags.events} <= {"Speech", "Dog", "Rain"}
    found = one(tool, "detect", {"audio": noise}, descriptions=["dogs"], threshold=0.0)
    assert isinstance(found, Events)
    assert found.events[0].start_s == 0
    assert found.events[-1].end_s == pytest.approx(noise.length_s)
    assert one(tool, "tag", {"audio": Audio(np.zeros((1, 999), np.float32), 8000)}, top=2) == Events(())
    with pytest.raises(ToolError, match="named like 'a violin'"):
        one(tool, "detect", {"audio": noise}, descriptions=["a violin"], threshold=0.3)


def write_clap(kit: Any) -> Callable[[Path], None]:
    def write_to(path: Path) -> None:
        import transformers as tf

        tokenizer = letters_tokenizer(kit, path)
        tf.ClapProcessor(tf.ClapFeatureExtractor(truncation="rand_trunc"), tokenizer).save_pretrained(path)
        text = {"vocab_size": 64, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
                "pad_token_id": 0, "intermediate_size": 16, "max_position_embeddings": 514,
                "projection_dim": 8}  # fmt: skip
        sound = {"patch_embeds_hidden_size": 8, "depths": [1, 1], "num_attention_heads": [2, 2], "hidden_size": 16,
                 "num_hidden_layers": 2, "projection_dim": 8, "window_size": 8, "spec_size": 256}  # fmt: skip
        model = tf.ClapModel(tf.ClapConfig(text_config=text, audio_config=sound, projection_dim=8))
        kit.scale(model, 20.0)
        model.save_pretrained(path)

    return write_to


def test_clap_rates_finds_and_retrieves(
    toys: Toys, kit: Any, noise: Audio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = toys("clap", write_clap(kit))
    tool = loaded(ClapTool(), folder)
    rated = one(tool, "score_match", {"audio": noise}, description="rain")
    assert isinstance(rated, Scores)
    assert -1 <= rated.scores["similarity"] <= 1
    assert one(tool, "score_match", {"audio": noise}, description="a dog barks") != rated
    found = one(tool, "detect", {"audio": noise}, descriptions=["rain", "dog"], threshold=0.0)
    assert isinstance(found, Events)
    assert {event.label for event in found.events} == {"rain", "dog"}

    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(tmp_path / "home"))
    library = tmp_path / "sounds"
    library.mkdir()
    for number in range(3):
        write(library / f"{number}.wav", Audio(noise.samples[:, : 24000 * (number + 1)].copy(), noise.rate))
    monkeypatch.setenv("SOUNDWRIGHT_LIBRARY", str(library))
    retrieving = loaded(ClapLibraryTool(), folder)
    lengths = set()
    for take in range(3):
        sound = one(retrieving, "retrieve_sound", {}, description="rain", take=take)
        assert isinstance(sound, Audio)
        lengths.add(round(sound.length_s))
    assert lengths == {1, 2, 3}
    with pytest.raises(ToolError, match="one too many"):
        one(retrieving, "retrieve_sound", {}, description="rain", take=3)


# --- emotion, speakers -------------------------------------------------------------------------------------------


def write_emotion(path: Path) -> None:
    import transformers as tf

    labels = {0: "neu", 1: "hap", 2: "ang", 3: "sad"}
    tf.Wav2Vec2FeatureExtractor(return_attention_mask=True).save_pretrained(path)
    config = tf.HubertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, id2label=labels,
        conv_dim=(8, 8, 8, 8, 8, 8, 8), num_conv_pos_embedding_groups=2, num_conv_pos_embeddings=4,
        label2id={name: number for number, name in labels.items()}, classifier_proj_size=8,
    )  # fmt: skip
    tf.HubertForSequenceClassification(config).save_pretrained(path)


def test_emotions_are_told_stretch_by_stretch(toys: Toys, noise: Audio) -> None:
    tool = loaded(EmotionTool(), toys("emotion", write_emotion))
    found = one(tool, "recognize_emotion", {"audio": noise})
    assert isinstance(found, Events)
    assert len(found.events) >= 2
    assert {event.label for event in found.events} <= {"neutral", "happy", "angry", "sad"}
    assert found.events[0].start_s == 0
    assert found.events[-1].end_s == pytest.approx(noise.length_s)
    quiet = Audio(np.zeros((1, 16000), np.float32), 16000)
    assert one(tool, "recognize_emotion", {"audio": quiet}) == Events(())


def write_nemotron(path: Path) -> None:
    import transformers as tf

    audio = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = tf.Nemotron3DiarizationConfig(
        audio_config=audio, head_config={"hidden_size": 8, "audio_hidden_size": 16, "intermediate_size": 16}
    )
    tf.Nemotron3DiarizationForAudioFrameClassification(config).save_pretrained(path)
    extractor = tf.ParakeetFeatureExtractor(feature_size=128)
    tf.Nemotron3DiarizationProcessor(extractor).save_pretrained(path)


def test_nemotron_numbers_speakers_as_they_are_heard(toys: Toys, noise: Audio) -> None:
    tool = loaded(NemotronTool(), toys("nemotron", write_nemotron))
    found = one(tool, "diarize", {"audio": noise}, speakers=None)
    assert isinstance(found, Events)
    labels = list(dict.fromkeys(event.label for event in found.events))
    assert labels == [f"speaker{number + 1}" for number in range(len(labels))]
    with pytest.raises(ToolError, match="at most 8"):
        one(tool, "diarize", {"audio": noise}, speakers=9)


# --- answers -----------------------------------------------------------------------------------------------------


def write_qwen2_audio(kit: Any) -> Callable[[Path], None]:
    def write_to(path: Path) -> None:
        import transformers as tf

        tokenizer = letters_tokenizer(kit, path, sound="<|AUDIO|>", begin="<|audio_bos|>", end="<|audio_eos|>")
        tf.Qwen2AudioProcessor(tf.WhisperFeatureExtractor(feature_size=16), tokenizer).save_pretrained(path)
        sound = {"num_mel_bins": 16, "encoder_layers": 1, "encoder_attention_heads": 2, "encoder_ffn_dim": 16,
                 "d_model": 16, "max_source_positions": 1500}  # fmt: skip
        text = {"model_type": "qwen2", "vocab_size": len(tokenizer), "hidden_size": 16, "num_hidden_layers": 1,
                "intermediate_size": 16, "num_attention_heads": 2, "num_key_value_heads": 2}  # fmt: skip
        config = tf.Qwen2AudioConfig(
            audio_config=sound, text_config=text, audio_token_index=tokenizer.convert_tokens_to_ids("<|AUDIO|>")
        )
        model = tf.Qwen2AudioForConditionalGeneration(config)
        model.generation_config = tf.GenerationConfig(eos_token_id=1, pad_token_id=0)
        model.save_pretrained(path)

    return write_to


def test_qwen2_audio_answers_and_describes(toys: Toys, kit: Any, noise: Audio) -> None:
    tool = loaded(Qwen2AudioTool(), toys("qwen2-audio", write_qwen2_audio(kit)))
    answer = one(tool, "answer", {"audio": noise}, question="what is it?")
    assert isinstance(answer, Text)
    assert answer == one(tool, "answer", {"audio": noise}, question="what is it?")
    long = Audio(np.tile(noise.samples, (1, 3)), noise.rate)
    assert isinstance(one(tool, "caption", {"audio": long}), Text)
    with pytest.raises(ToolError, match="at most 300 s"):
        one(tool, "caption", {"audio": Audio(np.tile(noise.samples, (1, 26)), noise.rate)})


# --- translation -------------------------------------------------------------------------------------------------


def write_m2m100(path: Path) -> None:
    import transformers as tf

    sentencepiece_model(path / "sentencepiece.bpe.model")
    spm = tf.models.m2m_100.tokenization_m2m_100.load_spm(str(path / "sentencepiece.bpe.model"), {})
    pieces = ["<s>", "<pad>", "</s>", "<unk>", *(spm.id_to_piece(n) for n in range(3, spm.get_piece_size()))]
    (path / "vocab.json").write_text(json.dumps({piece: number for number, piece in enumerate(pieces)}))
    tokenizer = tf.M2M100Tokenizer(str(path / "vocab.json"), str(path / "sentencepiece.bpe.model"))
    tokenizer.save_pretrained(path)
    save_m2m100_network(path, len(tokenizer) + 260)


def write_nllb(path: Path) -> None:
    import transformers as tf

    sentencepiece_model(path / "sentencepiece.bpe.model")
    tokenizer = tf.NllbTokenizer.from_pretrained(path)
    tokenizer.save_pretrained(path)
    save_m2m100_network(path, len(tokenizer) + 260)


def sentencepiece_model(path: Path) -> None:
    import sentencepiece

    lines = ["the sea went on as before", "nobody came to the door", "who is there come in at once", "le vent se leva"]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines * 20), model_prefix=str(path.with_suffix("")), vocab_size=40, model_type="bpe",
        minloglevel=2,
    )  # fmt: skip


def save_m2m100_network(path: Path, words: int) -> None:
    import transformers as tf

    config = tf.M2M100Config(
        vocab_size=words, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=256,
    )  # fmt: skip
    tf.M2M100ForConditionalGeneration(config).save_pretrained(path)


@pytest.mark.parametrize(("make", "writer"), [(M2m100Tool, write_m2m100), (NllbTool, write_nllb)])
def test_texts_are_translated_line_by_line(toys: Toys, make: Any, writer: Callable[[Path], None]) -> None:
    tool = loaded(make(), toys(make.spec.name, writer))
    text = Text("The sea went on. Who is there?\n\nCome in!")
    made = one(tool, "translate", {"text": text}, to="fr-CA", language="en")
    assert isinstance(made, Text)
    assert made.text.count("\n") == 2
    assert one(tool, "translate", {"text": text}, to="en-GB", language="en") == text
    said = Transcript("Come in!", "en")
    assert isinstance(one(tool, "translate", {"text": said}, to="de", language=""), Text)
    with pytest.raises(ToolError, match="give `language`"):
        one(tool, "translate", {"text": text}, to="de", language="")
    assert "does not know" in make().refusal("translate", {"to": "tlh", "language": ""})


def test_sentences_keep_their_marks() -> None:
    assert sentences("Who is there? Come in! 雨が降る。風も。") == ["Who is there?", "Come in!", "雨が降る。", "風も。"]


def write_seamless(path: Path) -> None:
    import transformers as tf

    sentencepiece_model(path / "sentencepiece.bpe.model")
    tokenizer = tf.SeamlessM4TTokenizer.from_pretrained(
        path, additional_special_tokens=["__eng__", "__fra__", "__deu__"]
    )
    extractor = tf.SeamlessM4TFeatureExtractor(feature_size=16, num_mel_bins=16, stride=2)
    tf.SeamlessM4TProcessor(extractor, tokenizer).save_pretrained(path)
    words = len(tokenizer) + 8
    config = tf.SeamlessM4Tv2Config(
        vocab_size=words, t2u_vocab_size=64, char_vocab_size=64, hidden_size=16, max_new_tokens=12,
        encoder_layers=1, encoder_ffn_dim=16, encoder_attention_heads=2, decoder_layers=1, decoder_ffn_dim=16,
        decoder_attention_heads=2, speech_encoder_layers=1, speech_encoder_attention_heads=2,
        speech_encoder_intermediate_size=16, feature_projection_input_dim=32, adaptor_kernel_size=4, adaptor_stride=4,
        t2u_encoder_layers=1, t2u_encoder_ffn_dim=16, t2u_encoder_attention_heads=2, t2u_decoder_layers=1,
        t2u_decoder_ffn_dim=16, t2u_decoder_attention_heads=2, unit_embed_dim=16, lang_embed_dim=8, spkr_embed_dim=8,
        unit_hifi_gan_vocab_size=64, upsample_initial_channel=16, upsample_rates=[5, 4], upsample_kernel_sizes=[11, 8],
        resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1]], vocoder_offset=0, t2u_variance_predictor_embed_dim=16,
        t2u_variance_predictor_hidden_dim=16, t2u_variance_pred_dropout=0.0, vocoder_num_langs=4, vocoder_num_spkrs=4,
        conv_depthwise_kernel_size=3, max_position_embeddings=256, t2u_max_position_embeddings=256,
    )  # fmt: skip
    model = tf.SeamlessM4Tv2Model(config)
    codes = {tag: tokenizer.convert_tokens_to_ids(f"__{tag}__") for tag in ("eng", "fra", "deu")}
    ids = range(words)
    model.generation_config = tf.GenerationConfig(
        text_decoder_lang_to_code_id=codes, t2u_lang_code_to_id=dict.fromkeys(codes, 4),
        vocoder_lang_code_to_id=dict.fromkeys(codes, 1), id_to_text={str(n): "ab" for n in ids},
        char_to_id={"a": 4, "b": 5, "▁": 6, "<unk>": 1}, max_new_tokens=12, pad_token_id=0, bos_token_id=2,
        eos_token_id=3, decoder_start_token_id=3,
    )  # fmt: skip
    model.save_pretrained(path)


def test_seamless_translates_speech_into_text_and_speech(toys: Toys, noise: Audio) -> None:
    tool = loaded(SeamlessTool(), toys("seamless", write_seamless))
    long = Audio(np.tile(noise.samples, (1, 3)), noise.rate)
    written = one(tool, "translate_audio", {"audio": long}, to="fr", language="")
    assert isinstance(written, Transcript)
    assert written.language == "fr"
    assert all(word.end_s <= long.length_s for word in written.words)
    said = one(tool, "translate_speech", {"audio": long}, to="de", language="")
    assert isinstance(said, Audio)
    assert said.rate == 16000
    assert np.isfinite(said.samples).all()
    text = one(tool, "translate", {"text": Text("who is there")}, to="fr", language="en")
    assert isinstance(text, Text)
    with pytest.raises(ToolError, match="nobody is heard"):
        one(tool, "translate_speech", {"audio": Audio(np.zeros((1, 16000), np.float32), 16000)}, to="de", language="")
    assert "does not know" in SeamlessTool().refusal("translate_audio", {"to": "tlh"})


# --- pictures ----------------------------------------------------------------------------------------------------


def write_blip(path: Path) -> None:
    import tokenizers
    import transformers as tf

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "rain", "street", "dog", "and", "in", "the", "[DEC]", "[ENC]"]
    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel({w: n for n, w in enumerate(words)}, unk_token="[UNK]"))
    inner.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer = tf.PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )
    tf.BlipProcessor(tf.BlipImageProcessor(size={"height": 32, "width": 32}), tokenizer).save_pretrained(path)
    text = {"vocab_size": len(words), "hidden_size": 16, "encoder_hidden_size": 16, "intermediate_size": 16,
            "projection_dim": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "bos_token_id": 10,
            "sep_token_id": 3, "eos_token_id": 3, "pad_token_id": 0}  # fmt: skip
    picture = {"hidden_size": 16, "intermediate_size": 16, "projection_dim": 8, "num_hidden_layers": 1,
               "num_attention_heads": 2, "image_size": 32, "patch_size": 16}  # fmt: skip
    config = tf.BlipConfig(text_config=text, vision_config=picture, projection_dim=8)
    model = tf.BlipForConditionalGeneration(config)
    model.save_pretrained(path)


def test_a_picture_is_named_and_sounds(toys: Toys) -> None:
    from PIL import Image as Pictures

    tool = loaded(ImageToSoundTool(), toys("blip", write_blip))
    data = io.BytesIO()
    Pictures.new("RGB", (40, 30), (10, 90, 200)).save(data, "PNG")
    ((_, made),) = tool.run(
        [Request("image_to_sound", {"length": 2.0}, {"image": Image(data.getvalue())}, 1)], Context()
    )
    assert isinstance(made, Audio | ToolError)
    if isinstance(made, ToolError):  # what random weights name need not have a sound
        assert "seems to show" in str(made)
    with pytest.raises(ToolError, match="cannot be read"):
        one(tool, "image_to_sound", {"image": Image(b"no picture")}, length=2.0)


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
