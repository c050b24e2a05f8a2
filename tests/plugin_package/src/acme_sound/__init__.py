"""Hums, and their removal."""
