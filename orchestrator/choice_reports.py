"""What ``soundwright tools why`` says: the verdict on every tool of an operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from soundwright.orchestrator.choice import Chooser, Need, Verdict
from soundwright.orchestrator.devices import device_for
from soundwright.orchestrator.lock import PROJECT_SCRIPT
from soundwright.orchestrator.operation_reports import known
from soundwright.orchestrator.project import read_settings
from soundwright.orchestrator.single import parse_parameters
from soundwright.orchestrator.workshop import Workshop
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.operations import Operation
from soundwright.tools.errors import ToolError, ToolMissing

Row = dict[str, Any]


def choice_rows(
    operation: str,
    *,
    language: str = "",
    commercial: bool = False,
    length_s: float | None = None,
    text_length: int | None = None,
    device: str | None = None,
    parameters: Sequence[str] = (),
) -> list[Row]:
    """Every tool of an operation in the order of preference, with the reason why it fits or not.

    With ``parameters`` (``NAME=VALUE``) tools are asked whether they would refuse such a request, too.

    Raises:
        ScriptError: there is no such operation, or it does not take the parameters.
        ConfigError: there is no such device.
    """
    workshop, wanted = Workshop.open(), known(operation)
    params = _resolved(wanted, parameters) if parameters else {}
    project = read_settings(Path(PROJECT_SCRIPT)).tools  # of the folder that one works in
    chooser = workshop.chooser(commercial=commercial, device=device, tools=project)
    pinned = chooser.pins.get(operation)
    need = Need(
        operation, language or str(params.get("language") or ""),
        params.get("length") if length_s is None else length_s,
        text_length=text_length,
    )  # fmt: skip
    verdicts = [_asked(verdict, chooser, operation, params) for verdict in chooser.verdicts(need)]
    fitting = [verdict.tool.name for verdict in verdicts if verdict.fits]
    chosen = next((name for name in fitting if pinned in (None, name)), None)
    wrong = (
        [] if pinned is None or pinned in {verdict.tool.name for verdict in verdicts} else [_no_such(pinned, chooser)]
    )
    return wrong + [
        {
            "tool": verdict.tool.name,
            "chosen": verdict.tool.name == chosen,
            "rank": verdict.tool.rank,
            "runs on": device_for(verdict.tool, chooser.device),
            "reason": verdict.reason + ("; pinned in the settings" if verdict.tool.name == pinned else ""),
            "remedy": verdict.remedy,
        }
        for verdict in verdicts
    ]


def _no_such(pinned: str, chooser: Chooser) -> Row:
    """A row for a pin that is no tool of the operation."""
    known = chooser.registry.specs.get(pinned)
    reason = chooser.registry.unknown(pinned) if known is None else "it does not do this operation"
    row: Row = {"tool": pinned, "chosen": False, "rank": "", "runs on": ""}
    return row | {"reason": f"pinned in the settings, but {reason}", "remedy": "pin another tool, or none"}


def _asked(verdict: Verdict, chooser: Chooser, operation: str, params: Mapping[str, Any]) -> Verdict:
    """The verdict, with what the tool itself says of such a request."""
    if not params or not verdict.fits:
        return verdict
    try:
        refused = chooser.registry.refusal(verdict.tool.name, operation, params)
    except (ToolError, ToolMissing) as error:  # one that cannot even be asked is a line of the table, not its end
        return replace(verdict, fits=False, reason=str(error))
    return replace(verdict, fits=False, reason=f"it refuses: {refused}") if refused else verdict


def _resolved(operation: Operation, pairs: Sequence[str]) -> Mapping[str, Any]:
    try:
        return operation.resolve(parse_parameters(operation, pairs))
    except ValidationError as error:
        found = [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors(include_url=False)]
        problems = [Problem(place, f"{message}.") for place, message in found]
        raise ScriptError(problems, source=operation.name) from None
