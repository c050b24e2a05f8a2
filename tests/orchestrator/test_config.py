"""Settings: environment before file before defaults; what cannot be used is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundwright.orchestrator.config import DEFAULT_CACHE_BYTES, load_config, parse_size
from soundwright.orchestrator.errors import ConfigError


def test_defaults_need_no_file(tmp_path: Path) -> None:
    config = load_config({"SOUNDWRIGHT_HOME": str(tmp_path)})
    assert (config.jobs, config.offline, config.cache_max_bytes) == (None, False, DEFAULT_CACHE_BYTES)
    assert config.assets == tmp_path / "assets"
    assert config.models == tmp_path / "models"
    assert config.workers >= 1


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('jobs = 3\noffline = true\ncache_size = "2 GB"\n')
    config = load_config({"SOUNDWRIGHT_HOME": str(tmp_path), "SOUNDWRIGHT_JOBS": "5"})
    assert (config.jobs, config.workers, config.offline, config.cache_max_bytes) == (5, 5, True, 2_000_000_000)


@pytest.mark.parametrize(
    ("name", "value"),
    [("JOBS", "0"), ("JOBS", "many"), ("JOBS", "-1"), ("OFFLINE", "maybe"), ("CACHE_SIZE", "huge")],
)
def test_a_variable_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"SOUNDWRIGHT_{name}: '{value}'"):
        load_config({"SOUNDWRIGHT_HOME": str(tmp_path), f"SOUNDWRIGHT_{name}": value})


@pytest.mark.parametrize("text", ["jobs =", "colour = 1", "jobs = true", "jobs = 1.5", "\xff"])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"config\.toml"):
        load_config({"SOUNDWRIGHT_HOME": str(tmp_path)})


def test_homes_are_read_from_the_file_and_the_variable(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'gpu_memory = "20GB"\n[homes]\nothers = "process"\nidle_s = 60\n[homes.tools]\nhum = "worker"\nbuzz = "worker"'
    )
    config = load_config({"SOUNDWRIGHT_HOME": str(tmp_path), "SOUNDWRIGHT_HOMES": "buzz=process"})
    assert (config.homes.others, config.homes.idle_s, config.gpu_bytes) == ("process", 60.0, 20 * 10**9)
    assert config.homes.of == {"hum": "worker", "buzz": "process"}
    assert config.homes.environments == tmp_path / "environments"
    assert load_config({"SOUNDWRIGHT_HOME": str(tmp_path), "SOUNDWRIGHT_HOMES": "worker"}).homes.others == "worker"


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ('others = "moon"', "homes.others: 'moon' is no home; write process or worker"),
        ("idle_s = -1", "homes.idle_s: -1 cannot be used; write seconds from 0"),
        ("idle_s = true", "homes.idle_s: True cannot be used"),
        ("colour = 1", "homes.colour: there is no such setting; there are others,"),
        ("tools = 1", "homes.tools: 1 cannot be used; write a table"),
        ('[homes.tools]\nhum = "venv"', "homes.tools.hum: 'venv' is no home"),
    ],
)
def test_homes_that_cannot_be_used_are_named(tmp_path: Path, table: str, found: str) -> None:
    (tmp_path / "config.toml").write_text(f"[homes]\n{table}\n")
    with pytest.raises(ConfigError, match=found):
        load_config({"SOUNDWRIGHT_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("text", "size"), [("0", 0), ("1000", 1000), ("500MB", 500_000_000), ("1.5 gb", 1_500_000_000), ("3k", 3000)]
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1", "1 parsec", "1e9"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is no size"):
        parse_size(text)


def test_choice_is_set_by_file_and_environment(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('device = "cuda:1"\nfallback = true\n[tools]\nspeak = "kokoro"\n')
    config = load_config({"SOUNDWRIGHT_HOME": str(tmp_path), "SOUNDWRIGHT_COMMERCIAL": "yes"})
    assert (config.device, config.fallback, config.commercial) == ("cuda:1", True, True)
    assert config.tools == {"speak": "kokoro"}
    again = load_config({"SOUNDWRIGHT_HOME": str(tmp_path), "SOUNDWRIGHT_TOOLS": "speak=pico, transcribe=whisper"})
    assert again.tools == {"speak": "pico", "transcribe": "whisper"}


@pytest.mark.parametrize(("name", "value"), [("DEVICE", "gpu"), ("TOOLS", "kokoro"), ("FALLBACK", "perhaps")])
def test_a_choice_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"SOUNDWRIGHT_{name}"):
        load_config({"SOUNDWRIGHT_HOME": str(tmp_path), f"SOUNDWRIGHT_{name}": value})
