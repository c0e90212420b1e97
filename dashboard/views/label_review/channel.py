"""The map colored and filtered by the review: labels now, label error scores, review states."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared.channels import Categories, Channel, MapFilter, Scale, class_bytes, class_categories, score_bytes
from dashboard.shared.wording import lower_first, one_of
from dashboard.study.open_study import OpenStudy
from dashboard.views.label_review import wording
from margin_core.figures.palette import STATES, score_colors


def state_codes(opened: OpenStudy) -> NDArray[np.uint8]:
    """Return the review state of each sample as its place in `STATES`."""
    decided = opened.session.states  # 0 open, 1 kept, 2 relabeled, 3 skipped, 4 excluded
    return np.where(decided == 0, opened.session.open_suspects, decided + 1).astype(np.uint8)


def _now(opened: OpenStudy) -> NDArray[np.uint8]:
    return class_bytes(opened.session.labels, len(opened.study.class_names))


def _predicted(opened: OpenStudy) -> NDArray[np.uint8]:
    predicted = opened.live.label_error_score.probabilities(opened.live.labels).argmax()
    return class_bytes(predicted, len(opened.study.class_names))


def _unit_scale(opened: OpenStudy) -> Scale:
    return Scale("0", "1", score_colors())


def _state_legend(opened: OpenStudy) -> Categories:
    return Categories(tuple(name for name, _ in STATES), tuple(color for _, color in STATES))


CHANNELS = (
    Channel("now", "label after review", _now, class_categories),
    Channel("predicted", "predicted class", _predicted, class_categories),
    Channel("label_error_score", "label error score", lambda opened: score_bytes(opened.session.scores), _unit_scale),
    Channel("influence", "influence", lambda opened: score_bytes(opened.explanation.influence.scores), _unit_scale),
    Channel("state", "review state", state_codes, _state_legend),
)
FILTERS = (
    MapFilter(
        "states",
        lambda opened, key: tuple(
            st.multiselect(wording.REVIEW_STATE, range(len(STATES)), format_func=lambda i: STATES[i][0], key=key)
        ),
        lambda opened, states: np.isin(state_codes(opened), states),
        lambda opened, states: one_of(wording.REVIEW_STATE, [STATES[one][0] for one in states]),
    ),
    MapFilter(
        "score",
        lambda opened, key: st.slider(wording.SCORE_AT_LEAST, 0.0, 1.0, 0.0, 0.05, key=key),
        lambda opened, lowest: opened.session.scores >= lowest,
        lambda opened, lowest: f"{lower_first(wording.SCORE_AT_LEAST)} {lowest:g}",
    ),
)
