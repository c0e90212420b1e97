"""Texts beside columns: which of the two the samples are."""

import numpy as np
import pandas as pd
import pytest

from margin_core.study import open_source
from margin_core.study.notes import texts_of
from margin_core.study.readers.text_or_columns import TextsAndColumns

N = 240
RANDOM = np.random.default_rng(0)
LABELS = np.arange(N) % 3
SORTS = ["a villa with a pool, terraces", "one flat among many floors", "the farm beside its fields"]
ADDRESSES = ["stands by the river bank", "stands in the old quarter", "stands near the main road"]


def numbers(count, tells=1.0):
    """Return columns of numbers, of which a share of the rows tells the class."""
    tell = np.where(RANDOM.random(N) < tells, LABELS, RANDOM.integers(0, 3, N))
    return {f"x{place}": tell * 4.0 + RANDOM.normal(size=N) for place in range(count)}


def texts(tells):
    """Return texts, of which a share of the rows tells the class."""
    tell = np.where(RANDOM.random(N) < tells, LABELS, RANDOM.integers(0, 3, N))
    return [f"House {row} {ADDRESSES[row % 7 % 3]}, {SORTS[tell[row]]} {row % 5}" for row in range(N)]


@pytest.mark.parametrize(
    ("columns", "share", "are_texts"),
    [
        (numbers(3), 0.0, False),
        (numbers(1), 0.0, False),
        (numbers(3), 0.9, True),
        (numbers(1, 0.0), 0.0, True),
        (numbers(1, 0.6), 0.9, True),
    ],
    ids=["remarks", "remarks beside one number", "both tell", "neither tells", "texts tell more"],
)
def test_the_samples_are_what_tells_the_label(tmp_path, columns, share, are_texts):
    path = tmp_path / "table.csv"
    pd.DataFrame({"note": texts(share), **columns, "label": LABELS}).to_csv(path, index=False)
    opened = open_source(path)
    [why] = [text for text in texts_of(opened.notes) if text.startswith("The samples are ")]
    names = ", ".join(columns)
    if are_texts:
        assert opened.study.inputs[0].startswith("House 0 ")
        assert f"texts of column 'note', and {len(columns)} column" in why and f"({names})" in why
        assert "If the samples are rows, choose --feature note:ignore." in why
    else:
        assert opened.study.inputs.names == tuple(columns)
        assert why.startswith("The samples are rows and not the texts of column 'note'")
        assert why.endswith("choose --feature note:text.")
    turned = open_source(path, kinds={"note": "ignore" if are_texts else "text"})
    assert hasattr(turned.study.inputs, "names") == are_texts
    assert not [text for text in texts_of(turned.notes) if text.startswith("The samples are ")]


def test_without_labels_long_texts_are_the_samples(tmp_path):
    path = tmp_path / "table.csv"
    pd.DataFrame({"note": texts(0.0), **numbers(2), "label": [""] * N}).to_csv(path, index=False)
    assert open_source(path).study.inputs[0].startswith("House 0 ")


@pytest.mark.parametrize(
    ("texts", "columns", "are_texts"),
    [(0.75, 0.9, True), (0.5, 0.9, False), (0.71, 0.9, True), (0.69, 0.9, False), (0.4, 0.45, True), (0.0, 0.5, True)],
)
def test_half_of_the_skill_of_the_columns_is_enough(texts, columns, are_texts):
    assert TextsAndColumns(texts, columns, 0.5).are_texts == are_texts
