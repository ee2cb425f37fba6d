"""Texts to vectors: the shipped static model, or any other SentenceTransformer that is configured.

A static model (token vectors, averaged) is always loaded through model2vec: 0.8 s and no torch. Any other
model needs the `models` extra and is loaded through sentence-transformers, with its prompts.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from model2vec import StaticModel
    from sentence_transformers import SentenceTransformer

Floats = npt.NDArray[np.float32]

BUNDLED_MODEL = Path(__file__).parent / "static_ko_en"
MODEL_VARIABLE = "CAPLAKE_MODEL"
QUERY_PROMPT_VARIABLE = "CAPLAKE_MODEL_QUERY_PROMPT"
PASSAGE_PROMPT_VARIABLE = "CAPLAKE_MODEL_PASSAGE_PROMPT"

_BATCH = 4096
"""Texts cut and averaged at a time: bounds the memory of the gathered token vectors (about 100 MB)."""


class EmbeddingError(Exception):
    """The model cannot be used; the message says why and what to do."""


class Embedder(Protocol):
    """Gives texts their vectors. The same text has the same bytes in every batch and every process."""

    @property
    def model_id(self) -> str:
        """Name and a short hash of weights and settings: another model has another id."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of evidence, shape (texts, dimensions); all zero where a text has no known token."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of needs, shape (texts, dimensions); all zero where a text has no known token."""
        ...


def load_embedder(spec: str | None = None) -> Embedder:
    """The model at `spec`: a folder or a hub id; by default `CAPLAKE_MODEL`, else the bundled one."""
    spec = spec or os.environ.get(MODEL_VARIABLE) or str(BUNDLED_MODEL)
    folder = Path(spec)
    looks_local = folder.is_absolute() or spec.startswith(".")
    if looks_local and not folder.is_dir():
        raise EmbeddingError(
            f"No model folder at {spec!r}. Set {MODEL_VARIABLE} to a model folder or hub id, or leave it unset."
        )
    prompts = (os.environ.get(QUERY_PROMPT_VARIABLE), os.environ.get(PASSAGE_PROMPT_VARIABLE))
    return _loaded(spec, _as_it_lies(folder), prompts)


@lru_cache(maxsize=1)
def _loaded(spec: str, _files: tuple[tuple[str, int, int], ...], _prompts: tuple[str | None, ...]) -> Embedder:
    """One model a process, until its files or its prompts change: eight steps of a night ask for it."""
    if _is_static(spec):
        return StaticEmbedder(_local_folder(spec), name=_name_of(spec))
    return TransformerEmbedder(spec)


def _as_it_lies(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time of change in nanoseconds and bytes of each file of a model."""
    return tuple((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(folder.rglob("*")) if p.is_file())


class StaticEmbedder:
    """A static model, read by model2vec. Vectors equal `StaticModel.encode(..., normalize=True)` to 1e-6.

    model2vec's own `encode` is not used: it changes the shared tokenizer's settings in every call, which two
    threads of a server cannot both do, rounds to the stored float16, and cuts long texts by characters.
    """

    def __init__(self, folder: Path, *, name: str) -> None:
        """Read the model in `folder`; `name` begins its id."""
        from model2vec import StaticModel

        try:
            model: StaticModel = StaticModel.from_pretrained(folder, max_length=None, force_download=False)
        except (ValueError, OSError) as error:
            raise EmbeddingError(
                f"The model in {str(folder)!r} cannot be read ({error}). Restore the folder or set "
                f"{MODEL_VARIABLE} to another model."
            ) from error
        vectors = np.asarray(model.embedding, dtype=np.float32)
        if model.token_mapping is not None:
            vectors = vectors[model.token_mapping]
        if model.weights is not None:
            vectors = vectors * np.asarray(model.weights, dtype=np.float32)[:, None]
        self._vectors: Floats = np.ascontiguousarray(vectors, dtype=np.float32)
        self._tokenizer = model.tokenizer
        self._unknown = model.unk_token_id
        settings = _read_json(str(folder), "config_sentence_transformers.json") or {}
        self._query_prompt, self._passage_prompt = _prompts(settings.get("prompts") or {})
        self._id = f"{name}-{_content_hash(folder, self._query_prompt, self._passage_prompt)}"

    @property
    def model_id(self) -> str:
        """Folder name and a short hash of weights, tokenizer and settings."""
        return self._id

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._vectors.shape[1])

    def encode_passages(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, shape (texts, dimensions)."""
        return self._encode(texts, self._passage_prompt)

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, shape (texts, dimensions)."""
        return self._encode(texts, self._query_prompt)

    def _encode(self, texts: Sequence[str], prompt: str) -> Floats:
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = [prompt + text for text in texts[start : start + _BATCH]]
            self._encode_batch(batch, out[start : start + _BATCH])
        return out

    def _encode_batch(self, texts: list[str], out: Floats) -> None:
        """Fill `out`, shape (texts, dimensions)."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
        if self._unknown is not None:
            ids = [[i for i in line if i != self._unknown] if self._unknown in line else line for line in ids]
        lengths = np.fromiter((len(line) for line in ids), dtype=np.int64, count=len(ids))
        # Texts of one length are one dense block: its sum over the token axis adds in token order whatever
        # else is in the block, so a text's bytes do not depend on its batch.
        for length in np.unique(lengths[lengths > 0]):
            rows = np.flatnonzero(lengths == length)
            block = np.array([ids[row] for row in rows], dtype=np.int64)
            total = self._vectors[block[:, 0]]
            for column in range(1, length):
                total += self._vectors[block[:, column]]
            norm = np.sqrt(np.einsum("ij,ij->i", total, total, dtype=np.float32))[:, None]
            # The mean has the direction of the sum: divide by the norm once. No direction stays zero.
            np.divide(total, norm, out=total, where=norm > 0)
            out[rows] = total


class TransformerEmbedder:
    """Any other model, through sentence-transformers and torch, with its query and passage prompts."""

    def __init__(self, spec: str) -> None:
        """Load the model at `spec`, a folder or a hub id."""
        model = _load_sentence_transformer(spec)
        prompts = {name: prompt or "" for name, prompt in model.prompts.items()}
        self._model = model
        self._query_prompt, self._passage_prompt = _prompts(prompts)
        digest = hashlib.sha256(json.dumps([self._query_prompt, self._passage_prompt]).encode())
        # The loaded weights are what counts: it is the same model from a folder, a cache or a hub id.
        for key, tensor in sorted(model.state_dict().items()):
            digest.update(f"{key}{tuple(tensor.shape)}{tensor.dtype}".encode())
            digest.update(tensor.detach().cpu().contiguous().flatten().view(_torch_bytes()).numpy().tobytes())
        self._id = f"{_name_of(spec)}-{digest.hexdigest()[:12]}"

    @property
    def model_id(self) -> str:
        """Name and a short hash of weights and prompts."""
        return self._id

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode_passages(self, texts: Sequence[str]) -> Floats:
        """Unit vectors with the passage prompt before each text, shape (texts, dimensions)."""
        return self._encode(texts, self._passage_prompt)

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        """Unit vectors with the query prompt before each text, shape (texts, dimensions)."""
        return self._encode(texts, self._query_prompt)

    def _encode(self, texts: Sequence[str], prompt: str) -> Floats:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        # One text a batch: padding to the longest of a batch changes the last bits of the others.
        vectors = self._model.encode(
            list(texts), prompt=prompt, batch_size=1, convert_to_numpy=True, show_progress_bar=False
        )
        found: Floats = np.asarray(vectors, dtype=np.float32)
        norm = np.linalg.norm(found, axis=1, keepdims=True)
        unit: Floats = np.divide(found, norm, out=np.zeros_like(found), where=norm > 0)
        return unit


def _prompts(prompts: Mapping[str, str]) -> tuple[str, str]:
    """Query and passage prompt."""
    return (
        _prompt(QUERY_PROMPT_VARIABLE, prompts, ("query",)),
        _prompt(PASSAGE_PROMPT_VARIABLE, prompts, ("passage", "document")),
    )


def _prompt(variable: str, prompts: Mapping[str, str], names: Sequence[str]) -> str:
    """The prompt from the environment, else the first that the model's own config names and fills."""
    if variable in os.environ:
        return os.environ[variable]
    return next((prompts[name] for name in names if prompts.get(name)), "")


def _torch_bytes() -> Any:
    import torch

    return torch.uint8


def _load_sentence_transformer(spec: str) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EmbeddingError(f"The model {spec!r} is not static and needs: uv pip install 'caplake[models]'") from error
    try:
        return SentenceTransformer(spec)
    except (OSError, ValueError) as error:
        raise EmbeddingError(f"The model {spec!r} cannot be loaded: {str(error).splitlines()[0]}") from error


def _name_of(spec: str) -> str:
    """Last part of a path or hub id."""
    return Path(spec).name or "model"


def _content_hash(folder: Path, *prompts: str) -> str:
    """12 hex digits over all that can change a vector: weights, tokenizer, settings, prompts; not the card."""
    digest = hashlib.sha256(json.dumps(prompts).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".safetensors", ".json"}:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _is_static(spec: str) -> bool:
    """Does the model say that it is a StaticEmbedding (or a model2vec export), with nothing after it?

    A layer behind the token vectors, a Dense one say, is not known to model2vec: its vectors would be wrong.
    """
    modules = _read_json(spec, "modules.json")
    if isinstance(modules, list):
        kinds = [str(module.get("type", "")).rpartition(".")[2] for module in modules]
        return kinds[:1] == ["StaticEmbedding"] and set(kinds[1:]) <= {"Normalize"}
    config = _read_json(spec, "config.json")
    return isinstance(config, dict) and config.get("model_type") == "model2vec"


def _read_json(spec: str, name: str) -> Any:
    """One small file of a folder or of a hub repository; None where there is none."""
    folder = Path(spec)
    if not folder.is_dir():
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, LocalEntryNotFoundError

        try:
            path = Path(hf_hub_download(spec, name))
        except LocalEntryNotFoundError as error:
            raise EmbeddingError(
                f"The model {spec!r} is no folder and cannot be fetched from the hub; download it and set "
                f"{MODEL_VARIABLE} to its folder."
            ) from error
        except EntryNotFoundError:
            return None
        except (HfHubHTTPError, ValueError, OSError) as error:
            raise EmbeddingError(
                f"The model {spec!r} is neither a folder nor a hub id that answers: {str(error).splitlines()[0]}"
            ) from error
    else:
        path = folder / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _local_folder(spec: str) -> Path:
    """The folder of a static model; a hub id is fetched first."""
    if Path(spec).is_dir():
        return Path(spec)
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(spec, allow_patterns=["*.json", "*.safetensors", "0_StaticEmbedding/*"]))
