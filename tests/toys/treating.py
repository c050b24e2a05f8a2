"""Toys of networks that take sounds apart, restore, convert and mark them, stored as their authors store theirs."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

MP_SENET = {"dense_channel": 8, "compress_factor": 0.3, "beta": 2.0, "n_fft": 400, "hop_size": 100, "win_size": 400,
            "sampling_rate": 16000, "segment_size": 32000}  # fmt: skip


def write_demucs(folder: Path) -> None:
    """Hybrid Transformer Demucs that hears 1.5 s at 8 kHz at once."""
    pytest.importorskip("demucs", reason="demucs is not installed")
    import torch
    from demucs.htdemucs import HTDemucs

    sizes: dict[str, Any] = {
        "sources": ["drums", "bass", "other", "vocals"], "channels": 8, "nfft": 512, "depth": 2, "t_layers": 1,
        "t_heads": 2, "samplerate": 8000, "segment": Fraction(3, 2), "bottom_channels": 16, "dconv_comp": 2,
    }  # fmt: skip
    state = {name: value.half() for name, value in HTDemucs(**sizes).state_dict().items()}
    stored = {"klass": HTDemucs, "args": (), "kwargs": sizes, "state": state, "training_args": {"seed": 1}}
    torch.save(stored, folder / "955717e8.th")


def write_convtasnet(folder: Path) -> None:
    """Asteroid's Conv-TasNet of two speakers."""
    import torch

    sizes = {"n_src": 2, "n_blocks": 2, "n_repeats": 2, "stride": 8, "kernel_size": 16, "n_filters": 16,
             "mask_act": "sigmoid", "sample_rate": 16000, "causal": False}  # fmt: skip
    stored = {"model_name": "ConvTasNet", "model_args": sizes, "state_dict": _tasnet_state(16, 8, 12, 4),
              "infos": {"task": "sep_clean"}}  # fmt: skip
    torch.save(stored, folder / "pytorch_model.bin")


def _tasnet_state(filters: int, bottleneck: int, hidden: int, blocks: int) -> dict[str, Any]:
    import torch

    def conv(name: str, out: int, inner: int, width: int = 1) -> dict[str, Any]:
        return {f"{name}.weight": torch.randn(out, inner, width) / inner**0.5, f"{name}.bias": torch.randn(out) * 0.1}

    def norm(name: str, size: int) -> dict[str, Any]:
        return {f"{name}.gamma": torch.rand(size) + 0.5, f"{name}.beta": torch.randn(size) * 0.1}

    state = {f"{side}.filterbank._filters": torch.randn(filters, 1, 16) / 4 for side in ("encoder", "decoder")}
    state |= norm("masker.bottleneck.0", filters) | conv("masker.bottleneck.1", bottleneck, filters)
    for number in range(blocks):
        name = f"masker.TCN.{number}"
        state |= conv(f"{name}.shared_block.0", hidden, bottleneck) | norm(f"{name}.shared_block.2", hidden)
        state |= conv(f"{name}.shared_block.3", hidden, 1, 3) | norm(f"{name}.shared_block.5", hidden)
        state |= {f"{name}.shared_block.{n}.weight": torch.tensor([0.25]) for n in (1, 4)}
        state |= conv(f"{name}.res_conv", bottleneck, hidden) | conv(f"{name}.skip_conv", bottleneck, hidden)
    state |= {"masker.mask_net.0.weight": torch.tensor([0.25])}
    return state | conv("masker.mask_net.1", 2 * filters, bottleneck)


def write_audioseal(folder: Path) -> None:
    """Both networks of AudioSeal in their true sizes, which their package fixes."""
    pytest.importorskip("audioseal", reason="audioseal is not installed")
    import torch
    from audioseal import builder, loader

    for file, card, kind, make in (
        ("generator_base.pth", "audioseal_wm_16bits", builder.AudioSealWMConfig, builder.create_generator),
        ("detector_base.pth", "audioseal_detector_16bits", builder.AudioSealDetectorConfig, builder.create_detector),
    ):
        card_values = loader.load_local_model_config(card)
        sizes = loader.AudioSeal.parse_config(loader.OmegaConf.to_container(card_values), config_type=kind, nbits=16)
        network = make(sizes)
        released = {name.replace(".inner_conv", ""): value for name, value in network.state_dict().items()}
        torch.save({"xp.cfg": card_values, "model": released}, folder / file)


def write_wavlm(folder: Path) -> None:
    """WavLM with as many layers as kNN-VC looks through, and 16 numbers for each 20 ms."""
    import transformers as tf

    config = tf.WavLMConfig(
        hidden_size=16, num_hidden_layers=7, num_attention_heads=2, intermediate_size=16, conv_dim=(8,) * 7,
        num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, num_feat_extract_layers=7,
    )  # fmt: skip
    tf.WavLMModel(config).eval().save_pretrained(folder)


def write_knn_vocoder(folder: Path) -> None:
    """The HiFi-GAN of kNN-VC, for these 16 numbers."""
    import torch

    state: dict[str, Any] = {"lin_pre.weight": torch.randn(8, 16), "lin_pre.bias": torch.zeros(8)}

    def conv(name: str, *shape: int, out: int) -> None:
        direction = torch.randn(*shape)
        norm = direction.norm(dim=(1, 2), keepdim=True)
        state.update({f"{name}.weight_v": direction, f"{name}.weight_g": norm * 0.3, f"{name}.bias": torch.zeros(out)})

    conv("conv_pre", 32, 8, 7, out=32)
    width = 32
    for stage, kernel in enumerate((20, 16, 4, 4)):
        conv(f"ups.{stage}", width, width // 2, kernel, out=width // 2)
        width //= 2
        for block in range(2 * stage, 2 * stage + 2):
            for number in range(3):
                conv(f"resblocks.{block}.convs1.{number}", width, width, 3, out=width)
                conv(f"resblocks.{block}.convs2.{number}", width, width, 3, out=width)
    conv("conv_post", 1, width, 7, out=1)
    torch.save({"generator": state}, folder / "prematch_g.pt")


def write_mp_senet(folder: Path) -> None:
    """MP-SENet as its weights lie on the hub."""
    from safetensors.torch import save_file

    save_file(mp_senet_state(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"h": MP_SENET}), encoding="utf-8")


def mp_senet_state(width: int = 8, blocks: int = 2) -> dict[str, Any]:
    """The same random weights each time."""
    import torch

    dice = torch.Generator().manual_seed(11)
    shapes = mp_senet_shapes(width, blocks, bins=201)
    return {name: torch.randn(shape, generator=dice) * 0.3 for name, shape in shapes.items()}


Shapes = dict[str, tuple[int, ...]]


def mp_senet_shapes(width: int, blocks: int, bins: int) -> Shapes:
    """The tensors of a checkpoint of MP-SENet, written out from the published code and not from ours."""
    out = _conv("dense_encoder.dense_conv_1.0", width, 2, 1, 1) | _settled("dense_encoder.dense_conv_1.1", width)
    out |= _conv("dense_encoder.dense_conv_2.0", width, width, 1, 3) | _settled("dense_encoder.dense_conv_2.1", width)
    for part in ("dense_encoder", "mask_decoder", "phase_decoder"):
        for number in range(4):
            name = f"{part}.dense_block.dense_block.{number}"
            out |= _conv(f"{name}.1", width, width * (number + 1), 2, 3) | _settled(f"{name}.2", width)
    for name in ("mask_decoder.mask_conv", "phase_decoder.phase_conv"):
        out |= _conv(f"{name}.0.conv", 2 * width, width, 1, 3) | _settled(f"{name}.1", width)
    out |= {"mask_decoder.lsigmoid.slope": (bins, 1)}
    for name in ("mask_decoder.mask_conv.3", "phase_decoder.phase_conv_r", "phase_decoder.phase_conv_i"):
        out |= _conv(name, 1, width, 1, 2)
    for number in range(blocks):
        for axis in ("time", "freq"):
            out |= _transformer(f"TSTransformer.{number}.{axis}_transformer", width)
    return out


def _transformer(name: str, width: int) -> Shapes:
    out: Shapes = {}
    for norm in (1, 2, 3):
        out |= _conv(f"{name}.norm{norm}", width)
    out |= {f"{name}.attention.in_proj_weight": (3 * width, width), f"{name}.attention.in_proj_bias": (3 * width,)}
    out |= _conv(f"{name}.attention.out_proj", width, width) | _conv(f"{name}.ffn.linear", width, 4 * width)
    for way in ("", "_reverse"):
        out |= {f"{name}.ffn.gru.weight_ih_l0{way}": (6 * width, width)}
        out |= {f"{name}.ffn.gru.weight_hh_l0{way}": (6 * width, 2 * width)}
        out |= {f"{name}.ffn.gru.bias_{kind}_l0{way}": (6 * width,) for kind in ("ih", "hh")}
    return out


def _conv(name: str, *shape: int) -> Shapes:
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}


def _settled(prefix: str, width: int) -> Shapes:
    """Names and shapes of a norm and the activation after it, as the authors' modules number them."""
    start, _, number = prefix.rpartition(".")
    return {f"{prefix}.weight": (width,), f"{prefix}.bias": (width,), f"{start}.{int(number) + 1}.weight": (width,)}


TOYS = {
    "htdemucs": write_demucs,
    "convtasnet-libri2mix": write_convtasnet,
    "audioseal": write_audioseal,
    "wavlm-large": write_wavlm,
    "knn-vc-vocoder": write_knn_vocoder,
    "mp-senet-dns": write_mp_senet,
}
