"""Music: composed from its description as notes, played through a soundfont."""
