"""What toys of many kinds are made of: a tokenizer of letters, and random numbers that make a network alive."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

BRIEF: Mapping[str, Any] = {"exponential_decay_length_penalty": (8, 2.0)}
"""Of a generation's configuration: a network that would talk without end comes to an end after some eight tokens."""
LETTERS = "abcdefghijklmnopqrstuvwxyz '.,!?"


def save_letter_tokenizer(folder: Path) -> None:
    """A tokenizer whose words are letters, in the form that ``AutoTokenizer`` reads."""
    import tokenizers
    import transformers

    words = ["<pad>", "</s>", "<unk>", *LETTERS]
    letters = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>")
    )
    letters.pre_tokenizer = tokenizers.pre_tokenizers.Split("", "isolated")
    letters.post_processor = tokenizers.processors.TemplateProcessing("$A </s>", special_tokens=[("</s>", 1)])
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=letters, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=512
    ).save_pretrained(folder)


def enliven(module: Any) -> None:
    """Random numbers of a size that makes the network's sound depend on what is fed to it."""
    import torch

    with torch.no_grad():
        for name, value in [*module.named_parameters(), *module.named_buffers()]:
            if name.endswith("bias"):
                value.zero_()
            elif name.endswith("original0"):
                value.mul_(3.0)
            elif name.endswith("codebook.embed"):
                value.normal_()


def wake(module: Any) -> None:
    """Random numbers where a network starts with zeros, which would hide all that comes before."""
    import torch

    with torch.no_grad():
        for value in module.parameters():
            if not value.any():
                value.normal_(0.0, 0.3)


def scale(module: Any, factor: float) -> None:
    """Weights so large that what goes in decides what comes out, and not only the noise."""
    import torch

    with torch.no_grad():
        for value in module.parameters():
            if value.ndim > 1:
                value.mul_(factor)
