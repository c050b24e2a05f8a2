"""Word times, and words, by wav2vec 2.0 with letters in time (Baevski et al., 2020; CTC): one tool for each language.

A letter of the text that the network does not know is left out of the search; a word of such letters alone lies,
without length, where the word before it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.alignment.trellis import align
from soundwright.tools.asr.pieces import watched
from soundwright.tools.assets import Asset, Audio, Samples, Speech, Transcript, Word
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.mono import clipped, mono_at
from soundwright.tools.neural.listener import Listener
from soundwright.tools.tts.text_normalise import normalise

RATE = 16000
_LONGEST_S = 20.0
_LEVEL_EPSILON = 1e-7
MODELS = {
    "en": "wav2vec2-base-960h", "de": "wav2vec2-xlsr-german", "fr": "wav2vec2-xlsr-french",
    "es": "wav2vec2-xlsr-spanish", "it": "wav2vec2-xlsr-italian",
}  # fmt: skip


def _spec(language: str) -> ToolSpec:
    return ToolSpec(
        name=f"wav2vec2-{language}",
        version="1",
        operations=("align", "transcribe"),
        licence_code="Apache-2.0",
        licence_weights="Apache-2.0",
        languages=(language,),
        extra="neural",
        modules=("torch", "transformers"),
        models=(MODELS[language],),
        cores=2,
        memory_mb=1500,
        gpu_bytes=2 << 30,
        honours=("text", "language"),
        take_varies=(),
        determinism="device",
        rank=30,
        speed=8.0,
        proven="tiny",
        proven_note="random weights in the sizes of a toy; the search on letters of known times",
        help=f"Times of the words of a known text in {language!r}, and plain transcription without punctuation.",
    )


class Wav2Vec2Tool(Listener):
    """A tool ``wav2vec2-LANGUAGE``."""

    network = "AutoModelForCTC"
    reader = "AutoTokenizer"

    def __init__(self, language: str) -> None:
        super().__init__()
        self.spec = _spec(language)

    def listen(self, request: Request, context: Context) -> Asset:
        """Times for a text, or the text itself."""
        audio = request.audio()
        asked = str(request.params.get("language", ""))
        if asked and asked.partition("-")[0].lower() not in self.spec.languages:
            raise ToolError(f"{self.spec.name} knows {self.spec.languages[0]!r} only, not {asked!r}")
        if request.op == "transcribe":
            return self._transcribed(audio, context)
        return self._aligned(audio, request, context)

    def _aligned(self, audio: Audio, request: Request, context: Context) -> Speech:
        text, language = str(request.params["text"]), self.spec.languages[0]
        if isinstance(audio, Speech) and audio.words is not None:
            return audio
        log_probs, frame_s = self._heard(audio, context)
        words = self._written(text, language)
        times = timed(log_probs, [tokens for _, tokens in words], self._blank, context.check)
        if times is None:
            return Speech(audio.samples, audio.rate, audio.tail, text=text, language=language, words=None)
        found, last_s = [], 0.0
        for (written, _), span in zip(words, times, strict=True):
            start, end = (last_s, last_s) if span is None else (max(span[0] * frame_s, last_s), span[1] * frame_s)
            found.append(Word(written, *clipped(start, end, audio.length_s)))
            last_s = found[-1].end_s
        return Speech(audio.samples, audio.rate, audio.tail, text=text, language=language, words=tuple(found))

    def _transcribed(self, audio: Audio, context: Context) -> Transcript:
        """The likeliest letter of each frame, repeats and blanks taken out; the bar parts words."""
        log_probs, frame_s = self._heard(audio, context)
        best = log_probs.argmax(axis=1)
        words: list[Word] = []
        letters, start = "", 0
        for frame, token in enumerate([*best, self._bar]):
            fresh = frame == 0 or frame == len(best) or token != best[frame - 1]
            if token == self._bar and letters:
                times = clipped(start * frame_s, frame * frame_s, audio.length_s)
                words.append(Word(letters.lower(), max(times[0], words[-1].end_s if words else 0.0), times[1]))
                letters = ""
            elif fresh and token != self._blank and token < len(self._letters) and len(self._letters[token]) == 1:
                start = frame if not letters else start
                letters += self._letters[token]
        return Transcript(" ".join(word.text for word in words), self.spec.languages[0], tuple(words))

    def _heard(self, audio: Audio, context: Context) -> tuple[NDArray[np.float32], float]:
        """(frames, classes) logarithms of likelihoods, and the seconds of a frame; long sound is cut in its pauses."""
        torch = self.runtime.torch
        mono = mono_at(Audio(audio.samples[:, : audio.frames - audio.tail], audio.rate), RATE)
        ratio = int(self.model.config.inputs_to_logits_ratio)
        rows = []
        for first, end in watched(mono, RATE, _LONGEST_S, context):
            if end - first < 2 * ratio:
                continue
            heard = torch.from_numpy(_levelled(mono[first:end]))[None].to(self.runtime.device, self.runtime.dtype)
            row = torch.log_softmax(self.model(heard).logits[0].float(), dim=-1).cpu().numpy()
            wanted = round(end / ratio) - round(first / ratio)
            rows.append(row[np.minimum(np.arange(wanted), len(row) - 1)])  # as many frames as its time has
        classes = int(self.model.config.vocab_size)
        return np.concatenate(rows) if rows else np.zeros((0, classes), np.float32), ratio / RATE

    def _written(self, text: str, language: str) -> list[tuple[str, list[int]]]:
        """Each written word with the letters of how it is spoken, parted by the bar where it is several words."""
        vocabulary = {letter: number for number, letter in enumerate(self._letters)}
        upper = sum(letter.isupper() for letter in vocabulary) > sum(letter.islower() for letter in vocabulary)
        spoken = [(word.written, word.spoken) for word in normalise(text)] if language == "en" else [
            (word, word) for word in text.split()
        ]  # fmt: skip
        return [(written, _letters(said.upper() if upper else said.lower(), vocabulary)) for written, said in spoken]

    @property
    def _letters(self) -> list[str]:
        vocabulary = self.processor.get_vocab()
        letters = [""] * (max(vocabulary.values()) + 1)
        for letter, number in vocabulary.items():
            letters[number] = letter
        return letters

    @property
    def _blank(self) -> int:
        return int(self.processor.pad_token_id)

    @property
    def _bar(self) -> int:
        return int(self.processor.get_vocab().get("|", -1))


def timed(
    log_probs: NDArray[np.float32], words: Sequence[Sequence[int]], blank: int, check: Callable[[], None] = lambda: None
) -> list[tuple[int, int] | None] | None:
    """(first, end) in frames of each word, None for one without letters; None at all where the text does not fit."""
    flat = [token for word in words for token in word]
    spans = align(log_probs, flat, blank, check)
    if spans is None:
        return None
    times: list[tuple[int, int] | None] = []
    at = 0
    for word in words:
        times.append((spans[at][0], spans[at + len(word) - 1][1]) if word else None)
        at += len(word)
    return times


def _letters(said: str, vocabulary: dict[str, int]) -> list[int]:
    known = [" " if c.isspace() or c == "-" else c for c in said]
    parted = " ".join("".join(known).split()).replace(" ", "|")
    return [vocabulary[letter] for letter in parted if letter in vocabulary]


def _levelled(mono: Samples) -> Samples:
    """Mean 0 and variance 1, as the network was taught."""
    return np.asarray((mono - mono.mean()) / np.sqrt(mono.var() + _LEVEL_EPSILON), np.float32)


ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN = map(Wav2Vec2Tool, ("en", "de", "fr", "es", "it"))
