"""The page of `plotly_peer`: the map as Streamlit and Plotly draw it."""

import os

import numpy as np
import plotly.graph_objects as go
import streamlit as st

kept = np.load(os.environ["MARGIN_BENCHMARK_POINTS"], allow_pickle=False)
figure = go.Figure(
    go.Scattergl(
        x=kept["points"][:, 0], y=kept["points"][:, 1], mode="markers", marker={"color": kept["labels"], "size": 3}
    )
)
figure.update_layout(dragmode="lasso", height=560, margin={"l": 0, "r": 0, "t": 0, "b": 0})
event = st.plotly_chart(figure, on_select="rerun", key="map")
st.text(f"{len(event.selection.points)} points selected")
