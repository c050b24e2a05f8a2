# ruff: noqa: E501 - a table reads better a line each
"""The mood of an idea: which music goes with it, how fast it moves, and which sound marks its turn."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mood:
    """``music`` describes it for the composer, ``bpm`` sets the bars that events fall on, ``accent`` is (sound, seconds)."""

    name: str
    words: str
    music: str
    bpm: float
    accent: tuple[str, float] | None = None


MOODS: tuple[Mood, ...] = (
    Mood(
        "eerie",
        "ghosts?|ghostly|haunted|haunting|eerie|spooky|creepy|horror|scary|terrifying|nightmare|undead|vampires?|zombies?|halloween",
        "slow eerie strings with a lonely piano",
        60,
        ("ghost wail", 4),
    ),
    Mood(
        "tense",
        "tense|tension|thriller|suspense(?:ful)?|danger(?:ous)?|chase|escape|spy|heist|hunted|ticking",
        "tense suspenseful strings",
        100,
        ("heartbeat", 4),
    ),
    Mood(
        "mysterious",
        "myster(?:y|ious)|strange|secret|enigma|puzzle|detective|noir|whodunit|crime|murder",
        "mysterious piano and soft strings",
        72,
    ),
    Mood(
        "sad",
        "sad|grief|mourning|funeral|tragic|tragedy|sorrow(?:ful)?|lonely|loneliness|farewell|goodbye|heartbreak|loss|melanchol(?:y|ic)",
        "slow sad piano",
        60,
    ),
    Mood(
        "romantic", "romantic|romance|love|lovers|wedding|tender|kiss|valentine", "warm romantic piano and strings", 76
    ),
    Mood(
        "funny",
        "funny|comedy|comic(?:al)?|silly|humou?r(?:ous)?|absurd|slapstick|hilarious|joke",
        "playful pizzicato strings with a clarinet",
        112,
    ),
    Mood(
        "happy",
        "happy|joy(?:ful|ous)?|cheerful|merry|birthday|party|celebrat(?:e|ion)|festive|sunny|christmas",
        "happy bright acoustic guitar and flute",
        116,
    ),
    Mood(
        "epic",
        "epic|heroic|hero(?:es)?|legend(?:ary)?|battle|war|triumph(?:ant)?|victory|quest|kingdom|dragons?|knights?",
        "epic orchestral brass and drums",
        96,
    ),
    Mood(
        "adventurous",
        "adventur(?:e|ous)|explor(?:e|er|ers|ation)|expedition|treasure|pirates?|voyage|journey",
        "adventurous orchestra with lively strings",
        112,
    ),
    Mood(
        "calm",
        "calm|quiet|peaceful|relax(?:ing|ed)?|gentle|serene|meditat(?:e|ion|ive)|sleep|cozy|cosy|lullaby|tranquil|soothing",
        "calm ambient pads with a soft piano",
        60,
    ),
    Mood(
        "dreamy",
        "dream(?:y|s|like)?|magic(?:al)?|fairy ?tales?|enchanted|wonder|whimsical|fantasy",
        "dreamy harp and celesta",
        72,
        ("magic sparkle", 3),
    ),
    Mood(
        "dark",
        "dark(?:ness)?|grim|bleak|evil|sinister|doom|apocalyp(?:se|tic)|dystopia(?:n)?|menacing",
        "dark ambient drone with low strings",
        60,
    ),
    Mood(
        "futuristic",
        "sci-?fi|science fiction|futur(?:e|istic)|robots?|cyber(?:punk)?|space(?:ship)?s?|aliens?|android|astronauts?",
        "futuristic synthesiser pads with slow pulses",
        84,
        ("power up", 3),
    ),
    Mood(
        "western",
        "western|cowboys?|saloon|outlaw|sheriff|frontier|gunslinger",
        "lonely western guitar with harmonica",
        84,
    ),
    Mood(
        "nostalgic",
        "nostalgi(?:a|c)|memor(?:y|ies)|childhood|old days|remember(?:ing)?|vintage|grandmother|grandfather",
        "nostalgic piano waltz",
        84,
    ),
    Mood("jazzy", "jazz(?:y)?|swing|nightclub|lounge|1920s|twenties", "relaxed jazz trio with piano and brushes", 108),
    Mood(
        "hopeful",
        "hope(?:ful)?|inspir(?:e|ing|ation(?:al)?)|sunrise|dawn|new beginning|uplifting|spring",
        "hopeful piano with rising strings",
        84,
    ),
    Mood(
        "urgent",
        "news|breaking|report|documentary|urgent|emergency|alarm",
        "urgent news theme with strings and pulses",
        120,
    ),
)
NEUTRAL = Mood("neutral", "", "gentle cinematic piano and strings", 80)
_COMPILED = tuple((mood, re.compile(rf"\b(?:{mood.words})\b", re.IGNORECASE)) for mood in MOODS)


def mood_of(text: str) -> Mood | None:
    """The mood that an idea names most often; on a tie the first one of the table."""
    counted = [(len(pattern.findall(text)), mood) for mood, pattern in _COMPILED]
    best = max(count for count, _ in counted)
    return next(mood for count, mood in counted if count == best) if best else None
