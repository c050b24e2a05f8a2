"""Separators and watermarks on torch: real weights where registries have them, else toy ones."""

from __future__ import annotations

from collections.abc import Callable
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
Toys = Callable[[str], Path]


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
def toy_demucs(toys: Toys) -> Path:
    return toys("htdemucs")


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
def toy_tasnet(toys: Toys) -> Path:
    return toys("convtasnet-libri2mix")


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


@pytest.fixture
def random_audioseal(toys: Toys) -> Path:
    return toys("audioseal")


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


@pytest.fixture
def toy_knn(toys: Toys) -> dict[str, Path]:
    return {model: toys(model) for model in ("wavlm-large", "knn-vc-vocoder")}


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
