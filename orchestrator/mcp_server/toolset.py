"""All tools of a server, in the order in which clients see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from soundwright.orchestrator import saving
from soundwright.orchestrator.mcp_server.editing import Editor
from soundwright.orchestrator.mcp_server.offers import Offer, help_of, schema_of, tool_name, usable
from soundwright.orchestrator.mcp_server.studio import Studio
from soundwright.scripts_compiler.errors import Problem, ScriptError

_TEXT = {"type": "string", "minLength": 1}
_FILE = {**_TEXT, "description": "A path or file: URI in a folder that the server may read."}
_NAME = {
    **_TEXT,
    "description": f"The file in the output folder; its ending says the form: {', '.join(saving.SOUND_SUFFIXES)}.",
}
_SCRIPT = {**_TEXT, "description": "The script itself, YAML or JSON. Its schema: resource soundwright://schema/script."}
_IDEA = {**_TEXT, "description": "What it is about, in words, or a whole screenplay or prose text."}
_PLAN_FILE = {**_TEXT, "description": "Instead: a file with an idea, screenplay, prose, WavJourney list or script."}
_REQUEST = {**_TEXT, "description": "What is to be changed, in words."}
_PATCH = {"type": "object", "description": "Instead: a patch, as `soundwright edit --show-prompt` describes it."}
_PREVIEW = {"type": "boolean", "default": False, "description": "Only say what would be changed."}
_FORMS = {
    "name": _NAME,
    "stems": {
        "type": "boolean",
        "default": False,
        "description": "Write speech, music and sound as files of their own.",
    },
    "srt": {"type": "boolean", "default": False, "description": "Write subtitles."},
}


def toolset(studio: Studio, only: Collection[str] = ()) -> dict[str, Offer]:
    """The tools by name: productions first, then an operation each; with ``only``, those alone.

    Raises:
        ScriptError: ``only`` names something that is no tool here.
    """
    offers = [*_productions(studio), *_operations(studio)]
    found = {offer.name: offer for offer in offers if not only or offer.name in only}
    unknown = sorted(set(only) - set(found))
    if unknown:
        known = ", ".join(offer.name for offer in offers)
        raise ScriptError([Problem("", f"there is no tool {unknown[0]!r} to offer.", f"There are: {known}.")])
    return found


def _productions(studio: Studio) -> tuple[Offer, ...]:
    editor = Editor(studio)
    return (
        Offer(
            "make", "Make an audio drama",
            "Write a script from an idea, a screenplay or prose and render it: voices, sounds, music, mixed and "
            "levelled. Takes seconds to minutes. Gives the files and the script, which `edit` and `render` take.",
            _object({"idea": _IDEA, "file": _PLAN_FILE, **_FORMS}), studio.make,
        ),
        Offer(
            "plan", "Write a script",
            "Write a script from an idea, a screenplay or prose, and keep it, without making any sound.",
            _object({"idea": _IDEA, "file": _PLAN_FILE, "name": _TEXT}), studio.plan,
        ),
        Offer(
            "render", "Render a script",
            "Make the sound of a script. Only what changed since the last time is made anew.",
            _object({"script": _SCRIPT, "file": _FILE, **_FORMS}), studio.render,
        ),
        Offer(
            "edit", "Change a script",
            "Change a script in words (make the rain louder, let Ann interrupt him), or by a patch. Says what changes, "
            "and what the next render makes anew; asks back where it cannot know. Then `render` the file.",
            _object({"file": _FILE, "request": _REQUEST, "patch": _PATCH, "preview": _PREVIEW}, "file"), editor.edit,
        ),
        Offer(
            "undo", "Take back a change", "Take back the last changes of a script.",
            _object({"file": _FILE, "count": {"type": "integer", "minimum": 1, "default": 1}}, "file"), editor.undo,
        ),
        Offer(
            "check", "Check a script",
            "Say everything that is wrong with a script, its cast, and what a render will take.",
            _object({"script": _SCRIPT, "file": _FILE}), studio.check, reads=True,
        ),
        Offer(
            "voices", "List voices", "The voices that can be cast, with language, gender, age and accent.",
            _object({"language": {"type": "string"}, "gender": {"enum": ["", "male", "female", "neutral"]}}),
            studio.voices, reads=True,
        ),
    )  # fmt: skip


def _operations(studio: Studio) -> list[Offer]:
    return [
        Offer(
            tool_name(operation.name), operation.help.rstrip("."), help_of(operation), schema_of(operation),
            partial(studio.operate, operation), is_operation=True,
        )
        for operation in usable(studio.workshop, commercial=studio.settings.commercial, device=studio.settings.device)
    ]  # fmt: skip


def _object(properties: Mapping[str, Any], *required: str) -> dict[str, Any]:
    made = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return made | ({"required": list(required)} if required else {})
