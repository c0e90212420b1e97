"""The samples behind the counts of the overview, against what was planted."""

import numpy as np

from dashboard.views.overview.data import rows_confused, rows_without_conflict


def test_samples_without_conflict_are_all_but_the_planted_errors(opened, planted):
    assert rows_without_conflict(opened).tolist() == np.setdiff1d(np.arange(90), planted.flipped).tolist()


def test_a_sample_without_a_label_is_in_no_conflict_and_is_not_counted(opened, planted, monkeypatch):
    labels = np.array(opened.study.labels)
    labels[:4] = -1
    monkeypatch.setattr(opened, "study", opened.study.with_labels(labels))
    assert rows_without_conflict(opened).tolist() == np.setdiff1d(np.arange(4, 90), planted.flipped).tolist()


def test_pairs_of_classes_share_the_planted_errors_among_them(opened, planted):
    confusions = opened.audited.overview.confusions
    by_pair = {(pair.given, pair.suggested): rows_confused(opened, pair) for pair in confusions}
    assert np.sort(np.concatenate(list(by_pair.values()))).tolist() == planted.flipped.tolist()
    for (given, suggested), rows in by_pair.items():
        assert (opened.study.labels[rows] == given).all() and (planted.truth[rows] == suggested).all()
    assert [len(rows) for rows in by_pair.values()] == [pair.count for pair in confusions]


def test_of_a_pair_the_most_suspect_comes_first(opened):
    for pair in opened.audited.overview.confusions:
        scores = opened.session.scores[rows_confused(opened, pair)]
        assert (np.diff(scores) <= 0).all()
