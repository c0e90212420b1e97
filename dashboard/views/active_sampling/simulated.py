"""How accurate each strategy would have made a classifier, where labels are known."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard.shared import cached, layout
from dashboard.shared.background import BackgroundJob
from dashboard.study.open_study import OpenStudy
from dashboard.views.active_sampling import wording
from margin_core.audit.study_graph import on_study_graph
from margin_core.errors import MarginError, NotComputed
from margin_core.figures.label_curve import strategy_curves
from margin_core.storage.engine import Run
from margin_core.tasks import ActiveSampling
from margin_core.tasks.active_sampling.simulation import AccuracyCurves, simulate_curves
from margin_core.values import UNLABELED

MIN_LABELS = 60
"""With fewer, hiding a part of them again says nothing."""


def can_simulate(opened: OpenStudy) -> bool:
    """Return whether so many labels are known that hiding them again says something."""
    labels = opened.study.maybe_labels
    return labels is not None and int(np.count_nonzero(labels != UNLABELED)) >= MIN_LABELS


def curves_of(opened: OpenStudy) -> AccuracyCurves | None:
    """Load the curves of every strategy; None until they are in the workspace."""
    task = on_study_graph(ActiveSampling(), opened.study)
    run = Run(opened.audited.opened.engine)
    try:
        return opened.memory.recall("label_curves", "", lambda: simulate_curves(opened.study, task=task, run=run))
    except NotComputed:
        return None


def show_simulation(opened: OpenStudy) -> None:
    """Show the curves, or the button that has them computed, with how far that is."""
    st.markdown(f"## {wording.SIMULATE}", help=wording.SIMULATE_HELP)
    job = BackgroundJob("simulate")
    if job.is_running:
        job.follow()
        return
    job.show_failure()
    try:
        curves = _known_curves(opened, is_done=job.status is not None and job.status.state == "done")
    except MarginError as error:
        st.info(layout.for_browser(str(error)))
        return
    if curves is None:
        if st.button(wording.RUN_SIMULATION, help=wording.SIMULATION_COST):
            job.start()
        return
    chart = cached.figure("strategy_curves", opened.key, lambda: _chart(curves))
    st.plotly_chart(chart, key="strategy_curves", config={"displayModeBar": False})
    st.caption(wording.simulated(curves.accuracy.shape[1], curves.classifier))


def _known_curves(opened: OpenStudy, *, is_done: bool) -> AccuracyCurves | None:
    """Return the curves where they are known, looking into the workspace once and after the job."""
    if not is_done and opened.memory.get("label_curves_sought", ""):
        return opened.memory.get("label_curves", "")
    opened.memory.keep("label_curves_sought", "", True)
    return curves_of(opened)


def _chart(curves: AccuracyCurves) -> go.Figure:
    names = [(wording.STRATEGIES | wording.SIMULATED).get(name, name) for name in curves.strategies]
    return strategy_curves(names, curves.sizes, curves.mean, curves.spread)
