"""Engines that mark sound as generated, and read such marks."""
