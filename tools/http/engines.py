"""Tools of the servers that the user declared."""

from __future__ import annotations

from collections.abc import Mapping

from soundwright.tools.http.base import HttpTool
from soundwright.tools.http.mapped import HttpMappedTool
from soundwright.tools.http.settings import JsonTable, SpeechTable, Table
from soundwright.tools.http.speech import HttpSpeechTool
from soundwright.tools.http.transcription import HttpTranscriptionTool


def http_tool(name: str, table: Table, *, offline: bool = False) -> HttpTool:
    """The tool of one table."""
    if isinstance(table, SpeechTable):
        return HttpSpeechTool(name, table, offline)
    if isinstance(table, JsonTable):
        return HttpMappedTool(name, table, offline)
    return HttpTranscriptionTool(name, table, offline)


def http_tools(tables: Mapping[str, Table], *, offline: bool = False) -> list[HttpTool]:
    """The tools of all tables."""
    return [http_tool(name, table, offline=offline) for name, table in tables.items()]
