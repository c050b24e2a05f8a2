"""Tools that measure and recognise sound."""
