"""The only file that asks Streamlit to remember; keyed by fingerprints, never by arrays.

Streamlit hashes a large array by a sample of it and would return the answer for other labels.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard.figures.overview import class_bars, confusion_matrix
from dashboard.open_study import OpenStudy
from margin_core import trust
from margin_core.archive import read_npz
from margin_core.engine import Run, ThisMachine
from margin_core.errors import SourceError
from margin_core.graph import Knn
from margin_core.prepare import engine_of
from margin_core.protocol import explain
from margin_core.tasks import LabelFlips
from margin_core.trust import SelfTest
from margin_core.types import Ints

RANKINGS: dict[str, LabelFlips] = {
    "this dashboard": LabelFlips(),
    "neighbour disagreement": LabelFlips(method="disagreement"),
    "self-confidence (cleanlab)": LabelFlips(method="self_confidence"),
    "normalised margin (cleanlab)": LabelFlips(method="normalised_margin"),
    "MARGIN as printed": LabelFlips.as_printed(),
    "MARGIN, sign kept": LabelFlips(method="margin_signed", graph=Knn(weights="binary")),
    "loss": LabelFlips(method="loss"),
    "trust-weighted refit": LabelFlips(method="trusted_refit"),
    "self-influence": LabelFlips(method="self_influence"),
    "neighbourhood consensus": LabelFlips(method="neighbourhood_consensus"),
}
"""What the "How good is it?" page compares: the default first, then those that are drawn, then the others."""


@st.cache_resource(max_entries=8, show_spinner="Ranking with each method")
def rankings(study_key: str, _opened: OpenStudy) -> dict[str, Ints]:
    """Rank the labels as given by each method; rows, most suspect first, by the method's name."""
    study, workspace = _opened.study, _opened.audited.opened.workspace
    # Only the default ranking was prepared; the page waits for the others.
    engine = ThisMachine() if workspace is None else replace(workspace, may_compute=True)
    row_of = {sample: row for row, sample in enumerate(study.ids.tolist())}
    ranked = {}
    for name, task in RANKINGS.items():
        found = explain(task, study, engine=engine).findings
        ranked[name] = np.array([row_of[sample] for sample in found.ids.tolist()], dtype=np.int64)
    return ranked


@st.cache_resource(max_entries=8, show_spinner="Reading the self-test")
def self_test(study_key: str, _opened: OpenStudy) -> SelfTest:
    """Read what became of planted mistakes.

    Raises
    ------
    NotRemembered
        None were planted yet.
    """
    audited = _opened.audited
    return trust.self_test(_opened.study, audited.task, run=Run(engine_of(audited.opened)))


@st.cache_resource(max_entries=8, show_spinner=False)
def overview_charts(study_key: str, _opened: OpenStudy) -> tuple[go.Figure, go.Figure]:
    """Draw the classes and the confusions of a study before review: Plotly takes longer over it than a whole rerun."""
    found = _opened.audited.overview
    return class_bars(found.classes), confusion_matrix(found.confusions, _opened.study.class_names)


@st.cache_resource(max_entries=8)
def truth(study_key: str, _opened: OpenStudy) -> Ints:
    """Read the true labels (n,) of a study that has them beside it.

    Raises
    ------
    SourceError
        The file does not hold one label a sample.
    """
    path = _opened.audited.opened.truth
    if path is None:
        raise SourceError("This study has no file of true labels. Name one as truth in its study.toml.")
    found = read_npz(path)
    if "labels" not in found or len(found["labels"]) != len(_opened.study):
        raise SourceError(f"'{path}' must hold an array labels with {len(_opened.study):,} entries, one a sample.")
    return found["labels"].astype(np.int64)
