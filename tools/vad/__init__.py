"""Engines that find speech."""
