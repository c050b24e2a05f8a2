"""What a phrase such as "Ann's second line in the tower" asks for: kind, speaker, words, rank. Nothing is looked up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from soundwright.orchestrator.planner.numbers import WORDS

MAX_CHARS = 500
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
    "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
COUNT = {name: n for name, n in WORDS.items() if 1 <= n <= len(_ORDINALS)}
RANK = {name: n for n, name in enumerate(_ORDINALS, 1)} | {"opening": 1, "initial": 1, "1st": 1, "2nd": 2, "3rd": 3}
KINDS = {
    "speech": "line lines speech speeches sentence sentences reply replies answer answers words remark question",
    "pause": "pause pauses silence silences gap gaps",
    "music": "music song tune tunes score musics",
    "sound": "sound sounds effect effects noise noises sfx",
    "clip": "clip clips recording recordings tape",
    "bed": "bed beds ambience ambiences background backgrounds atmosphere",
    "scene": "scene scenes",
    "cue": "cue cues thing things part one ones",
}  # fmt: skip
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words.split()}
_EMPTY = frozenset((
    "a", "an", "the", "of", "in", "at", "on", "by", "to", "for", "from", "with", "and", "is", "are", "was", "it",
    "its", "that", "this", "these", "those", "where", "when", "which", "who", "whose", "what", "there", "as",
    "about", "says", "say", "said", "saying", "speaks", "speak", "mentions", "mention", "called", "named", "titled",
    "sounding", "playing", "heard", "all", "every", "each", "both", "any", "number", "no", "please", "own", "very",
    "just", "cue's",
))  # fmt: skip
_ALL = frozenset(["all", "every", "each", "both"])
_PLURALS = frozenset(
    word
    for word in " ".join(KINDS.values()).split()
    if word.endswith("s") and word not in {"words", "sfx", "ambience"} and word[:-1] in KIND_OF
) | {"replies", "speeches", "lines"}
_GENDERS = {"her": "female", "hers": "female", "she": "female", "his": "male", "him": "male", "he": "male"}
_QUOTE = re.compile(r"\"([^\"]{1,300})\"|“([^”]{1,300})”|„([^“”]{1,300})[“”]|«([^»]{1,300})»|「([^」]{1,300})」")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_FROM_THE_END = re.compile(
    r"\b(?:next[- ]to[- ]last|(?P<n>second|third|fourth)[- ](?:to|from)[- ](?:the )?last|penultimate|last but one)\b"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """``rank`` counts from 1, from the end where negative. ``words`` are stems that must be found, ``quote`` a text."""

    kind: str = ""
    voices: tuple[str, ...] = ()
    gender: str = ""
    rank: int | None = None
    every: bool = False
    words: tuple[str, ...] = ()
    quote: str = ""


def read_phrase(text: str, voices: Iterable[str]) -> Phrase:
    """The phrase, where ``voices`` are the names that there are."""
    quote = ""
    if (match := _QUOTE.search(text)) is not None:
        quote = next(group for group in match.groups() if group is not None)
        text = f"{text[: match.start()]} {text[match.end() :]}"
    plain = fold(text)
    named, plain = _speakers(plain, voices)
    rank, plain = _rank_from_the_end(plain)
    tokens = [token.removesuffix("'s").removesuffix("'") for token in _WORD.findall(plain)]
    gender = next((_GENDERS[token] for token in tokens if token in _GENDERS), "")
    kind, at = _kind(tokens)
    rank = rank if rank is not None else _rank(tokens, at, kind)
    every = rank is None and (any(token in _ALL for token in tokens) or (at is not None and tokens[at] in _PLURALS))
    words = [stem(t) for n, t in enumerate(tokens) if n != at and not _is_small(t)]
    return Phrase(kind, named, gender, rank, every, tuple(dict.fromkeys(words)), quote)


def fold(text: str) -> str:
    """Lower case, one kind of apostrophe, one kind of blank."""
    plain = unicodedata.normalize("NFKC", text[:MAX_CHARS]).casefold().replace("’", "'")
    return " ".join(plain.split())


def stems(text: str) -> set[str]:
    """The stems of all words of a text."""
    return {stem(token) for token in _WORD.findall(fold(text).replace("_", " "))}


def stem(word: str) -> str:
    """What inflections of an English word share: ``knocks``, ``knocking`` and ``knocked`` become ``knock``."""
    word = word.removesuffix("'s")
    if not word.isascii() or len(word) < 4:
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix in ("ing", "ed"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            word = word[:-1] if word[-1] == word[-2] and word[-1] not in "ls" else word
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def number_of(token: str) -> int | None:
    """``2``, ``two``."""
    if token.isascii() and token.isdigit() and len(token) <= 4:
        return int(token)
    return COUNT.get(token)


def rank_of(token: str) -> int | None:
    """``second``, ``2nd``, ``last``."""
    if token in {"last", "final", "closing"}:
        return -1
    match = re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th)", token)
    return int(match[1]) if match else RANK.get(token)


def _speakers(plain: str, voices: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """Names of voices, longest first, taken out of the phrase."""
    found = []
    for name in sorted(voices, key=len, reverse=True):
        pattern = re.compile(rf"(?<![^\W_]){re.escape(fold(name))}(?![^\W_])(?:'s\b|')?")
        if fold(name) and pattern.search(plain) is not None:
            found.append(name)
            plain = pattern.sub(" ", plain)
    return tuple(found), plain


def _rank_from_the_end(plain: str) -> tuple[int | None, str]:
    match = _FROM_THE_END.search(plain)
    if match is None:
        return None, plain
    rank = -{None: 2, "second": 2, "third": 3, "fourth": 4}[match["n"]]
    return rank, f"{plain[: match.start()]} {plain[match.end() :]}"


def _kind(tokens: list[str]) -> tuple[str, int | None]:
    """The kind and where it stands; "thing" and "one" only where nothing better does."""
    found = [(KIND_OF[token], n) for n, token in enumerate(tokens) if token in KIND_OF]
    found = [each for each in found if not (tokens[each[1]] == "one" and _counts(tokens, each[1]))]
    better = [each for each in found if each[0] != "cue"]
    if not found:
        return "", None
    kind, at = (better or found)[0]
    if kind == "cue" and any(token.startswith(("say", "said", "speak")) for token in tokens):
        kind = "speech"
    return kind, at


def _counts(tokens: list[str], at: int) -> bool:
    """Whether the word ``one`` is a number: "scene one", "line one"."""
    return at > 0 and tokens[at - 1] in KIND_OF


def _rank(tokens: list[str], at: int | None, kind: str) -> int | None:
    for token in tokens:
        if (rank := rank_of(token)) is not None:
            return rank
    if at is None or kind == "":
        return None
    after = [token for token in tokens[at + 1 :] if token not in {"number", "no"}]
    return number_of(after[0]) if after else None


def _is_small(token: str) -> bool:
    return (
        token in _EMPTY or token in _GENDERS or rank_of(token) is not None or number_of(token) is not None
        or KIND_OF.get(token) == "cue"
    )  # fmt: skip
