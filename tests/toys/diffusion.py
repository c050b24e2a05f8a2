"""Toys of the pipelines of diffusers: Stable Audio, ACE-Step, AudioLDM 2."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.toys.parts import save_letter_tokenizer, scale, wake
from tests.toys.true_forms import name_cosine_scheduler, save_bare_gpt2

_ABC = "abcdefghijklmnopqrstuvwxyz."


def letters() -> Any:
    """A tokenizer of letters, read back as pipelines take it."""
    import transformers as tf

    with TemporaryDirectory() as scratch:
        save_letter_tokenizer(Path(scratch))
        return tf.AutoTokenizer.from_pretrained(scratch)


def t5() -> Any:
    """A text encoder of 16 numbers for each letter."""
    import transformers as tf

    return tf.T5EncoderModel(
        tf.T5Config(vocab_size=40, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    )  # fmt: skip


def oobleck(rate: int, ratios: Sequence[int]) -> Any:
    """A codec of 8 numbers for as many frames of stereo sound as the product of ``ratios``."""
    import diffusers as df

    return df.AutoencoderOobleck(
        encoder_hidden_size=16, downsampling_ratios=list(ratios), channel_multiples=[1, 2, 2], decoder_channels=8,
        decoder_input_channels=8, audio_channels=2, sampling_rate=rate,
    )  # fmt: skip


def write_stable_audio(folder: Path) -> None:
    """Stable Audio Open, of at most 3.4 s."""
    import diffusers as df

    projection = df.StableAudioProjectionModel(text_encoder_dim=16, conditioning_dim=16, min_value=0, max_value=32)
    transformer = df.StableAudioDiTModel(
        sample_size=480, in_channels=8, num_layers=1, attention_head_dim=8, num_key_value_attention_heads=2,
        out_channels=8, cross_attention_dim=16, time_proj_dim=8, global_states_input_dim=32,
        cross_attention_input_dim=16, num_attention_heads=2,
    )  # fmt: skip
    df.StableAudioPipeline(
        vae=oobleck(44100, (4, 8, 10)), text_encoder=t5(), tokenizer=letters(), projection_model=projection,
        transformer=transformer, scheduler=df.EDMDPMSolverMultistepScheduler(solver_order=2),
    ).save_pretrained(folder)  # fmt: skip
    name_cosine_scheduler(folder)


def write_stable_audio3(folder: Path) -> None:
    """Stable Audio 3."""
    import diffusers as df
    import transformers as tf
    from diffusers.pipelines.stable_audio_3.modeling_stable_audio_3 import StableAudio3DurationEmbedder

    module = tf.T5GemmaModuleConfig(
        vocab_size=40, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, head_dim=8,
    )  # fmt: skip
    text = tf.T5GemmaEncoderModel(tf.T5GemmaConfig(encoder=module, decoder=module, is_encoder_decoder=False))
    vae = df.AutoencoderSAME(
        patch_size=64, encoder_channels=16, encoder_c_mults=[2], encoder_strides=[4], encoder_transformer_depths=[1],
        latent_dim=8, dim_heads=8, ff_mult=2, sampling_rate=44100,
    )  # fmt: skip
    transformer = df.StableAudio3DiTModel(
        io_channels=8, embed_dim=16, depth=1, num_heads=2, cond_token_dim=16, global_cond_dim=16,
        local_add_cond_dim=9, timestep_features_dim=16, num_memory_tokens=4,
    )  # fmt: skip
    wake(vae)
    wake(transformer)
    df.StableAudio3Pipeline(
        vae=vae, text_encoder=text, tokenizer=letters(), transformer=transformer,
        duration_embedder=StableAudio3DurationEmbedder(output_dim=16, fourier_dim=16),
        scheduler=df.FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0, stochastic_sampling=True),
    ).save_pretrained(folder)  # fmt: skip


def write_ace_step(folder: Path) -> None:
    """ACE-Step 1.5."""
    import diffusers as df
    import transformers as tf
    from diffusers.pipelines.ace_step import modeling_ace_step as parts

    size = {
        "hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8,
        "sliding_window": 8,
    }  # fmt: skip
    text = tf.Qwen3Config(
        vocab_size=40, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, head_dim=8,
    )  # fmt: skip
    conditions = parts.AceStepConditionEncoder(
        **size, text_hidden_dim=16, timbre_hidden_dim=8, num_lyric_encoder_hidden_layers=1,
        num_timbre_encoder_hidden_layers=1,
    )  # fmt: skip
    conditions.silence_latent.normal_()
    pooled = {**size, "audio_acoustic_hidden_dim": 8, "num_attention_pooler_hidden_layers": 1}
    transformer = df.AceStepTransformer1DModel(
        **size, num_hidden_layers=1, in_channels=24, audio_acoustic_hidden_dim=8, is_turbo=True
    )
    for part in (transformer, conditions):
        wake(part)
    df.AceStepPipeline(
        vae=oobleck(48000, (8, 12, 20)), text_encoder=tf.Qwen3Model(text), tokenizer=letters(), transformer=transformer,
        condition_encoder=conditions, scheduler=df.FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
        audio_tokenizer=parts.AceStepAudioTokenizer(**pooled, fsq_dim=16),
        audio_token_detokenizer=parts.AceStepAudioTokenDetokenizer(**pooled),
    ).save_pretrained(folder)  # fmt: skip


def write_audioldm2(folder: Path) -> None:
    """AudioLDM 2: two text encoders, a language model, a picture of the sound, a vocoder."""
    import diffusers as df
    import transformers as tf

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -3.0) for letter in _ABC)]
    language = tf.GPT2Config(vocab_size=40, n_embd=16, n_layer=1, n_head=2, n_positions=256, max_new_tokens=4)
    df.AudioLDM2Pipeline(
        vae=_picture_codec(df), text_encoder=tf.ClapModel(_clap(tf)), text_encoder_2=t5(),
        projection_model=df.AudioLDM2ProjectionModel(text_encoder_dim=16, text_encoder_1_dim=16, langauge_model_dim=16),
        language_model=tf.GPT2LMHeadModel(language), tokenizer=_byte_letters(tf),
        tokenizer_2=tf.T5Tokenizer(vocab=pieces, extra_ids=0, model_max_length=64),
        feature_extractor=tf.ClapFeatureExtractor(feature_size=4, sampling_rate=16000), unet=_picture_network(df),
        scheduler=df.DDIMScheduler(beta_start=0.0015, beta_end=0.0195, beta_schedule="scaled_linear"),
        vocoder=_vocoder(tf),
    ).save_pretrained(folder)  # fmt: skip
    save_bare_gpt2(folder)


def _byte_letters(tf: Any) -> Any:
    words = ["<s>", "<pad>", "</s>", "<unk>", *_ABC, "\u0120"]
    with TemporaryDirectory() as scratch:
        vocabulary, merges = Path(scratch, "vocab.json"), Path(scratch, "merges.txt")
        vocabulary.write_text(json.dumps({word: number for number, word in enumerate(words)}))
        merges.write_text("#version: 0.2\n")
        return tf.RobertaTokenizer(str(vocabulary), str(merges), model_max_length=40)


def _clap(tf: Any) -> Any:
    text = {
        "vocab_size": 40, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
        "max_position_embeddings": 64, "projection_dim": 16, "pad_token_id": 1,
    }  # fmt: skip
    audio = {
        "spec_size": 8, "window_size": 4, "num_mel_bins": 4, "depths": [1], "num_attention_heads": [2],
        "num_hidden_layers": 1, "hidden_size": 16, "patch_size": 2, "patch_stride": 2, "patch_embeds_hidden_size": 8,
        "patch_embed_input_channels": 1, "projection_dim": 16,
    }  # fmt: skip
    return tf.ClapConfig(text_config=text, audio_config=audio, projection_dim=16)


def _picture_codec(df: Any) -> Any:
    return df.AutoencoderKL(
        in_channels=1, out_channels=1, latent_channels=4, block_out_channels=[8, 8], norm_num_groups=4,
        down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2,
    )  # fmt: skip


def _picture_network(df: Any) -> Any:
    return df.AudioLDM2UNet2DConditionModel(
        sample_size=32, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=[8, 16],
        norm_num_groups=4, down_block_types=["DownBlock2D", "CrossAttnDownBlock2D"],
        up_block_types=["CrossAttnUpBlock2D", "UpBlock2D"], cross_attention_dim=[[None, 16, 16], [None, 16, 16]],
        attention_head_dim=2, transformer_layers_per_block=1,
    )  # fmt: skip


def _vocoder(tf: Any) -> Any:
    config = tf.SpeechT5HifiGanConfig(
        model_in_dim=8, sampling_rate=16000, upsample_initial_channel=16, upsample_rates=[8, 4, 5],
        upsample_kernel_sizes=[16, 8, 10], resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3]],
        normalize_before=False,
    )  # fmt: skip
    vocoder = tf.SpeechT5HifiGan(config)
    scale(vocoder, 12.0)
    return vocoder


TOYS = {
    "stable-audio-open": write_stable_audio,
    "stable-audio-3-medium": write_stable_audio3,
    "ace-step-1.5": write_ace_step,
    "audioldm2": write_audioldm2,
}
