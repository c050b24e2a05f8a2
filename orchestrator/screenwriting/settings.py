# ruff: noqa: E501 - a table reads better a line each
"""Where an idea may take place, and what is heard there: ambiences that last, and events with their length in seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass

Event = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Setting:
    """A place: words that name it, its space, ambiences (the first is the main one) and events in their usual order."""

    name: str
    words: str
    space: str
    beds: tuple[str, ...]
    events: tuple[Event, ...]


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "lighthouse",
        "lighthouses?",
        "small_room",
        ("storm at sea", "wind"),
        (
            ("distant ship horn", 4),
            ("slow footsteps on metal stairs", 5),
            ("creaking wooden door", 3),
            ("three slow knocks on a wooden door", 3),
        ),
    ),
    Setting(
        "forest",
        "forests?|woods?|woodland|grove",
        "outdoors",
        ("forest with birdsong", "gentle wind"),
        (("footsteps on leaves", 4), ("woodpecker", 3), ("crow", 2.5), ("wood crack", 1.5)),
    ),
    Setting(
        "café",
        "caf[eé]s?|coffee ?(?:house|shop|bar)s?|bistro|tea ?(?:room|house)",
        "room",
        ("café",),
        (("glass clink", 1.5), ("dishes", 2), ("pouring water into a cup", 3), ("cash register", 2)),
    ),
    Setting(
        "city street",
        "city|cities|streets?|town|downtown|avenue|alley",
        "outdoors",
        ("city traffic", "crowd murmur"),
        (("car passing", 4), ("footsteps on concrete", 4), ("car horn", 1.5), ("distant siren", 5)),
    ),
    Setting(
        "station",
        "(?:train |railway |bus )?stations?|platform|railway",
        "hall",
        ("station",),
        (("train whistle", 3), ("hurried footsteps on stone", 3), ("train passing", 6), ("ding", 1.5)),
    ),
    Setting(
        "ship",
        "ships?|boats?|vessel|galleon|schooner|sailing|yacht|ferry",
        "outdoors",
        ("ship deck", "sea waves"),
        (("creaking wood", 3), ("ship horn", 4), ("hand bell", 2), ("seagulls", 4)),
    ),
    Setting(
        "spaceship",
        "space ?ships?|space ?stations?|starships?|rocket|orbit|outer space|mars|astronauts?|galaxy",
        "large_room",
        ("spaceship",),
        (("beep", 1.5), ("power up", 3), ("air hiss", 2), ("alarm", 3)),
    ),
    Setting(
        "castle",
        "castles?|fortress|dungeon|palace|throne",
        "hall",
        ("wind in a large hall", "crackling fire"),
        (("footsteps on stone", 4), ("rattling chains", 2.5), ("heavy door slams", 2), ("distant church bell", 5)),
    ),
    Setting(
        "church",
        "church(?:es)?|cathedral|chapel|monastery|abbey",
        "church",
        ("quiet room tone",),
        (("church bell", 5), ("footsteps on stone", 4), ("choir", 6), ("door closes", 2)),
    ),
    Setting(
        "cave",
        "caves?|cavern|grotto|underground|mine",
        "cave",
        ("cave",),
        (("water drip", 3), ("rocks falling", 3), ("footsteps on stone", 4), ("flapping wings", 2)),
    ),
    Setting(
        "beach",
        "beach(?:es)?|seaside|shore|coast|island|bay",
        "outdoors",
        ("sea waves on a beach",),
        (("seagulls", 4), ("footsteps on sand", 4), ("splash", 2), ("distant ship horn", 4)),
    ),
    Setting(
        "kitchen",
        "kitchens?|cooking|cook|chef|bakery",
        "room",
        ("kitchen",),
        (("sizzling pan", 4), ("dishes", 2), ("pouring water", 3), ("ding", 1.5)),
    ),
    Setting(
        "office",
        "offices?|workplace|newsroom",
        "room",
        ("office",),
        (("keyboard typing", 4), ("telephone ringing", 4), ("printer", 4), ("footsteps", 3)),
    ),
    Setting(
        "school",
        "schools?|classrooms?|playground|university|campus",
        "large_room",
        ("classroom",),
        (("school bell", 4), ("writing with chalk", 3), ("footsteps", 3), ("laughter", 3)),
    ),
    Setting(
        "battlefield",
        "battlefields?|battles?|war|trench(?:es)?|siege|frontline",
        "outdoors",
        ("distant battle",),
        (("marching soldiers", 5), ("explosion", 4), ("gunshot", 1.5), ("swords clashing", 3)),
    ),
    Setting(
        "farm",
        "farms?|barn(?:yard)?|ranch|countryside",
        "outdoors",
        ("farm",),
        (("rooster", 2.5), ("cow", 3), ("sheep", 2.5), ("horse neighing", 2.5)),
    ),
    Setting(
        "jungle",
        "jungles?|rainforest|tropical",
        "outdoors",
        ("jungle",),
        (("monkeys", 3), ("single bird", 3), ("snake hissing", 2), ("splash", 2)),
    ),
    Setting(
        "desert",
        "deserts?|dunes?|sahara",
        "outdoors",
        ("desert wind",),
        (("footsteps on sand", 4), ("hawk", 3), ("horse hooves on sand", 5), ("snake rattle", 2)),
    ),
    Setting(
        "mountain",
        "mountains?|peaks?|alps|summit|cliff|glacier|avalanche",
        "outdoors",
        ("strong wind",),
        (("footsteps in snow", 4), ("rocks falling", 3), ("hawk", 3), ("distant cow bell", 3)),
    ),
    Setting(
        "village",
        "villages?|hamlet|cottage",
        "outdoors",
        ("birdsong", "light wind"),
        (("church bell", 5), ("dog barking", 3), ("horse hooves on stone", 5), ("chicken", 2.5)),
    ),
    Setting(
        "market",
        "markets?|bazaar|fair|souk",
        "outdoors",
        ("busy market",),
        (("coins", 2), ("hand bell", 2), ("laughter", 3), ("horse hooves", 4)),
    ),
    Setting(
        "hospital",
        "hospitals?|clinic|operating room|surgery",
        "room",
        ("hospital",),
        (("heart monitor beep", 3), ("hurried footsteps", 3), ("telephone ringing", 3), ("door closes", 2)),
    ),
    Setting(
        "prison",
        "prisons?|jails?|cells?|gaol",
        "small_room",
        ("quiet room tone",),
        (("metal clang", 2.5), ("key in lock", 2), ("slow footsteps on concrete", 4), ("rattling chains", 2.5)),
    ),
    Setting(
        "bar",
        "bars?|pubs?|taverns?|saloons?|inns?|nightclub|jazz club",
        "large_room",
        ("bar",),
        (("glass clink", 1.5), ("pouring water into a glass", 3), ("laughter", 3), ("cork pop", 1.5)),
    ),
    Setting(
        "library",
        "library|libraries|archive|bookshop|bookstore",
        "large_room",
        ("quiet room tone",),
        (("turning paper pages", 2), ("clock ticking", 4), ("slow footsteps on wood", 4), ("whispering wind", 3)),
    ),
    Setting(
        "park",
        "parks?|gardens?|meadow|picnic",
        "outdoors",
        ("birdsong", "children playing"),
        (("dog barking", 3), ("bicycle bell", 1.5), ("footsteps on gravel", 4), ("duck", 2.5)),
    ),
    Setting(
        "swamp",
        "swamps?|marsh(?:es)?|bog|bayou",
        "outdoors",
        ("swamp",),
        (("frogs", 4), ("splash", 2), ("footsteps in mud", 4), ("owl", 3)),
    ),
    Setting(
        "submarine",
        "submarines?|deep sea|underwater|ocean floor|divers?|diving",
        "small_room",
        ("underwater",),
        (("sonar", 4), ("creaking metal", 3), ("bubbles", 3), ("metal clang", 2)),
    ),
    Setting(
        "circus",
        "circus(?:es)?|carnival|fairground|funfair|clowns?",
        "large_room",
        ("crowd murmur",),
        (("drum roll", 3), ("applause", 4), ("elephant", 3), ("laughter", 3)),
    ),
    Setting(
        "haunted house",
        "haunted (?:house|mansion|manor)|mansions?|manor|attic|old house|crypt|graveyard|cemetery",
        "room",
        ("haunted house",),
        (("creaking wooden door", 3), ("slow footsteps on wood", 4), ("clock chimes", 5), ("ghost wail", 3)),
    ),
    Setting(
        "harbour",
        "harbou?rs?|ports?|docks?|pier|quay",
        "outdoors",
        ("harbour", "seagulls"),
        (("ship horn", 4), ("footsteps on wood", 4), ("rattling chains", 2.5), ("splash", 2)),
    ),
    Setting(
        "sea",
        "seas?|oceans?|waves",
        "outdoors",
        ("sea waves",),
        (("seagulls", 4), ("splash", 2), ("distant ship horn", 4), ("creaking wood", 3)),
    ),
    Setting(
        "train",
        "trains?|locomotive|compartment",
        "small_room",
        ("train",),
        (("train whistle", 3), ("door opens", 2), ("footsteps", 3), ("train passing", 5)),
    ),
    Setting(
        "car",
        "cars?|taxi|road trip|highway|driving",
        "car",
        ("car engine",),
        (("car door closes", 1.5), ("car horn", 1.5), ("rain on glass", 4), ("tyre skid", 2)),
    ),
    Setting(
        "factory",
        "factory|factories|workshop|foundry|steelworks",
        "hall",
        ("factory",),
        (("metal clang", 2), ("hammer", 3), ("air hiss", 2), ("alarm", 3)),
    ),
    Setting(
        "river",
        "rivers?|streams?|brook|creek|waterfall",
        "outdoors",
        ("stream",),
        (("splash", 2), ("rowing", 4), ("duck", 2.5), ("frogs", 3)),
    ),
    Setting(
        "home",
        "living room|home|apartment|house|bedroom|room|fireside|fireplace",
        "room",
        ("crackling fire",),
        (("clock ticking", 4), ("footsteps on wood", 4), ("doorbell", 2), ("cat", 2)),
    ),
)

# what an idea names itself: weather and other lasting sounds
AMBIENCES: tuple[tuple[str, str], ...] = (
    (r"storms?|thunderstorms?|stormy|tempest", "storm"),
    (r"rain(?:y|ing|s)?|downpour|drizzle", "rain"),
    (r"wind(?:s|y)?|breeze|gale|blizzard|snow(?:y|ing|storm)?|winter", "wind"),
    (r"crickets?", "crickets"),
    (r"cicadas", "cicadas"),
    (r"birds?(?:ong)?", "birdsong"),
    (r"(?:camp)?fire|fireplace|hearth", "crackling fire"),
    (r"waves|surf", "sea waves"),
    (r"traffic", "city traffic"),
    (r"crowds?", "crowd murmur"),
    (r"frogs", "frogs"),
    (r"(?:babbling )?brook|stream", "stream"),
    (r"waterfall", "waterfall"),
    (r"engine room|machines?", "machine hum"),
)
# and events; the first word group is what an idea says, the description is what is asked for
EVENTS: tuple[tuple[str, str, float], ...] = (
    (r"thunder(?:storm)?|lightning", "thunder", 5),
    (r"owls?", "owl", 4),
    (r"wolf|wolves|werewolf", "wolf howling", 4),
    (r"dogs?", "dog barking", 3),
    (r"cats?", "cat", 2),
    (r"horses?", "horse hooves", 5),
    (r"foghorn|ship(?:'s)? horn", "distant ship horn", 4),
    (r"seagulls?|gulls?", "seagulls", 4),
    (r"footsteps?|steps", "footsteps", 4),
    (r"knock(?:s|ing)?", "knocks on a wooden door", 3),
    (r"doors?", "creaking wooden door", 3),
    (r"(?:tele)?phones?", "telephone ringing", 4),
    (r"bells?", "church bell", 5),
    (r"clocks?", "clock ticking", 4),
    (r"explosions?|bombs?", "explosion", 4),
    (r"gun(?:shots?|s|fight)?|shots?", "gunshot", 1.5),
    (r"sirens?|police|ambulance", "siren", 5),
    (r"helicopters?", "helicopter", 5),
    (r"(?:air)?planes?|aircraft", "plane", 6),
    (r"(?:steam )?trains?", "train passing", 6),
    (r"applause|audience", "applause", 4),
    (r"fireworks?", "fireworks", 5),
    (r"swords?|duel|knights?", "sword", 3),
    (r"dragons?|monsters?|beast", "growl", 3),
    (r"robots?|androids?", "robot", 3),
    (r"ghosts?|spirits?|phantom", "ghost wail", 4),
    (r"heartbeats?|heart", "heartbeat", 4),
    (r"magic(?:al)?|fairy|fairies|spell|wizard|witch", "magic sparkle", 3),
    (r"baby", "baby cry", 3),
    (r"roosters?|cockerel", "rooster", 2.5),
    (r"glass", "glass break", 2),
    (r"typewriter", "typewriter", 4),
    (r"music box", "music box", 5),
    (r"laser|aliens?|ufo", "laser", 2),
    (r"chains?", "rattling chains", 2.5),
    (r"crows?|ravens?", "crow", 2.5),
    (r"splash(?:es)?", "splash", 2),
    (r"frogs?", "frogs", 4),
    (r"hammers?|blacksmith", "hammer", 3),
    (r"drums?", "drum", 3),
    (r"sonar", "sonar", 4),
    (r"car horn|horns?", "car horn", 1.5),
    (r"laughter|laugh(?:s|ing)?", "laughter", 3),
)
_COMPILED = tuple((setting, re.compile(rf"\b(?:{setting.words})\b", re.IGNORECASE)) for setting in SETTINGS)
_AMBIENCES = tuple((re.compile(rf"\b(?:{words})\b", re.IGNORECASE), description) for words, description in AMBIENCES)
_EVENTS = tuple(
    (re.compile(rf"\b(?:{words})\b", re.IGNORECASE), description, float(length))
    for words, description, length in EVENTS
)


def setting_of(text: str) -> Setting | None:
    """The setting that an idea names: the longest name wins, then the first one in the text."""
    found = [(match.start() - match.end(), match.start(), k, setting)
             for k, (setting, pattern) in enumerate(_COMPILED) if (match := pattern.search(text))]  # fmt: skip
    return min(found, key=lambda f: f[:3])[3] if found else None


def named_ambiences(text: str) -> list[tuple[int, str]]:
    """(place in the text, description) of each lasting sound that an idea names, in order."""
    return sorted((m.start(), description) for pattern, description in _AMBIENCES if (m := pattern.search(text)))


def named_events(text: str) -> list[tuple[int, str, float]]:
    """(place in the text, description, seconds) of each event that an idea names, in order."""
    return sorted(
        (m.start(), description, length) for pattern, description, length in _EVENTS if (m := pattern.search(text))
    )
