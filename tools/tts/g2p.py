"""English words to phonemes in Kokoro's alphabet (that of the misaki lexicons), by the G2P inside ``hibari-tts``."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hibari.g2p import G2P

# Sounds that are no words: the lexicon would spell them.
_SOUNDS = {
    "hmm": "hˈʌm", "mmm": "ˈʌm", "shush": "ʃˈʌʃ", "pst": "pst", "grrr": "ɡɹˈɜɹ", "burr": "bˈɜɹ", "ahrg": "ˈɑɹɡ",
    "ugh": "ˈʌɡ", "tisk": "tˈɪsk",
}  # fmt: skip
_lock = threading.Lock()


def phonemes(text: str, *, british: bool) -> str:
    """Phonemes of ``text``, which is already words and plain punctuation (see ``text_normalise``).

    Raises:
        ImportError: ``hibari-tts`` is not installed.
    """
    with _lock:  # the lexicon caches while it reads
        g2p = _g2p(british)
        return _tidy("".join(_piece(g2p, text)))


@functools.lru_cache(maxsize=2)
def _g2p(british: bool) -> G2P:
    from hibari.g2p import G2P  # noqa: PLC0415  reads 2 MB of lexicons

    return G2P(british=british)


def _piece(g2p: G2P, text: str) -> list[str]:
    """Phonemes of the runs of words between sounds, and of the sounds themselves."""
    out: list[str] = []
    run: list[str] = []
    for word in [*text.split(), ""]:
        bare = word.strip(".,!?;:—…").lower()
        if word and bare not in _SOUNDS:
            run.append(word)
            continue
        if run:
            out.append(str(g2p(" ".join(run))) + " ")
        if word:
            out.append(_SOUNDS[bare] + word[len(word.rstrip(".,!?;:—…")) :] + " ")
        run = []
    return out


def _tidy(text: str) -> str:
    return " ".join(text.replace("“", "").replace("”", "").split())
