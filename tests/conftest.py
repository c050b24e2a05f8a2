"""What all tests share: a home of their own for assets, with the weights of the user's store fetched once."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from soundwright.orchestrator.config import load_config
from soundwright.tools.model_store import ModelStore

LOCAL_MODELS = ("kokoro-82m", "musescore-general")


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """The model store that tests read: the user's own, with the local engines' weights pulled."""
    folder = load_config().models
    folder.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "tests.pull.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # workers of one session must not fetch the same file twice
        store = ModelStore(folder)
        for model in LOCAL_MODELS:
            store.pull(model)
    return folder


@pytest.fixture(scope="session")
def session_home(models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an empty cache, shared by the tests of one worker."""
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(models_folder)
    return home


@pytest.fixture
def home(session_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The session's home, set in the environment of this test and of the processes it starts."""
    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(session_home))
    return session_home


@pytest.fixture
def fresh_home(models_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test alone, with an empty cache."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models_folder)
    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def _nothing_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the user's configuration or writes into the user's cache."""
    if "SOUNDWRIGHT_HOME" not in os.environ:
        monkeypatch.setenv("SOUNDWRIGHT_HOME", str(tmp_path / "home"))
