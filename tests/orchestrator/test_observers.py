"""Observers: JSON lines for programs, bars with time left for people, both from any thread."""

from __future__ import annotations

import io
import json
import threading
from typing import Any

import pytest

from soundwright.orchestrator.errors import Failure
from soundwright.orchestrator.observers import (
    Job,
    JsonObserver,
    NullObserver,
    Observer,
    RichObserver,
    TextObserver,
    for_terminal,
)
from soundwright.scripts_compiler.graph import NodeId

JOB = Job("n1", "speak", "kokoro", "cues[3] (a1)", 2.0)
FAILURE = Failure(NodeId("n1"), ("cues[3] (a1)",), "speak", "kokoro", "1.0", "no breath", 3, "Traceback ...")


def tell_everything(observer: Observer) -> None:
    observer.stage("assets", 4.0)
    observer.started(JOB)
    observer.progress(JOB, 0.5)
    observer.finished(JOB, 1.25, reused=False)
    observer.finished(JOB, 0.0, reused=True)
    observer.failed(FAILURE)
    observer.message("a “note”", warning=True)
    observer.stage("mix", 2.0)
    observer.advance(1.0)
    observer.close()


def json_events() -> list[dict[str, Any]]:
    stream = io.StringIO()
    tell_everything(JsonObserver(stream))
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_lines_tell_everything_in_order() -> None:
    events = json_events()
    assert [event["event"] for event in events] == [
        "stage", "started", "progress", "finished", "finished", "failed", "message", "stage", "advance", "end",
    ]  # fmt: skip
    job = {"node": "n1", "op": "speak", "tool": "kokoro", "place": "cues[3] (a1)", "estimate_s": 2.0}
    assert events[1] | {"time": 0} == {"event": "started", "time": 0, **job}
    assert (events[3]["seconds"], events[3]["reused"], events[4]["reused"]) == (1.25, False, True)
    assert events[5]["cause"] == "no breath"
    assert "details" not in events[5]


def test_json_lines_of_many_threads_stay_whole() -> None:
    stream = io.StringIO()
    observer = JsonObserver(stream)
    threads = [threading.Thread(target=tell_everything, args=(observer,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([json.loads(line) for line in stream.getvalue().splitlines()]) == 80


def test_bars_are_drawn_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    tell_everything(RichObserver(force_terminal=True))
    out, err = capsys.readouterr()
    assert out == ""
    assert "assets" in err
    assert "100 %" in err
    assert "failed: cues[3] (a1): speak by kokoro" in err
    assert "warning: a “note”" in err


def total_and_done(observer: RichObserver) -> tuple[float | None, float]:
    task = observer._bars.tasks[-1]
    return task.total, task.completed


def test_the_bar_counts_work_and_forgets_what_was_in_the_cache(capsys: pytest.CaptureFixture[str]) -> None:
    observer = RichObserver(force_terminal=True)
    observer.stage("assets", 10.0)
    observer.progress(JOB, 0.25)
    assert total_and_done(observer) == (10.0, 0.5)
    observer.progress(JOB, 0.25)
    assert total_and_done(observer) == (10.0, 0.5)
    observer.finished(JOB, 9.0, reused=False)
    assert total_and_done(observer) == (10.0, 2.0)
    observer.finished(JOB, 0.0, reused=True)
    assert total_and_done(observer) == (8.0, 2.0)
    observer.stage("assets", 6.0)
    assert total_and_done(observer) == (6.0, 2.0)
    observer.close()
    assert total_and_done(observer) == (6.0, 6.0)
    capsys.readouterr()


def test_markup_in_texts_is_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    observer = RichObserver(force_terminal=True)
    observer.message("[bold]not bold[/bold] [/]")
    observer.stage("assets", 1.0)
    observer.started(Job("n", "speak", "t", "[/red] cues[1]"))
    observer._bars.refresh()
    observer.close()
    written = capsys.readouterr().err
    assert "[bold]not bold[/bold] [/]" in written
    assert "speak [/red] cues[1]" in written


def test_a_pipe_gets_messages_and_no_bars(capsys: pytest.CaptureFixture[str]) -> None:
    with for_terminal() as observer:
        assert isinstance(observer, TextObserver)
        tell_everything(observer)
    assert capsys.readouterr().err == "warning: a “note”\n"


def test_programs_get_json_lines_that_end(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), for_terminal(as_json=True):
        raise KeyError
    assert json.loads(capsys.readouterr().err)["event"] == "end"


def test_the_null_observer_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    tell_everything(NullObserver())
    assert capsys.readouterr() == ("", "")
