"""Choosing a model by name, and what keeps it from being opened."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from soundwright.orchestrator.llm import packages
from soundwright.orchestrator.llm.base import Message
from soundwright.orchestrator.llm.choose import configured, configured_name, open_model
from soundwright.orchestrator.llm.errors import BadAnswer, ModelRefused, ModelUnavailable
from soundwright.orchestrator.llm.keys import find_key, redact
from soundwright.orchestrator.llm.scripted import ScriptedModel
from soundwright.orchestrator.llm.server import find_server
from soundwright.tools.errors import Cancelled

ASK = [Message("user", "One about rain.")]
KEY = "THISISSECRET0123456789"


def home(folder: Path, **environ: str) -> dict[str, str]:
    return {"SOUNDWRIGHT_HOME": str(folder), **environ}


def test_the_environment_comes_before_the_configuration(tmp_path: Path) -> None:
    assert not configured(home(tmp_path))
    (tmp_path / "config.toml").write_text('llm = "gguf:smollm2-135m"\n')
    assert configured_name(home(tmp_path)) == "gguf:smollm2-135m"
    assert configured_name(home(tmp_path, SOUNDWRIGHT_LLM="openai:x")) == "openai:x"


def test_a_key_alone_chooses_nothing(tmp_path: Path) -> None:
    assert not configured(home(tmp_path, OPENAI_API_KEY=KEY))
    with pytest.raises(ModelUnavailable, match=r"No language model was named. Name one with --llm or SOUNDWRIGHT_LLM"):
        open_model(environ=home(tmp_path, OPENAI_API_KEY=KEY))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gpt-5", "names no language model"),
        ("openai:", "names no language model"),
        ("openai:@http://localhost:1/v1", "names a server but no model"),
        ("openai:gpt-5", "There is no key for OpenAI. Set OPENAI_API_KEY, or name a local server"),
        ("openai:x@https://example.org/v1", "There is no key for example.org. Set SOUNDWRIGHT_LLM_KEY"),
        ("openai:x@https://me:pw@example.org/v1", "holds a name or password"),
        ("openai:x@ftp://example.org/v1", "is no URL of a server"),
        ("openai:x@http://[::1/v1", "is no URL"),
        ("scripted:/nowhere.json", "cannot be read as JSON"),
        ("gguf:/nowhere.gguf", "No such file"),
        ("gguf:nothing", "no such model. Name a .gguf file, or one of: .*smollm2-135m"),
        ("gguf:smollm2-135m", "soundwright models pull smollm2-135m"),
    ],
)
def test_what_cannot_be_opened(name: str, words: str, tmp_path: Path) -> None:
    if name.startswith("gguf"):
        pytest.importorskip("xllamacpp")
    with pytest.raises(ModelUnavailable, match=words) as caught:
        open_model(name, environ=home(tmp_path))
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SOUNDWRIGHT_LLM_TIMEOUT", "soon"), ("SOUNDWRIGHT_LLM_PRICE", "cheap"), ("SOUNDWRIGHT_LLM_MAX_TOKENS", "-1"),
     ("SOUNDWRIGHT_LLM_CONTEXT", "8k"), ("SOUNDWRIGHT_LLM_KEY", "two words")],
)  # fmt: skip
def test_settings_that_are_none(variable: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=variable):
        open_model("openai:x@http://localhost:1/v1", environ=home(tmp_path, **{variable: value}))


@pytest.mark.parametrize("broken", [b"", b"GGUF", b"PK\x03\x04 no model", b"GGUF" + b"\xff" * 64])
def test_a_file_that_is_no_model(broken: bytes, tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    file = tmp_path / "model.gguf"
    file.write_bytes(broken)
    with pytest.raises(ModelUnavailable, match="is no whole GGUF file"):
        open_model(f"gguf:{file}", environ=home(tmp_path))


@pytest.mark.parametrize(
    ("package", "name", "extra"),
    [("openai", "openai:x@http://localhost:1/v1", "llm"), ("langchain.chat_models", "langchain:openai:x", "langchain"),
     ("xllamacpp", "gguf:{folder}/x.gguf", "gguf")],
)  # fmt: skip
def test_a_missing_package_is_named_with_its_extra(
    package: str, name: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.gguf").write_bytes(b"GGUF")
    monkeypatch.setitem(sys.modules, package, None)  # as if it were not installed
    with pytest.raises(ModelUnavailable, match=rf"pip install 'soundwright\[{extra}\]'"):
        open_model(name.format(folder=tmp_path), environ=home(tmp_path))
    assert packages.need("json", "llm") is json


def test_plain_http_leaves_this_machine_only_where_the_user_wrote_it() -> None:
    with pytest.raises(ModelUnavailable, match="neither encrypted nor on this machine"):
        find_server(None, {"OPENAI_BASE_URL": "http://192.168.1.5:11434/v1"})
    assert not find_server("http://192.168.1.5:11434/v1", {}).local
    for host in ("localhost", "127.0.0.1", "127.8.9.1", "[::1]"):
        assert find_server(None, {"OPENAI_BASE_URL": f"http://{host}:11434/v1"}).local


def test_keys_go_where_they_belong() -> None:
    theirs, own = {"OPENAI_API_KEY": KEY}, {"SOUNDWRIGHT_LLM_KEY": "own", "OPENAI_API_KEY": KEY}
    openai = find_key("https://api.openai.com/v1", theirs)
    assert openai is not None
    assert openai.reveal() == KEY
    assert find_key("https://api.openai.com.example.org/v1", theirs) is None
    assert find_key("http://localhost:1/v1", theirs) is None
    other = find_key("https://example.org/v1", own)
    assert other is not None
    assert other.reveal() == "own"
    assert KEY not in f"{openai!r} {openai}"


def test_keys_come_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    class Keyring:
        @staticmethod
        def get_password(service: str, user: str) -> str | None:
            return KEY if (service, user) == ("soundwright", "example.org") else None

    class Errors:
        class KeyringError(Exception):
            """As the package's."""

    monkeypatch.setitem(sys.modules, "keyring", Keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", Errors)
    found = find_key("https://example.org/v1", {})
    assert found is not None
    assert found.reveal() == KEY
    assert find_key("https://example.com/v1", {}) is None


def test_a_key_given_as_a_name_is_not_printed(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        open_model(f"sk-proj-{KEY}", environ=home(tmp_path))
    assert KEY not in str(caught.value)
    assert redact("at https://user:pass@example.org") == "at https://example.org"


def test_opening_loads_only_what_is_needed() -> None:
    code = "import sys, soundwright.orchestrator.llm.choose, soundwright.orchestrator.llm.scripted; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    heavy = {"openai", "langchain", "langchain_core", "xllamacpp", "httpx", "httpx2", "pydantic", "keyring", "json5"}
    assert heavy.isdisjoint(done.stdout.split())


def test_scripted_answers_come_in_order_and_are_remembered(schema: Any) -> None:
    refusal = ModelRefused("not this")
    model = ScriptedModel(["Hello.", {"title": "Rain", "lines": 3}, refusal, "Nothing."], name="mine")
    heard: list[str] = []
    assert model.answer(ASK, on_text=heard.append).text == "".join(heard) == "Hello."
    assert model.answer(ASK, schema).data == {"title": "Rain", "lines": 3}
    with pytest.raises(ModelRefused, match="not this"):
        model.answer(ASK, schema)
    with pytest.raises(BadAnswer, match="holds no JSON"):
        model.answer(ASK, schema)
    with pytest.raises(ModelUnavailable, match="mine has no answer left after 4"):
        model.answer(ASK)
    assert [asked.schema for asked in model.asked] == [None, schema, schema, schema, None]
    assert model.asked[0].messages == tuple(ASK)
    with pytest.raises(Cancelled):
        ScriptedModel(["x"]).answer(ASK, cancelled=lambda: True)


def test_scripted_answers_from_a_file(tmp_path: Path, schema: Any) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps([{"title": "Rain", "lines": 3}, {"raise": "ModelRefused", "message": "not this"}]))
    model = open_model(f"scripted:{file}", environ=home(tmp_path))
    assert model.answer(ASK, schema).data == {"title": "Rain", "lines": 3}
    with pytest.raises(ModelRefused, match="not this"):
        model.answer(ASK)
    file.write_text('{"title": "Rain"}')
    with pytest.raises(ModelUnavailable, match="no JSON list"):
        open_model(f"scripted:{file}", environ=home(tmp_path))
