"""The table of capabilities: fresh, whole, and backed by engines that ran."""

from __future__ import annotations

import re
from pathlib import Path

from soundwright.orchestrator import coverage
from soundwright.scripts_compiler.operations import builtin
from soundwright.tools.store.listing import read_listing

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "capabilities.md"
PROMISED = set(
    re.findall(
        r"\S+",
        """
speak clone_voice convert_voice sing generate_music continue_audio generate_sound retrieve_sound
image_to_sound transcribe align translate translate_speech detect_speech diarize identify_speaker
recognize_emotion separate separate_speakers extract remove enhance super_resolve inpaint vary
spatialize tag detect caption answer analyse_music find_beats transcribe_notes render_notes
write_lyrics lyrics_to_melody score_speech score_match score_words measure_loudness watermark
read_watermark sign gain fade pan trim_silence slice concat repeat mix low_pass high_pass band_pass
equalise compress limit reverb echo telephone radio muffled pitch speed stretch reverse add_noise
resample talking_head
""",
    )
)
"""What the catalogue has to have, whatever else is in it."""


def test_the_page_is_fresh() -> None:
    fresh = PAGE.read_text(encoding="utf-8") == coverage.page()
    assert fresh, f"docs/capabilities.md is stale; renew it: {coverage.COMMAND}"


def test_no_operation_is_missing_and_none_is_without_a_word() -> None:
    named = {row[0] for row in coverage.rows(coverage.built_in_specs())}
    assert set(builtin()) | PROMISED <= named


def test_only_what_is_video_is_without_an_engine() -> None:
    assert {row[0] for row in coverage.rows(coverage.built_in_specs()) if row[1] == "none"} == {"talking_head"}


def test_every_engine_has_its_line_in_the_page_of_engines() -> None:
    page = (DOCS / "engines.md").read_text(encoding="utf-8")
    families = {"mms-": "`mms-LANGUAGE`", "wav2vec2-": "`wav2vec2-LANGUAGE`"}
    names = {spec.name for spec in coverage.built_in_specs()}
    wanted = {next((line for head, line in families.items() if n.startswith(head)), f"`{n}`") for n in names}
    assert {name for name in wanted if name not in page} == set()


def test_no_model_of_the_list_is_without_a_user() -> None:
    used = {model for spec in coverage.built_in_specs() for model in spec.models}
    language_models = {"smollm2-135m"}
    assert set(read_listing()) - used - language_models == set()


def test_an_engine_of_at_least_thirty_operations_ran() -> None:
    assert len(coverage.ran(coverage.built_in_specs())) >= 30


def test_what_ran_says_how() -> None:
    silent = [spec.name for spec in coverage.built_in_specs() if spec.proven != "none" and not spec.proven_note]
    assert silent == []
