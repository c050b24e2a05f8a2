"""What tests of neural engines share: toy networks with random weights, and checks that hold for every engine."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Request, Tool
from soundwright.tools.errors import ToolError

LETTERS = "abcdefghijklmnopqrstuvwxyz '.,!?"


class Kit:
    """Functions that tests of engines call; the fixture ``kit`` hands it to them."""

    @staticmethod
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

    @staticmethod
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

    @staticmethod
    def wake(module: Any) -> None:
        """Random numbers where a network starts with zeros, which would hide all that comes before."""
        import torch

        with torch.no_grad():
            for value in module.parameters():
                if not value.any():
                    value.normal_(0.0, 0.3)

    @staticmethod
    def scale(module: Any, factor: float) -> None:
        """Weights so large that what goes in decides what comes out, and not only the noise."""
        import torch

        with torch.no_grad():
            for value in module.parameters():
                if value.ndim > 1:
                    value.mul_(factor)

    @staticmethod
    def cancelled_after(looks: int) -> Context:
        """A context that says no that often, and then that the run was cancelled."""
        answers = iter([False] * looks)
        return Context(cancelled=lambda: next(answers, True))

    @staticmethod
    def ran(tool: Tool, requests: Sequence[Request], context: Context | None = None) -> list[Asset]:
        """The results of one batch in order; an error among them is raised."""
        results = dict(tool.run(requests, context or Context()))
        assert sorted(results) == list(range(len(requests)))
        made: list[Asset] = []
        for index in range(len(requests)):
            result = results[index]
            if isinstance(result, ToolError):
                raise result
            made.append(result)
        return made

    @staticmethod
    def sounds(tool: Tool, requests: Sequence[Request], context: Context | None = None) -> list[Audio]:
        """Results that all have to be sound, and finite."""
        made = [asset for asset in Kit.ran(tool, requests, context) if isinstance(asset, Audio)]
        assert len(made) == len(requests)
        assert all(np.isfinite(audio.samples).all() and audio.frames > 0 for audio in made)
        return made

    @staticmethod
    def snr_db(one: Audio, other: Audio) -> float:
        """How alike two sounds of one shape are; 300 where they are equal."""
        assert one.rate == other.rate
        assert one.samples.shape == other.samples.shape
        noise = float(np.mean((one.samples - other.samples) ** 2))
        return 300.0 if noise == 0 else 10 * float(np.log10(float(np.mean(one.samples**2)) / noise))

    @staticmethod
    def check_seeds_and_batches(tool: Tool, make: Callable[[str, int], Request], texts: Sequence[str]) -> float:
        """Seeds decide the sound, and a batch gives what single requests give. Returns the least SNR in dB."""
        requests = [make(text, 11 + number) for number, text in enumerate(texts)]
        together = Kit.sounds(tool, requests)
        alone = [Kit.sounds(tool, [request])[0] for request in requests]
        least = min(Kit.snr_db(one, other) for one, other in zip(alone, together, strict=True))
        assert least >= 60.0
        other = Kit.sounds(tool, [make(texts[0], 99)])[0]
        assert other.samples.shape != alone[0].samples.shape or Kit.snr_db(alone[0], other) < 40.0
        return least


@pytest.fixture(scope="session")
def kit() -> Kit:
    """The functions."""
    return Kit()


@pytest.fixture(scope="session")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Makes a folder of toy weights once per session: its name, and a function that writes them."""
    made: dict[str, Path] = {}

    def folder(name: str, write: Callable[[Path], None]) -> Path:
        if name not in made:
            import torch

            path = tmp_path_factory.mktemp(name)
            with torch.random.fork_rng([]), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the packages, as they make networks that we only read
                torch.manual_seed(7)
                write(path)
            made[name] = path
        return made[name]

    return folder
