"""The engines of diffusers on toy weights: sounds, songs, variations, repairs; seeds, batches, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Audio, Note, Notes, Part, Text
from soundwright.tools.base import Context, Place, Request, Tool
from soundwright.tools.errors import Cancelled, ToolError, ToolMissing
from soundwright.tools.music.ace_step import AceStepTool
from soundwright.tools.sfx.audioldm2 import AudioLdm2Tool
from soundwright.tools.sfx.stable_audio import StableAudioTool
from soundwright.tools.sfx.stable_audio3 import StableAudio3Tool

pytestmark = pytest.mark.engines
Toys = Callable[[str, Callable[[Path], None]], Path]


def t5(kit: Any, folder: Path) -> tuple[Any, Any]:
    import transformers as tf

    kit.save_letter_tokenizer(folder)
    config = tf.T5Config(vocab_size=40, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    return tf.T5EncoderModel(config), tf.AutoTokenizer.from_pretrained(folder)


def oobleck(rate: int) -> Any:
    import diffusers as df

    return df.AutoencoderOobleck(
        encoder_hidden_size=16, downsampling_ratios=[4, 8, 10], channel_multiples=[1, 2, 2], decoder_channels=8,
        decoder_input_channels=8, audio_channels=2, sampling_rate=rate,
    )  # fmt: skip


def write_stable_audio(kit: Any, path: Path) -> None:
    import diffusers as df

    encoder, tokenizer = t5(kit, path / "scratch")
    df.StableAudioPipeline(
        vae=oobleck(44100),
        text_encoder=encoder,
        tokenizer=tokenizer,
        projection_model=df.StableAudioProjectionModel(
            text_encoder_dim=16, conditioning_dim=16, min_value=0, max_value=32
        ),
        transformer=df.StableAudioDiTModel(
            sample_size=160, in_channels=8, num_layers=1, attention_head_dim=8, num_key_value_attention_heads=2,
            out_channels=8, cross_attention_dim=16, time_proj_dim=8, global_states_input_dim=32,
            cross_attention_input_dim=16, num_attention_heads=2,
        ),
        scheduler=df.EDMDPMSolverMultistepScheduler(solver_order=2),
    ).save_pretrained(path)  # fmt: skip


def write_stable_audio3(kit: Any, path: Path) -> None:
    import diffusers as df
    import transformers as tf

    _, tokenizer = t5(kit, path / "scratch")
    module = tf.T5GemmaModuleConfig(
        vocab_size=40, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, head_dim=8,
    )  # fmt: skip
    config = tf.T5GemmaConfig(encoder=module, decoder=module, is_encoder_decoder=False)
    vae = df.AutoencoderSAME(
        patch_size=64, encoder_channels=16, encoder_c_mults=[2], encoder_strides=[4], encoder_transformer_depths=[1],
        latent_dim=8, dim_heads=8, ff_mult=2, sampling_rate=44100,
    )  # fmt: skip
    transformer = df.StableAudio3DiTModel(
        io_channels=8, embed_dim=16, depth=1, num_heads=2, cond_token_dim=16, global_cond_dim=16,
        local_add_cond_dim=9, timestep_features_dim=16, num_memory_tokens=4,
    )  # fmt: skip
    kit.wake(vae)
    kit.wake(transformer)
    df.StableAudio3Pipeline(
        vae=vae,
        text_encoder=tf.T5GemmaEncoderModel(config),
        tokenizer=tokenizer,
        duration_embedder=df.pipelines.stable_audio_3.modeling_stable_audio_3.StableAudio3DurationEmbedder(
            output_dim=16, fourier_dim=16
        ),
        transformer=transformer,
        scheduler=df.FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0, stochastic_sampling=True),
    ).save_pretrained(path)


@pytest.fixture(scope="module")
def load(toys: Toys, kit: Any) -> Callable[[Any, str, Callable[[Any, Path], None]], Any]:
    def loaded(tool: Any, model: str, write: Callable[[Any, Path], None]) -> Any:
        tool.load(Place(weights={model: toys(model, lambda path: write(kit, path))}))
        return tool

    return loaded


def sound(text: str, seed: int, length: float | None = 0.4, op: str = "generate_sound", **params: Any) -> Request:
    return Request(op, {"description": text, "length": length, "loop": False, "take": 0, **params}, {}, seed)


def recording(length_s: float = 1.0, rate: int = 22050) -> Audio:
    samples = np.random.default_rng(5).normal(0, 0.1, (1, round(rate * length_s))).astype(np.float32)
    return Audio(samples, rate)


@pytest.mark.parametrize(
    ("make", "model", "write", "rate", "channels"),
    [
        (StableAudioTool, "stable-audio-open", write_stable_audio, 44100, 2),
        (StableAudio3Tool, "stable-audio-3-medium", write_stable_audio3, 44100, 2),
    ],
)
def test_sounds_by_their_seeds_alone_and_in_batches(
    load: Any, kit: Any, make: Any, model: str, write: Any, rate: int, channels: int
) -> None:
    tool = load(make(), model, write)
    tool.steps = 6
    assert kit.check_seeds_and_batches(tool, sound, ["rain", "a heavy door", "wind in trees"]) >= 60
    mixed = kit.sounds(tool, [sound("a", 1, 0.3), sound("b", 2, 0.45, "generate_music"), sound("c", 3, 0.3, loop=True)])
    assert [round(audio.length_s, 4) for audio in mixed] == [0.3, 0.45, 0.3]
    assert {(audio.rate, audio.channels) for audio in mixed} == {(rate, channels)}


def test_too_long_is_said(load: Any) -> None:
    tool = load(StableAudioTool(), "stable-audio-open", write_stable_audio)
    ((_, made),) = tool.run([sound("rain", 1, 60.0)], Context())
    assert isinstance(made, ToolError)
    assert "makes at most 1.16" in str(made)


def test_cancelling_leaves_within_a_step(load: Any, kit: Any) -> None:
    for tool in (
        load(StableAudioTool(), "stable-audio-open", write_stable_audio),
        load(StableAudio3Tool(), "stable-audio-3-medium", write_stable_audio3),
    ):
        with pytest.raises(Cancelled):
            list(tool.run([sound("rain", 1)], kit.cancelled_after(3)))


def check_repair(tool: Tool, kit: Any) -> None:
    given = recording()
    params = {"from": 0.4, "to": 0.6, "description": "wind", "take": 0}
    (made,) = kit.sounds(tool, [Request("inpaint", params, {"audio": given}, 1)])
    assert (made.rate, made.samples.shape) == (given.rate, given.samples.shape)
    changed = np.flatnonzero(np.abs(made.samples - given.samples).max(axis=0) > 0)
    assert 0.4 * given.rate <= changed[0] <= 0.45 * given.rate
    assert 0.55 * given.rate <= changed[-1] < 0.6 * given.rate
    ((_, refused),) = tool.run([Request("inpaint", {**params, "from": 2.0, "to": 3.0}, {"audio": given}, 1)], Context())
    assert isinstance(refused, ToolError)


def test_stable_audio_3_repairs_and_varies(load: Any, kit: Any) -> None:
    tool = load(StableAudio3Tool(), "stable-audio-3-medium", write_stable_audio3)
    check_repair(tool, kit)
    given = recording()
    little, much = (
        kit.sounds(tool, [Request("vary", {"description": "", "strength": strength, "take": 0}, {"audio": given}, 1)])[
            0
        ]
        for strength in (0.2, 0.9)
    )
    assert little.samples.shape == given.samples.shape == much.samples.shape
    assert kit.snr_db(little, much) < 40


def test_a_folder_of_something_else_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="cannot be read from"):
        StableAudioTool().load(Place(weights={"stable-audio-open": tmp_path}))


def write_ace_step(kit: Any, path: Path) -> None:
    import diffusers as df
    import transformers as tf
    from diffusers.pipelines.ace_step import modeling_ace_step as parts

    kit.save_letter_tokenizer(path / "scratch")
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
        kit.wake(part)
    df.AceStepPipeline(
        vae=oobleck(48000),
        text_encoder=tf.Qwen3Model(text),
        tokenizer=tf.AutoTokenizer.from_pretrained(path / "scratch"),
        transformer=transformer,
        condition_encoder=conditions,
        scheduler=df.FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
        audio_tokenizer=parts.AceStepAudioTokenizer(**pooled, fsq_dim=16),
        audio_token_detokenizer=parts.AceStepAudioTokenDetokenizer(**pooled),
    ).save_pretrained(path)


@pytest.fixture(scope="module")
def ace_step(load: Any) -> AceStepTool:
    tool: AceStepTool = load(AceStepTool(), "ace-step-1.5", write_ace_step)
    return tool


def song(**params: Any) -> Request:
    given = {"text": "Low the tide and long the night", "description": "a shanty", "language": "en", "length": 0.5}
    return Request("sing", {**given, "preset": "", "take": 0, **params}, {}, 1)


def test_ace_step_makes_music_by_its_seed(ace_step: AceStepTool, kit: Any) -> None:
    def music(text: str, seed: int) -> Request:
        return sound(text, seed, 0.5, "generate_music")

    assert kit.check_seeds_and_batches(ace_step, music, ["slow strings", "a drum"]) >= 60


def test_ace_step_sings_what_it_is_given(ace_step: AceStepTool, kit: Any) -> None:
    fed = Request("sing", {**song(text="").params}, {"text": Text("Another song")}, 1)
    one, other, odd = kit.sounds(ace_step, [song(), fed, song(length=0.4467)])
    assert one.length_s == other.length_s == 0.5
    assert odd.frames == round(0.4467 * 48000)
    assert ace_step.length_s(song(length=None)) == pytest.approx(11.15)  # as long as seven words take
    assert kit.snr_db(one, other) < 100  # other words; toy weights hear little of them


def test_ace_step_says_what_it_does_not_sing(ace_step: AceStepTool) -> None:
    notes = Notes((Part((Note(60, 0.0, 1.0),)),))
    results = dict(ace_step.run([song(text=" "), Request("sing", song().params, {"notes": notes}, 1)], Context()))
    assert "needs lyrics" in str(results[0])
    assert "leave the notes out" in str(results[1])


def test_ace_step_repairs_and_covers(ace_step: AceStepTool, kit: Any) -> None:
    check_repair(ace_step, kit)
    given = recording()
    params = {"description": "jazz", "strength": 0.4, "take": 0}
    (made,) = kit.sounds(ace_step, [Request("vary", params, {"audio": given}, 1)])
    assert (made.rate, made.samples.shape) == (given.rate, given.samples.shape)


def write_audioldm2(kit: Any, path: Path) -> None:
    import json

    import diffusers as df
    import transformers as tf

    scratch = path / "scratch"
    encoder, _ = t5(kit, scratch)
    pieces = [
        ("<pad>", 0.0),
        ("</s>", 0.0),
        ("<unk>", 0.0),
        ("▁", -2.0),
        *((x, -3.0) for x in "abcdefghijklmnopqrstuvwxyz."),
    ]
    letters = ["<s>", "<pad>", "</s>", "<unk>", *"abcdefghijklmnopqrstuvwxyz.\u0120"]
    (scratch / "vocab.json").write_text(json.dumps({letter: number for number, letter in enumerate(letters)}))
    (scratch / "merges.txt").write_text("#version: 0.2\n")
    roberta = tf.RobertaTokenizer(str(scratch / "vocab.json"), str(scratch / "merges.txt"), model_max_length=40)
    clap = tf.ClapConfig(
        text_config={
            "vocab_size": 40,
            "hidden_size": 16,
            "intermediate_size": 32,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "max_position_embeddings": 64,
            "projection_dim": 16,
            "pad_token_id": 1,
        },
        audio_config={
            "spec_size": 8,
            "window_size": 4,
            "num_mel_bins": 4,
            "depths": [1],
            "num_attention_heads": [2],
            "num_hidden_layers": 1,
            "hidden_size": 16,
            "patch_size": 2,
            "patch_stride": 2,
            "patch_embeds_hidden_size": 8,
            "patch_embed_input_channels": 1,
            "projection_dim": 16,
        },
        projection_dim=16,
    )
    vocoder = tf.SpeechT5HifiGanConfig(
        model_in_dim=8,
        sampling_rate=16000,
        upsample_initial_channel=16,
        upsample_rates=[8, 4, 5],
        upsample_kernel_sizes=[16, 8, 10],
        resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1, 3]],
        normalize_before=False,
    )
    df.AudioLDM2Pipeline(
        vae=df.AutoencoderKL(
            in_channels=1,
            out_channels=1,
            latent_channels=4,
            block_out_channels=[8, 8],
            norm_num_groups=4,
            down_block_types=["DownEncoderBlock2D"] * 2,
            up_block_types=["UpDecoderBlock2D"] * 2,
        ),
        text_encoder=tf.ClapModel(clap),
        text_encoder_2=encoder,
        projection_model=df.AudioLDM2ProjectionModel(text_encoder_dim=16, text_encoder_1_dim=16, langauge_model_dim=16),
        language_model=tf.GPT2LMHeadModel(
            tf.GPT2Config(vocab_size=40, n_embd=16, n_layer=1, n_head=2, n_positions=256, max_new_tokens=4)
        ),
        tokenizer=roberta,
        tokenizer_2=tf.T5Tokenizer(vocab=pieces, extra_ids=0, model_max_length=64),
        feature_extractor=tf.ClapFeatureExtractor(feature_size=4, sampling_rate=16000),
        unet=df.AudioLDM2UNet2DConditionModel(
            sample_size=32,
            in_channels=4,
            out_channels=4,
            layers_per_block=1,
            block_out_channels=[8, 16],
            norm_num_groups=4,
            down_block_types=["DownBlock2D", "CrossAttnDownBlock2D"],
            up_block_types=["CrossAttnUpBlock2D", "UpBlock2D"],
            cross_attention_dim=[[None, 16, 16], [None, 16, 16]],
            attention_head_dim=2,
            transformer_layers_per_block=1,
        ),
        scheduler=df.DDIMScheduler(beta_start=0.0015, beta_end=0.0195, beta_schedule="scaled_linear"),
        vocoder=tf.SpeechT5HifiGan(vocoder),
    ).save_pretrained(path)


def test_audioldm2_makes_sounds_by_their_seeds(load: Any, kit: Any) -> None:
    tool = load(AudioLdm2Tool(), "audioldm2", write_audioldm2)
    tool.steps = 4
    assert kit.check_seeds_and_batches(tool, sound, ["rain", "a heavy door"]) >= 60
    (made,) = kit.sounds(tool, [sound("rain", 1, 0.3)])
    assert (made.rate, made.length_s) == (16000, 0.3)
