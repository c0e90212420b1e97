"""margin slice."""

import pytest


def test_a_slice_says_how_much_of_it_is_whose_and_refuses_rows_that_are_not_there(run_margin, source):
    code, printed, _ = run_margin("slice", source, "--rows", "0", "40", "80")
    shares = dict(reversed(line.split("%  ")) for line in printed.splitlines())
    assert code == 0
    assert set(shares) == {"cat", "dog", "=owl"}
    assert sum(map(float, shares.values())) == pytest.approx(100, abs=0.3)
    code, _, err = run_margin("slice", source, "--rows", "0", "40", "90")
    assert (code, err) == (2, "margin: --rows takes three rows from 0 to 89; got 0, 40, 90.\n")
