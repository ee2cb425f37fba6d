"""Train the upper layers of the encoder on labelled sentences; the lower ones stay as they are."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from lab.understanding.bert import WIDTH, Encoder

FROZEN: Final = 6
BATCH: Final = 32
HEAD_RATES: Final = 8.0
"""How many times faster than the layers of the encoder the layer that reads classes learns."""
WARM_UP: Final = 0.1
DECAY: Final = 0.01

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Course:
    """How often all texts are seen, and the learning rate at its highest."""

    epochs: int
    rate: float


@dataclass(frozen=True)
class Batch:
    """Rows of texts of about one length, their states (texts, tokens, 384) and which tokens are theirs."""

    rows: npt.NDArray[np.int64]
    states: Tensor
    mask: Tensor


def lower_states(encoder: Encoder, words: Sequence[Floats]) -> list[Tensor]:
    """What comes out of the frozen layers for each text, shape (tokens, 384), in float16: computed once."""
    out: list[Tensor] = [torch.empty(0)] * len(words)
    with torch.no_grad():
        encoder.eval()
        for rows in _by_length([len(w) for w in words], 64):
            padded = nn.utils.rnn.pad_sequence([torch.from_numpy(words[i]) for i in rows], batch_first=True)
            mask = _mask([len(words[i]) for i in rows])
            states = encoder.embedding(padded)
            for layer in encoder.layers[:FROZEN]:
                states = layer(states, mask)
            for i, state in zip(rows, states, strict=True):
                out[i] = state[: len(words[i])].half()
    return out


def pooled(encoder: Encoder, states: Tensor, mask: Tensor) -> Tensor:
    """Unit vectors (texts, 384) from the states of the frozen layers."""
    for layer in encoder.layers[FROZEN:]:
        states = layer(states, mask)
    shown = mask[:, 0, 0, :, None].to(states.dtype)
    return functional.normalize((states * shown).sum(dim=1), dim=1)


def vectors(encoder: Encoder, lower: Sequence[Tensor]) -> Floats:
    """Unit vectors of texts by their lower states, shape (texts, 384)."""
    out = np.zeros((len(lower), WIDTH), np.float32)
    encoder.eval()
    with torch.no_grad():
        for batch in _batches(lower, _by_length([len(s) for s in lower], 64)):
            out[batch.rows] = pooled(encoder, batch.states, batch.mask).numpy()
    return out


def new_head(classes: int) -> nn.Linear:
    """The layer that reads classes from vectors, before it has learned anything."""
    head = nn.Linear(WIDTH, classes)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    return head


def fine_tune(
    encoder: Encoder,
    head: nn.Linear,
    lower: Sequence[Tensor],
    targets: Floats,
    weights: Floats,
    course: Course,
    seed: int,
) -> None:
    """Train the upper layers and the head in place.

    `lower` are the texts' states from the frozen layers; `targets` (texts, classes) sum to one, `weights` (texts,)
    weigh the texts. Prints the loss of each epoch.
    """
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed)
    upper = [p for layer in encoder.layers[FROZEN:] for p in layer.parameters()]
    optimiser = torch.optim.AdamW(
        [
            {"params": upper, "lr": course.rate},
            {"params": head.parameters(), "lr": HEAD_RATES * course.rate},
        ],
        weight_decay=DECAY,
    )
    steps = course.epochs * -(-len(lower) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (WARM_UP * steps), max(0.0, (steps - step) / ((1 - WARM_UP) * steps)))
    )
    wanted, weight = torch.from_numpy(targets), torch.from_numpy(weights)
    lengths = [len(s) for s in lower]
    for epoch in range(course.epochs):
        encoder.train()
        losses, start = [], time.perf_counter()
        for batch in _batches(lower, _drawn_by_length(lengths, BATCH, draw)):
            logits = head(SCALE * pooled(encoder, batch.states, batch.mask))
            each = functional.cross_entropy(logits, wanted[batch.rows], reduction="none")
            loss = (each * weight[batch.rows]).sum() / weight[batch.rows].sum()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(upper, 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, {time.perf_counter() - start:.0f} s", flush=True)


SCALE: Final = 10.0
"""Unit vectors are lengthened to this before the classes are read from them."""


def _batches(lower: Sequence[Tensor], groups: Iterator[list[int]]) -> Iterator[Batch]:
    for rows in groups:
        padded = nn.utils.rnn.pad_sequence([lower[i].float() for i in rows], batch_first=True)
        yield Batch(np.array(rows), padded, _mask([len(lower[i]) for i in rows]))


def _mask(lengths: Sequence[int]) -> Tensor:
    places = torch.arange(max(lengths))
    return (places[None] < torch.tensor(lengths)[:, None])[:, None, None, :]


def _by_length(lengths: Sequence[int], size: int) -> Iterator[list[int]]:
    order = np.argsort(lengths, kind="stable").tolist()
    return (order[i : i + size] for i in range(0, len(order), size))


def _drawn_by_length(lengths: Sequence[int], size: int, draw: np.random.Generator) -> Iterator[list[int]]:
    """Batches in random order; texts are of about one length within a batch, which differs from draw to draw."""
    order = np.argsort(np.array(lengths) + draw.uniform(0, 6, len(lengths)), kind="stable").tolist()
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    return (groups[i] for i in draw.permutation(len(groups)).tolist())
