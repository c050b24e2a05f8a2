"""Speech by engines that read letters: a text cut into sentences, each said with its seed, joined with pauses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from soundwright.tools.assets import Asset, Speech
from soundwright.tools.base import Context, Request, each
from soundwright.tools.errors import ToolError
from soundwright.tools.tts.joining import joined
from soundwright.tools.tts.sentences import Piece, pieces, sentences
from soundwright.tools.tts.spoken import spoken_words, text_of
from soundwright.tools.tts.text_normalise import normalise_plain

if TYPE_CHECKING:
    from soundwright.tools.assets import Samples

Say = Callable[[str, Request], "Samples"]


def language_of(request: Request) -> str:
    """The primary language of a request: ``en`` of ``en-GB``."""
    return str(request.params.get("language") or "en").partition("-")[0].lower()


def text_pieces(request: Request, limit: int) -> list[Piece]:
    """The request's text as pieces of at most ``limit`` letters; English with its figures as words.

    Raises:
        ToolError: nothing can be said.
    """
    if language_of(request) == "en":
        words = spoken_words(request, british=False)
    else:
        pairs = [(str(p["word"]), str(p["say"])) for p in request.params.get("pronounce", ())]
        words = normalise_plain(text_of(request), pairs)
    found = pieces(sentences(words), lambda text: text, target=limit * 2 // 3, limit=limit)
    if not any(letter.isalnum() for piece in found for letter in piece.phonemes):
        raise ToolError(f"There is nothing to speak in {text_of(request)[:60]!r}.")
    return found


def spoken_by(
    say: Say, batch: Sequence[Request], context: Context, *, limit: int, rate: int
) -> Iterator[tuple[int, Asset | ToolError]]:
    """Speak each request in turn: ``say`` makes mono samples (frames,) at ``rate`` Hz of one piece of text.

    Each piece is emitted as soon as it is said.
    """

    def parts(request: Request, found: Sequence[Piece]) -> Iterator[Samples]:
        for piece in found:
            context.check()
            yield say(piece.phonemes, request)

    def speak(request: Request) -> Speech:
        found = text_pieces(request, limit)
        whole = joined(parts(request, found), [piece.pause_s for piece in found], rate, context.emit)
        language = str(request.params.get("language") or "en")
        return Speech(whole[None], rate, text=text_of(request), language=language)

    return each(batch, context, speak)
