"""Where the files of a production lie: a project is a folder with ``script.yaml``; a lone script has them beside it.

    folder/script.yaml, soundwright.lock, history/, renders/, project.toml       NAME.yaml, NAME.lock, NAME.history/

``project.toml`` holds what the command line would otherwise be told each time:

    llm = "gguf:writer.gguf"      # as --llm; no server's address, for a project must not choose who gets your words
    max_cost = 0.5                # US dollars that one request may cost
    [tools]
    speak = "kokoro"              # as --tool speak=kokoro
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soundwright.orchestrator.errors import ConfigError
from soundwright.orchestrator.lock import PROJECT_SCRIPT, lock_path
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.paths import printable

SETTINGS = "project.toml"
HISTORY = "history"
RENDERS = "renders"
MAX_SETTINGS_BYTES = 100_000
_KNOWN = ("llm", "max_cost", "tools")


@dataclass(frozen=True, slots=True)
class Settings:
    """Defaults of one project. ``tools`` gives the tool of an operation, ``max_cost`` is in US dollars."""

    llm: str | None = None
    max_cost: float | None = None
    tools: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """The places that belong to a script, whether it lives in a folder of its own or alone."""

    script: Path

    @classmethod
    def at(cls, path: Path | str) -> Project:
        """The project of a folder, or of the script that ``path`` names. The script need not be readable.

        Raises:
            ScriptError: the folder holds no script.
        """
        path = Path(path)
        if not path.is_dir():
            return cls(path)
        script = path / PROJECT_SCRIPT
        if not script.exists():
            found = f"the folder holds no {PROJECT_SCRIPT}, so it is no project."
            raise ScriptError(
                [Problem("", found, "Name a script, or make a project: soundwright new NAME.")], printable(path)
            )
        return cls(script)

    @property
    def is_folder(self) -> bool:
        """Whether the script has a folder of its own."""
        return self.script.name == PROJECT_SCRIPT

    @property
    def lock(self) -> Path:
        """The lock file."""
        return lock_path(self.script)

    @property
    def history(self) -> Path:
        """The folder of accepted edits."""
        return self.script.with_name(HISTORY) if self.is_folder else self.script.with_suffix(".history")

    @property
    def name(self) -> str:
        """What messages and files are named after."""
        return self.script.resolve().parent.name if self.is_folder else self.script.stem

    def settings(self) -> Settings:
        """The project's own settings; those of a lone script are the defaults.

        Raises:
            ConfigError: ``project.toml`` cannot be used.
        """
        return _settings(self.script.with_name(SETTINGS)) if self.is_folder else Settings()

    def render_file(self, document: Document) -> Path:
        """Where a render goes that was given no file: one for each state of the script in a project."""
        from soundwright.orchestrator.planning import slug  # noqa: PLC0415  planning reads projects too

        if not self.is_folder:
            return self.script.with_suffix(".flac")
        name = slug(document.script) if document.script.title else self.name
        number = last_number(self.history)
        return self.script.with_name(RENDERS) / (f"{name}-{number:03}.flac" if number else f"{name}.flac")


def script_at(path: Path | str) -> Path:
    """The script that a path names: itself, or the one in the folder of a project.

    Raises:
        ScriptError: the folder holds no script.
    """
    return Project.at(path).script


def read_settings(script: Path | None) -> Settings:
    """The settings of the project that a script belongs to; the defaults for a lone one, or for none.

    Raises:
        ConfigError: ``project.toml`` cannot be used.
    """
    return Settings() if script is None else Project(script).settings()


def last_number(history: Path) -> int:
    """The number of the newest entry of a history; 0 without one."""
    if not history.is_dir():
        return 0
    return max((int(path.name) for path in history.iterdir() if re.fullmatch(r"\d{4,9}", path.name)), default=0)


def _settings(file: Path) -> Settings:
    if not file.is_file():
        return Settings()
    try:
        with file.open("rb") as opened:
            data = tomllib.loads(opened.read(MAX_SETTINGS_BYTES).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{file}: is not TOML ({error}); mend or remove it") from error
    unknown = sorted(set(data) - set(_KNOWN))
    if unknown:
        raise ConfigError(f"{file}: there is no setting {unknown[0]!r}; there are {', '.join(_KNOWN)}")
    return Settings(_llm(file, data.get("llm")), _cost(file, data.get("max_cost")), _tools(file, data.get("tools", {})))


def _llm(file: Path, value: Any) -> str | None:  # noqa: ANN401  whatever was written there
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{file}: llm is no name of a language model; write for example openai:gpt-5-mini")
    if "://" in value:
        raise ConfigError(
            f"{file}: llm names a server. A project may not choose where your words are sent: name it with --llm, in "
            "SOUNDWRIGHT_LLM or in your own config.toml"
        )
    return value.strip()


def _cost(file: Path, value: Any) -> float | None:  # noqa: ANN401
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
        raise ConfigError(f"{file}: max_cost is no amount of US dollars; write for example 0.5")
    return float(value)


def _tools(file: Path, value: Any) -> dict[str, str]:  # noqa: ANN401
    if not isinstance(value, dict) or not all(isinstance(tool, str) and tool for tool in value.values()):
        raise ConfigError(f'{file}: [tools] gives a tool by operation; write for example speak = "kokoro"')
    return dict(value)
