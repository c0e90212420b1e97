import dataclasses
import math

import numpy as np
import pytest
from scipy import sparse

from margin_core.graph import Knn
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks import LabelFlips


@dataclasses.dataclass
class Point:
    x: int


@dataclasses.dataclass
class Other:
    x: int


DIFFERENT = [
    None,
    (),
    True,
    1,
    1.0,
    "1",
    b"1",
    (1,),
    ("ab", "c"),
    ("a", "bc"),
    ("abc",),
    (("a", "b"), "c"),
    ("a", ("b", "c")),
    {"a": 1},
    {"a": 2},
    ("a", 1),
    0.0,
    -0.0,
    0.1,
    math.nextafter(0.1, 1),
    math.nan,
    math.inf,
    np.array([1, 2], np.int32),
    np.array([1, 2], np.int64),
    np.array([[1, 2]]),
    np.array([[1], [2]]),
    np.array([1.0, 2.0]),
    np.array(["1", "2"]),
    np.empty((0, 2)),
    np.empty((2, 0)),
    sparse.csr_array(np.eye(2)),
    sparse.csr_array(np.eye(2)[::-1]),
    sparse.csr_array((2, 3)),
    Point(1),
    Point(2),
    Other(1),
    Knn(),
    Knn(k=21),
    LabelFlips(),
    LabelFlips(graph=Knn(k=21)),
]


def test_different_contents_have_different_fingerprints():
    prints = [fingerprint(value) for value in DIFFERENT]
    assert len(set(prints)) == len(DIFFERENT)
    assert all(len(text) == 32 and set(text) <= set("0123456789abcdef") for text in prints)


def test_parts_do_not_run_into_each_other():
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint("a:1") != fingerprint("a", 1)


@pytest.mark.parametrize("value", DIFFERENT, ids=lambda value: type(value).__name__)
def test_the_same_content_has_the_same_fingerprint(value):
    copied = value.copy() if isinstance(value, np.ndarray) else value
    assert fingerprint(value) == fingerprint(copied)


def test_only_content_counts():
    array = np.arange(6.0).reshape(2, 3)
    assert fingerprint(array) == fingerprint(np.asfortranarray(array))
    assert fingerprint(array) == fingerprint(np.repeat(array, 2, axis=1)[:, ::2])
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint([1, 2]) == fingerprint((1, 2))
    assert fingerprint(np.float64(0.5)) == fingerprint(0.5)


def test_it_is_the_same_on_every_day_and_machine():
    assert fingerprint("margin", 1, np.arange(3, dtype="<i8")) == "d61713b59a6a1ab2e59a7939a5842b90"


@pytest.mark.parametrize("value", [object(), {1, 2}, fingerprint, Point, 1j])
def test_an_unknown_type_is_refused(value):
    with pytest.raises(TypeError) as caught:
        fingerprint(value)
    assert str(caught.value) == f"fingerprint() cannot hash a {type(value).__name__}; pass its plain content instead."


def test_an_object_array_is_refused():
    with pytest.raises(TypeError) as caught:
        fingerprint(np.array([None]))
    assert str(caught.value) == (
        "fingerprint() cannot hash an object array; convert it to numbers or fixed-width text."
    )
