"""Turns that play or save: the story, a part of it, a result, a file."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from soundwright.orchestrator import pipeline, player, saving
from soundwright.orchestrator.chat.facts import WHOLE
from soundwright.orchestrator.chat.reply import Pending, Reply
from soundwright.orchestrator.chat.state import State
from soundwright.orchestrator.chat.telling import clock, near_path
from soundwright.orchestrator.chat.turns import Turn
from soundwright.orchestrator.interop.workspace import Item
from soundwright.orchestrator.revision.phrase import fold
from soundwright.orchestrator.revision.references import resolve
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools import audio_files
from soundwright.tools.assets import Audio

_FILE_NAME = re.compile(r"[\w .()/~\\-]*[\w)]\.(?:flac|wav|mp3|opus|ogg|txt|srt|vtt|json|csv|mid|voice)\b", re.I)
_LEADING = re.compile(r"^(?:(?:it|this|that|the \w+|everything)\s+)?(?:as|to|in|into)?\s*(?:an? )?", re.I)
_FORMAT = re.compile(r"^(?:(?:it|this|that|the \w+) )?(?:as |to )(?:an? )?(flac|wav|mp3|opus|ogg)(?: file)?$", re.I)


def play(state: State, turn: Turn) -> Reply:
    """Play the story, a part of it, a result or a file."""
    wanted = turn.request.strip()
    item = _item(state, wanted)
    if item is not None:
        return _played(item.file or next(iter(item.stems.values())), item.id)
    if state.render is None:
        if state.document is None:
            return Reply("There is nothing to play yet.", ok=False)
        return Reply("The story was not rendered yet: say render.", ok=False)
    if fold(wanted) in WHOLE:
        return _played(state.render, state.render.name)
    return _play_part(state, wanted)


def save(state: State, turn: Turn) -> Reply:
    """Save the story or the last result under a name, in the form that its ending says."""
    target = _target(state, turn.request)
    if target is not None and target.exists() and not state.options.yes:
        question = f"{target} is there already. Replace it?"
        state.pending = Pending(question, lambda _: _saved(state, turn.request, target))
        return Reply(question, asks=True)
    return _saved(state, turn.request, target)


# --- play ---------------------------------------------------------------------------------------------------------


def _item(state: State, wanted: str) -> Item | None:
    items = state.operations.workspace.items
    if wanted in items:
        return items[wanted]
    said_this = fold(wanted) in {"", "it", "this", "that", "the result", "the recording", "the file"}
    return items.get(state.focus) if said_this else None


def _played(file: Path, name: str) -> Reply:
    player.play(file)
    return Reply(f"Played {name}.", files=(file,))


def _play_part(state: State, phrase: str) -> Reply:
    found = resolve(state.story().script, phrase)
    if found.one is None:
        return Reply(found.reason, ok=False)
    start, end = state.times().spans.get(found.one, (0.0, 0.0))
    if not state.times().measured or end <= start:
        return Reply("The story changed since its last render: say render first.", ok=False)
    with (
        tempfile.TemporaryDirectory(prefix="soundwright-") as folder,
        audio_files.AudioFile(state.render or Path()) as file,
    ):
        samples = file.read(round(start * file.rate), round(end * file.rate))
        part = audio_files.write(Path(folder) / "part.wav", Audio(samples.copy(), file.rate))
        player.play(part)
    return Reply(f"Played {clock(start)} to {clock(end)}.")


# --- save ---------------------------------------------------------------------------------------------------------


def _target(state: State, request: str) -> Path | None:
    """The file that a request names; None where it leaves the name to us."""
    match = _FILE_NAME.search(request)
    if match is None:
        return None
    name = _LEADING.sub("", match.group().strip())
    return (state.folder / Path(name).expanduser()) if name else None


def _saved(state: State, request: str, target: Path | None) -> Reply:
    item = state.operations.workspace.items.get(state.last or state.focus)
    match = _FORMAT.match(request.strip())
    suffix = f".{match[1].lower()}" if match else ""
    if item is None or (state.document is not None and re.search(r"\bstory|drama|play\b", request)):
        return _save_story(state, target, suffix)
    return _save_item(state, item, target, suffix)


def _save_story(state: State, target: Path | None, suffix: str) -> Reply:
    document = state.story()
    if target is None:
        base = state.render or (state.project.render_file(document) if state.project else state.folder / "story.flac")
        target = saving.free_name(state.folder, base.stem, suffix or ".flac")
    rendered = pipeline.render(document, target, state.render_options, cancel=state.cancel)
    return Reply(f"Saved {near_path(target, state.folder)}, {clock(rendered.duration_s)}.", files=rendered.files)


def _save_item(state: State, item: Item, target: Path | None, suffix: str) -> Reply:
    if item.file is None:
        folder = target or saving.free_name(state.folder, item.id, "")
        shutil.copytree(next(iter(item.stems.values())).parent, folder, dirs_exist_ok=True)
        return Reply(f"Saved {near_path(folder, state.folder)}.", files=(folder,))
    usual = ".flac" if item.kind in (Kind.AUDIO, Kind.SPEECH) else item.file.suffix
    target = target or saving.free_name(state.folder, item.id, suffix or usual)
    if target.suffix.lower() == item.file.suffix.lower():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(item.file, target)
        return Reply(f"Saved {near_path(target, state.folder)}.", files=(target,))
    if item.id in state.assets:
        return Reply(f"Saved {near_path(saving.save(state.assets[item.id], target).files[0], state.folder)}.")
    if item.kind not in (Kind.AUDIO, Kind.SPEECH):
        found = f"{item.id} is {item.kind.value}, kept as {item.file.suffix}."
        raise ScriptError([Problem(str(target), found, f"Save it as {item.file.suffix}.")])
    saved = saving.save(audio_files.read(item.file), target)
    notes = "".join(f" ({note})" for note in saved.notes)
    return Reply(f"Saved {near_path(target, state.folder)}.{notes}", files=saved.files)
