"""Licences of gated and non-commercial weights: accepted by a person, once, with date and the terms' hash."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from soundwright.tools.errors import ToolMissing
from soundwright.tools.store.listing import Model

VARIABLE = "SOUNDWRIGHT_ACCEPT_LICENCES"
NAME = "licences.json"


class LicenceNeeded(ToolMissing):
    """Weights whose licence nobody accepted yet; the message shows the terms and how to accept them."""


class Licences:
    """What was accepted in the store at ``root``, and by SOUNDWRIGHT_ACCEPT_LICENCES (names of models)."""

    def __init__(self, root: Path, environ: Mapping[str, str] | None = None) -> None:
        self._file = root / NAME
        self._environ = os.environ if environ is None else environ

    def accepted(self, model: Model) -> bool:
        """Whether ``model`` may be fetched: it asks nothing, or its terms, as they stand now, were accepted."""
        if not model.restricted or model.name in self._named():
            return True
        return bool(self._read().get(model.name, {}).get("terms_sha256") == fingerprint(model))

    def accept(self, model: Model, how: str) -> None:
        """Note that the user accepted the terms of ``model``; ``how`` says by what."""
        made = self._read()
        made[model.name] = {
            "licence": model.licence,
            "licence_url": model.licence_url,
            "terms_sha256": fingerprint(model),
            "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "by": how,
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        partial = self._file.with_name(f".{NAME}.{os.getpid()}")
        partial.write_text(json.dumps(made, indent=1, ensure_ascii=False), encoding="utf-8")
        os.replace(partial, self._file)

    def require(self, model: Model) -> None:
        """Note an acceptance by the environment; stop where there is none.

        Raises:
            LicenceNeeded: the licence was not accepted.
        """
        if not self.accepted(model):
            raise LicenceNeeded(f"The licence of {model.name} was not accepted yet. {offer(model)}")
        if model.restricted and self._read().get(model.name, {}).get("terms_sha256") != fingerprint(model):
            self.accept(model, VARIABLE)

    def date(self, model: Model) -> str:
        """When the licence was accepted (ISO 8601), empty where it was not."""
        return str(self._read().get(model.name, {}).get("date", "")) if self.accepted(model) else ""

    def _named(self) -> set[str]:
        return {name.strip() for name in self._environ.get(VARIABLE, "").split(",")}

    def _read(self) -> dict[str, Any]:
        made: Any = {}
        with contextlib.suppress(OSError, ValueError):  # none yet, or not ours: then nothing was accepted
            made = json.loads(self._file.read_text(encoding="utf-8"))
        return {k: v for k, v in made.items() if isinstance(v, dict)} if isinstance(made, dict) else {}


def fingerprint(model: Model) -> str:
    """The sha256 of what is accepted: licence, address and terms. Other terms have to be accepted anew."""
    return hashlib.sha256("\0".join((model.licence, model.licence_url, model.terms)).encode()).hexdigest()


def offer(model: Model) -> str:
    """The terms of a model, and how to accept them."""
    where = f" ({model.licence_url})" if model.licence_url else ""
    gate = " The hub also asks you to accept them there, and for a token in HF_TOKEN." if model.gated else ""
    return (
        f"{model.licence}{where}: {model.terms}{gate} "
        f"To accept: soundwright models pull {model.name} --accept-licence (or {VARIABLE}={model.name})"
    )
