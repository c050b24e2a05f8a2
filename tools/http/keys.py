"""Keys of services: read from the environment or the keyring when needed, never kept in files, never printed."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from soundwright.scripts_compiler.errors import SoundwrightError

OPENAI_KEY = "OPENAI_API_KEY"
KEYRING_SERVICE = "soundwright"
_LIKE_A_KEY = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|AIza|hf|ghp|key)[-_][A-Za-z0-9*._-]{8,}|(?<=Bearer )\S+|AIza[\w-]{20,}"
)


class KeyUnusable(SoundwrightError):
    """A key that cannot stand in a header."""

    exit_code = 4


class Key:
    """A secret that shows itself only where it is asked to."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def reveal(self) -> str:
        """The secret itself, for the request's header and for nothing else."""
        return self._secret

    def __repr__(self) -> str:
        return "Key(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("a key is never stored")


def key_for(url: str, variables: Iterable[str], environ: Mapping[str, str]) -> Key | None:
    """The key for the server at ``url``, None where there is none.

    ``variables`` are tried first; OPENAI_API_KEY goes only to the service that it belongs to: OpenAI's own, or the host
    of OPENAI_BASE_URL. Then the keyring, entry ``soundwright`` with the server's host as user name.

    Raises:
        KeyUnusable: the key found cannot stand in a header.
    """
    host = urlsplit(url).hostname or ""
    theirs = {urlsplit(environ.get("OPENAI_BASE_URL", "")).hostname, "api.openai.com"}
    for variable in (*variables, *((OPENAI_KEY,) if host in theirs else ())):
        if environ.get(variable, "").strip():
            return _usable(environ[variable].strip(), variable)
    kept = _from_keyring(host)
    return _usable(kept, f"the keyring ({KEYRING_SERVICE}, {host})") if kept else None


def redact(text: str, secrets: Iterable[Key | None] = ()) -> str:
    """``text`` without the ``secrets``, and without anything else that looks like a key."""
    for secret in secrets:
        if secret is not None and secret.reveal():
            text = text.replace(secret.reveal(), "[key]")
    text = re.sub(r"(?<=://)[^/@\s]+@", "", text)
    return _LIKE_A_KEY.sub("[key]", text)


def _usable(secret: str, where: str) -> Key:
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise KeyUnusable(f"The key in {where} holds blanks or characters that no key has. Copy it anew.")
    return Key(secret)


def _from_keyring(host: str) -> str | None:
    try:
        keyring = importlib.import_module("keyring")  # used where the user has it
        errors = importlib.import_module("keyring.errors")
    except ImportError:
        return None
    try:
        kept = keyring.get_password(KEYRING_SERVICE, host)
    except errors.KeyringError:  # no keyring on this machine, or locked: as if there were no entry
        return None
    return kept if isinstance(kept, str) else None
