"""What a description of music asks for: style, mood, tempo, key, instruments."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from soundwright.tools.music.harmony import MINOR_LIKE, SCALES
from soundwright.tools.music.instruments import INSTRUMENTS, PERCUSSION, Instrument
from soundwright.tools.music.styles import Style, style, styles

# valence (-1 sad to 1 glad), energy (0 to 1), tension (0 to 1)
MOODS: dict[str, tuple[float, float, float]] = {
    "sad": (-0.8, 0.2, 0.0),
    "melancholy": (-0.7, 0.2, 0.0),
    "melancholic": (-0.7, 0.2, 0.0),
    "sorrowful": (-0.9, 0.15, 0.0),
    "mournful": (-0.9, 0.1, 0.0),
    "lonely": (-0.7, 0.15, 0.1),
    "bittersweet": (-0.3, 0.3, 0.0),
    "wistful": (-0.4, 0.25, 0.0),
    "nostalgic": (-0.1, 0.3, 0.0),
    "dark": (-0.8, 0.4, 0.5),
    "brooding": (-0.7, 0.3, 0.5),
    "bleak": (-0.8, 0.2, 0.3),
    "gloomy": (-0.8, 0.2, 0.3),
    "grim": (-0.8, 0.4, 0.5),
    "tense": (-0.6, 0.5, 0.8),
    "uneasy": (-0.6, 0.3, 0.7),
    "nervous": (-0.4, 0.55, 0.7),
    "anxious": (-0.5, 0.55, 0.7),
    "ominous": (-0.8, 0.35, 0.8),
    "menacing": (-0.8, 0.55, 0.8),
    "threatening": (-0.8, 0.55, 0.8),
    "sinister": (-0.9, 0.35, 0.9),
    "eerie": (-0.7, 0.2, 0.9),
    "creepy": (-0.7, 0.25, 0.9),
    "spooky": (-0.5, 0.35, 0.8),
    "scary": (-0.8, 0.5, 0.9),
    "haunting": (-0.6, 0.25, 0.6),
    "mysterious": (-0.4, 0.3, 0.5),
    "suspenseful": (-0.6, 0.45, 0.8),
    "dramatic": (-0.3, 0.75, 0.5),
    "urgent": (-0.3, 0.85, 0.6),
    "angry": (-0.7, 0.9, 0.6),
    "aggressive": (-0.5, 0.95, 0.6),
    "intense": (-0.3, 0.85, 0.6),
    "desperate": (-0.8, 0.7, 0.6),
    "stormy": (-0.6, 0.8, 0.6),
    "happy": (0.9, 0.65, 0.0),
    "joyful": (1.0, 0.75, 0.0),
    "cheerful": (0.9, 0.65, 0.0),
    "merry": (0.9, 0.7, 0.0),
    "glad": (0.8, 0.5, 0.0),
    "bright": (0.7, 0.6, 0.0),
    "sunny": (0.9, 0.55, 0.0),
    "light": (0.5, 0.35, 0.0),
    "lighthearted": (0.8, 0.5, 0.0),
    "carefree": (0.8, 0.5, 0.0),
    "bouncy": (0.8, 0.7, 0.0),
    "lively": (0.7, 0.8, 0.0),
    "energetic": (0.5, 0.9, 0.0),
    "exciting": (0.5, 0.9, 0.2),
    "driving": (0.1, 0.85, 0.2),
    "upbeat": (0.8, 0.75, 0.0),
    "uplifting": (0.8, 0.65, 0.0),
    "hopeful": (0.6, 0.4, 0.0),
    "optimistic": (0.8, 0.55, 0.0),
    "inspiring": (0.7, 0.6, 0.0),
    "triumphant": (0.9, 0.9, 0.0),
    "victorious": (0.9, 0.9, 0.0),
    "heroic": (0.6, 0.85, 0.1),
    "majestic": (0.5, 0.65, 0.0),
    "grand": (0.4, 0.75, 0.0),
    "epic": (0.1, 0.9, 0.3),
    "powerful": (0.1, 0.9, 0.2),
    "proud": (0.5, 0.65, 0.0),
    "festive": (0.9, 0.7, 0.0),
    "playful": (0.8, 0.6, 0.0),
    "quirky": (0.7, 0.55, 0.0),
    "whimsical": (0.7, 0.5, 0.0),
    "funny": (0.8, 0.6, 0.0),
    "silly": (0.9, 0.65, 0.0),
    "sneaky": (0.0, 0.35, 0.3),
    "romantic": (0.4, 0.3, 0.0),
    "tender": (0.4, 0.2, 0.0),
    "warm": (0.5, 0.3, 0.0),
    "cosy": (0.6, 0.25, 0.0),
    "cozy": (0.6, 0.25, 0.0),
    "intimate": (0.3, 0.15, 0.0),
    "gentle": (0.4, 0.15, 0.0),
    "soft": (0.2, 0.15, 0.0),
    "quiet": (0.1, 0.1, 0.0),
    "calm": (0.4, 0.1, 0.0),
    "peaceful": (0.6, 0.1, 0.0),
    "serene": (0.6, 0.1, 0.0),
    "relaxed": (0.5, 0.2, 0.0),
    "relaxing": (0.5, 0.15, 0.0),
    "soothing": (0.5, 0.1, 0.0),
    "dreamy": (0.4, 0.15, 0.0),
    "ethereal": (0.3, 0.1, 0.1),
    "sleepy": (0.4, 0.05, 0.0),
    "mellow": (0.3, 0.2, 0.0),
    "smooth": (0.3, 0.3, 0.0),
    "magical": (0.5, 0.35, 0.1),
    "solemn": (-0.4, 0.2, 0.0),
    "tragic": (-0.9, 0.35, 0.2),
    "serious": (-0.3, 0.4, 0.2),
    "cold": (-0.5, 0.2, 0.3),
    "minimal": (0.0, 0.15, 0.0),
    "sparse": (-0.1, 0.1, 0.0),
    "emotional": (-0.2, 0.4, 0.0),
    "reflective": (-0.1, 0.2, 0.0),
    "thoughtful": (0.0, 0.25, 0.0),
    "sombre": (-0.7, 0.15, 0.1),
    "somber": (-0.7, 0.15, 0.1),
    "wild": (0.1, 0.95, 0.3),
    "battle": (-0.4, 0.95, 0.5),
    "war": (-0.5, 0.8, 0.5),
    "chase": (-0.4, 0.95, 0.6),
    "danger": (-0.7, 0.7, 0.8),
    "groovy": (0.5, 0.7, 0.0),
    "cool": (0.2, 0.45, 0.0),
    "sentimental": (0.0, 0.25, 0.0),
    "hectic": (0.1, 0.95, 0.5),
}
TEMPO_WORDS: dict[str, float] = {
    "very slow": 0.6,
    "extremely slow": 0.5,
    "slow": 0.75,
    "slowly": 0.75,
    "adagio": 0.7,
    "largo": 0.6,
    "lento": 0.7,
    "andante": 0.85,
    "moderate": 1.0,
    "medium tempo": 1.0,
    "mid-tempo": 1.0,
    "moderato": 1.0,
    "allegro": 1.25,
    "fast": 1.3,
    "quick": 1.25,
    "rapid": 1.4,
    "fast-paced": 1.35,
    "very fast": 1.5,
    "presto": 1.5,
    "frantic": 1.5,
    "brisk": 1.2,
    "vivace": 1.35,
    "uptempo": 1.25,
    "up-tempo": 1.25,
}
# Words that colour any style, or name an instrument that many styles have: they decide only when no style is named.
ADJECTIVES = (
    frozenset(MOODS)
    | frozenset(INSTRUMENTS)
    | frozenset(PERCUSSION)
    | {
        "love",
        "space",
        "winter",
        "dread",
        "tension",
        "mischief",
        "mystery",
        "acoustic",
        "ancient",
        "desert",
        "evil",
        "dreamy",
        "elegant",
        "floating",
        "child",
        "children",
        "snow",
        "summer",
        "tropical",
        "club",
        "band",
        "retro",
        "ghost",
        "haunted",
        "castle",
        "village",
        "drone",
        "grief",
        "sorrow",
        "tragedy",
        "station",
        "report",
        "atmospheric",
        "film",
        "movie",
    }
)
KEYS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


@dataclass(frozen=True, slots=True)
class Request:
    """What to compose. ``tonic`` is a pitch class or None, ``minor`` decides the mode, ``bpm`` the tempo.

    ``fixed_tempo``: the text gave a number, which must not be bent to fit a length.
    """

    style: Style
    minor: bool
    bpm: float
    valence: float
    energy: float
    tension: float
    fixed_tempo: bool = False
    tonic: int | None = None
    instruments: tuple[Instrument, ...] = ()
    solo: bool = False
    drums: bool | None = None

    @property
    def mode(self) -> str:
        """Name of the scale."""
        return self.style.minor_mode if self.minor else self.style.major_mode

    @property
    def scale(self) -> tuple[int, ...]:
        """Semitones of the scale above the tonic."""
        return SCALES[self.mode]


def understand(description: str, rng: random.Random) -> Request:
    """Read a description. Whatever it leaves open the style decides, and ``rng`` within the style's range."""
    text = " " + re.sub(r"[^a-z0-9#é&/' -]+", " ", description.lower()) + " "
    denied = {
        word
        for group in re.findall(r"\b(?:no|without|not) ((?:\w+ (?:or |and )?){1,3})", text)
        for word in group.split()
    }
    kind, named = _style(text, denied)
    moods = [MOODS[word] for word in MOODS if word not in denied and _has(text, word)]
    valence, energy, tension = _mood(kind, moods, named)
    minor = _minor(text, kind, valence)
    bpm, fixed = _tempo(text, kind, energy, rng)
    instruments = tuple(i for word, i in _found(text, INSTRUMENTS) if word not in denied)
    return Request(
        kind,
        minor,
        bpm,
        valence,
        energy,
        tension,
        fixed,
        _tonic(text),
        instruments,
        _has(text, "solo"),
        _drums(text, denied),
    )


def _has(text: str, word: str) -> bool:
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None


def _found(text: str, words: Mapping[str, Instrument]) -> list[tuple[str, Instrument]]:
    """Names that occur, in the order of the text; a name inside a longer one does not count."""
    hits: list[tuple[int, int, str]] = []
    for word in sorted(words, key=len, reverse=True):
        for match in re.finditer(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text):
            if not any(start <= match.start() < end for start, end, _ in hits):
                hits.append((match.start(), match.end(), word))
    return [(word, words[word]) for _, _, word in sorted(hits)]


def _style(text: str, denied: Iterable[str]) -> tuple[Style, bool]:
    """The style with the most telling words; named says whether any word decided."""
    best, best_score = _by_mood(text), 0.0
    for candidate in styles():
        score = 0.0
        for word in dict.fromkeys((candidate.name, *candidate.words)):
            if word not in denied and _has(text, word):
                place = text.rfind(word) / len(text)  # the head noun of an English phrase comes last
                score = max(score, (0.5 if word in ADJECTIVES else 1.0) + 0.1 * word.count(" ") + 0.2 * place) + 0.05
        if score > best_score:
            best, best_score = candidate, score
    return best, best_score > 0


def _by_mood(text: str) -> Style:
    """Where no word names a style: the one whose own mood fits."""
    moods = [MOODS[word] for word in MOODS if _has(text, word)]
    if not moods:
        return style("cinematic")
    valence, energy, tension = (sum(values) / len(moods) for values in zip(*moods, strict=True))
    if tension > 0.6:
        return style("suspense")
    if energy < 0.3:
        return style("romantic piano" if valence < 0.3 else "ambient")
    if valence > 0.6:
        return style("pop")
    return style("cinematic")


def _mood(kind: Style, moods: list[tuple[float, float, float]], named: bool) -> tuple[float, float, float]:
    own = (kind.valence, kind.energy, kind.tension)
    if not moods:
        return own
    asked = [sum(values) / len(moods) for values in zip(*moods, strict=True)]
    share = 0.75 if named else 0.9
    valence, energy, tension = (share * a + (1 - share) * o for a, o in zip(asked, own, strict=True))
    return valence, energy, tension


def _minor(text: str, kind: Style, valence: float) -> bool:
    if not kind.minor or not kind.major:
        return bool(kind.minor)
    if re.search(r"\bminor\b", text):
        return True
    return not re.search(r"\bmajor\b", text) and valence < 0.0


def _tempo(text: str, kind: Style, energy: float, rng: random.Random) -> tuple[float, bool]:
    match = re.search(r"\b(\d{2,3})\s*(?:bpm|beats per minute)", text)
    if match:
        return float(min(240, max(30, int(match[1])))), True
    low, high = kind.tempo
    bpm = low + (high - low) * min(1.0, max(0.0, energy + rng.uniform(-0.12, 0.12)))
    words = [word for word in sorted(TEMPO_WORDS, key=len, reverse=True) if _has(text, word)]
    return bpm * (TEMPO_WORDS[words[0]] if words else 1.0), False


_KEY = re.compile(r"\b(?:in )?([a-g])(?:[ -]?(sharp|flat|#))?[ -](?:major|minor)\b(?! (?:key|mode|scale|chord|tune))")


def _tonic(text: str) -> int | None:
    match = _KEY.search(text)
    if match is None or (match[1] == "a" and not match[2] and not match[0].startswith("in ")):
        return None  # "a minor tune" names no key
    return (KEYS[match[1]] + {"sharp": 1, "#": 1, "flat": -1, None: 0}[match[2]]) % 12


def _drums(text: str, denied: Iterable[str]) -> bool | None:
    if any(word in denied for word in ("drums", "drum", "percussion", "beat", "beats")):
        return False
    return True if any(_has(text, word) for word in PERCUSSION) else None


def with_key(request: Request, rng: random.Random) -> Request:
    """The same with a tonic: the asked one, else a common key."""
    if request.tonic is not None:
        return request
    return replace(request, tonic=rng.choice((9, 2, 4, 11, 7, 0) if request.minor else (0, 7, 2, 5, 9, 10)))


def is_minor_mode(mode: str) -> bool:
    """Whether a scale has a minor third as its mark."""
    return mode in MINOR_LIKE
