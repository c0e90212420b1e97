"""What cards and the history show."""

import numpy as np
import pytest
from reviewing import decide

from dashboard.study.cards import NEIGHBORS_SHOWN, brief_cards, full_cards, neighbors_of, recent_decisions

SAMPLES = 90


def test_a_card_counts_its_evidence(opened, planted):
    row = int(planted.flipped[0])
    card = full_cards(opened, [row])[0]
    distances = np.linalg.norm(opened.study.embedding - opened.study.embedding[row], axis=1)
    nearest = [other for other in np.argsort(distances, kind="stable").tolist() if other != row][:20]
    labels = opened.study.labels
    assert card["voting"] == 20
    assert card["agree"] == sum(labels[other] == labels[row] for other in nearest)
    assert card["agreement"] == card["agree"] / 20
    assert [one["row"] for one in card["neighbors"]] == nearest[:NEIGHBORS_SHOWN]
    assert [one["label"] for one in card["neighbors"]] == labels[nearest[:NEIGHBORS_SHOWN]].tolist()
    assert [one["id"] for one in card["neighbors"]] == [f"sample {other:02d}" for other in nearest[:NEIGHBORS_SHOWN]]
    assert (card["row"], card["id"], card["given"]) == (row, f"sample {row:02d}", labels[row])
    assert card["suggested"] == planted.truth[row] != card["given"]
    assert card["score"] == opened.session.scores[row] > 0.5
    assert card["kind"] == "picture" and card["decision"] is None
    np.testing.assert_allclose([card["x"], card["y"]], opened.positions[row])


def test_neighbors_that_vote_are_shown_before_nearer_ones_without_a_label(opened, planted):
    row = int(planted.flipped[0])
    nearest = neighbors_of(opened, row)
    for other in nearest[:17]:
        decide(opened, other, "exclude")
    card = full_cards(opened, [row])[0]
    shown = [one["row"] for one in card["neighbors"]]
    assert card["voting"] == 3 and shown == [*nearest[17:], *nearest[: NEIGHBORS_SHOWN - 3]]
    labels = [one["label"] for one in card["neighbors"]]
    assert sum(label == card["given"] for label in labels) == card["agree"] and labels[3:] == [-1] * 9


def test_a_card_shows_what_the_model_says_of_the_given_label_too(opened, planted):
    card = full_cards(opened, [int(planted.flipped[0])])[0]
    shown = [one["label"] for one in card["probabilities"]]
    assert card["given"] in shown and len(set(shown)) == len(shown) == 3
    assert sum(one["p"] for one in card["probabilities"]) == pytest.approx(1, abs=0.01)
    assert card["probabilities"][0]["label"] == planted.truth[card["row"]]
    assert card["probabilitiesSource"] == f"a linear model on {opened.study.features}, on samples it was not fitted on"


def test_ranks_are_those_of_the_findings(opened):
    ids = opened.explanation.findings.ids.tolist()
    rows = [opened.study.row_of[sample] for sample in ids]
    assert [card["rank"] for card in brief_cards(opened, rows)] == list(range(1, SAMPLES + 1))


def test_a_card_tells_the_decision(opened, planted):
    row = int(planted.flipped[0])
    decide(opened, row, "relabel", int(planted.truth[row]), note="smudged", reviewer="bo")
    card = full_cards(opened, [row])[0]
    assert card["note"] == "smudged"
    shown = card["decision"]
    assert (shown["verdict"], shown["label"], shown["reviewer"]) == ("relabel", planted.truth[row], "bo")


def test_no_rows_have_no_cards(opened):
    assert full_cards(opened, []) == [] and brief_cards(opened, []) == []


def test_the_history_is_newest_first_and_leaves_out_what_was_undone(opened, planted):
    one, two = planted.flipped[:2].tolist()
    decide(opened, one, "keep")
    decide(opened, two, "exclude")
    decide(opened, two, "undo")
    assert [(entry["row"], entry["verdict"], entry["given"]) for entry in recent_decisions(opened)] == [
        (one, "keep", opened.study.labels[one])
    ]
