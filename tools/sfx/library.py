"""All sounds that the synthesiser knows, in one place."""

from __future__ import annotations

from functools import cache

from soundwright.tools.sfx import (
    synth_animals,
    synth_bells,
    synth_birds,
    synth_blasts,
    synth_body,
    synth_crowd,
    synth_doors,
    synth_electronic,
    synth_fire,
    synth_footsteps,
    synth_impacts,
    synth_machines,
    synth_things,
    synth_vehicles,
    synth_water,
    synth_weather,
    synth_wonders,
)
from soundwright.tools.sfx.scenes import SCENES, Scene
from soundwright.tools.sfx.sound import Sound

FAMILIES = (
    synth_weather, synth_water, synth_fire, synth_footsteps, synth_doors, synth_bells, synth_birds, synth_animals,
    synth_crowd, synth_body, synth_things, synth_blasts, synth_impacts, synth_vehicles, synth_machines,
    synth_electronic, synth_wonders,
)  # fmt: skip


@cache
def sounds() -> dict[str, Sound]:
    """Every single sound by name."""
    return {sound.name: sound for family in FAMILIES for sound in family.SOUNDS}


@cache
def scenes() -> dict[str, Scene]:
    """Every composed ambience by name."""
    return {scene.name: scene for scene in SCENES}


def known_sounds() -> list[str]:
    """Names of all single sounds and ambiences, sorted: for prompts and help."""
    return sorted({*sounds(), *scenes()})
