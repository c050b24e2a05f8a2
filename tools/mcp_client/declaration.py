"""Which MCP servers the user has, and which of their tools does which operation: tables ``[mcp.NAME]`` of the settings.

[mcp.tones]
command = "tone-server"              # or: url = "http://127.0.0.1:9000/mcp"
args = ["--quiet"]
env = {TONE_KEY = "env:TONE_KEY"}    # env:NAME is read from our environment; nothing else of it is passed on

[[mcp.tones.tools]]
tool = "make_tone"
operation = "generate_sound"
parameters = {description = "prompt", length = "seconds"}
result = "audio"
licence = "MIT"
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from soundwright.scripts_compiler.errors import SoundwrightError
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Catalogue

Sent = Literal["path", "uri", "base64"]
TAKEN = (Kind.AUDIO, Kind.SPEECH, Kind.TEXT, Kind.TRANSCRIPT, Kind.EVENTS, Kind.SCORES)
"""Kinds that can be taken from a server."""
RESULTS = ("audio", "resource", "text", "data", "path", "base64")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
_SERVER_KEYS = frozenset(
    {"command", "args", "env", "cwd", "url", "token", "timeout_s", "start_s", "max_mb", "folders", "tools"}
)
_TOOL_KEYS = frozenset(
    {"tool", "operation", "name", "parameters", "arguments", "inputs", "result", "licence", "commercial", "languages",
     "rank", "help"}
)  # fmt: skip


class DeclarationError(SoundwrightError):
    """A table of the settings that cannot be used; the message names it."""


@dataclass(frozen=True)
class Server:
    """How a server is reached: by ``command`` with ``args``, or at ``url``.

    ``env`` and ``token`` (sent as bearer to ``url``) may say ``env:NAME``. ``folders`` are where files that it names
    may lie. ``max_bytes`` bounds one result, ``timeout_s`` one call, ``start_s`` its start.
    """

    name: str
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str = ""
    url: str = ""
    token: str = ""
    timeout_s: float = 300.0
    start_s: float = 60.0
    max_bytes: int = 200_000_000
    folders: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Mapped:
    """One tool of a server that does one operation.

    ``parameters`` maps ours to their arguments, ``arguments`` are always sent, ``inputs`` maps a port to (how, their
    argument). ``result`` is where the result is found: ``audio`` (content), ``resource`` (linked or embedded),
    ``text``, ``data`` (structured), or ``path:FIELD`` and ``base64:FIELD`` of the structured data.
    """

    server: Server
    name: str
    tool: str
    operation: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, tuple[Sent, str]] = field(default_factory=dict)
    result: str = "audio"
    licence: str = ""
    commercial: bool = False
    languages: tuple[str, ...] = ()
    rank: int = 30
    help: str = ""


def read_servers(where: str, table: object, catalogue: Catalogue) -> tuple[Mapped, ...]:
    """All mapped tools of the table ``mcp`` of a file called ``where``.

    Raises:
        DeclarationError: something in it cannot be used.
    """
    if not isinstance(table, Mapping):
        raise DeclarationError(f"{where}: mcp must be a table; write [mcp.NAME] and below it a command or url")
    found = [
        each for name, entry in table.items() for each in _server(f"{where}: mcp.{name}", str(name), entry, catalogue)
    ]
    names = [each.name for each in found]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise DeclarationError(f"{where}: mcp: two tools are called {doubles[0]!r}; give one another name = ...")
    return tuple(found)


def _server(where: str, name: str, entry: object, catalogue: Catalogue) -> list[Mapped]:
    if not isinstance(entry, Mapping):
        raise DeclarationError(f"{where}: must be a table")
    _known(where, entry, _SERVER_KEYS)
    _need(bool(_NAME.match(name)), where, "a server's name is of small letters, digits and hyphens")
    command, url = entry.get("command", ""), entry.get("url", "")
    _need(isinstance(command, str) and isinstance(url, str), where, "command and url are texts; arguments go to args")
    _need(bool(command) != bool(url), where, "give either a command or a url")
    _need(not url or _is_safe(url), where, f"{url!r} must be https, or http on this machine")
    server = Server(
        name, (command, *_texts(where, entry, "args")) if command else (), _pairs(where, entry, "env"),
        str(entry.get("cwd", "")), url, str(entry.get("token", "")), _seconds(where, entry, "timeout_s", 300.0),
        _seconds(where, entry, "start_s", 60.0), int(_seconds(where, entry, "max_mb", 200.0) * 1e6),
        tuple(Path(folder).expanduser() for folder in _texts(where, entry, "folders")),
    )  # fmt: skip
    tools = entry.get("tools", [])
    _need(isinstance(tools, Sequence) and bool(tools), where, f"it maps no tools; write [[mcp.{name}.tools]]")
    return [_tool(f"{where}.tools[{n}]", server, raw, catalogue) for n, raw in enumerate(tools)]


def _tool(where: str, server: Server, raw: object, catalogue: Catalogue) -> Mapped:
    if not isinstance(raw, Mapping):
        raise DeclarationError(f"{where}: must be a table")
    _known(where, raw, _TOOL_KEYS)
    theirs, op = str(raw.get("tool", "")), str(raw.get("operation", ""))
    _need(bool(theirs), where, "tool says what the server calls it")
    near = ", ".join(catalogue.nearest(op))
    _need(op in catalogue, where, f"there is no operation {op!r}. {f'Did you mean {near}?' if near else ''}".rstrip())
    _need(catalogue[op].output in TAKEN, where, f"{op} gives {catalogue[op].output.value}, which no server can give")
    parameters = _pairs(where, raw, "parameters")
    fields = {info.alias or name for name, info in catalogue[op].parameters.model_fields.items()}
    for ours in parameters:
        _need(ours in fields, where, f"{op} has no parameter {ours!r}; it has {', '.join(sorted(fields)) or 'none'}")
    inputs = {port: _input(where, port, how) for port, how in _pairs(where, raw, "inputs").items()}
    ports = {port.name for port in catalogue[op].inputs}
    for port in inputs:
        _need(port in ports, where, f"{op} has no input {port!r}; it has {', '.join(sorted(ports)) or 'none'}")
    absent = [port.name for port in catalogue[op].inputs if not port.optional and port.name not in inputs]
    _need(not absent, where, f'inputs must say where {", ".join(absent)} goes, such as audio = "path:file"')
    name = str(raw.get("name", f"{server.name}-{theirs.replace('_', '-').lower()}"))
    _need(bool(re.match(r"[a-z0-9][a-z0-9.-]*\Z", name)), where, f"{name!r} is no name of a tool")
    return Mapped(
        server, name, theirs, op, parameters, _table(where, raw, "arguments"), inputs, _result(where, raw),
        str(raw.get("licence", "")), bool(raw.get("commercial", False)), tuple(_texts(where, raw, "languages")),
        int(raw.get("rank", 30)), str(raw.get("help", "")),
    )  # fmt: skip


def _input(where: str, port: str, how: str) -> tuple[Sent, str]:
    form, _, argument = how.partition(":")
    _need(form in {"path", "uri", "base64"} and bool(argument), where, f'inputs.{port}: write {port} = "path:ARGUMENT"')
    return cast("Sent", form), argument


def _result(where: str, raw: Mapping[str, Any]) -> str:
    result = str(raw.get("result", "audio"))
    form, _, name = result.partition(":")
    _need(form in RESULTS and bool(name) == (form in {"path", "base64"}), where,
          f"result {result!r} is none of audio, resource, text, data, path:FIELD, base64:FIELD")  # fmt: skip
    return result


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"})


def _texts(where: str, entry: Mapping[str, Any], key: str) -> list[str]:
    given = entry.get(key, [])
    _need(isinstance(given, list) and all(isinstance(it, str) for it in given), where, f"{key} is a list of texts")
    return list(given)


def _pairs(where: str, entry: Mapping[str, Any], key: str) -> dict[str, str]:
    given = _table(where, entry, key)
    _need(all(isinstance(value, str) for value in given.values()), where, f"{key} maps names to texts")
    return given


def _table(where: str, entry: Mapping[str, Any], key: str) -> dict[str, Any]:
    given = entry.get(key, {})
    _need(isinstance(given, Mapping), where, f"{key} is a table")
    return dict(given)


def _seconds(where: str, entry: Mapping[str, Any], key: str, default: float) -> float:
    given = entry.get(key, default)
    _need(isinstance(given, int | float) and not isinstance(given, bool) and given > 0, where, f"{key} is above 0")
    return float(given)


def _known(where: str, entry: Mapping[str, Any], keys: frozenset[str]) -> None:
    unknown = sorted(set(entry) - keys)
    _need(not unknown, where, f"there is no setting {unknown[:1]}; there are {', '.join(sorted(keys))}")


def _need(condition: bool, where: str, finding: str) -> None:
    if not condition:
        raise DeclarationError(f"{where}: {finding}")
