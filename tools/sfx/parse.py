"""From a description to layers: which known sounds, and in which manner.

The text is cut into clauses at commas and words like "and", "with", "then". In each clause the longest name of a known
sound is found first; its words, and those that belong to it, are used up, and the search goes on with the rest.
Adjectives and numbers of a clause steer the sounds of that clause. A clause that names nothing only
qualifies its neighbour.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from functools import cache

from soundwright.tools.errors import ToolError
from soundwright.tools.sfx import motion
from soundwright.tools.sfx import words as vocabulary
from soundwright.tools.sfx.library import known_sounds, scenes, sounds
from soundwright.tools.sfx.scenes import Scene
from soundwright.tools.sfx.sound import Manner, Sound
from soundwright.tools.sfx.words import split, stem

_CUT = re.compile(r"\s*(?:[,;:.!]|\b(?:and then|then|followed by|and|with|while|over|plus|amid|beneath|as)\b)\s*")
_NOT = re.compile(r"\b(?:without|no|not)\b[^,;.]*?(?=[,;.]|\band\b|\bwith\b|\bbut\b|$)")
_SEQUENCE = ("then", "followed")
_PLURAL_COUNT = 3
_MAX_COUNT = 60
_UNITS = ("second", "minute", "sec", "hour", "year", "metre", "meter", "people", "men")


@dataclass(frozen=True)
class Layer:
    """One sound of a description: how it is made (``manner``, not yet a length), its level, and its turn in time."""

    sound: Sound
    manner: Manner
    level_db: float = 0.0
    turn: int = 0
    scene: str = ""


@dataclass
class _Clause:
    tokens: list[str]
    turn: int
    comma: bool = False
    weak: bool = False
    found: list[Sound | Scene] = field(default_factory=list)
    names: dict[str, frozenset[str]] = field(default_factory=dict)
    plural: set[str] = field(default_factory=set)


def parse(description: str) -> list[Layer]:
    """The layers that a description asks for.

    Raises:
        ToolError: no known sound fits; the message names the nearest ones.
    """
    clauses = [_match(clause) for clause in _clauses(description)]
    merged = _merge(clauses)
    if not merged:
        near = ", ".join(nearest_sounds(description))
        raise ToolError(
            f"no known sound fits {description!r}; the nearest are: {near}. "
            "Describe it with one of these, or choose another tool"
        )
    named = {sound.name for clause in merged for sound in clause.found if isinstance(sound, Sound)}
    layers: list[Layer] = []
    for clause in merged:
        for found in clause.found:
            layers += [_layer(found, clause)] if isinstance(found, Sound) else _expand(found, clause, named)
    unique: dict[tuple[str, int], Layer] = {}
    for layer in layers:
        unique.setdefault((layer.sound.name, layer.turn), layer)
    return list(unique.values())


def _clauses(description: str) -> list[_Clause]:
    text = _NOT.sub(" ", description.lower())
    clauses, turn, start, last = [], 0, 0, ""
    for cut in [*_CUT.finditer(text), None]:
        part = text[start : cut.start() if cut else len(text)]
        if tokens := split(part):
            weak = any(word in last for word in ("over", "beneath", "amid"))
            clauses.append(_Clause(tokens, turn, last in (",", ";", ":"), weak))
        if cut:
            start, last = cut.end(), cut.group().strip()
            turn += any(word in cut.group() for word in _SEQUENCE)
    return clauses


@cache
def _names() -> tuple[tuple[frozenset[str], Sound | Scene], ...]:
    """All aliases as sets of stems: those of most words first, weak words last, else the longer first."""
    every: list[tuple[frozenset[str], Sound | Scene]] = []
    things: list[Sound | Scene] = [*sounds().values(), *scenes().values()]
    for thing in things:
        aliases = dict.fromkeys((thing.name, *thing.aliases))
        every += [(frozenset(map(stem, split(alias))), thing) for alias in aliases]
    return tuple(sorted(every, key=lambda item: (-len(item[0]), item[0] <= _weak(), -sum(map(len, item[0])))))


@cache
def _weak() -> frozenset[str]:
    return frozenset(map(stem, vocabulary.WEAK))


def _absorbed(thing: Sound | Scene) -> tuple[str, ...]:
    return (thing.absorbs,) if isinstance(thing, Sound) else thing.absorbs


@cache
def _own(thing: Sound | Scene) -> frozenset[str]:
    """All stems that belong to a sound: of its aliases, and those it absorbs."""
    return frozenset(stem(word) for text in (thing.name, *thing.aliases, *_absorbed(thing)) for word in split(text))


def _match(clause: _Clause) -> _Clause:
    stems = [stem(token) for token in clause.tokens]
    left = set(stems)
    for alias, thing in _names():
        if alias and alias <= left and thing not in clause.found:
            clause.found.append(thing)
            clause.names[thing.name] = alias
            if any(token.endswith("s") and stem(token) in alias for token in clause.tokens):
                clause.plural.add(thing.name)
            left -= alias | _own(thing)
    if any(isinstance(thing, Sound) for thing in clause.found):
        clause.found = [thing for thing in clause.found if not (isinstance(thing, Scene) and thing.setting)]
    elif len(clause.found) > 1:
        clause.found = [thing for k, thing in enumerate(clause.found) if k == 0 or not getattr(thing, "setting", False)]
    return clause


def _belongs(clause: _Clause, before: _Clause) -> bool:
    """Whether a clause only tells more of the sounds before it ("a bell rings, a cheerful chime")."""
    own: frozenset[str] = frozenset().union(*(_own(thing) for thing in before.found))
    return all(
        clause.names[thing.name] <= own
        or (clause.weak and (clause.names[thing.name] <= _weak() or (isinstance(thing, Scene) and thing.setting)))
        for thing in clause.found
    )


def _merge(clauses: list[_Clause]) -> list[_Clause]:
    """Clauses that name nothing lend their words to the clause before them, at the beginning to the next."""
    merged: list[_Clause] = []
    waiting: list[str] = []
    for clause in clauses:
        more = clause.comma or clause.weak
        if clause.found and merged and more and clause.turn == merged[-1].turn and _belongs(clause, merged[-1]):
            merged[-1].tokens += clause.tokens
        elif clause.found:
            clause.tokens = waiting + clause.tokens
            merged.append(clause)
            waiting = []
        elif merged:
            merged[-1].tokens += clause.tokens
        else:
            waiting += clause.tokens
    if not merged and waiting:
        whole = _match(_Clause(waiting, 0))
        return [whole] if whole.found else []
    return merged


def _first(table: dict[str, float], tokens: list[str], default: float) -> float:
    for token in tokens:
        for form in vocabulary.steer(token):
            if form in table:
                return table[form]
    return default


def _manner(tokens: list[str]) -> Manner:
    forms = {*tokens, *map(stem, tokens)}
    material = next((vocabulary.MATERIALS[f] for t in tokens for f in (t, stem(t)) if f in vocabulary.MATERIALS), "")
    return Manner(
        frames=0,
        intensity=_first(vocabulary.INTENSITY, tokens, 0.5),
        speed=_first(vocabulary.SPEED, tokens, 1.0),
        distance=_first(vocabulary.DISTANCE, tokens, 0.0),
        size=_first(vocabulary.SIZE, tokens, 1.0),
        material=material,
        inside=bool(forms & vocabulary.INSIDE),
        muffled=bool(vocabulary.MUFFLED.search(" ".join(tokens))),
        echo=0.5 if forms & vocabulary.ECHO else 0.0,
        count=_count(tokens),
        words=frozenset(forms),
        course=motion.course(" ".join(tokens)),
        pace=motion.pace(" ".join(tokens)),
    )


def _count(tokens: list[str]) -> int | None:
    """A number before or after the sound ("three knocks", "strikes twelve"); lengths in seconds are none."""
    for k, token in enumerate(tokens):
        number = int(token) if token.isdecimal() and len(token) < 4 else vocabulary.NUMBERS.get(token)
        after = tokens[k + 1] if k + 1 < len(tokens) else ""
        if number and not after.startswith(
            ("second", "minute", "sec", "hour", "year", "metre", "meter", "people", "men")
        ):
            return min(number, _MAX_COUNT)
    return None


def _layer(sound: Sound, clause: _Clause) -> Layer:
    manner = _manner(clause.tokens)
    if "pass" in sound.name:  # these move by themselves
        manner = manner.but(course=())
    if manner.count is None and sound.style == "steady" and sound.count == 1 and sound.name in clause.plural:
        manner = manner.but(count=_PLURAL_COUNT)
    return Layer(sound, manner, turn=clause.turn)


def _expand(scene: Scene, clause: _Clause, named: set[str]) -> list[Layer]:
    """The parts of a scene; those that the description names itself are left to it."""
    whole = _manner(clause.tokens).but(count=None)
    layers = []
    for part in scene.parts:
        if part.sound not in named:
            changes = {"material": "", **part.changes}
            changes["distance"] = max(whole.distance, float(changes.get("distance", 0.0)))
            manner = replace(whole, **changes)
            manner = manner.but(words=whole.words | frozenset(part.words))
            layers.append(Layer(sounds()[part.sound], manner, part.level_db, clause.turn, scene.name))
    return layers


def nearest_sounds(text: str, many: int = 5) -> list[str]:
    """Known sounds whose names are most like the words of ``text``; well-known ones where nothing is alike."""
    scored: dict[str, float] = {}
    tokens = [stem(token) for token in split(text)]
    for alias, thing in _names():
        for word in alias:
            best = max(
                (difflib.SequenceMatcher(None, word, token).ratio() for token in tokens if len(token) > 2), default=0.0
            )
            if best > 0.7:
                scored[thing.name] = max(scored.get(thing.name, 0.0), best)
    ranked = sorted(scored, key=lambda name: (-scored[name], name))
    fallback = [name for name in ("rain", "wind", "footsteps", "knock", "crowd murmur") if name not in ranked]
    known = set(known_sounds())
    return [name for name in (*ranked, *fallback) if name in known][:many]
