"""Prose with quoted speech: a narrator, characters that speak for themselves, and what the narration makes audible.

Tags that only say who speaks (``said Ann``) are not read; their manner becomes the line's emotion.
"""

from __future__ import annotations

import re

from soundwright.scripts_compiler.importers.audible import KnownSound, heard
from soundwright.scripts_compiler.importers.builder import Builder
from soundwright.scripts_compiler.importers.common import (
    MAX_TITLE_CHARS,
    Imported,
    Report,
    one_line,
    sentences,
    speakable,
)  # fmt: skip
from soundwright.scripts_compiler.importers.directions import Cueing
from soundwright.scripts_compiler.importers.quotes import Span, split_paragraph
from soundwright.scripts_compiler.importers.speakers import UNKNOWN, Cast, Tag, actor, names_in, tag_after, tag_before

KIND = "prose"
SCENE_BREAK_S = 1.5
_BREAK = re.compile(r"\s*(?:(?:[*#~•⁂_—–-]\s?){1,12}|\*{3,})\s*$")
_HEADING = re.compile(
    r"\s*(?:#{1,6}\s+(?P<marked>.{1,200})|(?P<chapter>(?:chapter|part|kapitel|teil|chapitre|capítulo)\s+\S{1,20}.{0,120}))$",
    re.IGNORECASE,
)
_AND_DID = re.compile(r"[^,.;:!?]{1,80},?\s+and\s+(?=[a-z]{2,}(?:ed|t|d|w|k|ng|se|ve|ke|pt|ft)\b)")
_SENTENCE_PUNCTUATION = ".!?…:;,”“\"»«’'"


class _Reader:
    def __init__(self, builder: Builder, known: KnownSound | None, single: bool) -> None:
        self.builder = builder
        self.known = known
        self.single = single
        self.cast = Cast()
        self.tags_left_out = 0
        self.open_speaker = ""

    def paragraph(self, text: str, line: int) -> None:
        spans, left_open = split_paragraph(text, self.single)
        spans = _titles_joined(spans)
        goes_on = self.open_speaker if spans and spans[0].spoken else ""
        self.open_speaker = ""
        speaker = self.speakers(spans, goes_on)
        for k, span in enumerate(spans):
            if span.spoken:
                name, emotion = speaker[k]
                self.builder.speech(name, _finished(span.text, spans[k + 1 : k + 4]), emotion)
            else:
                self.narration(spans, k, line)
        if left_open and speaker:
            self.open_speaker = speaker[max(speaker)][0]

    def speakers(self, spans: list[Span], goes_on: str) -> dict[int, tuple[str, str]]:
        """(name, emotion) of each spoken span: one speaker a paragraph, unless another one is named."""
        found: dict[int, tuple[str, str]] = {}
        current = goes_on
        for k, span in enumerate(spans):
            if not span.spoken:
                for name in names_in(span.text):
                    self.cast.mention(name)
                continue
            tag = self.tag_of(spans, k)
            name = self.named_by(tag) if tag else ""
            current = name or current or self.beside(spans, k) or self.cast.next_in_turn()
            current = self.cast.speaks(current) if current != UNKNOWN else current
            found[k] = (current, tag.emotion if tag else "")
            for name in names_in(span.text):  # who is addressed may answer
                if name != current:
                    self.cast.mention(name)
        return found

    def tag_of(self, spans: list[Span], k: int) -> Tag | None:
        after = tag_after(spans[k + 1].text) if k + 1 < len(spans) and not spans[k + 1].spoken else None
        if after is not None:
            return after
        return tag_before(spans[k - 1].text) if k > 0 and not spans[k - 1].spoken else None

    def named_by(self, tag: Tag) -> str:
        return tag.name or self.cast.by_pronoun(tag.pronoun)

    def beside(self, spans: list[Span], k: int) -> str:
        """The one whose action stands beside the line, in the same paragraph."""
        for at in (k - 1, k + 1):
            if 0 <= at < len(spans) and not spans[at].spoken:
                last = sentences(spans[at].text)
                who = actor(last[-1] if at < k and last else spans[at].text)
                if who is not None:
                    return who[0] or self.cast.by_pronoun(who[1])
        return ""

    def narration(self, spans: list[Span], k: int, line: int) -> None:
        text = self.without_tags(spans, k)
        pending: list[str] = []
        for sentence in sentences(text):
            pending.append(sentence)
            sounds = heard(sentence, self.known)
            if not sounds:
                continue
            self.builder.narrate(" ".join(pending))
            pending = []
            for sound in sounds:
                act = Cueing("bed" if sound.lasting else "sound", sound.description, sound.length_s or None)
                self.builder.direction(act, f"line {line}")
        if speakable(" ".join(pending)):
            self.builder.narrate(" ".join(pending))

    def without_tags(self, spans: list[Span], k: int) -> str:
        """Narration without tags that only say who speaks."""
        text = spans[k].text
        after = tag_after(text) if k > 0 and spans[k - 1].spoken else None
        if after is not None and after.whole:
            self.tags_left_out += 1
            text = text[after.end :].lstrip(" .,:;!?—–-")
        elif after is not None and (done := _AND_DID.match(text)):
            self.tags_left_out += 1
            text = f"{after.name or after.pronoun} {text[done.end() :]}"
        before = tag_before(text) if k + 1 < len(spans) and spans[k + 1].spoken else None
        if before is not None and before.whole:
            self.tags_left_out += 1
            cut = max(text.rfind(mark, 0, len(text) - 1) for mark in ".!?;")
            text = text[: cut + 1]
        text = text.strip(" ,—–-") if k > 0 and spans[k - 1].spoken else text.strip()
        return text[:1].upper() + text[1:] if after is not None else text


def import_prose(text: str, title: str = "", language: str = "en", *, known: KnownSound | None = None) -> Imported:
    """Read prose; ``known`` filters the sounds that are taken from the narration.

    Raises:
        ScriptError: there is nothing to say, or it is longer than a script holds.
    """
    builder = Builder(Report(), title, language)
    reader = _Reader(builder, known, single=not re.search(r"[\"“„«»]", text))
    paragraphs = _paragraphs(text)
    for k, (line, paragraph) in enumerate(paragraphs):
        heading = _HEADING.match(paragraph) if len(paragraph) < 220 else None
        if heading:
            _heading(builder, (heading["marked"] or heading["chapter"]).strip("# "), first=not builder.cues and k == 0)
        elif _BREAK.match(paragraph):
            builder.pause(SCENE_BREAK_S)
        elif k == 0 and len(paragraphs) > 1 and _is_heading_like(paragraph):
            builder.title = paragraph
        else:
            reader.paragraph(paragraph, line)
    if reader.tags_left_out:
        builder.report.note(
            "", f'{reader.tags_left_out} tags such as "said Ann" are not read: the voices tell who speaks.'
        )
    if any(cue.get("voice") == UNKNOWN for cue in builder.cues):
        builder.report.note("", f"some lines name no speaker; they were given to {UNKNOWN}.", "Add who says them.")
    return builder.imported(KIND)


def _paragraphs(text: str) -> list[tuple[int, str]]:
    """(first line, text) of each paragraph; where no line is empty, each line is one."""
    lines = text.split("\n")
    blank = any(not line.strip() for line in lines[1:-1])
    wrapped = blank or sum(len(line) > 45 and line.rstrip()[-1:].isalnum() for line in lines) > len(lines) / 3
    found: list[tuple[int, list[str]]] = []
    fresh = True
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if not stripped:
            fresh = True
            continue
        if fresh or not wrapped or line.startswith("#") or re.match(r"[—–―]\s?\S", stripped):
            found.append((number, []))
        found[-1][1].append(stripped)
        fresh = line.startswith("#")
    return [(number, one_line(" ".join(parts))) for number, parts in found]


def _heading(builder: Builder, text: str, first: bool) -> None:
    if first:
        builder.title = text
    else:
        builder.scene(text)
        builder.narrate(text if text.endswith((".", "!", "?")) else f"{text}.")


def _is_heading_like(paragraph: str) -> bool:
    return (
        len(paragraph) <= min(80, MAX_TITLE_CHARS)
        and paragraph[0] not in "—–―-„“«»\"‘'"
        and paragraph[-1] not in _SENTENCE_PUNCTUATION
        and speakable(paragraph)
    )


def _titles_joined(spans: list[Span]) -> list[Span]:
    """Spans in which quoted titles belong to the narration around them."""
    titles = {k for k, span in enumerate(spans) if span.spoken and _is_title(span.text, spans, k)}
    joined: list[tuple[list[str], bool]] = []
    for k, span in enumerate(spans):
        text = f'"{span.text}"' if k in titles else span.text
        if k in titles or k - 1 in titles:
            joined[-1][0].append(text)
        else:
            joined.append(([text], span.spoken))
    return [Span(" ".join(parts), spoken) for parts, spoken in joined]


def _finished(text: str, following: list[Span]) -> str:
    """A line without an end mark, or with the comma before its tag, gets a full stop, unless its sentence goes on."""
    goes_on = next((s.text[:1].islower() for s in following if s.spoken), False)
    if goes_on or not (text.endswith(",") or text[-1].isalnum()):
        return text
    return f"{text.removesuffix(',')}."


def _is_title(text: str, spans: list[Span], k: int) -> bool:
    """Whether quotes hold no speech: few words, no end mark, amid a sentence (``the "Mary Ann" sailed``)."""
    if k == 0 or k + 1 >= len(spans) or spans[k - 1].spoken or spans[k + 1].spoken:
        return False
    before, after = spans[k - 1].text, spans[k + 1].text
    return (len(text.split()) <= 4 and text[-1] not in ".,!?…—–-" and before[-1] not in ",:.!?;—–"
            and after[:1].islower() and tag_after(after) is None)  # fmt: skip
