"""Word times by forced alignment with PocketSphinx and its American English model.

The text is made into spoken words as for the engines that speak; a word that the dictionary lacks is given the phones
of the G2P. The search is the Viterbi alignment of PocketSphinx (Huggins-Daines et al., ICASSP 2006), in stretches where
the recording is long.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.alignment.arpabet import arpabet
from soundwright.tools.alignment.grammar import token_places, transitions
from soundwright.tools.alignment.stretches import LEAST_FIT, Found, Recording, Stretch, align, cut_long, fitting
from soundwright.tools.asr.pieces import quietest
from soundwright.tools.assets import Asset, Audio, Speech, Word
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.tts.text_normalise import SpokenWord, normalise

RATE = 16000
_FRAME_S = 0.01
# The next where one loses the path, up to how many seconds: the widest takes many times as long as the sound.
_BEAMS = ((1e-48, math.inf), (1e-80, math.inf), (1e-120, 15.0))
_PEAK = 0.5
_EDGE_S = 0.1
_LEAST_FOUND = 0.5
_PAUSE_EVERY_S = 1.5
_ENDS = (".", "!", "?", "…")


@dataclass(frozen=True, slots=True)
class _Segment:
    """A dictionary word as the engine found it, with its first and last frame and its likelihood."""

    word: str
    start_frame: int
    end_frame: int
    likelihood: float

    def found(self, stretch: Stretch, place: int) -> Found:
        """As word number ``place`` of a stretch. It fits by how much a frame falls behind the best that is searched."""
        frames = self.end_frame + 1 - self.start_frame
        start_s, end_s = (stretch.start_s + frame * _FRAME_S for frame in (self.start_frame, self.end_frame + 1))
        # A likelihood too small for a number is that of another word.
        fit = math.log10(self.likelihood) / frames if self.likelihood > 0 else 2 * LEAST_FIT
        return Found(stretch.first + place, start_s, end_s, fit)


class PocketsphinxTool:
    """The tool ``pocketsphinx``: when each written word of an English text is spoken.

    Where the text does not fit the sound, ``words`` of the result is None, so that the timeline makes an estimate.
    """

    spec = ToolSpec(
        name="pocketsphinx",
        version="5.1+3",
        operations=("align",),
        licence_code="BSD-2-Clause",
        licence_weights="BSD-2-Clause",
        languages=("en", "en-US", "en-GB"),
        extra="local",
        modules=("pocketsphinx", "hibari"),
        memory_mb=150,
        max_batch=16,
        honours=("text", "language"),
        take_varies=(),
        determinism="exact",
        rank=50,
        speed=50.0,
        proven="real",
        proven_note="the acoustic model in its package, on spoken lines",
        help="Times of the words of a known English text, by forced alignment.",
    )

    def __init__(self) -> None:
        self._decoders: list[Any] = []

    def load(self, place: Place) -> None:
        """Check that the package is there; dictionaries are read when first needed.

        Raises:
            ToolMissing: pocketsphinx is not installed.
        """
        del place
        try:
            import pocketsphinx  # noqa: F401, PLC0415  an optional engine
        except ImportError as error:
            raise ToolMissing("Alignment needs pocketsphinx. Run: pip install 'soundwright[local]'") from error

    def run(self, batch: Sequence[Request], context: Context) -> Iterator[tuple[int, Asset | ToolError]]:
        """Align each request in turn."""
        return each(batch, context, lambda request: self._align(request, context))

    def close(self) -> None:
        """Free the dictionaries."""
        self._decoders = []

    def _align(self, request: Request, context: Context) -> Speech:
        audio = request.audio()
        text, language = str(request.params.get("text", "")), str(request.params.get("language") or "en")
        if isinstance(audio, Speech) and audio.words is not None:
            return audio
        words = self._words(audio, normalise(text, british=language == "en-GB"), context)
        return Speech(audio.samples, audio.rate, audio.tail, text=text, language=language, words=words)

    def _words(self, audio: Audio, written: Sequence[SpokenWord], context: Context) -> tuple[Word, ...] | None:
        """Times of the written words, None where the text does not fit the sound."""
        tokens = [_tokens(word.spoken) for word in written]
        flat = [token for group in tokens for token in group]
        if not flat or audio.length_s < _FRAME_S * len(flat):
            return None
        pcm = _pcm(audio)
        lengths = list(cut_long(_sentence_lengths(written, tokens)))
        found = align(
            Recording(
                pcm.size / RATE,
                lengths,
                lambda stretch: self._search(stretch, flat, pcm),
                lambda start_s, end_s: _pauses(pcm, start_s, end_s),
            ),
            context,
        )
        if len(found) < _LEAST_FOUND * len(flat):
            return None
        return _written_times(written, tokens, found, audio.length_s)

    def _search(self, stretch: Stretch, tokens: Sequence[str], pcm: NDArray[np.int16]) -> list[Found]:
        """What is found within a stretch: where it is the last, by the narrowest beam whose words fit to the end."""
        offered = tokens[stretch.first : stretch.first + sum(stretch.sentences)]
        sound = pcm[round(stretch.start_s * RATE) : round(stretch.end_s * RATE)]
        length_s = stretch.end_s - stretch.start_s
        best: list[Found] = []
        for attempt in (number for number, (_, longest_s) in enumerate(_BEAMS) if length_s <= longest_s):
            segments = self._segments(attempt, offered, stretch, sound)
            places = token_places([segment.word for segment in segments], offered, stretch) or ()
            found = [one.found(stretch, place) for place, one in zip(places, segments, strict=False)]
            good = fitting(found, stretch)
            best = found if not best or good > fitting(best, stretch) else best
            if found and (good == len(found) or not stretch.last):
                break
        return best

    def _segments(
        self, attempt: int, tokens: Sequence[str], stretch: Stretch, sound: NDArray[np.int16]
    ) -> list[_Segment]:
        decoder = self._decoder(attempt)
        _add_unknown(decoder, tokens)
        last = len(tokens) + 1
        try:
            decoder.add_fsg("text", decoder.create_fsg("text", 0, last, list(transitions(tokens, stretch))))
            decoder.activate_search("text")
            decoder.reinit_feat()  # what was aligned before must not colour its estimate of noise
            decoder.start_utt()
            decoder.process_raw(sound.tobytes(), full_utt=True)
            decoder.end_utt()
        except RuntimeError:
            return []  # the engine's way to say that the text does not fit
        wanted = set(tokens)
        heard = [_Segment(s.word.partition("(")[0], s.start_frame, s.end_frame, s.ascore) for s in decoder.seg() or ()]
        return [segment for segment in heard if segment.word in wanted]

    def _decoder(self, attempt: int) -> Any:  # noqa: ANN401  pocketsphinx has no type information
        from pocketsphinx import Decoder  # noqa: PLC0415  an optional engine

        while len(self._decoders) <= attempt:
            beam, _ = _BEAMS[len(self._decoders)]
            self._decoders.append(
                Decoder(lm=None, loglevel="FATAL", cmn="batch", beam=beam, wbeam=beam, pbeam=beam, samprate=RATE)
            )
        return self._decoders[attempt]


def _tokens(spoken: str) -> list[str]:
    """The dictionary words of what is said."""
    plain = "".join(c if c.isalnum() or c in "'." else " " for c in spoken.lower())
    return [token for token in (word.strip("'.").replace(".", "") for word in plain.split()) if token]


def _add_unknown(decoder: Any, tokens: Sequence[str]) -> None:  # noqa: ANN401  see above
    from soundwright.tools.tts.g2p import phonemes  # noqa: PLC0415  reads lexicons

    for token in dict.fromkeys(tokens):
        if decoder.lookup_word(token) is None:
            phones = arpabet(phonemes(token, british=False)) or ["AH"]
            decoder.add_word(token, " ".join(phones), True)


def _pcm(audio: Audio) -> NDArray[np.int16]:
    """Mono 16 kHz samples at an even level, without the tail, with a little quiet at both ends."""
    import soxr  # noqa: PLC0415  heavy

    mono = audio.samples[:, : audio.frames - audio.tail].mean(axis=0)
    sound = soxr.resample(mono, audio.rate, RATE, quality="HQ")
    peak = float(np.max(np.abs(sound), initial=0.0)) or 1.0
    quiet = np.zeros(round(_EDGE_S * RATE))
    scaled = np.concatenate([quiet, sound * (_PEAK / peak), quiet])
    return np.asarray(np.clip(scaled, -1, 1) * 32767, dtype=np.int16)


def _sentence_lengths(written: Sequence[SpokenWord], tokens: Sequence[Sequence[str]]) -> Iterator[int]:
    """How many dictionary words each sentence has."""
    count = 0
    for word, group in zip(written, tokens, strict=True):
        count += len(group)
        if count and word.spoken.endswith(_ENDS):
            yield count
            count = 0
    if count:
        yield count


def _pauses(pcm: NDArray[np.int16], start_s: float, end_s: float) -> list[float]:
    """The quietest moment of each second and a half."""
    every = round(_PAUSE_EVERY_S * RATE)
    first, end = round(start_s * RATE), min(round(end_s * RATE), pcm.size)
    return [
        (at + quietest(pcm[at : min(at + every, end)].astype(np.float32), RATE)) / RATE
        for at in range(first, end, every)
    ]


def _written_times(
    written: Sequence[SpokenWord], tokens: Sequence[Sequence[str]], found: Sequence[Found], length_s: float
) -> tuple[Word, ...]:
    """One timed word per written word; one that is not spoken has no length and lies at the end of the one before."""
    times = {one.token: (one.start_s - _EDGE_S, one.end_s - _EDGE_S) for one in found}
    words = []
    at, last_s = 0, 0.0
    for word, group in zip(written, tokens, strict=True):
        heard = [times[token] for token in range(at, at + len(group)) if token in times]
        at += len(group)
        start_s, end_s = last_s, last_s
        if heard:
            start_s = min(max(heard[0][0], last_s), length_s)
            end_s = min(max(heard[-1][1], start_s), length_s)
        words.append(Word(word.written, round(start_s, 4), round(end_s, 4)))
        last_s = end_s
    return tuple(words)
