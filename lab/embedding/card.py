"""The card that lies beside a trained model: what it learned from, under which licences, and how good it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from lab.embedding.corpus import Source
from lab.embedding.evaluate_known_item import Figure
from lab.embedding.trainer import Settings

LICENCES = {
    "odoo": "Odoo 18 interface strings, LGPL-3",
    "thingsboard": "ThingsBoard interface strings, Apache-2.0",
    "nodered": "Node-RED interface strings, Apache-2.0",
    "d365_headings": "Dynamics 365 supply-chain documentation, CC BY 4.0",
    "d365": "Dynamics 365 supply-chain documentation, CC BY 4.0",
    "tatoeba": "Tatoeba, CC BY 2.0 FR",
    "park_news": "korean-parallel-corpora news, CC BY-SA 3.0",
    "jhe": "korean-parallel-corpora dictionary examples, CC BY-SA 3.0",
    "ksic": "Korean industrial classification, official names in both languages",
    "thesaurus": "own work",
    "glossary": "smart-manufacturing glossary, no licence stated",
    "patents": "KIPRIS titles and abstracts, IPC titles; public data",
    "registers": "exchange and venture registers (industry, products); public data",
    "products": "halves of product lists in the exchange and venture registers; public data",
    "firms": "register rows and descriptions of training firms; public data, English summaries MIT",
    "world": "FinanceDatabase summaries of listed firms, MIT",
}


def model_card(settings: Settings, sources: Sequence[Source], figures: Sequence[Figure], folder: Path) -> str:
    """Markdown with the front matter that model hubs read; byte-identical for the same training."""
    size = (folder / "model.safetensors").stat().st_size / 1e6
    documents = figures[0].documents if figures else 0
    lines = [
        "---",
        "language: [ko, en]",
        "library_name: sentence-transformers",
        "pipeline_tag: sentence-similarity",
        "license: apache-2.0",
        "---",
        "",
        "# static_ko_en",
        "",
        "A bilingual (Korean, English) static embedding for industrial capabilities: a text's vector is the mean",
        "of its tokens' vectors, scaled to length one. No transformer runs; two cores embed tens of thousands of",
        "short texts a second. Load it with `SentenceTransformer(folder)`, or with model2vec's",
        "`StaticModel.from_pretrained(folder)`.",
        "",
        f"* Made by `python -m lab.embedding.train --shared ../shared`, seed {settings.seed}; {size:.1f} MB,",
        "  float16, rounded to at most 63 levels a token: it packs to under half its size, and no figure moves.",
        "* Meant for: finding firms by what they do.",
        "* Not meant for: long documents, negation, word order, other languages.",
        "* Only numbers are shipped, none of the training texts. Firms are split by a hash of their stock code",
        "  (`lab/evaluation/split.py`): no text about a test firm trained the model.",
        "",
        "## Training",
        "",
        "In-batch negatives both ways over pairs of texts that mean or describe the same:",
        "",
        "| pairs | times an epoch | of | licence |",
        "|---|---|---|---|",
        *(f"| {len(s.pairs)} | {s.repeat} | {s.name} | {LICENCES[s.name]} |" for s in sources),
        "",
        "Settings: " + ", ".join(f"{name} {value}" for name, value in asdict(settings).items()) + ".",
        "",
        "## Figures",
        "",
        f"Known-item retrieval over {documents} firms of the exchange's and the venture registers: find the firm from",
        "another text about it, names masked, firms no text of which was trained on. 95 % bootstrap intervals.",
        "",
        "| language | queries | system | R@10 | 95 % | R@50 |",
        "|---|---|---|---|---|---|",
        *(
            f"| {f.language} | {f.queries} | {f.system.partition('-')[0]} | {f.recall_10:.3f} "
            f"| {f.low:.3f} to {f.high:.3f} | {f.recall_50:.3f} |"
            for f in figures
        ),
        "",
        "The figures of the whole product, which fuses this with words and concepts, are in `docs/benchmarks.md`.",
        "",
    ]
    return "\n".join(lines)
