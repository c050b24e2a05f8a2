"""What texts mean, as vectors: all-MiniLM-L6-v2 in numpy (a BERT of six layers; Devlin et al., Wang et al.).

The vector of a text is the mean of its tokens' last states, of length one; the cosine of two is their product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soundwright.tools.networks import weights_file
from soundwright.tools.understanding.safetensors import read_float32
from soundwright.tools.understanding.wordpiece import tokens

Array = NDArray[np.float32]
MINILM = "minilm-l6"
WEIGHTS_FILE, VOCABULARY_FILE = "minilm-l6.safetensors", "minilm-l6-vocab.txt"
_HEADS, _LAYERS, _EPSILON = 12, 6, 1e-12
_TOGETHER = 32


class TextEmbedder:
    """Embeds English texts. ``arrays`` by their names in the checkpoint, ``vocabulary`` token -> id."""

    def __init__(self, arrays: Mapping[str, Array], vocabulary: Mapping[str, int]) -> None:
        self._arrays, self._vocabulary = arrays, vocabulary

    @classmethod
    def read(cls, weights: Mapping[str, Path]) -> TextEmbedder:
        """From the files of the model store.

        Raises:
            ToolMissing: they are not there.
        """
        words = weights_file(weights, VOCABULARY_FILE, MINILM).read_text(encoding="utf-8").split("\n")
        vocabulary = {word: number for number, word in enumerate(words)}
        return cls(read_float32(weights_file(weights, WEIGHTS_FILE, MINILM)), vocabulary)

    def embed(self, texts: Sequence[str]) -> Array:
        """(texts, 384), each of length one. Texts of as many tokens go through the network together, none is padded."""
        ids = [tokens(text, self._vocabulary) for text in texts]
        found = np.zeros((len(texts), self._arrays["embeddings.LayerNorm.bias"].size), dtype=np.float32)
        for length in sorted({len(one) for one in ids}):
            rows = [row for row, one in enumerate(ids) if len(one) == length]
            for first in range(0, len(rows), _TOGETHER):
                some = rows[first : first + _TOGETHER]
                found[some] = self._states([ids[row] for row in some])
        return found

    def _states(self, ids: Sequence[Sequence[int]]) -> Array:
        """Vectors of texts of one length in tokens."""
        x = self._arrays["embeddings.word_embeddings.weight"][np.asarray(ids)]
        x = x + self._arrays["embeddings.position_embeddings.weight"][: len(ids[0])]
        x = x + self._arrays["embeddings.token_type_embeddings.weight"][0]
        x = self._norm(x, "embeddings.LayerNorm")
        for number in range(_LAYERS):
            x = self._layer(x, f"encoder.layer.{number}")
        mean = x.mean(axis=1)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), dtype=np.float32)

    def _layer(self, x: Array, at: str) -> Array:
        x = self._norm(x + self._attention(x, at), f"{at}.attention.output.LayerNorm")
        inner = _gelu(self._linear(x, f"{at}.intermediate.dense"))
        return self._norm(x + self._linear(inner, f"{at}.output.dense"), f"{at}.output.LayerNorm")

    def _attention(self, x: Array, at: str) -> Array:
        """(texts, tokens, width) by scaled products of (texts, heads, tokens, width of a head)."""
        texts, length, width = x.shape
        query, key, value = (
            self._linear(x, f"{at}.attention.self.{name}").reshape(texts, length, _HEADS, -1).transpose(0, 2, 1, 3)
            for name in ("query", "key", "value")
        )
        weights = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(width / _HEADS))
        weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
        weights = weights / weights.sum(axis=-1, keepdims=True)
        heard = (weights @ value).transpose(0, 2, 1, 3).reshape(texts, length, width)
        return self._linear(heard, f"{at}.attention.output.dense")

    def _linear(self, x: Array, at: str) -> Array:
        weight, rows = self._arrays[f"{at}.weight"], x.reshape(-1, x.shape[-1])  # one product, not one for each text
        return np.asarray(rows @ weight.T + self._arrays[f"{at}.bias"], np.float32).reshape(*x.shape[:-1], -1)

    def _norm(self, x: Array, at: str) -> Array:
        centred = x - x.mean(axis=-1, keepdims=True)
        scale = np.sqrt(np.mean(np.square(centred), axis=-1, keepdims=True) + _EPSILON)
        return np.asarray(centred / scale * self._arrays[f"{at}.weight"] + self._arrays[f"{at}.bias"], np.float32)


def _gelu(x: Array) -> Array:
    from scipy.special import erf  # noqa: PLC0415  heavy

    return np.asarray(0.5 * x * (1 + erf(x / np.sqrt(2))), np.float32)
