"""The labels of a data set before and after review, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from margin_core.review.decision import Decision, Verdict, study_key
from margin_core.review.state import ReviewState, first_shown
from margin_core.values import UNLABELED, Study

if TYPE_CHECKING:
    import pandas as pd

_SOURCE_COLUMNS = ("file", "split")
"""Columns of the study that say where a sample comes from."""


def current_decisions(study: Study, decisions: Iterable[Decision]) -> dict[str, Decision]:
    """Return the decision that holds for each sample of a study.

    Parameters
    ----------
    study : Study
    decisions : iterable of Decision
        The log, in order; those under other study keys are left out.

    Returns
    -------
    dict of str to Decision
        By sample id.
    """
    key = study_key(study)
    return ReviewState(decision for decision in decisions if decision.study == key).current_decisions()


def corrected_labels(study: Study, decisions: Iterable[Decision]) -> pd.DataFrame:
    """Return every sample with its label before and after review, in the order of the study.

    Parameters
    ----------
    study : Study
    decisions : iterable of Decision
        The log, in order, undos included.

    Returns
    -------
    DataFrame
        ``id``, ``given_label`` and ``label`` (class names, missing where there is none), ``changed`` (the two
        differ), ``verdict`` (missing where nobody decided), ``excluded``, ``reviewer``, ``note``, ``decided_at``
        (UTC), the study's columns ``file`` and ``split`` if it has them, and ``sampled`` (whether a decided sample was
        first shown as a random check). An excluded sample keeps its label; a skipped one too.
    """
    import pandas as pd  # slow to import, and only tables need it

    n = len(study)
    log = [*decisions]
    current = current_decisions(study, log)
    sampled = first_shown(decision for decision in log if decision.study == study_key(study))
    names = np.array([*study.class_names, None], dtype=object)  # UNLABELED is -1: the last.
    numbers = study.maybe_labels if study.maybe_labels is not None else np.full(n, UNLABELED)

    def texts(values: Sequence[object] | np.ndarray) -> pd.Series:
        return pd.Series(np.asarray(values, dtype=object), dtype="str")

    frame = pd.DataFrame({"id": study.ids, "given_label": texts(names[numbers])})
    label = names[numbers]
    columns: dict[str, list[object]] = {name: [None] * n for name in ("verdict", "reviewer", "note", "decided_at")}
    for row, sample_id in enumerate(study.ids.tolist()):
        decision = current.get(sample_id)
        if decision is None:
            continue
        if decision.new_label is not None:
            label[row] = decision.new_label
        for name, values in columns.items():
            values[row] = getattr(decision, name)
    frame["label"] = texts(label)
    frame["changed"] = (frame["label"].fillna("") != frame["given_label"].fillna("")).to_numpy()
    frame["verdict"] = texts([verdict and str(verdict) for verdict in columns["verdict"]])
    frame["excluded"] = (frame["verdict"] == Verdict.EXCLUDE).to_numpy()
    frame["reviewer"] = texts(columns["reviewer"])
    frame["note"] = texts(columns["note"])
    frame["decided_at"] = pd.to_datetime(pd.Series(columns["decided_at"]), utc=True).astype("datetime64[us, UTC]")
    for name in _SOURCE_COLUMNS:
        if name in study.columns:
            frame[name] = study.columns[name]
    frame["sampled"] = [sample_id in current and sampled[sample_id] for sample_id in study.ids.tolist()]
    return frame


def only_changes(frame: pd.DataFrame) -> pd.DataFrame:
    """Select the rows of `corrected_labels` that change the data set: relabeled or excluded.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    DataFrame
    """
    return frame[frame["changed"] | frame["excluded"]].reset_index(drop=True)
