"""The place of a value among those of a class."""

import numpy as np
import pytest

from margin_core.evidence.column_places import ColumnPlaces, order_by_typicality
from margin_core.study import open_source
from margin_core.values import UNLABELED, Study


def study_of(values, labels):
    return Study.build(inputs=np.asarray(values, dtype=np.float32), labels=labels, class_names=["a", "b"])


def test_a_number_has_its_rank_among_the_others_of_a_class():
    values = [[1.0], [2.0], [3.0], [4.0], [2.5], [10.0], [20.0]]
    places = ColumnPlaces.from_study(study_of(values, [0, 0, 0, 0, 0, 1, 1]))
    (placed,) = places.row(4, 0, 1)
    assert placed.is_number and placed.given.share == 0.5 and placed.suggested.share == 0
    (largest,) = places.row(3, 0, 1)
    assert largest.given.share == 1 and largest.given.typicality == pytest.approx(2 / 5)


def test_equal_values_count_by_half():
    places = ColumnPlaces.from_study(study_of([[1.0], [1.0], [1.0], [2.0], [3.0]], [0, 0, 0, 0, 1]))
    assert places.row(0, 0, 1)[0].given.share == pytest.approx((2 / 2) / 3)


def test_a_value_that_the_class_hardly_has_is_unusual_in_it():
    random = np.random.default_rng(0)
    values = np.concatenate([random.normal(0, 1, (200, 1)), random.normal(8, 1, (200, 1))])
    values[0] = 8
    (placed,) = ColumnPlaces.from_study(study_of(values, np.repeat([0, 1], 200))).row(0, 0, 1)
    assert placed.is_unusual and placed.given.typicality == pytest.approx(2 / 200)
    assert not placed.suggested.is_unusual


def test_in_a_small_class_nothing_is_unusual_by_chance():
    values = np.arange(20.0).reshape(20, 1)
    places = ColumnPlaces.from_study(study_of(values, [0] * 10 + [1] * 10))
    assert not any(places.row(row, int(row >= 10), 0)[0].is_unusual for row in range(20))


def test_a_missing_value_has_the_share_of_those_that_lack_it_too():
    values = [[np.nan], [np.nan], [1.0], [2.0], [3.0], [np.nan], [1.0]]
    placed = ColumnPlaces.from_study(study_of(values, [0, 0, 0, 0, 0, 1, 1])).row(0, 0, 1)[0]
    assert not placed.is_number and placed.given.share == 0.25 and placed.suggested.share == 0.5


def test_a_class_without_a_known_value_has_no_place():
    values = [[1.0], [2.0], [3.0], [np.nan], [np.nan]]
    placed = ColumnPlaces.from_study(study_of(values, [0, 0, 0, 1, 1])).row(0, 0, 1)[0]
    assert placed.given is not None and placed.suggested is None


def test_without_a_class_and_alone_in_it_there_is_no_place():
    places = ColumnPlaces.from_study(study_of([[1.0], [2.0], [3.0]], [0, 0, 1]))
    assert places.row(0, UNLABELED, 0)[0].given is None
    assert places.row(2, 1, 0)[0].given is None


@pytest.fixture
def mixed(tmp_path):
    rows = ["label,size,shade,sold"]
    rows += [f"a,{1 + number % 7},{'red' if number % 10 else 'blue'},yes" for number in range(100)]
    rows += [f"b,{20 + number % 7},green,{'no' if number % 2 else 'yes'}" for number in range(99)]
    rows += ["b,23,never,", "a,=1+1,<script>,yes"]
    path = tmp_path / "mixed.csv"
    path.write_text("\n".join(rows))
    return open_source(path).study


def test_a_category_has_its_share_of_the_class(mixed):
    places = ColumnPlaces.from_study(mixed)
    size, shade, sold = places.row(0, 0, 1)
    assert (size.is_number, shade.is_number, sold.is_number) == (True, False, False)
    assert (shade.name, shade.value) == ("shade", "blue")
    assert shade.given.share == pytest.approx(9 / 100) and shade.suggested.share == 0
    assert sold.given.share == 1 and sold.suggested.share == pytest.approx(0.5, abs=0.01)


def test_a_category_that_the_class_has_not_is_unusual(mixed):
    placed = ColumnPlaces.from_study(mixed).row(199, 0, 1)[1]
    assert placed.value == "never" and placed.is_unusual and placed.given.share == 0


def test_what_is_written_stays_as_it_is(mixed):
    placed = ColumnPlaces.from_study(mixed).row(200, 0, 1)
    assert placed[1].value == "<script>"


def test_rows_differ_by_a_deviation_and_by_category(mixed):
    places = ColumnPlaces.from_study(mixed)
    assert places.differs(0, 0).tolist() == [False, False, False]
    assert places.differs(1, 0).tolist() == [False, True, False]
    assert places.differs(0, 101).tolist() == [True, True, True]
    assert places.differs(0, 199).tolist() == [True, True, True]  # the other lacks a value


def test_the_most_unusual_come_first(mixed):
    placed = ColumnPlaces.from_study(mixed).row(199, 0, 1)
    assert order_by_typicality(placed)[0] in (0, 1)
    assert sorted(order_by_typicality(placed)) == [0, 1, 2]


def test_wide_rows_and_empty_columns_are_compared():
    random = np.random.default_rng(0)
    values = random.normal(size=(60, 200)).astype(np.float32)
    values[:, 0], values[:, 1] = np.nan, 1.0
    placed = ColumnPlaces.from_study(study_of(values, np.arange(60) % 2)).row(0, 0, 1)
    assert len(placed) == 200
    assert placed[0].given.share == 1 and not placed[0].is_unusual
    assert placed[1].given.share == 1 and not placed[1].is_number


def test_samples_that_are_no_rows_have_no_columns():
    assert ColumnPlaces.from_study(Study.build(inputs=["a b", "c d"], labels=[0, 1])) is None
    assert ColumnPlaces.from_study(Study.build(embedding=np.eye(2), labels=[0, 1])) is None


def test_telling_columns_are_those_whose_distributions_differ_most():
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], 100)
    values = random.normal(size=(200, 4))
    values[:, 2] += 5 * labels
    values[:, 1] += labels
    values[labels == 1, 3] = np.nan
    places = ColumnPlaces.from_study(study_of(values, labels))
    assert places.telling_columns(0, 1)[:3] == [3, 2, 1]
    assert places.telling_columns(1, UNLABELED) == places.telling_columns(0, UNLABELED) == places.telling_columns(0, 1)


def test_telling_categories_are_weighed_by_the_distance_of_their_shares(mixed):
    places = ColumnPlaces.from_study(mixed)
    size, shade, sold = 0, 1, 2
    assert places.telling_columns(0, 1) == [size, shade, sold]


def test_without_members_columns_stay_in_their_order():
    places = ColumnPlaces.from_study(study_of(np.eye(4), [0, 0, 0, 0]))
    assert places.telling_columns(0, 1) == [0, 1, 2, 3]
