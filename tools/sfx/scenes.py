"""Composed ambiences: each a few layers of known sounds with their levels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Part:
    """One layer of a scene: a known sound, its level, and what it changes of the manner."""

    sound: str
    level_db: float = 0.0
    changes: dict[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Scene:
    """A place or weather that is heard as several sounds at once."""

    name: str
    aliases: tuple[str, ...]
    parts: tuple[Part, ...]
    absorbs: tuple[str, ...] = ()

    @property
    def setting(self) -> bool:
        """Whether its name beside a sound ("knocks in the kitchen") only says where that sound is."""
        return self.name not in ("storm", "storm at sea", "battle", "haunted house")


def _part(sound: str, level_db: float = 0.0, *words: str, **changes: Any) -> Part:  # noqa: ANN401  values of several types
    return Part(sound, level_db, changes, words)


SCENES = (
    Scene(
        "storm",
        ("storm", "thunderstorm", "rainstorm", "tempest", "stormy night", "storm night", "bad weather"),
        (
            _part("rain", 0, intensity=0.8),
            _part("wind", -5, "howl", intensity=0.75),
            _part("thunder", -1, distance=0.35),
        ),
        ("rain", "wind", "night", "howl", "rage", "outside"),
    ),
    Scene(
        "storm at sea",
        ("storm sea", "sea storm", "rough sea", "stormy sea", "storm ocean", "ship storm"),
        (
            _part("sea waves", 0, intensity=0.95),
            _part("wind", -2, "howl", intensity=0.95),
            _part("rain", -9, intensity=0.7),
            _part("thunder", -4, distance=0.5),
            _part("creaking wood", -16, "ship"),
        ),
        ("wave", "wind", "rage", "crash", "howl", "ship", "rain"),
    ),
    Scene(
        "forest",
        (
            "forest",
            "wood ambience",
            "woodland",
            "park",
            "garden",
            "meadow",
            "countryside",
            "spring morning",
            "nature",
            "field",
            "morning forest",
        ),
        (_part("birdsong", 0, intensity=0.45), _part("wind", -11, "leaf", intensity=0.15)),
        ("bird", "tree", "ambience", "wind", "leaf", "morning", "day", "wood"),
    ),
    Scene(
        "night",
        (
            "night",
            "night ambience",
            "summer night",
            "forest night",
            "night forest",
            "night countryside",
            "evening",
            "nighttime",
            "campsite",
            "night field",
            "night wood",
        ),
        (_part("crickets", 0), _part("wind", -12, "leaf", intensity=0.1), _part("owl", -9, distance=0.6)),
        ("ambience", "insect", "quiet", "outside", "forest"),
    ),
    Scene(
        "jungle",
        ("jungle", "rainforest", "tropical", "tropical forest", "amazon"),
        (
            _part("cicadas", -5),
            _part("birdsong", 0, intensity=0.9),
            _part("frogs", -8),
            _part("monkey", -12, distance=0.5),
            _part("water drip", -18),
        ),
        ("bird", "insect", "animal", "forest", "ambience"),
    ),
    Scene(
        "swamp",
        ("swamp", "marsh", "pond", "bog", "lake", "lakeside"),
        (_part("frogs", 0), _part("crickets", -7), _part("stream", -18, intensity=0.2)),
        ("night", "frog", "water"),
    ),
    Scene(
        "beach",
        ("beach", "coast", "seaside beach", "seagulls sea"),
        (_part("sea waves", 0, intensity=0.4), _part("seagulls", -11, distance=0.4), _part("wind", -14, intensity=0.2)),
        ("wave", "gull", "sea", "sand", "ocean", "seagull"),
    ),
    Scene(
        "harbour",
        ("harbour", "port", "dock", "marina", "wharf", "pier", "quay"),
        (
            _part("sea waves", -2, intensity=0.15),
            _part("seagulls", -6, distance=0.3),
            _part("creaking wood", -12, "ship", "rope"),
            _part("ship horn", -12, distance=0.8),
            _part("cow bell", -24, distance=0.5),
        ),
        ("boat", "sea", "water", "ship", "gull", "ambience", "fish"),
    ),
    Scene(
        "city",
        ("city", "street", "town", "downtown", "urban", "city street", "city ambience", "street ambience", "avenue"),
        (
            _part("traffic", 0, "city", intensity=0.6),
            _part("crowd murmur", -10, intensity=0.3),
            _part("car horn", -20, distance=0.7),
        ),
        ("ambience", "busy", "noise", "people", "traffic", "car"),
    ),
    Scene(
        "café",
        (
            "cafe",
            "coffee shop",
            "restaurant",
            "diner",
            "bistro",
            "canteen",
            "coffee house",
            "dining room",
            "dinner party",
            "breakfast room",
            "bakery",
        ),
        (_part("crowd murmur", 0, inside=True, intensity=0.5), _part("dishes", -10)),
        ("people", "talk", "chatter", "busy", "crowd", "murmur", "conversation", "cup", "dish", "clink", "ambience"),
    ),
    Scene(
        "bar",
        ("bar room", "tavern", "pub", "saloon", "inn", "nightclub"),
        (
            _part("crowd murmur", 0, inside=True, intensity=0.7),
            _part("glass clink", -13),
            _part("laughter", -12, intensity=0.05),
        ),
        ("people", "talk", "crowd", "glass", "laugh", "busy", "murmur", "chatter"),
    ),
    Scene(
        "market",
        ("market", "marketplace", "bazaar", "fair", "fairground", "festival"),
        (
            _part("crowd murmur", 0, intensity=0.8),
            _part("children playing", -10),
            _part("coins", -24),
            _part("wind", -20, intensity=0.2),
        ),
        ("people", "crowd", "busy", "street", "talk", "stall"),
    ),
    Scene(
        "station",
        (
            "station",
            "train station",
            "railway station",
            "station hall",
            "airport",
            "platform",
            "bus station",
            "terminal",
            "mall",
            "shopping mall",
            "supermarket",
        ),
        (
            _part("crowd murmur", 0, "station", "hall", intensity=0.5, inside=True),
            _part("footsteps", -12, "hall", distance=0.3),
            _part("train", -16, distance=0.7),
        ),
        ("people", "crowd", "busy", "hall", "railway", "ambience", "announcement", "shop", "platform"),
    ),
    Scene(
        "office",
        ("office", "office ambience", "newsroom", "call center", "open plan"),
        (
            _part("keyboard typing", 0, distance=0.1),
            _part("crowd murmur", -8, intensity=0.1, inside=True),
            _part("fan", -10),
            _part("telephone ring", -16, "office", distance=0.5),
            _part("printer", -22, distance=0.4),
        ),
        ("busy", "people", "phone", "type", "printer", "keyboard", "ambience", "talk"),
    ),
    Scene(
        "classroom",
        ("classroom", "school", "library", "museum", "gallery", "waiting room", "lobby"),
        (_part("crowd murmur", 0, "hall", intensity=0.15, inside=True), _part("paper", -10), _part("writing", -12)),
        ("people", "student", "quiet", "room", "page"),
    ),
    Scene(
        "hospital",
        ("hospital", "hospital room", "intensive care", "clinic", "operating room", "emergency room"),
        (
            _part("beep", 0, "hospital"),
            _part("fan", -8),
            _part("crowd murmur", -14, intensity=0.1, inside=True, distance=0.4),
        ),
        ("monitor", "machine", "ambience", "room", "bed", "corridor", "beep"),
    ),
    Scene(
        "farm",
        ("farm", "farmyard", "barn", "barnyard", "village", "ranch"),
        (
            _part("birdsong", -8, intensity=0.3),
            _part("chicken", 0),
            _part("cow", -4, distance=0.3),
            _part("sheep", -6, distance=0.2),
            _part("rooster", -3, distance=0.2),
        ),
        ("animal", "morning", "ambience", "cow", "chicken", "yard"),
    ),
    Scene(
        "cave",
        ("cave", "cavern", "dungeon", "catacomb", "tunnel", "crypt", "sewer", "cellar", "mine", "basement"),
        (_part("water drip", 0, "cave"), _part("wind", -8, "moan", intensity=0.25, distance=0.5), _part("drone", -22)),
        ("drip", "water", "echo", "dark", "ambience", "wind"),
    ),
    Scene(
        "desert",
        ("desert", "mountain", "plain", "tundra", "arctic", "hill", "moor", "mountain top", "wasteland", "snow field"),
        (_part("wind", 0, "howl", intensity=0.5),),
        ("wind", "blow", "lonely", "sand"),
    ),
    Scene(
        "battle",
        ("battle", "war", "battlefield", "battle field", "medieval battle"),
        (
            _part("sword", -3),
            _part("cheering", -3, "angry", intensity=0.8, distance=0.3),
            _part("horse hooves", -9, distance=0.3),
            _part("explosion", -12, distance=0.7),
        ),
        ("fight", "soldier", "sword", "army", "shout"),
    ),
    Scene(
        "construction site",
        ("construction", "construction site", "build site", "roadwork"),
        (
            _part("hammer", 0),
            _part("drill", -6, distance=0.2),
            _part("car engine", -8, "truck", distance=0.2),
            _part("metal clang", -8, distance=0.2),
        ),
        ("site", "work", "machine", "build", "hammer", "drill"),
    ),
    Scene(
        "kitchen",
        ("kitchen", "kitchen ambience", "cook kitchen", "restaurant kitchen"),
        (_part("dishes", 0), _part("sizzle", -6, "fry"), _part("bubbles", -10, "boil"), _part("fan", -12)),
        ("cook", "dish", "busy", "pot", "pan", "ambience"),
    ),
    Scene(
        "playground",
        ("school yard", "play ground", "swimming pool", "pool"),
        (_part("children playing", 0), _part("splash", -10, distance=0.2)),
        ("child", "play", "kid", "swim", "splash"),
    ),
    Scene(
        "haunted house",
        ("haunted house", "haunted", "ghost house", "old house night", "horror house"),
        (
            _part("drone", 0),
            _part("wind", -4, "howl", intensity=0.6, inside=True),
            _part("creaking wood", -6),
            _part("ghost wail", -12, distance=0.6),
        ),
        ("ghost", "creak", "wind", "spooky", "scary", "old"),
    ),
    Scene(
        "ship deck",
        (
            "sail ship",
            "ship deck",
            "on ship",
            "wooden ship",
            "sailboat",
            "pirate ship",
            "boat",
            "sail boat",
            "below deck",
        ),
        (
            _part("sea waves", 0, intensity=0.35),
            _part("creaking wood", -5, "ship"),
            _part("cloth", -12, "sail"),
            _part("wind", -10, intensity=0.3),
            _part("seagulls", -20, distance=0.6),
        ),
        ("sea", "wave", "creak", "wood", "rope", "sail", "wind", "water", "deck", "hull"),
    ),
    Scene(
        "living room",
        ("home", "living room", "bedroom", "house interior", "parlour", "study", "room ambience"),
        (_part("room tone", -20), _part("clock tick", -6, distance=0.1)),
        ("quiet", "ambience", "house", "room"),
    ),
    Scene(
        "casino",
        ("casino", "gambling hall"),
        (_part("arcade", -6, distance=0.2), _part("crowd murmur", 0, inside=True, intensity=0.6), _part("coins", -10)),
        ("machine", "slot", "people"),
    ),
    Scene(
        "subway station",
        ("subway station", "metro station", "underground station"),
        (
            _part("crowd murmur", 0, "station", intensity=0.4, inside=True),
            _part("train", -5, distance=0.5),
            _part("footsteps", -10, "hall"),
        ),
        ("train", "people", "platform"),
    ),
    Scene(
        "space",
        ("space ship bridge", "starship bridge", "control room", "laboratory", "lab", "mission control"),
        (_part("spaceship", 0, "bridge"), _part("keyboard typing", -16, distance=0.2)),
        ("computer", "beep", "machine", "ambience"),
    ),
)
