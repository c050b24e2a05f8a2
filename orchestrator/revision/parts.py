"""Edits of what is no cue: voices, effects, pronunciations, steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from soundwright.orchestrator.revision import patch as ops
from soundwright.orchestrator.revision.desk import Desk
from soundwright.orchestrator.revision.patch import Fields, known_fields
from soundwright.scripts_compiler.edits import Remove, Set
from soundwright.scripts_compiler.wording import near, quoted

_HEARD = ("description", "gender", "age", "accent", "language")


def voice(desk: Desk, op: ops.AddVoice | ops.ChangeVoice | ops.RemoveVoice) -> None:
    """A voice more, another, or less."""
    if isinstance(op, ops.AddVoice):
        if "name" in op.set:
            desk.wrong("set.name", "stands beside set, not in it.", "Write it as name of the edit.")
            return
        desk.voices.append({"name": op.name, **op.set})
        desk.own("voice", op.name, "set")
        desk.append("voices", desk.voices)
        return
    at = _named(desk, op.name)
    if at is None:
        return
    if isinstance(op, ops.ChangeVoice):
        _change_voice(desk, op, at)
        return
    del desk.voices[at]
    desk.removed_voices[op.name] = desk.number
    desk.edits.append(Remove(f"voices[{at}]"))


def _change_voice(desk: Desk, op: ops.ChangeVoice, at: int) -> None:
    new = op.set.get("name", op.name)
    changed = desk.assign(f"voices[{at}]", desk.voices[at], op, known_fields(op), ("voice", str(new)))
    if isinstance(new, str) and "name" in changed:
        origin = next((old for old, now in desk.renamed.items() if now == op.name), op.name)
        desk.renamed[origin] = new
        for index, cue in enumerate(desk.cues):
            if cue.get("type") == "speech" and cue.get("voice") == op.name:
                cue["voice"] = new
                desk.edits.append(Set(f"cues[{index}].voice", new))
    if any(name in _HEARD for name in changed) and isinstance(new, str):
        desk.recast.append(new)


def _named(desk: Desk, name: str) -> int | None:
    names = [str(each.get("name")) for each in desk.voices]
    if name in names:
        return names.index(name)
    desk.wrong("name", f"no voice is called {quoted(name)}.", near(name, names) or "There are none.")
    return None


def effect(desk: Desk, op: ops.SwitchEffect) -> None:
    """An effect put on, or taken off."""
    if (op.id is None) == (op.voice is None):
        desk.wrong("id", "an effect belongs to one cue or to one voice.", "Give id or voice.")
        return
    kind, name = ("cue", op.id) if op.id is not None else ("voice", str(op.voice))
    at = desk.cue(str(name), "id") if kind == "cue" else _named(desk, str(name))
    if at is None:
        return
    part = (desk.cues if kind == "cue" else desk.voices)[at]
    now = _effects_of(desk, part)
    wanted = _switched(now, op)
    if op.on or len(wanted) < len(now):
        if wanted != now:
            part["effects"] = wanted
            desk.edits.append(Set(f"{kind}s[{at}].effects", wanted))
        desk.own(kind, str(name), "effect")
    else:
        desk.wrong("effect", f"{quoted(op.effect)} is not on it.", near(op.effect, _names(now)) or "It has none.")


def _switched(now: list[Any], op: ops.SwitchEffect) -> list[Any]:
    there = op.effect in _names(now)
    if op.on:
        return now if there else [*now, op.effect]
    return [each for each, name in zip(now, _names(now), strict=True) if name != op.effect]


def _effects_of(desk: Desk, part: Fields) -> list[Any]:
    """Its own effects, else those of its voice."""
    if "effects" not in part and part.get("type") == "speech":
        part = next((each for each in desk.voices if each.get("name") == part.get("voice")), {})
    listed = part.get("effects", [])
    return list(listed) if isinstance(listed, list) else []


def _names(effects: Iterable[Any]) -> list[str]:
    return [str(each.get("op")) if isinstance(each, Mapping) else str(each) for each in effects]


def pronounce(desk: Desk, op: ops.Pronounce) -> None:
    """How a word is spoken."""
    words = [str(entry["word"]).casefold() for entry in desk.pronounce]
    at = words.index(op.word.casefold()) if op.word.casefold() in words else None
    desk.own("pronounce", op.word, "")
    if op.say is None and at is None:
        desk.wrong("word", f"{quoted(op.word)} is spoken as it is written already.", "Give say, or drop this.")
    elif op.say is None:
        del desk.pronounce[int(at or 0)]
        desk.edits.append(Remove(f"pronounce[{at}]"))
    elif at is None:
        desk.pronounce.append({"word": op.word, "say": op.say})
        desk.append("pronounce", desk.pronounce)
    elif desk.pronounce[at]["say"] != op.say:
        desk.pronounce[at]["say"] = op.say
        desk.edits.append(Set(f"pronounce[{at}].say", op.say))


def step(desk: Desk, op: ops.AddStep | ops.RemoveStep) -> None:
    """A step more, or less."""
    if isinstance(op, ops.AddStep):
        if desk.has_free_id(op.step.get("id"), "step.id"):
            desk.steps.append(dict(op.step))
            desk.own("step", str(op.step.get("id", "")), "step")
            desk.append("steps", desk.steps)
        return
    names = [str(each.get("id")) for each in desk.steps]
    if op.id not in names:
        desk.wrong("id", f"no step is called {quoted(op.id)}.", near(op.id, names) or "There are none.")
        return
    at = names.index(op.id)
    del desk.steps[at]
    desk.removed[op.id] = desk.number
    desk.edits.append(Remove(f"steps[{at}]"))
