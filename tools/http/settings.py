"""Engines behind HTTP as the user declares them: tables ``[http.NAME]`` of ``config.toml``, read strictly."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.tools.base import VoiceInfo
from soundwright.tools.http.client import on_this_machine

_SECRET = re.compile("authorization|key|token|secret", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


class HttpSettingError(SoundwrightError):
    """A table ``[http.NAME]`` that cannot be used."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class VoiceTable(_Closed):
    """One voice: its name at the server, and how it is cast."""

    preset: str = Field(min_length=1, max_length=200)
    language: str = ""
    gender: Literal["male", "female", "neutral"] = "neutral"
    age: Literal["child", "young", "adult", "old"] = "adult"
    accent: str = ""
    description: str = ""


class EngineTable(_Closed):
    """What every kind has. ``licence`` is that of what comes back: the terms of the service.

    ``key_header``: the header that takes the key, where that is not ``Authorization: Bearer``.
    """

    url: str
    model: str = ""
    languages: tuple[str, ...] = ()
    price_usd_per_minute: float = Field(default=0.0, ge=0)
    timeout_s: float = Field(default=120.0, gt=0, le=3600)
    rank: int = Field(default=40, ge=0, le=100)
    licence: str = "terms of the service"
    commercial_ok: bool = True
    max_length_s: float | None = Field(default=None, gt=0)
    key_header: str = Field(default="", pattern=r"^[A-Za-z0-9-]*$")

    @property
    def host(self) -> str:
        """Host, and port where one is named: whose server it is."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


class SpeechTable(EngineTable):
    """An OpenAI-compatible ``/audio/speech``. ``instructions``: the server follows a description of the delivery."""

    kind: Literal["speech"]
    voices: tuple[str | VoiceTable, ...] = Field(min_length=1)
    format: Literal["wav", "pcm", "flac", "mp3"] = "wav"
    rate: int = Field(default=24000, ge=8000, le=96000)
    instructions: bool = False
    max_text: int = Field(default=4096, ge=1)

    def infos(self) -> tuple[VoiceInfo, ...]:
        """The voices for casting."""
        language = self.languages[0] if self.languages else "en"
        tables = [VoiceTable(preset=voice) if isinstance(voice, str) else voice for voice in self.voices]
        return tuple(
            VoiceInfo(it.preset, it.language or language, it.gender, it.age, it.accent, it.description) for it in tables
        )


class TranscriptionTable(EngineTable):
    """An OpenAI-compatible ``/audio/transcriptions``. ``words``: the server gives word times (``verbose_json``)."""

    kind: Literal["transcription"]
    words: bool = True


class JsonTable(EngineTable):
    """Any server. Strings of ``body`` may hold ``{name}`` of a parameter; ``"{length}"`` alone stands for its value.

    ``upload`` is how an input sound goes: base64 as ``{audio}`` in the body, a file of a form, or the body itself.
    ``answer`` is where the result stands in a JSON answer (``data.0.audio``); empty: the answer itself is the sound.
    """

    kind: Literal["json"]
    operations: tuple[str, ...] = Field(min_length=1)
    method: Literal["POST", "PUT", "GET"] = "POST"
    body: dict[str, Any] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    upload: Literal["json", "form", "body"] = "json"
    file_field: str = "file"
    answer: str = ""
    result: Literal["audio", "text"] = "audio"
    rate: int = Field(default=24000, ge=8000, le=96000)
    honours: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Eight letters that change with the mapping: another prompt is another sound."""
        facts = [self.url, self.method, self.body, self.headers, self.upload, self.answer]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:8]


class _Any(_Closed):
    engine: Annotated[SpeechTable | TranscriptionTable | JsonTable, Field(discriminator="kind")]


Table = SpeechTable | TranscriptionTable | JsonTable


def read_tables(where: str, tables: object) -> dict[str, Table]:
    """The engines of the table ``[http]`` in a file called ``where``, by name.

    Raises:
        HttpSettingError: something in them cannot be used; everything that is wrong is named.
    """
    if not isinstance(tables, Mapping):
        raise HttpSettingError(f"{where}: http must hold tables; write [http.NAME]")
    engines, wrong = {}, []
    for name, table in tables.items():
        try:
            engines[name] = _Any.model_validate({"engine": table}).engine
        except ValidationError as error:
            wrong += [f"{where}: http.{name}{_place(e['loc'])}: {e['msg']}" for e in error.errors(include_url=False)]
        else:
            wrong += [f"{where}: http.{name}{problem}" for problem in _problems(name, engines[name])]
    if wrong:
        raise HttpSettingError("\n".join(wrong))
    return engines


def _place(location: tuple[str | int, ...]) -> str:
    return "".join(f".{part}" for part in location[1:] if part not in {"speech", "transcription", "json"})


def _problems(name: str, table: Table) -> list[str]:
    found = []
    address = urlsplit(table.url)
    if not _NAME.fullmatch(name):
        found.append(": is no name for a tool; use small letters, digits and hyphens")
    if address.scheme not in {"http", "https"} or not address.hostname:
        found.append(f".url: {table.url!r} is no address; write https://HOST/v1")
    elif address.scheme == "http" and not on_this_machine(table.url):
        found.append(f".url: {table.url!r} is not encrypted; write https://, or name a server on this machine")
    if address.username or address.password:
        found.append(f".url: a key does not belong into a file; set {variable_of(name)} in the environment")
    if isinstance(table, JsonTable) and any(_SECRET.search(header) for header in table.headers):
        found.append(f".headers: a key does not belong into a file; set {variable_of(name)} in the environment")
    return found


def variable_of(name: str) -> str:
    """The variable that holds the key of an engine."""
    return f"SOUNDWRIGHT_HTTP_{name.upper().replace('-', '_')}_KEY"
