"""The chat: bring what was said into form, understand it, choose tools, answer with results."""
