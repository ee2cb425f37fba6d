"""The tokenizer of our static model: learned on the training texts, saved as one `tokenizer.json`.

Static embeddings know a text only by its tokens, so the cut decides what can match. Two rules:
* Hangul pieces are short and carry no mark of where in the word they stand: 검사 is the same token in 검사기,
  자동검사 and 검사, which is how Korean compounds work with and without blanks.
* Latin words carry a mark at their start, so that frequent English words are one token and rests of words
  are not mistaken for words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

UNKNOWN = "[UNK]"
WORD_START = "\u2581"

# Crude English stemming by deletion alone: plural and verb endings after a stem of three letters or more.
# A `tokenizer.json` can hold it, so every reader of the model (model2vec, sentence-transformers) does the same.
_ENDINGS = (
    (r"(?<=[a-z]{2})ies\b", "y"),
    (r"(?<=[a-z]{2}(?:ss|sh|ch|x|z))es\b", ""),
    (r"(?<=[a-z]{2}[a-rt-z])(?<![ui])s\b", ""),
    (r"(?<=[a-z]{4})(?:ing|ed)\b", ""),
    (r"(?<=[a-z]{4})e\b", ""),
)
_HANGUL = "[가-힣]+"


def new_tokenizer(*, stem: bool) -> Tokenizer:
    """An untrained Unigram tokenizer: NFKC without accents, lower case, runs of one script, nothing else is kept."""
    steps: list[normalizers.Normalizer] = [
        normalizers.NFKD(),
        normalizers.StripAccents(),
        normalizers.NFKC(),
        normalizers.Lowercase(),
    ]
    if stem:
        steps += [normalizers.Replace(Regex(ending), rest) for ending, rest in _ENDINGS]
    steps.append(normalizers.Replace(Regex(r"(?<![a-z])(?=[a-z])"), WORD_START))
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(steps)
    # Keep runs of Latin, digits, Hangul and other letters; drop blanks, punctuation, emoji.
    tokenizer.pre_tokenizer = _keep(rf"{WORD_START}[a-z]+|[0-9]+|{_HANGUL}|\p{{L}}+")
    return tokenizer


def _keep(runs: str) -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Split(Regex(runs), behavior="removed", invert=True)


def _learn(texts: Iterable[str], runs: str, *, stem: bool, size: int, longest: int) -> list[tuple[str, float]]:
    """Pieces with log probabilities, of the runs that match the pattern."""
    tokenizer = new_tokenizer(stem=stem)
    tokenizer.pre_tokenizer = _keep(runs)
    trainer = trainers.UnigramTrainer(
        vocab_size=size,
        special_tokens=[UNKNOWN],
        unk_token=UNKNOWN,
        max_piece_length=longest,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return [(piece, score) for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"] if piece != UNKNOWN]


def train_tokenizer(
    texts: Sequence[str], *, korean: int, other: int, longest_korean: int = 4, stem: bool = True
) -> Tokenizer:
    """A Unigram tokenizer of about `korean` Hangul pieces and `other` pieces of Latin, digits and the rest.

    The halves are learned apart, since a Hangul piece must stay short and an English word must not be cut.
    Threads sum in any order, so the last digits of a score differ from run to run; they are rounded away.
    """
    hangul = _learn(texts, _HANGUL, stem=stem, size=korean, longest=longest_korean)
    rest = _learn(texts, rf"{WORD_START}[a-z]+|[0-9]+|[^\W\d_가-힣a-z]+", stem=stem, size=other, longest=14)
    scores = {piece: round(score, 6) for piece, score in (*rest, *hangul)}
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    tokenizer = new_tokenizer(stem=stem)
    tokenizer.model = models.Unigram([(UNKNOWN, 0.0), *ordered], unk_id=0, byte_fallback=False)
    return tokenizer
