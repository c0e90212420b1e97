"""The order of a review: what comes next, what is left out, what is decided in groups."""

import numpy as np

from margin_core.review import (
    CODES,
    OPEN,
    Choice,
    Confusion,
    ReviewProgress,
    ReviewSession,
    Verdict,
)
from margin_core.values import UNLABELED, Study


def test_the_queue_is_suspects_by_score_then_id_and_on_request_the_others(session):
    # Rows 3 and 4 tie; their ids are "e" and "d".
    assert session.upcoming(100).tolist() == [0, 2, 7, 4, 3]
    assert session.upcoming(100, beyond=True).tolist() == [0, 2, 7, 4, 3, 5, 1, 6]
    assert session.upcoming(2).tolist() == [0, 2]
    assert session.progress() == ReviewProgress(open=5, decided=0, relabeled=0, kept=0, excluded=0, skipped=0, total=8)


def test_decided_rows_leave_and_skipped_ones_come_back_at_the_end(session, act):
    act(0, "keep")
    act(2, "relabel", 0)
    act(7, "exclude")
    act(4, "skip")
    act(1, "skip")
    assert session.upcoming(100).tolist() == [3, 4, 1]
    assert session.upcoming(100, beyond=True).tolist() == [3, 5, 6, 4, 1]
    assert session.progress() == ReviewProgress(open=1, decided=3, relabeled=1, kept=1, excluded=1, skipped=2, total=8)
    assert session.states.tolist() == [CODES[Verdict.KEEP], CODES[Verdict.SKIP], CODES[Verdict.RELABEL], OPEN,
                                       CODES[Verdict.SKIP], OPEN, OPEN, CODES[Verdict.EXCLUDE]]  # fmt: skip
    assert session.labels.tolist() == [0, 1, 0, 0, 1, 2, -1, 0]


def test_filters(session):
    assert session.upcoming(9, given=0).tolist() == [0, 7, 3]
    assert session.upcoming(9, suggested=1, beyond=True).tolist() == [0, 7, 3, 6]
    assert session.upcoming(9, given=0, suggested=1, within={7, 3, 6, 1}, beyond=True).tolist() == [7, 3]
    assert session.upcoming(9, within=np.array([6, 1, 1, 2]), beyond=True).tolist() == [2, 1, 6]
    assert session.upcoming(2, skip=(0, 7)).tolist() == [2, 4]
    assert session.upcoming(2, within=(0, 2, 7, 4), skip=(2, 0)).tolist() == [7, 4]
    assert session.upcoming(0).tolist() == []


def test_groups_share_a_given_label_and_a_suggestion(session, act):
    assert session.confusions() == [Confusion(0, 1, 3), Confusion(1, 2, 1), Confusion(2, 0, 1)]
    act(0, "skip")
    act(7, "keep")
    act(2, "keep")
    assert session.confusions() == [Confusion(0, 1, 1), Confusion(1, 2, 1)]


def test_no_suggestions_no_groups(study, explain, scores, store):
    assert ReviewSession(study, explain(study, scores), store, "ada").confusions() == []


def test_rows_by_score_whatever_was_decided(session, act):
    act(0, "keep")
    assert session.sort_by_score([1, 3, 0, 4]).tolist() == [0, 4, 3, 1]


def test_a_study_without_labels(store, explain):
    study = Study.build(ids=["x", "y"], probabilities=[[0.2, 0.8], [0.5, 0.5]], class_names=["a", "b"])
    session = ReviewSession(study, explain(study, [0.0, np.nan], roles=["unlabelled", "unscored"]), store, "ada")
    assert session.upcoming(5, beyond=True).tolist() == [0, 1]
    session.decide([Choice(seq=1, row=0, verdict=Verdict.RELABEL, label=1)], client="tab")
    session.decide([Choice(seq=2, row=1, verdict=Verdict.KEEP)], client="tab")
    assert session.labels.tolist() == [1, UNLABELED]
    session.decide([Choice(seq=3, row=1, verdict=Verdict.SKIP)], client="tab")
    assert session.upcoming(5, beyond=True).tolist() == [1]
