"""Understanding without a language model: the common requests, in English, by fixed patterns.

The same words always mean the same. What no pattern fits is an idea where there is no story yet, else a change of the
story, which is read by the rules of revision; those ask where they do not understand.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from soundwright.orchestrator.chat.operation_rules import Call, makings, treatments
from soundwright.orchestrator.chat.question_rules import question
from soundwright.orchestrator.chat.situation import Situation
from soundwright.orchestrator.chat.turns import Turn
from soundwright.orchestrator.interop.workspace import Item
from soundwright.scripts_compiler.operations import Operation

_POLITE = re.compile(r"^(?:(?:please|now|ok(?:ay)?|and|then|so|well)[, ]+|(?:can|could|would) you (?:please )?)+", re.I)
_PUT = re.compile(
    r"^(?P<what>.*?)(?:,? and(?: then)? |, (?:then )?|^)(?:put|place|lay|use|set|add|play) "
    r"(?P<it>it|this|that|the (?:result|recording|file|clip|take)|[A-Za-z]\w*) "
    r"(?P<where>under|below|beneath|behind|after|before) (?P<phrase>.+?)[.!]?$",
    re.I | re.S,
)
_WHERE = {"below": "under", "beneath": "under", "behind": "under"}
_STORY = r"(?:story|drama|play|scene|sketch|comedy|dialogue|episode|serial|news|podcast|soundscape|show|tale|joke)"
_MAKE = re.compile(
    rf"^(?:make|write|create|tell|give|do|produce|start|plan|i want|i'd like|let's (?:make|do|write))\b(?: me| us)?"
    rf"(?: up)? (?:an?|another|the|some|one|two|ten|\d+)?\b.{{0,60}}?\b{_STORY}\b",
    re.I | re.S,
)
_REVISE = re.compile(
    r"^(?:make|turn|bring|raise|lower|set|mute|remove|delete|drop|cut|move|put|change|replace|rewrite|let|add|insert|"
    r"rename|call|pan|fade|pronounce|give|take|slow|speed|use|have|shorten|lengthen|swap|stop|start)\b",
    re.I,
)
_GREETING = re.compile(
    r"^(?:hi|hello|hey|good (?:morning|evening|afternoon|day)|thanks?(?: you)?|thank you|bye)\b", re.I
)
HELLO = (
    "Tell me an idea (\"a ghost story in a lighthouse, one minute\"), or drop a recording and say what to do with it. "
    "/help lists what there is."
)  # fmt: skip
_EXACT: tuple[tuple[str, str], ...] = (
    (r"undo(?: that| it| the last(?: one| change)?)?|take (?:that|it) back|go back", "undo"),
    (r"redo(?: that| it)?|do (?:that|it) again", "redo"),
    (r"render(?: it| this| the story| again)?", "render"),
    (r"(?:play|listen to|let me hear|hear)(?P<request> .*)?", "play"),
    (r"(?:save|export|keep)(?P<request> .*)?", "save"),
)


def understand(situation: Situation) -> Turn:
    """What a turn means; where it cannot be told, a question to the user."""
    text = _POLITE.sub("", situation.text).strip()
    readers: tuple[Callable[[Situation, str], Turn | None], ...] = (
        _nothing_said, _exact, _missing, _placing, question, _of_recording, _story_file, _operation, _talk, _idea,
        _revision,
    )  # fmt: skip
    return next((turn for read in readers if (turn := read(situation, text)) is not None), Turn("clarify", say=HELLO))


def certain(situation: Situation) -> Turn | None:
    """The turn of words that can only mean one thing, so that no language model need be asked."""
    text = _POLITE.sub("", situation.text).strip()
    readers = (_nothing_said, _exact, _missing, _story_file)
    found = next((turn for read in readers if (turn := read(situation, text)) is not None), None)
    return None if found is not None and found.kind in ("play", "save") and len(text.split()) > 3 else found


def _missing(situation: Situation, text: str) -> Turn | None:
    del text
    if not situation.said.missing:
        return None
    return Turn("clarify", say=f"There is no file {', '.join(situation.said.missing)}. Check the path.")


def _nothing_said(situation: Situation, text: str) -> Turn | None:
    if re.fullmatch(r"(?:yes|no|ok(?:ay)?|sure)\W*", text, re.I):
        return Turn("clarify", say="I have not asked anything. What shall I do?")
    if any(character.isalnum() for character in text):
        return None
    if situation.said.items:
        names = ", ".join(item.id for item in situation.said.items)
        return Turn("clarify", say=f"What shall I do with {names}? Clean it, transcribe it, put it under a line, ...")
    return Turn("clarify", say=HELLO)


def _exact(situation: Situation, text: str) -> Turn | None:
    for pattern, kind in _EXACT:
        heard = _POLITE.sub("", situation.said.raw).strip() if kind == "save" else text  # a name there is a new file's
        match = re.fullmatch(rf"(?:{pattern})[.!?]*", heard, re.I)
        if match is not None:
            return Turn(kind, request=(match.groupdict().get("request") or "").strip(" .!?"))
    return None


def _placing(situation: Situation, text: str) -> Turn | None:
    match = _PUT.match(text)
    if match is None:
        return None
    item = _placed_item(situation, match["it"])
    if item is None:
        return None  # something of the story: a revision
    if not situation.story:
        return Turn("clarify", say=f"There is no story yet to put {item.id} into. Tell me an idea first.")
    steps = _steps(situation, treatments(match["what"]), [item])
    where = match["where"].lower()
    return Turn("place", file=item.id, where=_WHERE.get(where, where), phrase=match["phrase"].strip(), steps=steps)


def _placed_item(situation: Situation, word: str) -> Item | None:
    if word in situation.items:
        return situation.items[word]
    meant = situation.meant()
    return meant[0] if meant and re.fullmatch(r"it|this|that|the \w+", word, re.I) else None


def _story_file(situation: Situation, text: str) -> Turn | None:
    if not situation.said.stories or len(text.split()) > 12:
        return None
    return Turn("make", request=str(situation.said.stories[0]))


def _of_recording(situation: Situation, text: str) -> Turn | None:
    """How long a recording is needs no operation."""
    items = situation.meant()
    if items and re.fullmatch(r"(?:how long|what length|what is the (?:length|duration)).*", text, re.I | re.S):
        return Turn("ask", topic="length", file=items[0].id)
    return None


def _operation(situation: Situation, text: str) -> Turn | None:
    made = makings(text)
    if made is not None and not (
        situation.story and _REVISE.match(text) and re.search(r"\b(?:under|after|before)\b", text)
    ):
        return Turn("operate", steps=({"op": made[0], "id": made[0], **made[1]},))
    calls, items = treatments(text), situation.meant()
    if not calls:
        if items and situation.said.items:
            return Turn("clarify", say=f"What shall I do with {items[0].id}? For example: transcribe it, clean it.")
        return None
    if not items:
        if situation.story:
            return None
        return Turn("clarify", say="Which recording? Name a file, or drop one here.")
    return Turn("operate", steps=_steps(situation, calls, items))


def _steps(situation: Situation, calls: list[Call], items: list[Item]) -> tuple[dict[str, object], ...]:
    """Calls one after another, each on what the one before gave; those that listen leave the sound as it is."""
    steps: list[dict[str, object]] = []
    source = [item.id for item in items]
    for number, (op, params) in enumerate(calls, 1):
        operation = situation.operations.get(op)
        fed = _fed(operation, source)
        name = op if op not in situation.items else f"{op}_{number + len(situation.items)}"
        steps.append({"op": op, "id": name, **params, **fed})
        if operation is not None and operation.output.value in ("Audio", "Speech"):
            source = [name]
    return tuple(steps)


def _fed(operation: Operation | None, source: list[str]) -> dict[str, object]:
    port = next(iter(operation.inputs), None) if operation is not None else None
    if port is None:
        return {"audio": source[0]}
    return {port.name: source if port.many else source[0]}


def _talk(situation: Situation, text: str) -> Turn | None:
    del situation
    return Turn("talk", say=HELLO) if _GREETING.match(text) and len(text.split()) <= 4 else None


def _idea(situation: Situation, text: str) -> Turn | None:
    if _MAKE.match(text) or (not situation.story and not text.endswith("?") and len(text.split()) >= 2):
        return Turn("make", request=situation.text)
    return None


def _revision(situation: Situation, text: str) -> Turn | None:
    if not situation.story:
        return None
    if text.endswith("?") and not _REVISE.match(text):
        say = f"I did not understand {text!r}. Ask for lengths, lines, sounds or voices, or say what to change."
        return Turn("clarify", say=say)
    return Turn("revise", request=situation.text)
