"""Dates in the ways in which people write them."""

import numpy as np
import pyarrow as pa
import pytest

from margin_core.study.readers.written_dates import find_ambiguous_date, find_date_format, read_days

FIFTH, SIXTH = np.datetime64("2021-01-05").astype(int), np.datetime64("2021-01-06").astype(int)


@pytest.mark.parametrize(
    "texts",
    [
        ("2021-01-05", "2021-01-06"),
        ("20210105", "20210106"),
        ("2021年1月5日", "2021年1月6日"),
        ("5.1.2021", "06.01.2021"),
        ("Jan 5 2021", "Jan  6 2021"),
        ("January 5, 2021", "January 6, 2021"),
        ("5 January 2021", "6 January 2021"),
        ("05-Jan-21", "06-Jan-21"),
        ("Tue, 05 Jan 2021", "Wed, 06 Jan 2021"),
        ("05/01/21", "06/01/21"),
        ("2021-01-05T00:00:00Z", "2021-01-06T00:00:00Z"),
        ("2021-01-05T00:00:00.000+00:00", "2021-01-06T02:00:00.000+02:00"),
        ("2021-01-05 00:00:00.5", "2021-01-06 00:00:00.5"),
        ("01/05/2021 12:00 AM", "01/06/2021 12:00 AM"),
    ],
)
def test_a_date_is_its_day(texts):
    texts = pa.array(texts)
    form = find_date_format(texts)
    if texts[0].as_py().startswith("01/05/2021"):  # Both of them could be months.
        assert find_ambiguous_date(texts, form) == "01/05/2021 12:00 AM"
        form = form.replace("%d/%m", "%m/%d")
    np.testing.assert_array_equal(np.floor(read_days(texts, form)), [FIFTH, SIXTH])


@pytest.mark.parametrize(
    "texts", [("May", "June"), ("2021-02-30T00:00:00.0Z",), ("12 kg",), ("5", "6"), ("2021-01-05", "soon"), ("10:30",)]
)
def test_what_is_no_date(texts):
    assert find_date_format(pa.array(texts)) is None


@pytest.mark.parametrize(
    ("texts", "doubtful"),
    [
        (("03/04/2021", "05/06/2021"), "03/04/2021"),
        (("03/03/2021", "05/06/2021"), "05/06/2021"),
        (("03/03/2021", "05/05/2021"), ""),
        (("13/04/2021", "05/06/2021"), ""),
        (("03/14/2021", "05/06/2021"), ""),
        (("03.04.2021", "05.06.2021"), ""),
        (("03-04-21 10:00", "05-06-21 10:00"), "03-04-21 10:00"),
    ],
)
def test_a_date_of_two_readings_is_named(texts, doubtful):
    texts = pa.array(texts)
    assert find_ambiguous_date(texts, find_date_format(texts)) == doubtful
