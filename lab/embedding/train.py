"""Train and save the shipped model: `python -m lab.embedding.train --shared ../shared`.

One command, seeded; the same machine gives the same bytes. Writes a folder that sentence-transformers loads
as a StaticEmbedding and model2vec loads as it is: tokenizer, float16 weights, and a card with the figures.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lab.embedding.card import model_card
from lab.embedding.corpus import Source, training_pairs
from lab.embedding.evaluate_known_item import Figure, measure
from lab.embedding.known_item import read_known_items
from lab.embedding.tokenizer import train_tokenizer
from lab.embedding.trainer import Settings, train
from search.embedding.model import BUNDLED_MODEL, load_embedder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_LEVELS = 31
"""Steps on either side of zero that a weight is rounded to. No figure moves, and the file packs to half its size."""


def train_model(sources: Sequence[Source], settings: Settings, say: Callable[[str], None]) -> SentenceTransformer:
    """Tokenizer and token vectors, learned from the pairs."""
    texts = list(dict.fromkeys(text for source in sources for pair in source.pairs for text in pair))
    say(f"tokenizer from {len(texts)} texts")
    tokenizer = train_tokenizer(
        texts,
        korean=settings.korean_pieces,
        other=settings.other_pieces,
        longest_korean=settings.longest_korean_piece,
        stem=settings.stem,
    )
    return train(tokenizer, sources, settings, say)


def rounded(weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float16]:
    """Token vectors of shape (tokens, dimensions), each on 63 even levels between its extremes, as float16."""
    step = np.maximum(np.abs(weights).max(axis=1, keepdims=True), 1e-12) / _LEVELS
    # A power of two: every level is then an exact float16.
    step = 2.0 ** np.ceil(np.log2(step))
    found: npt.NDArray[np.float16] = (np.round(weights / step) * step).astype(np.float16)
    return found


def save(model: SentenceTransformer, folder: Path) -> None:
    """Write the model's files into `folder`, in place of those that are there."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    module = model[0]
    assert isinstance(module, StaticEmbedding)
    weights = rounded(module.embedding.weight.detach().numpy())
    small = SentenceTransformer(
        modules=[StaticEmbedding(module.tokenizer, embedding_weights=torch.from_numpy(weights))], device="cpu"
    )
    folder.mkdir(parents=True, exist_ok=True)
    small.save(str(folder), create_model_card=False)


def figures_of(folder: Path, shared: Path, side: str) -> list[Figure]:
    """Known-item figures of a saved model, beside bigram BM25 and the plain fusion of both."""
    items = read_known_items(shared / "data", side="development" if side == "development" else "test")
    return measure(load_embedder(str(folder)), items)


def show(figures: Sequence[Figure], say: Callable[[str], None]) -> None:
    for figure in figures:
        say(
            f"{figure.language}  {figure.system:28.28}  R@10 {figure.recall_10:.3f} "
            f"({figure.low:.3f} to {figure.high:.3f})  R@50 {figure.recall_50:.3f}"
        )


def main(arguments: list[str] | None = None) -> int:
    """Train, save, measure, write the card; 0."""
    parser = argparse.ArgumentParser(prog="python -m lab.embedding.train", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds data/")
    parser.add_argument("--out", type=Path, help="folder of the model; default: the bundled one")
    parser.add_argument(
        "--hold-out",
        action="store_true",
        help="leave the development firms out too and measure on them: for choosing settings; needs --out",
    )
    for field in fields(Settings):
        flag = "--" + field.name.replace("_", "-")
        if isinstance(field.default, bool):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=field.default)
        else:
            parser.add_argument(flag, type=type(field.default), default=field.default)
    options = parser.parse_args(arguments)
    if not (options.shared / "data" / "text").is_dir():
        parser.error(f"no training texts under {options.shared}/data/text; give the folder with --shared")
    if options.hold_out and options.out is None:
        parser.error("--hold-out makes a model for choosing settings, not for shipping: give its folder with --out")
    settings = Settings(**{field.name: getattr(options, field.name) for field in fields(Settings)})
    sources = training_pairs(options.shared, seed=settings.seed, hold_out=options.hold_out)
    out: Path = options.out or BUNDLED_MODEL
    model = train_model(sources, settings, print)
    with tempfile.TemporaryDirectory(prefix="model-") as name:
        folder = Path(name) / out.name
        save(model, folder)
        figures = figures_of(folder, options.shared, "development" if options.hold_out else "test")
        show(figures, print)
        (folder / "README.md").write_text(model_card(settings, sources, figures, folder), encoding="utf-8")
        out.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.iterdir()):
            if path.is_file():
                (out / path.name).write_bytes(path.read_bytes())
    print(f"saved {out.name}: {sum(p.stat().st_size for p in out.iterdir()) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
