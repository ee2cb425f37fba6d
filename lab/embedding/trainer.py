"""The training loop: in-batch negatives over pairs, with sentence-transformers' own module and loss.

Its Trainer needs two more packages and half a minute of set-up; a static model needs neither. The loop cuts
all texts into tokens once, and drops tokens at random, which is what makes a small corpus go further.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer

from lab.embedding.corpus import Source

Ids = list[int]
TokenPair = tuple[Ids, Ids]
UNKNOWN_ID = 0
LONGEST = 200
"""Tokens of a text that are used in training."""


@dataclass(frozen=True)
class Settings:
    """What a training run is made of; all of it is in the model card."""

    seed: int = 1
    dimensions: int = 256
    korean_pieces: int = 8_000
    other_pieces: int = 8_000
    longest_korean_piece: int = 3
    stem: bool = True
    epochs: int = 8
    batch: int = 1024
    learning_rate: float = 0.05
    scale: float = 20.0
    token_dropout: float = 0.3
    threads: int = 1


def token_pairs(tokenizer: Tokenizer, sources: Sequence[Source]) -> list[TokenPair]:
    """All pairs as token ids, each as often as its source says; pairs with an empty side are left out."""
    pairs: list[TokenPair] = []
    for source in sources:
        sides = [
            [
                [token for token in encoding.ids if token != UNKNOWN_ID][:LONGEST]
                for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
            ]
            for texts in zip(*source.pairs, strict=True)
        ]
        pairs += [(a, b) for a, b in zip(*sides, strict=True) if a and b] * source.repeat
    return pairs


def _batches(pairs: Sequence[TokenPair], size: int, chance: random.Random) -> Iterator[list[TokenPair]]:
    """One epoch in random order. A text stands once in a batch: a second one would be its own false negative."""
    order = list(range(len(pairs)))
    chance.shuffle(order)
    for start in range(0, len(order) - size + 1, size):
        left: set[tuple[int, ...]] = set()
        right: set[tuple[int, ...]] = set()
        batch: list[TokenPair] = []
        for index in order[start : start + size]:
            a, b = tuple(pairs[index][0]), tuple(pairs[index][1])
            if a not in left and b not in right:
                left.add(a)
                right.add(b)
                batch.append(pairs[index])
        yield batch


def _features(texts: Sequence[Ids], dropout: float, chance: random.Random) -> dict[str, torch.Tensor]:
    """What StaticEmbedding reads: all ids in one row, and where each text begins."""
    kept = [[token for token in ids if chance.random() >= dropout] or ids for ids in texts]
    offsets = np.cumsum([0, *(len(ids) for ids in kept[:-1])])
    flat = [token for ids in kept for token in ids]
    return {"input_ids": torch.tensor(flat, dtype=torch.long), "offsets": torch.from_numpy(offsets)}


def train(
    tokenizer: Tokenizer, sources: Sequence[Source], settings: Settings, say: Callable[[str], None]
) -> SentenceTransformer:
    """A trained model, float32, one StaticEmbedding module. `say` hears the progress."""
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    torch.use_deterministic_algorithms(True)
    chance = random.Random(settings.seed)  # noqa: S311 - no secret
    module = StaticEmbedding(tokenizer, embedding_dim=settings.dimensions)
    model = SentenceTransformer(modules=[module], device="cpu")
    loss = MultipleNegativesRankingLoss(
        model,
        scale=settings.scale,
        directions=("query_to_doc", "doc_to_query"),
        partition_mode="per_direction",
    )
    pairs = token_pairs(tokenizer, sources)
    total = settings.epochs * (len(pairs) // settings.batch)
    optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate)
    # Up for a tenth of the steps, then down to nothing in a straight line.
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.1 * total)) * (1.0 - step / total)
    )
    say(f"{tokenizer.get_vocab_size()} tokens, {len(pairs)} pairs, {total} steps")
    began = time.monotonic()
    for epoch in range(settings.epochs):
        losses: list[float] = []
        for batch in _batches(pairs, settings.batch, chance):
            features = [_features([pair[side] for pair in batch], settings.token_dropout, chance) for side in (0, 1)]
            optimizer.zero_grad()
            value = loss(features, torch.empty(0))
            value.backward()
            optimizer.step()
            schedule.step()
            losses.append(float(value.detach()))
        say(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, {time.monotonic() - began:.0f} s")
    with torch.no_grad():
        # model2vec leaves unknown tokens out, sentence-transformers averages them in: zero makes both agree.
        module.embedding.weight[UNKNOWN_ID] = 0.0
    return model
