"""What a language model may make of an answer: data with a few places changed, text that is torn."""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from typing import Any

_BREAKS = ("}", "]", '"', ",", "\\", "\n", "NaN", "'", "//")


def mutated(data: Any, rng: random.Random, times: int, odd: Sequence[Any], keys: Sequence[str]) -> Any:
    """The data, changed in place: parts removed, replaced by odd ones, set under some key, repeated, shuffled."""
    for _ in range(times):
        holder, key = rng.choice(_places(data) or [(data, next(iter(data)))])
        match rng.randrange(6):
            case 0:
                del holder[key]
            case 1 | 2:
                holder[key] = copy.deepcopy(rng.choice(odd))
            case 3 if isinstance(holder, dict):
                holder[rng.choice(keys)] = copy.deepcopy(rng.choice(odd))
            case 4 if isinstance(holder, list):
                holder.insert(rng.randint(0, len(holder)), copy.deepcopy(rng.choice(holder)))
            case _ if isinstance(holder, list):
                rng.shuffle(holder)
    return data


def torn(text: str, rng: random.Random) -> str:
    """A JSON text as it is, cut off, broken at some place, within prose or after thoughts."""
    match rng.randrange(10):
        case 0:
            return text[: rng.randrange(len(text))]
        case 1:
            at = rng.randrange(len(text))
            return text[:at] + rng.choice(_BREAKS) + text[at:]
        case 2:
            return f"Sure!\n```json\n{text}\n```\nShall I go on?"
        case 3:
            return f"<think>{{}}</think>{text.replace(chr(34), chr(39))}"
    return text


def _places(data: Any) -> list[tuple[Any, Any]]:
    """Every (holder, key) in the data."""
    found: list[tuple[Any, Any]] = []
    waiting = [data]
    while waiting:
        part = waiting.pop()
        keys = list(part) if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else []
        for key in keys:
            found.append((part, key))
            waiting.append(part[key])
    return found
