"""The map colored by a column of the data: the features of a table, and whatever else stands beside the samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dashboard.shared import wording
from dashboard.shared.channels import NO_VALUE, Categories, Channel, Scale, score_bytes
from dashboard.study.open_study import OpenStudy
from margin_core.figures.palette import CLASS_COLORS, OTHER, score_colors
from margin_core.protocol import filter_function
from margin_core.storage.engine import Run
from margin_core.tasks import ContextualOutliers
from margin_core.tasks.contextual_outliers.column_signal import column_values, signal_names
from margin_core.values import Study
from margin_core.values.number_table import NumberTable

QUANTILES = 0.02, 0.98
"""Between these the colors of a number run: few samples lie outside."""

MAX_COLUMNS = 500
"""More are not offered: nobody finds one in such a list."""

MAX_VALUES = 1_000
"""A column of more different texts names the samples rather than tells them apart."""

_HAVE_CHANNELS = frozenset({"split", "file", "weight"})
"""Columns that the map shows otherwise, or that say nothing of a sample."""


@dataclass(frozen=True, eq=False)
class MapColumn:
    """A column by which the map can be colored.

    Attributes
    ----------
    title : str
    values : float array (n,) or str array (n,)
        Numbers, or texts of which few differ; NaN or an empty one where it is missing.
    is_date : bool
        Whether the numbers are days since 1970-01-01.
    """

    title: str
    values: NDArray[np.generic]
    is_date: bool = False

    @property
    def are_numbers(self) -> bool:
        """Whether the values have an order."""
        return self.values.dtype.kind == "f"


def column_channels(opened: OpenStudy) -> dict[str, Channel]:
    """Return a channel for each column of a study that the map can be colored by, by name.

    Notes
    -----
    The columns are looked through once; a channel's bytes are computed when it is shown.
    """
    return opened.memory.recall("column_channels", "", lambda: _channels(opened.study), capacity=1)


def channel_of_column(opened: OpenStudy, title: str) -> str | None:
    """Return the name of the channel of a column; None where the map can not be colored by it."""
    return next((name for name, one in column_channels(opened).items() if one.title == wording.column(title)), None)


def influence_channel(opened: OpenStudy, title: str) -> str | None:
    """Return the name of the channel of the influence of a column; None where it cannot be a signal."""
    sought = wording.influence_of(title)
    return next((name for name, one in column_channels(opened).items() if one.title == sought), None)


def _channels(study: Study) -> dict[str, Channel]:
    found = {}
    signals = set(signal_names(study))
    for place, column in zip(range(MAX_COLUMNS), map_columns(study), strict=False):
        name = f"column-{place}"
        values = _number_bytes if column.are_numbers else _text_bytes
        legend = _number_legend if column.are_numbers else _text_legend
        found[name] = Channel(name, wording.column(column.title), partial(values, column), partial(legend, column))
        if column.title in signals:
            influence, name = partial(_influence_bytes, column.title), f"influence-{place}"
            found[name] = Channel(
                name, wording.influence_of(column.title), influence, _influence_legend, is_on_demand=True
            )
    return found


def _influence_bytes(title: str, opened: OpenStudy) -> NDArray[np.uint8]:
    """Return how much each sample's value differs from what its neighbors predict, on the graph of the ranking."""
    study, steps, task = opened.study, opened.audited.explanation.steps, ContextualOutliers(column=title)
    found = filter_function(task, study, steps.domain, steps.graph, Run(opened.audited.opened.engine))
    values = column_values(study, title).reshape(len(study), -1)[steps.domain.rows]
    known = np.isfinite(values).all(axis=1) & ~steps.graph.isolated
    scores = np.full(len(study), np.nan)
    scores[steps.domain.rows[known]] = found.influence.scores[known]
    return score_bytes(scores)


def _influence_legend(opened: OpenStudy) -> Scale:
    return Scale(wording.LIKE_NEIGHBORS, wording.UNLIKE_NEIGHBORS, score_colors())


def map_columns(study: Study) -> Iterator[MapColumn]:
    """Yield the columns that the map can be colored by: those of a table first, in its order."""
    titles = set()
    if isinstance(study.maybe_inputs, NumberTable):
        for column in _variables(study.maybe_inputs):
            titles.add(column.title)
            yield column
    for name, values in study.columns.items():
        if name in titles or name in _HAVE_CHANNELS:
            continue
        if values.dtype.kind in "fiub":
            yield MapColumn(name, values.astype(np.float64))
        elif 1 < len(np.unique(values)) <= min(MAX_VALUES, len(values) // 2):
            yield MapColumn(name, values.astype(str))


def _variables(table: NumberTable) -> Iterator[MapColumn]:
    values = np.asarray(table.values, dtype=np.float64)
    for place, title in enumerate(table.variables):
        columns = np.flatnonzero(table.variable_of == place)
        if len(columns) == 1 or title in table.dates:
            yield MapColumn(title, values[:, columns[0]], title in table.dates)
            continue
        names = np.array([*(table.names[column].removeprefix(f"{title}=") for column in columns.tolist()), ""])
        one_of = np.nan_to_num(values[:, columns])
        yield MapColumn(title, names[np.where(one_of.any(axis=1), one_of.argmax(axis=1), len(columns))])


def _ends(column: MapColumn) -> tuple[float, float]:
    known = column.values[np.isfinite(column.values.astype(np.float64))].astype(np.float64)
    low, high = np.quantile(known, QUANTILES) if len(known) else (0.0, 1.0)
    if low == high and len(known):  # as of a column that is nearly always zero
        low, high = known.min(), known.max()
    return float(low), float(high)


def _number_bytes(column: MapColumn, opened: OpenStudy) -> NDArray[np.uint8]:
    low, high = _ends(column)
    return score_bytes((column.values.astype(np.float64) - low) / ((high - low) or 1.0))


def _number_legend(column: MapColumn, opened: OpenStudy) -> Scale:
    low, high = ((str(np.datetime64(round(end), "D")) if column.is_date else f"{end:.4g}") for end in _ends(column))
    return Scale(low, high, score_colors())


def _names(column: MapColumn) -> tuple[list[str], bool]:
    """Return the commonest texts, and whether there are others."""
    names, counts = np.unique(column.values[column.values != ""], return_counts=True)
    ordered = names[np.lexsort((names, -counts))].tolist()
    return ordered[: len(CLASS_COLORS)], len(ordered) > len(CLASS_COLORS)


def _text_bytes(column: MapColumn, opened: OpenStudy) -> NDArray[np.uint8]:
    names, others = _names(column)
    code = {name: place for place, name in enumerate(names)}
    rest = len(names) if others else NO_VALUE
    found, places = np.unique(column.values, return_inverse=True)
    codes = [NO_VALUE if name == "" else code.get(name, rest) for name in found.tolist()]
    return np.array(codes, dtype=np.uint8)[places]


def _text_legend(column: MapColumn, opened: OpenStudy) -> Categories:
    names, others = _names(column)
    rest = ((wording.OTHER_VALUES,), (OTHER,)) if others else ((), ())
    return Categories((*names, *rest[0]), (*CLASS_COLORS[: len(names)], *rest[1]))
