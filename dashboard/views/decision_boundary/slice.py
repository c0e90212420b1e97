"""A slice through the model's decision surface: the plane of three samples, and what is drawn on it."""

from __future__ import annotations

import base64
import html
import io
import textwrap
from collections.abc import Sequence

import numpy as np
from PIL import Image
from scipy.spatial.distance import cdist

from dashboard.shared import state
from dashboard.study.open_study import OpenStudy
from dashboard.views.decision_boundary.data import Boundary, Pair
from margin_core.figures.boundary_slice import Pin
from margin_core.storage.engine import Run
from margin_core.tasks.decision_boundary.slice import Slice, compute_slice
from margin_core.values import UNLABELED, Need, Study, usable_rows

Corners = tuple[int, int, int]
"""The samples that a slice goes through, by row: left, right, top."""

MAX_CANDIDATES = 200
"""Of the surer half of a class, at most so many, the one nearest to the uncertain sample stands for it in the slice."""

SMALLEST_PICTURE = 64
"""Pixels. Smaller pictures are enlarged pixel by pixel before they are pinned to a slice."""

LINE = 60
"""Characters of a line of what is read at a pin."""

MAX_SLICES = 32

SLICED = state.Remembered[tuple[Pair, Corners] | None]("sliced", None)
"""The three samples that a slice is laid through, with their pair of classes; None: nobody chose."""


def slice_of(opened: OpenStudy, rows: Sequence[int], of: str) -> Slice:
    """Return the plane through three samples; what a linear model predicts there is computed at once.

    Parameters
    ----------
    rows : sequence of three int
    of : str
        What is mixed, as of `margin_core.tasks.decision_boundary.slice.compute_slice`.

    Raises
    ------
    NotComputed
        The study's model has not been asked yet.
    MarginError
        No plane goes through these three; the message says why.
    """
    run = Run(opened.audited.opened.engine) if of == "inputs" else Run()
    return opened.memory.recall(
        "slice", (tuple(rows), of), lambda: compute_slice(opened.study, rows, of, run), capacity=MAX_SLICES
    )


def default_corners(study: Study, boundary: Boundary, pair: Pair) -> Corners | None:
    """Select three samples for a slice: a sure one of either class, near to the most confusing one, which is the third.

    None where the model predicts one of the two classes for no usable sample, or nothing lies between them.
    """
    usable = usable_rows(study.embedding) if study.has(Need.EMBEDDING) else np.ones(len(study), dtype=bool)
    between = boundary.between(pair)
    between = between[usable[between]]
    if not len(between):
        return None
    uncertain = int(between[0])
    ends = []
    for label, sign in zip(pair, (1, -1), strict=True):
        eligible = usable & (boundary.predicted == label) & ~boundary.wrong
        eligible[uncertain] = False
        rows = np.flatnonzero(eligible)
        if not len(rows):
            return None
        lead = sign * boundary.lead(pair, rows)
        surest = rows[np.argsort(-lead, kind="stable")[: min((len(rows) + 1) // 2, MAX_CANDIDATES)]]
        apart = cdist(study.embedding[[uncertain]], study.embedding[surest])[0]
        ends.append(int(surest[apart.argmin()]))
    return ends[0], ends[1], uncertain


def with_corner(corners: Corners, number: int, row: int) -> Corners:
    """Return the corners with another sample in one of the three places."""
    first, second, third = (row if place == number else one for place, one in enumerate(corners))
    return first, second, third


def pins_of(opened: OpenStudy, found: Slice) -> list[Pin]:
    """Return what is pinned to the three samples of a slice."""
    study = opened.study
    pins = []
    for row, probabilities in zip(found.rows.tolist(), found.sample_probabilities, strict=True):
        label = int(study.labels[row]) if study.has(Need.LABELS) else UNLABELED
        given = "no label" if label == UNLABELED else f"labeled {study.class_names[label]}"
        words = f"{given}, predicted {study.class_names[int(probabilities.argmax())]} ({probabilities.max():.2f})"
        picture = _inline(opened, row) if opened.pictures.kind == "picture" else None
        # On the chart marks of HTML have a meaning.
        lines = [part for line in opened.pictures.excerpt(row).splitlines() for part in textwrap.wrap(line, LINE)]
        words = "<br>".join([words, *map(html.escape, lines)])
        pins.append(Pin(str(study.ids[row]), words, picture))
    return pins


def _inline(opened: OpenStudy, row: int) -> str:
    """Return a sample's thumbnail as an address that holds it; Plotly would blur a small one."""
    content, kind = opened.pictures.picture(row, "thumb")
    image = Image.open(io.BytesIO(content))
    if max(image.size) < SMALLEST_PICTURE:
        times = -(-SMALLEST_PICTURE // max(image.size))
        stream = io.BytesIO()
        image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST).save(stream, "PNG")
        content, kind = stream.getvalue(), "image/png"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
