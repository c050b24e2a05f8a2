"""Engines that take a sound apart."""
