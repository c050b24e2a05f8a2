"""Run by the interpreter of coqui's environment: tiny checkpoints of coqui's own classes, with random weights.

Usage: coqui_toys.py FOLDER, which gets the folders ``xtts``, ``vits`` (one speaker) and ``speakers`` (three).
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import torch

XTTS = {
    "gpt_max_audio_tokens": 40, "gpt_max_text_tokens": 260, "gpt_max_prompt_tokens": 70, "gpt_layers": 2,
    "gpt_n_model_channels": 64, "gpt_n_heads": 2, "gpt_num_audio_tokens": 66, "gpt_start_audio_token": 64,
    "gpt_stop_audio_token": 65, "gpt_use_perceiver_resampler": True, "decoder_input_dim": 64,
}  # fmt: skip
VITS = {
    "hidden_channels": 16, "hidden_channels_ffn_text_encoder": 32, "num_heads_text_encoder": 2,
    "num_layers_text_encoder": 1, "num_layers_posterior_encoder": 1, "num_layers_flow": 1,
    "upsample_initial_channel_decoder": 32, "resblock_kernel_sizes_decoder": [3],
    "resblock_dilation_sizes_decoder": [[1, 3, 5]], "speaker_embedding_channels": 8,
}  # fmt: skip


def write_letters(path: Path) -> None:
    """A tokenizer of letters with XTTS's marks."""
    import tokenizers

    languages = (
        "ar",
        "cs",
        "de",
        "en",
        "es",
        "fr",
        "hi",
        "hu",
        "it",
        "ja",
        "ko",
        "nl",
        "pl",
        "pt",
        "ru",
        "tr",
        "zh-cn",
    )
    marks = ["[UNK]", "[START]", "[STOP]", "[SPACE]", *(f"[{name}]" for name in languages)]
    words = {word: number for number, word in enumerate([*marks, *"abcdefghijklmnopqrstuvwxyz.,!?'"])}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
    made.add_special_tokens(marks)
    made.pre_tokenizer = tokenizers.pre_tokenizers.Split("", "isolated")
    made.save(str(path))


def lively(model: Any) -> None:
    """Weights so large that what goes in decides what comes out."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            if value.ndim > 1 and "hifigan" not in name and "waveform" not in name:
                value.mul_(2.0)
            elif not value.any():
                value.normal_(0.0, 0.2)


def write_xtts(folder: Path) -> None:
    """A network as coqui saved XTTS v2: its settings, an object of coqui's, lie in the checkpoint."""
    from TTS.tts.configs.xtts_config import XttsArgs, XttsConfig
    from TTS.tts.layers.xtts.tokenizer import VoiceBpeTokenizer
    from TTS.tts.models.xtts import Xtts

    folder.mkdir()
    write_letters(folder / "vocab.json")
    config = XttsConfig(model_args=XttsArgs(**XTTS), gpt_cond_len=4, gpt_cond_chunk_len=2)
    config.save_json(str(folder / "config.json"))
    model = Xtts(config)
    model.tokenizer = VoiceBpeTokenizer(vocab_file=str(folder / "vocab.json"))
    model.init_models()
    lively(model)
    torch.save({"model": model.state_dict(), "config": config}, folder / "model.pth")
    speakers = {
        name: {"gpt_cond_latent": torch.randn(1, 32, 64), "speaker_embedding": torch.randn(1, 512, 1)}
        for name in ("Claribel Dervla", "Viktor Eka")
    }
    torch.save(speakers, folder / "speakers_xtts.pth")


def write_vits(folder: Path, speakers: tuple[str, ...]) -> None:
    """A network as coqui's trainer saves VITS; the one of many speakers with its discriminator, which is large."""
    from TTS.tts.configs.vits_config import VitsConfig
    from TTS.tts.models.vits import Vits

    folder.mkdir()
    config = VitsConfig(use_phonemes=False, text_cleaner="english_cleaners", run_name="toy")
    for name, value in VITS.items():
        setattr(config.model_args, name, value)
    config.model_args.init_discriminator = bool(speakers)
    if speakers:
        (folder / "speaker_ids.json").write_text(json.dumps({name: at for at, name in enumerate(speakers)}))
        config.model_args.use_speaker_embedding = True
        config.model_args.num_speakers = config.num_speakers = len(speakers)
        config.model_args.speakers_file = str(folder / "speaker_ids.json")
    model = Vits(config)
    lively(model)
    values = json.loads(config.to_json())
    values["model_args"]["init_discriminator"] = True
    if speakers:  # as published: a path of the machine where it was trained
        values["model_args"]["speakers_file"] = values["speakers_file"] = "/trained/speaker_ids.json"
    (folder / "config.json").write_text(json.dumps(values))
    torch.save({"model": model.state_dict(), "config": config.to_dict(), "step": 1}, folder / "model_file.pth")


def main(folder: Path) -> None:
    """Write all of them."""
    warnings.simplefilter("ignore")
    torch.manual_seed(3)
    write_xtts(folder / "xtts")
    write_vits(folder / "vits", ())
    write_vits(folder / "speakers", ("p225", "p226", "p227"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
