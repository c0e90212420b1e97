"""Histograms of scores, the map of both groups, and areas by the share of attacked samples."""

import numpy as np
import pytest

from margin_core.errors import ParameterError
from margin_core.figures.attacks import COLUMNS, attack_map, prevalence_curves, score_histograms
from margin_core.tasks.adversarial.comparison import Area, measure_overlap

ATTACKED = np.repeat([False, True], 50)
SCORES = np.random.default_rng(0).normal(size=100) + 2 * ATTACKED


def drawn(names):
    overlaps = {name: measure_overlap(SCORES, ATTACKED) for name in names}
    areas = {name: Area(0.912, 0.9, 0.924) for name in names}
    return score_histograms(overlaps, areas, {name: name.upper() for name in names}, axis="percentile")


def test_each_score_has_the_shares_of_both_groups_and_their_overlap():
    figure = drawn(["a", "b", "c", "d", "e"])
    assert len(figure.data) == 3 * 5
    clean, attacked, overlap = (np.array(trace.y) for trace in figure.data[:3])
    assert clean.sum() == pytest.approx(100) and attacked.sum() == pytest.approx(100)
    np.testing.assert_allclose(overlap, np.minimum(clean, attacked))
    assert [trace.name for trace in figure.data if trace.showlegend] == ["clean", "attacked", "overlap"]
    titles = [annotation.text for annotation in figure.layout.annotations]
    assert titles[0] == "A<br>AUC 0.912 (0.900–0.924)" and "percentile" in titles
    assert len({trace.xaxis for trace in figure.data}) == 5 > COLUMNS


def test_a_score_that_is_not_known_says_so():
    unknown = measure_overlap(np.full(100, np.nan), ATTACKED)
    figure = score_histograms({"a": unknown}, {"a": Area(np.nan, np.nan, np.nan)}, {"a": "A"})
    assert figure.layout.annotations[0].text == "A<br>not known"


def test_every_sample_is_a_point_of_its_group():
    positions = np.arange(200.0).reshape(100, 2)
    figure = attack_map(positions, ATTACKED, [f"sample {place}" for place in range(100)], ("trusted", "suspicious"))
    trusted, suspicious = figure.data
    assert (trusted.name, suspicious.name) == ("trusted (50)", "suspicious (50)")
    assert suspicious.customdata.tolist() == list(range(50, 100))
    assert suspicious.text[0] == "sample 50" and suspicious.x[0] == positions[50, 0]
    assert trusted.marker.symbol != suspicious.marker.symbol  # not by color alone


def test_areas_are_drawn_with_the_range_of_the_draws():
    shares = np.array([0.5, 0.01])
    figure = prevalence_curves(shares, {"raw": (np.array([0.9, 0.7]), np.array([0.8, 0.5]), np.array([0.95, 0.9]))})
    (line,) = figure.data
    assert list(line.x) == ["50 %", "1 %"] and list(line.y) == [0.9, 0.7]
    np.testing.assert_allclose(line.error_y.arrayminus, [0.1, 0.2])


@pytest.mark.parametrize(
    "draw",
    [
        lambda: score_histograms([], {}, {}),
        lambda: attack_map(np.zeros((3, 3)), ATTACKED, []),
        lambda: attack_map(np.zeros((3, 2)), ATTACKED, []),
        lambda: prevalence_curves("many", {}),
        lambda: prevalence_curves(np.array([0.5]), []),
        lambda: prevalence_curves(np.array([0.5]), {"raw": (np.zeros(2), np.zeros(1), np.zeros(1))}),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(draw):
    with pytest.raises(ParameterError, match="must"):
        draw()
