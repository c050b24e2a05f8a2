"""Who says a line of prose: verbs of saying with a name or a pronoun, the action beside a line, and taking turns."""

# ruff: noqa: E501 - tables of patterns read better a line each
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from soundwright.scripts_compiler.importers.voices import Gender, gender_of

UNKNOWN = "Someone"
_SAID = (
    "said says asked asks replied replies answered answers cried cries shouted shouts whispered whispers murmured murmurs muttered mutters "
    "called calls yelled yells screamed screams exclaimed exclaims added adds continued continues began begins laughed laughs sighed sighs "
    "gasped gasps growled growls hissed hisses snapped snaps groaned groans moaned moans sobbed sobs stammered stammers mumbled mumbles "
    "insisted insists admitted admits agreed agrees announced announces warned warns told tells repeated repeats observed remarked remarks "
    "declared declares demanded demands begged begs pleaded pleads grumbled grumbles roared roars breathed croaked croaks smiled smiles "
    "sagte sagt fragte fragt rief ruft antwortete antwortet flüsterte flüstert meinte murmelte schrie erwiderte entgegnete brummte seufzte "
    "dit demanda demande répondit répond cria crie murmura murmure répliqua ajouta souffla chuchota fit dijo dice preguntó respondió gritó "
    "susurró murmuró exclamó"
)
_VERB = rf"(?:{'|'.join(_SAID.split())}|s['’]écria)"
_PRONOUN = (
    r"(?:[Hh]e|[Ss]he|[Tt]hey|I|[Ii]t|[Ee]r|[Ss]ie|ich|Ich|il|Il|elle|je|Je|él|ella)"  # Elle and Ella are names too
)
_ARTICLE = r"(?:the|a|an|his|her|their|my|der|die|das|ein|eine|le|la|un|une|el|los|las)"
_STOP = r"(?!(?:\w+ly|and|with|in|as|to|from|at|who|when|for|by|on|but|then|into|und|et|y|mit|avec|con|without|through)\b|(?i:{_VERB})\b)"
_STOP = _STOP.replace("{_VERB}", _VERB)
_NAME = (
    rf"(?:{_ARTICLE}(?:\s+{_STOP}[^\W\d_]{{2,20}}){{1,3}}|(?:[A-ZÀ-Þ][\w'’.-]{{0,24}}\s){{0,2}}[A-ZÀ-Þ][\w'’-]{{0,24}})"
)
_AFTER_VERB = re.compile(
    rf"^[\s,—–-]*(?P<verb>(?i:{_VERB}))(?:-t)?[\s-]+(?:(?P<pronoun>{_PRONOUN})\b|(?P<name>{_NAME}))"
)
_BEFORE_VERB = re.compile(
    rf"(?:^|[\s,—–])(?:(?P<pronoun>{_PRONOUN})|(?P<name>{_NAME}))(?:\s+\w{{2,20}}ly)?\s+(?P<verb>(?i:{_VERB}))\b"
)
_MANNER = re.compile(
    r"\b(\w{3,20}ly|in a (?:\w{2,20} ){1,3}voice|with a (?:\w{2,20} )?(?:smile|laugh|sigh|grin|shudder))\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^\s*(?:(?P<name>(?:[A-ZÀ-Þ][\w'’-]{1,24}\s)?[A-ZÀ-Þ][\w'’-]{1,24})|(?P<pronoun>(?i:he|she|er|sie|il|elle)))\s+[a-zà-ÿ]{2,}"
)
_EMOTIONS = {
    "whisper": "whispering", "murmur": "murmuring", "mutter": "muttering", "cri": "crying out", "shout": "shouting", "yell": "shouting",
    "scream": "screaming", "laugh": "laughing", "sigh": "sighing", "gasp": "gasping", "growl": "growling", "hiss": "hissing", "snap": "sharp",
    "groan": "groaning", "moan": "moaning", "sob": "sobbing", "stammer": "stammering", "mumble": "mumbling", "exclaim": "excited",
    "beg": "begging", "plead": "pleading", "roar": "roaring", "grumbl": "grumbling", "breathe": "breathless", "croak": "croaking",
    "demand": "demanding", "warn": "warning", "smil": "smiling", "flüster": "whispering", "murmel": "murmuring", "schrie": "shouting",
    "rief": "calling", "seufz": "sighing", "chuchot": "whispering", "souffl": "whispering", "susurr": "whispering", "grit": "shouting",
    "call": "calling", "yells": "shouting",
}  # fmt: skip
_MALE = frozenset({"he", "er", "il", "él"})
_FEMALE = frozenset({"she", "sie", "elle", "ella"})
_FIRST = frozenset({"i", "ich", "je"})
_NO_NAMES = frozenset(
    [
        "the",
        "a",
        "an",
        "he",
        "she",
        "it",
        "they",
        "we",
        "you",
        "i",
        "and",
        "but",
        "then",
        "when",
        "as",
        "so",
        "or",
        "if",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "with",
        "by",
        "of",
        "this",
        "that",
        "there",
        "here",
        "now",
        "yes",
        "no",
        "oh",
        "ah",
        "well",
        "what",
        "who",
        "where",
        "why",
        "how",
        "his",
        "her",
        "their",
        "its",
        "my",
        "our",
        "not",
        "one",
        "two",
        "three",
        "after",
        "before",
        "once",
        "suddenly",
        "outside",
        "inside",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "god",
        "christmas",
        "english",
        "french",
        "german",
        "er",
        "sie",
        "es",
        "der",
        "die",
        "das",
        "und",
        "aber",
        "il",
        "elle",
        "le",
        "la",
        "les",
        "et",
        "mais",
        "un",
        "une",
        "el",
        "los",
        "las",
        "y",
        "pero",
        "all",
        "every",
        "perhaps",
        "maybe",
        "still",
        "yet",
        "only",
        "even",
        "just",
        "nothing",
        "something",
        "someone",
        "everyone",
        "nobody",
        "chapter",
        "mr",
        "mrs",
        "ms",
        "dr",
    ]
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A speech tag: who (a name, or a pronoun), how, and where it stands in the narration."""

    name: str
    pronoun: str
    emotion: str
    start: int
    end: int
    whole: bool


@dataclass(slots=True)
class Cast:
    """Who was named and who spoke, for pronouns and turns."""

    first_person: str = "Narrator"
    spoken: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    genders: dict[str, Gender] = field(default_factory=dict)

    def speaks(self, name: str) -> str:
        """Note that a character speaks; the form of the name that was used first is kept."""
        known = next((n for n in self.spoken if n.casefold() == name.casefold() or _same(n, name)), name)
        if known in self.spoken:
            self.spoken.remove(known)
        self.spoken.append(known)
        self.mention(known)
        return known

    def mention(self, name: str) -> None:
        """Note that a character is named."""
        known = next((n for n in self.spoken if _same(n, name)), name)
        if known in self.named:
            self.named.remove(known)
        self.named.append(known)
        del self.named[:-40]
        del self.spoken[:-80]

    def by_pronoun(self, pronoun: str) -> str:
        """The character last named or heard that a pronoun can mean; a nameless one where there is none."""
        pronoun = pronoun.lower()
        if pronoun in _FIRST:
            return self.first_person
        gender: Gender | None = "male" if pronoun in _MALE else "female" if pronoun in _FEMALE else None
        for name in reversed(self.named):
            if gender is None or self.gender(name) == gender:
                return name
        for name in reversed(self.named):  # a name that tells no gender takes the one of its first pronoun
            if gender is not None and self.gender(name) is None:
                self.genders[name] = gender
                return name
        return {"male": "Man", "female": "Woman"}.get(gender or "", UNKNOWN)

    def gender(self, name: str) -> Gender | None:
        """What the name, or an earlier pronoun, tells."""
        return self.genders.get(name) or gender_of(name)

    def next_in_turn(self) -> str:
        """Who speaks when nothing says so: the one before the last speaker, else the last one, else an unknown."""
        if len(self.spoken) >= 2:
            return self.spoken[-2]
        others = [n for n in self.named if not self.spoken or n != self.spoken[-1]]
        return others[-1] if others else UNKNOWN


def tag_after(narration: str) -> Tag | None:
    """The tag that narration after a line begins with: ``said Ann``, ``she whispered softly``."""
    clause = re.split(r"[.!?;:]", narration, maxsplit=1)[0][:200]
    match = _AFTER_VERB.match(clause) or _leading(clause)
    return None if match is None else _tag(match, clause, narration)


def tag_before(narration: str) -> Tag | None:
    """The tag that leads up to a line: ``Ann turned and said,``."""
    clause = list(re.finditer(r"[^.!?;]+", narration[-300:]))
    if not clause or narration.rstrip()[-1:] not in ",:":
        return None
    found = list(_BEFORE_VERB.finditer(clause[-1].group()))
    return _tag(found[-1], clause[-1].group(), narration) if found else None


def actor(narration: str) -> tuple[str, str] | None:
    """(name, pronoun) of whom a sentence tells: ``Ann put down her cup.``"""
    match = _SUBJECT.match(narration)
    if match and match["pronoun"]:
        return "", match["pronoun"]
    if match and match["name"] and match["name"].split()[0].lower() not in _NO_NAMES:
        return match["name"], ""
    return None


def names_in(narration: str) -> Iterator[str]:
    """Words of narration that are names of people as far as a list of given names tells."""
    open_text = re.sub(r"\"[^\"]{0,200}\"", " ", narration[:5000])  # a ship called "Mary Ann" is nobody
    for word in re.findall(r"\b[A-ZÀ-Þ][a-zà-ÿ'’-]{1,24}\b", open_text):
        name = re.sub(r"['’]s?$", "", word)
        if name.lower() not in _NO_NAMES and gender_of(name) is not None:
            yield name


def clean_name(name: str) -> str:
    """``the old man`` as ``Old Man``; names as they are."""
    words = name.split()
    if len(words) > 1 and re.fullmatch(_ARTICLE, words[0], re.IGNORECASE):
        words = words[1:]
    return " ".join(w[:1].upper() + w[1:] for w in words).rstrip(".,'’-")


def _leading(clause: str) -> re.Match[str] | None:
    match = _BEFORE_VERB.match(clause) or _BEFORE_VERB.search(clause[:60])
    return match if match and not clause[: match.start()].strip(" ,—–") else None


def _tag(match: re.Match[str], clause: str, narration: str) -> Tag | None:
    name = match["name"] or ""
    if name and name.split()[0].lower() in _NO_NAMES and not re.match(_ARTICLE + r"\s", name, re.IGNORECASE):
        return None
    if name.lower() in _NO_NAMES:
        return None
    rest = clause[match.end() :]
    manner = _MANNER.search(clause)
    emotion = ", ".join(
        dict.fromkeys(e for e in (_emotion(match["verb"].lower()), manner[1].lower() if manner else "") if e)
    )
    left = _MANNER.sub("", rest).strip(" ,.—–-:")
    lead = clause[: match.start()].strip(" ,—–")
    return Tag(
        clean_name(name), match["pronoun"] or "", emotion, match.start(), len(clause), whole=not left and not lead
    )


def _emotion(verb: str) -> str:
    return next((e for stem, e in _EMOTIONS.items() if verb.startswith(stem)), "")


def _same(known: str, name: str) -> bool:
    """Whether a shorter name is a part of a known one: ``Ann`` of ``Ann Miller``."""
    return known.casefold() == name.casefold() or (
        bool(name) and set(name.casefold().split()) < set(known.casefold().split())
    )
