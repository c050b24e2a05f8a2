"""Separators and watermarks on torch: real weights where registries have them, else toy ones."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soundwright.tools.analysis.fidelity import rms, si_sdr_db, snr_db
from soundwright.tools.assets import Audio, Samples, Scores, Speech, Stems
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import Cancelled, ToolError, ToolMissing
from soundwright.tools.provenance.audioseal import AudioSealTool
from soundwright.tools.separation.convtasnet import ConvTasNetTool
from soundwright.tools.separation.demucs import DemucsTool
from soundwright.tools.separation.spleeter import SpleeterTool

pytestmark = pytest.mark.engines
RunOne = Callable[..., Any]


def noise(seconds: float, rate: int, channels: int = 2) -> Audio:
    samples = np.random.default_rng(6).standard_normal((channels, round(seconds * rate))) * 0.1
    return Audio(samples.astype(np.float32), rate)


# --- spleeter, real weights --------------------------------------------------------------------------------------


def test_spleeter_parts_speech_from_music(
    spoken: Audio, chords: Callable[[int, int], Samples], run_one: RunOne, pulled: Callable[[str], Place]
) -> None:
    place, music = pulled("spleeter-2stems"), chords(spoken.frames, spoken.rate)
    music = np.asarray(music * rms(spoken.samples) / rms(music), np.float32)
    mixed = Audio(spoken.samples + music, spoken.rate, tail=9)
    made = run_one(SpleeterTool(), "separate", mixed, place, stems=2)
    assert isinstance(made, Stems)
    assert {(s.rate, s.samples.shape, s.tail) for s in made.stems.values()} == {(mixed.rate, mixed.samples.shape, 9)}
    assert si_sdr_db(spoken.samples, made.stems["vocals"].samples) > 8
    assert si_sdr_db(music, made.stems["accompaniment"].samples) > 8
    assert snr_db(mixed.samples, np.sum([s.samples for s in made.stems.values()], axis=0)) > 30  # but for resampling
    assert "2 stems" in SpleeterTool().refusal("separate", {"stems": 4})


def test_spleeter_hears_long_music_as_the_whole(pulled: Callable[[str], Place], spoken: Audio) -> None:
    """What a window hears is bounded, so stretches heard alone and joined differ little from longer ones."""
    tool = SpleeterTool()
    tool.load(pulled("spleeter-2stems"))
    long = Audio(np.tile(spoken.samples, (1, 4)), spoken.rate)
    ((_, made),) = tool.run([Request("separate", {"stems": 2}, {"audio": long})], Context())
    assert isinstance(made, Stems)
    once = made.stems["vocals"].samples
    assert snr_db(long.samples, once) > 10  # nothing but a voice is there, seams included
    edges = [round(n * 416 * 1024 / 44100 * spoken.rate) for n in (1,)]
    for edge in edges:
        part = slice(edge - 2000, edge + 2000)
        assert np.abs(np.diff(once[:, part])).max() < 1.5 * np.abs(np.diff(long.samples[:, part])).max() + 0.01


# --- demucs, toy weights -----------------------------------------------------------------------------------------


@pytest.fixture
def toy_demucs(tmp_path: Path) -> Path:
    pytest.importorskip("demucs")
    import torch
    from demucs.htdemucs import HTDemucs

    sizes: dict[str, Any] = {
        "sources": ["drums", "bass", "other", "vocals"], "channels": 8, "nfft": 512, "depth": 2, "t_layers": 1,
        "t_heads": 2, "samplerate": 8000, "segment": Fraction(3, 2), "bottom_channels": 16, "dconv_comp": 2,
    }  # fmt: skip
    torch.manual_seed(3)
    network = HTDemucs(**sizes)
    folder = tmp_path / "htdemucs"
    folder.mkdir()
    state = {name: value.half() for name, value in network.state_dict().items()}
    stored = {"klass": HTDemucs, "args": (), "kwargs": sizes, "state": state, "training_args": {"seed": 1}}
    torch.save(stored, folder / "955717e8.th")
    return folder


def test_demucs_gives_four_stems_or_two(toy_demucs: Path, run_one: RunOne) -> None:
    place, audio = Place(weights={"htdemucs": toy_demucs}), noise(4.0, 16000)
    four = run_one(DemucsTool(), "separate", audio, place, stems=4)
    assert list(four.stems) == ["vocals", "drums", "bass", "other"]
    assert {part.samples.shape for part in four.stems.values()} == {audio.samples.shape}
    two = run_one(DemucsTool(), "separate", audio, place, stems=2)
    assert list(two.stems) == ["vocals", "accompaniment"]
    rest = np.sum([four.stems[name].samples for name in ("drums", "bass", "other")], axis=0)
    assert np.allclose(two.stems["accompaniment"].samples, rest, atol=1e-4)
    assert np.array_equal(two.stems["vocals"].samples, four.stems["vocals"].samples)
    mono = run_one(DemucsTool(), "separate", noise(0.2, 8000, 1), place, stems=2)
    assert mono.stems["vocals"].samples.shape == (1, 1600)


def test_demucs_by_windows_is_demucs_within_each_window(toy_demucs: Path) -> None:
    import torch

    tool = DemucsTool()
    tool.load(Place(weights={"htdemucs": toy_demucs}))
    audio = noise(1.2, 8000)
    ((_, made),) = tool.run([Request("separate", {"stems": 4}, {"audio": audio})], Context())
    assert isinstance(made, Stems)
    mean, std = audio.samples.mean(), audio.samples.mean(axis=0).std() + 1e-8
    with torch.no_grad():
        wanted = tool._model(torch.from_numpy((audio.samples - mean) / std)[None])[0].numpy() * std + mean
    first = round(0.6 * 8000)
    names = list(tool._model.sources)
    given = np.stack([made.stems[name].samples for name in names])
    assert snr_db(wanted[..., :first], given[..., :first]) > 60


def test_demucs_can_be_cancelled_between_windows(toy_demucs: Path) -> None:
    tool = DemucsTool()
    tool.load(Place(weights={"htdemucs": toy_demucs}))
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(Cancelled):
        list(tool.run([Request("separate", {"stems": 4}, {"audio": noise(20, 8000)})], Context(cancelled=cancelled)))


class Harmful:
    """What a file must never be able to do."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def test_a_file_that_would_run_something_is_refused(tmp_path: Path) -> None:
    import torch

    folder, mark = tmp_path / "htdemucs", tmp_path / "was-here"
    folder.mkdir()
    torch.save({"klass": Harmful(mark), "state": {}}, folder / "x.th")
    with pytest.raises(ToolMissing, match="plain weights"):
        DemucsTool().load(Place(weights={"htdemucs": folder}))
    assert not mark.exists()
    (folder / "x.th").write_bytes(b"no torch file")
    with pytest.raises(ToolMissing, match="plain weights"):
        DemucsTool().load(Place(weights={"htdemucs": folder}))
    torch.save({"klass": "HTDemucs"}, folder / "x.th")
    with pytest.raises(ToolMissing, match="no checkpoint"):
        DemucsTool().load(Place(weights={"htdemucs": folder}))


# --- conv-tasnet, toy weights ------------------------------------------------------------------------------------


@pytest.fixture
def toy_tasnet(tmp_path: Path) -> Path:
    import torch

    filters, bottleneck, hidden, blocks, repeats = 16, 8, 12, 2, 2
    torch.manual_seed(4)

    def conv(name: str, out: int, inner: int, width: int = 1) -> dict[str, Any]:
        return {f"{name}.weight": torch.randn(out, inner, width) / inner**0.5, f"{name}.bias": torch.randn(out) * 0.1}

    def norm(name: str, size: int) -> dict[str, Any]:
        return {f"{name}.gamma": torch.rand(size) + 0.5, f"{name}.beta": torch.randn(size) * 0.1}

    state = {f"{side}.filterbank._filters": torch.randn(filters, 1, 16) / 4 for side in ("encoder", "decoder")}
    state |= norm("masker.bottleneck.0", filters) | conv("masker.bottleneck.1", bottleneck, filters)
    for number in range(blocks * repeats):
        name = f"masker.TCN.{number}"
        state |= conv(f"{name}.shared_block.0", hidden, bottleneck) | norm(f"{name}.shared_block.2", hidden)
        state |= conv(f"{name}.shared_block.3", hidden, 1, 3) | norm(f"{name}.shared_block.5", hidden)
        state |= {f"{name}.shared_block.{n}.weight": torch.tensor([0.25]) for n in (1, 4)}
        state |= conv(f"{name}.res_conv", bottleneck, hidden) | conv(f"{name}.skip_conv", bottleneck, hidden)
    state |= {"masker.mask_net.0.weight": torch.tensor([0.25])}
    state |= conv("masker.mask_net.1", 2 * filters, bottleneck)
    sizes = {"n_src": 2, "n_blocks": blocks, "n_repeats": repeats, "stride": 8, "kernel_size": 16, "n_filters": filters,
             "mask_act": "sigmoid", "sample_rate": 16000, "causal": False}  # fmt: skip
    folder = tmp_path / "convtasnet"
    folder.mkdir()
    stored = {"model_name": "ConvTasNet", "model_args": sizes, "state_dict": state, "infos": {"task": "sep_clean"}}
    torch.save(stored, folder / "pytorch_model.bin")
    return folder


def test_speakers_are_stems_and_stay_the_same_over_windows(toy_tasnet: Path, run_one: RunOne) -> None:
    place, audio = Place(weights={"convtasnet-libri2mix": toy_tasnet}), noise(30.0, 16000, 1)
    made = run_one(ConvTasNetTool(), "separate_speakers", audio, place, speakers=2)
    assert list(made.stems) == ["speaker1", "speaker2"]
    assert {part.samples.shape for part in made.stems.values()} == {audio.samples.shape}
    one, two = (part.samples[0] for part in made.stems.values())
    assert not np.allclose(one, two)
    edge = 9 * 16000  # the second window begins here; the mean level of each goes on
    for part in (one, two):
        assert rms(part[edge + 48000 : edge + 96000]) == pytest.approx(rms(part[edge - 48000 : edge]), rel=0.1)
    with pytest.raises(ToolError, match="know 2 speakers"):
        run_one(ConvTasNetTool(), "separate_speakers", audio, place, speakers=3)
    short = run_one(ConvTasNetTool(), "separate_speakers", noise(0.0005, 16000, 1), place, speakers=2)
    assert short.stems["speaker1"].frames == 8


# --- audioseal, true sizes, random weights ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def random_audioseal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("audioseal")
    import torch
    from audioseal import builder, loader

    folder = tmp_path_factory.mktemp("audioseal")
    torch.manual_seed(5)
    for file, card, kind, make in (
        ("generator_base.pth", "audioseal_wm_16bits", builder.AudioSealWMConfig, builder.create_generator),
        ("detector_base.pth", "audioseal_detector_16bits", builder.AudioSealDetectorConfig, builder.create_detector),
    ):
        card_values = loader.load_local_model_config(card)
        sizes = loader.AudioSeal.parse_config(loader.OmegaConf.to_container(card_values), config_type=kind, nbits=16)
        network = make(sizes)
        released = {name.replace(".inner_conv", ""): value for name, value in network.state_dict().items()}
        torch.save({"xp.cfg": card_values, "model": released}, folder / file)
    return folder


def test_audioseal_writes_and_reads_in_the_form_of_its_authors(random_audioseal: Path) -> None:
    tool = AudioSealTool()
    tool.load(Place(weights={"audioseal": random_audioseal}))
    said = Speech(noise(0.5, 24000, 1).samples, 24000, text="hush")
    requests = [Request("watermark", {"message": m}, {"audio": said}) for m in ("0000", "ffff")]
    one, two = (made for _, made in tool.run(requests, Context()))
    assert isinstance(one, Speech)
    assert isinstance(two, Speech)
    assert (one.text, one.rate, one.frames) == ("hush", 24000, said.frames)
    assert not np.array_equal(one.samples, said.samples)
    assert not np.array_equal(one.samples, two.samples)
    ((_, scores),) = tool.run([Request("read_watermark", {}, {"audio": one})], Context())
    assert isinstance(scores, Scores)
    assert set(scores.scores) == {"detected", "clarity", "message", "weakest_bit"}
    assert 0 <= scores.scores["clarity"] <= 1


def test_audioseal_refuses_other_weights(tmp_path: Path) -> None:
    import torch

    for name in ("generator_base.pth", "detector_base.pth"):
        torch.save({"model": {"a.weight": torch.zeros(2)}}, tmp_path / name)
    with pytest.raises(ToolMissing, match="does not fit"):
        AudioSealTool().load(Place(weights={"audioseal": tmp_path}))


# --- conversion by neighbours, toy weights -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def toy_knn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    import torch
    import transformers

    listener, vocoder = tmp_path_factory.mktemp("wavlm"), tmp_path_factory.mktemp("vocoder")
    torch.manual_seed(7)
    config = transformers.WavLMConfig(
        hidden_size=16, num_hidden_layers=7, num_attention_heads=2, intermediate_size=16, conv_dim=(8,) * 7,
        num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, num_feat_extract_layers=7,
    )  # fmt: skip
    transformers.WavLMModel(config).eval().save_pretrained(listener)
    state: dict[str, Any] = {"lin_pre.weight": torch.randn(8, 16), "lin_pre.bias": torch.zeros(8)}

    def conv(name: str, *shape: int, out: int) -> None:
        direction = torch.randn(*shape)
        norm = direction.norm(dim=(1, 2), keepdim=True)
        state.update({f"{name}.weight_v": direction, f"{name}.weight_g": norm * 0.3, f"{name}.bias": torch.zeros(out)})

    conv("conv_pre", 32, 8, 7, out=32)
    width = 32
    for stage, (rate, kernel) in enumerate(zip((10, 8, 2, 2), (20, 16, 4, 4), strict=True)):
        del rate
        conv(f"ups.{stage}", width, width // 2, kernel, out=width // 2)
        width //= 2
        for block in range(2):
            for number in range(3):
                conv(f"resblocks.{stage * 2 + block}.convs1.{number}", width, width, 3, out=width)
                conv(f"resblocks.{stage * 2 + block}.convs2.{number}", width, width, 3, out=width)
    conv("conv_post", 1, width, 7, out=1)
    torch.save({"generator": state}, vocoder / "prematch_g.pt")
    return {"wavlm-large": listener, "knn-vc-vocoder": vocoder}


def test_a_voice_is_converted_by_neighbours_of_the_sample(toy_knn: dict[str, Path]) -> None:
    from soundwright.tools.conversion.knn_vc import KnnVcTool

    tool = KnnVcTool()
    tool.load(Place(weights=toy_knn))
    said, samples = noise(2.0, 24000, 1), [noise(3.0, 16000, 1), Audio(noise(3.0, 8000, 1).samples * 3, 8000)]
    requests = [Request("convert_voice", {"semitones": None}, {"audio": said, "sample": s}) for s in samples]
    one, two = (made for _, made in tool.run(requests, Context()))
    assert isinstance(one, Audio)
    assert isinstance(two, Audio)
    assert (one.rate, one.samples.shape) == (24000, said.samples.shape)
    assert np.isfinite(one.samples).all()
    assert one.samples.std() > 1e-4
    assert not np.allclose(one.samples, two.samples)
    short = Request("convert_voice", {}, {"audio": said, "sample": noise(0.2, 16000, 1)})
    ((_, refused),) = tool.run([short], Context())
    assert isinstance(refused, ToolError)
