"""Answers to questions: yes and no, and which of several was meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from soundwright.orchestrator.revision.phrase import fold, number_of, rank_of, stems

_YES = re.compile(
    r"(?:y|yes|yeah|yep|ok|okay|sure|do it|go ahead|go on|please do|yes please|ja|oui|si|sí|accept|apply)"
)
_NO = re.compile(r"(?:n|no|nope|don't|do not|stop|cancel|never ?mind|leave it|nein|non|reject)")
_ALL = re.compile(r"(?:all|both|all of them|both of them)")


def yes_or_no(text: str) -> bool | None:
    """Whether a text agrees; None where it says neither."""
    plain = fold(text).strip(" .!")
    return True if _YES.fullmatch(plain) else False if _NO.fullmatch(plain) else None


def chosen(text: str, options: Sequence[str]) -> int | None:
    """Which option a text means: by number, by rank, or by words that only one of them holds."""
    plain = fold(text).strip(" .!#?")
    tokens = plain.split()
    for token in tokens if len(tokens) <= 4 else ():
        rank = rank_of(token)
        if rank is None and (token.isdigit() or len(tokens) == 1):
            rank = number_of(token)
        if rank is not None and (rank == -1 or 1 <= rank <= len(options)):
            return len(options) - 1 if rank == -1 else rank - 1
    named = [n for n, option in enumerate(options) if fold(option.split(" ", 1)[0]) == plain]
    if len(named) == 1:
        return named[0]
    wanted = stems(text) - {"the", "one", "a", "of", "i", "mean", "with", "in"}
    fitting = [n for n, option in enumerate(options) if wanted and wanted <= stems(option)]
    return fitting[0] if len(fitting) == 1 else None
