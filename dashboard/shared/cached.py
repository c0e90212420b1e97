"""The only file that asks Streamlit to remember: figures, which it takes longer to draw than to send.

Keyed by names, fingerprints and versions, never by arrays: Streamlit hashes a large array by a sample of it and would
return the figure of other labels. What is computed of a study is kept by its `Memory`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import plotly.graph_objects as go
import streamlit as st
from streamlit.elements.lib.streamlit_plotly_theme import configure_streamlit_plotly_theme

configure_streamlit_plotly_theme()  # Charts are made by it, and `margin open` keeps Streamlit from doing so earlier.

MAX_FIGURES = 64


@st.cache_resource(max_entries=MAX_FIGURES, show_spinner=False)
def figure(name: str, key: Hashable, _draw: Callable[[], go.Figure]) -> go.Figure:
    """Return a figure, drawn unless it is kept.

    Parameters
    ----------
    name : str
        What it shows.
    key : hashable
        Everything it depends on: the key of the study, the version of its decisions ...
    _draw : callable
    """
    return _draw()
