"""The conformance kit: what every tool has to do, as tests that a plug-in's author runs with one line.

    from soundwright.tools.testing import conformance
    test_hum = conformance(HumTool)

Each check becomes a test of its own, such as ``test_hum[same_seed_same_result-generate_sound]``.
"""

from __future__ import annotations

from soundwright.tools.testing.kit import Kit, conformance

__all__ = ["Kit", "conformance"]
