"""The client of OpenAI's two APIs, through the real package, against a server on this machine."""

from __future__ import annotations

import json
import logging
import pickle
import threading
import time
from typing import Any

import pytest

from soundwright.orchestrator.llm.base import Answer, Message, Usage
from soundwright.orchestrator.llm.errors import BadAnswer, LanguageModelError, ModelRefused, ModelUnavailable
from soundwright.orchestrator.llm.retry import Backoff
from soundwright.tools.errors import Cancelled

pytest.importorskip("openai")
from soundwright.orchestrator.llm.openai_client import OpenAIModel

GOOD = json.dumps({"title": "Rain", "lines": 3})
ASK = [Message("system", "You write radio plays."), Message("user", "One about rain.")]
KEY = "sk-proj-THISISSECRET0123456789"
APIS = pytest.mark.parametrize("api", ["chat", "responses"])
STREAMS = pytest.mark.parametrize("streams", [False, True])


def model(server: Any, naps: Any, api: Any = None, **environ: str) -> OpenAIModel:
    return OpenAIModel("tiny-1", base_url=server.url, api=api, environ=environ, backoff=Backoff(sleep=naps))


def ask(client: OpenAIModel, schema: Any = None, *, streams: bool = False) -> tuple[Answer, str]:
    heard: list[str] = []
    return client.answer(ASK, schema, on_text=heard.append if streams else None), "".join(heard)


@APIS
@STREAMS
def test_answers_in_text(server: Any, naps: Any, says: Any, api: str, streams: bool) -> None:
    server.will(says("A play about rain, drop by drop."))
    answer, heard = ask(model(server, naps, api), streams=streams)
    assert answer == Answer("A play about rain, drop by drop.", None, Usage(12, 34), "tiny-1-0101")
    assert heard == (answer.text if streams else "")
    assert server.asked[0]["path"] == ("/v1/responses" if api == "responses" else "/v1/chat/completions")


@APIS
@STREAMS
def test_holds_answers_to_the_schema(server: Any, naps: Any, says: Any, schema: Any, api: str, streams: bool) -> None:
    server.will(says(GOOD))
    answer, _ = ask(model(server, naps, api), schema, streams=streams)
    assert answer.data == {"title": "Rain", "lines": 3}
    body = server.bodies[0]
    form = body["text"]["format"] if api == "responses" else body["response_format"]["json_schema"]
    assert (form["schema"], form["strict"]) == (schema, True)
    assert (body["input"] if api == "responses" else body["messages"])[0]["role"] == "system"


def test_responses_are_not_kept_by_the_service(server: Any, naps: Any, says: Any) -> None:
    ask(model(server.will(says("x")), naps, "responses"))
    assert server.bodies[0]["store"] is False


@STREAMS
def test_a_rejected_response_format_goes_into_the_prompt_once_and_for_all(
    server: Any, naps: Any, says: Any, fails: Any, schema: Any, streams: bool
) -> None:
    server.will(
        fails(400, "'response_format.type' must be 'text'"), says(f"Here you are:\n```json\n{GOOD}\n```\nEnjoy!")
    )
    client = model(server, naps)
    answer, _ = ask(client, schema, streams=streams)
    ask(client, schema, streams=streams)
    assert answer.data == {"title": "Rain", "lines": 3}
    assert not client.structured
    assert ["response_format" in body for body in server.bodies] == [True, False, False]
    assert '"maximum":9' in server.bodies[1]["messages"][0]["content"]


def test_a_response_format_that_is_passed_over_goes_into_the_prompt(
    server: Any, naps: Any, says: Any, schema: Any
) -> None:
    server.will(says("Rain would be a fine title."), says(GOOD))
    answer, _ = ask(model(server, naps), schema)
    assert answer.data == {"title": "Rain", "lines": 3}
    assert answer.usage == Usage(24, 68)


def test_no_json_even_with_the_schema_in_the_prompt(server: Any, naps: Any, says: Any, schema: Any) -> None:
    with pytest.raises(BadAnswer, match="holds no JSON object") as caught:
        ask(model(server.will(says("No idea.")), naps), schema)
    assert (caught.value.text, caught.value.addressee, caught.value.usage.output_tokens) == ("No idea.", "llm", 34)
    assert len(server.bodies) == 2


@APIS
@STREAMS
def test_a_cut_answer(server: Any, naps: Any, says: Any, schema: Any, api: str, streams: bool) -> None:
    server.will(says(GOOD[:-4], finish="length"))
    client = model(server, naps, api)
    with pytest.raises(BadAnswer, match="cut off after 34 tokens"):
        ask(client, schema, streams=streams)
    answer, _ = ask(client, streams=streams)
    assert answer.cut
    assert client.structured


@APIS
@STREAMS
def test_refusals(server: Any, naps: Any, says: Any, schema: Any, api: str, streams: bool) -> None:
    server.will(says(refusal="I cannot help with that."))
    with pytest.raises(ModelRefused, match=r"tiny-1@http.* refused: I cannot help with that. Ask in other words"):
        ask(model(server, naps, api), schema, streams=streams)
    server.will(says(finish="content_filter"))
    with pytest.raises(ModelRefused, match="filter"):
        ask(model(server, naps, api), schema, streams=streams)


@pytest.mark.parametrize(
    ("failure", "error", "words"),
    [
        ((401, "Incorrect API key provided", "invalid_api_key"), ModelUnavailable, "does not accept the key.*SOUNDWR"),
        ((404, "The model `x` does not exist", "model_not_found"), ModelUnavailable, "has no model 'tiny-1'.*tiny-2"),
        ((400, 'model "x" not found, try pulling it first', None), ModelUnavailable, "has no model.*Check its name"),
        ((400, "maximum context length is 8192", "context_length_exceeded"), ModelRefused, "too long.*longer context"),
        ((400, "request (9000 tokens) exceeds the available context size", None), ModelRefused, "too long"),
        ((400, "violates our usage policies", "content_policy_violation"), ModelRefused, "refused"),
        ((400, "tools are not for me", None), ModelRefused, "rejects the request.*choose another"),
        ((429, "no credit", "insufficient_quota"), ModelUnavailable, "no credit left.*Add credit"),
    ],
)
@STREAMS
def test_failures_that_are_final(
    server: Any, naps: Any, fails: Any, failure: Any, error: type[LanguageModelError], words: str, streams: bool
) -> None:
    with pytest.raises(error, match=words) as caught:
        ask(model(server.will(fails(*failure)), naps), streams=streams)
    assert "\n" not in str(caught.value)
    assert len(server.bodies) == 1
    assert naps.taken == []


@pytest.mark.parametrize("status", [0, 429, 500, 503])
@STREAMS
def test_passing_failures_are_tried_again(
    server: Any, naps: Any, says: Any, fails: Any, status: int, streams: bool
) -> None:
    server.will(fails(status), fails(status), says("There."))
    assert ask(model(server, naps), streams=streams)[0].text == "There."
    first, second = naps.taken
    assert 0.5 <= first <= 1 <= second <= 2


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, "broke the connection off"), (429, "limits the rate"), (500, "is failing.*HTTP 500: went wrong")],
)
def test_failures_that_do_not_pass(server: Any, naps: Any, fails: Any, status: int, words: str) -> None:
    with pytest.raises(ModelUnavailable, match=words):
        ask(model(server.will(fails(status)), naps))
    assert len(server.bodies) == 4


def test_retry_after_is_honoured(server: Any, naps: Any, says: Any, fails: Any) -> None:
    server.will(fails(429, headers={"Retry-After": "7"}), fails(503, headers={"retry-after-ms": "250"}), says("There."))
    ask(model(server, naps))
    assert naps.taken == [7.0, 0.25]


def test_a_retry_after_of_an_hour_is_not_waited_for(server: Any, naps: Any, fails: Any) -> None:
    with pytest.raises(ModelUnavailable, match="limits the rate"):
        ask(model(server.will(fails(429, headers={"Retry-After": "3600"})), naps))
    assert naps.taken == []


def test_a_stream_that_breaks_after_its_first_words_is_not_begun_again(server: Any, naps: Any, says: Any) -> None:
    server.will(says("A long story about rain.", breaks_after=3))
    answered: list[str] = []
    answer = model(server, naps).answer(ASK, on_text=answered.append)
    assert (answer.text, answered) == ("A long story a"[: len(answer.text)], ["A long ", "story a"])


@pytest.mark.parametrize("page", ["<html>It works!</html>", '{"hello": "world"}'])
@APIS
def test_something_that_is_no_such_service(server: Any, naps: Any, raw: Any, api: str, page: str) -> None:
    server.will(raw(page, "text/html" if page[0] == "<" else "application/json"))
    with pytest.raises(ModelUnavailable, match=r"is no such service.*ends in /v1"):
        ask(model(server, naps, api))


@STREAMS
def test_a_wrong_path(server: Any, naps: Any, says: Any, streams: bool) -> None:
    server.will(says("x"))
    client = OpenAIModel("tiny-1", base_url=server.url.removesuffix("/v1"), environ={}, backoff=Backoff(sleep=naps))
    with pytest.raises(ModelUnavailable, match="Check"):
        ask(client, streams=streams)


def test_no_server(naps: Any) -> None:
    client = OpenAIModel("m", base_url="http://127.0.0.1:9/v1", environ={}, backoff=Backoff(sleep=naps))
    with pytest.raises(
        ModelUnavailable, match=r"No server answers at http://127.0.0.1:9/v1.*Start it, or check the URL"
    ):
        ask(client)
    assert naps.taken == []


def test_a_silent_server(server: Any, naps: Any, says: Any) -> None:
    gate = threading.Event()
    server.will(says("A long story about rain.", wait=gate))
    client = model(server, naps, SOUNDWRIGHT_LLM_TIMEOUT="0.3")
    with pytest.raises(ModelUnavailable, match=r"no answer in time. Raise SOUNDWRIGHT_LLM_TIMEOUT"):
        ask(client, streams=True)
    gate.set()


def test_cancelling_while_nothing_arrives(server: Any, naps: Any, says: Any) -> None:
    gate = threading.Event()
    server.will(says("A long story about rain.", wait=gate))
    heard: list[str] = []
    began = time.monotonic()
    with pytest.raises(Cancelled):
        model(server, naps).answer(ASK, on_text=heard.append, cancelled=lambda: bool(heard))
    assert time.monotonic() - began < 5
    assert heard == ["A long "]
    gate.set()


def test_cancelling_a_wait(server: Any, fails: Any) -> None:
    stop = threading.Event()

    def sleep(seconds: float) -> None:
        assert seconds <= 0.2
        stop.set()

    server.will(fails(429, headers={"Retry-After": "60"}))
    client = OpenAIModel("m", base_url=server.url, environ={}, backoff=Backoff(sleep=sleep))
    with pytest.raises(Cancelled):
        client.answer(ASK, cancelled=stop.is_set)


def test_tokens_are_estimated_where_the_server_counts_none(server: Any, naps: Any, says: Any) -> None:
    answer, _ = ask(model(server.will(says("A play about rain.", usage=None)), naps))
    assert 4 <= answer.usage.output_tokens <= 7
    assert answer.usage.cost_usd is None


def test_a_price_that_the_user_sets(server: Any, naps: Any, says: Any) -> None:
    answer, _ = ask(model(server.will(says("x")), naps, SOUNDWRIGHT_LLM_PRICE="1,10"))
    assert answer.usage.cost_usd == pytest.approx((12 * 1 + 34 * 10) / 1e6)


def test_the_limit_of_the_answer_is_sent(server: Any, naps: Any, says: Any) -> None:
    for api, field in (("chat", "max_tokens"), ("responses", "max_output_tokens")):
        ask(model(server.will(says("x")), naps, api, SOUNDWRIGHT_LLM_MAX_TOKENS="99"))
        assert server.bodies[0][field] == 99


@STREAMS
def test_the_key_is_sent_and_never_seen(
    server: Any, naps: Any, says: Any, fails: Any, caplog: pytest.LogCaptureFixture, streams: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    client = model(server, naps, SOUNDWRIGHT_LLM_KEY=KEY)
    ask(client.__class__("tiny-1", base_url=server.will(says("x")).url, environ={"SOUNDWRIGHT_LLM_KEY": KEY}))
    assert server.asked[0]["headers"]["authorization"] == f"Bearer {KEY}"
    seen = [repr(client), str(client), client.name, repr(vars(client))]
    for status in (400, 401, 404, 429, 500):
        server.will(fails(status, f"Incorrect API key provided: {KEY}, or {KEY[:12]}****6789."))
        with pytest.raises(LanguageModelError) as caught:
            ask(client, streams=streams)
        seen += [str(caught.value), repr(caught.value), repr(caught.value.__cause__)]
    everything = "\n".join([*seen, caplog.text])
    assert "THISISSECRET" not in everything
    assert "THI" not in "".join(seen)
    with pytest.raises(TypeError, match="never stored"):
        pickle.dumps(client._server.key)


def test_the_key_of_openai_goes_to_no_other_server(server: Any, naps: Any, says: Any) -> None:
    ask(model(server.will(says("x")), naps, OPENAI_API_KEY=KEY))
    assert KEY not in json.dumps(server.asked)


def test_the_key_of_openai_goes_to_the_server_of_its_variable(
    server: Any, naps: Any, says: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # this machine is asked without a proxy
    server.will(says("x"))
    environ = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY}
    ask(OpenAIModel("tiny-1", environ=environ, backoff=Backoff(sleep=naps)))
    assert server.asked[0]["headers"]["authorization"] == f"Bearer {KEY}"
