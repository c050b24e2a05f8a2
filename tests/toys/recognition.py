"""Toys of engines that write down what is said: wav2vec 2.0, Whisper, Parakeet, Canary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ENCODER = {
    "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16, "num_mel_bins": 80,
    "subsampling_conv_channels": 8,
}  # fmt: skip


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


TOYS = {
    **{
        f"wav2vec2-{name}": write_wav2vec2
        for name in ("base-960h", "xlsr-german", "xlsr-french", "xlsr-spanish", "xlsr-italian")
    },
    "whisper-small": write_whisper,
    "whisper-large-v3-turbo": write_whisper,
    "parakeet-tdt-0.6b-v3": write_parakeet,
    "canary-1b-v2": write_canary,
}
