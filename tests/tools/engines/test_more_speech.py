"""SpeechT5 and Dia on toy weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Audio, Speech, Voice
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import Cancelled, ToolError
from soundwright.tools.tts.dia import DiaTool
from soundwright.tools.tts.speecht5 import SpeechT5Tool

pytestmark = pytest.mark.engines
Toys = Callable[[str, Callable[[Path], None]], Path]


def line(text: str, seed: int = 1, **params: Any) -> Request:
    return Request("speak", {"text": text, "language": "en", **params}, {}, seed)


def write_speecht5(kit: Any, path: Path) -> None:
    import sentencepiece
    import torch
    import transformers as tf

    texts = ["the quick brown fox jumps over the lazy dog", "pack my box with five dozen jugs", "come in who is there"]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts * 4), model_prefix=str(path / "spm_char"), vocab_size=33, model_type="char",
        bos_id=0, pad_id=1, eos_id=2, unk_id=3, minloglevel=2,
    )  # fmt: skip
    tf.SpeechT5Tokenizer(str(path / "spm_char.model")).save_pretrained(path)
    config = tf.SpeechT5Config(
        vocab_size=40, hidden_size=16, encoder_layers=1, encoder_attention_heads=2, encoder_ffn_dim=16,
        decoder_layers=1, decoder_attention_heads=2, decoder_ffn_dim=16, positional_dropout=0.0, num_mel_bins=8,
        speech_decoder_prenet_units=16, speech_decoder_postnet_units=16, speech_decoder_postnet_layers=2,
        speaker_embedding_dim=8, max_speech_positions=400, reduction_factor=2, max_text_positions=400,
    )  # fmt: skip
    model = tf.SpeechT5ForTextToSpeech(config)
    with torch.no_grad():
        model.speech_decoder_postnet.prob_out.bias.fill_(-9.0)  # else it stops at once
    kit.scale(model, 3.0)
    model.save_pretrained(path)
    (path / "speakers").mkdir()
    np.save(path / "speakers" / "mara.npy", np.random.default_rng(4).normal(size=8).astype(np.float32) * 3)
    np.save(path / "speakers" / "odd.npy", np.zeros(3, np.float32))


def write_vocoder(path: Path) -> None:
    import transformers as tf

    config = tf.SpeechT5HifiGanConfig(
        model_in_dim=8, upsample_initial_channel=16, upsample_rates=[4, 4], upsample_kernel_sizes=[8, 8],
        resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3]], initializer_range=0.5,
    )  # fmt: skip
    tf.SpeechT5HifiGan(config).save_pretrained(path)


@pytest.fixture(scope="module")
def speecht5(toys: Toys, kit: Any) -> SpeechT5Tool:
    tool = SpeechT5Tool()
    weights = {
        "speecht5-tts": toys("speecht5-tts", partial(write_speecht5, kit)),
        "speecht5-hifigan": toys("hifigan", write_vocoder),
    }
    tool.load(Place(weights=weights))
    return tool


def test_speecht5_speaks_by_its_seed(speecht5: SpeechT5Tool, kit: Any) -> None:
    assert kit.check_seeds_and_batches(speecht5, line, ["Come in.", "Who is there?"]) >= 100
    (said,) = kit.ran(speecht5, [line("Come in.")])
    assert isinstance(said, Speech)
    assert said.rate == 16000


def test_speecht5_takes_speakers_from_files_and_voices(speecht5: SpeechT5Tool, kit: Any) -> None:
    vector = np.load(speecht5._folder / "speakers" / "mara.npy")
    by_voice = replace(line("Come in."), inputs={"clone": Voice("own", vector.astype("<f4").tobytes())})
    plain, mara, same = kit.sounds(speecht5, [line("Come in."), line("Come in.", preset="mara"), by_voice])
    assert kit.snr_db(mara, same) >= 100
    assert plain.samples.shape != mara.samples.shape or kit.snr_db(plain, mara) < 100


@pytest.mark.parametrize(
    ("preset", "said"), [("odd", "no x-vector of 8"), ("nobody", "no speaker"), ("../odd", "no speaker")]
)
def test_speecht5_names_what_is_no_speaker(speecht5: SpeechT5Tool, preset: str, said: str) -> None:
    ((_, made),) = speecht5.run([line("Come in.", preset=preset)], Context())
    assert isinstance(made, ToolError)
    assert said in str(made)


def test_speecht5_leaves_when_it_is_cancelled(speecht5: SpeechT5Tool, kit: Any) -> None:
    with pytest.raises(Cancelled):
        list(speecht5.run([line("Come in.")], kit.cancelled_after(4)))


def write_dia(path: Path) -> None:
    import transformers as tf

    config = tf.DiaConfig(
        encoder_config={"max_position_embeddings": 300, "num_hidden_layers": 1, "hidden_size": 16, "head_dim": 8,
                        "num_attention_heads": 2, "num_key_value_heads": 2, "intermediate_size": 16},
        decoder_config={"max_position_embeddings": 200, "num_hidden_layers": 1, "hidden_size": 16, "head_dim": 8,
                        "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 16,
                        "cross_num_attention_heads": 2, "cross_head_dim": 8, "cross_num_key_value_heads": 2,
                        "cross_hidden_size": 16},
        delay_pattern=[0, 8, 9, 10, 11, 12, 13, 14, 15], pad_token_id=1025, eos_token_id=1024, bos_token_id=1026,
    )  # fmt: skip
    model = tf.DiaForConditionalGeneration(config)
    model.generation_config = tf.GenerationConfig(
        max_new_tokens=60, pad_token_id=1025, eos_token_id=1024, bos_token_id=1026, guidance_scale=3.0, temperature=1.8,
        top_k=50, top_p=0.9, do_sample=True,
    )  # fmt: skip
    model.save_pretrained(path)
    tf.DiaTokenizer().save_pretrained(path)
    tf.DiaFeatureExtractor(sampling_rate=44100, hop_length=512).save_pretrained(path)


def write_dac(kit: Any, path: Path) -> None:
    import transformers as tf

    config = tf.DacConfig(
        encoder_hidden_size=4, downsampling_ratios=[2, 4, 8, 8], decoder_hidden_size=64, n_codebooks=9,
        codebook_size=1024, codebook_dim=4, sampling_rate=44100,
    )  # fmt: skip
    model = tf.DacModel(config)
    kit.enliven(model.decoder)
    kit.scale(model.decoder, 3.0)
    model.save_pretrained(path)


@pytest.fixture(scope="module")
def dia(toys: Toys, kit: Any) -> DiaTool:
    tool = DiaTool()
    tool.load(Place(weights={"dia-1.6b": toys("dia", write_dia), "dac-44khz": toys("dac", partial(write_dac, kit))}))
    return tool


def test_dia_speaks_by_its_seed(dia: DiaTool, kit: Any) -> None:
    assert kit.check_seeds_and_batches(dia, line, ["Come in.", "Who is there?"]) >= 100
    (said,) = kit.ran(dia, [line("Come in.", preset="S2")])
    assert isinstance(said, Speech)
    assert said.rate == 44100


def test_dia_laughs_and_names_what_it_cannot(dia: DiaTool, kit: Any) -> None:
    (made,) = kit.sounds(dia, [Request("vocalise", {"vocal": "laugh", "preset": "S1"}, {}, 1)])
    assert type(made) is Audio
    assert "dia cannot sob" in dia.refusal("vocalise", {"vocal": "sob"})
    ((_, refused),) = dia.run([line("Come in.", preset="S3")], Context())
    assert "no voice 'S3'" in str(refused)


def test_dia_leaves_when_it_is_cancelled(dia: DiaTool, kit: Any) -> None:
    with pytest.raises(Cancelled):
        list(dia.run([line("Come in.")], kit.cancelled_after(4)))
