"""What a run works with: the user's settings, the tools, the weights, the cache and the catalogue."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.choice import Chooser
from soundwright.orchestrator.config import Config, load_config
from soundwright.orchestrator.devices import resolved_device
from soundwright.scripts_compiler.extensions import installed
from soundwright.scripts_compiler.operations import Catalogue
from soundwright.tools.base import Tool
from soundwright.tools.http.engines import http_tools
from soundwright.tools.library.index import VARIABLE
from soundwright.tools.model_store import ModelStore
from soundwright.tools.registry import Registry


@dataclass(frozen=True)
class Workshop:
    """Opened once per command."""

    config: Config
    registry: Registry
    models: ModelStore
    cache: Cache

    @classmethod
    def open(cls, *, offline: bool = False) -> Workshop:
        """With the settings of the user and all installed tools.

        Raises:
            ConfigError: a setting cannot be used.
            RegistryError: a tool of the settings is called as one of ours.
        """
        config = load_config()
        config = replace(config, offline=config.offline or offline)
        if config.library is not None:  # tools read it there, in this process and in workers
            os.environ[VARIABLE] = str(config.library)
        models = ModelStore(config.models, offline=config.offline)
        homes = replace(config.homes, offline=config.offline)
        servers: dict[str, Tool] = {f"[http.{tool.spec.name}] of config.toml": tool
                   for tool in http_tools(config.http, offline=config.offline)}  # fmt: skip
        servers |= _mcp_tools(config) if config.mcp else {}
        return cls(config, Registry.discover(homes, servers), models, Cache(config.assets))

    def chooser(
        self, *, commercial: bool = False, device: str | None = None, tools: Mapping[str, str] | None = None
    ) -> Chooser:
        """Who chooses a tool here: by the settings, and what is said beside them. ``tools`` are pins by operation.

        Raises:
            ConfigError: there is no such device.
        """
        return Chooser(
            self.registry, self.models, commercial or self.config.commercial,
            resolved_device(device or self.config.device), {**self.config.tools, **(tools or {})},
        )  # fmt: skip

    @staticmethod
    def catalogue() -> Catalogue:
        """The operations that scripts may use: the built-in ones and those of installed packages."""
        return installed()


def _mcp_tools(config: Config) -> dict[str, Tool]:
    """Tools of MCP servers that the user mapped, by who says so; none is started for that."""
    from soundwright.tools.mcp_client.declaration import read_servers  # noqa: PLC0415  only where there are any
    from soundwright.tools.mcp_client.tool import McpTool  # noqa: PLC0415

    catalogue = installed()
    return {
        f"[mcp.{mapped.server.name}] of config.toml ({mapped.name})": McpTool(mapped, catalogue, offline=config.offline)
        for mapped in read_servers(str(config.file), config.mcp, catalogue)
    }
