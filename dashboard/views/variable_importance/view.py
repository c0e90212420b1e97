"""Which variables matter: bars, the effects behind them, and what remains once some are left out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from dashboard.shared import cached, layout, navigation, state
from dashboard.shared.background import require_answer
from dashboard.study.open_study import OpenStudy
from dashboard.views.variable_importance import VARIABLE_IMPORTANCE, wording
from dashboard.views.variable_importance.data import (
    TASK,
    class_effects_of,
    importance_of,
    related_to,
    samples_with_word,
)
from margin_core.figures.variables import importance_bars, importance_map
from margin_core.tasks.variable_importance.importance import CREDIBLE, Importance
from margin_core.tasks.variable_importance.rate import compute_inequality
from margin_core.values import UNLABELED, Doubles, Ints

MAX_BARS = 20
MAX_OFFERED = 200
"""Variables that can be chosen by name."""

MAX_ROWS = 1_000
"""Rows of the table; a study of texts has 20,000 words."""

LEFT_OUT = state.Remembered[tuple[str, ...]]("variables_left_out", ())
"""Variables whose effects are assumed to be zero."""


def choose_left_out(whole: Importance) -> tuple[str, ...]:
    """Offer to leave the most important variables out, and return which are."""
    before = LEFT_OUT.get()
    most = whole.names[np.argsort(-whole.mean, kind="stable")[:MAX_OFFERED]].tolist()
    chosen = st.multiselect(
        wording.LEFT_OUT, [*most, *(name for name in before if name not in most)], default=before,
        help=wording.LEFT_OUT_HELP, placeholder=wording.LEFT_OUT_HINT,
    )  # fmt: skip
    LEFT_OUT.set(tuple(chosen))
    return tuple(chosen)


def show_pixels(opened: OpenStudy, found: Importance, values: Doubles, measure: str, place: int) -> None:
    """Show the importance of every pixel where it lies."""
    width = opened.study.inputs.shape[2]
    effects = found.of_most(found.effects)
    st.plotly_chart(
        cached.figure(
            "importance_map", (opened.key, measure, place), lambda: importance_map(values, effects, width)
        ),
        config={"displayModeBar": False},
    )  # fmt: skip


def show_bars(opened: OpenStudy, found: Importance, order: Ints, values: Doubles, measure: str, key: Any) -> None:
    """Show the first variables as bars; a click on one leaves it out."""
    shown = order[:MAX_BARS]
    effects = found.effects[0][shown] if len(found.classes) == 1 else None
    names = [str(name) for name in found.names[shown]]
    equal = 1 / len(found.names) if measure == "importance" else None
    chart = cached.figure(
        "importance", (opened.key, measure, *key),
        lambda: importance_bars(names, values[shown], effects, title=wording.AXES[measure], equal=equal),
    )  # fmt: skip
    event = st.plotly_chart(
        chart, key=f"bars {measure} {key}", on_select="rerun", selection_mode="points", config={"displayModeBar": False}
    )
    clicked = [names[point["point_index"]] for point in event["selection"]["points"]]
    if clicked:
        LEFT_OUT.set(tuple(dict.fromkeys((*LEFT_OUT.get(), *clicked))))
        st.rerun()


def show_table(opened: OpenStudy, found: Importance, order: Ints, kind: str) -> None:
    """List the variables with their effects; a chosen word leads to the texts that it occurs in."""
    order = order[:MAX_ROWS]
    effect, deviation = found.of_most(found.effects), found.of_most(found.deviations)
    low, high = effect - CREDIBLE * deviation, effect + CREDIBLE * deviation
    column = found.of_most(found.columns)
    inflation, of_class = found.of_most(found.inflation), found.classes[found.most]
    lines = [
        {
            wording.NAME: str(column[place]),
            wording.IMPORTANCE: 100 * found.mean[place],
            wording.EFFECT: effect[place],
            wording.INTERVAL: f"{low[place]:.3g} to {high[place]:.3g}",
            wording.OF_CLASS: opened.study.class_names[of_class[place]],
            wording.INFLATION: inflation[place],
            wording.PERMUTATION: found.permutation[place],
            wording.CORRELATION: found.correlation[place],
            wording.RELATED: related,
        }
        for place, related in zip(order.tolist(), related_to(found, order), strict=True)
    ]
    unknown = [wording.PERMUTATION] if np.isnan(found.permutation).all() else []
    unknown += [wording.RELATED] if kind in ("pixels", "features") else []
    unknown += [wording.OF_CLASS] if len(found.classes) == 1 else []
    lines = [{name: value for name, value in line.items() if name not in unknown} for line in lines]
    formats = {
        wording.IMPORTANCE: "%.2f %%", wording.EFFECT: "%.3g", wording.INFLATION: "%.1f", wording.PERMUTATION: "%.3f",
        wording.CORRELATION: "%.2f",
    }  # fmt: skip
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(format=format, help=wording.COLUMN_HELP[name])
        for name, format in formats.items()
    }
    for name in (wording.OF_CLASS, wording.RELATED):
        columns[name] = st.column_config.TextColumn(help=wording.COLUMN_HELP[name])
    if kind != "words":
        st.dataframe(lines, column_config=columns, hide_index=True)
        return
    table = st.dataframe(
        lines, column_config=columns, hide_index=True, key="variables", on_select="rerun", selection_mode="single-row"
    )
    for line in table["selection"]["rows"]:
        word = str(found.names[order[line]])
        if st.button(layout.plain(wording.show_samples(word)), type="primary"):
            navigation.show_on_map(opened, samples_with_word(opened, word), wording.samples_with(word))


opened = state.opened()
title, class_place, measure_place = st.columns([4, 2, 3], vertical_alignment="bottom")
with title:
    layout.heading(VARIABLE_IMPORTANCE)
require_answer(TASK, opened)
effects = class_effects_of(opened)
class_names = [opened.study.class_names[number] for number in effects.classes.tolist()]
# Of two classes, what speaks for one speaks against the other: there is no mean to show.
choices = range(-1 if len(class_names) > 2 else 0, len(class_names))
place = class_place.selectbox(
    wording.CLASS, choices, index=len(choices) - 1 if len(class_names) == 2 else 0, help=wording.CLASS_HELP,
    format_func=lambda place: wording.ALL_CLASSES if place < 0 else class_names[place],
)  # fmt: skip
has_permutation = not np.isnan(effects.permutation).all()
measures = [name for name in wording.MEASURES if has_permutation or name != "permutation"]
measure = measure_place.segmented_control(
    wording.MEASURE, measures, default=measures[0], format_func=wording.MEASURES.__getitem__, required=True,
    help=wording.MEASURE_HELP,
) or measures[0]  # fmt: skip
variables = effects.variables
if not variables.names:
    st.info(wording.NO_VARIABLES)
    st.stop()
whole = importance_of(opened)
left_out = choose_left_out(whole) if variables.kind != "pixels" else ()
found = importance_of(opened, left_out)
if place >= 0:
    found = found.of_class(place)
values = found.mean if measure == "importance" else np.nan_to_num(getattr(found, measure))
order = np.argsort(-values, kind="stable")
m = len(found.names)
if m:
    equally = max(round(m * math.exp(-compute_inequality(found.mean)[0])), 1)
    st.markdown(wording.spread(equally, int((found.mean > 1 / m).sum()), m, variables.kind))
if variables.kind == "pixels":
    show_pixels(opened, found, values, measure, place)
else:
    show_bars(opened, found, order, values, measure, (place, left_out))
captions = [wording.shown_of(MAX_BARS, m)] if m > MAX_BARS and variables.kind != "pixels" else []
captions += (
    [wording.legend(opened.study.class_names[found.classes[0]], variables.kind)] if len(found.classes) == 1 else []
)
captions += [wording.WHICH_MEASURE] if measure != "permutation" and has_permutation else []
labeled = int((opened.study.labels != UNLABELED).sum())
right, commonest = effects.accuracy.tolist()
if right <= commonest:
    st.warning(wording.no_better_than_chance(right, commonest))
captions.append(wording.estimated_from(effects.samples, labeled, "network" if has_permutation else "embedding"))
captions += [wording.accuracy(right, commonest)] if right > commonest else []
st.caption(layout.plain(" ".join(captions)))
st.markdown(f"## {wording.TABLE}", help=wording.TABLE_HELP if variables.kind == "words" else None)
show_table(opened, found, order, variables.kind)
