import dataclasses
import itertools

import numpy as np
import pytest

from dashboard.shared.channels import NO_VALUE
from dashboard.shared.palette import STATES, STEPS
from dashboard.study.cards import NEIGHBORS_SHOWN, brief_cards, full_cards, neighbors_of, recent_decisions
from dashboard.study.error_probabilities import error_curve
from dashboard.study.evidence import label_evidence
from dashboard.study.memory import Memory
from dashboard.study.search import find_samples
from dashboard.study.selections import keep_selection, selection_of
from dashboard.views.label_review.channel import state_codes
from dashboard.views.map.data import (
    available_channels,
    available_filters,
    keep_mask,
    mask_of,
    rows_inside,
    rows_with_code,
)
from margin_core.review import Choice, Verdict
from margin_core.tasks import LabelFlips

SAMPLES = 90


def decide(opened, row, verdict, label=None, seq=[0], **more):  # noqa: B006 - one counter for all calls
    seq[0] += 1
    outcome = opened.session.decide(
        [Choice(seq=seq[0], row=row, verdict=Verdict(verdict), label=label, **more)], client="t"
    )
    assert not outcome.refused


def crossings(polygon, points):
    """Say which points lie in a polygon, one edge at a time."""
    inside = np.zeros(len(points), bool)
    for (x1, y1), (x2, y2) in itertools.pairwise([*polygon, polygon[0]]):
        for number, (x, y) in enumerate(points):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside[number] = not inside[number]
    return np.flatnonzero(inside)


# ----- what is kept -----


def test_the_last_few_values_are_kept():
    memory = Memory()
    for key, value in (("a", 1), ("b", 2)):
        memory.keep("number", key, value, capacity=2)
    assert memory.get("number", "a") == 1
    memory.keep("number", "c", 3)
    memory.keep("letter", "c", "x")
    assert [memory.get("number", key) for key in "abc"] == [1, None, 3]
    assert memory.get("word", "a") is None


def test_a_selection_is_found_by_its_key_alone(opened):
    key = keep_selection(opened, [3, 1, 2], "three")
    assert selection_of(opened, key).rows.tolist() == [3, 1, 2] and selection_of(opened, key).title == "three"
    assert keep_selection(opened, [3, 1, 2], "three") == key != keep_selection(opened, [3, 1], "three")
    assert selection_of(opened, "none") is None


def test_the_key_follows_the_study_and_the_database(open_it, tmp_path):
    key = open_it().key
    assert open_it().key == key and key.isalnum()
    assert open_it(database=f"sqlite:///{tmp_path}/other.sqlite").key != key


# ----- channels -----


def test_given_labels_are_bytes(opened):
    np.testing.assert_array_equal(available_channels(opened)["given"].values(opened), opened.study.labels)
    assert available_channels(opened)["given"].values(opened).dtype == np.uint8


def test_a_missing_label_has_no_value(write_source, tmp_path, open_it, planted):
    labels = np.asarray(planted.study.labels).copy()
    labels[[4, 7]] = -1
    other = open_it(write_source(tmp_path / "holes", labels=labels), may_compute=True)
    assert np.flatnonzero(available_channels(other)["given"].values(other) == NO_VALUE).tolist() == [4, 7]
    card = full_cards(other, [4])[0]
    assert (card["given"], card["agree"], card["score"]) == (-1, 0, 0.0)
    assert card["suggested"] == planted.truth[4]


def test_what_it_looks_like_is_the_truth_on_well_separated_classes(opened, planted):
    np.testing.assert_array_equal(available_channels(opened)["predicted"].values(opened), planted.truth)


def test_scores_are_shades(opened):
    shades = available_channels(opened)["suspicion"].values(opened)
    assert shades.max() < STEPS
    np.testing.assert_allclose(shades / (STEPS - 1), opened.session.scores, atol=0.5 / (STEPS - 1) + 1e-9)
    assert len(available_channels(opened)["influence"].values(opened)) == SAMPLES


def test_labels_now_follow_a_correction(opened, planted):
    row = int(planted.flipped[0])
    decide(opened, row, "relabel", int(planted.truth[row]))
    assert available_channels(opened)["now"].values(opened)[row] == planted.truth[row]
    assert available_channels(opened)["given"].values(opened)[row] != planted.truth[row]


def test_only_channels_that_the_study_has_are_offered(opened):
    assert list(available_channels(opened)) == ["given", "now", "predicted", "suspicion", "influence", "state"]
    assert list(available_filters(opened)) == ["labels", "states", "score"]


def test_splits_of_a_manifest_are_a_channel_and_a_filter(open_it, tmp_path, planted):
    rows = [f"{x[0]},{x[1]},{x[2]},{x[3]},{y},{'test' if i % 3 else 'train'}" for i, (x, y) in
            enumerate(zip(planted.study.embedding, planted.study.labels, strict=True))]  # fmt: skip
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["a,b,c,d,label,split", *rows]))
    other = open_it(path, may_compute=True)
    assert available_channels(other)["split"].legend(other).names == ("test", "train")
    np.testing.assert_array_equal(
        available_channels(other)["split"].values(other), [0 if i % 3 else 1 for i in range(SAMPLES)]
    )
    mask = mask_of(other, keep_mask(other, {"splits": ("train",)}))
    np.testing.assert_array_equal(np.flatnonzero(mask), np.arange(0, SAMPLES, 3))
    assert full_cards(other, [3])[0]["split"] == "train"


def test_every_state_has_its_code(opened, planted):
    flipped = planted.flipped.tolist()
    assert {state_codes(opened)[row] for row in flipped} == {1}
    others = [row for row in range(SAMPLES) if row not in flipped]
    assert {state_codes(opened)[row] for row in others} == {0}
    decide(opened, flipped[0], "keep")
    decide(opened, flipped[1], "relabel", int(planted.truth[flipped[1]]))
    decide(opened, flipped[2], "skip")
    decide(opened, flipped[3], "exclude")
    codes = state_codes(opened)
    named = [STATES[codes[row]][0] for row in [others[0], flipped[4], *flipped[:4]]]
    assert named == ["not looked at", "suspect, open", "kept", "relabelled", "skipped", "excluded"]


# ----- filters -----


def test_no_filter_needs_no_mask(opened):
    assert keep_mask(opened, {"labels": (), "states": (), "score": 0.0}) is None
    assert mask_of(opened, "unknown") is None


def test_filters_are_joined(opened, planted):
    chosen = {"labels": (1, 2), "states": (1,), "score": 0.5}
    mask = mask_of(opened, keep_mask(opened, chosen))
    expected = [row for row in planted.flipped.tolist() if opened.study.labels[row] in (1, 2)]
    assert mask.dtype == np.uint8 and np.flatnonzero(mask).tolist() == expected


def test_a_decision_makes_another_mask(opened, planted):
    chosen = {"states": (1,)}
    before = keep_mask(opened, chosen)
    assert keep_mask(opened, chosen) == before
    decide(opened, int(planted.flipped[0]), "keep")
    after = keep_mask(opened, chosen)
    assert after != before
    assert mask_of(opened, after).sum() == mask_of(opened, before).sum() - 1


# ----- the map -----


def test_there_is_no_map_before_it_is_laid_out(write_source, open_it, tmp_path):
    path = write_source(tmp_path / "fresh")
    assert len(open_it(path, may_compute=True).study) == SAMPLES
    fresh = open_it(path)
    assert fresh.positions is None and rows_inside(fresh, [(-9, -9), (9, -9), (0, 9)]).tolist() == []
    card = full_cards(fresh, [0])[0]
    assert (card["x"], card["y"]) == (None, None)


def test_the_map_lies_in_its_frame_and_is_found_again(open_it):
    laid = open_it().positions
    assert laid.shape == (SAMPLES, 2) and np.abs(laid).max() <= 1
    np.testing.assert_array_equal(laid, open_it().positions)


@pytest.mark.parametrize("seed", range(8))
def test_a_lasso_holds_what_counting_crossings_says(opened, seed):
    random = np.random.default_rng(seed)
    angles = np.sort(random.uniform(0, 2 * np.pi, 12))
    far = random.uniform(0.2, 1.2, 12)
    polygon = np.column_stack([far * np.cos(angles), far * np.sin(angles)]) + random.uniform(-0.4, 0.4, 2)
    expected = crossings(polygon.tolist(), opened.positions.tolist())
    np.testing.assert_array_equal(rows_inside(opened, polygon.tolist()), expected)


def test_a_lasso_that_crosses_itself_leaves_its_hole_out(opened):
    bow = [(-1.1, -1.1), (1.1, 1.1), (1.1, -1.1), (-1.1, 1.1)]
    expected = crossings(bow, opened.positions.tolist())
    np.testing.assert_array_equal(rows_inside(opened, bow), expected)
    assert 0 < len(expected) < SAMPLES


def test_two_points_are_no_lasso(opened):
    assert rows_inside(opened, [(-1, -1), (1, 1)]).tolist() == []
    assert len(rows_inside(opened, [(-2, -2), (2, -2), (2, 2), (-2, 2)])) == SAMPLES


# ----- search -----


def test_samples_are_found_by_a_part_of_their_id(opened):
    assert find_samples(opened.study, "SAMPLE 0").tolist() == list(range(10))
    assert find_samples(opened.study, "42").tolist() == [42]
    assert find_samples(opened.study, "nothing like it").tolist() == []


def test_samples_are_found_by_the_name_of_their_class(opened):
    np.testing.assert_array_equal(find_samples(opened.study, "DOG"), np.flatnonzero(opened.study.labels == 1))
    np.testing.assert_array_equal(
        rows_with_code(opened, available_channels(opened)["given"], 1), find_samples(opened.study, "dog")
    )


# ----- cards -----


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


def test_a_card_shows_what_the_model_says_of_the_given_label_too(opened, planted):
    card = full_cards(opened, [int(planted.flipped[0])])[0]
    shown = [one["label"] for one in card["probabilities"]]
    assert card["given"] in shown and len(set(shown)) == len(shown) == 3
    assert sum(one["p"] for one in card["probabilities"]) == pytest.approx(1, abs=0.01)
    assert card["probabilities"][0]["label"] == planted.truth[card["row"]]
    assert card["probabilitiesSource"] == f"a linear model on {opened.study.features}, on samples it was not fitted on"


def test_ranks_are_those_of_the_findings(opened):
    ids = opened.explanation.findings.ids.tolist()
    rows = [opened.session.row_of(sample) for sample in ids]
    assert [card["rank"] for card in brief_cards(opened, rows)] == list(range(1, SAMPLES + 1))


def test_a_card_tells_the_decision(opened, planted):
    row = int(planted.flipped[0])
    decide(opened, row, "relabel", int(planted.truth[row]), note="smudged", reviewer="bo")
    card = full_cards(opened, [row])[0]
    assert card["note"] == "smudged"
    told = card["decision"]
    assert (told["verdict"], told["label"], told["reviewer"]) == ("relabel", planted.truth[row], "bo")


def test_no_rows_have_no_cards(opened):
    assert full_cards(opened, []) == [] and brief_cards(opened, []) == []


def test_a_correction_changes_the_scores_of_the_neighbours_and_of_nobody_else(opened, planted):
    row = int(planted.flipped[0])
    before = opened.session.scores
    decide(opened, row, "relabel", int(planted.truth[row]))
    after = opened.session.scores
    changed = set(np.flatnonzero(before != after).tolist())
    assert changed
    assert changed <= {row, *opened.explanation.graph.weights[[row]].indices.tolist()}
    same_class = [other for other in changed - {row} if opened.study.labels[other] == planted.truth[row]]
    assert same_class and all(after[other] < before[other] for other in same_class)
    assert full_cards(opened, [same_class[0]])[0]["score"] == after[same_class[0]]


def test_scores_after_corrections_are_those_of_a_new_start(open_it, planted):
    first = open_it()
    for row in planted.flipped[:3].tolist():
        decide(first, row, "relabel", int(planted.truth[row]))
    decide(first, int(planted.flipped[3]), "exclude")
    second = open_it()
    np.testing.assert_array_equal(first.session.scores, second.session.scores)
    np.testing.assert_array_equal(state_codes(first), state_codes(second))
    assert recent_decisions(first) == recent_decisions(second)


def test_the_history_is_newest_first_and_leaves_out_what_was_undone(opened, planted):
    one, two = planted.flipped[:2].tolist()
    decide(opened, one, "keep")
    decide(opened, two, "exclude")
    decide(opened, two, "undo")
    assert [(entry["row"], entry["verdict"], entry["given"]) for entry in recent_decisions(opened)] == [
        (one, "keep", opened.study.labels[one])
    ]


def test_a_lasso_takes_only_what_stands_out(opened):
    everything = [[-2, -2], [2, -2], [2, 2], [-2, 2]]
    mask = keep_mask(opened, {"labels": (1,)})
    np.testing.assert_array_equal(rows_inside(opened, everything, mask), np.flatnonzero(opened.study.labels == 1))
    assert len(rows_inside(opened, everything)) == len(opened.study)


# ----- why -----


def test_why_says_what_the_core_says(opened, planted):
    row = int(planted.flipped[0])
    told = label_evidence(opened, row)
    labels = np.asarray(opened.study.labels)
    card = full_cards(opened, [row])[0]
    assert (told["id"], told["given"], told["label"], told["rival"]) == (
        card["id"], card["given"], card["given"], card["suggested"],
    )  # fmt: skip
    assert told["score"] == pytest.approx(card["score"], rel=1e-12)
    assert told["ranksTheQueue"] and not told["isolated"]
    place = told["classes"].index
    rival = told["pooled"][place(told["rival"])] * told["factor"]
    assert told["score"] == pytest.approx(rival / (rival + told["pooled"][place(told["label"])]))
    assert [one["words"] for one in told["sources"]] == [
        "the neighbours", f"a linear model on {opened.study.features}",
    ]  # fmt: skip
    assert sum(one["share"] for one in told["sources"]) == pytest.approx(1)
    assert sum(one["share"] for one in told["neighbors"]) + told["unlisted"] == pytest.approx(1)
    heard = opened.explanation.graph.weights[[row]].indices
    assert told["voting"] == len(heard) and {one["row"] for one in told["neighbors"]} <= set(heard.tolist())
    for one in told["neighbors"]:
        changed = labels.copy()
        if one["suggested"] is not None:
            changed[one["row"]] = one["suggested"]
            assert one["scoreIfCorrected"] == pytest.approx(
                opened.live.label_error_score.scores(changed, np.array([row]))[0], rel=1e-12
            )
    assert told["similar"] == [] and told["decidedAlike"]["decided"] == 0


def test_why_follows_decisions(opened, planted):
    one, two = planted.flipped[:2].tolist()
    near = neighbors_of(opened, one)[:3]
    for row in near[:2]:
        decide(opened, row, "keep", reviewer="bo")
    decide(opened, near[2], "skip")
    decide(opened, two, "relabel", int(planted.truth[two]))
    told = label_evidence(opened, one)
    assert [(past["row"], past["verdict"], past["reviewer"], past["given"]) for past in told["similar"][:2]] == [
        (row, "keep", "bo", opened.study.labels[row]) for row in near[:2]
    ]
    assert near[2] not in {past["row"] for past in told["similar"]}
    settled = {neighbour["row"]: neighbour["reviewed"] for neighbour in told["neighbors"]}
    assert [settled[row] for row in near] == [True, True, False]
    decide(opened, one, "relabel", int(planted.truth[one]))
    after = label_evidence(opened, one)
    assert (after["given"], after["label"]) == (opened.study.labels[one], planted.truth[one])
    assert after["score"] == pytest.approx(opened.session.scores[one])


def test_decisions_on_the_same_pair_of_classes_are_counted(opened, planted):
    labels, truth = np.asarray(opened.study.labels), planted.truth
    pairs = [(labels[row], truth[row]) for row in planted.flipped]
    first = next(place for place, pair in enumerate(pairs) if pairs.count(pair) > 1)
    same = [int(row) for row, pair in zip(planted.flipped, pairs, strict=True) if pair == pairs[first]]
    decide(opened, same[1], "relabel", int(truth[same[1]]))
    assert label_evidence(opened, same[0])["decidedAlike"] == {
        "suggested": truth[same[0]], "decided": 1, "relabelled": 1, "kept": 0,
    }  # fmt: skip
    assert label_evidence(opened, same[1])["decidedAlike"]["decided"] == 0  # its own decision is no precedent


def test_why_of_a_sample_without_a_label_and_of_one_without_features(write_source, tmp_path, open_it, planted):
    labels, points = np.asarray(planted.study.labels).copy(), np.asarray(planted.study.embedding).copy()
    labels[4], points[7] = -1, np.nan
    other = open_it(write_source(tmp_path / "holes", labels=labels, embedding=points), may_compute=True)
    bare = label_evidence(other, 4)
    assert (bare["label"], bare["rival"], bare["score"], bare["decidedAlike"]) == (-1, planted.truth[4], 0.0, None)
    assert bare["classes"][0] == planted.truth[4] and bare["suspectNeighbors"] == 0 and bare["neighbors"]
    lost = label_evidence(other, 7)
    assert lost["isolated"] and lost["neighbors"] == [] and lost["similar"] == []


def test_a_model_that_saw_the_labels_is_shown_and_not_heard(write_source, tmp_path, open_it, planted):
    p = np.full((90, 3), 0.1, np.float32)
    p[np.arange(90), planted.study.labels] = 0.8
    heard = open_it(write_source(tmp_path / "out", probabilities=p), may_compute=True)
    assert [one["weight"] > 0 for one in label_evidence(heard, 0)["sources"]] == [True, True, True]
    bare = open_it(write_source(tmp_path / "in"), may_compute=True)
    given = bare.study
    bare.study = type(given).build(
        embedding=given.embedding, labels=given.labels, class_names=given.class_names, ids=given.ids,
        inputs=given.inputs, probabilities=p, out_of_sample=False,
    )  # fmt: skip
    told = label_evidence(bare, 0)
    assert told["sources"][2] | {"probabilities": None} == {
        "words": "the study's own model", "weight": 0.0, "share": 0.0, "probabilities": None,
    }  # fmt: skip
    assert told["sources"][2]["probabilities"][told["classes"].index(told["given"])] == pytest.approx(0.8)


def test_chances_rise_with_the_score_and_follow_reviews(opened, planted):
    before = error_curve(opened)
    assert (np.diff(before.mean) >= 0).all() and (np.diff(before.score_logit) > 0).all()
    for row in planted.flipped.tolist():
        decide(opened, row, "relabel", int(planted.truth[row]))
    assert error_curve(opened).mean[-1] > before.mean[-1]
    opened.audited = dataclasses.replace(opened.audited, task=LabelFlips(method="loss"))
    assert error_curve(opened) is None  # of another score nothing is known
    assert not label_evidence(opened, 0)["ranksTheQueue"]
