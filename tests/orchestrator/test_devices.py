from __future__ import annotations

import pytest

from soundwright.orchestrator import devices
from soundwright.orchestrator.devices import checked_device, device_for, dtype_for, resolved_device
from soundwright.orchestrator.errors import ConfigError
from soundwright.tools.base import ToolSpec


def spec(**facts: object) -> ToolSpec:
    return ToolSpec("t", "1", ("speak",), "MIT", **facts)  # type: ignore[arg-type]


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cuda_devices", lambda: 2)
    monkeypatch.setattr(devices, "torch_knows_cuda", lambda: True)


@pytest.mark.usefixtures("two_gpus")
@pytest.mark.parametrize(
    ("wanted", "got"), [("cpu", "cpu"), ("auto", "cuda:0"), ("cuda", "cuda:0"), ("CUDA:1", "cuda:1")]
)
def test_a_device_is_what_was_asked_for(wanted: str, got: str) -> None:
    assert resolved_device(wanted) == got


@pytest.mark.usefixtures("two_gpus")
def test_a_gpu_that_is_not_there_is_an_error_not_a_silent_cpu() -> None:
    with pytest.raises(ConfigError, match="there are 2"):
        resolved_device("cuda:2")


def test_without_a_gpu_auto_is_the_cpu_and_cuda_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cuda_devices", lambda: 0)
    assert resolved_device("auto") == "cpu"
    with pytest.raises(ConfigError, match="no CUDA GPU is found"):
        resolved_device("cuda")


def test_a_torch_built_for_the_cpu_keeps_auto_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cuda_devices", lambda: 1)
    monkeypatch.setattr(devices, "torch_knows_cuda", lambda: False)
    assert resolved_device("auto") == "cpu"


@pytest.mark.parametrize("text", ["gpu", "cuda:", "cuda:x", "", "cpu:0"])
def test_what_is_no_device_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is no device"):
        checked_device(text)


def test_a_tool_that_cannot_use_the_device_runs_on_the_cpu_in_full_precision() -> None:
    light, both = spec(half="float16"), spec(gpu_bytes=10**9, half="float16")
    assert (device_for(light, "cuda:0"), dtype_for(light, "cuda:0")) == ("cpu", "float32")
    assert (device_for(both, "cuda:0"), dtype_for(both, "cuda:0")) == ("cuda:0", "float16")
    assert (device_for(both, "cpu"), dtype_for(both, "cpu")) == ("cpu", "float32")


def test_the_driver_is_asked_without_importing_torch() -> None:
    assert devices.cuda_devices() >= 0
    assert isinstance(devices.torch_knows_cuda(), bool)
