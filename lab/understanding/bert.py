"""The encoder as a torch module: a BERT of twelve layers, 384 wide, read out as the mean of its last layer."""

from __future__ import annotations

from typing import Final, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lab.understanding.e5 import E5

WIDTH: Final = 384
HEADS: Final = 12
INNER: Final = 1536
LAYERS: Final = 12
EPSILON: Final = 1e-12
DROPPED: Final = 0.1


class Layer(nn.Module):
    """Attention of all tokens to all, and two dense layers, each added to what came in and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.attend = nn.Linear(WIDTH, 3 * WIDTH)
        self.attended = nn.Linear(WIDTH, WIDTH)
        self.attended_norm = nn.LayerNorm(WIDTH, EPSILON)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.outer_norm = nn.LayerNorm(WIDTH, EPSILON)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """States (texts, tokens, 384); `mask` (texts, 1, 1, tokens) is true where a text has a token."""
        texts, tokens, _ = states.shape
        split = self.attend(states).view(texts, tokens, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        query, key, value = split[0], split[1], split[2]
        weights = query @ key.transpose(2, 3) * (WIDTH // HEADS) ** -0.5
        if mask is not None:
            weights = weights.masked_fill(~mask, -1e9)
        mixed = (self.drop(weights.softmax(dim=-1)) @ value).transpose(1, 2).reshape(texts, tokens, WIDTH)
        states = self.attended_norm(states + self.drop(self.attended(mixed)))
        mixed = self.outer(functional.gelu(self.inner(states)))
        return cast(Tensor, self.outer_norm(states + self.drop(mixed)))


class Embedding(nn.Module):
    """Vectors of word pieces with those of their places added, normalised."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self.places = nn.Parameter(torch.zeros(longest, WIDTH))
        self.norm = nn.LayerNorm(WIDTH, EPSILON)

    def forward(self, words: Tensor) -> Tensor:
        return cast(Tensor, self.norm(words + self.places[: words.shape[1]]))


class Encoder(nn.Module):
    """Word-piece vectors of one text, shape (tokens, 384), to the unit vector of the text, shape (384,)."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self.embedding = Embedding(longest)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, words: Tensor) -> Tensor:
        states = self.embedding(words[None])
        for layer in self.layers:
            states = layer(states)
        return functional.normalize(states.mean(dim=1), dim=1)[0]


def from_e5(e5: E5, longest: int) -> Encoder:
    """The encoder with the weights of multilingual-e5-small, for texts of at most `longest` tokens."""
    encoder = Encoder(longest)
    places = e5.tensors["emb.pos"].reshape(-1, WIDTH)[:longest] + e5.tensors["emb.type"].reshape(-1, WIDTH)[:1]
    state = {"embedding.places": places}
    state |= _norm("embedding.norm", e5, "emb.ln")
    for i in range(LAYERS):
        ours, theirs = f"layers.{i}", f"l{i}"
        joined = {
            kind: np.concatenate([e5.tensors[f"{theirs}.{part}.{kind}"] for part in ("q", "k", "v")]) for kind in "wb"
        }
        state |= {f"{ours}.attend.weight": joined["w"], f"{ours}.attend.bias": joined["b"]}
        for name, part in (("attended", "ao"), ("inner", "fi"), ("outer", "fo")):
            state[f"{ours}.{name}.weight"] = e5.tensors[f"{theirs}.{part}.w"]
            state[f"{ours}.{name}.bias"] = e5.tensors[f"{theirs}.{part}.b"]
        state |= _norm(f"{ours}.attended_norm", e5, f"{theirs}.aln") | _norm(f"{ours}.outer_norm", e5, f"{theirs}.oln")
    encoder.load_state_dict({name: torch.from_numpy(np.array(values)) for name, values in state.items()})
    return encoder


def _norm(ours: str, e5: E5, theirs: str) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    return {f"{ours}.weight": e5.tensors[f"{theirs}.w"], f"{ours}.bias": e5.tensors[f"{theirs}.b"]}
