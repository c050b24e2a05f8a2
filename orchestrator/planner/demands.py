"""Requirements as sentences for the prompt, and as problems of a script that does not meet them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from soundwright.orchestrator.planner.requirements import Range, Requirements
from soundwright.scripts_compiler.errors import Problem
from soundwright.scripts_compiler.script import MusicCue, SceneCue, Script, SpeechCue
from soundwright.scripts_compiler.wording import quoted

_NARRATOR = re.compile(r"narrat|erzähl|narra|announcer|旁白|ナレ", re.IGNORECASE)


def demand_lines(asked: Requirements) -> list[str]:
    """One sentence for each requirement."""
    lines = []
    if asked.duration_s is not None:
        lines.append(f"a length of {asked.duration_s:g} s (10 % more or less)")
    if asked.no_speech:
        lines.append("no speech: no speech cue with text")
    if asked.no_music:
        lines.append("no music")
    for name, wanted in (("lines (speech cues with text)", asked.lines), ("speaking characters", asked.characters),
                         ("scene cues", asked.scenes)):  # fmt: skip
        if wanted is not None:
            lines.append(f"{_range_text(wanted)} {name}")
    if asked.languages:
        lines.append(f"speech in {', '.join(asked.languages)}; say so in language of voice or speech")
    for quotation in asked.quotations:
        how = "as the whole text of one speech" if quotation.whole else "in a speech, every word as it stands"
        lines.append(f"{quoted(quotation.text)} {how}")
    return lines


def unmet(asked: Requirements, script: Script) -> list[Problem]:
    """What the script lacks of what was asked, its length apart."""
    return list(_unmet(asked, script))


def _unmet(asked: Requirements, script: Script) -> Iterator[Problem]:
    lines = [(i, cue) for i, cue in enumerate(script.cues) if isinstance(cue, SpeechCue) and cue.vocal is None]
    if asked.no_speech:
        yield from (
            Problem(f"cues[{i}]", "is speech, but no speech is wanted.", "Replace it by sounds.") for i, _ in lines
        )
    if asked.no_music:
        yield from (
            Problem(f"cues[{i}]", "is music, but no music is wanted.", "Drop it.")
            for i, cue in enumerate(script.cues)
            if isinstance(cue, MusicCue)
        )
    yield from _count("speech cues with text", asked.lines, len(lines))
    yield from _count("scene cues", asked.scenes, sum(isinstance(cue, SceneCue) for cue in script.cues))
    yield from _speakers(asked.characters, script)
    spoken = _languages(script)
    for language in asked.languages:
        if language not in spoken:
            found = f"nobody speaks the language {language}; spoken are: {', '.join(sorted(spoken)) or 'none'}."
            yield Problem("cues", found, f'Write lines in it, with language "{language}" on their voice.')
    yield from _missing_words(asked, [_words(c.text) for _, c in lines if isinstance(c.text, str)])


def _speakers(wanted: Range | None, script: Script) -> Iterator[Problem]:
    names = {cue.voice for cue in script.cues if isinstance(cue, SpeechCue)}
    people = [n for n in names if not _NARRATOR.search(n)]
    if wanted is not None and not _fits(wanted, len(names)):
        yield from _count("speaking characters", wanted, len(people))


def _count(what: str, wanted: Range | None, found: int) -> Iterator[Problem]:
    if wanted is None or _fits(wanted, found):
        return
    more = found < wanted[0]
    change = wanted[0] - found if more else found - (wanted[1] or 0)
    remedy = f"{'Add' if more else 'Drop or join'} {change}."
    yield Problem("cues", f"{found} {what} were written, {_range_text(wanted)} were asked for.", remedy)


def _fits(wanted: Range, found: int) -> bool:
    return wanted[0] <= found and (wanted[1] is None or found <= wanted[1])


def _range_text(wanted: Range) -> str:
    low, high = wanted
    if high is None:
        return f"at least {low}"
    return f"exactly {low}" if low == high else f"{low} to {high}"


def _languages(script: Script) -> set[str]:
    by_voice = {voice.name: voice.language for voice in script.voices}
    said = (
        cue.language or by_voice.get(cue.voice) or script.language
        for cue in script.cues
        if isinstance(cue, SpeechCue) and cue.vocal is None
    )
    return {language.split("-")[0].lower() for language in said}


def _missing_words(asked: Requirements, texts: list[str]) -> Iterator[Problem]:
    for quotation in asked.quotations:
        wanted = _words(quotation.text)
        if wanted in texts or (not quotation.whole and any(wanted in text for text in texts)):
            continue
        where = "as the whole text of one speech" if quotation.whole else "inside the text of a speech"
        yield Problem("cues", f"nobody says {quoted(quotation.text)}.", f"Write it {where}, every word as it stands.")


def _words(text: str) -> str:
    """The text with one kind of quotation mark and of space: typography is no matter of the wording."""
    plain = unicodedata.normalize("NFC", text).translate(str.maketrans("“”„«»‘’‚", '"""""\'\'\''))
    return " ".join(plain.split())
