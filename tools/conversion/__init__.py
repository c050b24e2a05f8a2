"""Engines that say the same in another voice."""
