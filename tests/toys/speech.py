"""Toys of engines that speak: VITS, Bark and SpeechT5."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.toys import parts


def write_vits(path: Path) -> None:
    import transformers as tf

    letters = {letter: number for number, letter in enumerate("_abcdefghijklmnopqrstuvwxyz '")}
    (path / "vocab.json").write_text(json.dumps(letters))
    tf.VitsTokenizer(str(path / "vocab.json"), phonemize=False, pad_token="_", unk_token="_").save_pretrained(path)
    config = tf.VitsConfig(
        vocab_size=30, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, ffn_dim=16, flow_size=16,
        spectrogram_bins=9, upsample_initial_channel=16, upsample_rates=[8, 4], upsample_kernel_sizes=[16, 8],
        resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3]], prior_encoder_num_flows=2,
        posterior_encoder_num_wavenet_layers=2, prior_encoder_num_wavenet_layers=2, duration_predictor_num_flows=2,
        duration_predictor_filter_channels=16, depth_separable_num_layers=2, depth_separable_channels=2,
    )  # fmt: skip
    tf.VitsModel(config).save_pretrained(path)


def write_bark(path: Path) -> None:
    import tokenizers
    import transformers as tf

    words = ["[PAD]", "[UNK]", *"abcdefghijklmnopqrstuvwxyz.!?,[]'♪"]
    letters = tokenizers.Tokenizer(tokenizers.models.WordLevel({w: n for n, w in enumerate(words)}, unk_token="[UNK]"))
    letters.pre_tokenizer = tokenizers.pre_tokenizers.Split("", "isolated")
    tf.PreTrainedTokenizerFast(tokenizer_object=letters, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(path)
    size = {"num_layers": 1, "num_heads": 2, "hidden_size": 16, "block_size": 320, "bias": True}
    codec = tf.EncodecConfig(
        num_filters=4, hidden_size=16, codebook_dim=16, codebook_size=16, upsampling_ratios=[8, 5, 4, 2],
        num_lstm_layers=1, target_bandwidths=[2.4],
    )  # fmt: skip
    config = tf.BarkConfig(
        semantic_config={**size, "input_vocab_size": 200, "output_vocab_size": 64},
        coarse_acoustics_config={**size, "input_vocab_size": 100, "output_vocab_size": 100},
        fine_acoustics_config={
            **size,
            "input_vocab_size": 17,
            "output_vocab_size": 17,
            "n_codes_total": 8,
            "n_codes_given": 1,
        },
        codec_config=codec.to_dict(),
    )
    model = tf.BarkModel(config)
    parts.enliven(model.codec_model)
    model.generation_config = tf.GenerationConfig.from_dict(_bark_generation())
    model.save_pretrained(path)
    (path / "generation_config.json").write_text(json.dumps({"model_type": "bark", **_bark_generation()}))
    folder = path / "speaker_embeddings" / "v2"
    folder.mkdir(parents=True)
    random = np.random.default_rng(1)
    for speaker in range(2):
        for name, shape, top in (("semantic", (20,), 40), ("coarse", (2, 30), 16), ("fine", (8, 30), 16)):
            np.save(folder / f"en_speaker_{speaker}_{name}_prompt.npy", random.integers(0, top, shape))


def _bark_generation() -> dict[str, Any]:
    shared = {"do_sample": True, "renormalize_logits": True}
    return {
        "semantic_config": {
            **shared, "eos_token_id": 41, "max_input_semantic_length": 64, "max_new_tokens": 24,
            "semantic_rate_hz": 49.9, "semantic_vocab_size": 40, "semantic_pad_token": 41, "semantic_infer_token": 199,
            "text_encoding_offset": 60, "text_pad_token": 198,
        },
        "coarse_acoustics_config": {
            **shared, "coarse_infer_token": 99, "coarse_rate_hz": 75, "coarse_semantic_pad_token": 98,
            "max_coarse_history": 40, "max_coarse_input_length": 32, "n_coarse_codebooks": 2, "sliding_window_len": 20,
        },
        "fine_acoustics_config": {
            "max_fine_history_length": 64, "max_fine_input_length": 128, "n_fine_codebooks": 8, "temperature": 0.5,
        },
        "codebook_size": 16, "sample_rate": 24000,
    }  # fmt: skip


def write_speecht5(path: Path) -> None:
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
        speaker_embedding_dim=8, max_speech_positions=4000, reduction_factor=2, max_text_positions=400,
    )  # fmt: skip
    model = tf.SpeechT5ForTextToSpeech(config)
    parts.scale(model, 3.0)
    with torch.no_grad():  # so that it stops neither at once nor never, but after some 27 steps
        model.speech_decoder_postnet.prob_out.weight.mul_(-20.0)
        model.speech_decoder_postnet.prob_out.bias.fill_(-4.8)
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


MMS = ("ara", "deu", "eng", "spa", "fra", "hin", "ind", "nld", "pol", "por", "rus", "swh", "tur", "ukr", "vie")
TOYS = {
    **{f"mms-tts-{language}": write_vits for language in MMS},
    "bark-small": write_bark,
    "bark": write_bark,
    "speecht5-tts": write_speecht5,
    "speecht5-hifigan": write_vocoder,
}
