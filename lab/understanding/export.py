"""Write the trained encoder as the two files that the runtime reads: word pieces, and an ONNX graph in eight bits."""

from __future__ import annotations

import logging
import re
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from lab.understanding import e5
from lab.understanding.bert import WIDTH, Encoder
from search.understand.encoder import Vocabulary

ENGLISH_FILE: Final = "e5-small-enpt-q4.bin"
"""The package's second model, pruned by its authors to the pieces of English and Portuguese."""
_SPECIAL: Final = ("<s>", "</s>", "<unk>")
_HANGUL: Final = re.compile(r"▁?[ -~]*[가-힣ㄱ-ㅣ][ -~가-힣ㄱ-ㅣ]*")
_ASCII: Final = re.compile(r"▁?[!-~]*")
_OPSET: Final = 20


def pruned(model: e5.E5, english: e5.E5) -> Vocabulary:
    """The pieces of Hangul, and of ASCII single characters and those that the English model has too; the three special
    ones first.
    """
    known = set(english.pieces)
    kept = [
        i
        for i, piece in enumerate(model.pieces)
        if _HANGUL.fullmatch(piece) or (_ASCII.fullmatch(piece) and (len(piece.lstrip("▁")) < 2 or piece in known))
    ]
    rows = np.array([*(model.pieces.index(name) for name in _SPECIAL), *kept])
    return Vocabulary(
        tuple(model.pieces[i] for i in rows),
        model.log_probabilities[rows].astype(np.float32),
        model.words.nibbles[rows],
        model.words.scales[rows],
    )


def export(encoder: Encoder, file: Path) -> None:
    """Write the encoder as ONNX: input `words` (tokens, 384), output `vector` (384,). The matrices of the layers have
    eight bits, with a scale a column; what goes into them is quantised as it comes.
    """
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        wide, narrow = Path(folder) / "wide.onnx", Path(folder) / "narrow.onnx"
        torch.onnx.export(
            encoder.eval(),
            (torch.zeros(7, WIDTH),),
            wide,
            input_names=["words"],
            output_names=["vector"],
            dynamic_shapes=({0: torch.export.Dim("tokens", min=2, max=encoder.embedding.places.shape[0])},),
            opset_version=_OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
        quantize_dynamic(wide, narrow, per_channel=True, weight_type=QuantType.QInt8)
        _optimise(narrow, file)


def _optimise(source: Path, target: Path) -> None:
    """Fuse what can be fused on any processor once, so that a session starts without doing so."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
    onnx.checker.check_model(str(target))
