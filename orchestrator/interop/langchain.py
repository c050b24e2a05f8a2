"""Operations as LangChain tools, for its agents and graphs (extra ``langchain``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from soundwright.orchestrator.interop import schemas
from soundwright.tools.errors import ToolMissing

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

    from soundwright.orchestrator.interop.operations import Operations
    from soundwright.scripts_compiler.operations import Operation


def structured_tools(operations: Operations) -> list[StructuredTool]:
    """A ``StructuredTool`` for each operation. Its answer is JSON text, also where the call failed.

    Raises:
        ToolMissing: langchain-core is not installed.
    """
    try:
        from langchain_core.tools import StructuredTool  # noqa: PLC0415
    except ImportError as error:
        raise ToolMissing(
            f"The package {error.name} is missing. Install it with: pip install 'soundwright[langchain]'"
        ) from None
    return [
        StructuredTool(
            name=schemas.function_name(operation.name),
            description=schemas.description(operation),
            args_schema=schemas.parameters_schema(operation),
            func=_function(operations, operation),
        )
        for operation in operations.operations.values()
    ]


def _function(operations: Operations, operation: Operation) -> Callable[..., str]:
    import json  # noqa: PLC0415

    def run(**arguments: Any) -> str:  # noqa: ANN401  as the schema says
        return operations.call(operation.name, json.dumps(arguments))

    return run
