"""Engines that replace a part of a recording, or vary the whole."""
