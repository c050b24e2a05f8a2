"""How fast a language model answers here: seconds to load, to the first piece, and tokens per second.

python bench/llm.py [MODEL]           in text and held to a schema; by default gguf:smollm2-135m
python bench/llm.py --serve [MODEL]   llama.cpp's own HTTP server with a GGUF of the model store, until Ctrl-C
"""

from __future__ import annotations

import importlib
import sys
import threading
import time
from typing import Any

from soundwright.orchestrator.config import load_config
from soundwright.orchestrator.llm.base import LanguageModel, Message
from soundwright.orchestrator.llm.choose import open_model
from soundwright.orchestrator.llm.conforms import misfits
from soundwright.orchestrator.llm.errors import LanguageModelError
from soundwright.tools.model_store import ModelStore

STORED = "smollm2-135m"
LINE = {
    "type": "object",
    "properties": {"who": {"type": "string", "maxLength": 20}, "says": {"type": "string", "maxLength": 80}},
    "required": ["who", "says"],
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 60},
        "lines": {"type": "array", "maxItems": 4, "items": LINE},
    },
    "required": ["title", "lines"],
    "additionalProperties": False,
}
ASK = [
    Message("system", "You write short radio plays. " * 20),
    Message("user", "A play of four lines about rain, with Ann and Ben."),
]


def measure(model: LanguageModel, label: str, schema: dict[str, Any] | None) -> None:
    """Print the figures of one request."""
    times: list[float] = []
    began = time.monotonic()
    try:
        answer = model.answer(ASK, schema, on_text=lambda _: times.append(time.monotonic()))
    except LanguageModelError as error:
        print(f"{label:12} {time.monotonic() - began:6.2f} s  {type(error).__name__}: {error}")
        return
    taken_s = time.monotonic() - began
    first_s = times[0] - began if times else taken_s
    out = answer.usage.output_tokens
    rate = out / max(taken_s - first_s, 1e-6)
    fit = "" if schema is None else f"  misfits {misfits(answer.data, schema)}"
    print(f"{label:12} {answer.usage.input_tokens} tokens in, {out} out; first piece {first_s:.2f} s, "
          f"then {rate:.1f} tokens/s, {taken_s:.2f} s in all{fit}")  # fmt: skip


def serve(name: str) -> None:
    """Run llama.cpp's server on a free port of this machine."""
    xllamacpp = importlib.import_module("xllamacpp")
    settings = xllamacpp.CommonParams()
    settings.model.path = str(ModelStore(load_config().models).path(name))
    settings.n_ctx, settings.n_parallel, settings.verbosity, settings.warmup = 8192, 1, -1, False
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(settings)
    print(f"openai:{name}@{server.listening_address}/v1", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        del server


def main() -> None:
    names = [name for name in sys.argv[1:] if name != "--serve"]
    if "--serve" in sys.argv:
        serve(names[0] if names else STORED)
        return
    model = open_model(names[0] if names else f"gguf:{STORED}")
    began = time.monotonic()
    model.answer([Message("user", "Hi.")])
    print(f"{model.name}: loaded and greeted in {time.monotonic() - began:.2f} s")
    for round_ in ("first", "again"):
        measure(model, f"text {round_}", None)
        measure(model, f"JSON {round_}", SCHEMA)


if __name__ == "__main__":
    main()
