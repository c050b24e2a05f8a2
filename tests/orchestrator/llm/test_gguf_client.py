"""A real model: SmolLM2-135M in this process, and as a server that the OpenAI client drives over HTTP."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator.llm.base import Message
from soundwright.orchestrator.llm.choose import open_model
from soundwright.orchestrator.llm.conforms import misfits
from soundwright.orchestrator.llm.errors import BadAnswer, ModelRefused
from soundwright.orchestrator.llm.gguf_client import GgufModel
from soundwright.orchestrator.llm.gguf_header import read_facts
from soundwright.orchestrator.llm.openai_client import OpenAIModel
from soundwright.tools.errors import Cancelled
from soundwright.tools.model_store import ModelStore

pytestmark = pytest.mark.engines
NAME = "smollm2-135m"
ASK = [Message("user", "Give a title for a short radio play about rain, and how many lines it has.")]
LIMITS = {"SOUNDWRIGHT_LLM_MAX_TOKENS": "120", "SOUNDWRIGHT_LLM_THREADS": "1"}


@pytest.fixture
def schema(schema: Any) -> Any:
    """The same with a short title: left to itself the small model may never end one."""
    properties = {**schema["properties"], "title": {"type": "string", "maxLength": 40}}
    return {**schema, "properties": properties}


@pytest.fixture(scope="module")
def weights(models_folder: Path) -> Path:
    pytest.importorskip("xllamacpp")
    ModelStore(models_folder).pull(NAME)
    return ModelStore(models_folder).path(NAME)


@pytest.fixture(scope="module")
def model(weights: Path) -> GgufModel:
    return GgufModel(weights, environ=LIMITS)


@pytest.fixture(scope="module")
def url(weights: Path) -> Iterator[str]:
    """llama.cpp's own HTTP server with the same weights, on a free port of this machine."""
    xllamacpp = importlib.import_module("xllamacpp")
    settings = xllamacpp.CommonParams()
    settings.model.path = str(weights)
    settings.n_ctx, settings.n_parallel, settings.verbosity, settings.warmup = 4096, 1, -1, False
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(settings)
    yield f"{server.listening_address}/v1"
    del server


def answered_or_told(client: OpenAIModel, schema: Any) -> None:
    """So small a model may miss what is only asked for; then the error holds what it said."""
    try:
        assert isinstance(client.answer(ASK, schema).data, dict)
    except BadAnswer as bad:
        assert bad.text  # noqa: PT017  either outcome is right


def test_the_store_knows_the_weights(weights: Path) -> None:
    facts = read_facts(weights)
    assert (facts.architecture, facts.context_tokens) == ("llama", 8192)
    opened = open_model("gguf:smollm2", environ={"SOUNDWRIGHT_HOME": str(weights.parents[2])})
    assert (opened.name, opened.context_tokens) == (f"gguf:{NAME}", 8192)


def test_answers_in_this_process_fit_the_schema(model: GgufModel, schema: Any) -> None:
    heard: list[str] = []
    answer = model.answer(ASK, schema, on_text=heard.append)
    assert misfits(answer.data, schema) == []
    assert "".join(heard) == answer.text
    assert answer.usage.input_tokens > 20
    assert 1 < len(heard) <= answer.usage.output_tokens
    assert answer.usage.cost_usd == 0


def test_nothing_can_reach_the_model_from_outside(model: GgufModel) -> None:
    model.answer([Message("user", "Hi.")])
    address = str(model._server.listening_address)
    assert address.startswith("unix://")
    assert not Path(address.removeprefix("unix://")).parent.exists()


def test_a_text_longer_than_the_context(model: GgufModel) -> None:
    with pytest.raises(ModelRefused, match="too long for the model's context"):
        model.answer([Message("user", "rain " * 9_000)])


def test_an_answer_that_reaches_its_limit(weights: Path, schema: Any) -> None:
    small = GgufModel(weights, environ={**LIMITS, "SOUNDWRIGHT_LLM_MAX_TOKENS": "4"})
    answer = small.answer(ASK)
    assert (answer.cut, answer.usage.output_tokens) == (True, 4)
    with pytest.raises(BadAnswer, match="cut off after 4 tokens"):
        small.answer(ASK, schema)


def test_cancelling_in_this_process(model: GgufModel) -> None:
    began = time.monotonic()
    with pytest.raises(Cancelled):
        model.answer([Message("user", "rain " * 500)], cancelled=lambda: time.monotonic() - began > 0.3)
    assert time.monotonic() - began < 3
    assert model.answer([Message("user", "Hi.")]).text


@pytest.mark.parametrize("streams", [False, True])
def test_a_real_server_over_http(url: str, schema: Any, streams: bool) -> None:
    client = OpenAIModel("smollm2", base_url=url, environ=LIMITS)
    heard: list[str] = []
    answer = client.answer(ASK, schema, on_text=heard.append if streams else None)
    assert misfits(answer.data, schema) == []
    assert client.structured
    assert "".join(heard) == (answer.text if streams else "")
    assert answer.usage.input_tokens > 20


def test_the_other_api_of_a_real_server_passes_the_schema_over(url: str, schema: Any) -> None:
    client = OpenAIModel("smollm2", base_url=url, api="responses", environ=LIMITS)
    assert client.answer(ASK).text
    answered_or_told(client, schema)
    assert not client.structured


def test_a_real_server_refuses_what_is_too_long(url: str) -> None:
    client = OpenAIModel("smollm2", base_url=url, environ=LIMITS)
    heard: list[str] = []
    for on_text in (None, heard.append):
        with pytest.raises(ModelRefused, match="too long for the model's context"):
            client.answer([Message("user", "rain " * 6_000)], on_text=on_text)
    assert heard == []


def test_a_real_server_without_structured_output_is_asked_in_the_prompt(url: str, schema: Any) -> None:
    client = OpenAIModel("smollm2", base_url=url, environ=LIMITS)
    client.structured = False
    answered_or_told(client, schema)
    assert not client.structured
