"""The protocol side, by the official SDK: tools, progress, cancelling, resources. The work is done in threads."""

from __future__ import annotations

import base64
import functools
from collections.abc import Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.to_thread
import jsonschema
import mcp_types as types
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError

from soundwright.orchestrator.mcp_server.answers import Answer, Link
from soundwright.orchestrator.mcp_server.offers import OUTPUT, Call, Offer
from soundwright.orchestrator.mcp_server.places import ASSETS
from soundwright.orchestrator.mcp_server.resources import Library
from soundwright.orchestrator.mcp_server.watch import Watch
from soundwright.scripts_compiler.errors import Problem, ScriptError, SoundwrightError

Context = ServerRequestContext[Any, Any]
INSTRUCTIONS = (
    "Soundwright makes audio dramas and edits sound. `make` turns an idea or a screenplay into a finished drama; "
    "`plan`, `check` and `render` are its steps, with a script in between that you may write or change yourself (its "
    "schema is the resource soundwright://schema/script). Every other tool is one operation on recordings. Results are "
    "links: give their addresses to other tools as files, and save what is wanted with save_as."
)
AT_ONCE = 2
"""Calls that work at the same time: each uses all cores by itself."""
_PROGRESS_S = 0.25
_KEPT_LINKS = 200


@dataclass
class Desk:
    """Answers a client's requests."""

    offers: Mapping[str, Offer]
    library: Library
    limiter: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(AT_ONCE))
    at_work: set[Future[None]] = field(default_factory=set)
    made: dict[str, Link] = field(default_factory=dict)

    async def list_tools(self, ctx: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        """All tools at once: they are fewer than a hundred."""
        del ctx, params
        return types.ListToolsResult(tools=[_tool(offer) for offer in self.offers.values()])

    async def call_tool(self, ctx: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        """Do the work in a thread; a client that cancels, or goes away, ends it."""
        offer = self.offers.get(params.name)
        if offer is None:
            raise MCPError(types.INVALID_PARAMS, f"there is no tool {params.name!r}")
        call = Call()
        async with anyio.create_task_group() as group:
            group.start_soon(_tell, ctx, call.watch)
            try:
                answer = await anyio.to_thread.run_sync(
                    self._work, offer, params.arguments or {}, call, abandon_on_cancel=True, limiter=self.limiter
                )
            finally:
                call.cancel.set()
            group.cancel_scope.cancel()
        if not answer.failed:
            await ctx.session.report_progress(1.0, 1.0, "done")
        self._remember(answer.links)
        return _result(answer)

    async def list_resources(
        self, ctx: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        """What can be read: the standing ones, and what was made last."""
        del ctx, params
        links = (*self.library.standing(), *self.made.values())
        return types.ListResourcesResult(resources=[types.Resource(**_fields(link)) for link in links])

    async def list_templates(
        self, ctx: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        """Results by their keys."""
        del ctx, params
        template = types.ResourceTemplate(
            name="asset", title="A result", uri_template=f"{ASSETS}{{key}}", description="Any result by its key."
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(self, ctx: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        """The bytes behind a link."""
        del ctx
        try:
            content = await anyio.to_thread.run_sync(self.library.read, str(params.uri))
        except (SoundwrightError, OSError) as error:
            raise MCPError(types.INVALID_PARAMS, _words(error)) from error
        if content.is_text:
            text = types.TextResourceContents(
                uri=content.uri, mime_type=content.mime_type, text=content.data.decode("utf-8", "replace")
            )
            return types.ReadResourceResult(contents=[text])
        blob = base64.b64encode(content.data).decode()
        return types.ReadResourceResult(
            contents=[types.BlobResourceContents(uri=content.uri, mime_type=content.mime_type, blob=blob)]
        )

    def settle(self, timeout_s: float) -> None:
        """Wait for work that was cancelled to end: it heeds that within a second or so."""
        wait(list(self.at_work), timeout_s)

    def _work(self, offer: Offer, arguments: Mapping[str, Any], call: Call) -> Answer:
        ended: Future[None] = Future()
        self.at_work.add(ended)
        try:
            return _answered(offer, arguments, call)
        finally:
            ended.set_result(None)
            self.at_work.discard(ended)

    def _remember(self, links: tuple[Link, ...]) -> None:
        for link in links:
            self.made.pop(link.uri, None)
            self.made[link.uri] = link
        for uri in list(self.made)[:-_KEPT_LINKS]:
            del self.made[uri]


def make_server(desk: Desk, version: str) -> Server[Any]:
    """A server of the SDK whose requests ``desk`` answers."""
    return Server(
        "soundwright",
        version=version,
        title="Soundwright",
        instructions=INSTRUCTIONS,
        get_tool_input_schema=functools.partial(_schema, desk.offers),
        on_list_tools=desk.list_tools,
        on_call_tool=desk.call_tool,
        on_list_resources=desk.list_resources,
        on_list_resource_templates=desk.list_templates,
        on_read_resource=desk.read_resource,
    )


def _schema(offers: Mapping[str, Offer], name: str) -> Mapping[str, Any] | None:
    return offers[name].schema if name in offers else None


def _tool(offer: Offer) -> types.Tool:
    hints = types.ToolAnnotations(
        title=offer.title,
        read_only_hint=offer.reads,
        destructive_hint=False,
        idempotent_hint=True,
        open_world_hint=False,
    )
    return types.Tool(
        name=offer.name,
        title=offer.title,
        description=offer.help,
        input_schema=dict(offer.schema),
        output_schema=dict(OUTPUT) if offer.is_operation else None,
        annotations=hints,
    )


async def _tell(ctx: Context, watch: Watch) -> None:
    """Send progress, where it moved, until cancelled."""
    told = (-1.0, "")
    while True:
        now = watch.now()
        if now != told:
            told = now
            await ctx.session.report_progress(round(now[0], 4), 1.0, now[1] or None)
        await anyio.sleep(_PROGRESS_S)


def _answered(offer: Offer, arguments: Mapping[str, Any], call: Call) -> Answer:
    """The answer of a tool; an error is one too, in the words of the command line."""
    try:
        if not offer.is_operation:
            _check(offer, arguments)
        return offer.do(arguments, call)
    except (SoundwrightError, OSError) as error:
        return Answer(_words(error), failed=True)
    except Exception as error:  # the edge: a client gets a sentence, never a traceback
        defect = f"unexpected {type(error).__name__}: {error}. This is a defect of Soundwright."
        return Answer(defect, failed=True)


def _check(offer: Offer, arguments: Mapping[str, Any]) -> None:
    errors = jsonschema.Draft202012Validator(dict(offer.schema)).iter_errors(dict(arguments))
    problems = [Problem(".".join(map(str, error.path)), f"{error.message}.") for error in errors]
    if problems:
        raise ScriptError(problems, source=offer.name)


def _words(error: SoundwrightError | OSError) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or ''}: {error.strerror or error}. Check the path, its permissions and the free space."
    return str(error)


def _result(answer: Answer) -> types.CallToolResult:
    links: list[types.ContentBlock] = [types.ResourceLink(**_fields(link)) for link in answer.links]
    return types.CallToolResult(
        content=[types.TextContent(text=answer.text), *links],
        structured_content=None if answer.failed else answer.data,
        is_error=answer.failed,
    )


def _fields(link: Link) -> dict[str, Any]:
    return {
        "uri": link.uri, "name": link.name, "title": link.title or None, "mime_type": link.mime_type, "size": link.size,
    }  # fmt: skip
