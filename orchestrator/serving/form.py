"""Reads the body of a form with files (RFC 7578), as clients send recordings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from soundwright.orchestrator.serving.refusal import Refused

_BOUNDARY = re.compile(r'boundary="?([^";,]{1,70})"?')
_PARAMETER = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass
class Form:
    """``fields`` by name, each with all its values; ``files`` by name."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def one(self, name: str, default: str = "") -> str:
        """The first value of a field."""
        return self.fields.get(name, [default])[0]


def read_form(content_type: str, body: bytes) -> Form:
    """The form of a body.

    Raises:
        Refused: it is no form.
    """
    found = _BOUNDARY.search(content_type)
    if not content_type.startswith("multipart/form-data") or found is None:
        raise Refused(400, f"the body must be multipart/form-data, not {content_type or 'of no type'}")
    form = Form()
    for part in body.split(b"--" + found[1].encode())[1:]:
        if part.startswith(b"--"):
            return form
        head, separator, data = part.partition(b"\r\n\r\n")
        if not separator or not data.endswith(b"\r\n"):
            break
        _take(form, head.decode("utf-8", "replace"), data[:-2])
    raise Refused(400, "the form ends in its middle")


def _take(form: Form, head: str, data: bytes) -> None:
    disposition = next((line for line in head.splitlines() if line.lower().startswith("content-disposition:")), "")
    parameters = dict(_PARAMETER.findall(disposition))
    name = parameters.get("name", "")
    if "filename" in parameters:
        form.files[name] = data
    else:
        form.fields.setdefault(name, []).append(data.decode("utf-8", "replace"))
