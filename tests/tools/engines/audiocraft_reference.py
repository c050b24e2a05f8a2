"""Run by a test in a process of its own: tiny AudioGen checkpoints of audiocraft's own classes, and what these compute.

The classes of the network and of the codec are audiocraft's. Packages that they import but do not use here (torchaudio,
xformers, spacy, ...) are stood in for by empty modules, since audiocraft's pins do not install beside a current torch.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
import types
from pathlib import Path
from typing import Any

import torch
import transformers
import yaml

UNUSED = ("torchaudio", "julius", "num2words", "spacy", "flashy", "omegaconf", "av", "demucs", "librosa",
          "audiocraft.data", "audiocraft.environment")  # fmt: skip


class Empty(types.ModuleType):
    """A module that has every name."""

    __path__: Any = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


class Finder:
    """Finds an empty module for each package that is not used."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name.startswith(tuple(f"{unused}." for unused in UNUSED)) or name in UNUSED:
            loader: Any = self
            return importlib.machinery.ModuleSpec(name, loader, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return Empty(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def prepare() -> None:
    finder: Any = Finder()
    sys.meta_path.insert(0, finder)
    folder = next(Path(path) for path in sys.path if (Path(path) / "audiocraft").is_dir())
    for name in ("audiocraft", "audiocraft.models", "audiocraft.utils"):  # not their __init__: it imports everything
        module = types.ModuleType(name)
        module.__path__ = [str(folder / name.replace(".", "/"))]
        sys.modules[name] = module
    xformers: Any = types.ModuleType("xformers")
    xformers.ops = ops = types.ModuleType("xformers.ops")
    vars(ops)["unbind"] = torch.unbind  # the one function of it that is used
    sys.modules |= {"xformers": xformers, "xformers.ops": ops}


LM: dict[str, Any] = {
      "dim": 32, "num_heads": 4, "num_layers": 2, "hidden_scale": 4, "n_q": 4, "card": 64, "activation": "gelu",
      "norm": "layer_norm", "norm_first": True, "bias_ff": False, "bias_attn": False, "bias_proj": False,
      "causal": True, "positional_embedding": "sin", "dropout": 0.0, "memory_efficient": False,
      "custom": True}  # fmt: skip
SEANET: dict[str, Any] = {
      "dimension": 16, "channels": 1, "causal": False, "n_filters": 4, "n_residual_layers": 1,
          "ratios": [8, 5, 4, 2], "activation": "ELU", "activation_params": {"alpha": 1.0}, "norm": "weight_norm",
          "norm_params": {},
          "kernel_size": 7, "residual_kernel_size": 3, "last_kernel_size": 7, "dilation_base": 2, "pad_mode": "reflect",
          "true_skip": True, "compress": 2, "lstm": 2, "disable_norm_outer_blocks": 0}  # fmt: skip
DECODER: dict[str, Any] = {"trim_right_ratio": 1.0, "final_activation": None, "final_activation_params": None}


def network(text_dim: int) -> Any:
    from audiocraft.models.lm import LMModel
    from audiocraft.modules.codebooks_patterns import DelayedPatternProvider
    from audiocraft.modules.conditioners import ConditionFuser

    description = torch.nn.Module()
    description.output_proj = torch.nn.Linear(text_dim, 32)
    conditioners = torch.nn.Module()
    conditioners.conditioners = torch.nn.ModuleDict({"description": description})
    fuser = ConditionFuser({"cross": ["description"], "sum": [], "prepend": [], "input_interpolate": []})
    return LMModel(
        DelayedPatternProvider(4), conditioners, fuser, cross_attention=True, weight_init="gaussian",
        depthwise_init="current", zero_bias_init=True, **LM,
    ).eval()  # fmt: skip


def codec() -> Any:
    modules: Any = importlib.import_module("audiocraft.modules")
    quantization: Any = importlib.import_module("audiocraft.quantization")
    model: Any = importlib.import_module("audiocraft.models.encodec").EncodecModel

    quantizer = quantization.ResidualVectorQuantizer(dimension=16, n_q=4, bins=64)
    made = model(modules.SEANetEncoder(**SEANET), modules.SEANetDecoder(**SEANET, **DECODER), quantizer, frame_rate=50,
                        sample_rate=16000, channels=1)  # fmt: skip
    with torch.no_grad():
        for name, value in made.named_parameters():  # lively, so that many codes are used
            if name.endswith("bias"):
                value.zero_()
            elif name.endswith("weight_g"):
                value.mul_(3.0)
                last = value
        for name, value in made.named_buffers():
            if name.endswith("embed"):
                value.normal_()
            elif name.endswith("inited"):
                value.fill_(1)
        last.mul_(0.005)  # of the decoder: about as loud as sounds are
    return made.eval()


def save(folder: Path, lm: Any, compression: Any) -> None:
    """As ``audiocraft.utils.export`` writes checkpoints."""
    settings: dict[str, Any] = {
        "lm_model": "transformer_lm", "transformer_lm": LM,
        "fuser": {"cross": ["description"], "sum": [], "prepend": []},
        "codebooks_pattern": {"modeling": "delay", "delay": {"delays": [0, 1, 2, 3]}},
        "conditioners": {"description": {"model": "t5", "t5": {"name": "t5-large"}}},
    }  # fmt: skip
    package = {"best_state": lm.state_dict(), "xp.cfg": yaml.safe_dump(settings), "version": "1.3.0", "exported": True}
    torch.save(package, folder / "state_dict.bin")
    settings = {
        "compression_model": "encodec", "seanet": {**SEANET, "encoder": {}, "decoder": DECODER},
        "encodec": {"autoencoder": "seanet", "quantizer": "rvq", "sample_rate": 16000, "channels": 1, "causal": False,
                    "renormalize": False}, "rvq": {"n_q": 4, "bins": 64},
    }  # fmt: skip
    package = {**package, "best_state": compression.state_dict(), "xp.cfg": yaml.safe_dump(settings)}
    torch.save(package, folder / "compression_state_dict.bin")


def main(folder: Path, text_folder: Path) -> None:
    prepare()
    torch.set_num_threads(1)  # sums depend on how many there are
    torch.manual_seed(0)
    words = transformers.T5EncoderModel.from_pretrained(text_folder).eval()
    lm, compression = network(words.config.d_model), codec()
    save(folder, lm, compression)
    ids = torch.randint(3, 30, (2, 6))
    mask = torch.tensor([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]])
    codes = torch.randint(0, 65, (2, 4, 20))
    wave = 0.3 * torch.randn(1, 1, 16000)
    with torch.no_grad():
        heard = words(input_ids=ids, attention_mask=mask).last_hidden_state
        lead = lm.condition_provider.conditioners["description"].output_proj(heard) * mask[..., None]
        logits = lm(codes, [], {"description": (lead, mask)})
        books, _ = compression.encode(wave)
        sound = compression.decode(books)
    torch.save({"ids": ids, "mask": mask, "codes": codes, "logits": logits, "wave": wave, "books": books,
                "sound": sound}, folder / "expected.pt")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
