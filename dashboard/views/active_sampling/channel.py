"""The map colored by what is labeled, and what is to be labeled next."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared.channels import Categories, Channel, MapFilter
from dashboard.shared.wording import lower_first, one_of
from dashboard.study.open_study import OpenStudy
from dashboard.views.active_sampling import wording
from dashboard.views.active_sampling.batches import batch_on_screen
from margin_core.figures.palette import OTHER, ROLES
from margin_core.values import UNLABELED

NAMES = (wording.IN_BATCH, wording.LABELED, wording.OTHERS)


def label_codes(opened: OpenStudy) -> NDArray[np.uint8]:
    """Return the place of each sample in `NAMES`."""
    codes = np.where(opened.session.given == UNLABELED, 2, 1).astype(np.uint8)
    batch = batch_on_screen(opened)
    codes[batch[codes[batch] == 2]] = 0
    return codes


def has_something_to_label(opened: OpenStudy) -> bool:
    """Return whether samples came without a label, be it that they have been given one."""
    return opened.audited.opened.read is not None or len(opened.audited.overview.groups["unlabelled"]) > 0


def _legend(opened: OpenStudy) -> Categories:
    (_, labeled), (_, batch) = ROLES
    return Categories(NAMES, (batch, labeled, OTHER))


CHANNELS = (Channel("label_next", wording.MAP_COLOR, label_codes, _legend, is_available=has_something_to_label),)
FILTERS = (
    MapFilter(
        "label_next",
        lambda opened, key: tuple(
            st.multiselect(wording.TITLE, range(len(NAMES)), format_func=lambda place: NAMES[place], key=key)
        ),
        lambda opened, places: np.isin(label_codes(opened), places),
        lambda opened, places: one_of(lower_first(wording.TITLE), [NAMES[place] for place in places]),
        is_available=has_something_to_label,
    ),
)
