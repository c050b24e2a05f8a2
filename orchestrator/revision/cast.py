"""What an edit does to the cast in the lock: a renamed voice keeps its actor, one described anew is cast again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from soundwright.orchestrator.lock import Lock, LockedVoice


def cast_changes(lock: Lock, renamed: Mapping[str, str], recast: Iterable[str]) -> dict[str, Any]:
    """By the name of a voice, what the lock says ``before`` the edit and ``after`` it; only what differs.

    A character's second voice for another language (``Ann [fr]``) goes with the first.
    """
    after: dict[str, LockedVoice | None] = {}
    for old, new in renamed.items():
        for name in _all_of(lock, old):
            after.setdefault(name, None)
            after[new + name.removeprefix(old)] = lock.cast[name]
    for name in recast:
        for each in {*_all_of(lock, name), *(other for other in after if _is_of(other, name))}:
            after[each] = None
    pairs = {name: {"before": _plain(lock.cast.get(name)), "after": _plain(voice)} for name, voice in after.items()}
    return {name: pair for name, pair in pairs.items() if pair["before"] != pair["after"]}


def reversed_changes(lock: Lock, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes that give voices back the cast they had before."""
    pairs = {name: {"before": _plain(lock.cast.get(name)), "after": pair["before"]} for name, pair in changes.items()}
    return {name: pair for name, pair in pairs.items() if pair["before"] != pair["after"]}


def changed_lock(lock: Lock, changes: Mapping[str, Any], ids: Iterable[str] = ()) -> Lock:
    """The lock after such changes; ``ids`` are given from now on."""
    cast = dict(lock.cast)
    for name, pair in changes.items():
        cast.pop(name, None)
        if pair["after"] is not None:
            cast[name] = LockedVoice(**pair["after"])
    return replace(lock, cast=cast, ids=tuple(sorted({*lock.ids, *ids})))


def _all_of(lock: Lock, name: str) -> list[str]:
    return [each for each in lock.cast if _is_of(each, name)]


def _is_of(locked: str, name: str) -> bool:
    return locked == name or (locked.startswith(f"{name} [") and locked.endswith("]"))


def _plain(voice: LockedVoice | None) -> dict[str, Any] | None:
    return None if voice is None else asdict(voice)
