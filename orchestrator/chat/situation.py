"""What a turn is understood against: what was said, what there is, and what was spoken of last."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from soundwright.orchestrator.chat.attachments import Said
from soundwright.orchestrator.interop.workspace import Item
from soundwright.orchestrator.revision.phrase import fold
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation

_THIS = re.compile(r"\b(?:this|it|that|these|them|both)\b", re.I)
_THING = re.compile(r"\b(?:recordings?|files?|takes?|results?|tracks?|samples?|clips?|tapes?|audio|mp3|wav)\b", re.I)


@dataclass(frozen=True)
class Situation:
    """``items`` are files and results by id, oldest first; ``focus`` is the id of what was spoken of last.

    ``focus`` is empty where that was the story. ``turns`` are earlier turns, ``(user, answer)`` each.
    """

    said: Said
    items: Mapping[str, Item]
    operations: Mapping[str, Operation]
    story: str = ""
    focus: str = ""
    turns: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def text(self) -> str:
        """What was said, with ids in place of paths."""
        return self.said.text

    def meant(self) -> list[Item]:
        """The files or results that this turn is about: attached, named by id, or "this"; empty where it is none."""
        if self.said.items:
            return list(self.said.items)
        words = set(re.findall(r"\w+", fold(self.text)))
        named = [item for name, item in self.items.items() if fold(name) in words and self.is_telling(name)]
        if named:
            return named
        wanted = _THIS.search(self.text) or _THING.search(self.text)
        focus = self.items.get(self.focus)
        if focus is not None and wanted:
            return [focus]
        sounds = [item for item in self.items.values() if item.kind in (Kind.AUDIO, Kind.SPEECH)]
        if _THING.search(self.text) and sounds:
            return sounds[-1:]
        return []

    def meant_otherwise(self) -> bool:
        """Whether this turn is about a file or a result, and not about the story."""
        return bool(self.said.items or self.meant())

    def is_telling(self, name: str) -> bool:
        """Whether an id can be told from a plain word of a sentence about the story."""
        return not self.story or any(c.isdigit() or c == "_" for c in name) or name not in self.operations
