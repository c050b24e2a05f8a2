"""The grammar of one stretch: its words in order, with ways around whole sentences that are not said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, combinations, pairwise

from soundwright.tools.alignment.stretches import Stretch

_SKIP = 1e-40  # rather some seconds of bad fit than a sentence that was said passed over
Transition = tuple[int, int, float] | tuple[int, int, float, str]


def transitions(tokens: Sequence[str], stretch: Stretch) -> Iterator[Transition]:
    """(from, to, probability, word) between the states 0 to ``len(tokens)`` + 1, the last one final.

    State n lies before token n. Without a word a transition takes no time.
    """
    end = len(tokens)
    yield from ((state, state + 1, 1.0, token) for state, token in enumerate(tokens))
    begins = [0, *accumulate(stretch.sentences)]
    yield from ((begin, other, _SKIP) for begin, other in combinations(begins, 2))
    early = _SKIP if stretch.last else 1.0
    yield from ((state, end + 1, early if state < end else 1.0) for state in range(end + 1))


def token_places(heard: Sequence[str], tokens: Sequence[str], stretch: Stretch) -> list[int] | None:
    """Which of ``tokens`` each heard word is: sentence for sentence, the earliest that fits.

    Only the last sentence may be heard in part. None where the words are no way through the grammar.
    """
    begins = [0, *accumulate(stretch.sentences)]
    sentences = [list(tokens[begin:end]) for begin, end in pairwise(begins)]
    # From which sentence on no way leads from each heard word to the last: none is tried twice.
    closed = [len(sentences)] * len(heard)
    taken: list[tuple[int, int]] = []
    number = at = 0
    while at < len(heard):
        if number < closed[at]:
            said = sentences[number][: len(heard) - at]
            if said == list(heard[at : at + len(said)]):
                taken.append((number, at))
                at += len(said)
        elif taken:
            closed[at] = min(closed[at], taken[-1][0] + 1)
            number, at = taken.pop()
        else:
            return None
        number += 1
    return [place for number, _ in taken for place in range(begins[number], begins[number + 1])][: len(heard)]
