"""Make everything that understanding reads: `python -m lab.understanding.train_encoder [--out FOLDER]`.

Some sentences are held out at first: those of a quarter of the problem types, and the plain ones, which have other
writers. On them meaning is weighed against words, and what is answerable is calibrated; then the encoder learns them
too. Writes `encoder.onnx`, `encoder_pieces.npz` and `model.npz`. Needs the `models` extra; about
a quarter of an hour of two cores.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from lab.understanding import e5
from lab.understanding.bert import Encoder, from_e5
from lab.understanding.examples import Examples, Problem, load_problems, make_examples
from lab.understanding.export import ENGLISH_FILE, export, pruned
from lab.understanding.fine_tune import SCALE, Course, fine_tune, lower_states, new_head, vectors
from lab.understanding.train import SEED, Blend, Floats, Rows, Words, blended, figures, fit_words, held_out
from lab.understanding.train import projection as principal
from schemas.vocabulary import load_vocabulary
from search.understand.encoder import GRAPH_FILE, LONGEST, VOCABULARY_FILE, SentenceEncoder, WordReader
from search.understand.model import MODEL_FILE, NOT_A_NEED, Model, Sentences, Weights, answer_features, sigmoid
from transforms.concepts import default_matcher

FIRST: Final = Course(epochs=3, rate=2.5e-4)
SECOND: Final = Course(epochs=1, rate=2.5e-4)
NONE_TOO_LIKELY: Final = 2.0
"""By how much the second course makes the logit of "nobody answers" too large: of its sentences one in six is none, of
the first course's one in twenty. Least at which .03 of the needs of the contrast sets, by other writers, are refused.
"""
PROJECTED: Final = 128


@dataclass(frozen=True)
class Trained:
    """An encoder with the layer that reads classes from its vectors, and the classifier of words."""

    encoder: Encoder
    head: nn.Linear
    words: Words

    def meaning(self, lower: Sequence[Tensor]) -> Floats:
        """Logits by meaning, shape (texts, classes)."""
        with torch.no_grad():
            return np.asarray(self.head(SCALE * torch.from_numpy(vectors(self.encoder, lower))).numpy())


def begin(original: e5.E5, lower: Sequence[Tensor], examples: Examples, rows: Rows) -> Trained:
    """Both classifiers on those rows, from the original weights."""
    seen = examples.rows(rows)
    encoder, head = from_e5(original, LONGEST), new_head(seen.targets.shape[1])
    fine_tune(encoder, head, [lower[i] for i in rows.tolist()], seen.targets, seen.weights, FIRST, SEED)
    return Trained(encoder, head, fit_words(seen))


def finish(trained: Trained, lower: Sequence[Tensor], examples: Examples, unseen: Rows) -> Trained:
    """The encoder learns what it has not seen; the words are fitted to all rows."""
    seen, chosen = examples.rows(unseen), [lower[i] for i in unseen.tolist()]
    fine_tune(trained.encoder, trained.head, chosen, seen.targets, seen.weights, SECOND, SEED)
    return Trained(trained.encoder, trained.head, fit_words(examples))


def calibrate(
    trained: Trained, lower: Sequence[Tensor], examples: Examples, problems: Sequence[Problem], rows: Rows
) -> Blend:
    """The blend by those rows, which neither classifier has seen. Prints figures of them."""
    unseen, judged = examples.rows(rows), [problems[i] for i in rows.tolist()]
    meaning, words = trained.meaning([lower[i] for i in rows.tolist()]), trained.words.scores(unseen)
    blend = blended(meaning, words, unseen)
    print(f"blend: meaning {blend.meaning:.2f}, words {blend.words:.2f}, answer {blend.answer.round(3).tolist()}")
    kinds = {"plain": [p.plain for p in judged], "others": [not p.plain for p in judged]}
    for name, logits in (("meaning", meaning), ("words", words), ("both", blend.logits(meaning, words))):
        answerable = sigmoid(answer_features(logits, unseen.named_share) @ blend.answer)
        for kind, among in kinds.items():
            if any(among):
                some = [p for p, chosen in zip(judged, among, strict=True) if chosen]
                for line in figures(some, logits[among], answerable[among], load_vocabulary()):
                    print(f"{name}, {kind}: {line}", flush=True)
    return blend


def assemble(trained: Trained, blend: Blend, problems: Sequence[Problem], encoder: SentenceEncoder) -> Model:
    """The model as it is shipped; the vectors of its sentences are those of the exported encoder."""
    vocabulary, words = load_vocabulary(), trained.words
    encoded = encoder.encode([problem.text for problem in problems])
    directions = principal(encoded, PROJECTED)
    head, head_bias = trained.head.weight.detach().numpy(), trained.head.bias.detach().numpy()
    bias = blend.meaning * head_bias + blend.words * words.bias
    bias[-1] -= NONE_TOO_LIKELY
    weights = Weights(
        meaning=np.asarray(blend.meaning * SCALE * head.T, np.float32),
        idf=words.idf,
        letters=blend.words * words.letters,
        evidence=blend.words * words.evidence,
        bias=np.asarray(bias, np.float32),
        answer=blend.answer,
        projection=directions,
        vectors=np.asarray(encoded @ directions, np.float32),
    )
    classes = (*(field.id for field in vocabulary.fields), NOT_A_NEED)
    concepts = tuple(concept.id for concept in vocabulary.concepts)
    place = {name: i for i, name in enumerate(concepts)}
    row = {name: i for i, name in enumerate(classes)}
    sentences = Sentences(
        tuple(p.text for p in problems),
        tuple(tuple(row[f] for f in p.fields) or (row[NOT_A_NEED],) for p in problems),
        tuple(tuple(place[c] for c in p.concepts if c in place) for p in problems),
    )
    return Model(classes, concepts, words.names, weights, sentences)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=MODEL_FILE.parent)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--every", type=int, default=1, help="take one of so many sentences, to see that it works")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    problems, original = load_problems()[:: arguments.every], e5.read()
    examples = make_examples(problems, load_vocabulary(), default_matcher())
    pieces = pruned(original, e5.read(e5.installed_file().with_name(ENGLISH_FILE)))
    pieces.save(arguments.out / VOCABULARY_FILE.name)
    reader = WordReader(pieces)
    lower = lower_states(from_e5(original, LONGEST), [reader.read(text) for text in examples.texts])
    print(f"{len(problems)} sentences, {len(lower)} texts, {len(pieces.pieces)} word pieces", flush=True)
    unseen = np.flatnonzero(held_out(problems))
    trained = begin(original, lower, examples, np.setdiff1d(np.arange(len(lower)), unseen))
    blend = calibrate(trained, lower, examples, problems, unseen)
    trained = finish(trained, lower, examples, unseen)
    export(trained.encoder, arguments.out / GRAPH_FILE.name)
    encoder = SentenceEncoder(arguments.out / GRAPH_FILE.name, arguments.out / VOCABULARY_FILE.name)
    model = assemble(trained, blend, problems, encoder)
    model.save(arguments.out / MODEL_FILE.name)
    for name in (GRAPH_FILE.name, VOCABULARY_FILE.name, MODEL_FILE.name):
        print(f"{arguments.out / name}: {(arguments.out / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
