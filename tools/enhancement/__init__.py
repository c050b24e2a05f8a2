"""Engines that clean recordings."""
