"""What kind a text is, told from its content; clear messages for what is none."""

from __future__ import annotations

import pytest

from soundwright.scripts_compiler.errors import ScriptError
from soundwright.scripts_compiler.importers import detect, import_text
from soundwright.scripts_compiler.importers.common import MAX_CHARS

REFUSED = [
    ("", "the text is empty"),
    (" \n\t", "the text is empty"),
    ("#!%& ==== ///// 123 \x00\x01 ++++", "no text that tells a story"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_is_no_kind_is_refused_with_its_reason(text: str, message: str) -> None:
    with pytest.raises(ScriptError, match=message) as caught:
        import_text(text, name="thing.txt")
    assert caught.value.source == "thing.txt"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('[{"audio_type": "speech"}]', "wavjourney"),
        ("[]", "wavjourney"),
        ("Ann: Hi.\nBob: Hello.", "screenplay"),
        ("[thunder]\n[rain, 5s]", "screenplay"),
        ("INT. HALL - DAY\n\nANN\nHi.", "fountain"),
        ('"Hi," said Ann.', "prose"),
        ("It was night. The wind blew.", "prose"),
        ("He looked at the clock: ten past.\nShe left.", "prose"),
    ],
)
def test_the_kind_is_told(text: str, kind: str) -> None:
    assert detect(text) == kind


def test_the_ending_of_the_name_decides_for_fountain() -> None:
    assert detect("Just a line of action.", "a.fountain") == "fountain"


def test_a_text_that_is_too_long_is_refused_with_its_size() -> None:
    with pytest.raises(ScriptError, match=r"1,000,001 characters, more than 1,000,000"):
        import_text("a" * (MAX_CHARS + 1))


def test_an_unknown_kind_or_language_is_refused() -> None:
    with pytest.raises(ScriptError, match="'opera' is not known"):
        import_text("Hi.", "opera")
    with pytest.raises(ScriptError, match="no language tag"):
        import_text("Hi.", language="e n")


def test_the_title_comes_from_the_name_where_the_text_has_none() -> None:
    assert import_text("Ann: Hi.\nBob: Hi.", name="dir/harbour_night.txt").script.title == "Harbour night"
