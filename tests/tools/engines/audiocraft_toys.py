"""Run by the interpreter of audiocraft's environment: tiny checkpoints of audiocraft's own classes, random weights.

Usage: audiocraft_toys.py FOLDER, which gets a folder for each model that the tools name: ``audiocraft-musicgen-small``
with ``t5-base`` and ``encodec-32khz``, and ``audiogen-medium`` with ``t5-large``. Windows are as short as audiocraft
bears them, and MusicGen's codec gives ten frames a second, so that several windows are soon made.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import Any

import torch

LM: dict[str, Any] = {
    "dim": 32, "num_heads": 4, "num_layers": 2, "hidden_scale": 4, "n_q": 4, "card": 2048, "dropout": 0.0,
    "emb_lr": None, "activation": "gelu", "norm_first": True, "bias_ff": False, "bias_attn": False, "bias_proj": False,
    "past_context": None, "causal": True, "custom": False, "memory_efficient": True, "attention_as_float32": False,
    "layer_scale": None, "positional_embedding": "sin", "xpos": False, "checkpointing": "none",
    "weight_init": "gaussian", "depthwise_init": "current", "zero_bias_init": True, "norm": "layer_norm",
    "cross_attention": False, "qk_layer_norm": False, "qk_layer_norm_cross": False, "attention_dropout": None,
    "kv_repeat": 1, "two_step_cfg": False,
}  # fmt: skip
SEANET: dict[str, Any] = {
    "dimension": 16, "channels": 1, "causal": False, "n_filters": 4, "n_residual_layers": 1, "ratios": [8, 5, 4, 2],
    "activation": "ELU", "activation_params": {"alpha": 1.0}, "norm": "weight_norm", "norm_params": {},
    "kernel_size": 7, "residual_kernel_size": 3, "last_kernel_size": 7, "dilation_base": 2, "pad_mode": "reflect",
    "true_skip": True, "compress": 2, "lstm": 1, "disable_norm_outer_blocks": 0, "encoder": {},
    "decoder": {"trim_right_ratio": 1.0, "final_activation": None, "final_activation_params": None},
}  # fmt: skip


def lively(module: Any) -> None:
    """Random numbers of a size that makes the sound depend on the codes."""
    with torch.no_grad():
        for name, value in [*module.named_parameters(), *module.named_buffers()]:
            if name.endswith("bias"):
                value.zero_()
            elif name.endswith(("weight_g", "original0")):
                value.mul_(3.0)
                last = value
            elif name.endswith("embed"):
                value.normal_()
            elif name.endswith("inited"):
                value.fill_(1)
        last.mul_(0.005)  # of the decoder: about as loud as sounds are


def write_words(folder: Path, width: int) -> None:
    """A text encoder of the width that audiocraft knows by its name, and a tokenizer of letters."""
    import sentencepiece
    import transformers as tf

    folder.mkdir()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["the quick brown fox jumps over the lazy dog", "calm piano, rain; two boats."] * 20),
        model_prefix=str(folder / "spiece"), model_type="char", vocab_size=40, hard_vocab_limit=False, pad_id=0,
        eos_id=1, unk_id=2, bos_id=-1, minloglevel=2,
    )  # fmt: skip
    tokenizer = tf.T5Tokenizer(str(folder / "spiece.model"))
    tokenizer.save_pretrained(folder)
    config = tf.T5Config(vocab_size=len(tokenizer), d_model=width, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    tf.T5EncoderModel(config).save_pretrained(folder)


def write_network(folder: Path, words: str, window_s: float) -> None:
    """The network as ``audiocraft.utils.export`` writes it; its text encoder is found beside it, by its name."""
    import omegaconf
    from audiocraft.models import builders

    settings = {
        "lm_model": "transformer_lm", "transformer_lm": LM, "dtype": "float32", "device": "cpu",
        "fuser": {"cross_attention_pos_emb": False, "cross_attention_pos_emb_scale": 1, "sum": [], "prepend": [],
                  "cross": ["description"], "input_interpolate": []},
        "codebooks_pattern": {"modeling": "delay", "delay": {"delays": [0, 1, 2, 3], "flatten_first": 0,
                                                             "empty_initial": 0}},
        "conditioners": {"args": {"merge_text_conditions_p": 0.25, "drop_desc_p": 0.5}, "description": {
            "model": "t5", "t5": {"name": words, "finetune": False, "word_dropout": 0.3, "normalize_text": False}}},
        "attribute_dropout": {}, "classifier_free_guidance": {"training_dropout": 0.3, "inference_coef": 3.0},
        "dataset": {"segment_duration": window_s}, "interleave_stereo_codebooks": {"use": False},
    }  # fmt: skip
    text = omegaconf.OmegaConf.to_yaml(omegaconf.OmegaConf.create(settings))
    for name in ("merge_text_conditions_p", "drop_desc_p"):
        del settings["conditioners"]["args"][name]  # type: ignore[index]  # as audiocraft does before it builds
    network = builders.get_lm_model(omegaconf.OmegaConf.create(settings))
    package = {"best_state": network.state_dict(), "xp.cfg": text, "version": "1.2.0", "exported": True}
    torch.save(package, folder / "state_dict.bin")


def write_codec(folder: Path) -> None:
    """A codec of audiocraft's own class, as AudioGen has it."""
    import omegaconf
    from audiocraft.models import builders

    settings = {
        "compression_model": "encodec", "seanet": SEANET, "sample_rate": 16000, "channels": 1, "device": "cpu",
        "encodec": {"autoencoder": "seanet", "quantizer": "rvq", "sample_rate": 16000, "channels": 1, "causal": False,
                    "renormalize": False},
        "rvq": {"n_q": 4, "q_dropout": False, "bins": LM["card"], "decay": 0.99, "kmeans_init": True,
                "kmeans_iters": 50, "threshold_ema_dead_code": 2, "orthogonal_reg_weight": 0.0,
                "orthogonal_reg_active_codes_only": False},
    }  # fmt: skip
    config = omegaconf.OmegaConf.create(settings)
    codec = builders.get_compression_model(config)
    lively(codec)
    package = {"best_state": codec.state_dict(), "xp.cfg": omegaconf.OmegaConf.to_yaml(config), "version": "1.2.0",
               "exported": True}  # fmt: skip
    torch.save(package, folder / "compression_state_dict.bin")


def write_named_codec(folder: Path, codec: Path) -> None:
    """A codec of transformers, as MusicGen names it in place of its own."""
    import transformers as tf

    config = tf.EncodecConfig(
        target_bandwidths=[0.44], sampling_rate=32000, audio_channels=1, normalize=False,
        upsampling_ratios=[8, 8, 10, 5],
        num_filters=4, hidden_size=16, codebook_dim=16, codebook_size=LM["card"], num_lstm_layers=1,
        use_causal_conv=False, norm_type="weight_norm", chunk_length_s=None,
    )  # fmt: skip
    model = tf.EncodecModel(config)
    lively(model)
    model.save_pretrained(codec)
    named = {"pretrained": "facebook/encodec_32khz", "exported": True, "version": "1.2.0"}
    torch.save(named, folder / "compression_state_dict.bin")


def main(folder: Path) -> None:
    """Write all of them."""
    warnings.simplefilter("ignore")
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.chdir(folder)
    torch.manual_seed(3)
    for model, words, width, window_s in (
        ("audiocraft-musicgen-small", "t5-base", 768, 18.5),
        ("audiogen-medium", "t5-large", 1024, 2.5),
    ):
        write_words(folder / words, width)
        (folder / model).mkdir()
        write_network(folder / model, words, window_s)
    write_named_codec(folder / "audiocraft-musicgen-small", folder / "encodec-32khz")
    write_codec(folder / "audiogen-medium")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
