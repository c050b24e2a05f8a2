"""Engines that rate, describe and answer."""
