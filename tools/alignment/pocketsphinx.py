"""Word times by forced alignment with PocketSphinx and its American English model.

The text is made into spoken words as for the engines that speak; a word that the dictionary lacks is given the phones
of the G2P. The search is the Viterbi alignment of PocketSphinx (Huggins-Daines et al., ICASSP 2006).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.alignment.arpabet import arpabet
from soundwright.tools.assets import Asset, Audio, Speech, Word
from soundwright.tools.base import Context, Place, Request, ToolSpec, each
from soundwright.tools.errors import ToolError, ToolMissing
from soundwright.tools.tts.text_normalise import SpokenWord, normalise

RATE = 16000
_FRAME_S = 0.01
_BEAMS = (1e-48, 1e-120)  # the second where the first loses the path
_PEAK = 0.5
_EDGE_S = 0.1


@dataclass(frozen=True, slots=True)
class _Found:
    """A dictionary word with its times in seconds, the end after its last frame."""

    start_s: float
    end_s: float


class PocketsphinxTool:
    """The tool ``pocketsphinx``: when each written word of an English text is spoken.

    Where the text does not fit the sound, ``words`` of the result is None, so that the timeline makes an estimate.
    """

    spec = ToolSpec(
        name="pocketsphinx",
        version="5.1+1",
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
        return each(batch, context, self._align)

    def close(self) -> None:
        """Free the dictionaries."""
        self._decoders = []

    def _align(self, request: Request) -> Speech:
        audio = request.audio()
        text, language = str(request.params.get("text", "")), str(request.params.get("language") or "en")
        if isinstance(audio, Speech) and audio.words is not None:
            return audio
        words = self._words(audio, normalise(text, british=language == "en-GB"))
        return Speech(audio.samples, audio.rate, audio.tail, text=text, language=language, words=words)

    def _words(self, audio: Audio, written: Sequence[SpokenWord]) -> tuple[Word, ...] | None:
        """Times of the written words, None where the text does not fit the sound."""
        tokens = [_tokens(word.spoken) for word in written]
        flat = [token for group in tokens for token in group]
        if not flat or audio.length_s < _FRAME_S * len(flat):
            return None
        pcm = _pcm(audio)
        for attempt in range(len(_BEAMS)):
            found = self._search(attempt, flat, pcm)
            if found is not None:
                return _written_times(written, tokens, found, audio.length_s)
        return None

    def _search(self, attempt: int, tokens: Sequence[str], pcm: NDArray[np.int16]) -> list[_Found] | None:
        decoder = self._decoder(attempt)
        _add_unknown(decoder, tokens)
        try:
            decoder.set_align_text(" ".join(tokens))
            decoder.reinit_feat()  # what was aligned before must not colour its estimate of noise
            decoder.start_utt()
            decoder.process_raw(pcm.tobytes(), full_utt=True)
            decoder.end_utt()
        except RuntimeError:
            return None  # the engine's way to say that the text does not fit
        wanted = set(tokens)
        found = [
            _Found(segment.start_frame * _FRAME_S - _EDGE_S, (segment.end_frame + 1) * _FRAME_S - _EDGE_S)
            for segment in decoder.seg() or ()
            if segment.word.partition("(")[0] in wanted
        ]
        return found if len(found) == len(tokens) else None

    def _decoder(self, attempt: int) -> Any:  # noqa: ANN401  pocketsphinx has no type information
        from pocketsphinx import Decoder  # noqa: PLC0415  an optional engine

        while len(self._decoders) <= attempt:
            beam = _BEAMS[len(self._decoders)]
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


def _written_times(
    written: Sequence[SpokenWord], tokens: Sequence[Sequence[str]], found: Sequence[_Found], length_s: float
) -> tuple[Word, ...]:
    """One timed word per written word; one that is not spoken has no length and lies at the end of the one before."""
    words = []
    at, last_s = 0, 0.0
    for word, group in zip(written, tokens, strict=True):
        start_s, end_s = last_s, last_s
        if group:
            start_s = min(max(found[at].start_s, last_s), length_s)
            at += len(group)
            end_s = min(max(found[at - 1].end_s, start_s), length_s)
        words.append(Word(word.written, round(start_s, 4), round(end_s, 4)))
        last_s = end_s
    return tuple(words)
