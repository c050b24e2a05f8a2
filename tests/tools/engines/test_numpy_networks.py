"""Networks that are computed in numpy, held against torch on the same weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from soundwright.tools.assets import Audio
from soundwright.tools.base import Place
from soundwright.tools.diarization.voice_encoder import VoiceEncoder
from soundwright.tools.mono import mono_at
from soundwright.tools.testing.samples import spoken
from soundwright.tools.understanding.text_embedding import VOCABULARY_FILE, WEIGHTS_FILE, TextEmbedder

pytestmark = pytest.mark.engines
Pulled = Callable[[str], Place]
TEXTS = ("rain on a tin roof", "A dog barks, far away!", "Ein Hündchen bellt.", "x" * 120, "café 7:30")


def test_voices_are_those_of_the_authors_network(pulled: Pulled) -> None:
    pytest.importorskip("resemblyzer", reason="resemblyzer is not installed")
    torch = pytest.importorskip("torch")
    from resemblyzer.audio import wav_to_mel_spectrogram

    weights = pulled("resemblyzer").weights["resemblyzer.pt"]
    state = torch.load(weights, map_location="cpu", weights_only=True)["model_state"]
    lstm, linear = torch.nn.LSTM(40, 256, 3, batch_first=True), torch.nn.Linear(256, 256)
    lstm.load_state_dict({name[5:]: value for name, value in state.items() if name.startswith("lstm.")})
    linear.load_state_dict({name[7:]: value for name, value in state.items() if name.startswith("linear.")})
    mono = mono_at(Audio(spoken().samples, spoken().rate), 16000)
    mels = np.stack([wav_to_mel_spectrogram(mono)[start : start + 160] for start in (0, 20)])
    with torch.inference_mode():
        raw = torch.relu(linear(lstm(torch.from_numpy(mels))[1][0][-1]))
        theirs = (raw / raw.norm(dim=1, keepdim=True)).numpy()
    ours = VoiceEncoder(weights).embed_windows(mels)
    assert np.abs(ours - theirs).max() < 1e-5


def test_meanings_are_those_of_bert(pulled: Pulled, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    place = pulled("minilm-l6")
    config = transformers.BertConfig(
        vocab_size=30522, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
        layer_norm_eps=1e-12,
    )  # fmt: skip
    model = transformers.BertModel(config).eval()
    model.load_state_dict(load_file(place.weights[WEIGHTS_FILE]), strict=False)
    (tmp_path / "vocab.txt").write_text(place.weights[VOCABULARY_FILE].read_text(encoding="utf-8"), encoding="utf-8")
    tokenizer = transformers.BertTokenizer(str(tmp_path / "vocab.txt"))
    embedder = TextEmbedder.read(place.weights)
    ours = embedder.embed(TEXTS)
    for row, text in enumerate(TEXTS):
        with torch.inference_mode():
            mean = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(dim=0).numpy()
        assert np.abs(ours[row] - mean / np.linalg.norm(mean)).max() < 1e-5, text
    assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
