"""Labels given in the dashboard to samples that had none, which are the labels of the study from then on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from margin_core.review.decision import Decision, study_key
from margin_core.review.state import ReviewState
from margin_core.review.store import ReviewStore
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.load import Opened
from margin_core.study.named_classes import with_named_classes
from margin_core.study.probe_model import refit_probe_model
from margin_core.values import UNLABELED, Study
from margin_core.values.target import ClassLabels

MAX_REVISIONS = 3
"""Sets of given labels whose steps a workspace stores: the one in use, the one before, and one that undo leads to."""


def read_labels_given(
    opened: Opened, database: str | Path | None, upto: int | None = None, run: Run | None = None
) -> Opened:
    """Return an opened study with the labels that were given to its samples under "What to label next".

    MARGIN's own model is fitted to these labels, once there are two classes of them.

    Parameters
    ----------
    opened : Opened
    database : str, Path or None
        Of the decisions; None: that of its workspace.
    upto : int, optional
        Id of the last decision to read; default all.
    run : Run, optional
        Receives the progress of the fit, which the workspace stores.

    Returns
    -------
    Opened
        As handed in where every sample has a label already, or nobody decided anything.

    Raises
    ------
    NotComputed
        The model has to be fitted, and nothing may be computed here.
    """
    labels = opened.study.maybe_labels
    if labels is not None and not (labels == UNLABELED).any():
        return opened
    where = database or (opened.workspace.review_database if opened.workspace is not None else None)
    if where is None or (isinstance(where, Path) and not where.is_file()):
        return opened
    with ReviewStore(where) as store:
        decisions = store.decisions(study_key(opened.study))
    decisions = [one for one in decisions if upto is None or (one.id or 0) <= upto]
    read = with_named_classes(opened.study, _names_in(decisions))
    last = max((one.id or 0 for one in decisions), default=0)
    found = replace(opened, study=with_labels_given(read, decisions), read=read, labels_upto=last)
    if found.study.parts.get("labels") == read.parts.get("labels"):
        return found
    fitting = replace(run or Run(), engine=of_revision(found).engine)
    study = refit_probe_model(found.study, fitting, may_embed=opened.asks_for_own_model)
    return replace(found, study=study)


def of_revision(opened: Opened) -> Opened:
    """Return an opened study whose workspace stores steps as those of the labels that were given so far.

    Parameters
    ----------
    opened : Opened
        From `read_labels_given`.

    Returns
    -------
    Opened
        As handed in without a workspace, or where no label was given.
    """
    part = opened.study.parts.get("labels", "")
    if opened.workspace is None or opened.read is None or part == opened.read.parts.get("labels", ""):
        return opened
    return replace(opened, workspace=replace(opened.workspace, revision=part))


def with_labels_given(study: Study, decisions: Sequence[Decision]) -> Study:
    """Return a study with the labels that decisions give to samples without one.

    Parameters
    ----------
    study : Study
        As read from its source, with the classes that were named.
    decisions : sequence of Decision
        On this study, in the order of the log, undos included.

    Returns
    -------
    Study
        With the same `study_key`, so its decisions are found again. A class that a decision names and the study does
        not have is added. Where no label is given, it has the same fingerprint, too.
    """
    given = labels_given(decisions)
    study = with_named_classes(study, given.values())
    if not given:
        return study
    numbers = {name: number for number, name in enumerate(study.class_names)}
    source = study.maybe_labels
    labels = np.full(len(study), UNLABELED, np.int64) if source is None else np.array(source)
    row_of = study.row_of
    for sample_id, name in given.items():
        if sample_id in row_of:
            labels[row_of[sample_id]] = numbers[name]
    labels.setflags(write=False)
    # The class names enter here and not as a part of their own, on which the key of the study rests.
    part = fingerprint("labels given", study.class_names, labels)
    target = ClassLabels(study.class_names, labels)
    return replace(study, maybe_target=target, parts={**study.parts, "labels": part})


def labels_given(decisions: Iterable[Decision]) -> dict[str, str]:
    """Return the labels that hold of those that were given to samples without one.

    Parameters
    ----------
    decisions : iterable of Decision
        On one study, in the order of the log, undos included.

    Returns
    -------
    dict of str to str
        Class name by sample id.
    """
    state = ReviewState(decisions)
    found = ((sample_id, state.label_given(sample_id)) for sample_id in state.current_decisions())
    return {sample_id: label for sample_id, label in found if label is not None}


def _names_in(decisions: Iterable[Decision]) -> list[str]:
    """Return the classes that decisions on samples without a label name, whatever became of them."""
    return [one.new_label for one in decisions if one.old_label is None and one.new_label is not None]
