"""The queue of samples to label, and the labels, by plain HTTP."""

import json

import numpy as np
import pytest
from reviewing import HEADERS, decision
from waiting import until

from dashboard.study.jobs import JobStatus
from margin_core.review.decision import LABELING


@pytest.fixture
def ask(client, unlabeled):
    def ask(**query):
        return client.get(f"/margin/{unlabeled.key}/label-next/queue", params=query)

    return ask


@pytest.fixture
def label(client, unlabeled):
    def label(*decisions, **query):
        message = {"client": "tab", "reviewer": query.get("reviewer", "ada"), "explanation": "", "decisions": decisions}
        address = f"/margin/{unlabeled.key}/label-next/decisions"
        return client.post(address, params=query, content=json.dumps(message), headers=HEADERS)

    return label


def labeled(seq, row, label=0):
    return decision(seq, row, "relabel", label, task=LABELING)


def rows_of(answer):
    return [card["row"] for card in answer["cards"]]


def test_the_first_batch_is_there(ask):
    answer = ask().json()
    assert len(rows_of(answer)) == 20
    batch = answer["labeling"].pop("batch")
    assert answer["labeling"] == {
        "state": "ready", "left": 20, "size": 20, "next": "later", "labeled": 0, "unlabeled": 90, "message": "",
    }  # fmt: skip
    assert [one["row"] for one in batch] == rows_of(answer) and not any(one["decision"] for one in batch)
    assert {card["given"] for card in answer["cards"]} == {-1} and answer["cards"][0]["probabilities"] == []


def test_a_label_leaves_the_batch_and_is_the_given_label(ask, label, studies, unlabeled):
    first, second, *_ = rows_of(ask().json())
    answer = label(labeled(1, first, 1)).json()
    assert answer["recorded"] == [1] and first not in rows_of(answer) and rows_of(answer)[0] == second
    labeling = answer["labeling"]
    assert [labeling[name] for name in ("left", "labeled", "unlabeled")] == [19, 1, 89]
    assert [one["row"] for one in labeling["batch"][:2]] == [first, second]
    assert labeling["batch"][0]["decision"]["label"] == 1 and labeling["batch"][1]["decision"] is None
    now = studies.study(unlabeled.key)
    assert now.session.given[first] == 1 and now.session.decision(first).old_label is None


def test_the_next_batch_is_computed_before_the_last_key(ask, label, stand_in_for_jobs, unlabeled, studies):
    started = stand_in_for_jobs()
    rows = rows_of(ask().json())
    for seq, row in enumerate(rows[:9], start=1):
        label(labeled(seq, row))
    assert not started
    label(labeled(10, rows[9]))
    (arguments,) = [one.arguments for one in started if "active_sampling" in one.arguments]
    assert ask().json()["labeling"]["next"] == "working"
    assert arguments[0] == "prepare" and arguments[arguments.index("--labels-upto") + 1] == "10"


def test_a_batch_that_is_being_chosen_says_so(ask, stand_in_for_jobs):
    stand_in_for_jobs()
    answer = ask(strategy="k_center").json()
    assert answer["cards"] == [] and answer["labeling"]["state"] == "working"


def test_a_strategy_that_needs_predictions_says_what_to_do(ask):
    answer = ask(strategy="entropy").json()
    assert answer["labeling"]["state"] == "failed"
    assert "Label some samples with the default strategy first" in answer["labeling"]["message"]


def test_a_job_that_failed_is_told(ask, stand_in_for_jobs):
    stand_in_for_jobs(JobStatus("failed", 0.1, "margin: the disk is full."))
    answer = ask(strategy="random").json()
    assert answer["labeling"]["state"] == "failed" and answer["labeling"]["message"] == "margin: the disk is full."


def test_several_annotators_begin_at_different_samples(ask):
    ask(reviewer="ada")
    one, other = rows_of(ask(reviewer="bo").json()), rows_of(ask(reviewer="ada").json())
    assert set(one) == set(other) and one[0] != other[0]
    assert not set(one[:10]) & set(other[:10])


def test_what_is_skipped_comes_back_at_the_end(ask, label, unlabeled):
    rows = np.arange(90).tolist()
    label(*(labeled(seq, row, row % 2) for seq, row in enumerate(rows[1:], start=1)))
    answer = label(decision(100, 0, "skip", task=LABELING)).json()
    assert answer["labeling"]["state"] == "none" and rows_of(answer) == [0]
    answer = label(labeled(101, 0)).json()
    assert answer["labeling"]["state"] == "none" and rows_of(answer) == [] and answer["labeling"]["labeled"] == 90


def test_after_the_last_batch_there_is_none_and_the_review_gets_the_last_labels(
    ask, label, stand_in_for_jobs, unlabeled
):
    batch = rows_of(ask().json())
    others = np.setdiff1d(np.arange(90), batch).tolist()
    label(*(labeled(seq, row) for seq, row in enumerate(others, start=1)))
    started = stand_in_for_jobs()
    for seq, row in enumerate(batch[:-1], start=100):
        assert label(labeled(seq, row)).json()["labeling"]["next"] == "later"
    assert not started
    assert label(labeled(200, batch[-1])).json()["labeling"]["state"] == "none"
    (last,) = started
    assert last.arguments[last.arguments.index("--labels-upto") + 1] == str(unlabeled.session.last_decision)


def test_an_unknown_strategy_is_refused(ask):
    assert ask(strategy="best").status_code == 400


@pytest.mark.slow
def test_the_study_is_opened_anew_with_its_labels_in_its_place(ask, label, studies, unlabeled, planted):
    """The whole loop with real jobs: a batch, the next one, and a review queue of what was given."""
    rows = rows_of(ask().json())
    truth = planted.truth
    wrong = rows[3]
    for seq, row in enumerate(rows, start=1):
        label(labeled(seq, row, int(truth[row] == 1) if row != wrong else 1 - int(truth[row] == 1)))
    until(lambda: ask().json()["labeling"]["state"] == "ready")
    following = rows_of(ask().json())
    assert following and not set(following) & set(rows)
    now = studies.study(unlabeled.key)
    assert now is not unlabeled and now.has_scores and now.study.class_names == ("cat", "dog")
    assert (now.study.labels >= 0).sum() >= 10
    assert studies.study(unlabeled.key).probe_accuracy.labeled >= 10
