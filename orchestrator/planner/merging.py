"""Scenes that were written apart become one script: unique ids, and times that stay within their scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from soundwright.scripts_compiler import document as documents
from soundwright.scripts_compiler.script import RESERVED_ID, SceneCue, Script

MAX_ID = 32
_ANCHORS = ("with", "after", "of")


def merge(title: str, language: str, cast: Sequence[Mapping[str, Any]], scenes: Sequence[Script]) -> dict[str, Any]:
    """Plain data of the whole. Every scene begins with its scene cue; voices that say nothing are left out."""
    heads = {str(scene.cues[0].id) for scene in scenes if isinstance(scene.cues[0], SceneCue)}
    taken = {RESERVED_ID, *heads}
    cues: list[dict[str, Any]] = []
    for number, scene in enumerate(scenes, 1):
        cues += _renamed(documents.plain(scene)["cues"], f"s{number}_", taken)
    spoken = {cue.get("voice") for cue in cues}
    voices = [dict(voice) for voice in cast if voice["name"] in spoken]
    return {"title": title, "language": language, "voices": voices, "cues": cues}


def _renamed(cues: Sequence[dict[str, Any]], prefix: str, taken: set[str]) -> list[dict[str, Any]]:
    head = str(cues[0]["id"])
    names = {head: head}
    for cue in cues[1:]:
        if "id" in cue:
            names[cue["id"]] = _free(f"{prefix}{cue['id']}", taken)
    names[RESERVED_ID] = head  # the end of a scene that stands alone is the programme's; now it is the scene's
    return [_moved(cue, names, head) for cue in cues]


def _free(name: str, taken: set[str]) -> str:
    base, number = name[:MAX_ID], 2
    free = base
    while free in taken:
        free = f"{base[: MAX_ID - 4]}_{number}"
        number += 1
    taken.add(free)
    return free


def _moved(cue: Mapping[str, Any], names: Mapping[str, str], scene: str) -> dict[str, Any]:
    moved = dict(cue)
    for field in ("id", "track"):
        if field in moved:
            moved[field] = names.get(moved[field], moved[field])
    for field in ("start", "until"):
        if field in moved:
            moved[field] = _point(moved[field], names, scene)
    return moved


def _point(point: Any, names: Mapping[str, str], scene: str) -> Any:  # noqa: ANN401  an id or a point
    if isinstance(point, str):
        return names.get(point, point)
    moved = {name: names.get(value, value) if name in _ANCHORS else value for name, value in point.items()}
    if "at" in moved:  # from the programme's start, which was the scene's
        moved["offset"] = round(min(600.0, moved.pop("at") + moved.get("offset", 0.0)), 3)
        moved["with"] = scene
    return moved
