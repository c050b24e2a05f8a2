"""An edit makes again what it touched and nothing else; equal renders give equal bytes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

import soundwright as sw
from soundwright.orchestrator import pipeline
from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.mix.mixer import mix
from soundwright.orchestrator.timeline import Timeline

pytestmark = pytest.mark.xdist_group("rebuild")
LINES = 20
CHANGED = 10


def story(changed: str = "I left it on the table.", *, pause: float = 0.5) -> str:
    """Twenty lines of two speakers over two beds; line ten can be another."""
    lines = [
        "version: 1", "title: Twenty Lines", "voices:",
        "  - {name: Ann, description: calm woman, tool: hibari, preset: heart}",
        "  - {name: Ben, description: calm man, tool: pico, preset: en-GB}",
        "cues:",
        "  - {type: sound, layer: background, description: light rain, id: rain}",
        "  - {type: music, layer: background, description: slow piano, id: piano}",
    ]  # fmt: skip
    for n in range(LINES):
        text = changed if n == CHANGED else f"This is line number {n + 1} of the story."
        lines.append(f'  - {{type: speech, id: l{n}, voice: {"Ann" if n % 4 else "Ben"}, text: "{text}"}}')
        if n % 5 == 4:
            lines.append(f"  - {{type: pause, length: {pause}}}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def folder(fresh_home: Path, tmp_path: Path) -> Path:
    (tmp_path / "story").mkdir()
    return tmp_path / "story"


def write(folder: Path, text: str) -> sw.Document:
    (folder / "story.yaml").write_text(text, encoding="utf-8")
    return sw.load(folder / "story.yaml")


def test_a_second_render_calls_no_tool_and_gives_the_same_bytes(folder: Path) -> None:
    document = write(folder, story())
    first = sw.render(document, folder / "one.flac", jobs=1)
    again = sw.render(document, folder / "two.flac", jobs=4)
    assert first.made > LINES
    assert again.made == 0
    assert (folder / "one.flac").read_bytes() == (folder / "two.flac").read_bytes()


@pytest.mark.parametrize("suffix", [".flac", ".wav"])
def test_renders_from_nothing_give_the_same_bytes_whatever_the_number_of_workers(
    folder: Path, suffix: str, monkeypatch: pytest.MonkeyPatch, models_folder: Path, tmp_path: Path
) -> None:
    document = write(folder, story())
    made = []
    for jobs in (1, 3):
        home = tmp_path / f"home{jobs}"
        home.mkdir()
        (home / "models").symlink_to(models_folder)
        monkeypatch.setenv("SOUNDWRIGHT_HOME", str(home))
        out = folder / f"jobs{jobs}{suffix}"
        assert sw.render(document, out, jobs=jobs).made > LINES
        made.append(out.read_bytes())
    assert made[0] == made[1]


def test_changing_one_line_of_twenty_speaks_one_line_again(folder: Path) -> None:
    sw.render(write(folder, story()), folder / "story.flac")
    changed = sw.render(write(folder, story("I put it in the drawer.")), folder / "story.flac")
    assert Counter(changed.made_by_operation)["speak"] == 1
    assert set(changed.made_by_operation) <= {"speak", "trim_silence"}


def test_a_change_of_equal_length_leaves_the_mix_outside_it_bit_identical(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    premasters: list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = []
    timelines: list[Timeline] = []

    def kept(timeline: Timeline, settings: sw.Master, out: Path, **options: object) -> object:
        path = folder / f"premaster{len(premasters)}.wav"
        report = mix(timeline, settings, out, premaster=path, **options)  # type: ignore[arg-type]  # passed on as given
        premasters.append(soundfile.read(path, dtype="float32", always_2d=True)[0])
        timelines.append(timeline)
        return report

    monkeypatch.setattr(pipeline, "mix", kept)
    # The same words louder: the line's audio differs (an effect), its length does not.
    plain = story()
    other = plain.replace('text: "I left it on the table."}', 'text: "I left it on the table.", effects: [telephone]}')
    sw.render(write(folder, plain), folder / "a.flac")
    sw.render(write(folder, other), folder / "b.flac")
    before, after = premasters
    assert before.shape == after.shape
    line = next(
        line for line in timelines[0].lines if line.name.endswith(f"l{CHANGED}") or f"(l{CHANGED})" in line.name
    )
    rate = 48000
    first, last = int((line.start_s - 2) * rate), int((line.end_s + 2) * rate)
    assert np.array_equal(before[:first], after[:first])
    assert np.array_equal(before[last:], after[last:])
    assert not np.array_equal(before[first:last], after[first:last])


def test_a_render_killed_at_ten_moments_ends_in_the_same_bytes(
    folder: Path, models_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = write(folder, story())
    reference = folder / "reference.flac"
    sw.render(document, reference)
    home = tmp_path / "killed"
    home.mkdir()
    (home / "models").symlink_to(models_folder)
    monkeypatch.setenv("SOUNDWRIGHT_HOME", str(home))
    out = folder / "killed.flac"
    command = [
        str(Path(sys.executable).with_name("soundwright")),
        "render",
        str(folder / "story.yaml"),
        "-o",
        str(out),
        "-q",
    ]
    chance = random.Random(20)  # noqa: S311  a test's dice
    for _ in range(10):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.4, 3.5))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert out.read_bytes() == reference.read_bytes()
    finished = [line for line in (home / "journal.jsonl").read_text(encoding="utf-8").splitlines() if line]
    keys = Counter(json.loads(line)["key"] for line in finished)
    assert max(keys.values()) == 1
    assert Cache(home / "assets").verify() == []
    beside = {path.name for path in folder.iterdir() if path.name.startswith((".", "killed"))}
    assert beside == {"killed.flac", "killed.manifest.json", "killed.timings.json"}
