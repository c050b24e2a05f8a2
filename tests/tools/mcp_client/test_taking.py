"""Whatever a server gives becomes a sound asset, or a ToolError with a reason: nothing else."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("mcp", reason="needs the extra mcp")
from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    EmbeddedResource,
    ReadResourceResult,
    ResourceLink,
    TextContent,
)

from soundwright.scripts_compiler.kinds import Kind
from soundwright.tools.errors import ToolError
from soundwright.tools.mcp_client.declaration import TAKEN, Mapped, Server
from soundwright.tools.mcp_client.taking import Taker
from soundwright.tools.results import checked

TEXT = st.text(max_size=30)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
DATA = PLAIN | st.fixed_dictionaries(
    {}, optional={"text": PLAIN, "words": PLAIN, "events": PLAIN, "scores": PLAIN, "wav": TEXT, "file": TEXT}
)
BLOCK = st.one_of(
    st.builds(TextContent, text=TEXT),
    st.builds(AudioContent, data=TEXT, mime_type=TEXT),
    st.builds(ResourceLink, uri=TEXT | TEXT.map(lambda text: f"file://{text}"), name=TEXT, mime_type=TEXT),
    st.builds(EmbeddedResource, resource=st.builds(BlobResourceContents, uri=TEXT, mime_type=TEXT, blob=TEXT)),
)


def read(uri: str) -> ReadResourceResult:
    return ReadResourceResult(contents=[BlobResourceContents(uri=uri, blob="UklGRg==")])


@given(
    blocks=st.lists(BLOCK, max_size=3),
    data=DATA,
    kind=st.sampled_from(TAKEN),
    form=st.sampled_from(["audio", "resource", "text", "data", "path:file", "base64:wav"]),
    failed=st.booleans(),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_but_assets_and_reasons_comes_of_it(
    tmp_path: Path, blocks: Any, data: Any, kind: Kind, form: str, failed: bool
) -> None:
    taker = Taker(Mapped(Server("s", ("x",)), "it", "theirs", "op", result=form), tmp_path, read)
    result = CallToolResult(content=blocks, structured_content=data, is_error=failed)
    with contextlib.suppress(ToolError):
        checked(taker.asset(result, kind, {"text": "said", "language": "en"}), kind)
    assert not list(tmp_path.iterdir())
