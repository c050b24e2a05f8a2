"""Soundwright: from an instruction to a finished audio drama."""

__version__ = "0.1.0"
