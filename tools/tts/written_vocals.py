"""Laughs and sighs of engines that make them from marks in a text, beside their speech."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from soundwright.tools.assets import Asset, Audio
from soundwright.tools.base import Context, Request, each
from soundwright.tools.errors import ToolError
from soundwright.tools.tts.texts import Say, spoken_by


def vocal_refusal(tool: str, op: str, params: Mapping[str, Any], written: Mapping[str, str]) -> str:
    """Why ``tool``, which writes each vocal that it can as ``written`` says, cannot make this one; empty if it can."""
    vocal = str(params.get("vocal", ""))
    return f"{tool} cannot {vocal}; it can {', '.join(written)}." if op == "vocalise" and vocal not in written else ""


def spoken_or_voiced(
    say: Say,
    tool: str,
    written: Mapping[str, str],
    batch: Sequence[Request],
    context: Context,
    *,
    limit: int,
    rate: int,
) -> Iterator[tuple[int, Asset | ToolError]]:
    """Do each request in turn as ``texts.spoken_by`` does; a vocal is what ``written`` has for it, said at one go."""

    def vocalise(request: Request) -> Audio:
        refused = vocal_refusal(tool, request.op, request.params, written)
        if refused:
            raise ToolError(refused)
        return Audio(say(written[str(request.params["vocal"])], request)[None], rate)

    for index, request in enumerate(batch):
        made = each([request], context, vocalise) if request.op == "vocalise" else spoken_by(
            say, [request], context, limit=limit, rate=rate
        )  # fmt: skip
        yield from ((index, result) for _, result in made)
