"""Channels, filters and lassos of the map."""

import itertools

import numpy as np
import pytest
from reviewing import decide

from dashboard.shared.channels import NO_VALUE
from dashboard.study.cards import full_cards
from dashboard.views.map.data import (
    available_channels,
    available_filters,
    keep_mask,
    mask_of,
    rows_inside,
)
from margin_core.figures.palette import N_SHADES

SAMPLES = 90


def crossings(polygon, points):
    """Return which points lie in a polygon, one edge at a time."""
    inside = np.zeros(len(points), bool)
    for (x1, y1), (x2, y2) in itertools.pairwise([*polygon, polygon[0]]):
        for number, (x, y) in enumerate(points):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside[number] = not inside[number]
    return np.flatnonzero(inside)


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
    shades = available_channels(opened)["label_error_score"].values(opened)
    assert shades.max() < N_SHADES
    np.testing.assert_allclose(shades / (N_SHADES - 1), opened.session.scores, atol=0.5 / (N_SHADES - 1) + 1e-9)
    assert len(available_channels(opened)["influence"].values(opened)) == SAMPLES


def test_labels_now_follow_a_correction(opened, planted):
    row = int(planted.flipped[0])
    decide(opened, row, "relabel", int(planted.truth[row]))
    assert available_channels(opened)["now"].values(opened)[row] == planted.truth[row]
    assert available_channels(opened)["given"].values(opened)[row] != planted.truth[row]


def test_only_channels_that_the_study_has_are_offered(opened):
    assert list(available_channels(opened)) == ["given", "now", "predicted", "label_error_score", "influence", "state"]
    assert list(available_filters(opened)) == ["labels", "states", "score"]


@pytest.mark.slow
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


def test_a_lasso_takes_only_what_stands_out(opened):
    everything = [[-2, -2], [2, -2], [2, 2], [-2, 2]]
    mask = keep_mask(opened, {"labels": (1,)})
    np.testing.assert_array_equal(rows_inside(opened, everything, mask), np.flatnonzero(opened.study.labels == 1))
    assert len(rows_inside(opened, everything)) == len(opened.study)
