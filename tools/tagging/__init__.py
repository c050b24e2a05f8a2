"""Engines that name what is heard."""
