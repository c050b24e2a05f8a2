"""Toys of engines that speak."""

from __future__ import annotations

import json
from pathlib import Path


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


MMS = ("ara", "deu", "eng", "spa", "fra", "hin", "ind", "nld", "pol", "por", "rus", "swh", "tur", "ukr", "vie")
TOYS = {f"mms-tts-{language}": write_vits for language in MMS}
