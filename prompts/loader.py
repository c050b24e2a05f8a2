"""Renders the prompts: jinja2 in a sandbox, strict both ways. Values are text for a model, never templates."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

_FOLDER = files(__package__)


class PromptError(ValueError):
    """A template was asked for that does not exist, or was given other values than it uses: a mistake of ours."""


def render(template: str, **values: Any) -> str:  # noqa: ANN401  texts, numbers and lists of them
    """The text of ``templates/NAME.j2`` with its values.

    Raises:
        PromptError: there is no such template, a value is missing, or one is not used.
    """
    used = _used(template)
    unused, missing = sorted(set(values) - used), sorted(used - set(values))
    if unused or missing:
        said = [f"{word} {', '.join(names)}" for word, names in (("lacks", missing), ("does not use", unused)) if names]
        raise PromptError(f"{template}.j2 {' and '.join(said)}.")
    try:
        return _environment().get_template(f"{template}.j2").render(values).strip()
    except jinja2.UndefinedError as error:
        raise PromptError(f"{template}.j2: {error}.") from error


def templates() -> tuple[str, ...]:
    """The names of all templates."""
    return tuple(sorted(item.name[:-3] for item in (_FOLDER / "templates").iterdir() if item.name.endswith(".j2")))


def examples(folder: str = "") -> tuple[str, ...]:
    """The names of all worked examples: scripts, or those of a ``folder`` such as ``chat``."""
    found = (_FOLDER / "examples" / folder) if folder else _FOLDER / "examples"
    return tuple(sorted(item.name[:-5] for item in found.iterdir() if item.name.endswith(".json")))


def example(name: str, folder: str = "") -> str:
    """The text of ``examples/NAME.json``, or of one in a ``folder`` there.

    Raises:
        PromptError: there is no such example.
    """
    if name not in examples(folder):
        raise PromptError(f"there is no example {name!r}; there are {', '.join(examples(folder))}.")
    place = _FOLDER / "examples" / folder if folder else _FOLDER / "examples"
    return (place / f"{name}.json").read_text(encoding="utf-8").strip()


@cache
def _environment() -> jinja2.Environment:
    return ImmutableSandboxedEnvironment(
        loader=jinja2.FunctionLoader(_source), undefined=jinja2.StrictUndefined, autoescape=False,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False,
    )  # fmt: skip


def _source(name: str) -> str:
    if name.removesuffix(".j2") not in templates():
        raise PromptError(f"there is no template {name!r}; there are {', '.join(templates())}.")
    return (_FOLDER / "templates" / name).read_text(encoding="utf-8")


@cache
def _used(template: str) -> frozenset[str]:
    return frozenset(meta.find_undeclared_variables(_environment().parse(_source(f"{template}.j2"))))
