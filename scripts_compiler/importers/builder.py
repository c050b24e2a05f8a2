"""Puts cues together in order: scenes, speeches, sounds, beds that begin and stop, pauses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from soundwright.scripts_compiler.importers.common import (
    MAX_CUES,
    MAX_EMOTION_CHARS,
    MAX_NAME_CHARS,
    MAX_TITLE_CHARS,
    NARRATOR,
    Ids,
    Imported,
    Report,
    build_script,
    one_line,
    shorten,
    speakable,
    split_speech,
)  # fmt: skip
from soundwright.scripts_compiler.importers.directions import Cueing
from soundwright.scripts_compiler.importers.voices import voice_for

Cue = dict[str, object]
_ORDER = (
    "type",
    "id",
    "layer",
    "title",
    "voice",
    "text",
    "vocal",
    "emotion",
    "description",
    "length",
    "start",
    "until",
)


@dataclass(slots=True)
class _Bed:
    cue: Cue
    words: set[str]
    place: str
    followed: bool = False


@dataclass(slots=True)
class Builder:
    """Collects cues while a text is read from top to bottom."""

    report: Report
    title: str = ""
    language: str = "en"
    ids: Ids = field(default_factory=Ids)
    cues: list[Cue] = field(default_factory=list)
    voices: dict[str, dict[str, object]] = field(default_factory=dict)
    _beds: list[_Bed] = field(default_factory=list)
    _in_scene: bool = False

    def voice(self, name: str) -> str:
        """The name as the voice is declared; characters that differ in case only are one."""
        name = one_line(name)[:MAX_NAME_CHARS].strip()
        return str(self.voices.setdefault(name.casefold(), voice_for(name))["name"])

    def scene(self, title: str, space: str | None = None) -> None:
        """A heading; beds of the scene before end."""
        title = shorten(one_line(title), MAX_TITLE_CHARS)
        cue: Cue = {"type": "scene", "id": self.ids.new(title, "scene"), "title": title}
        if not self._in_scene:
            for bed in self._beds:  # a bed before the first scene has no scene of its own to end with
                bed.cue["until"] = {"with": cue["id"]}
        self._in_scene = True
        self._end_beds()
        self._hold(cue | ({"space": space} if space else {}))

    def speech(self, name: str, text: str, emotion: str = "", **fields: object) -> list[Cue]:
        """The cues of a speech: several where it is long, none where it has no word."""
        made: list[Cue] = []
        for piece in split_speech(text):
            if not speakable(piece):
                continue
            cue: Cue = {"type": "speech", "voice": self.voice(name), "text": piece}
            if emotion := shorten(one_line(emotion), MAX_EMOTION_CHARS):
                cue["emotion"] = emotion
            made.append(self._hold(cue | ({} if made and "start" in fields else fields)))
        return made

    def narrate(self, text: str) -> list[Cue]:
        """The cues of a narration."""
        return self.speech(NARRATOR, text)

    def vocal(self, name: str, vocal: str, **fields: object) -> Cue:
        """A vocal sound of a character."""
        return self._hold({"type": "speech", "voice": self.voice(name), "vocal": vocal} | fields)

    def pause(self, length_s: float) -> None:
        """A pause; two in a row are one."""
        length_s = min(length_s, 600.0)
        if self.cues and self.cues[-1]["type"] == "pause":
            self.cues[-1]["length"] = max(length_s, float(str(self.cues[-1]["length"])))
        else:
            self._hold({"type": "pause", "length": length_s})

    def direction(self, cueing: Cueing, place: str) -> None:
        """A sound, a piece of music, a bed, the stop of one, or a pause."""
        if cueing.act == "pause":
            self.pause(cueing.length_s or 1.0)
        elif cueing.act == "stop":
            self._stop(cueing.description, place)
        elif cueing.act in ("bed", "music_bed"):
            self._begin("music" if cueing.act == "music_bed" else "sound", cueing.description, place)
        else:
            length: Cue = {} if cueing.length_s is None else {"length": cueing.length_s}
            tail: Cue = {"fade_out": min(2.0, cueing.length_s or 2.0)} if cueing.act == "music" else {}
            self._hold({"type": cueing.act, "description": cueing.description} | length | tail)

    def lasts(self, description: str) -> bool:
        """Whether a bed of this description is sounding."""
        return any(bed.cue["description"] == description for bed in self._beds)

    def id_of(self, cue: Cue) -> object:
        """The cue's id; it gets one where it has none."""
        if "id" not in cue:
            kinds = {"speech": "line", "music": "music", "sound": "sound", "pause": "pause"}
            cue["id"] = self.ids.numbered(kinds[str(cue["type"])])
        return cue["id"]

    def imported(self, kind: str) -> Imported:
        """The script of all that was collected.

        Raises:
            ScriptError: errors were reported, or the script breaks its model.
        """
        self._end_beds()
        heard = [c for c in self.cues if c["type"] not in ("scene", "pause") and c.get("layer") != "background"]
        if not heard:
            self.report.error("", "there is nothing to be heard in this text: no speech, no sound.",
                              "Write lines such as NAME: what is said, or [a sound].")  # fmt: skip
        used = {str(c["voice"]) for c in self.cues if "voice" in c}
        data = {"version": 1, "title": shorten(one_line(self.title), MAX_TITLE_CHARS), "language": self.language,
                "voices": [v for v in self.voices.values() if v["name"] in used],
                "cues": [{k: c[k] for k in _ORDER if k in c} | c for c in self.cues]}  # fmt: skip
        return Imported(build_script(data, self.report), tuple(self.report.notes), kind)

    def _append(self, cue: Cue) -> None:
        self.cues.append(cue)
        if len(self.cues) > MAX_CUES:
            self.report.error("", f"the text makes more than {MAX_CUES:,} cues.", "Import it in parts.")
            self.report.stop_if_wrong()

    def _hold(self, cue: Cue) -> Cue:
        self._append(cue)
        for bed in self._beds:
            bed.followed = bed.followed or cue["type"] != "scene"
        return cue

    def _begin(self, kind: str, description: str, place: str) -> None:
        if self.lasts(description):
            return
        cue: Cue = {"type": kind, "layer": "background", "description": description}
        self._beds.append(_Bed(cue, _words(description), place))
        self._append(cue)

    def _stop(self, named: str, place: str) -> None:
        words = _words(named)
        musical = words & {"music", "song", "melody", "score"}
        beds = [b for b in self._beds if not words or words & b.words or (musical and b.cue["type"] == "music")]
        if not beds:
            self.report.note(place, f"{named or 'a sound'!r} stops here, but it did not begin; this was left out.")
            return
        bed = beds[-1]
        last = next((c for c in reversed(self.cues) if _holds(c)), None)
        if bed.followed and last is not None:
            bed.cue["until"] = self.id_of(last)
        else:
            self.report.note(
                bed.place, f"{bed.cue['description']!r} stops before anything else happens; it was left out."
            )
            self.cues[:] = [c for c in self.cues if c is not bed.cue]
        self._beds.remove(bed)

    def _end_beds(self) -> None:
        """Beds end with their scene; one that nothing follows is left out."""
        for bed in self._beds:
            if not bed.followed:
                self.report.note(bed.place, f"nothing is heard over {bed.cue['description']!r}; it was left out.")
        empty = [bed.cue for bed in self._beds if not bed.followed]
        self.cues[:] = [c for c in self.cues if not any(c is e for e in empty)]
        self._beds.clear()


def _holds(cue: Cue) -> bool:
    if cue["type"] in ("speech", "pause"):
        return True
    return cue["type"] != "scene" and cue.get("layer") != "background" and "start" not in cue


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{3,}", text.lower())) - {"the", "and", "with", "distant", "heavy", "slow", "soft"}
