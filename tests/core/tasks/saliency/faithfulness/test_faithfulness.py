"""Numbers that know the truth where it is planted, and hold their laws."""

import networks
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from networks import PatchModel

from margin_core.errors import ParameterError
from margin_core.tasks.saliency.faithfulness import (
    FILLS,
    FaithfulnessCurve,
    deletion,
    gini,
    impute,
    insertion,
    overlap,
    rank_correlation,
    road,
    select_top,
)

MODEL = PatchModel()
PICTURE, TRUTH = MODEL.picture(), MODEL.truth()
maps = arrays(np.float32, (5, 6), elements=st.floats(0, 1, width=32))


def at_random(seed, size=24):
    return np.random.default_rng(seed).random((size, size)).astype(np.float32)


def test_the_perfect_map_beats_random_ones_in_every_number():
    for seed in range(5):
        random_map = at_random(seed)
        assert deletion(MODEL, PICTURE, TRUTH, 1).auc < deletion(MODEL, PICTURE, random_map, 1).auc / 2
        good, bad = (insertion(MODEL, PICTURE, one, 1, fill="mean").auc for one in (TRUTH, random_map))
        assert good > bad + 0.3
        assert road(MODEL, PICTURE, TRUTH, 1) > road(MODEL, PICTURE, random_map, 1) + 0.2
        assert gini(TRUTH) > 0.9 > gini(random_map)


def test_the_worst_map_is_the_perfect_one_turned_over():
    worst = 1 - TRUTH
    assert deletion(MODEL, PICTURE, worst, 1).auc > 0.9
    assert insertion(MODEL, PICTURE, worst, 1, fill="mean").auc < 0.1
    assert road(MODEL, PICTURE, worst, 1) == pytest.approx(-road(MODEL, PICTURE, TRUTH, 1), abs=0.02)


def test_curves_begin_and_end_where_they_should():
    unmasked = MODEL.probabilities(PICTURE[None])[0, 1]
    for fill, paint in FILLS.items():
        nothing = MODEL.probabilities(paint(PICTURE)[None])[0, 1]
        gone = deletion(MODEL, PICTURE, TRUTH, 1, fill=fill)
        come = insertion(MODEL, PICTURE, TRUTH, 1, fill=fill)
        np.testing.assert_allclose(gone.probabilities[[0, -1]], [unmasked, nothing])
        np.testing.assert_allclose(come.probabilities[[0, -1]], [nothing, unmasked])
        assert (np.diff(gone.shares) > 0).all()
        assert gone.shares[[0, -1]].tolist() == [0, 1]


def test_deleting_the_patch_alone_only_takes_away():
    gone = deletion(MODEL, PICTURE, TRUTH, 1, steps=300, fill="black").probabilities
    assert (np.diff(gone) <= 1e-12).all()
    come = insertion(MODEL, PICTURE, TRUTH, 1, steps=300, fill="black").probabilities
    assert (np.diff(come) >= -1e-12).all()


def test_the_better_a_map_the_smaller_the_area_of_deletion():
    areas = [deletion(MODEL, PICTURE, TRUTH + share * at_random(0), 1).auc for share in (0, 1.5, 3, 30)]
    assert areas == sorted(areas)
    assert areas[0] < areas[-1]


def test_an_area_is_the_trapezoidal_rules():
    assert FaithfulnessCurve(np.array([0, 0.5, 1]), np.array([1.0, 0.5, 0.0])).auc == pytest.approx(0.5)
    assert FaithfulnessCurve(np.array([0, 1.0]), np.array([0.2, 0.2])).auc == pytest.approx(0.2)


def test_a_scale_of_a_map_changes_nothing():
    heatmap = at_random(1)
    assert deletion(MODEL, PICTURE, heatmap, 1).auc == deletion(MODEL, PICTURE, 7 * heatmap, 1).auc
    assert gini(heatmap) == pytest.approx(gini(7 * heatmap))


def test_equal_pixels_favor_no_side():
    flat = np.zeros((24, 24), np.float32)
    chosen = select_top(flat, 288)
    for half in (chosen[:12], chosen[12:], chosen[:, :12], chosen[:, 12:]):
        assert 0.4 < half.mean() < 0.6


def test_curves_of_a_color_picture_and_a_network():
    model, picture = networks.model("shared"), networks.picture()
    curve = deletion(model, picture, np.ones(picture.shape[:2], np.float32), 1, steps=5)
    assert curve.probabilities.shape == (6,)
    assert road(model, picture, np.ones(picture.shape[:2], np.float32), 1) == pytest.approx(0, abs=0.1)


@given(maps)
def test_gini_is_in_its_range(heatmap):
    assert 0 <= gini(heatmap) < 1


def test_gini_knows_its_ends():
    assert gini(np.ones((10, 10), np.float32)) == pytest.approx(0)
    assert gini(np.zeros((10, 10), np.float32)) == 0
    one = np.zeros((10, 10), np.float32)
    one[3, 4] = 2
    assert gini(one) == pytest.approx(0.99)
    assert gini(np.array([[0.0, 1.0, 2.0, 3.0]], np.float32)) == pytest.approx(5 / 12)


@given(maps, maps)
def test_agreement_is_symmetric_and_in_its_range(one, other):
    assert overlap(one, other, 7) == overlap(other, one, 7)
    assert 0 <= overlap(one, other, 7) <= 1
    forth, back = rank_correlation(one, other), rank_correlation(other, one)
    assert np.isnan(forth) == np.isnan(back)
    assert np.isnan(forth) or (abs(forth) <= 1 + 1e-9 and forth == pytest.approx(back))


@given(maps)
def test_a_map_agrees_with_itself(heatmap):
    assert overlap(heatmap, heatmap, 7) == 1
    same = rank_correlation(heatmap, heatmap)
    assert np.isnan(same) if np.ptp(heatmap) == 0 else same == pytest.approx(1)


def test_agreement_by_hand():
    one = np.array([[4.0, 3.0], [2.0, 1.0]], np.float32)
    assert overlap(one, one[::-1], 2) == 0
    assert overlap(one, one[:, ::-1], 1) == 0
    assert overlap(one, one[:, ::-1], 2) == 1
    assert rank_correlation(one, -one) == pytest.approx(-1)
    assert rank_correlation(one, one**3) == pytest.approx(1)


def test_an_imputed_slope_goes_on():
    rows, columns = np.mgrid[:20, :20]
    slope = (3 * rows + 5 * columns + 20).astype(np.uint8)
    removed = np.zeros(slope.shape, bool)
    removed[6:14, 6:14] = True
    imputed = impute(slope, removed, noise=0)
    assert np.array_equal(imputed[~removed], slope[~removed])
    assert np.abs(imputed.astype(int) - slope).max() <= 1


def test_a_side_neighbor_counts_twice_a_diagonal_one():
    removed = np.zeros((3, 3), bool)
    removed[1, 1] = True
    for place, expected in (((0, 1), 240 / 6), ((1, 2), 240 / 6), ((0, 0), 240 / 12), ((2, 0), 240 / 12)):
        picture = np.zeros((3, 3), np.uint8)
        picture[place] = 240
        assert impute(picture, removed, noise=0)[1, 1] == expected


def test_imputation_takes_colors_and_noise_and_edges():
    picture = networks.picture(12, 9)
    removed = np.zeros((12, 9), bool)
    removed[:, :8] = True
    imputed = impute(picture, removed)
    assert imputed.shape == picture.shape and imputed.dtype == np.uint8
    assert np.array_equal(imputed[:, 8], picture[:, 8])
    assert np.array_equal(imputed, impute(picture, removed))
    assert not np.array_equal(imputed, impute(picture, removed, noise=0))
    assert impute(picture, np.zeros((12, 9), bool)) is picture
    with pytest.raises(ParameterError) as raised:
        impute(picture, np.ones((12, 9), bool))
    assert str(raised.value) == "All pixels are removed, so there is nothing to impute them from. Leave some."


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: deletion(MODEL, PICTURE, TRUTH[:20], 1),
         "The heatmap has 20 x 24 values, its picture 24 x 24 pixels. Give one value a pixel."),
        (lambda: insertion(MODEL, PICTURE, TRUTH, 1, fill="pink"),
         "Pixels cannot be filled with 'pink'. Choose one of: mean, blur, black."),
        (lambda: deletion(MODEL, PICTURE, TRUTH, 1, steps=0), "A curve needs at least 1 step; got 0."),
        (lambda: road(MODEL, PICTURE, TRUTH, 1, shares=(0.5, 1.0)),
         "ROAD removes shares between 0 and 1; got (0.5, 1.0)."),
        (lambda: road(MODEL, PICTURE, TRUTH[:20], 1),
         "The heatmap has 20 x 24 values, its picture 24 x 24 pixels. Give one value a pixel."),
        (lambda: select_top(TRUTH, 577), "The 577 most important of 576 pixels were asked for. Choose k within them."),
        (lambda: overlap(TRUTH, TRUTH[:20], 5), "Heatmaps of one size are compared; got (24, 24) and (20, 24)."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ParameterError) as raised:
        call()
    assert str(raised.value) == message
