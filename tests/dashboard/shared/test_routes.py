"""Pictures, cards, evidence and selections by plain HTTP."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from reviewing import refused

from dashboard.server.http import MAX_ROWS
from dashboard.study.error_probabilities import error_curve
from dashboard.study.evidence import label_evidence
from dashboard.study.selections import keep_selection

SAMPLES = 90


@pytest.mark.slow
@pytest.mark.parametrize("size", [None, "thumb", "full"])
def test_a_picture(get, asked, size):
    answer = get("picture/7", **({} if size is None else {"size": size}))
    pixels = np.asarray(Image.open(io.BytesIO(answer.content)))
    np.testing.assert_array_equal(pixels, asked.study.inputs[7])
    assert answer.headers["content-type"] == "image/png" and "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("row", "size"), [("90", "full"), ("9" * 20, "full"), ("7", "huge"), ("7", ""), ("7", "../full")]
)
def test_a_picture_that_is_not_there(get, row, size):
    assert refused(get(f"picture/{row}", size=size), 404) == "There is no such picture."


@pytest.mark.parametrize(
    "path",
    [
        "picture/-1",
        "picture/seven",
        "picture/..%2f..%2fetc%2fpasswd",
        "picture/",
        "../../etc/passwd",
        "picture/" + "9" * 5000,
    ],
)
def test_a_picture_has_a_number(get, path):
    assert get(path).status_code == 404


def test_cards_come_in_the_order_asked(get):
    assert [card["row"] for card in get("cards", rows="5,2,9").json()["cards"]] == [5, 2, 9]
    assert get("cards").json() == {"cards": []}


def test_cards_hold_what_the_screen_reads(get):
    (card,) = get("cards", rows="5").json()["cards"]
    assert set(card) >= {
        "row", "id", "rank", "given", "suggested", "score", "agree", "voting", "agreement", "probabilities",
        "probabilitiesSource", "neighbors", "x", "y", "kind", "decision", "note",
    }  # fmt: skip
    assert set(card["probabilities"][0]) == {"label", "p"}
    assert set(card["neighbors"][0]) == {"row", "id", "excerpt", "label"}


@pytest.mark.parametrize("rows", ["x", "1,x", "-1", "1.5", "1;2", "²", "9" * 5000, ",".join(["1"] * (MAX_ROWS + 1))])
def test_rows_that_cannot_be_read(get, rows):
    message = refused(get("cards", rows=rows), 400)
    assert message == f"rows must be at most {MAX_ROWS} whole numbers, separated by commas."


def test_a_row_out_of_range(get):
    assert refused(get("cards", rows="3,90"), 404) == "There is no such row."


def test_a_selection_comes_in_pages_by_rank(get, asked):
    key = keep_selection(asked, np.arange(SAMPLES), "all")
    first, second = (get(f"selection/{key}", offset=offset, limit=60).json() for offset in (0, 60))
    assert first["total"] == second["total"] == SAMPLES
    rows = [card["row"] for card in first["cards"] + second["cards"]]
    assert sorted(rows) == list(range(SAMPLES))
    scores = asked.session.scores[rows]
    assert (np.diff(scores) <= 0).all()
    assert set(first["cards"][0]) == {"row", "id", "excerpt", "given", "suggested", "score", "rank", "decision"}
    assert get(f"selection/{key}", offset=500).json()["cards"] == []


def test_a_selection_that_is_no_longer_kept(get):
    assert refused(get("selection/other"), 404) == "This selection is no longer kept. Select again."


def test_why_one_sample_is_suspect(get, asked, planted):
    row = int(planted.flipped[0])
    answer = get(f"evidence/{row}")
    assert answer.json() == json.loads(json.dumps(label_evidence(asked, row)))
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("row", ["90", "-1", "seven", "9" * 20])
def test_nobody_explains_a_row_that_is_not_there(get, row):
    assert refused(get(f"evidence/{row}"), 404) == "There is no such row."


def test_probabilities_are_four_columns(get, asked):
    payload, curve = get("error_probability").json(), error_curve(asked)
    assert payload["version"] == asked.version
    for name, part in {"scoreLogit": "score_logit", "mean": "mean", "low": "low", "high": "high"}.items():
        np.testing.assert_allclose(payload[name], getattr(curve, part), atol=1e-4)
