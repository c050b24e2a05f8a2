"""The token of a model hub: read from the environment or the keyring when needed, sent to that hub alone."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from urllib.parse import urlsplit

from soundwright.tools.errors import ToolMissing

HUB = "https://huggingface.co"
ENDPOINT = "HF_ENDPOINT"
TOKEN = "HF_TOKEN"  # noqa: S105  the name of a variable
_KEYRING_SERVICE = "soundwright"


def endpoint(environ: Mapping[str, str]) -> str:
    """The hub's address: HF_ENDPOINT for a mirror, else the public one; without a slash at its end."""
    return (environ.get(ENDPOINT, "").strip() or HUB).rstrip("/")


def origin(url: str) -> str:
    """Scheme, host and port of an address, as a token belongs to them."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


def tokens(environ: Mapping[str, str]) -> dict[str, str]:
    """The hub's token by the hub's origin: HF_TOKEN, else the keyring's entry ``soundwright`` for the host.

    Raises:
        ToolMissing: the token cannot stand in a header.
    """
    address = endpoint(environ)
    token = environ.get(TOKEN, "").strip() or _from_keyring(urlsplit(address).hostname or "")
    if not token:
        return {}
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ToolMissing(f"The token in {TOKEN} holds blanks or characters that no token has. Copy it anew.")
    return {origin(address): token}


def _from_keyring(host: str) -> str:
    try:
        keyring = importlib.import_module("keyring")  # used where the user has it
        errors = importlib.import_module("keyring.errors")
    except ImportError:
        return ""
    try:
        kept = keyring.get_password(_KEYRING_SERVICE, host)
    except errors.KeyringError:  # no keyring on this machine, or locked: as if there were no entry
        return ""
    return kept if isinstance(kept, str) else ""
