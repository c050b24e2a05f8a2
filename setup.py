"""Refuses to build from a checkout without symbolic links; all else stands in pyproject.toml."""

import sys
from pathlib import Path

from setuptools import setup

PACKAGE = Path(__file__).resolve().parent / "src" / "soundwright"
FOLDERS = ("orchestrator", "prompts", "scripts_compiler", "tools")

missing = [name for name in FOLDERS if not (PACKAGE / name).is_dir()]
if missing:
    sys.exit(
        f"soundwright: src/soundwright/{missing[0]} is not a folder: this checkout was made without symbolic links, "
        "and the package would be empty. Allow them (on Windows: developer mode), then `git config core.symlinks true` "
        "and `git checkout -- src`; or install from a release instead."
    )

setup()
