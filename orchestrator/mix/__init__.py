"""The mix: a timeline becomes one programme, segment by segment, in bounded memory."""

from soundwright.orchestrator.mix.mixer import MixReport, mix

__all__ = ["MixReport", "mix"]
