"""Keys of language models; how keys are found and hidden stands in ``tools.http.keys``."""

from __future__ import annotations

from collections.abc import Mapping

from soundwright.orchestrator.llm.errors import ModelUnavailable
from soundwright.tools.http.keys import KEYRING_SERVICE, OPENAI_KEY, Key, KeyUnusable, key_for, redact

OWN_KEY = "SOUNDWRIGHT_LLM_KEY"


def find_key(url: str, environ: Mapping[str, str]) -> Key | None:
    """The key for the server at ``url``, None where there is none.

    SOUNDWRIGHT_LLM_KEY goes wherever the user points; OPENAI_API_KEY only to the service that it belongs to: OpenAI's
    own, or the host of OPENAI_BASE_URL. Then the keyring, entry ``soundwright`` with the server's host as user name.

    Raises:
        ModelUnavailable: the key found cannot stand in a header.
    """
    try:
        return key_for(url, (OWN_KEY,), environ)
    except KeyUnusable as error:
        raise ModelUnavailable(str(error)) from None


__all__ = ["KEYRING_SERVICE", "OPENAI_KEY", "OWN_KEY", "Key", "find_key", "redact"]
