"""``soundwright new``: a project's folder, made whole or not at all, from an idea, a file, or a starter script."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from soundwright.orchestrator import planning
from soundwright.orchestrator.lock import PROJECT_SCRIPT, Lock, write_lock
from soundwright.orchestrator.project import HISTORY, RENDERS, SETTINGS, Project
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.edits import Set, edit
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.paths import printable, resolve_inputs
from soundwright.scripts_compiler.script import Script

RECORDINGS = "recordings"
_STARTER = """\
# One flat list of cues: what is heard and when. docs/script.md is the reference.
version: 1
title: {title}
language: en
voices:
  - {{name: Ann, description: "young woman, curious", gender: female, age: young}}
  - {{name: Ben, description: "old man, slow and warm", gender: male, age: old}}
cues:
  - {{type: scene, id: porch, title: On the porch, space: outdoors}}
  - {{type: sound, id: rain, description: light rain, layer: background}}
  - {{type: speech, id: ann1, voice: Ann, text: "Does it ever stop?"}}
  - {{type: speech, id: ben1, voice: Ben, text: "It did once. Nobody liked it."}}
"""
_SETTINGS = """\
# Defaults of this project; options of the command line come first.
# llm = "gguf:FILE"           # the language model that plans and edits
# max_cost = 0.5              # US dollars that one request may cost
# [tools]
# speak = "kokoro"            # the tool of an operation
"""


def create(
    folder: Path,
    source: str | None = None,
    options: planning.PlanOptions | None = None,
    *,
    on_note: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Project, Document]:
    """A new project in ``folder``. ``source`` is an idea in words or a file, read as ``make`` reads it.

    Recordings that the script uses are copied into the project, so that it can be moved.

    Raises:
        ScriptError: the folder is there already, or the source cannot be used.
        LanguageModelError: the language model cannot be asked.
    """
    _refuse_taken(folder)
    chosen = options or planning.PlanOptions()
    if source is None:
        document = documents.loads(_STARTER.format(title=_title(folder)))
    else:
        document = planning.plan(source, chosen, on_note=on_note, cancelled=cancelled)
    project = lay_out(folder, document, [path.resolve().parent for path in chosen.inputs])
    return project, replace(documents.load(project.script), warnings=document.warnings)


def lay_out(folder: Path, document: Document, allow: Sequence[Path] = (), *, keeping: Sequence[str] = ()) -> Project:
    """Make the folder of a project for a document. Recordings are read beside it and below ``allow``.

    A folder that holds nothing but what is named in ``keeping`` is taken as it is.

    Raises:
        ScriptError: the folder is there already, or a recording cannot be read.
    """
    _refuse_taken(folder, keeping)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _fill(made, document, allow)
        made.chmod(0o755)
        _refuse_taken(folder, keeping)
        if folder.is_dir() and any(folder.iterdir()):
            for part in sorted(made.iterdir(), key=lambda path: path.name == PROJECT_SCRIPT):  # the script last
                os.replace(part, folder / part.name)
        else:
            os.replace(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return Project.at(folder)


def _refuse_taken(folder: Path, keeping: Sequence[str] = ()) -> None:
    if folder.exists() and not (folder.is_dir() and all(path.name in keeping for path in folder.iterdir())):
        found = "is there already, and a new project overwrites nothing."
        raise ScriptError([Problem(printable(folder), found, "Choose another name, or edit what is there.")])
    if not folder.name:
        raise ScriptError([Problem(printable(folder), "is no name of a folder.", "Write soundwright new NAME.")])


def _title(folder: Path) -> str:
    words = "".join(c if c.isalnum() else " " for c in folder.name).split()
    return documents.dump_yaml({"x": " ".join(words)[:200].title() or "Untitled"}).removeprefix("x: ").strip()


def _fill(folder: Path, document: Document, allow: Sequence[Path]) -> None:
    for name in (HISTORY, RENDERS):
        (folder / name).mkdir()
    (folder / SETTINGS).write_text(_SETTINGS, encoding="utf-8")
    kept = _with_recordings(folder, document, allow)
    script = folder / PROJECT_SCRIPT
    documents.save(kept, script)
    write_lock(Project(script).lock, Lock(ids=tuple(sorted(_ids(kept.script)))))


def _ids(script: Script) -> set[str]:
    return {cue.id for cue in script.cues if cue.id is not None}


def _with_recordings(folder: Path, document: Document, allow: Sequence[Path]) -> Document:
    """The document whose inputs name copies in the project."""
    if not document.script.inputs:
        return document
    base = document.path.parent if document.path is not None else Path.cwd()
    found = resolve_inputs(document.script, base, allow)
    (folder / RECORDINGS).mkdir()
    changes = []
    for index, declared in enumerate(document.script.inputs):
        name = f"{RECORDINGS}/{declared.id}{found[declared.id].suffix}"
        shutil.copyfile(found[declared.id], folder / name)
        changes.append(Set(f"inputs[{index}].file", name))
    return replace(edit(document, changes), path=None)
