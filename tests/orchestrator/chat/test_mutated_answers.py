"""Whatever a language model answers in a chat: no traceback, no file but the user's, and the chat goes on."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator import player
from soundwright.orchestrator.chat.chat import Chat

Talk = Callable[..., Chat]
EMPTY = dict.fromkeys(("request", "topic", "phrase", "file", "where", "steps", "say"))
RIGHT: tuple[dict[str, Any], ...] = (
    {**EMPTY, "kind": "ask", "topic": "length", "phrase": "scene two"},
    {**EMPTY, "kind": "ask", "topic": "under", "phrase": "the knock"},
    {**EMPTY, "kind": "revise", "request": "make the rain louder"},
    {**EMPTY, "kind": "operate", "steps": [{"op": "measure_loudness", "id": "a", "audio": "take"}]},
    {**EMPTY, "kind": "operate", "steps": [{"op": "gain", "id": "b", "gain": 3, "audio": "take"}]},
    {**EMPTY, "kind": "place", "file": "take", "where": "under", "phrase": "Ben's line", "steps": []},
    {**EMPTY, "kind": "save", "request": "it"},
    {**EMPTY, "kind": "play", "request": "scene one"},
    {**EMPTY, "kind": "talk", "say": "Hello."},
    {"question": None, "summary": "Louder.", "edits": [{"do": "change", "id": "rain", "set": {"gain": 4}}]},
)
JUNK: tuple[Any, ...] = (
    None, "", "x" * 3000, "../../etc/passwd", -1, 1e308, True, [], {}, [[]], {"from": "take"}, "take", "/etc/passwd",
    "__import__('os')", "\u202e\x00", ["take"] * 70, {"op": "shell"}, "revise", "ask", "a1",
)  # fmt: skip
SAID = (
    "what about the rain",
    "do something with take",
    "how is scene two",
    "the second one",
    "yes",
    "more of it please",
)


def _holders(data: Any) -> list[Any]:
    found = [data] if isinstance(data, dict | list) else []
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        found += _holders(value)
    return found


def answer(rng: random.Random) -> str:
    data = json.loads(json.dumps(rng.choice(RIGHT)))
    for _ in range(rng.randrange(3)):
        holder = rng.choice(_holders(data))
        if not holder:
            continue
        key = rng.choice(list(holder)) if isinstance(holder, dict) else rng.randrange(len(holder))
        if rng.random() < 0.3:
            del holder[key]
        else:
            holder[key] = rng.choice(JUNK)
    text = json.dumps(data)
    return text[: rng.randrange(len(text))] if rng.random() < 0.1 else text


def talk_much(count: int, chat: Chat, rng: random.Random) -> int:
    failed = 0
    for _ in range(count):
        reply = chat.turn(rng.choice(SAID))
        failed += not reply.ok
        assert reply.text
        assert "Traceback" not in reply.text
    return failed


@pytest.fixture
def chat(late: Path, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], Chat]:
    monkeypatch.setattr(player, "play", lambda file: None)

    def open_(count: int, seed: int) -> Chat:
        rng = random.Random(seed)  # noqa: S311  no secret
        made = talk(late, [answer(rng) for _ in range(6 * count)])
        made.turn("take.wav")
        return made

    return open_


def only_expected(folder: Path) -> None:
    """What was saved lies in the folder of the chat, named by ids or as renders; nothing else does."""
    names = {path.name for path in folder.iterdir()} - {"late", "story.yaml", "take.wav", "home"}
    saved = r"[A-Za-z]\w*(-\d{3})?(\.\d+)?(\.manifest|\.timings)?\.(json|wav|flac)"
    assert [name for name in sorted(names) if not re.fullmatch(saved, name)] == []


def test_sixty_mutated_answers_end_in_replies(folder: Path, chat: Callable[[int, int], Chat]) -> None:
    failed = talk_much(60, chat(60, 1), random.Random(1))  # noqa: S311
    assert 3 < failed < 57
    only_expected(folder)


@pytest.mark.engines
def test_a_thousand_mutated_answers_end_in_replies(folder: Path, chat: Callable[[int, int], Chat]) -> None:
    failed = talk_much(1000, chat(1000, 2), random.Random(2))  # noqa: S311
    assert 50 < failed < 950
    only_expected(folder)
