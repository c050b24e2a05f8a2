"""Singing without a singer's weights: spoken syllables, taken apart and put together again at the pitch of notes."""
