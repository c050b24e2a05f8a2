"""Questions about a story in plain English: what they are about, and which cue they name."""

# ruff: noqa: E501  a pattern stays on one line
from __future__ import annotations

import re

from soundwright.orchestrator.chat.situation import Situation
from soundwright.orchestrator.chat.turns import Turn

QUESTIONS: tuple[tuple[str, str], ...] = (
    (r"how (?:much|expensive)\b.*\bcost\b.*|what (?:did|does|has) (?:it|this|that|all this) cost.*|what.*\bspent\b.*", "cost"),
    (r"(?:how loud is|what is the loudness of) (?P<phrase>.*)", "loudness"),
    (r"how long (?:is|are|does|do|was|will) (?P<phrase>.*?)(?: last| take| be| speak)?", "length"),
    (r"(?:what(?:'s| is) )?the (?:length|duration) of (?P<phrase>.*)", "length"),
    (r"how much (?:does|do) (?P<phrase>.*?) (?:speak|talk|say)", "length"),
    (r"who (?:speaks|talks|says) (?:the )?most.*|who has (?:the )?most lines.*|who (?:is|are) speaking most.*", "speakers"),
    (r"how many lines (?:does|do|has|have) (?P<phrase>.*?)(?: have| speak| say| got)?", "lines"),
    (r"(?:what|which (?:sounds?|music)) (?:is|are|lies|plays|can be heard|runs|do i hear|is heard) "
     r"(?:heard |playing )?(?:under|below|beneath|behind|during|while|with|at the same time as) (?P<phrase>.*)", "under"),
    (r"when (?:does|do|is|are|will) (?P<phrase>.*?)(?: begin| start| come| play| heard| happen| enter)?", "start"),
    (r"what (?:does|do|did) (?P<phrase>.*?) say(?: last| first)?", "said"),
    (r"(?:what is|what's|read(?: me)?|show(?: me)?|tell me) (?P<phrase>.*\bline\b.*)", "said"),
    (r"(?:which|what) (?:tool|engine|model)s? (?:made|makes?|did|spoke|speaks?|was used for) (?P<phrase>.*)", "made"),
    (r"(?:how|by what|with what) (?:was|were) (?P<phrase>.*?) made", "made"),
    (r"(?:which|what) voice (?:has|is|does|speaks|plays) (?P<phrase>.*?)(?: have| use| speak)?", "cast"),
    (r"who (?:plays|speaks|is|voices) (?P<phrase>.*)", "cast"),
    (r"(?:list|show|what are|which are|give me|tell me)(?: me)?(?: all)?(?: of)?(?: the)? (?P<phrase>(?:\w+ )?(?:sounds?|effects?|"
     r"beds?|ambiences?|music|lines?|scenes?|voices?|characters?|cues?|pauses?|recordings?|clips?))(?: there are| we have| in .*)?", "list"),
    (r"(?:what (?:sounds?|voices?|scenes?|characters?|music) (?:are|is) there|what (?P<phrase>sounds?|voices?|scenes?) do we have).*", "list"),
    (r"(?:summari[sz]e|summary|what is (?:it|the story|this) about|what do we have|where are we).*", "summary"),
)  # fmt: skip


def question(situation: Situation, text: str) -> Turn | None:
    """The question that a text asks about the story; None where it asks nothing, or of a recording."""
    if not situation.story or situation.meant_otherwise():
        return None
    for pattern, topic in QUESTIONS:
        match = re.fullmatch(rf"(?:{pattern})\s*[.!?]*", text, re.I | re.S)
        if match is not None:
            phrase = (match.groupdict().get("phrase") or "").strip(" .!?")
            rank = re.search(r"\bsay (last|first)\b", text, re.I) if topic == "said" else None
            return Turn("ask", topic=topic, phrase=f"{phrase}'s {rank[1]} line" if rank else phrase)
    return None
