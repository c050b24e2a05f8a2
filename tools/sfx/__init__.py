"""Sound effects and ambiences made by computation: no recordings, no weights, exactly repeatable."""
