"""LangChain's chat models behind the seam, through langchain-openai, against a server on this machine."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from soundwright.orchestrator.llm.base import Message, Usage
from soundwright.orchestrator.llm.errors import BadAnswer, LanguageModelError, ModelRefused, ModelUnavailable
from soundwright.orchestrator.llm.retry import Backoff
from soundwright.tools.errors import Cancelled

pytest.importorskip("langchain")
pytest.importorskip("langchain_openai")
from soundwright.orchestrator.llm.langchain_client import LangChainModel

GOOD = json.dumps({"title": "Rain", "lines": 3})
ASK = [Message("system", "You write radio plays."), Message("user", "One about rain.")]
KEY = "sk-proj-THISISSECRET0123456789"
STREAMS = pytest.mark.parametrize("streams", [False, True])


def model(server: Any, naps: Any, **environ: str) -> LangChainModel:
    return LangChainModel(f"openai:tiny-1@{server.url}", environ=environ, backoff=Backoff(sleep=naps))


def ask(client: LangChainModel, schema: Any = None, *, streams: bool = False) -> tuple[Any, str]:
    heard: list[str] = []
    answer = client.answer(ASK, schema, on_text=heard.append if streams else None)
    return answer, "".join(heard)


@STREAMS
def test_answers_in_text(server: Any, naps: Any, says: Any, streams: bool) -> None:
    answer, heard = ask(model(server.will(says("A play about rain.")), naps), streams=streams)
    assert (answer.text, answer.data, answer.usage) == ("A play about rain.", None, Usage(12, 34))
    assert heard == (answer.text if streams else "")
    assert server.bodies[0]["messages"][0] == {"role": "system", "content": "You write radio plays."}


@STREAMS
def test_holds_answers_to_the_schema(server: Any, naps: Any, says: Any, schema: Any, streams: bool) -> None:
    answer, heard = ask(model(server.will(says(GOOD)), naps), schema, streams=streams)
    assert answer.data == {"title": "Rain", "lines": 3}
    assert answer.usage == Usage(12, 34)
    assert heard == (GOOD if streams else "")
    asked = server.bodies[0]["response_format"]["json_schema"]["schema"]
    assert asked["properties"] == schema["properties"]


@STREAMS
def test_a_rejected_response_format_goes_into_the_prompt(
    server: Any, naps: Any, says: Any, fails: Any, schema: Any, streams: bool
) -> None:
    server.will(fails(400, "'response_format' is not supported"), says(f"```json\n{GOOD}\n```"))
    client = model(server, naps)
    assert ask(client, schema, streams=streams)[0].data == {"title": "Rain", "lines": 3}
    assert not client.structured
    assert "response_format" not in server.bodies[1]


def test_a_response_format_that_is_passed_over_goes_into_the_prompt(
    server: Any, naps: Any, says: Any, schema: Any
) -> None:
    client = model(server.will(says("Rain, I think."), says(GOOD)), naps)
    assert ask(client, schema)[0].data == {"title": "Rain", "lines": 3}
    server.will(says("Rain, I think."))
    with pytest.raises(BadAnswer, match="holds no JSON object"):
        ask(client, schema)


@STREAMS
def test_refused_and_cut(server: Any, naps: Any, says: Any, schema: Any, streams: bool) -> None:
    with pytest.raises(ModelRefused, match="cannot help"):
        ask(model(server.will(says(refusal="I cannot help with that.")), naps), schema, streams=streams)
    with pytest.raises(LanguageModelError, match=r"cut off|reduce the length"):
        ask(model(server.will(says(GOOD[:-3], finish="length")), naps), schema, streams=streams)


@pytest.mark.parametrize(
    ("failure", "error", "words"),
    [
        ((401, "Incorrect API key"), ModelUnavailable, "does not accept the key"),
        ((404, "The model `x` does not exist", "model_not_found"), ModelUnavailable, "has no model.*Check its name"),
        ((400, "maximum context length is 8192", "context_length_exceeded"), ModelRefused, "too long"),
    ],
)
@STREAMS
def test_failures(
    server: Any, naps: Any, fails: Any, failure: Any, error: type[LanguageModelError], words: str, streams: bool
) -> None:
    with pytest.raises(error, match=words):
        ask(model(server.will(fails(*failure)), naps), streams=streams)
    assert len(server.bodies) == 1


@STREAMS
def test_passing_failures_are_tried_again(server: Any, naps: Any, says: Any, fails: Any, streams: bool) -> None:
    server.will(fails(429, headers={"Retry-After": "3"}), fails(0), says("There."))
    assert ask(model(server, naps), streams=streams)[0].text == "There."
    assert naps.taken[0] == 3
    assert len(naps.taken) == 2


def test_no_server(naps: Any) -> None:
    client = LangChainModel("openai:m@http://127.0.0.1:9/v1", environ={}, backoff=Backoff(sleep=naps))
    with pytest.raises(ModelUnavailable, match="No server answers at http://127"):
        ask(client)


def test_cancelling_while_nothing_arrives(server: Any, naps: Any, says: Any) -> None:
    gate = threading.Event()
    server.will(says("A long story about rain.", wait=gate))
    heard: list[str] = []
    with pytest.raises(Cancelled):
        model(server, naps).answer(ASK, on_text=heard.append, cancelled=lambda: bool(heard))
    assert heard == ["A long "]
    gate.set()


def test_a_provider_that_is_not_installed_or_not_known() -> None:
    with pytest.raises(ModelUnavailable, match=r"langchain-anthropic.*[Ii]nstall"):
        LangChainModel("anthropic:claude-sonnet-4-5", environ={})
    with pytest.raises(ModelUnavailable, match="cannot be opened"):
        LangChainModel("nobody:nothing", environ={})


def test_the_key_is_sent_and_never_seen(server: Any, naps: Any, fails: Any) -> None:
    client = model(server.will(fails(401, f"Incorrect API key provided: {KEY}")), naps, SOUNDWRIGHT_LLM_KEY=KEY)
    with pytest.raises(LanguageModelError) as caught:
        ask(client)
    assert server.asked[0]["headers"]["authorization"] == f"Bearer {KEY}"
    seen = "\n".join([repr(client), client.name, str(caught.value), repr(vars(client))])
    assert "THISISSECRET" not in seen


def test_the_key_of_openai_goes_to_no_other_server(
    server: Any, naps: Any, says: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    ask(model(server.will(says("x")), naps))
    assert KEY not in json.dumps(server.asked)
