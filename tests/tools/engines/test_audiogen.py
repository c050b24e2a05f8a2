"""AudioGen: audiocraft's checkpoints in transformers' classes compute what audiocraft's own classes compute."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.assets import Audio
from soundwright.tools.base import Place, Request
from soundwright.tools.errors import Cancelled, ToolMissing
from soundwright.tools.sfx.audiogen import AudioGenTool
from soundwright.tools.sfx.audiogen_weights import assembled, codec_state, decoder_facts, network_state, read_checkpoint

pytestmark = [pytest.mark.engines, pytest.mark.xdist_group("audiogen")]
Toys = Callable[[str], Path]


@pytest.fixture(scope="module")
def words(toys: Toys) -> Path:
    """A tiny text encoder."""
    return toys("t5-large")


@pytest.fixture(scope="module")
def checkpoint(toys: Toys) -> Path:
    """Checkpoints that audiocraft's classes wrote, and what they compute on some inputs."""
    return toys("audiogen-medium")


@pytest.fixture(scope="module")
def both(checkpoint: Path, words: Path) -> tuple[Any, dict[str, Any]]:
    """The model of transformers, and what audiocraft's computes."""
    import torch
    import transformers as tf

    encoder = tf.T5EncoderModel.from_pretrained(words).eval()
    model = assembled(checkpoint / "state_dict.bin", checkpoint / "compression_state_dict.bin", encoder)
    return model, torch.load(checkpoint / "expected.pt", weights_only=True)


@pytest.mark.parametrize("row", [0, 1])
def test_logits_equal_those_of_audiocraft(row: int, both: tuple[Any, dict[str, Any]]) -> None:
    import torch

    model, expected = both
    length = int(expected["mask"][row].sum())  # one description alone, as it is generated: without padding
    codes = expected["codes"][row]
    with torch.no_grad():
        heard = model(
            input_ids=expected["ids"][row : row + 1, :length], attention_mask=torch.ones(1, length, dtype=torch.long),
            decoder_input_ids=codes,
        )  # fmt: skip
    wanted = expected["logits"][row]
    assert heard.logits.shape == wanted.shape
    assert wanted.std() > 0.01
    if length == expected["mask"].shape[1]:
        assert torch.allclose(heard.logits, wanted, atol=1e-5, rtol=1e-4)
    else:  # audiocraft lets the network look at padding, which shifts the logits; transformers masks it
        assert not torch.allclose(heard.logits, wanted, atol=1e-5)


def test_codes_and_sound_equal_those_of_audiocraft(both: tuple[Any, dict[str, Any]]) -> None:
    import torch

    model, expected = both
    with torch.no_grad():
        books = model.audio_encoder.encode(expected["wave"]).audio_codes
        sound = model.audio_encoder.decode(books, [None]).audio_values
    assert torch.equal(books[0], expected["books"])
    assert expected["books"].unique().numel() > 8
    assert expected["sound"].abs().max() > 1e-2
    assert torch.allclose(sound[..., : expected["sound"].shape[-1]], expected["sound"], atol=1e-5)


@pytest.fixture(scope="module")
def tool(checkpoint: Path, words: Path) -> AudioGenTool:
    made = AudioGenTool()
    made.load(Place(weights={"audiogen-medium": checkpoint, "t5-large": words}))
    return made


def request(text: str, seed: int, length: float | None = 0.5, *, loop: bool = False) -> Request:
    return Request("generate_sound", {"description": text, "length": length, "loop": loop, "take": 0}, {}, seed)


def test_effects_are_as_long_as_asked_and_follow_their_seed(tool: AudioGenTool, kit: Any) -> None:
    one, again, other, loop = kit.sounds(
        tool, [request("rain", 1), request("rain", 1), request("rain", 2), request("rain", 1, 0.4, loop=True)]
    )
    assert [sound.length_s for sound in (one, again, other, loop)] == [0.5, 0.5, 0.5, 0.4]
    assert one.rate == 16000
    assert np.array_equal(one.samples, again.samples)
    assert not np.array_equal(one.samples, other.samples)


def test_a_long_effect_goes_on_window_by_window(tool: AudioGenTool, kit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AudioGenTool, "window_s", 1.0)
    monkeypatch.setattr(AudioGenTool, "kept_s", 0.4)
    (made,) = kit.sounds(tool, [request("wind", 3, 2.0)])
    assert isinstance(made, Audio)
    assert made.length_s == 2.0


def test_cancelling_leaves_within_a_step(tool: AudioGenTool, kit: Any) -> None:
    with pytest.raises(Cancelled):
        list(tool.run([request("a", 1)], kit.cancelled_after(8)))


# --- what is no such checkpoint ----------------------------------------------------------------------------------


def test_objects_in_a_checkpoint_are_never_loaded(tmp_path: Path) -> None:
    import torch

    torch.save({"best_state": {}, "xp.cfg": Path("x")}, tmp_path / "state_dict.bin")
    with pytest.raises(ToolMissing, match="holds more than tensors and text, which is never loaded"):
        read_checkpoint(tmp_path / "state_dict.bin")


@pytest.mark.parametrize(
    "content", [b"", b"no checkpoint", None, {"best_state": {}}, {"best_state": {}, "xp.cfg": "1"}]
)
def test_what_is_no_checkpoint_is_said(content: Any, tmp_path: Path) -> None:
    import torch

    path = tmp_path / "state_dict.bin"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        torch.save(content, path)
    with pytest.raises(ToolMissing, match=r"state_dict\.bin"):
        read_checkpoint(path)


SETTINGS: dict[str, Any] = {
    "transformer_lm": {"n_q": 4, "card": 64, "dim": 32, "num_layers": 1, "num_heads": 2},
    "codebooks_pattern": {"modeling": "delay", "delay": {"delays": [0, 1, 2, 3]}},
    "fuser": {"cross": ["description"]},
}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"transformer_lm": {**SETTINGS["transformer_lm"], "bias_ff": True}}, "bias_ff=True"),
        ({"codebooks_pattern": {"modeling": "parallel"}}, "another pattern"),
        ({"codebooks_pattern": {"modeling": "delay", "delay": {"delays": [0, 0, 0, 0]}}}, "another pattern"),
        ({"fuser": {"cross": ["description"], "prepend": ["self_wav"]}}, ""),
        ({"fuser": {"cross": ["self_wav"]}}, "more than a description"),
        ({"fuser": None}, "no fuser"),
    ],
)
def test_another_make_is_refused(change: dict[str, Any], text: str) -> None:
    assert decoder_facts(SETTINGS)["ffn_dim"] == 128
    if text:
        with pytest.raises(ToolMissing, match=text):
            decoder_facts({**SETTINGS, **change})


def test_tensors_without_a_place_are_refused() -> None:
    with pytest.raises(ToolMissing, match="layer_scale_1"):
        network_state({"transformer.layers.0.layer_scale_1.scale": None})
    assert set(codec_state({"quantizer.vq.layers.3._codebook.embed": 1})) == {"quantizer.layers.3.codebook.embed"}
