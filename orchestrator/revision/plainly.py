"""Requests read without a language model: each clause by one of some fixed patterns, or a plain word that it was not.

A pattern is a function of (script, clause) that gives edits, or None where the clause is not its kind. Where a phrase
may mean several cues, or none, it raises ``Unclear`` with what to ask. Later clauses see what earlier ones did not yet
change: they name cues as they are now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from soundwright.orchestrator.revision import plain_added, plain_cues, plain_levels, plain_whole
from soundwright.orchestrator.revision.asking import Unclear
from soundwright.orchestrator.revision.patch import EditOp, Patch
from soundwright.scripts_compiler.script import Script
from soundwright.scripts_compiler.wording import quoted

UNDERSTOOD = (
    "make the rain louder (by 3 dB)", "make it -18 LUFS", "remove the second knock",
    "move the knock after Ann's first line",
    'change Ann\'s line 2 to "..."', 'replace "boat" with "ship"', 'let Ann say "..." after the knock',
    "add thunder after line3", "add a pause of 2 s before the music", "make the pause 3 s", "let Ann interrupt Ben",
    "make Ben slower", "pan the rain left", "put Ann on the telephone", "rename Ann to Eva",
    'change the title to "..."', "pronounce Rhys as reese", "another take of the thunder",
)  # fmt: skip
MAX_CLAUSE_CHARS = 2500
_SHOWN = 3  # of these, where one was not understood
Pattern = Callable[[Script, str], list[EditOp] | None]
PATTERNS: tuple[Pattern, ...] = (
    plain_whole.rename, plain_whole.title, plain_whole.master, plain_whole.pronounce,
    plain_added.pause, plain_added.line, plain_cues.remove, plain_cues.move, plain_cues.text, plain_cues.interrupt,
    plain_levels.level, plain_levels.speed, plain_levels.length, plain_levels.pan, plain_levels.fade,
    plain_levels.effect,
    plain_levels.take, plain_levels.manner, plain_added.sound,
)  # fmt: skip
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|„[^“”]*[“”]|「[^」]*」")
_VERBS = (
    "make|turn|bring|raise|lower|set|mute|remove|delete|drop|cut|move|put|change|replace|rewrite|let|add|insert|rename"
    "|call|pan|fade|pronounce|give|take|say|slow|speed|use"
)
_CUT = re.compile(
    rf"\s*(?:[;\n]|[.!?](?=\s|$)|,?\s+and\s+then\s+|,?\s+then\s+|,?\s+and\s+(?=(?:{_VERBS})\b)|,\s*(?="
    rf"(?:{_VERBS})\b))\s*",
    re.I,
)
_POLITE = re.compile(
    r"^(?:please|now|also|and|then|can you|could you|would you|i want to|i'd like to|we should|let's)\s+", re.I
)


def read(script: Script, request: str) -> Patch:
    """The patch for a request, or a patch with a question. Every cue of ``script`` has an id."""
    edits: list[EditOp] = []
    clauses = list(clauses_of(request))
    for clause in clauses:
        patterns = PATTERNS if len(clause) <= MAX_CLAUSE_CHARS else ()
        try:
            found = next((made for pattern in patterns if (made := pattern(script, clause)) is not None), None)
        except Unclear as unclear:
            return Patch(question=str(unclear))
        if found is None:
            return Patch(question=not_understood(clause))
        edits += found
    return Patch(" ".join(request.split())[:300], tuple(edits)) if edits else Patch(question=not_understood(request))


def not_understood(clause: str) -> str:
    """What is said of a clause that no pattern fits: a few examples, and where the others stand."""
    examples = "; ".join(UNDERSTOOD[:_SHOWN])
    return (
        f"Not understood: {quoted(clause)}. Without a language model, say for example: {examples}. "
        "A chat's /changes and docs/editing.md list the rest; --llm names a language model."
    )


def clauses_of(request: str) -> Iterator[str]:
    """The parts of a request that each ask for one thing; what stands in quotation marks is never cut."""
    held: list[str] = []

    def hide(match: re.Match[str]) -> str:
        held.append(match.group())
        return f"\x02{len(held) - 1}\x03"

    hidden = _QUOTED.sub(hide, request.replace("\x02", " ").replace("\x03", " "))
    for part in _CUT.split(hidden):
        clause = re.sub("\x02(\\d+)\x03", lambda match: held[int(match[1])], part).strip(" ,.!?")
        while (polite := _POLITE.match(clause)) is not None:
            clause = clause[polite.end() :]
        if clause:
            yield clause
