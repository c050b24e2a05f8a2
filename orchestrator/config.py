"""Settings of the user: folders, workers, offline, cache size. Environment, then ``config.toml``, then defaults."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from soundwright.orchestrator.errors import ConfigError
from soundwright.tools.homes.settings import HomeError, Homes, read_homes
from soundwright.tools.http.settings import HttpSettingError, Table, read_tables

APP = "soundwright"
DEFAULT_CACHE_BYTES = 10_000_000_000
SETTINGS = ("jobs", "offline", "cache_size", "llm", "gpu_memory", "homes", "device", "fallback", "commercial", "tools",
            "sign_cert", "sign_key", "library", "http", "mcp")  # fmt: skip
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@dataclass(frozen=True, slots=True)
class Config:
    """``home`` holds ``assets``, ``models`` and the journal. ``jobs`` None means one worker per core.

    ``llm`` names the language model, as ``--llm`` does; its key never stands here. ``gpu_bytes`` is what a run may take
    of the GPU's memory, None for all of it. ``homes`` says where tools run. ``device``, ``fallback``, ``commercial``
    and ``tools`` (a tool by operation) are defaults of the options of those names. ``sign_cert`` and ``sign_key`` are
    the PEM files of ``render --sign`` and ``soundwright sign``.
    ``library`` is the folder of the user's own sounds.
    """

    home: Path
    jobs: int | None = None
    offline: bool = False
    cache_max_bytes: int = DEFAULT_CACHE_BYTES
    llm: str | None = None
    gpu_bytes: int | None = None
    homes: Homes = field(default_factory=Homes)
    http: Mapping[str, Table] = field(default_factory=dict)
    device: str = "auto"
    fallback: bool = False
    commercial: bool = False
    tools: Mapping[str, str] = field(default_factory=dict)
    mcp: Any = field(default_factory=dict)
    file: Path | None = None
    sign_cert: Path | None = None
    sign_key: Path | None = None
    library: Path | None = None

    @property
    def assets(self) -> Path:
        """Folder of the cache."""
        return self.home / "assets"

    @property
    def models(self) -> Path:
        """Folder of the model store."""
        return self.home / "models"

    @property
    def journal(self) -> Path:
        """The journal of finished assets."""
        return self.home / "journal.jsonl"

    @property
    def workers(self) -> int:
        """Workers to run: ``jobs``, else the cores that this process may use."""
        return self.jobs or usable_cores()


def usable_cores() -> int:
    """Cores that this process may use: fewer than the machine has, in a container with an affinity mask."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load_config(environ: Mapping[str, str] | None = None) -> Config:
    """Settings from SOUNDWRIGHT_HOME and the like in the environment, and from ``config.toml``.

    In the environment ``tools`` is written ``speak=kokoro,transcribe=whisper``.

    The file lies in SOUNDWRIGHT_HOME where that is set, else in the user's configuration folder.

    Raises:
        ConfigError: a value that cannot be used, or a file that is not TOML.
    """
    from platformdirs import user_cache_dir, user_config_dir  # noqa: PLC0415  only where no folder was set

    env = os.environ if environ is None else environ
    home = env.get("SOUNDWRIGHT_HOME", "")
    folder = Path(home).expanduser() if home else Path(user_cache_dir(APP, appauthor=False))
    file = (folder if home else Path(user_config_dir(APP, appauthor=False))) / "config.toml"
    given: dict[str, tuple[str, Any]] = {name: (str(file), value) for name, value in _read(file).items()}
    for name in SETTINGS:
        variable = f"SOUNDWRIGHT_{name.upper()}"
        if env.get(variable, "") != "":
            given[name] = (variable, env[variable])
    return Config(
        home=folder.absolute(),
        jobs=_jobs(*given["jobs"]) if "jobs" in given else None,
        offline=_flag(*given["offline"]) if "offline" in given else False,
        cache_max_bytes=_bytes(*given["cache_size"]) if "cache_size" in given else DEFAULT_CACHE_BYTES,
        llm=str(given["llm"][1]).strip() or None if "llm" in given else None,
        gpu_bytes=_bytes(*given["gpu_memory"]) if "gpu_memory" in given else None,
        homes=_homes(folder.absolute(), file, env),
        http=_http(file),
        device=_device(*given["device"]) if "device" in given else "auto",
        fallback=_flag(*given["fallback"]) if "fallback" in given else False,
        commercial=_flag(*given["commercial"]) if "commercial" in given else False,
        tools=_tools(*given["tools"]) if "tools" in given else {},
        mcp=_read(file).get("mcp", {}),
        file=file,
        sign_cert=_path(given, "sign_cert"),
        sign_key=_path(given, "sign_key"),
        library=_path(given, "library"),
    )


def _path(given: Mapping[str, tuple[str, Any]], name: str) -> Path | None:
    text = str(given[name][1]).strip() if name in given else ""
    return Path(text).expanduser().absolute() if text else None


def _http(file: Path) -> Mapping[str, Table]:
    try:
        return read_tables(str(file), _read(file).get("http", {}))
    except HttpSettingError as error:
        raise ConfigError(str(error)) from None


def _homes(folder: Path, file: Path, env: Mapping[str, str]) -> Homes:
    try:
        homes = read_homes(str(file), _read(file).get("homes", {}), env.get("SOUNDWRIGHT_HOMES", ""))
    except HomeError as error:
        raise ConfigError(str(error)) from None
    return replace(homes, environments=folder / "environments")


def parse_size(text: str) -> int:
    """Bytes of a size such as ``500MB``, ``5 GB`` or ``1000``.

    Raises:
        ConfigError: it is no size.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?B?)\s*", text.upper())
    unit = match[2] if match else ""
    unit = f"{unit}B" if unit in {"K", "M", "G", "T"} else unit
    if match is None:
        raise ConfigError(f"{text!r} is no size; write for example 500MB or 5GB")
    return int(float(match[1]) * _UNITS[unit])


def _read(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: is not TOML ({error}); mend or remove it") from error
    unknown = sorted(set(data) - set(SETTINGS))
    if unknown:
        raise ConfigError(f"{file}: there is no setting {unknown[0]!r}; there are {', '.join(SETTINGS)}")
    return data


def _jobs(where: str, value: Any) -> int:  # noqa: ANN401  whatever was written there
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,3}", text) or not 1 <= int(text) <= 256:
        raise ConfigError(f"{where}: {value!r} is no number of workers; write a number from 1 to 256")
    return int(text)


def _device(where: str, value: Any) -> str:  # noqa: ANN401
    from soundwright.orchestrator.devices import checked_device  # noqa: PLC0415  it reads specs of tools

    return checked_device(str(value), where)


def _tools(where: str, value: Any) -> dict[str, str]:  # noqa: ANN401
    pairs = dict(part.partition("=")[::2] for part in value.split(",")) if isinstance(value, str) else value
    if not isinstance(pairs, dict) or not all(isinstance(tool, str) and op and tool for op, tool in pairs.items()):
        raise ConfigError(f'{where}: tools names a tool for each operation, such as speak = "kokoro"')
    return {op.strip(): tool.strip() for op, tool in pairs.items()}


def _flag(where: str, value: Any) -> bool:  # noqa: ANN401
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if str(value).lower() not in known:
        raise ConfigError(f"{where}: {value!r} is neither yes nor no; write 1 or 0")
    return known[str(value).lower()]


def _bytes(where: str, value: Any) -> int:  # noqa: ANN401
    try:
        return parse_size(str(value))
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
