"""Guesses the space of a scene from its heading: INT. CHURCH sounds like a church, EXT. BEACH like outdoors."""

# ruff: noqa: E501 - tables of patterns read better a line each
from __future__ import annotations

import re

_SPACES: tuple[tuple[str, str], ...] = (
    ("church", r"church|cathedral|chapel|abbey|crypt|mosque|temple|monastery|kirche|église"),
    ("cave", r"caves?|cavern|grotto|höhle|grotte"),
    ("tunnel", r"tunnels?|mine|sewers?|subway|metro|underpass|catacombs?|stairwell|staircase"),
    ("car", r"car|taxi|cab|van|truck|lorry|limousine|auto|voiture|cockpit"),
    ("hall", r"hall|castle|ballroom|theat(?:re|er)|museum|station|airport|arena|palace|court(?:room)?|gym(?:nasium)?|hangar|throne room|opera"),
    ("large_room", r"restaurant|caf[eé]|bar|pub|tavern|inn|saloon|classroom|warehouse|factory|library|market|shop|store|lobby|bridge|laboratory|lab|barn|church hall"),
    ("small_room", r"closet|bathroom|toilet|cell|cabin|elevator|lift|booth|hut|cellar|attic|cupboard|tent|submarine|lighthouse|tower|capsule|wagon|compartment"),
    ("room", r"room|kitchen|bedroom|office|flat|apartment|house|home|parlou?r|study|salon|hospital|ward|studio|küche|zimmer|büro|chambre|cuisine"),
    ("outdoors", r"street|forest|woods?|beach|sea|shore|park|garden|field|mountain|desert|road|harbou?r|dock|pier|roof|yard|square|village|graveyard|"
                 r"cemetery|river|lake|island|outside|battlefield|jungle|swamp|meadow|plage|rue|straße|wald|strand"),
)  # fmt: skip
_COMPILED = tuple((space, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for space, words in _SPACES)
_EXTERIOR = re.compile(r"^\s*(?:EXT|EST|A?USSEN|AUẞEN|AUßEN)\b(?!\.?/)", re.IGNORECASE)
_INTERIOR = re.compile(r"^\s*(?:INT|I/E|INNEN)\b", re.IGNORECASE)


def space_of(heading: str) -> str | None:
    """The space that a heading names, or None where it says nothing of it."""
    heading = heading[:300]
    if _EXTERIOR.match(heading):
        return "outdoors"
    place = re.split(r"\s[-–—]\s", heading)[0]
    found = [(m.end(), space) for space, pattern in _COMPILED if (m := pattern.search(place))]
    if _INTERIOR.match(heading):
        inside = [f for f in found if f[1] != "outdoors"]
        return max(inside)[1] if inside else "room"
    return max(found)[1] if found else None
