"""Toys of engines that translate: M2M-100, NLLB, SeamlessM4T."""

from __future__ import annotations

import json
from pathlib import Path

from tests.toys import parts


def write_m2m100(path: Path) -> None:
    import transformers as tf

    _sentencepiece(path / "sentencepiece.bpe.model")
    spm = tf.models.m2m_100.tokenization_m2m_100.load_spm(str(path / "sentencepiece.bpe.model"), {})
    pieces = ["<s>", "<pad>", "</s>", "<unk>", *(spm.id_to_piece(n) for n in range(3, spm.get_piece_size()))]
    (path / "vocab.json").write_text(json.dumps({piece: number for number, piece in enumerate(pieces)}))
    tokenizer = tf.M2M100Tokenizer(str(path / "vocab.json"), str(path / "sentencepiece.bpe.model"))
    tokenizer.save_pretrained(path)
    _save_m2m100(path, len(tokenizer) + 260)


def write_nllb(path: Path) -> None:
    import transformers as tf

    _sentencepiece(path / "sentencepiece.bpe.model")
    tokenizer = tf.NllbTokenizer.from_pretrained(path)
    tokenizer.save_pretrained(path)
    _save_m2m100(path, len(tokenizer) + 260)


def write_seamless(path: Path) -> None:
    import transformers as tf

    _sentencepiece(path / "sentencepiece.bpe.model")
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


def _sentencepiece(path: Path) -> None:
    import sentencepiece

    lines = ["the sea went on as before", "nobody came to the door", "who is there come in at once", "le vent se leva"]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines * 20), model_prefix=str(path.with_suffix("")), vocab_size=40, model_type="bpe",
        minloglevel=2,
    )  # fmt: skip


def _save_m2m100(path: Path, words: int) -> None:
    import transformers as tf

    config = tf.M2M100Config(
        vocab_size=words, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=256,
    )  # fmt: skip
    model = tf.M2M100ForConditionalGeneration(config)
    model.generation_config.update(**parts.BRIEF)
    model.save_pretrained(path)


TOYS = {"m2m100-418m": write_m2m100, "nllb-200-600m": write_nllb, "seamless-m4t-v2": write_seamless}
