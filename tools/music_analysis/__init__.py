"""Engines that find beats, keys and notes."""
