"""Finds what a sentence makes audible: a door that slams, thunder, steps on gravel.

Conservative on purpose: a noun alone is rarely heard ("the door", "a phone"), so most entries ask for a verb with it;
sentences that deny, compare or wish are passed over.
"""

# ruff: noqa: E501 - tables of patterns read better a line each
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

KnownSound = Callable[[str], bool]

_MAX_SENTENCE_CHARS = 600
_UNHEARD = re.compile(
    r"\b(?:no|not|never|without|nothing|neither|nor|\w{2,8}n['’]t|stopped|stops|ceased|ended|if|as if|as though|like|unlike|would|could|"
    r"might|should|imagin\w{1,6}|remember\w{0,5}|dream\w{0,5}|wish\w{0,4}|hop(?:ed|ing)|waiting for|instead of|silent\w{0,2}|yesterday|"
    r"tomorrow)\b", re.IGNORECASE)  # fmt: skip
_STRONG = ("heavy", "loud", "violent", "gentle", "soft", "light", "distant", "distance", "faint", "far", "slow", "fast", "quick", "heavily",
           "loudly", "softly", "gently", "slowly", "quickly", "two", "three", "four", "five", "wooden", "metal", "iron", "old", "muffled",
           "approaching", "nearby")  # fmt: skip
_NEAR = 24  # characters before and after a match in which its adjectives stand


@dataclass(frozen=True, slots=True)
class Heard:
    """A sound that a sentence names. ``lasting`` ones make a bed; others last ``length_s`` seconds. ``at``: where named."""

    description: str
    length_s: float
    lasting: bool
    at: int


def _two(first: str, second: str) -> str:
    """Both in either order, at most four words apart."""
    gap = r"(?:\W{1,3}[\w'’]{1,20}){0,4}?\W{1,3}"
    return rf"(?:(?:{first}){gap}(?:{second})|(?:{second}){gap}(?:{first}))"


_OPEN = r"open(?:s|ed|ing)?|swings? open|swung open"
_CLOSE = r"close(?:s|d)|closing|shuts?|shutting"
_EVENTS: tuple[tuple[str, str, float], ...] = (
    (r"thunder(?:s|ed|ing|clap|claps)?\b|clap of thunder", "thunder", 4.0),
    (_two("doors?", r"slam(?:s|med|ming)?|bang(?:s|ed)? shut"), "door slams", 1.5),
    (_two("doors?|gates?|hinges?|floorboards?|stairs?", r"creak(?:s|ed|ing)?|squeak(?:s|ed|ing)?"), "creaking wooden door", 2.5),
    (_two("doors?", _OPEN), "door opens", 1.5),
    (_two("doors?", _CLOSE), "door closes", 1.5),
    (r"knock(?:s|ed|ing)? (?:at|on) (?:the|a|his|her|their|my) (?:\w{1,15} )?(?:door|window|wood)\b|(?:a|\w{3,6}) knocks?\b(?= (?:at|on)\b)",
     "knocks on a wooden door", 2.0),
    (_two("doorbell", r"r[aiu]ngs?|ringing|chimes?|buzz\w{0,3}"), "doorbell", 2.0),
    (_two("(?:tele)?phone|mobile", r"r[aiu]ngs?|ringing|buzz\w{0,3}"), "telephone ringing", 3.0),
    (_two("alarm", r"r[aiu]ngs?|ringing|blar\w{1,4}|sounds|goes off|went off|wail\w{0,3}"), "alarm ringing", 3.0),
    (_two("church bells?|bells?", r"tolls?|tolled|tolling|r[aiu]ngs?|ringing|chim\w{1,4}|peal\w{0,3}"), "church bell", 4.0),
    (_two("clock", r"strikes|struck|chim\w{1,4}"), "clock chimes", 4.0),
    (_two("clock|watch", r"tick(?:s|ed|ing)?"), "clock ticking", 3.0),
    (r"(?:foot)?steps\b(?: \w{1,12}){0,2}? on (?:the |a )?gravel|gravel crunch\w{0,3}", "footsteps on gravel", 3.0),
    (r"(?:foot)?steps\b(?: \w{1,12}){0,2}? (?:on|in) (?:the |a )?snow", "footsteps in snow", 3.0),
    (r"footsteps?\b|sound of steps|steps (?:approach|echo|com)\w{0,3}", "footsteps", 3.0),
    (_two("glass|window|bottle|vase|plate|cup", r"shatter(?:s|ed|ing)?|smash(?:es|ed|ing)?|breaks"), "glass breaking", 1.5),
    (_two("dogs?", r"bark(?:s|ed|ing)?"), "dog barking", 2.5),
    (_two("wolf|wolves|dogs?", r"howl(?:s|ed|ing)?"), "wolf howling", 3.0),
    (_two("owls?", r"hoot(?:s|ed|ing)?|call(?:s|ed)?|cr(?:y|ies|ied)"), "owl hooting", 3.0),
    (_two("cats?", r"m[ei]+ow(?:s|ed|ing)?|hiss\w{0,3}"), "cat meowing", 1.5),
    (_two("crows?|ravens?", r"caw(?:s|ed|ing)?|cr(?:y|ies|ied)|croak\w{0,3}"), "crow cawing", 2.0),
    (_two("cocks?|roosters?", r"crow(?:s|ed|ing)?"), "rooster crowing", 2.5),
    (_two("horses?", r"neigh(?:s|ed|ing)?|whinn(?:y|ies|ied)"), "horse neighing", 2.0),
    (r"hoofbeats|hooves (?:clatter|pound|thunder|beat)\w{0,3}|hoofs? beats?", "galloping horse hooves", 4.0),
    (_two("train", r"whistles?|whistled"), "train whistle", 3.0),
    (_two("train", r"pass(?:es|ed)|roar(?:s|ed)|rumbl\w{1,3}|thunders? past"), "train passing", 5.0),
    (_two("engine|car|motor|truck", r"starts?|started|roars?|roared|rev(?:s|ved)"), "car engine starting", 3.0),
    (_two("car|van|taxi|truck", r"pass(?:es|ed)|drives? (?:off|away|past)|drove (?:off|away|past)|pulls? up|pulled up"), "car passing", 4.0),
    (_two("horn", r"honk\w{0,3}|blar\w{1,3}|sounds|sounded"), "car horn", 1.5),
    (_two("brakes|tyres|tires", r"squeal\w{0,3}|screech\w{0,3}"), "tyres screeching", 2.0),
    (_two("sirens?", r"wail\w{0,3}|howl\w{0,3}|sounds?|approach\w{0,3}"), "siren", 4.0),
    (r"foghorn|ship(?:['’]s)? horn", "foghorn", 4.0),
    (r"(?:gun)?shots? (?:rings?|rang|is|was|echo\w{0,3}|crack\w{0,3}|are|were)\b|gunshots?|fires? (?:a|the|his|her) (?:gun|pistol|rifle)",
     "gunshot", 1.5),
    (r"explosion|explodes|exploded", "explosion", 4.0),
    (r"applause|applauds?\b|applauded", "applause", 4.0),
    (r"(?:crowd|people|audience|everyone|guests) (?:cheers?|cheered|laughs?|laughed)", "crowd cheering", 3.0),
    (_two("key", r"turns?|turned|lock"), "key turning in a lock", 1.5),
    (_two("match|lighter", r"str(?:ikes?|uck)|lit|lights|flar\w{1,3}"), "match striking", 1.5),
    (r"(?:pour(?:s|ed|ing)?) (?:\w{1,10} ){0,3}?(?:tea|coffee|wine|water|drink|whisky|glass)", "pouring water into a glass", 2.5),
    (_two("typewriter|keyboard", r"clack\w{0,3}|clatter\w{0,3}|typ(?:es|ed|ing)"), "typing on a keyboard", 3.0),
    (r"(?:loud |great |tremendous )?splash(?:es|ed)?\b", "splash in water", 1.5),
    (r"heartbeat|heart (?:pounds?|pounded|beats?|thump\w{0,3})", "heartbeat", 3.0),
    (_two("swords?|blades?", r"clash(?:es|ed|ing)?|ring"), "swords clashing", 2.0),
    (_two("seagulls?|gulls?", r"cr(?:y|ies|ied|ying)|scream\w{0,3}|call\w{0,3}|circl\w{1,3}"), "seagulls", 3.0),
    (_two("chains?", r"rattl\w{1,3}|clank\w{0,3}|drag\w{0,4}"), "rattling chains", 2.5),
)  # fmt: skip
_LASTING: tuple[tuple[str, str], ...] = (
    (r"(?:it|rain)(?: \w{1,12})? (?:is|was|were) (?:raining|pouring)|rain (?:falls|fell|pours|poured|beats?|hammers|hammered|drums|drummed|lashe\w|"
     r"patter\w{0,3}|begins|began)|(?:sound|patter|drumming) of (?:the )?rain|pouring rain", "rain"),
    (r"wind (?:howl|blow|blew|moan|whistl|roar|rattl|rose|rises|sigh)\w{0,3}|howling wind|(?:sound|howl) of (?:the )?wind", "wind"),
    (r"storm (?:rages?|raged|howl\w{0,3}|roar\w{0,3}|breaks|broke)", "storm"),
    (r"waves (?:crash|break|broke|roll|beat|pound|lap|hit)\w{0,3}|(?:sound|roar) of the sea|surf (?:roar|pound)\w{0,3}", "sea waves"),
    (r"fire (?:crackl|roar|burn|blaz)\w{1,3}|crackling (?:of (?:the |a )?)?fire", "crackling fire"),
    (r"crickets (?:chirp\w{0,3}|sing|sang|were)|(?:sound|chirping) of crickets", "crickets"),
    (r"birds (?:sing|sang|chirp\w{0,3}|are singing|were singing|twitter\w{0,3})|birdsong", "birdsong"),
    (r"traffic (?:hum|roar|nois|rush|rumbl)\w{1,3}|(?:sound|noise|hum) of (?:the )?traffic", "city traffic"),
    (r"crowd (?:murmur|chatter|mutter|hum)\w{0,3}|(?:murmur|chatter|hum|noise|sound) of (?:the |a )?(?:crowd|voices|people|conversation)",
     "crowd murmur"),
    (r"(?:brook|stream|river|creek) (?:babbl|murmur|rush|gurgl|ran|runs)\w{0,3}", "flowing stream"),
    (r"machines? (?:hum|throb|whir)\w{0,4}|(?:hum|throb) of (?:the )?(?:machines?|engines?)", "machine hum"),
)  # fmt: skip
_PATTERNS = tuple(
    (re.compile(rf"\b(?:{pattern})", re.IGNORECASE), description, length_s, False)
    for pattern, description, length_s in _EVENTS
) + tuple((re.compile(rf"\b(?:{pattern})", re.IGNORECASE), description, 0.0, True) for pattern, description in _LASTING)
_AMBIENT = re.compile(
    r"\b(?:rain|drizzle|downpour|wind|breeze|gale|storm|blizzard|sea|surf|ocean|waves|fire(?!s|d|work)|fireplace|campfire|crickets|cicadas|birdsong|"
    r"traffic|crowd|murmur\w{0,3}|chatter|babble|ambien\w{1,3}|atmosphere|background|room tone|stream|river|brook|waterfall|caf[eé]|"
    r"market|street|forest|jungle|office|hum|drone|static|city)\b", re.IGNORECASE)  # fmt: skip


def heard(sentence: str, known: KnownSound | None = None) -> list[Heard]:
    """Sounds that the sentence names, in its order, at most three; ``known`` filters what can be made."""
    if len(sentence) > _MAX_SENTENCE_CHARS or _UNHEARD.search(sentence):
        return []
    found = sorted(_matches(sentence), key=lambda h: h.at)
    return [h for h in found if known is None or known(h.description)][:3]


def _matches(sentence: str) -> Iterator[Heard]:
    used: list[tuple[int, int]] = []
    for pattern, description, length_s, lasting in _PATTERNS:
        match = pattern.search(sentence)
        if match and not any(match.start() < end and start < match.end() for start, end in used):
            used.append(match.span())
            yield Heard(_with_adjectives(sentence, match, description), length_s, lasting, match.start())


def _with_adjectives(sentence: str, match: re.Match[str], description: str) -> str:
    around = sentence[max(0, match.start() - _NEAR) : match.end() + _NEAR].lower()
    words = re.findall(r"[a-z]+", around)
    adjectives = [w for w in _STRONG if w in words and w not in description][:2]
    adjectives = [{"far": "distant", "distance": "distant", "heavily": "heavy", "loudly": "loud", "softly": "soft", "gently": "gentle", "slowly": "slow",
                   "quickly": "quick"}.get(w, w) for w in adjectives]  # fmt: skip
    return " ".join([*dict.fromkeys(adjectives), description])


def is_ambient(description: str) -> bool:
    """Whether a sound that was only named ("rain", "café chatter") lasts, rather than happens once."""
    return _AMBIENT.search(description) is not None


def usual_length_s(description: str) -> float | None:
    """How long a described event usually lasts, or None where the tool should decide."""
    for pattern, _, length_s, lasting in _PATTERNS:
        if not lasting and pattern.search(description[:_MAX_SENTENCE_CHARS]):
            return length_s
    return None
