"""An agent that works with sound: a language model chooses operations, Soundwright does them.

python examples/agent.py "Make ten seconds of rain, muffle it, put it into a room and say how loud it is."
    --llm openai:gpt-5-mini            any model that Soundwright knows, see docs/llm.md
    --langchain openai:gpt-5-mini      the same by LangChain's own agent
    --openai gpt-5-mini                the same by OpenAI's client and its function calls
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import soundwright as sw
from soundwright.orchestrator.interop.schemas import step_schema
from soundwright.orchestrator.llm.base import LanguageModel, Message
from soundwright.orchestrator.llm.choose import open_model

if TYPE_CHECKING:
    from soundwright.orchestrator.interop.operations import Operations

USED = ("generate_sound", "muffled", "reverb", "measure_loudness", "transcribe", "mix")
MAX_STEPS = 8
RULES = """You do what is asked of you with sound. Do one operation at a time in call; its result has an id that later
calls may name. When all is done, call is null and say tells the user what was made. Files there are: {files}."""


def by_any_model(model: LanguageModel, operations: Operations, task: str) -> str:
    """Structured answers instead of function calls: works with every model, in process or not."""
    call = {"anyOf": [*step_schema(operations.operations.values())["anyOf"], {"type": "null"}]}
    fields = {"call": call, "say": {"anyOf": [{"type": "string"}, {"type": "null"}]}}
    schema = {"type": "object", "properties": fields, "required": ["call", "say"], "additionalProperties": False}
    rules = RULES.format(files=", ".join(operations.workspace.items) or "none")
    messages = [Message("system", rules), Message("user", task)]
    for _ in range(MAX_STEPS):
        answer = model.answer(messages, schema)
        wanted = answer.data.get("call")
        if not wanted:
            return str(answer.data.get("say"))
        arguments = {name: value for name, value in wanted.items() if name not in ("op", "id")}
        result = operations.call(wanted["op"], json.dumps(arguments))
        print(f"{wanted['op']}: {result}")
        messages += [Message("assistant", answer.text), Message("user", f"Result: {result}")]
    return "It took too many steps."


def by_openai(client: Any, model: str, operations: Operations, task: str) -> str:  # noqa: ANN401  openai.OpenAI
    """Function calls of the Chat Completions API."""
    rules = RULES.format(files=", ".join(operations.workspace.items) or "none")
    messages: list[Any] = [{"role": "system", "content": rules}, {"role": "user", "content": task}]
    for _ in range(MAX_STEPS):
        said = client.chat.completions.create(model=model, messages=messages, tools=operations.schemas("chat"))
        message = said.choices[0].message
        if not message.tool_calls:
            return str(message.content)
        messages.append(message)
        for call in message.tool_calls:
            result = operations.call(call.function.name, call.function.arguments)
            print(f"{call.function.name}: {result}")
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    return "It took too many steps."


def by_langchain(chat_model: Any, operations: Operations, task: str) -> str:  # noqa: ANN401  a name or a chat model
    """LangChain's agent with the operations as its tools."""
    from langchain.agents import create_agent  # noqa: PLC0415

    from soundwright.orchestrator.interop.langchain import structured_tools  # noqa: PLC0415

    rules = RULES.format(files=", ".join(operations.workspace.items) or "none")
    agent = create_agent(chat_model, structured_tools(operations), system_prompt=rules)
    state = agent.invoke({"messages": [{"role": "user", "content": task}]})
    return str(state["messages"][-1].content)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task")
    parser.add_argument("--file", action="append", default=[], help="ID=PATH: a recording that may be used")
    parser.add_argument("--out", default="agent-results", help="folder of the results")
    for way in ("--llm", "--langchain", "--openai"):
        parser.add_argument(way)
    given = parser.parse_args()
    files = dict(pair.split("=", 1) for pair in given.file)
    operations = sw.operations(Path(given.out), files, only=USED)
    if given.langchain:
        print(by_langchain(given.langchain, operations, given.task))
    elif given.openai:
        import openai  # noqa: PLC0415

        print(by_openai(openai.OpenAI(), given.openai, operations, given.task))
    else:
        print(by_any_model(open_model(given.llm), operations, given.task))


if __name__ == "__main__":
    main()
