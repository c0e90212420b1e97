"""The chart of finds."""

import numpy as np
import pytest

from margin_core.figures.estimates import review_yield
from margin_core.review.estimates import ErrorCount, ExpectedYield


def lines_of(figure):
    return {line.name: line for line in figure.data if line.mode == "lines" and line.name}


def test_the_chart_of_finds_names_every_line_beside_its_end():
    wrong = np.arange(200) < 20
    found = np.array([0, 1, 1, 2, 3])
    ahead = ExpectedYield(
        mean=np.linspace(0, 6, 11), median=np.linspace(0, 5, 11), low=np.zeros(11), high=np.linspace(0, 9, 11)
    )
    count = ErrorCount(found=3, low=10, median=15, high=40)
    best = np.minimum(np.arange(15), 14.5)
    ranked = {"one": np.arange(200), "another": np.arange(200)[::-1]}

    lines = lines_of(figure := review_yield(found, ahead, best, count, 200))
    assert list(lines) == ["best possible", "at random", "expected", "your review"]
    np.testing.assert_array_equal(lines["your review"].y, found)
    assert lines["expected"].x[0] == 4 and lines["expected"].y[-1] == 8
    assert lines["at random"].y[-1] == pytest.approx(14 * 15 / 200) and lines["best possible"].y[-1] == 14
    named = [note.text.split("</span> ")[1] for note in figure.layout.annotations]
    assert sorted(named) == ["at random: 1", "best possible: 14", "expected: 8"]

    lines = lines_of(figure := review_yield(found, ahead, best, count, 200, wrong=wrong, ranked=ranked))
    assert lines["one"].y[-1] == 14 and lines["another"].y[-1] == 0
    assert lines["at random"].y[-1] == pytest.approx(14 * 20 / 200)
    heights = sorted(note.y for note in figure.layout.annotations)
    top = figure.layout.yaxis.range[1]
    pixels = np.diff(heights) / top * (figure.layout.height - 56)
    assert len(heights) == 5 and (pixels >= 17.9).all() and heights[-1] <= top


def test_the_chart_of_finds_before_and_after_all_looks():
    nothing = ExpectedYield(mean=np.zeros(1), median=np.zeros(1), low=np.zeros(1), high=np.zeros(1))
    empty = review_yield(np.array([0]), nothing, np.zeros(1), ErrorCount(0, 0, 0, 0), 0)
    assert lines_of(empty)["your review"].y.tolist() == [0]
    done = review_yield(
        np.arange(1001) // 10, nothing, np.minimum(np.arange(1001), 100), ErrorCount(100, 100, 100, 100), 1000
    )
    line = lines_of(done)["your review"]
    assert len(line.x) == 400 and (line.x[-1], line.y[-1]) == (1000, 100)
    assert "your review: 100" in [note.text.split("</span> ")[1] for note in done.layout.annotations]
