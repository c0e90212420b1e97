"""The evidence on a label."""

import numpy as np
import pytest
from reviewing import decide

from dashboard.study.cards import full_cards, neighbors_of
from dashboard.study.evidence import error_curve_payload, label_evidence


def test_the_breakdown_is_that_of_the_core(opened, planted):
    row = int(planted.flipped[0])
    evidence = label_evidence(opened, row)
    labels = np.asarray(opened.study.labels)
    card = full_cards(opened, [row])[0]
    assert (evidence["id"], evidence["given"], evidence["label"], evidence["suggested"]) == (
        card["id"], card["given"], card["given"], card["suggested"],
    )  # fmt: skip
    assert evidence["score"] == pytest.approx(card["score"], rel=1e-12)
    assert evidence["ranksTheQueue"] and not evidence["isolated"]
    place = evidence["classes"].index
    suggested = evidence["pooled"][place(evidence["suggested"])] * evidence["factor"]
    assert evidence["score"] == pytest.approx(suggested / (suggested + evidence["pooled"][place(evidence["label"])]))
    assert [one["words"] for one in evidence["sources"]] == [
        "neighbors", f"linear probe on {opened.study.features}",
    ]  # fmt: skip
    assert sum(one["share"] for one in evidence["sources"]) == pytest.approx(1)
    assert sum(one["share"] for one in evidence["neighbors"]) + evidence["unlisted"] == pytest.approx(1)
    voters = opened.explanation.graph.weights[[row]].indices
    assert evidence["voting"] == len(voters) and {one["row"] for one in evidence["neighbors"]} <= set(voters.tolist())
    assert evidence["nearest"] == len(set(voters.tolist()) & set(neighbors_of(opened, row)))
    for one in evidence["neighbors"]:
        changed = labels.copy()
        if one["suggested"] is not None:
            changed[one["row"]] = one["suggested"]
            assert one["scoreIfCorrected"] == pytest.approx(
                opened.live.label_error_score.scores(changed, np.array([row]))[0], rel=1e-12
            )
    assert evidence["similar"] == [] and evidence["decidedAlike"]["decided"] == 0


def test_why_follows_decisions(opened, planted):
    one, two = planted.flipped[:2].tolist()
    near = neighbors_of(opened, one)[:3]
    for row in near[:2]:
        decide(opened, row, "keep", reviewer="bo")
    decide(opened, near[2], "skip")
    decide(opened, two, "relabel", int(planted.truth[two]))
    evidence = label_evidence(opened, one)
    assert [(past["row"], past["verdict"], past["reviewer"], past["given"]) for past in evidence["similar"][:2]] == [
        (row, "keep", "bo", opened.study.labels[row]) for row in near[:2]
    ]
    assert near[2] not in {past["row"] for past in evidence["similar"]}
    verified = {neighbor["row"]: neighbor["reviewed"] for neighbor in evidence["neighbors"]}
    assert [verified[row] for row in near] == [True, True, False]
    decide(opened, one, "relabel", int(planted.truth[one]))
    after = label_evidence(opened, one)
    assert (after["given"], after["label"]) == (opened.study.labels[one], planted.truth[one])
    assert after["score"] == pytest.approx(opened.session.scores[one])
    assert after["curve"] == error_curve_payload(opened) != evidence["curve"]
    assert after["version"] == after["curve"]["version"] == opened.version


def test_decisions_on_the_same_pair_of_classes_are_counted(opened, planted):
    labels, truth = np.asarray(opened.study.labels), planted.truth
    pairs = [(labels[row], truth[row]) for row in planted.flipped]
    first = next(place for place, pair in enumerate(pairs) if pairs.count(pair) > 1)
    same = [int(row) for row, pair in zip(planted.flipped, pairs, strict=True) if pair == pairs[first]]
    decide(opened, same[1], "relabel", int(truth[same[1]]))
    assert label_evidence(opened, same[0])["decidedAlike"] == {
        "suggested": truth[same[0]], "decided": 1, "relabeled": 1, "kept": 0,
    }  # fmt: skip
    assert label_evidence(opened, same[1])["decidedAlike"]["decided"] == 0  # its own decision is no precedent


@pytest.mark.slow
def test_why_of_a_sample_without_a_label_and_of_one_without_features(write_source, tmp_path, open_it, planted):
    labels, points = np.asarray(planted.study.labels).copy(), np.asarray(planted.study.embedding).copy()
    labels[4], points[7] = -1, np.nan
    other = open_it(write_source(tmp_path / "holes", labels=labels, embedding=points), may_compute=True)
    bare = label_evidence(other, 4)
    assert (bare["label"], bare["suggested"], bare["score"], bare["decidedAlike"]) == (-1, planted.truth[4], 0.0, None)
    assert bare["classes"][0] == planted.truth[4] and bare["suspectNeighbors"] == 0 and bare["neighbors"]
    lost = label_evidence(other, 7)
    assert lost["isolated"] and lost["neighbors"] == [] and lost["similar"] == []


def test_a_model_that_saw_the_labels_is_shown_and_has_no_weight(write_source, tmp_path, open_it, planted):
    p = np.full((90, 3), 0.1, np.float32)
    p[np.arange(90), planted.study.labels] = 0.8
    other = open_it(write_source(tmp_path / "out", probabilities=p), may_compute=True)
    assert [one["weight"] > 0 for one in label_evidence(other, 0)["sources"]] == [True, True, True]
    bare = open_it(write_source(tmp_path / "in"), may_compute=True)
    given = bare.study
    bare.study = type(given).build(
        embedding=given.embedding, labels=given.labels, class_names=given.class_names, ids=given.ids,
        inputs=given.inputs, probabilities=p, out_of_sample=False,
    )  # fmt: skip
    evidence = label_evidence(bare, 0)
    assert evidence["sources"][2] | {"probabilities": None} == {
        "words": "the study's own model", "weight": 0.0, "share": 0.0, "probabilities": None,
    }  # fmt: skip
    assert evidence["sources"][2]["probabilities"][evidence["classes"].index(evidence["given"])] == pytest.approx(0.8)
