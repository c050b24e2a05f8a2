"""Engines that place sound around the listener's head."""
