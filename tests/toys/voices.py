"""Toys of engines that speak in several voices: Dia and Pocket TTS, each with its codec."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.toys import parts

TEMPLATE = (
    "<|prompt|>{% for part in messages[0]['content'] %}{% if part['type'] == 'audio' %}<|voice|>{% else %}"
    "{{ part['text'] | lower }}{% endif %}{% endfor %}<|begin|>"
)


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


def write_dac(path: Path) -> None:
    import transformers as tf

    config = tf.DacConfig(
        encoder_hidden_size=4, downsampling_ratios=[2, 4, 8, 8], decoder_hidden_size=64, n_codebooks=9,
        codebook_size=1024, codebook_dim=4, sampling_rate=44100,
    )  # fmt: skip
    model = tf.DacModel(config)
    parts.enliven(model.decoder)
    parts.scale(model.decoder, 3.0)
    model.save_pretrained(path)


def write_codec(path: Path) -> None:
    import transformers as tf

    config = tf.PocketTTSAudioTokenizerConfig(
        hidden_size=16, num_filters=4, upsampling_ratios=[6, 5, 4], upsample_groups=16, num_hidden_layers=1,
        intermediate_size=32, num_attention_heads=2, num_key_value_heads=2, latent_dim=8, sliding_window=16,
    )  # fmt: skip
    tf.PocketTTSAudioTokenizerModel(config).save_pretrained(path)


def write_pocket(path: Path) -> None:
    import safetensors.numpy
    import tokenizers
    import transformers as tf

    words = [
        "<pad>",
        "</s>",
        "<unk>",
        "<|prompt|>",
        "<|voice|>",
        "<|begin|>",
        "<|latent|>",
        *"abcdefghijklmnopqrstuvwxyz .,!?'",
    ]
    letters = tokenizers.Tokenizer(tokenizers.models.WordLevel({w: n for n, w in enumerate(words)}, unk_token="<unk>"))
    letters.pre_tokenizer = tokenizers.pre_tokenizers.Split("", "isolated")
    named = {
        "audio_prompt_bos_token": "<|prompt|>",
        "audio_prompt_token": "<|voice|>",
        "audio_bos_token": "<|begin|>",
        "audio_latent_token": "<|latent|>",
    }
    tokenizer = tf.PreTrainedTokenizerFast(
        tokenizer_object=letters, pad_token="<pad>", unk_token="<unk>", extra_special_tokens=named
    )
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(path)
    config = tf.PocketTTSConfig(
        vocab_size=48, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, latent_dim=8,
        pad_token_id=0, audio_prompt_bos_token_id=3, audio_prompt_token_id=4, audio_bos_token_id=5,
        audio_latent_token_id=6,
        flow_head_config={"hidden_size": 16, "num_hidden_layers": 1, "latent_dim": 8, "condition_dim": 16},
    )  # fmt: skip
    model = tf.PocketTTSForConditionalGeneration(config)
    model.save_pretrained(path)
    (path / "voices").mkdir()
    voice = np.random.default_rng(2).normal(size=(6, 8)).astype(np.float32)
    safetensors.numpy.save_file({"latents": voice}, path / "voices" / "alba.safetensors")


TOYS = {
    "dia-1.6b": write_dia,
    "dac-44khz": write_dac,
    "pocket-tts": write_pocket,
    "pocket-tts-codec": write_codec,
}
