"""The page of the benchmark, without a browser: its figures against those of the planted errors, worked out by hand."""

import numpy as np
import pytest
from app_pages import turn_to

from dashboard.study.registry import OpenRequest
from dashboard.study.truth import rankings_by_method
from dashboard.views.benchmark import BENCHMARK, wording
from margin_core.cli import main

pytestmark = pytest.mark.slow  # A whole page, and every method's ranking.


@pytest.fixture
def known(studies, write_source, tmp_path):
    """Open the planted study with true labels beside it."""

    def known(truth):
        folder = tmp_path / "data" / "known"
        write_source(folder)
        (folder / "study.toml").write_text('source = "pets.npz"\ntruth = "truth.npz"\n')
        np.savez(folder / "truth.npz", labels=truth, allow_pickle=False)
        assert main(["prepare", str(folder)]) == 0
        return studies.opened(studies.open(OpenRequest(folder)))

    return known


def test_every_method_is_measured_against_the_truth(app, known, planted):
    opened = known(planted.truth)
    text = turn_to(app, BENCHMARK)
    assert wording.count_of_wrong(5, 90) in text and wording.NOTE in text
    rows = rankings_by_method(opened)
    table = app.dataframe[0].value
    assert sorted(table[wording.RANKING]) == sorted(rows)
    assert table[wording.AVERAGE_PRECISION].is_monotonic_decreasing  # the best is in the first line
    wrong = opened.study.labels != planted.truth
    for line in table.to_dict("records"):
        places = 1 + np.flatnonzero(wrong[rows[line[wording.RANKING]]])
        average_precision = np.mean(np.arange(1, len(places) + 1) / places)
        assert line[wording.AVERAGE_PRECISION] == pytest.approx(average_precision)
        assert line[wording.FOUND_IN_TENTH] == pytest.approx(100 * np.mean(places <= 9))
        assert line[wording.PRECISION_AT_WRONG] == pytest.approx(100 * np.mean(places <= 5))
    assert table[wording.PRECISION_AT_WRONG][0] == 100  # the planted errors lie far from the class that they name


def test_a_truth_of_another_length_is_one_sentence_in_place_of_the_figures(app, known, planted):
    known(planted.truth[:89])
    turn_to(app, BENCHMARK)
    (error,) = app.error
    assert error.value.endswith("must hold an array labels with 90 entries, one a sample.")
    assert len(app.dataframe) == 0
