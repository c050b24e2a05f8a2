"""The example agent: by any language model, by OpenAI's client, and by LangChain's agent."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import soundwright as sw
from soundwright.orchestrator.interop.operations import Operations

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "agent.py"
TASK = "Make two seconds of rain, muffle it, and say how loud it is."
CALLS = (
    ("generate_sound", {"description": "rain", "length": 2, "loop": None, "take": None}),
    ("muffled", {"amount": 0.9, "audio": "generate_sound"}),
    ("measure_loudness", {"audio": "muffled"}),
)


@pytest.fixture
def agent() -> ModuleType:
    spec = importlib.util.spec_from_file_location("agent", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def operations(home: Path, tmp_path: Path) -> Operations:
    del home
    return sw.operations(tmp_path / "results")


def made(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_example_does_three_operations_by_a_scripted_model(home: Path, tmp_path: Path) -> None:
    del home
    answers: list[dict[str, Any]] = [
        {"call": {"op": name, "id": name, **arguments}, "say": None} for name, arguments in CALLS
    ]
    answers.append({"call": None, "say": "Rain behind a wall."})
    (tmp_path / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), TASK, "--llm", "scripted:answers.json", "--out", "results"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Rain behind a wall."
    assert "integrated_lufs" in done.stdout
    assert made(tmp_path / "results") == {"generate_sound.wav", "muffled.wav", "measure_loudness.json"}


class _Calls(BaseHTTPRequestHandler):
    """Answers Chat Completions with one function call after the other, then with words."""

    asked: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(body)
        number = sum(message["role"] == "tool" for message in body["messages"])
        message: dict[str, Any] = {"role": "assistant", "content": "Done."}
        if number < len(CALLS):
            name, arguments = CALLS[number]
            called = {
                "id": f"c{number}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments)},
            }
            message = {"role": "assistant", "content": None, "tool_calls": [called]}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        sent = json.dumps({"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(sent.encode())

    def log_message(self, *said: object) -> None:
        del said


@pytest.fixture
def service() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    asked: list[dict[str, Any]] = []
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Calls,), {"asked": asked}))
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}/v1", asked
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def test_function_calls_of_openai_are_done(
    agent: ModuleType, operations: Operations, service: tuple[str, list[dict[str, Any]]]
) -> None:
    openai = pytest.importorskip("openai", reason="needs the extra llm")
    url, asked = service
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0) as client:
        assert agent.by_openai(client, "m", operations, TASK) == "Done."
    assert len(asked) == 4
    assert all(tool["function"]["strict"] for tool in asked[0]["tools"])
    assert "integrated_lufs" in asked[-1]["messages"][-1]["content"]
    assert "muffled.wav" in made(operations.workspace.folder)


@pytest.mark.engines
def test_an_agent_of_langchain_uses_the_tools(agent: ModuleType, operations: Operations) -> None:
    pytest.importorskip("langchain", reason="needs the extra langchain")
    from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel  # noqa: PLC0415
    from langchain_core.messages import AIMessage  # noqa: PLC0415

    class Scripted(FakeMessagesListChatModel):  # type: ignore[misc]  # not installed everywhere, so known to nobody
        def bind_tools(self, tools: Sequence[Any], **more: Any) -> Scripted:
            assert {"generate_sound", "muffled", "measure_loudness"} <= {tool.name for tool in tools}
            return self

    calls = [
        AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": name, "type": "tool_call"}])
        for name, arguments in CALLS
    ]
    model = Scripted(responses=[*calls, AIMessage("Rain behind a wall.")])
    assert agent.by_langchain(model, operations, TASK) == "Rain behind a wall."
    assert made(operations.workspace.folder) == {"generate_sound.wav", "muffled.wav", "measure_loudness.json"}


@pytest.mark.engines
def test_structured_tools_keep_their_schemas_and_answer_errors(operations: Operations) -> None:
    pytest.importorskip("langchain_core", reason="needs the extra langchain")
    from langchain_core.utils.function_calling import convert_to_openai_tool  # noqa: PLC0415

    from soundwright.orchestrator.interop.langchain import structured_tools  # noqa: PLC0415

    tools = {tool.name: tool for tool in structured_tools(operations)}
    assert set(tools) == set(operations.operations)
    for name, declared in ((each["function"]["name"], each) for each in operations.schemas()):
        converted = convert_to_openai_tool(tools[name], strict=True)
        assert converted["function"]["parameters"] == declared["function"]["parameters"]
    assert "nothing is called" in json.loads(tools["gain"].invoke({"audio": "nobody", "gain": 1}))["error"]
