"""Where Whisper computes: what CTranslate2 is told on a CPU and on a GPU."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from soundwright.orchestrator.devices import dtype_for
from soundwright.tools.asr import ctranslate, whisper
from soundwright.tools.asr.whisper import WhisperTool
from soundwright.tools.base import Place
from soundwright.tools.errors import ToolMissing


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the engine was made with, in an environment with NVIDIA's library."""
    told: list[dict[str, Any]] = []
    engine = SimpleNamespace(WhisperModel=lambda folder, **options: told.append({"folder": folder, **options}))
    monkeypatch.setitem(sys.modules, "faster_whisper", engine)
    monkeypatch.setattr(whisper, "find_cublas", lambda: None)
    return told


@pytest.mark.parametrize(
    ("device", "told"),
    [
        ("cpu", ("cpu", 0, "int8")),
        ("cuda:0", ("cuda", 0, "float16")),
        ("cuda:1", ("cuda", 1, "float16")),
    ],
)
def test_a_cpu_computes_in_8_bits_and_a_gpu_in_16(device: str, told: Any, made: list[dict[str, Any]]) -> None:
    place = Place(device, dtype_for(WhisperTool.spec, device), {"model.bin": Path("weights/model.bin")}, 3)
    WhisperTool().load(place)
    (options,) = made
    assert (options["device"], options["device_index"], options["compute_type"]) == told
    assert options["cpu_threads"] == 3
    assert options["local_files_only"]
    assert "cuda" in WhisperTool.spec.runs_on()


def test_full_numbers_are_taken_where_they_are_asked_for() -> None:
    assert ctranslate.whereabouts(Place("cuda", "float32"))["compute_type"] == "float32"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere it comes with the engine")
def test_a_gpu_without_its_library_is_told_and_one_from_a_wheel_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    loaded: list[str] = []

    def load(library: str, mode: int) -> None:
        if str(tmp_path) not in library:
            raise OSError("not found")
        loaded.append(Path(library).name)

    monkeypatch.setattr("ctypes.CDLL", load)
    monkeypatch.setattr(ctranslate, "_wheel_folder", lambda: None)
    with pytest.raises(ToolMissing, match="pip install nvidia-cublas-cu12"):
        ctranslate.find_cublas()
    monkeypatch.setattr(ctranslate, "_wheel_folder", lambda: tmp_path)
    ctranslate.find_cublas()
    assert loaded == ["libcublasLt.so.12", "libcublas.so.12"]


def test_a_device_that_the_engine_cannot_use_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: str, **options: Any) -> None:
        raise ValueError("the target device does not support efficient float16 computation")

    monkeypatch.setitem(sys.modules, "faster_whisper", SimpleNamespace(WhisperModel=refuse))
    with pytest.raises(ToolMissing, match="cannot be loaded on cpu: the target device"):
        WhisperTool().load(Place(weights={"model.bin": Path("weights/model.bin")}))
