"""What a description says about a character's voice: gender, age, accent, pitch, manner; by keywords alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FEMALE = _words(
    "woman girl lady queen mother mum mom grandmother grandma granny aunt sister daughter wife "
    "princess witch actress widow nun waitress maid female she her duchess empress goddess heroine "
    "landlady barmaid hostess schoolgirl bride mistress priestess madam mrs ms miss nana nurse"
)
_MALE = _words(
    "man boy gentleman king father dad grandfather grandpa uncle brother son husband prince wizard "
    "actor widower monk waiter male he his duke emperor god hero landlord barman butler lad bloke guy "
    "fellow priest sir mr lord schoolboy groom knight sailor fisherman keeper policeman soldier "
    "pirate farmer blacksmith vicar bishop captain sergeant colonel general giant troll ogre santa"
)
_AGE_WORDS: Mapping[str, frozenset[str]] = {
    "child": _words("child kid boy girl toddler schoolboy schoolgirl little infant kids childlike"),
    "young": _words("young teenager teenage teen youth youthful student twenties apprentice lad lass"),
    "old": _words(
        "old elderly aged ancient grandmother grandfather grandma grandpa granny nana crone veteran "
        "retired wizened seventies eighties ageing aging oldest"
    ),
}
_ACCENT_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("american", "us", "usa", "texan", "californian", "southern", "midwestern", "cowboy"), "american"),
    **dict.fromkeys(
        ("british", "english", "uk", "london", "cockney", "posh", "scottish", "irish", "welsh", "yorkshire", "gb"),
        "british",
    ),
    **dict.fromkeys(("spanish", "mexican", "latino", "latina"), "spanish"),
    **dict.fromkeys(("french", "parisian"), "french"),
    **dict.fromkeys(("italian",), "italian"),
    **dict.fromkeys(("indian", "hindi"), "indian"),
    **dict.fromkeys(("brazilian", "portuguese"), "brazilian"),
    **dict.fromkeys(("japanese",), "japanese"),
    **dict.fromkeys(("chinese", "mandarin"), "chinese"),
}
_DEEP = _words("deep low bass baritone booming dark gravelly gruff rumbling husky sonorous huge")
_HIGH = _words("high squeaky shrill piping tiny light soprano thin bright childish")
# words that mean the same to a casting director as one that the voices are described by
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "gravelly": ("rough", "hoarse", "raspy", "croaky", "husky", "growling"),
    "gruff": ("surly", "harsh", "blunt"),
    "weary": ("tired", "exhausted", "worn"),
    "calm": ("quiet", "measured", "composed", "steady", "even", "soothing", "serene"),
    "warm": ("kind", "kindly", "gentle", "motherly", "friendly", "tender"),
    "lively": ("energetic", "excited", "bubbly", "cheerful", "playful", "enthusiastic"),
    "soft": ("shy", "timid", "whispering", "whispery", "hushed", "breathy", "frightened", "scared", "nervous"),
    "bright": ("clear", "crisp", "happy", "cheerful"),
    "confident": ("strong", "bold", "firm", "assertive"),
    "stern": ("strict", "severe", "cold", "formal"),
    "narrator": ("storyteller", "presenter", "announcer", "host", "reporter"),
    "newsreader": ("anchor", "reporter", "journalist", "presenter", "announcer"),
    "villain": ("evil", "menacing", "sinister", "threatening"),
    "dignified": ("noble", "elegant", "aristocratic", "refined", "posh"),
    "wise": ("sage", "mentor", "philosopher"),
    "robot": ("android", "computer", "machine", "ai", "robotic", "synthetic"),
    "monster": ("demon", "giant", "troll", "ogre", "beast", "dragon", "devil", "orc"),
    "goblin": ("imp", "elf", "fairy", "pixie", "gnome", "squeaky", "mouse", "creature"),
    "cheeky": ("mischievous", "naughty", "cocky"),
    "jolly": ("santa", "merry", "hearty"),
}
_NAMES: Mapping[str, str] = {
    **dict.fromkeys(
        _words(
            "ann anna anne alice amy amelia andrea angela annie beth betty carol caroline catherine charlotte "
            "chloe claire clara daisy diana dora dorothy eleanor elena eliza elizabeth ella ellen emily emma "
            "esther eva eve evelyn fiona flora florence frances grace hannah harriet helen ida irene iris "
            "isabel isabella ivy jane janet jean jenny jessica joan joanna judy julia juliet karen kate "
            "katherine laura lena lily linda lisa lucy luna lydia mabel maggie margaret maria marie martha "
            "mary matilda maya megan mia mina mira miriam molly nancy natalie nina nora olivia pam patricia "
            "penelope polly rachel rebecca rita rosa rose ruby ruth sally sandra sara sarah scarlett sofia "
            "sophia sophie stella susan sylvia tess tina vera victoria violet wendy zoe"
        ),
        "female",
    ),
    **dict.fromkeys(
        _words(
            "adam alan albert alex alexander alfred andrew anthony arthur ben benjamin bernard bill bob brian "
            "bruno carl charles charlie chris christopher colin daniel dave david dennis dylan ed eddie edgar "
            "edmund edward edwin eric ernest ethan felix frank fred frederick gabriel gary george gerald "
            "gilbert giles gordon graham gregory guy harold harry henry herbert howard hugh hugo ian isaac "
            "ivan jack jacob james jason jim joe john jonah jonathan joseph karl keith kevin leo leon leonard "
            "lewis liam louis luke marco mark martin marcus matthew max michael miles ned neil nicholas nick "
            "noah oliver oscar otto owen patrick paul peter philip pierre ralph ray raymond rex richard rob "
            "robert robin roger ron rory rufus sam samuel sean sidney silas simon stan stephen steve stuart "
            "ted theo thomas tim toby tom tony victor vincent walter will william winston"
        ),
        "male",
    ),
}


@dataclass(frozen=True, slots=True)
class Character:
    """``age`` and ``accent`` may be empty; ``pitch`` -1 deep to 1 high; ``words`` of manner, with synonyms.

    ``told``: something tells the gender; else it only alternates.
    """

    gender: str = ""
    age: str = ""
    accent: str = ""
    pitch: int = 0
    words: frozenset[str] = frozenset()
    told: bool = True


def read_character(
    name: str, description: str, gender: str | None, age: str | None, accent: str | None, last_gender: str = ""
) -> Character:
    """What is known of a character. Where nothing tells the gender it is the other one than ``last_gender``."""
    said = re.findall(r"[a-z]+", description.lower())
    words = frozenset(said)
    named = re.findall(r"[a-z]+", name.partition(" [")[0].lower())
    told = gender or _gender(said, named)
    manner = words - _FEMALE - _MALE - frozenset().union(*_AGE_WORDS.values())
    return Character(
        gender=told or _other(last_gender),
        age=age or _age(words, frozenset(named)),
        accent=_accent(accent, words),
        pitch=bool(words & _HIGH) - bool(words & _DEEP),
        words=manner | {word for word, alike in _SYNONYMS.items() if words & {word, *alike}},
        told=bool(told),
    )


def _gender(said: list[str], named: list[str]) -> str:
    """The first word that tells; the description before the name."""
    for word in (*said, *named):
        if word in _FEMALE or word in _MALE:
            return "female" if word in _FEMALE else "male"
    known = [_NAMES[word] for word in named if word in _NAMES]
    return known[0] if known else ""


def _other(gender: str) -> str:
    return "female" if gender == "male" else "male" if gender == "female" else "female"


def _age(words: frozenset[str], named: frozenset[str]) -> str:
    """``old`` counts before ``child`` and that before ``young``: "little old lady", "young girl"."""
    for age in ("old", "child", "young"):
        if words & _AGE_WORDS[age] and not (age == "child" and words & {"man", "woman", "lady", "mother", "father"}):
            return age
    return next((age for age in ("old", "child") if named & _AGE_WORDS[age]), "")


def _accent(accent: str | None, words: frozenset[str]) -> str:
    for word in re.findall(r"[a-z]+", (accent or "").lower()):
        if word in _ACCENT_WORDS:
            return _ACCENT_WORDS[word]
    if accent:
        return accent.lower()
    return next((_ACCENT_WORDS[word] for word in sorted(words) if word in _ACCENT_WORDS), "")
