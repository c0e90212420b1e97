"""The map colored and filtered by what a study was opened with: given labels and splits."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared.channels import (
    MAX_LEGEND,
    Categories,
    Channel,
    MapFilter,
    class_bytes,
    class_categories,
    legend_of,
)
from dashboard.shared.wording import one_of
from dashboard.study.open_study import OpenStudy
from dashboard.views.map import wording
from margin_core.figures.palette import class_colors


def _given(opened: OpenStudy) -> NDArray[np.uint8]:
    return class_bytes(opened.session.given, len(opened.study.class_names))


def _has_splits(opened: OpenStudy) -> bool:
    return "split" in opened.study.columns


def _split_column(opened: OpenStudy) -> NDArray[np.str_]:
    return opened.study.columns["split"].astype(str)


def _splits(opened: OpenStudy) -> tuple[str, ...]:
    return tuple(np.unique(_split_column(opened)).tolist())


def _split_bytes(opened: OpenStudy) -> NDArray[np.uint8]:
    _, numbers = np.unique(_split_column(opened), return_inverse=True)
    return class_bytes(numbers.astype(np.int64), len(_splits(opened)))


def _split_legend(opened: OpenStudy) -> Categories:
    splits = _splits(opened)
    return Categories(splits, tuple(class_colors(len(splits)))) if len(splits) <= MAX_LEGEND else legend_of(splits)


def _ask_labels(opened: OpenStudy, key: str) -> tuple[int, ...]:
    names = opened.study.class_names
    return tuple(st.multiselect(wording.GIVEN_LABEL, range(len(names)), format_func=names.__getitem__, key=key))


CHANNELS = (
    Channel("given", "given label", _given, class_categories),
    Channel("split", "split", _split_bytes, _split_legend, is_available=_has_splits),
)
FILTERS = (
    MapFilter(
        "labels",
        _ask_labels,
        lambda opened, labels: np.isin(opened.session.given, labels),
        lambda opened, labels: one_of(wording.GIVEN_LABEL, [opened.study.class_names[one] for one in labels]),
    ),
    MapFilter(
        "splits",
        lambda opened, key: tuple(st.multiselect(wording.SPLIT, _splits(opened), key=key)),
        lambda opened, splits: np.isin(_split_column(opened), splits),
        lambda opened, splits: one_of(wording.SPLIT, splits),
        is_available=_has_splits,
    ),
)
