"""Importers: scripts from the WavJourney list and its table form, from screenplays and from prose.

Each raises ``ScriptError`` alone, with every problem at once; what was adapted without harm comes back as notes.
"""
