"""From whatever the user gave (an idea, a screenplay, prose, a script) to a document; keeping it; naming files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from soundwright.orchestrator.project import read_settings, script_at
from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.document import Document
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.script import Input, Script

if TYPE_CHECKING:
    from collections.abc import Callable

    from soundwright.orchestrator.planner.planner import Job, Planned
    from soundwright.orchestrator.planner.session import Session
    from soundwright.orchestrator.workshop import Workshop

SCRIPT_SUFFIXES = (".yaml", ".yml", ".json")
MAX_SOURCE_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How ideas are planned. ``llm`` names a language model; None means the configured one, else the screenwriter.

    ``inputs`` are recordings that the script may use; ``max_cost`` in US dollars. ``cast``: the model also chooses
    among the installed voices.
    """

    llm: str | None = None
    rounds: int = 3
    max_cost: float | None = None
    inputs: tuple[Path, ...] = ()
    cast: bool = True


def plan(
    idea: str,
    options: PlanOptions | None = None,
    *,
    on_note: Callable[[str], None] | None = None,
    on_text: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Document:
    """A document from an idea in words, or from the file that ``idea`` names.

    Ideas go to the language model where one is named or configured, else to the deterministic screenwriter.

    Raises:
        ScriptError: the file cannot be read, or is of no known kind; or the idea says nothing; or what the language
            model wrote cannot be used.
        LanguageModelError: the language model cannot be asked.
    """
    path = _as_file(idea)
    if path is not None:
        idea_in_it = _one_line(path)
        if idea_in_it is None:
            return _from_file(path)
        idea = idea_in_it
    chosen = options or PlanOptions()
    if _wants_model(chosen):
        planned = _ask(idea, chosen, on_note, on_text, cancelled)
        return replace(planned.document, warnings=(*planned.notes, *planned.document.warnings))
    if chosen.inputs:
        found = "recordings are only used by language models."
        raise ScriptError([Problem("--input", found, "Name a model with --llm, or drop --input.")])
    from soundwright.orchestrator import screenwriter  # noqa: PLC0415  only for ideas

    written = screenwriter.write(idea)
    return _document(written.script, written.notes)


def asks_model(idea: str, options: PlanOptions) -> bool:
    """Whether ``plan`` has a language model write the script."""
    return is_idea(idea) and _wants_model(options)


def is_idea(text: str) -> bool:
    """Whether a text is an idea in words, or names a file that holds one, and not a script or a story.

    Raises:
        ScriptError: it looks like the name of a file, and there is none.
    """
    path = _as_file(text)
    return path is None or _one_line(path) is not None


def cast(
    document: Document,
    options: PlanOptions,
    *,
    on_note: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Let the language model cast a document that it wrote; its choice goes into the lock beside the script.

    Who gets no voice that fits is cast by description when the script is bound. A model that cannot be asked is a note.

    Raises:
        Cancelled: ``cancelled`` became true.
    """
    from soundwright.orchestrator.llm.choose import open_model  # noqa: PLC0415
    from soundwright.orchestrator.planner.session import Session  # noqa: PLC0415

    if options.cast and document.path is not None and document.script.voices:
        cast_by(document, Session(open_model(options.llm), options.max_cost, None, cancelled), on_note=on_note)


def cast_by(document: Document, session: Session, *, on_note: Callable[[str], None] | None = None) -> None:
    """The same, in a conversation that is open already.

    Raises:
        Cancelled: the conversation was cancelled.
    """
    from soundwright.orchestrator.choice import Need  # noqa: PLC0415
    from soundwright.orchestrator.lock import lock_path, read_lock, write_lock  # noqa: PLC0415
    from soundwright.orchestrator.planner import casting_call  # noqa: PLC0415
    from soundwright.orchestrator.workshop import Workshop  # noqa: PLC0415

    if document.path is None:
        return
    shop = Workshop.open(offline=True)
    pins = {**read_settings(document.path).tools, **{pin.op: pin.tool for pin in document.script.tools}}
    specs = shop.chooser(tools=pins).usable(Need("speak"))  # those whose weights are here too
    chosen, note = casting_call.cast(document.script, specs, session)
    if chosen:
        path = lock_path(document.path)
        lock = read_lock(path)
        write_lock(path, replace(lock, cast={**lock.cast, **chosen}))
    if on_note is not None and (note or chosen):
        on_note(note or f"cast by {session.model.name}: " + ", ".join(f"{n} {v.preset}" for n, v in chosen.items()))


def refitted(document: Document, measured_s: float) -> Document | None:
    """The document with its silences fitted to the length that a render had, where that is off by more than 10 %."""
    from soundwright.orchestrator.planner.refit import refit  # noqa: PLC0415

    better = refit(document, measured_s)
    return None if better is None or document.path is None else keep(better, document.path)


def shown_prompt(idea: str, options: PlanOptions | None = None) -> str:
    """Exactly what a language model would be sent first for an idea.

    Raises:
        ScriptError: the idea says nothing, or a recording cannot be used.
    """
    from soundwright.orchestrator.planner import planner  # noqa: PLC0415
    from soundwright.orchestrator.workshop import Workshop  # noqa: PLC0415

    return planner.prompt(job_of(idea, options or PlanOptions(), Workshop.open(offline=True))).to_text()


def _wants_model(options: PlanOptions) -> bool:
    if options.llm is not None:
        return True
    from soundwright.orchestrator.llm.choose import configured  # noqa: PLC0415

    return configured()


def _ask(
    idea: str,
    options: PlanOptions,
    on_note: Callable[[str], None] | None,
    on_text: Callable[[str], None] | None,
    cancelled: Callable[[], bool] | None,
) -> Planned:
    from soundwright.orchestrator.llm.choose import open_model  # noqa: PLC0415
    from soundwright.orchestrator.planner import planner  # noqa: PLC0415
    from soundwright.orchestrator.workshop import Workshop  # noqa: PLC0415

    model = open_model(options.llm)
    job = job_of(idea, options, Workshop.open(offline=True))
    planned = planner.plan(
        job,
        model,
        rounds=options.rounds,
        max_cost_usd=options.max_cost,
        on_text=on_text,
        on_note=on_note,
        cancelled=cancelled,
    )
    if on_note is not None:
        used = planned.usage
        money = "" if used.cost_usd is None else f", ${used.cost_usd:.4f}"
        answers = f"{planned.rounds} answer{'' if planned.rounds == 1 else 's'}"
        on_note(f"{model.name}: {answers}, {used.input_tokens:,} tokens in, {used.output_tokens:,} out{money}")
    return planned


def job_of(idea: str, options: PlanOptions, workshop: Workshop) -> Job:
    """What is asked of a language model for an idea, or for the one in a file.

    Raises:
        ScriptError: the idea says nothing, or a recording cannot be used.
    """
    path = _as_file(idea)
    idea = idea if path is None else _one_line(path) or idea
    from soundwright.orchestrator.planner import planner  # noqa: PLC0415
    from soundwright.scripts_compiler.importers.common import Ids  # noqa: PLC0415

    ids = Ids()
    for path in options.inputs:
        if not path.is_file():
            raise ScriptError([Problem(str(path), "is not a file.", "Check the path of --input.")])
    inputs = [Input(id=ids.new(path.stem, "recording"), file=str(path.resolve())) for path in options.inputs]
    specs = [spec for spec in workshop.registry.specs.values() if workshop.registry.missing(spec) is None]
    return planner.make_job(idea, workshop.catalogue(), specs, inputs=inputs)


def import_file(path: Path, *, kind: str | None = None) -> Document:
    """A document from a screenplay, prose or a WavJourney list.

    Raises:
        ScriptError: with every problem, each with its line or item.
    """
    from soundwright.scripts_compiler import importers  # noqa: PLC0415  only for imports

    try:
        imported = importers.import_text(read_text(path), kind=kind, name=path.name)
    except ScriptError as error:
        raise ScriptError(error.problems, source=str(path)) from None
    return _document(imported.script, imported.notes)


def import_targets(files: Sequence[Path], out: Path) -> list[tuple[Path, Path]]:
    """Where each imported file goes: ``out`` itself for one file, else NAME.yaml in the folder ``out``.

    Raises:
        ScriptError: several files for one script, or two files of one name.
    """
    if len(files) == 1 and not out.is_dir() and out.suffix in SCRIPT_SUFFIXES:
        return [(files[0], out)]
    if out.suffix in SCRIPT_SUFFIXES and not out.is_dir():
        raise ScriptError([Problem(str(out), f"one script cannot hold {len(files)} files.", "Name a folder with -o.")])
    targets = [out / f"{path.stem}.yaml" for path in files]
    doubles = sorted({str(t) for t in targets if targets.count(t) > 1})
    if doubles:
        raise ScriptError([Problem(doubles[0], "two of the files would be written here.", "Import them one by one.")])
    return list(zip(files, targets, strict=True))


def keep(document: Document, path: Path) -> Document:
    """Write a document to ``path`` and give it back as one that lives there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return documents.save(document, path)


def document_of(script: Script) -> Document:
    """A document of a script made in Python, checked.

    Raises:
        ScriptError: with all problems.
    """
    return documents.from_data(documents.plain(script), source=script.title or "script")


def _document(script: Script, notes: Sequence[Problem]) -> Document:
    made = document_of(script)
    return replace(made, warnings=(*notes, *made.warnings))


def slug(script: Script) -> str:
    """A file name made of the title: plain letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", script.title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-") or "story"


def read_text(path: Path) -> str:
    """The text of a file the user named.

    Raises:
        ScriptError: it is missing, no plain file, too large, or no UTF-8 text.
    """
    if not path.is_file():
        raise ScriptError(
            [Problem(str(path), "is not a file." if path.exists() else "does not exist.", "Check the path.")]
        )
    if path.stat().st_size > MAX_SOURCE_BYTES:
        raise ScriptError([Problem(str(path), f"is larger than {MAX_SOURCE_BYTES // 1_000_000} MB.", "Split it.")])
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScriptError(
            [Problem(str(path), f"is not UTF-8 text (byte {error.start}).", "Save it as UTF-8.")]
        ) from None


def _as_file(idea: str) -> Path | None:
    if len(idea) > 1024 or "\n" in idea or "\0" in idea:
        return None
    path = Path(idea).expanduser()
    try:
        known = path.exists()
    except OSError:
        return None
    looks_like_one = re.search(r"\.(ya?ml|json5?|txt|fountain|md|csv|tsv)$", idea, re.IGNORECASE) and " " not in idea
    if not known and looks_like_one:
        raise ScriptError([Problem(idea, "does not exist.", "Check the path, or write the idea as a sentence.")])
    return path if known else None


def _from_file(path: Path) -> Document:
    if path.is_dir() or (path.suffix.lower() in SCRIPT_SUFFIXES and not _is_wavjourney(path)):
        return documents.load(script_at(path))
    return import_file(path)


def _one_line(path: Path) -> str | None:
    """The idea in a text file that holds one line and nothing else."""
    if path.suffix != ".txt":
        return None
    text = read_text(path).strip()
    return text if len(text.splitlines()) == 1 else None


def _is_wavjourney(path: Path) -> bool:
    return path.suffix.lower() == ".json" and path.is_file() and read_text(path).lstrip().startswith("[")
