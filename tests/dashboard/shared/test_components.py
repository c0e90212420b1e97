"""Which key stands for which class."""

from __future__ import annotations

import pytest

from dashboard.shared.components import class_entries


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (tuple("0123456789"), list("0123456789")),
        (("cat", "dog", "owl"), ["1", "2", "3"]),
        (("2", "cat", "1"), ["2", "3", "1"]),
        (tuple(f"class {number}" for number in range(12)), [*"1234567890", "", ""]),
    ],
)
def test_a_class_named_by_a_digit_gets_that_key_and_the_others_the_rest(
    names: tuple[str, ...], keys: list[str]
) -> None:
    assert [entry["key"] for entry in class_entries(names, ["#000000"] * len(names))] == keys
