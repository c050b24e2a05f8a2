"""Engines that speak, and what they share: text as it is spoken, phonemes, joining."""
