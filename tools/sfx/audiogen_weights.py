"""AudioGen's checkpoints in transformers' MusicGen classes: audiocraft's names and shapes mapped to theirs.

Both are one architecture (a causal transformer over delayed codebooks that looks at a T5 text encoder, and an EnCodec):
only names differ, and the three attention projections, which audiocraft keeps in one matrix.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from soundwright.tools.errors import ToolMissing

NETWORK_FILE, CODEC_FILE = "state_dict.bin", "compression_state_dict.bin"
_LAYER_PARTS = {
    "self_attn.out_proj": "self_attn.out_proj",
    "cross_attention.out_proj": "encoder_attn.out_proj",
    "norm1": "self_attn_layer_norm",
    "norm_cross": "encoder_attn_layer_norm",
    "norm2": "final_layer_norm",
    "linear1": "fc1",
    "linear2": "fc2",
}
_ATTENTIONS = {"self_attn": "self_attn", "cross_attention": "encoder_attn"}
_LAYER = re.compile(r"transformer\.layers\.(\d+)\.(.+?)\.?(weight|bias|in_proj_weight)$")
_CODEC_NAMES = (
    (re.compile(r"^(encoder|decoder)\.model\."), r"\1.layers."),
    (re.compile(r"\.conv\.conv\."), ".conv."),
    (re.compile(r"\.convtr\.convtr\."), ".conv."),
    (re.compile(r"^quantizer\.vq\.layers\.(\d+)\._codebook\."), r"quantizer.layers.\1.codebook."),
    (re.compile(r"\.weight_g$"), ".parametrizations.weight.original0"),
    (re.compile(r"\.weight_v$"), ".parametrizations.weight.original1"),
)
_NEEDED = {"norm_first": True, "bias_ff": False, "bias_attn": False, "bias_proj": False, "causal": True}
State = dict[str, Any]
Settings = Mapping[str, Any]


def read_checkpoint(path: Path) -> tuple[State, Settings]:
    """Tensors and settings of a checkpoint as audiocraft exports them. Of the file only data is read, never objects.

    Raises:
        ToolMissing: it is not there, or no such checkpoint.
    """
    import torch  # noqa: PLC0415  heavy
    import yaml  # noqa: PLC0415  only here
    from torch import serialization  # noqa: PLC0415

    try:
        package = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        settings = yaml.safe_load(package["xp.cfg"])
        state = package["best_state"]
    except serialization.pickle.UnpicklingError as error:
        raise ToolMissing(
            f"{path} holds more than tensors and text, which is never loaded. Export it with audiocraft "
            f"(audiocraft.utils.export.export_lm, export_encodec), or take the released file."
        ) from error
    except (OSError, RuntimeError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise ToolMissing(f"{path} is no exported checkpoint of audiocraft: {str(error).splitlines()[0]}") from error
    if not isinstance(settings, Mapping) or not isinstance(state, Mapping):
        raise ToolMissing(f"{path} is no exported checkpoint of audiocraft: it holds no settings")
    return dict(state), settings


def network_state(state: State) -> tuple[State, State]:
    """Tensors of the language model by transformers' names, and those of the projection of its text.

    Raises:
        ToolMissing: there are tensors that have no place in it.
    """
    network: State = {}
    projection: State = {}
    for name, value in state.items():
        if name.startswith("condition_provider.conditioners.description.output_proj."):
            projection[name.rpartition(".")[2]] = value
        else:
            network |= _renamed(name, value)
    return network, projection


def codec_state(state: State) -> State:
    """Tensors of the EnCodec by transformers' names."""
    found = {}
    for name, value in state.items():
        for pattern, new in _CODEC_NAMES:
            name = pattern.sub(new, name)  # noqa: PLW2901  renamed step by step
        found[name] = value
    return found


def decoder_facts(settings: Settings) -> dict[str, Any]:
    """What ``MusicgenDecoderConfig`` takes, from the settings of a language model.

    Raises:
        ToolMissing: the network is of another make.
    """
    lm = _part(settings, "transformer_lm")
    books = int(lm["n_q"])
    for name, value in _NEEDED.items():
        if bool(lm.get(name, value)) is not value:
            raise ToolMissing(f"This checkpoint has {name}={lm[name]}, which MusicGen in transformers has not.")
    pattern = _part(settings, "codebooks_pattern")
    delays = list(_part(pattern, "delay").get("delays") or range(books)) if pattern.get("modeling") == "delay" else []
    if delays != list(range(books)) or lm.get("positional_embedding", "sin") != "sin":
        raise ToolMissing("This checkpoint has another pattern of codebooks or positions than MusicGen.")
    if list(_part(settings, "fuser").get("cross") or []) != ["description"]:
        raise ToolMissing("This checkpoint is led by more than a description, which is not supported.")
    card, dim = int(lm["card"]), int(lm["dim"])
    return {
        "vocab_size": card, "hidden_size": dim, "num_hidden_layers": int(lm["num_layers"]),
        "num_attention_heads": int(lm["num_heads"]), "ffn_dim": int(dim * lm.get("hidden_scale", 4)),
        "num_codebooks": books, "activation_function": str(lm.get("activation", "gelu")), "dropout": 0.0,
        "audio_channels": 1, "pad_token_id": card, "bos_token_id": card,
    }  # fmt: skip


def text_encoder_name(settings: Settings) -> str:
    """The text encoder that a network was trained with, such as ``t5-large``: its weights are not in the checkpoint."""
    description = _part(_part(settings, "conditioners"), "description")
    return str(_part(description, "t5").get("name", ""))


def codec_facts(settings: Settings, books: int) -> dict[str, Any]:
    """What ``EncodecConfig`` takes, from the settings of a compression model of which ``books`` codebooks are used.

    Raises:
        ToolMissing: the codec is of another make.
    """
    codec, net, rvq = (_part(settings, name) for name in ("encodec", "seanet", "rvq"))
    if codec.get("renormalize") or int(codec.get("channels", 1)) != 1:
        raise ToolMissing("This codec is stereo or evens out levels, which is not supported.")
    rate, ratios = int(codec["sample_rate"]), [int(ratio) for ratio in net["ratios"]]
    hop = 1
    for ratio in ratios:
        hop *= ratio
    frames_hz = -(-rate // hop)
    decoder = net.get("decoder") or {}
    return {
        "sampling_rate": rate, "audio_channels": 1, "normalize": False, "hidden_size": int(net["dimension"]),
        "codebook_dim": int(net["dimension"]), "num_filters": int(net["n_filters"]), "upsampling_ratios": ratios,
        "num_residual_layers": int(net["n_residual_layers"]), "kernel_size": int(net["kernel_size"]),
        "last_kernel_size": int(net["last_kernel_size"]), "residual_kernel_size": int(net["residual_kernel_size"]),
        "dilation_growth_rate": int(net["dilation_base"]), "compress": int(net["compress"]),
        "num_lstm_layers": int(net["lstm"]), "pad_mode": str(net["pad_mode"]), "norm_type": str(net["norm"]),
        "use_causal_conv": bool(net.get("causal", codec.get("causal", False))),
        "use_conv_shortcut": not net["true_skip"], "trim_right_ratio": float(decoder.get("trim_right_ratio", 1.0)),
        "codebook_size": int(rvq["bins"]),
        # half a codebook more than are used, against rounding
        "target_bandwidths": [(books + 0.5) * frames_hz * math.log2(int(rvq["bins"])) / 1000],
    }  # fmt: skip


def assembled(network: Path, codec: Path, text_encoder: Any) -> Any:  # noqa: ANN401  classes of an untyped package
    """``MusicgenForConditionalGeneration`` with the weights of two checkpoints and a T5 encoder that is loaded.

    Raises:
        ToolMissing: a checkpoint is not there, or of another make.
    """
    import transformers as tf  # noqa: PLC0415  heavy

    state, settings = read_checkpoint(network)
    facts = decoder_facts(settings)
    codec_tensors, codec_settings = read_checkpoint(codec)
    decoder = tf.MusicgenForCausalLM(tf.MusicgenDecoderConfig(**facts))
    encodec = tf.EncodecModel(tf.EncodecConfig(**codec_facts(codec_settings, facts["num_codebooks"])))
    if text_encoder.config.hidden_size == facts["hidden_size"]:
        raise ToolMissing("MusicGen in transformers has no projection for a text encoder as wide as the network.")
    model = tf.MusicgenForConditionalGeneration(text_encoder=text_encoder, audio_encoder=encodec, decoder=decoder)
    model.decoder.set_attn_implementation(
        "sdpa"
    )  # a model that is put together has none, and then no causal mask either
    tensors, projection = network_state(state)
    books = range(facts["num_codebooks"])
    used = {name: value for name, value in codec_state(codec_tensors).items() if _used(name, books)}
    for part, mapped in ((model.decoder, tensors), (model.enc_to_dec_proj, projection), (model.audio_encoder, used)):
        _fill(part, mapped, network)
    card = facts["vocab_size"]
    model.generation_config = tf.GenerationConfig(
        decoder_start_token_id=card, pad_token_id=card, bos_token_id=card, do_sample=True, guidance_scale=3.0
    )
    return model.eval()


def _renamed(name: str, value: Any) -> State:  # noqa: ANN401  a tensor
    top, _, rest = name.partition(".")
    if top == "emb":
        return {f"model.decoder.embed_tokens.{rest}": value}
    if top == "linears":
        return {f"lm_heads.{rest}": value}
    if top == "out_norm":
        return {f"model.decoder.layer_norm.{rest}": value}
    found = _LAYER.fullmatch(name)
    if found is None:
        raise ToolMissing(f"The checkpoint holds {name}, which has no place in MusicGen.")
    number, part, kind = found.groups()
    layer = f"model.decoder.layers.{number}"
    if kind == "in_proj_weight" and part in _ATTENTIONS:
        thirds = zip(("q_proj", "k_proj", "v_proj"), value.chunk(3), strict=True)
        return {f"{layer}.{_ATTENTIONS[part]}.{which}.weight": third for which, third in thirds}
    if part not in _LAYER_PARTS:
        raise ToolMissing(f"The checkpoint holds {name}, which has no place in MusicGen.")
    return {f"{layer}.{_LAYER_PARTS[part]}.{kind}": value}


def _fill(part: Any, tensors: State, path: Path) -> None:  # noqa: ANN401
    try:
        part.load_state_dict({name: value.float() for name, value in tensors.items()}, strict=True)
    except RuntimeError as error:
        raise ToolMissing(f"{path.parent} holds a checkpoint of other sizes than its settings say: {error}") from error


def _used(name: str, books: range) -> bool:
    found = re.match(r"quantizer\.layers\.(\d+)\.", name)
    return found is None or int(found[1]) in books


def _part(settings: Settings, name: str) -> Settings:
    part = settings.get(name)
    if not isinstance(part, Mapping):
        raise ToolMissing(f"The settings of the checkpoint have no {name}: it is no AudioGen.")
    return part
