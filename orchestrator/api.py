"""What ``import soundwright`` offers: load, plan, render, operations."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soundwright.orchestrator import pipeline, planning
from soundwright.orchestrator.observers import Observer
from soundwright.orchestrator.pipeline import Rendered, RenderOptions
from soundwright.orchestrator.project import Project, script_at
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.script import Script

if TYPE_CHECKING:
    from soundwright.orchestrator.interop.operations import Operations


def load(path: str | Path) -> Document:
    """Read, upgrade and check the script at ``path`` (YAML or JSON), or that of the project in a folder.

    Raises:
        ScriptError: with every problem of the script, each with its place, what was found and the remedy.
    """
    return documents.load(script_at(path))


def plan(idea: str) -> Document:
    """A script from an idea, a screenplay, prose or a WavJourney list, given as text or as the path of a file.

    Raises:
        ScriptError: it cannot be read.
    """
    return planning.plan(idea)


def render(
    source: Document | Script | str | Path,
    out: str | Path | None = None,
    options: RenderOptions | None = None,
    *,
    observer: Observer | None = None,
    cancel: threading.Event | None = None,
    **overrides: Any,  # noqa: ANN401  fields of RenderOptions, checked by it
) -> Rendered:
    """Render a script to a sound file, by default beside the script or in ``renders/`` of its project.

    ``overrides`` are fields of :class:`RenderOptions`, such as ``stems=True``.

    Raises:
        ScriptError: the script is wrong.
        ToolMissing: an engine or its weights are not installed.
        ExecutionError: an engine failed; nothing was mixed.
    """
    document = _document(source)
    target = Path(out) if out is not None else default_out(document)
    chosen = replace(options or RenderOptions(), **overrides)
    return pipeline.render(document, target, chosen, observer=observer, cancel=cancel)


def operations(
    folder: str | Path = "soundwright-results",
    files: Mapping[str, str | Path] | None = None,
    **options: Any,  # noqa: ANN401
) -> Operations:
    """The installed operations for programs and agents: strict function schemas, and calls that do them.

    ``files`` are the recordings that may be used, by id; results go into ``folder``. ``options`` are those of
    :class:`~soundwright.orchestrator.interop.operations.Operations`, such as ``only=["enhance", "transcribe"]``.

    Raises:
        ScriptError: a file is not there, or an id is no name.
    """
    from soundwright.orchestrator.interop.operations import Operations as Made  # noqa: PLC0415

    return Made(folder, files, **options)


def _document(source: Document | Script | str | Path) -> Document:
    if isinstance(source, Document):
        return source
    return planning.document_of(source) if isinstance(source, Script) else load(source)


def default_out(document: Document) -> Path:
    """Where a render goes that was given no file."""
    if document.path is not None:
        return Project(document.path).render_file(document)
    return Path(f"{planning.slug(document.script)}.flac")
