"""The true labels and the rankings of published methods, for studies that keep the truth beside them."""

from __future__ import annotations

from dataclasses import replace

from dashboard.study.open_study import OpenStudy
from margin_core.audit.study_graph import on_study_graph
from margin_core.protocol import explain
from margin_core.storage.engine import LocalEngine
from margin_core.study.ground_truth import true_labels
from margin_core.tasks.label_flips.rankings import RANKINGS
from margin_core.values import Ints


def labels_in_truth(opened: OpenStudy) -> Ints:
    """Read the true labels (n,) of a study that has them beside it.

    Raises
    ------
    SourceError
        The file does not hold one label a sample.
    """
    return opened.memory.recall("truth", "", lambda: true_labels(opened.audited.opened))


def rankings_by_method(opened: OpenStudy) -> dict[str, Ints]:
    """Rank the labels as given by each method: rows, most suspect first, by the method's name."""
    return opened.memory.recall("rankings", "", lambda: _rank_by_each(opened))


def _rank_by_each(opened: OpenStudy) -> dict[str, Ints]:
    study, workspace = opened.study, opened.audited.opened.workspace
    # Only the default ranking was prepared; the page waits for the others.
    engine = LocalEngine() if workspace is None else replace(workspace, may_compute=True)
    return {name: explain(on_study_graph(task, study), study, engine=engine).rows for name, task in RANKINGS.items()}
