"""Numbers that are written with their unit."""

import numpy as np
import pyarrow as pa
import pytest

from margin_core.study.readers.distinct_texts import DistinctTexts
from margin_core.study.readers.written_units import strip_unit


def of(texts):
    return DistinctTexts.of(pa.chunked_array([pa.array(texts, pa.string())]), 10)


@pytest.mark.parametrize(
    ("texts", "numbers", "unit"),
    [
        (["$1,000.20", "$5", "-$7"], [1000.2, 5, -7], "$"),
        (["US$ 3", "US$ 4.5"], [3, 4.5], "US$"),
        (["5.0%", "12.5 %"], [5, 12.5], "%"),
        (["12 kg", "3kg", "0.5 kg"], [12, 3, 0.5], "kg"),
        (["€ 3", "€ 1.234,50"], [3, 1234.5], "€"),
        (["1 year", "2 years", "3 Years", "4 years"], [1, 2, 3, 4], "years"),
        (["7 km/h", "-9 km/h"], [7, -9], "km/h"),
        (["1,5 m²", "2,25 m²"], [1.5, 2.25], "m²"),
        (["20\u00a0°C", "-3\u00a0°C"], [20, -3], "°C"),
        (["12 kg", None, "n/a", "3 kg"], [12, np.nan, np.nan, 3], "kg"),
    ],
)
def test_the_unit_is_taken_off(texts, numbers, unit):
    measured = strip_unit(of(texts), 3, 0.05)
    assert measured.unit == unit
    np.testing.assert_array_equal(measured.texts.numbers(), numbers)


@pytest.mark.parametrize(
    "texts",
    [
        ["5", "6.5"],
        ["plot 7", "plot 9"],
        ["F-013", "F-014"],
        ["12 kg", "3 lb", "7 kg", "9 lb"],
        ["1st", "2nd", "3rd"],
        ["12 kg", "3", "4", "5"],
        ["10:30", "11:45"],
        ["1.2.3a", "1.2.4a"],
        ["red", "blue"],
        ["n/a", None],
    ],
)
def test_what_has_no_unit_or_several_stays(texts):
    assert strip_unit(of(texts), 3, 0.05) is None


def test_a_few_values_may_be_written_otherwise():
    texts = [f"{row}.5 kg" for row in range(96)]
    assert strip_unit(of([*texts, "7", "heavy", "3 lb", "?"]), 3, 0.05).unit == "kg"
    assert strip_unit(of([*texts, "7", "heavy", "3 lb", "light", "odd"]), 3, 0.1) is None
    assert strip_unit(of([*texts, *map(str, range(6))]), 3, 0.05) is None
