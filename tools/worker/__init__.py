"""Engines in processes of their own: the worker's side (``host.py``), ours (``tool.py``), and what passes between."""
