"""The only file that asks Streamlit to remember; keyed by fingerprints, never by arrays.

Streamlit hashes a large array by a sample of it and would return the answer for other labels.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import plotly.graph_objects as go
import streamlit as st
from streamlit.elements.lib.streamlit_plotly_theme import configure_streamlit_plotly_theme

from dashboard.study.open_study import OpenStudy
from dashboard.views.decision_boundary.data import Corners, Pair, pins_of
from dashboard.views.decision_boundary.figure import slice_picture
from dashboard.views.label_error_estimate.data import Judged, Standing
from dashboard.views.label_error_estimate.data import standing as summed_up
from dashboard.views.label_error_estimate.figure import finds, reliability_diagram, self_test_curve
from dashboard.views.overview.figure import class_bars, confusion_matrix
from dashboard.views.saliency.book import class_names
from dashboard.views.saliency.figure import curves as curves_chart
from dashboard.views.saliency.side_by_side import Agreement, agreements, curves
from dashboard.views.saliency.wish import Wish
from margin_core.protocol import explain
from margin_core.review import estimates as trust
from margin_core.review.estimates import PlantedErrorTest
from margin_core.review.impact import CorrectionImpact, Corrections
from margin_core.review.impact.stored import load_impact
from margin_core.storage.engine import LocalEngine, Run
from margin_core.study.ground_truth import true_labels
from margin_core.tasks.decision_boundary.slice import Slice
from margin_core.tasks.label_flips.rankings import RANKINGS
from margin_core.values import Ints

configure_streamlit_plotly_theme()  # Charts are made by it, and `margin open` keeps Streamlit from doing so earlier.

COMPARED = 4
"""Published rankings beside a review; the page "How good is it?" has them all."""


@st.cache_resource(max_entries=8, show_spinner="Ranking with each method")
def rankings(study_key: str, _opened: OpenStudy) -> dict[str, Ints]:
    """Rank the labels as given by each method; rows, most suspect first, by the method's name."""
    study, workspace = _opened.study, _opened.audited.opened.workspace
    # Only the default ranking was prepared; the page waits for the others.
    engine = LocalEngine() if workspace is None else replace(workspace, may_compute=True)
    return {name: explain(task, study, engine=engine).rows for name, task in RANKINGS.items()}


@st.cache_resource(max_entries=8, show_spinner=False)
def standing(study_key: str, version: int, _opened: OpenStudy) -> Standing:
    """Sum up the reviews so far."""
    return summed_up(_opened)


@st.cache_resource(max_entries=8, show_spinner=False)
def finds_chart(study_key: str, version: int, with_truth: bool, _opened: OpenStudy) -> go.Figure:
    """Draw what reviews found; with the truth, beside what the other methods' orders would have."""
    now = standing(study_key, version, _opened)
    if not with_truth:
        return finds(now.found, now.ahead, now.count, now.labelled)
    wrong = truth(study_key, _opened) != _opened.study.labels
    ranked = dict(islice(rankings(study_key, _opened).items(), 1, 1 + COMPARED))
    return finds(now.found, now.ahead, now.count, now.labelled, wrong=wrong, ranked=ranked)


@st.cache_resource(max_entries=8, show_spinner=False)
def judged_chart(study_key: str, version: int, _judged: Judged) -> go.Figure:
    """Draw how chances kept their word in the reviews so far."""
    return reliability_diagram(_judged.diagram)


@st.cache_resource(max_entries=8, show_spinner=False)
def self_test_charts(study_key: str, _tested: PlantedErrorTest) -> tuple[go.Figure, go.Figure]:
    """Draw how chances and queue do on planted mistakes."""
    return reliability_diagram(_tested.reliability), self_test_curve(_tested)


@st.cache_resource(max_entries=8, show_spinner="Reading the self-test")
def planted_error_test(study_key: str, _opened: OpenStudy) -> PlantedErrorTest:
    """Read what became of planted mistakes.

    Raises
    ------
    NotComputed
        None were planted yet.
    """
    audited = _opened.audited
    return trust.planted_error_test(_opened.study, audited.task, run=Run(audited.opened.engine))


@st.cache_resource(max_entries=8, show_spinner="Reading what your decisions bought")
def correction_impact(
    study_key: str, corrections_key: str, _opened: OpenStudy, _corrections: Corrections
) -> CorrectionImpact:
    """Read what corrections bought.

    Raises
    ------
    NotComputed
        It was not measured yet.
    MissingPart
        It cannot be measured on this study.
    """
    return load_impact(_opened.audited, _corrections)


@st.cache_resource(max_entries=8, show_spinner=False)
def overview_charts(study_key: str, _opened: OpenStudy) -> tuple[go.Figure, go.Figure]:
    """Draw the classes and the confusions of a study before review: Plotly takes longer over it than a whole rerun."""
    found = _opened.audited.overview
    return class_bars(found.classes), confusion_matrix(found.confusions, _opened.study.class_names)


@st.cache_resource(max_entries=16, show_spinner=False)
def slice_chart(study_key: str, pair: Pair, rows: Corners, of: str, _opened: OpenStudy, _found: Slice) -> go.Figure:
    """Draw a slice through three samples, with their pictures."""
    return slice_picture(_found, pair, _opened.study.class_names, pins_of(_opened, _found))


@st.cache_resource(max_entries=32, show_spinner=False)
def saliency_curves(
    study_key: str, wish: Wish, measured: tuple[str, ...], places: str, _opened: OpenStudy
) -> go.Figure:
    """Draw the curves of the maps of a sample that are measured."""
    said = _opened.maps.said(wish.row)
    assert said is not None  # or nothing is measured
    names = class_names(_opened.study, len(said))
    return curves_chart(curves(_opened, wish), names[wish.class_of(said)], places)


@st.cache_data(max_entries=64, show_spinner=False)
def map_agreement(study_key: str, wish: Wish, measured: tuple[str, ...], _opened: OpenStudy) -> list[Agreement]:
    """Compare the maps of a sample that are measured."""
    return agreements(_opened, wish)


@st.cache_resource(max_entries=8)
def truth(study_key: str, _opened: OpenStudy) -> Ints:
    """Read the true labels (n,) of a study that has them beside it.

    Raises
    ------
    SourceError
        The file does not hold one label a sample.
    """
    return true_labels(_opened.audited.opened)
