"""Where packages come from: the settings that pip and uv are set up with, read from their files and variables."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PUBLIC_INDEX = "https://pypi.org/simple/"
_SECTIONS = ("global", "install", "download")


@dataclass(frozen=True, slots=True)
class PipSettings:
    """``indexes`` in order and ``find_links`` (folders or pages) as URLs or paths; ``cert`` a CA file, or empty."""

    indexes: tuple[str, ...] = (PUBLIC_INDEX,)
    find_links: tuple[str, ...] = ()
    cert: str = ""
    timeout_s: float = 15.0


def read_settings(environment: Mapping[str, str] | None = None, files: tuple[Path, ...] | None = None) -> PipSettings:
    """The settings in force: configuration files from the machine's to the user's, then PIP_* and UV_* variables.

    Follows the order of pip's documentation ("Configuration", pip.pypa.io): later ones override earlier ones, and a
    variable overrides every file.
    """
    env = os.environ if environment is None else environment
    options: dict[str, str] = {}
    for path in config_files(env) if files is None else files:
        options |= _from_file(path)
    options |= {key[4:].lower().replace("_", "-"): value for key, value in env.items() if key.startswith("PIP_")}
    first = env.get("UV_DEFAULT_INDEX") or env.get("UV_INDEX_URL") or options.get("index-url") or PUBLIC_INDEX
    extra = [
        *_words(env.get("UV_INDEX")),
        *_words(env.get("UV_EXTRA_INDEX_URL")),
        *_words(options.get("extra-index-url")),
    ]
    links = [*_words(options.get("find-links")), *_words((env.get("UV_FIND_LINKS") or "").replace(",", " "))]
    no_index = options.get("no-index", "").lower() in {"1", "true", "yes", "on"}
    return PipSettings(
        indexes=() if no_index else tuple(dict.fromkeys([first, *extra])),
        find_links=tuple(dict.fromkeys(links)),
        cert=options.get("cert", "") or env.get("SSL_CERT_FILE", ""),
        timeout_s=_seconds(options.get("timeout") or options.get("default-timeout")),
    )


def config_files(env: Mapping[str, str]) -> tuple[Path, ...]:
    """Pip's configuration files, the weakest first; most do not exist."""
    named = env.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return ()
    return (*_machine_files(), *_user_files(env), *_environment_files(), *([Path(named)] if named else []))


def _machine_files() -> Iterator[Path]:
    if sys.platform == "win32":
        yield Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "pip" / "pip.ini"
    elif sys.platform == "darwin":
        yield Path("/Library/Application Support/pip/pip.conf")
    else:
        folders = os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep)
        yield from (Path(folder) / "pip" / "pip.conf" for folder in folders if folder)
        yield Path("/etc/pip.conf")


def _user_files(env: Mapping[str, str]) -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "win32":
        yield home / "pip" / "pip.ini"
        yield Path(env.get("APPDATA", str(home))) / "pip" / "pip.ini"
        return
    yield home / ".pip" / "pip.conf"
    if sys.platform == "darwin":
        yield home / "Library" / "Application Support" / "pip" / "pip.conf"
    yield Path(env.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"


def _environment_files() -> Iterator[Path]:
    yield Path(sys.prefix) / ("pip.ini" if sys.platform == "win32" else "pip.conf")


def _from_file(path: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError, OSError):
        return {}  # pip's own business to report: without this file its other settings still hold
    found: dict[str, str] = {}
    for section in _SECTIONS:
        if parser.has_section(section):
            found |= dict(parser.items(section))
    return found


def _words(text: str | None) -> list[str]:
    return (text or "").split()


def _seconds(text: str | None) -> float:
    try:
        return float(text or 15)
    except ValueError:
        return 15.0
