"""Sounds from the user's own folders."""
