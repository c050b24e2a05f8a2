"""Matrix products of numpy on one thread: equal sums on every machine, and faster where the matrices are small."""

from __future__ import annotations

import functools

from soundwright.tools.errors import ToolMissing


@functools.lru_cache(maxsize=1)
def products_on_one_thread() -> None:
    """Tell numpy's OpenBLAS, once and for this process. Other libraries keep their threads.

    Raises:
        ToolMissing: threadpoolctl is not installed.
    """
    try:
        from threadpoolctl import ThreadpoolController  # noqa: PLC0415  an optional engine needs it
    except ImportError as error:
        raise ToolMissing("This engine needs threadpoolctl. Run: pip install 'soundwright[local]'") from error
    ThreadpoolController().select(internal_api="openblas").limit(limits=1)
