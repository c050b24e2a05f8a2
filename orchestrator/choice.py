"""Which tool does an operation: what the user pins, else what the lock says, else the best ranked that fits.

Every tool gets a verdict with its reason, so that ``soundwright tools why`` and error messages say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from soundwright.orchestrator.devices import device_for
from soundwright.orchestrator.weights import NoWeights, Weights
from soundwright.tools.base import ToolSpec
from soundwright.tools.errors import ToolMissing
from soundwright.tools.registry import Registry


@dataclass(frozen=True, slots=True)
class Need:
    """What is asked of a tool. ``honours`` are parameters or inputs that it must obey, such as a ``sample``.

    ``text_length`` counts the characters of a text.
    """

    op: str
    language: str = ""
    length_s: float | None = None
    honours: tuple[str, ...] = ()
    text_length: int | None = None

    def __str__(self) -> str:
        language = f" in {self.language!r}" if self.language else ""
        length = f" of {self.length_s:g} s" if self.length_s is not None else ""
        honours = f" with {', '.join(self.honours)}" if self.honours else ""
        return f"{self.op}{language}{length}{honours}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a tool fits. If not: why, and what would help (empty where nothing would)."""

    tool: ToolSpec
    fits: bool
    reason: str
    remedy: str = ""


@dataclass(frozen=True)
class Chooser:
    """Chooses among the tools of a registry. ``pins`` and ``locked`` map operations to names of tools.

    ``excluded`` tools have failed and are not tried again, pinned or not.
    """

    registry: Registry
    weights: Weights = field(default_factory=NoWeights)
    commercial: bool = False
    device: str = "cpu"
    pins: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[str, str] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()

    def verdicts(self, need: Need) -> list[Verdict]:
        """A verdict on every tool of the operation, in the order in which they are preferred."""
        return [self.judge(spec, need) for spec in self.registry.tools_for(need.op)]

    def usable(self, need: Need) -> list[ToolSpec]:
        """The tools that fit, best first; only the pinned one where there is a pin.

        Raises:
            ToolMissing: the pinned tool cannot do it.
        """
        if self._pinned(need.op):
            return [self._named(self.pins[need.op], need, "is pinned")]
        return [verdict.tool for verdict in self.verdicts(need) if verdict.fits]

    def choose(self, need: Need) -> ToolSpec:
        """The tool that does it.

        Raises:
            ToolMissing: none fits; the message says what to install, and why each known tool does not fit.
        """
        if not self._pinned(need.op) and need.op in self.locked and self.locked[need.op] not in self.excluded:
            return self._locked(need)
        usable = self.usable(need)
        if not usable:
            raise ToolMissing(none_fits(need, self.verdicts(need)))
        return usable[0]

    def _pinned(self, op: str) -> bool:
        return op in self.pins and self.pins[op] not in self.excluded

    def judge(self, spec: ToolSpec, need: Need) -> Verdict:
        """Whether one tool fits."""
        reason = self._unfit(spec, need)
        if reason:
            return Verdict(spec, False, reason)
        if device_for(spec, self.device).partition(":")[0] not in spec.runs_on():
            return Verdict(spec, False, "it needs a GPU", "choose a device with a GPU")
        missing = self.registry.missing(spec)
        if missing is not None:
            return Verdict(spec, False, f"not installed (needs {', '.join(missing.modules)})", missing.install)
        obstacle, remedy = self.registry.obstacle(spec)
        return Verdict(spec, False, obstacle, remedy) if obstacle else self._judge_models(spec)

    def _unfit(self, spec: ToolSpec, need: Need) -> str:
        """Why no installation would help; empty where nothing speaks against it."""
        broken = self.registry.broken
        unheeded = [name for name in need.honours if name not in spec.honours]
        reasons = (
            (spec.name in broken, broken.get(spec.name, "")),
            (spec.name in self.excluded, "it failed"),
            (self.commercial and not spec.commercial_ok,
             f"its licence ({spec.licence_weights or spec.licence_code}) is not for commercial use"),
            (not serves(spec, need.language),
             f"it does not know the language {need.language!r}, only {', '.join(spec.languages)}"),
            (_over(need.length_s, spec.max_length_s), f"it makes at most {spec.max_length_s or 0:g} s at once"),
            (_over(spec.min_length_s, need.length_s), f"it makes at least {spec.min_length_s:g} s at once"),
            (_over(need.text_length, spec.max_text), f"it takes at most {spec.max_text} characters at once"),
            (bool(unheeded), f"it does not take {', '.join(unheeded)}"),
        )  # fmt: skip
        return next((reason for holds, reason in reasons if holds), "")

    def _judge_models(self, spec: ToolSpec) -> Verdict:
        try:
            absent = [model for model in spec.models if not self.weights.is_ready(model)]
        except ToolMissing as error:
            return Verdict(spec, False, str(error))
        if absent and self.weights.offline:
            pull = f"soundwright models pull {' '.join(absent)}"
            return Verdict(spec, False, f"the models {', '.join(absent)} are not here, and we are offline", pull)
        for model in absent:
            obstacle = self.weights.obstacle(model)
            if obstacle is not None:
                return Verdict(spec, False, obstacle.reason, obstacle.remedy)
        fetching = f"; fetches {', '.join(absent)} first" if absent else ""
        making = "; makes its environment first" if self.registry.environments.lacks(spec) else ""
        return Verdict(spec, True, f"fits, rank {spec.rank}{fetching}{making}")

    def _locked(self, need: Need) -> ToolSpec:
        """The tool of the lock; where this one request does not fit it (too long, say), the best other one."""
        name = self.locked[need.op]
        spec = self.registry.specs.get(name)
        if spec is None:
            raise ToolMissing(
                f"the lock says that {need.op} is done by {name}, but {self.registry.unknown(name, need.op)}. "
                "Install it, or render with --recast to choose again."
            )
        verdict = self.judge(spec, need)
        if verdict.fits:
            return spec
        if verdict.remedy:
            raise ToolMissing(
                f"the lock says that {need.op} is done by {name}: {stopped(verdict.reason)} "
                f"{_sentence(verdict.remedy)} Or render with --recast to choose again."
            )
        usable = self.usable(need)
        if not usable:
            raise ToolMissing(none_fits(need, self.verdicts(need)))
        return usable[0]

    def _named(self, name: str, need: Need, how: str) -> ToolSpec:
        spec = self.registry.specs.get(name)
        if spec is None:
            raise ToolMissing(f"{need.op}: the tool {name!r} {how}, but {self.registry.unknown(name, need.op)}.")
        if need.op not in spec.operations:
            others = ", ".join(other.name for other in self.registry.tools_for(need.op)) or "none"
            raise ToolMissing(f"{need.op}: the tool {name!r} {how}, but does not do it; tools that do: {others}.")
        verdict = self.judge(spec, need)
        if not verdict.fits:
            remedy = _sentence(verdict.remedy)
            raise ToolMissing(f"{need}: the tool {name!r} {how}, but: {stopped(verdict.reason)} {remedy}".rstrip())
        return spec


def _over(amount: float | None, most: float | None) -> bool:
    return amount is not None and most is not None and amount > most


def serves(spec: ToolSpec, language: str) -> bool:
    """Whether a tool knows a language: ``en`` serves ``en-GB``, any English serves ``en``. No list: it knows all."""
    return not language or not spec.languages or any(same_language(known, language) for known in spec.languages)


def same_language(one: str, other: str) -> bool:
    """Whether two BCP 47 tags share their primary language: regions differ in accent, not in what can be read."""
    return one.partition("-")[0].lower() == other.partition("-")[0].lower()


def none_fits(need: Need, verdicts: Sequence[Verdict]) -> str:
    """One message: what would help first, then why each tool does not fit."""
    if not verdicts:
        return f"no installed tool does {need.op}; install a package that brings one."
    remedies = list(dict.fromkeys(v.remedy for v in verdicts if v.remedy))
    reasons = "; ".join(f"{v.tool.name}: {v.reason.rstrip('. ')}" for v in verdicts)
    help_ = f" To have one: {stopped(' or '.join(remedies))}" if remedies else ""
    return f"no tool can do {need}.{help_} ({reasons})"


def stopped(text: str) -> str:
    """A reason as a sentence: some end with a full stop of their own."""
    return f"{text.rstrip('. ')}."


def _sentence(remedy: str) -> str:
    return f"To have it: {stopped(remedy)}" if remedy else ""
