"""Sentences to vectors for understanding needs: multilingual-e5-small, its upper half trained on needs, in ONNX.

Sentences of one field lie close together, in Korean and in English, also in everyday words. Two files in the
package: the word pieces with their vectors in four bits, and the twelve layers in eight. Made by
`python -m lab.understanding.train_encoder`, described in model_card.md; nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.understand.pieces import Pieces

Floats = npt.NDArray[np.float32]

DIMENSIONS: Final = 384
LONGEST: Final = 200
"""Tokens of a text that count, about 600 characters."""
GRAPH_FILE: Final = Path(__file__).parent / "encoder.onnx"
VOCABULARY_FILE: Final = Path(__file__).parent / "encoder_pieces.npz"
PREFIX: Final = "query: "
_LONGEST_TEXT: Final = 600
_BLOCK: Final = 32
_START, _END, _UNKNOWN, _SPECIAL = 0, 1, 2, 3


@dataclass(frozen=True)
class Vocabulary:
    """Word pieces, the first three being start, end and unknown, their log probabilities (pieces,), and their
    vectors in four bits: `nibbles` (pieces, 192) with weight `j` of a block of 32 in the low half of the block's
    byte `j` and weight `j + 16` in its high half, `scales` (pieces, 12) of the blocks.
    """

    pieces: tuple[str, ...]
    log_probabilities: Floats
    nibbles: npt.NDArray[np.uint8]
    scales: npt.NDArray[np.float16]

    @classmethod
    def load(cls, path: Path = VOCABULARY_FILE) -> Vocabulary:
        """Raises FileNotFoundError naming the command that makes the file."""
        with np.load(_made(path), allow_pickle=False) as stored:
            pieces = tuple(bytes(stored["pieces"]).decode().split("\n"))
            return cls(pieces, stored["log_probabilities"], stored["nibbles"], stored["scales"])

    def save(self, path: Path) -> None:
        """The same vocabulary is always the same bytes."""
        text = np.frombuffer("\n".join(self.pieces).encode(), np.uint8)
        np.savez(path, pieces=text, log_probabilities=self.log_probabilities, nibbles=self.nibbles, scales=self.scales)

    def vectors(self, places: Sequence[int]) -> Floats:
        """The vectors of pieces, shape (places, 384)."""
        rows = np.asarray(places)
        blocks = self.nibbles[rows].reshape(len(rows), -1, _BLOCK // 2)
        values = np.concatenate([blocks & 0x0F, blocks >> 4], axis=2).astype(np.float32) - 8
        return np.asarray((values * self.scales[rows][:, :, None].astype(np.float32)).reshape(len(rows), -1))


class WordReader:
    """Texts to the vectors of their word pieces, which are what the layers read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        named = vocabulary.pieces[_SPECIAL:]
        self._pieces = Pieces(named, vocabulary.log_probabilities[_SPECIAL:].tolist(), _UNKNOWN - _SPECIAL)

    def read(self, text: str) -> Floats:
        """Shape (tokens, 384), at most LONGEST tokens, with a start, `query:` and an end around the text."""
        places = [place + _SPECIAL for place in self._pieces.split(PREFIX + text[:_LONGEST_TEXT])]
        return self._vocabulary.vectors([_START, *places[: LONGEST - 2], _END])


class SentenceEncoder:
    """Unit vectors of sentences. Begins to load in the background when made."""

    def __init__(self, graph: Path = GRAPH_FILE, vocabulary: Path = VOCABULARY_FILE) -> None:
        self._loading: Future[tuple[WordReader, Any]] = _background(graph, vocabulary)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Shape (texts, 384). Only the first 600 characters of a text count; an empty one is all zero.

        Raises FileNotFoundError naming the command that makes the files, where one is missing.
        """
        reader, session = self._loading.result()
        out = np.zeros((len(texts), DIMENSIONS), np.float32)
        for row, text in enumerate(texts):
            if text.strip():
                (out[row],) = session.run(None, {"words": reader.read(text)})
        return out


def _background(graph: Path, vocabulary: Path) -> Future[tuple[WordReader, Any]]:
    pool = ThreadPoolExecutor(1, thread_name_prefix="encoder")
    loading = pool.submit(_load, graph, vocabulary)
    pool.shutdown(wait=False)
    return loading


def _load(graph: Path, vocabulary: Path) -> tuple[WordReader, Any]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # The graph is stored as it is after optimisation.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(_made(graph)), options, providers=["CPUExecutionProvider"])
    return WordReader(Vocabulary.load(vocabulary)), session


def _made(path: Path) -> Path:
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: make it with `python -m lab.understanding.train_encoder`")
    return path


@cache
def default_encoder() -> SentenceEncoder:
    """The one encoder of this process."""
    return SentenceEncoder()
