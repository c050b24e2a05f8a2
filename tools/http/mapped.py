"""Any server that takes and gives JSON, by the mapping that the user declares."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from soundwright.tools.assets import Asset, Audio, Speech, Text, Transcript
from soundwright.tools.base import Context, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.http.base import HttpTool
from soundwright.tools.http.client import Answer, Call, multipart
from soundwright.tools.http.settings import JsonTable
from soundwright.tools.http.sound import decoded, wav_bytes

_HOLE = re.compile(r"\{([a-z_]+)\}")


class HttpMappedTool(HttpTool):
    """The tool of a table with ``kind = "json"``."""

    def __init__(self, name: str, table: JsonTable, offline: bool = False) -> None:
        holes = {hole for text in _strings(table.body) for hole in _HOLE.findall(text)}
        super().__init__(
            name, table, offline, operations=table.operations, proven="real",
            honours=tuple(sorted({*table.honours, *holes - {"audio", "model", "seed"}})),
            proven_note="a server on this machine",
        )  # fmt: skip
        self.spec = replace(self.spec, version=f"{self.spec.version}#{table.digest}")
        self._table = table

    def answer(self, request: Request, context: Context) -> Asset:
        """Ask for one result.

        Raises:
            ToolError: the server gave none, or the mapping names what is not there.
        """
        found = self.client.ask(self._call(request), context)
        if self._table.result == "text":
            text = self._text(found)
            return Transcript(text) if request.op == "transcribe" else Text(text)
        sound = self._sound(found)
        if request.op == "speak":
            return Speech(sound.samples, sound.rate, 0, str(request.params.get("text", "")),
                          str(request.params.get("language", "")))  # fmt: skip
        return sound

    def _call(self, request: Request) -> Call:
        table = self._table
        audio = request.inputs.get("audio")
        wav = wav_bytes(audio) if isinstance(audio, Audio) else b""
        given = request.inputs.get("text")
        values = {**request.params, "model": table.model, "seed": request.seed}
        if isinstance(given, Text):
            values["text"] = given.text
        if wav and table.upload == "json":
            values["audio"] = base64.b64encode(wav).decode()
        body = filled(table.body, values, self._name)
        fields = {key: item if isinstance(item, str) else json.dumps(item) for key, item in body.items()}
        headers, address = dict(table.headers), self._url
        if table.method == "GET":
            return Call(f"{address}?{urlencode(fields)}", None, headers, "GET")
        if wav and table.upload == "form":
            data, content_type = multipart(fields, table.file_field, "sound.wav", wav)
        elif wav and table.upload == "body":
            data, content_type = wav, "audio/wav"
            address = f"{address}?{urlencode(fields)}" if fields else address
        else:
            data, content_type = json.dumps(body).encode(), "application/json"
        return Call(address, data, {"Content-Type": content_type, **headers}, table.method)

    def _text(self, found: Answer) -> str:
        value = at(found.json(self._name), self._table.answer, self._name)
        if not isinstance(value, str):
            raise ToolError(f"{self._name}: {self._table.answer or 'the answer'} is no text")
        return value

    def _sound(self, found: Answer) -> Audio:
        data, content_type = found.body, found.content_type
        if self._table.answer:
            value = at(found.json(self._name), self._table.answer, self._name)
            data, content_type = _from_base64(value, self._table.answer, self._name), ""
        sound = decoded(data, content_type, self._table.rate, self._name)
        if sound.frames == 0:
            raise ToolError(f"{self._name} sent an empty sound")
        return sound


def filled(template: Mapping[str, Any], values: Mapping[str, Any], who: str) -> dict[str, Any]:
    """A template with its holes filled; a string that is one hole becomes the value itself.

    Raises:
        ToolError: it names a parameter that there is none of.
    """
    return {key: _filled(item, values, who) for key, item in template.items()}


def at(value: Any, path: str, who: str) -> Any:  # noqa: ANN401  JSON
    """What stands at a path such as ``data.0.audio``.

    Raises:
        ToolError: nothing stands there.
    """
    for part in filter(None, path.split(".")):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            there = ", ".join(value) if isinstance(value, dict) else type(value).__name__
            raise ToolError(f"{who}: the answer has no {path}; at {part!r} there is {there[:200]}") from error
    return value


def _filled(template: Any, values: Mapping[str, Any], who: str) -> Any:  # noqa: ANN401  JSON
    if isinstance(template, Mapping):
        return filled(template, values, who)
    if isinstance(template, list):
        return [_filled(item, values, who) for item in template]
    if not isinstance(template, str):
        return template
    unknown = [hole for hole in _HOLE.findall(template) if hole not in values]
    if unknown:
        raise ToolError(f"{who}: its body names {{{unknown[0]}}}; there are {', '.join(sorted(values))}")
    alone = _HOLE.fullmatch(template)
    if alone:
        return values[alone[1]]
    return _HOLE.sub(lambda hole: str(values[hole[1]]), template)


def _strings(value: Any) -> list[str]:  # noqa: ANN401  JSON
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def _from_base64(value: Any, path: str, who: str) -> bytes:  # noqa: ANN401  JSON
    if not isinstance(value, str):
        raise ToolError(f"{who}: {path} is no base64 text")
    try:
        return base64.b64decode(value.partition("base64,")[2] or value, validate=True)
    except binascii.Error as error:
        raise ToolError(f"{who}: {path} is no base64 text: {error}") from error
