"""The files of a render: made in a folder beside the target, moved to their place when all are whole."""

from __future__ import annotations

import glob
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soundwright.orchestrator import subtitles as subtitle_files
from soundwright.scripts_compiler import defaults
from soundwright.scripts_compiler.consent import takes_on_a_voice
from soundwright.scripts_compiler.document import Document, dump_yaml, plain, write_atomically
from soundwright.scripts_compiler.errors import Problem, ScriptError
from soundwright.scripts_compiler.script import Script

if TYPE_CHECKING:
    from soundwright.orchestrator.executor import Execution
    from soundwright.orchestrator.mix.mixer import MixReport
    from soundwright.orchestrator.plan import Bound, Plan
    from soundwright.orchestrator.timeline import Timeline

SUFFIXES = (".flac", ".wav", ".mp3", ".opus", ".ogg")
GENERATOR = "soundwright"


def check_target(out: Path) -> None:
    """Refuse a target before any work is done.

    Raises:
        ScriptError: its ending is no known format, it is a folder, or nothing may be written there.
    """
    if out.is_dir():
        raise ScriptError([Problem(str(out), "is a folder.", "Name a file in it, such as story.flac.")])
    if out.suffix.lower() not in SUFFIXES:
        raise ScriptError([Problem(str(out), "has no ending of a sound file.", f"Use one of {' '.join(SUFFIXES)}.")])
    folder = next(parent for parent in out.absolute().parents if parent.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise ScriptError(
            [Problem(str(out), f"{folder} is no folder that can be written to.", "Name another folder with -o.")]
        )


@dataclass
class Staged:
    """Where the files of a render are made; ``written`` names them at their final place once all are there."""

    out: Path
    folder: Path
    stems: Path | None
    written: tuple[Path, ...] = field(default=())

    @property
    def sound(self) -> Path:
        """The sound file."""
        return self.folder / self.out.name

    def beside(self, suffix: str) -> Path:
        """A file named after the sound."""
        return self.folder / f"{self.out.stem}{suffix}"


@contextmanager
def staged(out: Path, *, stems: bool) -> Iterator[Staged]:
    """A hidden folder beside ``out``; left without an error its files move to their place, else they are dropped."""
    out.parent.mkdir(parents=True, exist_ok=True)
    _sweep(out)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.{os.getpid()}.", dir=out.parent) as name:
        stage = Staged(out, Path(name), Path(name) / f"{out.stem}.stems" if stems else None)
        if stage.stems is not None:
            stage.stems.mkdir()
        yield stage
        stage.written = tuple(_settle(path, out.parent / path.name) for path in sorted(stage.folder.iterdir()))


def _sweep(out: Path) -> None:
    """Drop what killed renders to the same file left behind."""
    for folder in out.parent.glob(f".{glob.escape(out.name)}.*.*"):
        owner = folder.name.split(".")[-2]
        if folder.is_dir() and owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _settle(path: Path, target: Path) -> Path:
    if path.is_dir():
        shutil.rmtree(target, ignore_errors=True)
    os.replace(path, target)
    return target


def script(document: Document, out: Path) -> Path:
    """The checked script, as YAML."""
    return text(dump_yaml(plain(document.script)), out, ".script.yaml")


def text(content: str, out: Path, suffix: str) -> Path:
    """A text file named after ``out``."""
    target = out.with_name(f"{out.stem}{suffix}")
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, content.encode())
    return target


def json_file(content: Mapping[str, Any], out: Path, suffix: str) -> Path:
    """A JSON file named after ``out``."""
    return text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", out, suffix)


def asset_rows(document: Document, plan: Plan, execution: Execution) -> list[dict[str, Any]]:
    """One row for each sounding cue, with all nodes that went into it: tool, version, weights, seed, licence, hash."""
    script = document.script
    rows = []
    for cue, last in plan.graph.cues.items():
        made = [_node_row(plan, execution, node) for node in _upstream(plan, last)]
        asset = execution.assets[last]
        rows.append({
            "cue": defaults.place_of(script, cue),
            "type": script.cues[cue].type,
            "seconds": round(asset.length_s, 4),
            "hash": asset.content_hash,
            "nodes": made,
        })  # fmt: skip
    return rows


def _upstream(plan: Plan, last: str) -> list[Any]:
    wanted, stack = {last}, [last]
    while stack:
        for source in plan.bound[stack.pop()].node.inputs.values():  # type: ignore[index]  # NodeId is a str
            if source not in wanted:
                wanted.add(source)
                stack.append(source)
    return [node for node in plan.order if node in wanted]


def _node_row(plan: Plan, execution: Execution, node: Any) -> dict[str, Any]:  # noqa: ANN401  a NodeId
    bound, asset = plan.bound[node], execution.assets[node]
    return {
        "op": bound.node.op,
        "params": {name: value for name, value in bound.params.items() if name != "file"},
        "tool": bound.tool.name,
        "version": bound.tool.version,
        "weights": dict(bound.weights),
        "seed": bound.seed,
        "licence": {"code": bound.tool.licence_code, "weights": bound.tool.licence_weights},
        "commercial_ok": bound.tool.commercial_ok,
        "ignored": list(bound.ignored),
        "hash": asset.content_hash,
        "seconds": round(asset.length_s, 4),
    }


def licences(plan: Plan) -> list[dict[str, Any]]:
    """The licence of code and weights of every tool that went into the sound, and what it did."""
    used: dict[str, list[Bound]] = {}
    for bound in plan.bound.values():
        used.setdefault(bound.tool.name, []).append(bound)
    return [
        {
            "tool": f"{name} {bounds[0].tool.version}",
            "operations": sorted({bound.node.op for bound in bounds}),
            "code": bounds[0].tool.licence_code,
            "weights": bounds[0].tool.licence_weights,
            "commercial_ok": bounds[0].tool.commercial_ok,
        }
        for name, bounds in sorted(used.items())
    ]


def consents(script: Script) -> list[dict[str, str]]:
    """Where the script says that a person agreed to having their voice taken on: the voice or the step."""
    voices = [{"voice": voice.name, "sample": str(voice.sample)} for voice in script.voices if voice.sample]
    steps = [step for step in script.steps if takes_on_a_voice(step.op, step.params)]
    return [*voices, *({"step": step.id, "op": step.op} for step in steps)]


def assets(document: Document, plan: Plan, execution: Execution, out: Path) -> Path:
    """The listing of ``--stop-after assets``: the rows of the manifest, with the files in the cache."""
    rows = asset_rows(document, plan, execution)
    for row, node in zip(rows, plan.graph.cues.values(), strict=True):
        row["file"] = str(execution.assets[node].path)
    for row, cue in zip(rows, plan.graph.cues, strict=True):
        row["text"] = getattr(document.script.cues[cue], "text", None)
        row["voice"] = getattr(document.script.cues[cue], "voice", None)
    return json_file({"assets": rows}, out, ".assets.json")


def manifest(document: Document, plan: Plan, execution: Execution, report: MixReport, stage: Staged) -> None:
    """``NAME.manifest.json``: what the sound is made of. Timings stay out of it, so equal renders give equal bytes."""
    from soundwright import __version__  # noqa: PLC0415  the package's front imports us

    content = {
        "generator": f"{GENERATOR} {__version__}",
        "ai_generated": True,
        "title": document.script.title,
        "script_sha256": sha256(document.dump().encode()).hexdigest(),
        "sound": {
            "file": stage.out.name,
            "seconds": round(report.duration_s, 4),
            "loudness_lufs": round(report.loudness_lufs, 2),
            "true_peak_dbtp": round(report.true_peak_dbtp, 2),
        },
        "cast": {name: {"tool": v.tool, "preset": v.preset, "why": v.why} for name, v in plan.cast.items()},
        "consents": consents(document.script),
        "warnings": [str(problem) for problem in (*plan.warnings, *report.warnings)],
        "fallbacks": [str(problem) for problem in plan.fallbacks],
        "licences": licences(plan),
        "assets": asset_rows(document, plan, execution),
    }
    stage.beside(".manifest.json").write_text(
        json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def subtitles(timeline: Timeline, stage: Staged) -> None:
    """``NAME.srt``."""
    stage.beside(".srt").write_text(subtitle_files.to_srt(timeline), encoding="utf-8")


def timings(plan: Plan, execution: Execution, stages: Mapping[str, float]) -> dict[str, Any]:
    """Wall seconds by stage and by node: kept apart from the manifest, which must not differ between renders."""
    return {
        "stages": {name: round(seconds, 3) for name, seconds in stages.items()},
        "nodes": {
            str(node): {"tool": plan.bound[node].tool.name, "seconds": round(seconds, 4)}
            for node, seconds in execution.seconds.items()
        },
    }
