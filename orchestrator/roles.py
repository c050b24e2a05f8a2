"""Who speaks: the characters of a script, cast to voices of installed tools, with the lock heeded.

A voice that has to speak a language its tool does not know gets a second one for that language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from soundwright.orchestrator import casting
from soundwright.orchestrator.casting import VoiceWanted
from soundwright.orchestrator.choice import Chooser, Need, none_fits, same_language, serves, stopped
from soundwright.orchestrator.lock import Lock, LockedVoice
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.script import Script, Voice
from soundwright.tools.base import ToolSpec
from soundwright.tools.errors import ToolMissing

_HEARD = ("description", "gender", "age", "accent", "language", "take", "tool", "preset")
_CAST_AGAIN = ("take", "tool", "preset")


@dataclass
class Cast:
    """Voices by name (``Ann``, or ``Ann [fr]`` for a second language), warnings, and messages of what cannot be had."""

    voices: dict[str, LockedVoice] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: frozenset[tuple[str, str]] = frozenset()

    def failed_of(self, name: str) -> frozenset[str]:
        """The tools that failed a character, in whatever language."""
        return frozenset(tool for part, tool in self.failed if part == name.partition(" [")[0])

    def voice(self, name: str, language: str) -> LockedVoice | None:
        """Who speaks a character's line in a language."""
        return self.voices.get(in_language(name, language)) or self.voices.get(name)


def in_language(name: str, language: str) -> str:
    """The name under which a character's voice for another language is cast and locked."""
    return f"{name} [{language.partition('-')[0].lower()}]"


def cast_roles(
    script: Script,
    spoken: Iterable[tuple[str, str]],
    chooser: Chooser,
    lock: Lock,
    failed: frozenset[tuple[str, str]] = frozenset(),
) -> Cast:
    """Cast all voices of a script in the order of declaration, whether they speak or not, so that order alone decides.

    ``spoken`` are the (voice, language) pairs that are to be heard. Voices with a ``sample`` are cloned, not cast.
    Tools that ``failed`` a voice, as (voice, tool), are not asked again for it.
    """
    pairs = list(dict.fromkeys(spoken))
    wanted = {v.name: _wanted(v, script.language) for v in script.voices if v.sample is None}
    result = Cast(failed=failed)
    for name, voice in wanted.items():
        if voice.tool in result.failed_of(name):
            wanted[name] = replace(voice, tool=None, preset=None)
    _cast(wanted, {name for name, _ in pairs}, chooser, lock, result)
    specs = chooser.registry.specs
    others = {
        in_language(name, language): _in(wanted[name], name, language)
        for name, language in pairs
        if name in result.voices and not speaks(specs[result.voices[name].tool], result.voices[name].preset, language)
    }
    _cast(others, set(others), chooser, lock, result)
    return result


def speaks(spec: ToolSpec, preset: str, language: str) -> bool:
    """Whether a tool's voice can say something in a language: by the tool's languages, else by the voice's own."""
    if not serves(spec, language):
        return False
    own = [voice.language for voice in spec.voices if voice.preset == preset]
    return bool(spec.languages) or not own or any(same_language(known, language) for known in own)


def _cast(wanted: Mapping[str, VoiceWanted], heard: set[str], chooser: Chooser, lock: Lock, result: Cast) -> None:
    locked: dict[str, LockedVoice] = {}
    castable: dict[str, VoiceWanted] = {}
    for name, voice in wanted.items():
        try:
            gone = name in lock.cast and lock.cast[name].tool in result.failed_of(name)
            if name in lock.cast and not gone and not _asks_anew(voice, lock.cast[name], chooser):
                locked[name] = _still_there(name, lock.cast[name], chooser, voice.language or "")
                result.warnings += _changed(name, voice, lock.cast[name])
            castable[name] = voice
        except ToolMissing as error:
            if name in heard:
                result.missing.append(str(error))
    _by_casting(castable, locked, heard, chooser, result)


def _by_casting(
    castable: Mapping[str, VoiceWanted],
    locked: Mapping[str, LockedVoice],
    heard: set[str],
    chooser: Chooser,
    result: Cast,
) -> None:
    """Ask ``casting`` for all voices at once: what it gives one voice depends on those before."""
    chosen: list[VoiceWanted] = []
    specs: dict[str, ToolSpec] = {}
    for name, voice in castable.items():
        without = replace(chooser, excluded=result.failed_of(name))
        try:
            tools = [chooser.registry.specs[locked[name].tool]] if name in locked else _tools_for(voice, without)
        except ToolMissing as error:
            if name in heard:
                result.missing.append(f"voices ({name}): {error}")
            continue
        specs |= {spec.name: spec for spec in tools}
        chosen.append(voice)
    if not chosen:
        return
    known = {name: casting.Cast(v.tool, v.preset, v.why) for name, v in locked.items()}
    known |= {name: casting.Cast(v.tool, v.preset, v.why) for name, v in result.voices.items()}
    given = casting.cast(tuple(chosen), tuple(specs.values()), known)
    for voice in chosen:
        got = given[voice.name]
        result.voices[voice.name] = LockedVoice(got.tool, got.preset, got.why, _facts(voice))


def _tools_for(voice: VoiceWanted, chooser: Chooser) -> list[ToolSpec]:
    need = Need("speak", voice.language or "")
    if voice.tool:
        return [replace(chooser, pins={"speak": voice.tool}).choose(need)]
    usable = chooser.usable(need)
    if not usable:
        fitting = [v.tool for v in chooser.verdicts(Need("speak")) if v.fits]
        known = ", ".join(sorted({language for tool in fitting for language in tool.languages})) or "none"
        why = none_fits(need, chooser.verdicts(need))
        raise ToolMissing(f"no installed voice speaks {voice.language!r} (installed: {known}); {why}")
    return usable


def _still_there(name: str, voice: LockedVoice, chooser: Chooser, language: str) -> LockedVoice:
    spec = chooser.registry.specs.get(voice.tool)
    remedy = "or render with --recast to cast again."
    if spec is None:
        unknown = chooser.registry.unknown(voice.tool, "speak")
        raise ToolMissing(f"the lock gives {name} a voice of {voice.tool}, but {unknown}. Install it, {remedy}")
    verdict = chooser.judge(spec, Need("speak", language))
    if not verdict.fits:
        having = verdict.remedy.rstrip(". ")
        install = f"To have it: {having}, {remedy}" if having else f"Change the script, {remedy}"
        raise ToolMissing(f"the lock gives {name} a voice of {voice.tool}, but: {stopped(verdict.reason)} {install}")
    return voice


def _asks_anew(voice: VoiceWanted, locked: LockedVoice, chooser: Chooser) -> bool:
    """A changed take or pin is a wish to cast again; what an old lock does not say is taken as unchanged."""
    if voice.tool is None and chooser.pins.get("speak", locked.tool) != locked.tool:
        return True
    facts = _facts(voice)
    return any(name in locked.wanted and locked.wanted[name] != facts[name] for name in _CAST_AGAIN)


def _changed(name: str, voice: VoiceWanted, locked: LockedVoice) -> list[Problem]:
    facts = _facts(voice)
    changed = [key for key in _HEARD if key in locked.wanted and locked.wanted[key] != facts[key]]
    if not changed:
        return []
    found = (
        f"{', '.join(changed)} changed since the voice was cast; the lock still gives {locked.tool}/{locked.preset}."
    )
    return [Problem(f"voices ({name})", found, "Render with --recast to cast again.", warning=True)]


def _wanted(voice: Voice, language: str) -> VoiceWanted:
    return VoiceWanted(
        name=voice.name,
        description=voice.description,
        gender=voice.gender,
        age=voice.age,
        accent=voice.accent,
        language=voice.language or language,
        take=voice.take,
        tool=voice.tool,
        preset=voice.preset,
    )


def _in(voice: VoiceWanted, name: str, language: str) -> VoiceWanted:
    return VoiceWanted(
        name=in_language(name, language),
        description=voice.description,
        gender=voice.gender,
        age=voice.age,
        accent=None,
        language=language,
        take=voice.take,
        tool=None,
        preset=None,
    )


def heard_of(script: Script, voice: Voice) -> dict[str, Any]:
    """What a lock keeps of a voice's description, so that a change of it is noticed."""
    return _facts(_wanted(voice, script.language))


def _facts(voice: VoiceWanted) -> dict[str, Any]:
    return {name: getattr(voice, name) for name in _HEARD}
