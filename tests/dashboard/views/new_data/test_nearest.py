"""The nearest sample of the reference: its picture, its text or values, or its name alone."""

import io

import numpy as np
import pytest
from payloads import differences
from PIL import Image
from reviewing import refused

from dashboard.shared.sample_panel.component import NearestSample
from dashboard.views.new_data import wording
from dashboard.views.new_data.data import TASK
from dashboard.views.new_data.nearest import nearest_in_reference

NEW, OLD = 95, 160
PICTURES = np.random.default_rng(3).integers(0, 256, (OLD, 6, 6), dtype=np.uint8)


def nearest_row(opened, row):
    """Return the row of the reference that lies nearest, computed plainly."""
    apart = np.asarray(opened.study.reference.embedding) - np.asarray(opened.study.embedding[row])
    return int((apart.astype(np.float64) ** 2).sum(axis=1).argmin())


@pytest.fixture
def pictured(compared):
    return compared(inputs=PICTURES[:NEW], reference={"inputs": PICTURES})


@pytest.fixture
def get(client):
    return lambda opened, path: client.get(f"/margin/{opened.key}/{path}")


def test_a_picture_is_that_of_the_reference_and_not_of_the_study(pictured, get):
    for row in (0, 60, 94):
        other = nearest_row(pictured, row)
        sample = nearest_in_reference(pictured, pictured.answer(TASK), row)
        assert differences(sample, NearestSample) == []
        assert (sample["title"], sample["id"]) == (wording.NEAREST, pictured.study.reference.ids[other])
        assert sample["label"] == ("cat" if other < 80 else "dog") and sample["excerpt"] == ""
        answer = get(pictured, sample["picture"])
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(answer.content))), PICTURES[other])


@pytest.mark.parametrize("row", [str(OLD), "-1", "seven", "..%2f..%2fetc%2fpasswd", "9" * 5000])
def test_what_is_no_row_of_the_reference_has_no_picture(pictured, get, row):
    assert get(pictured, f"reference/picture/{row}").status_code == 404


def test_without_a_reference_there_is_no_picture(asked, get):
    assert refused(get(asked, "reference/picture/0"), 404) == "There is no such picture."


def test_a_row_is_shown_by_its_values(compared, get):
    values = np.arange(OLD * 2, dtype=float).reshape(OLD, 2)
    opened = compared(inputs=values[:NEW], reference={"inputs": values})
    sample = nearest_in_reference(opened, opened.answer(TASK), 3)
    other = nearest_row(opened, 3)
    assert sample["picture"] == "" and str(int(values[other, 0])) in sample["excerpt"]
    assert refused(get(opened, "reference/picture/0"), 404) == "There is no such picture."


def test_without_content_the_name_is_enough(compared):
    opened = compared(inputs=PICTURES[:NEW])
    sample = nearest_in_reference(opened, opened.answer(TASK), 3)
    assert sample["id"] == opened.study.reference.ids[nearest_row(opened, 3)]
    assert (sample["picture"], sample["excerpt"]) == ("", "")


def test_without_a_picked_sample_or_features_there_is_none(compared):
    points = np.random.default_rng(0).normal(size=(NEW, 4)).astype(np.float32)
    points[7] = np.nan
    opened = compared(embedding=points)
    found = opened.answer(TASK)
    assert nearest_in_reference(opened, found, None) is None
    assert nearest_in_reference(opened, found, 7) is None
    assert nearest_in_reference(opened, found, 8) is not None
