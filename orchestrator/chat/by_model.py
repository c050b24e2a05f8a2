"""Understanding by a language model: a turn that is held to a schema, checked, and asked for again when it is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from soundwright.orchestrator.chat.situation import Situation
from soundwright.orchestrator.chat.turns import Turn, read_turn, turn_schema
from soundwright.orchestrator.llm.base import Message
from soundwright.orchestrator.planner.prompting import Prompt
from soundwright.orchestrator.planner.session import Session
from soundwright.prompts.loader import example, examples, render
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.kinds import Kind
from soundwright.scripts_compiler.operations import Operation

ROUNDS = 2
ANSWER_TOKENS = 400
MAX_OPERATIONS = 12
MAX_TURNS = 6
MAX_TURN_CHARS = 200
MAX_SAID_CHARS = 8000
MAX_FILES = 20
# Offered whatever is said: what recordings are mostly brought for.
_USUAL = ("transcribe", "enhance", "separate", "measure_loudness", "generate_sound", "generate_music", "speak")
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset(
    _WORD.findall(
        "the and for with what that this from into over between before same sound sounds somebody give take keep put "
        "make all part one two more less long high low when where who how say"
    )
)


def understand(situation: Situation, session: Session, *, rounds: int = ROUNDS) -> Turn:
    """What a turn means, by the language model of a session, which counts what that takes.

    Raises:
        ScriptError: what was wrong in its last answer.
        LanguageModelError: it cannot be asked, or its last answer not be read.
        Cancelled: the session was cancelled.
    """
    asked = prompt(situation)
    return session.converse(asked, _Task(situation, asked.schema), rounds=rounds, answer_tokens=ANSWER_TOKENS)


def prompt(situation: Situation) -> Prompt:
    """Exactly what is sent first."""
    operations = offered(situation)
    rules = render(
        "chat",
        operations=[_line(operation) for operation in operations],
        examples=[example(name, "chat") for name in examples("chat")],
    )
    said = render(
        "chat_turn",
        story=situation.story or "none yet",
        files=[f"{item.id} ({item.kind.value})" for item in list(situation.items.values())[-MAX_FILES:]],
        turns=[(_short(user), _short(answer)) for user, answer in situation.turns[-MAX_TURNS:]],
        said=situation.text[:MAX_SAID_CHARS],
    )
    return Prompt((Message("system", rules), Message("user", said)), turn_schema(operations))


def offered(situation: Situation) -> list[Operation]:
    """The operations that a turn may need: the usual ones, and those that it speaks of."""
    words = {word.casefold() for word in _WORD.findall(situation.text)} - _COMMON
    usable = situation.operations
    has_sound = any(item.kind in (Kind.AUDIO, Kind.SPEECH, Kind.STEMS) for item in situation.items.values())
    spoken = [operation.name for operation in usable.values() if _spoken_of(operation, words)]
    names = [name for name in dict.fromkeys([*spoken, *_USUAL]) if name in usable]
    return [usable[n] for n in names if has_sound or not _needs_file(usable[n])][:MAX_OPERATIONS]


def words(question: str, facts: str, session: Session) -> str:
    """Facts as a sentence of the model; the facts themselves where it changed a number, or left one out.

    Raises:
        LanguageModelError: it cannot be asked.
        Cancelled: the session was cancelled.
    """
    asked = render("chat_words", question=question[:MAX_SAID_CHARS], facts=facts)
    answer = session.ask(Prompt((Message("user", asked),), {}), ANSWER_TOKENS)
    text = " ".join(answer.text.split())
    faithful = bool(text) and _numbers(text) == _numbers(facts) and len(text) <= 3 * len(facts) + 200
    return text if faithful else facts


@dataclass(frozen=True, slots=True)
class _Task:
    """Reads the answers to one turn."""

    situation: Situation
    schema: Any

    def read(self, data: Any, *, last: bool) -> Turn:  # noqa: ANN401
        """The turn of an answer, held against what there is."""
        del last
        turn = read_turn(data, self.schema, by="model")
        problems = [*_unknown_files(turn, self.situation), *_unsaid_names(turn, self.situation)]
        if problems:
            raise ScriptError(problems)
        return turn

    def rescue(self) -> Turn | None:
        """An earlier answer was wrong as well."""
        return None


def _unknown_files(turn: Turn, situation: Situation) -> list[Problem]:
    """Ids that are neither of a file nor of an earlier step."""
    known, problems = set(situation.items), []
    if (turn.kind == "place" or turn.file) and turn.file not in known:
        problems.append(Problem("file", f"nothing is called {turn.file!r}.", _there(known)))
    for number, step in enumerate(turn.steps):
        operation = situation.operations[step["op"]]
        for port in operation.inputs:
            given = step.get(port.name)
            if port.name in operation.parameters.model_fields and not isinstance(given, dict):
                continue
            for name in _ids(given):
                if name.partition(".")[0] not in known:
                    place = f"steps[{number}].{port.name}"
                    problems.append(Problem(place, f"nothing is called {name!r}.", _there(known)))
        known.add(str(step.get("id")))
    return problems


def _unsaid_names(turn: Turn, situation: Situation) -> list[Problem]:
    """Files are written only under names that the user gave."""
    if turn.kind != "save":
        return []
    unsaid = [word for word in turn.request.split() if re.search(r"[./\\~]", word) and word not in situation.said.raw]
    remedy = "Leave request null where the user named no file."
    return [Problem("request", f"the user did not name {word[:80]!r}.", remedy) for word in unsaid]


def _ids(value: Any) -> list[str]:  # noqa: ANN401
    value = value.get("from") if isinstance(value, dict) else value
    return [str(each) for each in value] if isinstance(value, list) else [] if value is None else [str(value)]


def _there(known: set[str]) -> str:
    return f"There is {', '.join(sorted(known))}." if known else "There are no files: ask the user for one."


def _line(operation: Operation) -> str:
    takes = ", ".join(port.name for port in operation.inputs)
    return f"{operation.name}{f' ({takes})' if takes else ''}: {operation.help}"


def _needs_file(operation: Operation) -> bool:
    return any(not port.optional for port in operation.inputs)


def _spoken_of(operation: Operation, words: set[str]) -> bool:
    named = set(operation.name.replace(".", "_").split("_"))
    said = {word.casefold() for word in _WORD.findall(operation.help)} - _COMMON
    return bool((named | said) & words) or any(len(n) > 3 and w.startswith(n) for n in named for w in words)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= MAX_TURN_CHARS else f"{plain[:MAX_TURN_CHARS]}..."


def _numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d+(?:[.,]\d+)?", text))
