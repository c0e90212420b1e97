"""The estimate for a study in memory says what the command line says, and reviews go in and out as tables."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from margin_core import Study, estimate_errors
from margin_core.cli import main
from margin_core.errors import ReviewError
from margin_core.review import ReviewState, ReviewStore, Verdict, import_decisions, record_import
from margin_core.review.estimates import Reviews


def make_study(n=300, wrong=12, seed=0):
    rng = np.random.default_rng(seed)
    truth = np.repeat([0, 1, 2], n // 3)
    points = rng.normal(size=(n, 4)) + 6 * np.eye(3, 4)[truth]
    labels = truth.copy()
    flipped = rng.choice(n, wrong, replace=False)
    labels[flipped] = (truth[flipped] + 1) % 3
    ids = [f"s{row:03}" for row in range(n)]
    study = Study.build(name="three", ids=ids, embedding=points, labels=labels, class_names=["a", "b", "c"])
    return study, truth, flipped


def reviews_of(study, truth, rows):
    names = np.array(study.class_names)
    wrong = study.labels[rows] != truth[rows]
    return pd.DataFrame(
        {
            "id": study.ids[rows],
            "verdict": np.where(wrong, "relabel", "keep"),
            "label": np.where(wrong, names[truth[rows]], ""),
        }
    )


def test_planted_errors_head_the_table_and_reviews_make_them_certain():
    study, truth, flipped = make_study()
    before = estimate_errors(study)
    frame = before.to_frame()
    assert set(frame.id.head(12)) == set(study.ids[flipped])
    assert frame.columns[:9].to_list() == [
        "id", "given", "suggested", "label_error_score", "p_label_error", "p_low", "p_high", "role", "reviewed",
    ]  # fmt: skip
    assert (frame.role == "suspect").sum() == (frame.label_error_score >= 0.5).sum()
    for name in ("label_error_score", "p_label_error", "p_low", "p_high"):
        assert frame[name].between(0, 1).all()
    assert (frame.p_low <= frame.p_high).all()
    assert before.count.low <= 12 <= before.count.high

    rows = np.array([study.ids.tolist().index(one) for one in frame.id.head(30)])
    after = estimate_errors(study, reviews_of(study, truth, rows))
    assert after.count.found == 12
    assert after.count.high - after.count.low < before.count.high - before.count.low
    seen = after.to_frame().set_index("id").loc[study.ids[rows]]
    assert seen.reviewed.all()
    assert (seen.p_label_error == (study.labels[rows] != truth[rows])).all()
    assert (seen.p_low == seen.p_high).all()
    assert set(after.flag(0.1).rows) <= set(np.flatnonzero(study.labels >= 0))


@pytest.mark.slow
def test_the_command_line_says_the_same(tmp_path, capsys):
    study, truth, _ = make_study()
    path = tmp_path / "three.npz"
    np.savez(path, embedding=study.embedding, labels=study.labels, ids=study.ids, class_names=study.class_names)
    rows = np.arange(0, 60, 7)
    table = tmp_path / "reviews.csv"
    reviews_of(study, truth, rows).to_csv(table, index=False)
    assert main(["review", str(path), "--import", str(table)]) == 0
    capsys.readouterr()
    assert main(["estimate", str(path), "--repeats", "1"]) == 0
    printed = capsys.readouterr().out.splitlines()
    count = estimate_errors(study, pd.read_csv(table)).count
    assert printed[0] == (f"{count.median} of 300 labels are wrong, by estimate; 95 %: {count.low} to {count.high}")


def test_random_checks_bound_what_is_left():
    study, truth, _ = make_study()
    checks = reviews_of(study, truth, np.arange(1, 300, 3)).assign(sampled=True)
    remaining = estimate_errors(study, checks).remaining
    assert remaining.n_sampled > 80
    assert remaining.upper < estimate_errors(study).remaining.upper


def test_unlabeled_and_featureless_samples_are_unknown():
    study, _, _ = make_study()
    labels, points = study.labels.copy(), study.embedding.copy()
    labels[3], points[5] = -1, np.nan
    frame = estimate_errors(study.replace(labels=labels, embedding=points)).to_frame().set_index("id")
    assert frame.loc[["s003", "s005"], ["label_error_score", "p_label_error", "p_low"]].isna().all(axis=None)
    assert frame.loc[["s003", "s005"], "role"].to_list() == ["unlabelled", "unscored"]


@given(st.lists(st.tuples(st.integers(0, 299), st.sampled_from(["keep", "relabel", "exclude", "skip"]), st.booleans()),
                unique_by=lambda one: one[0]))  # fmt: skip
def test_reviews_come_back_from_their_table(made):
    study, _, _ = make_study()
    rows = np.array([row for row, *_ in made], dtype=np.int64)
    reviews = Reviews.build(
        given=study.labels, rows=rows, verdicts=[verdict for _, verdict, _ in made],
        new_labels=(study.labels[rows] + 1) % 3, sampled=[sampled for *_, sampled in made],
    )  # fmt: skip
    again = Reviews.from_frame(reviews.to_frame(study), study)
    for name in ("rows", "outcomes", "true_labels", "sampled"):
        assert getattr(again, name).tolist() == getattr(reviews, name).tolist()


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 299), st.sampled_from(["keep", "relabel", "exclude", "skip"]), st.booleans()),
                unique_by=lambda one: one[0], min_size=1))  # fmt: skip
def test_reviews_come_back_from_a_file_that_pandas_reads(made):
    """Classes named by numbers come back as floats, since a decision that keeps a label names none."""
    named, _, _ = make_study()
    study = Study.build(ids=named.ids, labels=named.labels, class_names=["3", "5", "8"])
    rows = np.array([row for row, *_ in made], dtype=np.int64)
    reviews = Reviews.build(
        given=study.labels, rows=rows, verdicts=[verdict for _, verdict, _ in made],
        new_labels=(study.labels[rows] + 1) % 3, sampled=[sampled for *_, sampled in made],
    )  # fmt: skip
    text = reviews.to_frame(study).to_csv(index=False)
    for options in ({}, {"dtype": str}, {"dtype": str, "na_filter": False}):
        again = Reviews.from_frame(pd.read_csv(StringIO(text), **options), study)
        for name in ("rows", "outcomes", "true_labels", "sampled"):
            assert getattr(again, name).tolist() == getattr(reviews, name).tolist()


def test_a_table_for_the_import_is_read_alike():
    study, _, _ = make_study()
    table = pd.DataFrame(
        {"id": ["s001", "s002", "s003", "s004"], "verdict": ["Keep ", "RELABEL", "", None],
         "label": [None, "b", None, None], "sampled": [None, "true", None, None]}
    )  # fmt: skip
    reviews = Reviews.from_frame(table, study)
    assert (reviews.outcomes.tolist(), reviews.sampled.tolist()) == ([0, 1], [False, True])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"id": ["s001"]}, "the table has no column 'verdict'"),
        ({"id": ["x"], "verdict": ["keep"]}, "study 'three' has no sample 'x'"),
        ({"id": ["s001"], "verdict": ["relabel"], "label": ["z"]}, "relabeled to 'z', which is no class"),
        ({"id": ["s001"], "verdict": ["wrong"]}, "there is no verdict 'wrong'"),
        ({"id": ["s001", "s001"], "verdict": ["keep", "keep"]}, "a row occurs twice"),
    ],
)
def test_what_cannot_be_used_is_named(table, words):
    with pytest.raises(ReviewError) as raised:
        estimate_errors(make_study()[0], pd.DataFrame(table))
    assert words in str(raised.value)


@pytest.mark.slow
def test_decisions_of_a_log_are_reviews(tmp_path):
    study, truth, flipped = make_study()
    table = reviews_of(study, truth, np.append(flipped, [1, 2]))
    with ReviewStore(tmp_path / "log.sqlite") as store:
        record_import(table, study, store, reviewer="ada")
        changed = pd.DataFrame({"id": [study.ids[1]], "verdict": ["exclude"]})
        record_import(changed, study, store, reviewer="ben")
        log = store.decisions()
    undo = replace(log[-1], id=99, verdict=Verdict.UNDO, new_label=None, undoes=log[-1].id, client="x")
    again = pd.concat([table[:-2], changed, table[-1:]])
    for decisions, expected in ((log, again), ([*log, undo], table), (log[:0], None)):
        estimate, of_table = estimate_errors(study, decisions), estimate_errors(study, expected)
        pd.testing.assert_frame_equal(estimate.to_frame(), of_table.to_frame())
    only = log[0]
    undone = Reviews.from_decisions([only, replace(undo, sample_id=only.sample_id, undoes=only.id)], study)
    assert (undone.rows.tolist(), undone.outcomes.tolist()) == ([study.row_of[only.sample_id]], [-1])
    made = import_decisions(table, study)  # not recorded
    assert Reviews.from_decisions(made, study).outcomes.tolist() == Reviews.from_frame(table, study).outcomes.tolist()


def test_reviews_of_another_kind_are_refused_in_a_sentence(tmp_path):
    study, truth, flipped = make_study()
    with ReviewStore(tmp_path / "log.sqlite") as store:
        record_import(reviews_of(study, truth, flipped), study, store)
        log, frame = store.decisions(), store.log_frame()
    for reviews, words in (
        (ReviewState(log), "Reviews are a table with the columns id, verdict and label, the decisions of a log"),
        (["s001"], "not list. Give one of these."),
        (frame, "this table is a log, in which id is the number of a decision. Give the decisions themselves"),
    ):
        with pytest.raises(ReviewError) as raised:
            estimate_errors(study, reviews)
        assert words in str(raised.value)
    with pytest.raises(ReviewError, match="none of the 12 decisions is of study 'three'"):
        estimate_errors(study.replace(class_names=["a", "b", "d"]), log)
