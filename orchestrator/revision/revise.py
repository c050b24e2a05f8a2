"""Revision as an API: propose a patch for a request, accept it, undo and redo.

proposal = propose(project, "make the rain louder", model)
accept(project, proposal)
undo(project)
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from soundwright.orchestrator.llm.base import LanguageModel, Usage
from soundwright.orchestrator.lock import Lock, read_lock
from soundwright.orchestrator.pipeline import RenderOptions
from soundwright.orchestrator.project import Project
from soundwright.orchestrator.revision import plainly, reviser
from soundwright.orchestrator.revision.applying import Applied, apply
from soundwright.orchestrator.revision.cast import cast_changes, changed_lock
from soundwright.orchestrator.revision.diff import Change, compare, to_text
from soundwright.orchestrator.revision.history import digest
from soundwright.orchestrator.revision.patch import MoveCue, Patch
from soundwright.orchestrator.revision.rebuild import Rebuild, rebuild
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.edits import all_ids, named
from soundwright.scripts_compiler.errors import Problem, ScriptError

MAX_REQUEST_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be done for a request: a patch with what it changes, or a ``question`` to the user.

    ``before`` is the document as it was, ``document`` as it would be (the same where there is a question); ``forecast``
    what the next render makes. ``by`` says who made the patch: the name of a language model, ``words`` or ``patch``.
    ``sha256`` is that of the script's file, which must be the same when this is accepted.
    """

    request: str
    before: Document
    document: Document
    patch: Patch
    changes: tuple[Change, ...] = ()
    forecast: Rebuild | None = None
    usage: Usage = field(default_factory=Usage)
    rounds: int = 0
    by: str = "words"
    cast: dict[str, Any] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    sha256: str = ""

    @property
    def question(self) -> str:
        """What must be answered first; empty where there is a patch."""
        return self.patch.question

    @property
    def summary(self) -> str:
        """The patch in one sentence."""
        return self.patch.summary

    @property
    def diff(self) -> str:
        """What would change, for people."""
        return to_text(self.changes)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "request": self.request, "by": self.by, "question": self.question or None, "summary": self.summary,
            "patch": self.patch.to_json(), "changes": [change.to_json() for change in self.changes],
            "forecast": None if self.forecast is None else self.forecast.to_json(),
            "usage": {"rounds": self.rounds, "input_tokens": self.usage.input_tokens,
                      "output_tokens": self.usage.output_tokens, "cost_usd": self.usage.cost_usd},
        }  # fmt: skip


Source = Project | Document | Path | str


def propose(
    source: Source,
    request: str,
    model: LanguageModel | None = None,
    *,
    context: Sequence[str] = (),
    rounds: int = reviser.ROUNDS,
    max_cost_usd: float | None = None,
    options: RenderOptions | None = None,
    forecast: bool = True,
    on_text: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Proposal:
    """A patch for a request in words, or a question. Nothing is written.

    Without a ``model`` the request is read by fixed patterns. ``context`` are earlier turns of a conversation, oldest
    first; ``options`` are those of the renders that the forecast is for.

    Raises:
        ScriptError: the script or the request cannot be used, or what was wrong in the last answer.
        LanguageModelError: the model cannot be asked, or the budget would be exceeded.
        Cancelled: ``cancelled`` became true.
    """
    document, lock = _opened(source)
    said = request.strip()
    if not any(character.isalnum() for character in said) or len(said) > MAX_REQUEST_CHARS:
        found = f"the request says nothing, or has more than {MAX_REQUEST_CHARS:,} characters."
        raise ScriptError([Problem("", found, "Say in a few sentences what is to be changed.")])
    if model is None:
        patch = plainly.read(named(document.script, lock.ids)[0], said)
        applied = None if patch.question else _applied(document, patch, lock)
        return _proposal(said, document, patch, applied, lock, options, forecast=forecast)
    job = reviser.make_job(document, said, lock.ids, Workshop.open(offline=True), context=context)
    made = reviser.revise(job, model, rounds=rounds, max_cost_usd=max_cost_usd, on_text=on_text, cancelled=cancelled)
    proposal = _proposal(said, document, made.patch, made.applied, lock, options, forecast=forecast)
    return replace(proposal, usage=made.usage, rounds=made.rounds, by=model.name)


def propose_patch(
    source: Source, data: Any, request: str = "", *, options: RenderOptions | None = None, forecast: bool = True  # noqa: ANN401
) -> Proposal:  # fmt: skip
    """The proposal of a patch that was made elsewhere: pasted from a language model, or written by a program.

    Raises:
        ScriptError: the script or the patch cannot be used.
    """
    document, lock = _opened(source)
    job = reviser.make_job(document, request or "a patch", lock.ids, Workshop.open(offline=True))
    patch, applied = reviser.read_answer(job, data)
    proposal = _proposal(request or patch.summary, document, patch, applied, lock, options, forecast=forecast)
    return replace(proposal, by="patch")


def shown_prompt(source: Source, request: str) -> str:
    """Exactly what a language model would be sent first.

    Raises:
        ScriptError: the script cannot be used.
    """
    document, lock = _opened(source)
    job = reviser.make_job(document, request.strip(), lock.ids, Workshop.open(offline=True))
    return reviser.prompt(job).to_text()


def _opened(source: Source) -> tuple[Document, Lock]:
    if isinstance(source, Document):
        lock = Lock() if source.path is None else read_lock(Project(source.path).lock)
        return source, lock
    project = source if isinstance(source, Project) else Project.at(source)
    return documents.load(project.script, catalogue=Workshop.catalogue()), read_lock(project.lock)


def _applied(document: Document, patch: Patch, lock: Lock) -> Applied:
    return apply(document, patch, lock.ids, catalogue=Workshop.catalogue())


def _proposal(
    request: str, document: Document, patch: Patch, applied: Applied | None, lock: Lock,
    options: RenderOptions | None, *, forecast: bool,
) -> Proposal:  # fmt: skip
    sha256 = _sha256(document)
    if applied is None:
        return Proposal(request, document, document, patch, sha256=sha256)
    cast = cast_changes(lock, applied.renamed, applied.recast)
    ids = tuple(sorted({*all_ids(applied.before), *all_ids(applied.document.script)} - set(lock.ids)))
    expected = None
    if forecast:
        chosen = options or RenderOptions()
        expected = rebuild(document, applied.document, lock, changed_lock(lock, cast, ids), chosen)
    moved = [op.id for op in patch.edits if isinstance(op, MoveCue)]
    changes = compare(applied.before, applied.document.script, moved)
    return Proposal(request, document, applied.document, patch, changes, expected, cast=cast, ids=ids, sha256=sha256)


def _sha256(document: Document) -> str:
    """Of the file where it holds this document, else of the text: then the file is another one."""
    text = document.text.encode()
    if document.path is not None and document.path.is_file():
        data = document.path.read_bytes()
        if data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace") == document.text:
            return digest(data)
    return digest(text)
