"""Engines that tell who speaks."""
