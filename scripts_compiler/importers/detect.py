"""Tells what kind of text was given: a WavJourney list or table, a screenplay, Fountain, prose, an LLM's answer."""

from __future__ import annotations

import re
from typing import Literal, get_args

from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.importers.answer import is_answer
from soundwright.scripts_compiler.importers.common import clean_text
from soundwright.scripts_compiler.importers.screenplay_lines import colon_speech, is_character_cue, is_scene_heading
from soundwright.scripts_compiler.importers.wavjourney import LIST_START
from soundwright.scripts_compiler.importers.wavjourney_table import find_head

ImportKind = Literal["wavjourney", "wavjourney_table", "screenplay", "fountain", "prose", "answer"]
KINDS: tuple[str, ...] = get_args(ImportKind)
_LIST_FIELDS = re.compile(r"[\"']?(?:audio_type|layout|audioType)[\"']?\s{0,20}:")
_OWN_SCRIPT = re.compile(r"^(?:version\s*:|\{\s*\"version\"\s*:)", re.MULTILINE)
_QUOTED = re.compile(r"[\"“„«][^\"“”„«»\n]{2,400}[\"”“»]")
_HEAD_CHARS = 200_000


def detect(text: str, name: str = "") -> str:
    """The kind of a text, one of ``KINDS``, from its content and the ending of its file name.

    Raises:
        ScriptError: the text is empty, or is of no kind that can be read.
    """
    text = clean_text(text[:_HEAD_CHARS])
    if not text.strip():
        raise ScriptError([Problem("", "the text is empty.", "Give a screenplay, prose or a WavJourney list.")], name)
    if _is_own_script(text) or is_answer(text):
        return "answer"
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if _is_list(text, ending):
        return "wavjourney"
    if find_head(text) is not None:
        return "wavjourney_table"
    if ending == "fountain":
        return "fountain"
    return _written(text, name)


def _is_own_script(text: str) -> bool:
    return (
        _OWN_SCRIPT.search(text[:2000]) is not None and re.search(r"(?:^|[{,\s])\"?cues\"?\s{0,20}:", text) is not None
    )


def _is_list(text: str, ending: str) -> bool:
    start = LIST_START.search(text)
    if start is None:
        return False
    alone = not text[: start.start()].strip()
    return _LIST_FIELDS.search(text, start.start()) is not None or (
        alone and (ending in ("json", "json5") or _is_brackets(text))
    )


def _is_brackets(text: str) -> bool:
    return text.rstrip().endswith("]") and re.match(r"\s*\[\s*[\]{]", text) is not None


def _written(text: str, name: str) -> str:
    lines = text.split("\n")
    spoken = sum(colon_speech(line) is not None for line in lines)
    brackets = sum(line.strip().startswith("[") and line.strip().endswith("]") for line in lines)
    headings = sum(is_scene_heading(line) for line in lines)
    cues = sum(is_character_cue(line) and not before.strip() and bool(after.strip())
               for before, line, after in zip(["", *lines], lines, [*lines[1:], ""], strict=False))  # fmt: skip
    filled = sum(bool(line.strip()) for line in lines)
    if cues and (headings or cues * 4 >= filled) and cues >= spoken:
        return "fountain"
    if spoken * 4 >= filled or (spoken + brackets) * 3 >= filled or (headings and spoken + brackets + cues):
        return "screenplay"
    if sum(c.isalpha() for c in text) < max(1, len(text) // 8):
        raise ScriptError(
            [Problem("", "this is no text that tells a story.", f"Known kinds: {', '.join(KINDS)}.")], name
        )
    return "prose"


def quoted_lines(text: str) -> int:
    """How many quotations a text holds."""
    return len(_QUOTED.findall(text[:_HEAD_CHARS]))
