"""The WavJourney script list: a JSON5 list of lines whose order is time.

Foreground lines become holding cues in order. A background pair becomes a bed that starts with the first foreground
line after its ``begin`` and stops with the last one before its ``end``. ``vol`` is read as target LUFS; beds keep
their level under speech (``duck: 0``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from soundwright.scripts_compiler.importers.common import (
    MAX_DESCRIPTION_CHARS,
    MAX_NAME_CHARS,
    Ids,
    Imported,
    Report,
    build_script,
    clean_text,
    one_line,
    shorten,
    speakable,
    split_speech,
)  # fmt: skip
from soundwright.scripts_compiler.importers.literal import Expression, Item, read_list
from soundwright.scripts_compiler.importers.voices import voices_for

KIND = "wavjourney"
MIN_LUFS, MAX_LUFS = -70.0, -5.0
MIN_LENGTH_S, MAX_LENGTH_S = 0.1, 3600.0
LIST_START = re.compile(r"\[(?=\s*(?:[\]{]|//|/\*|#|$))")
_TYPES = {"speech": "speech", "dialogue": "speech", "music": "music", "soundeffect": "sound", "sound": "sound",
          "sfx": "sound", "soundeffects": "sound"}  # fmt: skip
_LAYOUTS = {"foreground": "foreground", "background": "background"}
_ABSENT = {"", "n/a", "na", "none", "null", "-", "–", "—"}
_AUTO = {"auto", "automatic"}
_FIELDS = ("audio_type", "layout", "id", "character", "action", "vol", "desc", "text", "len")
_ALIASES = {"type": "audio_type", "volume": "vol", "description": "desc", "length": "len", "duration": "len",
            "audiotype": "audio_type", "content": "text"}  # fmt: skip
_UNIT = re.compile(r"\s*([+-]?[0-9]{1,9}(?:\.[0-9]{0,9})?)\s*(?:dB|LUFS|LUKS|s|sec|secs|seconds?)?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: its fields under their standard names, and the place that messages give."""

    place: str
    fields: dict[str, object]


@dataclass(slots=True)
class _Bed:
    place: str
    cue: dict[str, object]
    first: dict[str, object] | None = None
    last: dict[str, object] | None = None
    closed: bool = False


@dataclass(slots=True)
class _State:
    report: Report
    ids: Ids = field(default_factory=Ids)
    entries: list[dict[str, object]] = field(default_factory=list)
    beds: list[_Bed] = field(default_factory=list)
    open: dict[str, _Bed] = field(default_factory=dict)
    characters: dict[str, str] = field(default_factory=dict)


def import_wavjourney(text: str, title: str = "", language: str = "en") -> Imported:
    """Read a WavJourney list; text and code fences around it are skipped.

    Raises:
        ScriptError: the text holds no list, or lines of it cannot be used; all problems at once.
    """
    report = Report()
    start = LIST_START.search(text)
    if start is None:
        report.error("line 1", "there is no list of script lines.", "It starts with [ and holds objects in braces.")
        report.stop_if_wrong()
    offset = start.start() if start else 0
    items = read_list(text[offset:], report, 1 + text.count("\n", 0, offset))
    lines = [line for n, item in enumerate(items or (), 1) if (line := _line(n, item, report)) is not None]
    if items is not None and not items:
        report.error(f"line {1 + text.count(chr(10), 0, offset)}", "the list is empty.", "Write at least one line.")
    return build_lines(lines, report, title, language, KIND)


def _line(number: int, item: object, report: Report) -> Line | None:
    if not isinstance(item, Item):
        report.error(f"item {number}", f"an object in braces was expected, {_show(item)} was found.")
        return None
    place = f"item {number} (line {item.line})"
    fields: dict[str, object] = {}
    for key, member in item.members.items():
        name = re.sub(r"[\s-]+", "_", key.strip().lower())
        name = _ALIASES.get(name.replace("_", ""), name)
        if name not in _FIELDS:
            report.note(place, f"the field {key[:40]!r} is not known; it was left out.")
        elif name in fields:
            report.error(place, f"{name} is given twice.", "Keep one of the two.")
        else:
            fields[name] = member.value
    return Line(place, fields)


def build_lines(lines: Sequence[Line], report: Report, title: str, language: str, kind: str) -> Imported:
    """The script of checked or unchecked lines, shared by the list and its table form.

    Raises:
        ScriptError: lines cannot be used; all problems at once.
    """
    state = _State(report)
    for line in lines:
        _add(state, line)
    _close_left_open(state)
    cues = _placed(state)
    if lines and not any(cue.get("layer") != "background" for cue in cues) and not report.errors:
        report.error("", "there is no foreground line, so nothing says how long the programme is.", "Add one.")
    report.stop_if_wrong()
    voices = voices_for(state.characters.values())
    data = {"version": 1, "title": title, "language": language, "voices": voices, "cues": cues}
    return Imported(build_script(data, report), tuple(report.notes), kind)


def _add(state: _State, line: Line) -> None:
    audio_type = _choice(state, line, "audio_type", _TYPES, "speech, music or sound_effect")
    layout = _choice(state, line, "layout", _LAYOUTS, "foreground or background")
    if audio_type is None or layout is None:
        return
    if layout == "background":
        _background(state, line, audio_type)
    elif audio_type == "speech":
        _speech(state, line)
    else:
        _foreground(state, line, audio_type)


def _choice(state: _State, line: Line, name: str, known: dict[str, str], options: str) -> str | None:
    value = line.fields.get(name)
    if isinstance(value, str) and (found := known.get(re.sub(r"[\W_]+", "", value.lower()))):
        return found
    what = "is missing" if _absent(value) else f"is {_show(value)}"
    state.report.error(line.place, f"{name} {what}.", f"Write {options}.")
    return None


def _speech(state: _State, line: Line) -> None:
    name = _text(state, line, "character", MAX_NAME_CHARS)
    if name is None:
        state.report.error(line.place, "the speech has no character.", "Say who speaks: character: NAME.")
    text = _text(state, line, "text", 10**6) or (
        _text(state, line, "desc", 10**6) if "text" not in line.fields else None
    )
    if text is None:
        state.report.error(line.place, "the speech has no text.", "Write what is said: text: WORDS.")
    elif not speakable(text):
        state.report.error(line.place, f"the text {text[:40]!r} has no word to say.", "Write words, or drop the line.")
    loudness = _loudness(state, line)
    if not _absent(line.fields.get("len")):
        state.report.note(line.place, "a speech lasts as long as it is spoken; its len was left out.")
    if name is None or text is None:
        return
    voice = state.characters.setdefault(name.casefold(), name)
    for piece in split_speech(text):
        _entry(state, {"type": "speech", "voice": voice, "text": piece} | loudness)


def _foreground(state: _State, line: Line, audio_type: str) -> None:
    description = _description(state, line)
    loudness = _loudness(state, line)
    length = _length(state, line)
    if length is None and audio_type == "music" and not state.report.errors:
        state.report.error(line.place, "music in the foreground has no length.", "Write len: SECONDS.")
    if audio_type == "music" and any(bed.cue["type"] == "music" for bed in state.open.values()):
        state.report.note(line.place, "music begins while other music is playing; both will be heard.")
    cue: dict[str, object] = {"type": audio_type, "description": description or "?"}
    _entry(state, cue | ({} if length is None else {"length": length}) | loudness)


def _background(state: _State, line: Line, audio_type: str) -> None:
    if audio_type == "speech":
        state.report.error(line.place, "a speech cannot lie in the background.", "Write layout: foreground.")
        return
    action = line.fields.get("action")
    action = action.strip().lower() if isinstance(action, str) else action
    key = _identity(state, line)
    if action not in ("begin", "end"):
        what = "is missing" if _absent(action) else f"is {_show(action)}"
        state.report.error(line.place, f"the action of a background line {what}.", "Write begin or end.")
    elif key is not None:
        (_begin if action == "begin" else _end)(state, line, audio_type, key)


def _identity(state: _State, line: Line) -> str | None:
    value = line.fields.get("id")
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.15g}"
    if isinstance(value, str) and not _absent(value):
        return one_line(value)[:64]
    what = "is missing" if _absent(value) else f"is {_show(value)}"
    state.report.error(
        line.place, f"the id of a background line {what}.", "Write the same id in its begin and its end."
    )
    return None


def _begin(state: _State, line: Line, audio_type: str, key: str) -> None:
    description = _description(state, line)
    loudness = _loudness(state, line)
    if not _absent(line.fields.get("len")):
        state.report.note(line.place, "a background sound lasts up to its end line; its len was left out.")
    if key in state.open:
        state.report.error(line.place, f"the id {key} begins again before it ended ({state.open[key].place}).",
                           "Give each background sound an id of its own.")  # fmt: skip
        return
    if audio_type == "music" and any(bed.cue["type"] == "music" for bed in state.open.values()):
        state.report.note(line.place, "music begins while other music is playing; both will be heard.")
    cue: dict[str, object] = {"type": audio_type, "layer": "background", "description": description or "?", "duck": 0.0}
    bed = _Bed(line.place, cue | loudness)
    state.open[key] = bed
    state.beds.append(bed)
    state.entries.append(bed.cue)


def _end(state: _State, line: Line, audio_type: str, key: str) -> None:
    bed = state.open.pop(key, None)
    if bed is None:
        state.report.error(
            line.place, f"the id {key} ends, but it did not begin.", "Add its begin line, or drop this line."
        )
    elif bed.cue["type"] != audio_type:
        state.report.error(line.place, f"the id {key} began as {bed.cue['type']} and ends as {audio_type}.",
                           "Give both lines one audio_type.")  # fmt: skip
    else:
        bed.closed = True


def _entry(state: _State, cue: dict[str, object]) -> None:
    """Add a foreground cue; beds that are open reach to it."""
    state.entries.append(cue)
    for bed in state.open.values():
        bed.first = bed.first or cue
        bed.last = cue


def _close_left_open(state: _State) -> None:
    for key, bed in state.open.items():
        state.report.note(bed.place, f"the id {key} begins and never ends; it lasts to the end of the programme.",
                          "Add its end line to stop it earlier.")  # fmt: skip


def _placed(state: _State) -> list[dict[str, object]]:
    """All cues, beds anchored to the foreground cues they reach over; beds that reach over none are left out."""
    empty = []
    for bed in state.beds:
        if bed.first is None or bed.last is None:
            state.report.note(bed.place, "no foreground line lies within this background sound; it was left out.")
            empty.append(id(bed.cue))
        else:
            bed.cue["start"] = {"with": _id_of(state, bed.first)}
            bed.cue["until"] = _id_of(state, bed.last) if bed.closed else "end"
    return [_ordered(cue) for cue in state.entries if id(cue) not in empty]


def _id_of(state: _State, cue: dict[str, object]) -> object:
    if "id" not in cue:
        hint = {"speech": "line", "music": "music", "sound": "sound"}[str(cue["type"])]
        cue["id"] = state.ids.numbered(hint)
    return cue["id"]


def _ordered(cue: dict[str, object]) -> dict[str, object]:
    order = ("type", "id", "layer", "voice", "text", "description", "start", "until", "length")
    return {k: cue[k] for k in order if k in cue} | cue


def _description(state: _State, line: Line) -> str | None:
    text = _text(state, line, "desc", MAX_DESCRIPTION_CHARS)
    if text is None:
        state.report.error(line.place, "the description is missing.", "Say what is heard: desc: WORDS.")
    return text


def _text(state: _State, line: Line, name: str, limit: int) -> str | None:
    """A text field as one line; None where it is absent or an error was reported."""
    value = line.fields.get(name)
    if _absent(value):
        return None
    if isinstance(value, float) and math.isfinite(value):
        value = f"{value:.15g}"
    if not isinstance(value, str):
        state.report.error(line.place, f"{name} is {_show(value)}, not a text in quotes.",
                           "Expressions are never evaluated: write the text itself.")  # fmt: skip
        return "?"
    text = one_line(clean_text(value))
    if len(text) > limit:
        state.report.note(line.place, f"{name} has {len(text)} characters; it was cut at {limit}.")
    return shorten(text, limit) or None


def _loudness(state: _State, line: Line) -> dict[str, object]:
    value = _quantity(state, line, "vol", "LUFS", MIN_LUFS, MAX_LUFS)
    if value is None and _absent(line.fields.get("vol")):
        state.report.note(line.place, "there is no vol; the usual loudness is used.")
    return {} if value is None else {"loudness": value}


def _length(state: _State, line: Line) -> float | None:
    return _quantity(state, line, "len", "seconds", MIN_LENGTH_S, MAX_LENGTH_S)


def _quantity(state: _State, line: Line, name: str, unit: str, low: float, high: float) -> float | None:
    value = line.fields.get(name)
    if _absent(value) or (isinstance(value, str) and value.strip().lower() in _AUTO):
        return None
    if isinstance(value, str) and (match := _UNIT.fullmatch(value.replace("\u2212", "-"))):
        value = float(match[1])
    if not isinstance(value, float) or math.isnan(value):
        evaluated = " Expressions are never evaluated." if isinstance(value, Expression | str) else ""
        state.report.error(
            line.place, f"{name} is {_show(value)}, not a number.{evaluated}", f"Write a number of {unit}."
        )
        return None
    if not low <= value <= high:
        state.report.error(line.place, f"{name} is {value:g}, outside {low:g} to {high:g} {unit}.",
                           f"Write a number from {low:g} to {high:g}.")  # fmt: skip
        return None
    return value


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in _ABSENT)


def _show(value: object) -> str:
    if isinstance(value, Expression):
        return f"the expression {value.text[:60]}"
    if isinstance(value, Item | list):
        return "a list" if isinstance(value, list) else "an object"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else repr(str(value)[:60])
