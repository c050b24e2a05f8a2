"""What an English question about a recording asks for, of the things that can be measured."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Asked = Literal[
    "words", "language", "speakers", "loudness", "length", "tempo", "key", "quality", "sounds", "times", "presence",
    "count", "speech",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """``asked`` is the measurement, ``about`` the sound or word that it is about, where there is one."""

    asked: Asked
    about: str = ""


_THING = r"(?:an? |any |the |some )?(?P<about>.+?)"
_HEARD = r"(?: (?:be )?(?:heard|audible|present|there|in (?:it|this|the (?:recording|audio|sound|clip))))*"
_ACTS = r"(?: (?:heard|audible|occur|start|begin|sound|repeat))*"
_PATTERNS: tuple[tuple[Asked, str], ...] = (
    ("words", r"what (?:is|was|are|were|do|does|did) .*\b(?:said|say|saying|spoken|talking about)\b.*"),
    ("words", r"(?:what are the words|transcribe .*|which words .*)"),
    ("language", r"(?:what|which|in (?:what|which)) language\b.*"),
    ("speakers", r"how many (?:people|persons|speakers|voices|men|women)\b.*"),
    ("loudness", r"how loud\b.*"),
    ("length", r"how long (?:is|does|lasts?)\b.*"),
    ("tempo", r"(?:what is the tempo|how fast is the (?:music|beat|song)|what tempo|how many beats per minute)\b.*"),
    ("key", r"(?:what|which|in (?:what|which)) (?:is the )?(?:musical )?key\b.*"),
    ("quality", r"how (?:good|clean|clear|noisy)\b.*"),
    ("speech", r"(?:does|is) (?:any|some)(?:body|one) (?:speak|talk|speaking|talking)\b.*"),
    ("speech", r"is there (?:any )?speech\b.*"),
    ("count", r"how (?:many times|often) (?:is|does|do|are|can you hear) " + _THING + _ACTS),
    ("times", r"(?:when|where) (?:is|does|do|are|can (?:you|i|one) hear) " + _THING + _ACTS),
    ("presence", r"(?:is|are) there " + _THING + _HEARD),
    ("presence", r"(?:do|can) (?:you|i|we|one) hear " + _THING + _HEARD),
    ("presence", r"(?:is|are) " + _THING + r" (?:be )?(?:heard|audible|present)"),
    ("sounds", r"(?:what|which) (?:is|are|do|can|sounds?|noises?|animals?|instruments?)\b.*"),
)  # fmt: skip


def understood(question: str) -> Question | None:
    """What is asked, None where it is nothing that can be measured."""
    plain = re.sub(r"[^a-z0-9' ]+", " ", question.lower().replace("’", "'").replace("what's", "what is"))
    plain = " ".join(plain.split())
    for asked, pattern in _PATTERNS:
        match = re.fullmatch(pattern, plain)
        if match:
            about = match.groupdict().get("about") or ""
            return Question(asked, about)
    return None
