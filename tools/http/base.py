"""What all engines behind HTTP share: their server's client, their key, one request after the other."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from soundwright.tools.assets import Asset
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError
from soundwright.tools.http.client import Client, on_this_machine
from soundwright.tools.http.keys import key_for
from soundwright.tools.http.settings import EngineTable, variable_of


class HttpTool(ABC):
    """Base of tools whose engine is a server. Its identity is model and host: ``gpt-4o-mini-tts@api.openai.com``."""

    spec: ToolSpec
    first_wait_s: ClassVar[float] = 0.5
    """Before a busy server is asked for the second time; the double before the third, and so on."""

    def __init__(self, name: str, table: EngineTable, offline: bool, **facts: Any) -> None:  # noqa: ANN401  of ToolSpec
        self._name, self._url, self._offline = name, table.url.rstrip("/"), offline
        self._client: Client | None = None
        self._timeout_s, self._key_header = table.timeout_s, table.key_header
        model = f"{table.model}@" if table.model else ""
        self.spec = ToolSpec(**{
            "name": name, "version": f"{model}{table.host}", "licence_code": table.licence,
            "commercial_ok": table.commercial_ok, "languages": table.languages, "memory_mb": 50,
            "max_length_s": table.max_length_s, "determinism": "none", "rank": table.rank, "speed": 2.0,
            "home": "http", "price_usd_per_minute": table.price_usd_per_minute,
            "help": f"{table.host}, as config.toml declares it in [http.{name}].", **facts,
        })  # fmt: skip

    def obstacle(self) -> tuple[str, str]:
        """Why the server cannot be asked, and what would help; empty texts where nothing speaks against it."""
        if self._offline and not on_this_machine(self._url):
            return f"it is on {self.spec.version.rpartition('@')[2]}, and we are offline", ""
        return "", ""

    def load(self, place: Place) -> None:
        """Find the key.

        Raises:
            KeyUnusable: it cannot stand in a header.
            ToolError: we are offline.
        """
        del place
        reason, _ = self.obstacle()
        if reason:
            raise ToolError(f"{self._name} cannot be asked: {reason}")
        key = key_for(self._url, (variable_of(self._name),), os.environ)
        self._client = Client(
            self._name, key, self._timeout_s, first_wait_s=self.first_wait_s, key_header=self._key_header
        )

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Ask for one after the other."""
        return each(batch, context, lambda request: self.answer(request, context))

    def close(self) -> None:
        """Forget the key."""
        self._client = None

    @abstractmethod
    def answer(self, request: Request, context: Context) -> Asset:
        """Ask the server for one result.

        Raises:
            ToolError: it gave none.
        """

    @property
    def client(self) -> Client:
        """The client of the loaded tool."""
        if self._client is None:
            raise ToolError(f"{self._name} was not loaded", addressee="developer")
        return self._client
