"""Plain requests about the whole: names of voices, title, loudness of the programme, pronunciation."""

from __future__ import annotations

import re

from soundwright.orchestrator.revision.asking import QUOTE, Unclear, quote_of, tidy, voice_of
from soundwright.orchestrator.revision.patch import ChangeMaster, ChangeScript, ChangeVoice, EditOp, Pronounce
from soundwright.scripts_compiler.script import Script
from soundwright.scripts_compiler.wording import quoted

_RENAME = re.compile(
    r"(?:rename|call|change the name of)\s+(?P<old>.+?)\s+(?:(?:to|as|into)\s+|(?=[\"“«「]))"
    r"(?P<new>[^\"“«「»”]+|[\"“«「].+)$",
    re.I,
)
_CALL = re.compile(r"call\s+(?P<old>.+)\s+(?P<new>\S+)$", re.IGNORECASE)
_TITLE = re.compile(
    rf"(?:(?:change|set|make)\s+(?:the|its)\s+title(?:\s+(?:to|be|into))?|call\s+(?:it|the (?:story|play"
    rf"|piece))|title\s*[:=]?|"
    rf"rename\s+(?:it|the (?:story|play|piece|script))(?:\s+to)?)\s*{QUOTE}$",
    re.I,
)
_LUFS = re.compile(r"(?P<what>.*?)(?P<n>[-–−]\s*\d{1,2}(?:\.\d{1,2})?)\s*(?P<unit>lufs)?\s*(?:loud)?$", re.IGNORECASE)
_PROGRAMME = re.compile(
    r"^(?:(?:make|set|bring|master|get|normali[sz]e)\b\s*)?(?:it|everything|the (?:whole|programme"
    r"|program|mix|master|piece|story)"
    r"|all of it|(?:the )?(?:programme |program |overall |master )?(?:loudness|level))?\s*(?:thing|mix"
    r"|piece)?\s*(?:to|at|be|of)?$",
    re.I,
)
_CHANNELS = re.compile(
    r"^(?:make|mix|render)\s+(?:it|everything|the mix)\s+(?:in\s+)?(?P<what>mono|stereo)$", re.IGNORECASE
)
_PRONOUNCE = re.compile(
    r"^(?:pronounce|say|speak)\s+(?:the word\s+)?[\"“]?(?P<word>[^\"”]{1,100}?)[\"”]?\s+(?:as"
    r"|like)\s+[\"“]?(?P<say>[^\"”]{1,200}?)[\"”]?$",
    re.I,
)


def rename(script: Script, clause: str) -> list[EditOp] | None:
    """rename Ann to Eva"""
    match = _RENAME.match(clause) or _CALL.match(clause)
    if match is None or _TITLE.match(clause):
        return None
    old, new = voice_of(script, match["old"]), match["new"].strip(' "“”«»「」')
    if old is None:
        if match["old"].lower() in ("it", "the story", "the play"):
            return None
        names = ", ".join(voice.name for voice in script.voices) or "none"
        raise Unclear(f"No voice is called {quoted(match['old'])}; there are: {names}. Who is to be renamed?")
    return [ChangeVoice(name=old, set={"name": new})]


def title(script: Script, clause: str) -> list[EditOp] | None:
    """change the title to "..." """
    del script
    match = _TITLE.match(clause)
    return None if match is None else [ChangeScript(set={"title": quote_of(match)})]


def master(script: Script, clause: str) -> list[EditOp] | None:
    """make it -18 LUFS"""
    channels = _CHANNELS.match(clause)
    if channels is not None:
        return [ChangeMaster(set={"channels": 1 if channels["what"].lower() == "mono" else 2})]
    match = _LUFS.match(clause)
    if match is None or not _PROGRAMME.match(match["what"].strip()):
        return None
    if match["unit"] is None and "loudness" not in clause.lower() and "level" not in clause.lower():
        return None
    return [ChangeMaster(set={"loudness": tidy(float(re.sub(r"[–−]", "-", match["n"]).replace(" ", "")))})]


def pronounce(script: Script, clause: str) -> list[EditOp] | None:
    """pronounce Rhys as reese"""
    del script
    match = _PRONOUNCE.match(clause)
    return None if match is None else [Pronounce(word=match["word"].strip(), say=match["say"].strip())]
