"""Words of a description: a light stemmer, numbers, and the qualifiers that steer a synthesis."""

from __future__ import annotations

import re

IRREGULAR = {
    "leaves": "leaf", "wolves": "wolf", "knives": "knife", "geese": "goose", "hooves": "hoof", "mice": "mouse",
    "children": "child", "feet": "foot", "men": "man", "ran": "run", "rang": "ring", "rung": "ring", "struck":
    "strike", "broke": "break", "broken": "break", "fell": "fall", "fallen": "fall", "blew": "blow", "torn":
    "tear", "tore": "tear", "sang": "sing", "drove": "drive", "swung": "swing", "thrown": "throw", "threw":
    "throw", "wrote": "write", "windy": "wind", "rainy": "rain", "stormy": "storm", "snowy": "snow", "creaky":
    "creak", "squeaky": "squeak", "sandy": "sand", "muddy": "mud", "leafy": "leaf", "wooden": "wood",
    "metallic": "metal", "crunchy": "crunch", "tire": "tyre", "tires": "tyre", "harbor": "harbour", "theater":
    "theatre", "grey": "gray", "ticktock": "tick", "tv": "television", "aeroplane": "airplane", "foggy": "fog",
    "ghostly": "ghost", "cafeteria": "cafe", "café": "cafe", "thunderous": "thunder", "rusty": "rust",
    "slammed": "slam", "heels": "heel", "lit": "light", "shots": "shot",
}  # fmt: skip
KEEP_E = frozenset(
    {
        "care",
        "bare",
        "here",
        "more",
        "one",
        "same",
        "come",
        "fore",
        "there",
        "were",
        "are",
        "bee",
        "pane",
        "fire",
        "wave",
        "tone",
    }
)
NUMBERS = {
    "once": 1, "one": 1, "single": 1, "two": 2, "twice": 2, "pair": 2, "couple": 2, "double": 2, "three": 3,
    "thrice": 3, "few": 3, "triple": 3, "four": 4, "several": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "dozen": 12, "midnight": 12, "noon": 12, "twenty": 20,
}  # fmt: skip
INTENSITY = {
    "heavy": 0.85, "strong": 0.8, "hard": 0.75, "loud": 0.75, "torrential": 1.0, "violent": 1.0, "raging": 1.0,
    "rage": 1.0, "howl": 0.8, "fierce": 0.9, "huge": 0.9, "intense": 0.9, "busy": 0.8, "crowded": 0.85, "roar":
    0.85, "big": 0.7, "downpour": 0.95, "gale": 0.85, "blizzard": 0.9, "hurricane": 1.0, "pouring": 0.85,
    "wild": 0.85, "furious": 0.95, "stormy": 0.85, "storm": 0.85, "thick": 0.7, "dense": 0.75, "massive": 0.9,
    "rough": 0.8, "monsoon": 1.0, "light": 0.2, "soft": 0.25, "gentle": 0.2, "quiet": 0.3, "calm": 0.2,
    "slight": 0.2, "faint": 0.25, "drizzle": 0.12, "breeze": 0.15, "thin": 0.3, "small": 0.35, "mild": 0.3,
    "steady": 0.5, "sparse": 0.2, "little": 0.3, "weak": 0.25, "softly": 0.25, "gently": 0.2, "quietly": 0.3,
    "heavily": 0.85, "loudly": 0.75, "hushed": 0.25, "tiny": 0.25,
}  # fmt: skip
SPEED = {
    "slow": 0.6, "slowly": 0.6, "leisurely": 0.75, "lazy": 0.7, "fast": 1.5, "quick": 1.4, "quickly": 1.4,
    "rapid": 1.6, "rapidly": 1.6, "frantic": 1.8, "hurried": 1.4, "hurry": 1.4, "running": 1.7, "run": 1.7,
    "sprint": 1.9, "jog": 1.4, "racing": 1.5, "faster": 1.4, "slower": 0.75, "trot": 1.1, "urgent": 1.5,
    "hasty": 1.4, "steady": 1.0, "furious": 1.7, "brisk": 1.25, "calm": 0.8,
}  # fmt: skip
DISTANCE = {
    "distant": 0.75, "distance": 0.75, "far": 0.75, "faraway": 0.85, "afar": 0.8, "remote": 0.75, "faint": 0.45,
    "nearby": 0.15, "outside": 0.3, "approach": 0.2, "away": 0.35, "offshore": 0.6, "horizon": 0.8,
}  # fmt: skip
SIZE = {
    "small": 0.75, "tiny": 0.55, "little": 0.75, "thin": 0.8, "large": 1.35, "big": 1.3, "huge": 1.6, "giant":
    1.7, "massive": 1.6, "deep": 1.3, "enormous": 1.7, "great": 1.2, "high": 0.8, "low": 1.2, "giantic": 1.7,
}  # fmt: skip
MATERIALS = {
    "wood": "wood", "floorboard": "wood", "board": "wood", "plank": "wood", "deck": "wood", "stair": "wood",
    "stairs": "wood", "parquet": "wood", "attic": "wood", "gravel": "gravel", "pebble": "gravel", "shingle":
    "gravel", "driveway": "gravel", "snow": "snow", "ice": "snow", "leaf": "leaves", "forest": "leaves",
    "grass": "grass", "lawn": "grass", "meadow": "grass", "metal": "metal", "iron": "metal", "steel": "metal",
    "tin": "metal", "grate": "metal", "catwalk": "metal", "roof": "metal", "water": "water", "puddle": "water",
    "wet": "water", "mud": "mud", "swamp": "mud", "carpet": "carpet", "rug": "carpet", "sand": "sand", "beach":
    "sand", "stone": "stone", "concrete": "concrete", "asphalt": "concrete", "pavement": "concrete", "street":
    "concrete", "marble": "stone", "tile": "stone", "cobblestone": "stone", "glass": "glass", "window": "glass",
    "pane": "glass", "hallway": "stone", "corridor": "stone", "dirt": "sand", "barefoot": "carpet",
}  # fmt: skip
INSIDE = frozenset({"inside", "indoor", "indoors", "interior", "room", "house", "attic", "cabin"})
MUFFLED = re.compile(
    r"muffled|upstairs|downstairs|next door|next room|neighbou?r"
    r"|(?:behind|through) (?:\w+ )?(?:\w+ )?(?:wall|floor|ceiling|closed)"
    r"|behind (?:a |the )?(?:\w+ )?door"
)
ECHO = frozenset(
    {"echo", "echoing", "cave", "cathedral", "tunnel", "hall", "cavern", "crypt", "reverberant", "dungeon"}
)


# Names that also serve as verbs or as a setting of other sounds: they name a sound only where nothing better does.
WEAK = frozenset(
    [
        "hammer",
        "drum",
        "beat",
        "roar",
        "whistle",
        "crunch",
        "crackle",
        "rattle",
        "wail",
        "hiss",
        "crack",
        "crash",
        "pop",
        "snap",
        "ring",
        "run",
        "step",
        "walk",
        "row",
        "pan",
        "slide",
        "scrape",
        "shake",
        "bounce",
        "clap",
        "burn",
        "cook",
        "march",
        "swing",
        "toll",
        "tick",
        "squeak",
        "creak",
        "click",
        "type",
        "audience",
        "crowd",
        "people",
        "voice",
        "motor",
        "drive",
        "heart",
        "foot",
        "wood",
        "metal",
        "glass",
        "stone",
        "rock",
        "paper",
        "cloth",
        "machine",
        "noise",
        "light",
        "boot",
        "hum",
        "buzz",
        "bang",
        "flap",
        "rustle",
        "thud",
        "thump",
        "fight",
        "gather",
        "party",
        "bar",
        "drop",
        "croak",
        "chirp",
        "sing",
        "hoot",
        "blast",
        "boom",
        "swish",
        "water",
    ]
)


def steer(token: str) -> tuple[str, ...]:
    """Forms of a word in which a qualifier may be listed: as written, stemmed, without "-ly"."""
    short = token[:-2] if token.endswith("ly") and len(token) > 4 else token
    return (token, stem(token), short)


def stem(word: str) -> str:
    """A word without its ending: enough that "creaking", "creaks" and "creak" meet."""
    word = IRREGULAR.get(word, word)
    if word in KEEP_E:
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("ing") and _has_vowel(word[:-3]) and len(word) > 5:
        word = _single(word[:-3])
    elif word.endswith("ed") and not word.endswith("eed") and _has_vowel(word[:-2]) and len(word) > 4:
        word = _single(word[:-2])
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 and word not in KEEP_E else word


def _has_vowel(part: str) -> bool:
    return any(letter in "aeiouy" for letter in part)


def _single(part: str) -> str:
    """Undo a doubled consonant ("dropp"), but not those that belong to a word ("roll", "hiss", "buzz")."""
    return part[:-1] if len(part) > 3 and part[-1] == part[-2] and part[-1] not in "aeioulsz" else part


def split(text: str) -> list[str]:
    """Lower-case words and numbers of a text; hyphens part words, "'s" is dropped."""
    return re.findall(r"[^\W_]+", re.sub(r"['’]s\b", "", text.lower()).replace("'", "").replace("’", ""))
