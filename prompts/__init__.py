"""Jinja2 templates and worked examples for language models, with a strict loader."""
