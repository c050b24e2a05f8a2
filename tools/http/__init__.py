"""Engines behind HTTP: OpenAI-compatible speech and transcription, and any server that takes and gives JSON."""
