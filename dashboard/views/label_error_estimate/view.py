"""How many labels are wrong, how sure that is, and when to stop."""

from __future__ import annotations

from itertools import islice

import plotly.graph_objects as go
import streamlit as st

from dashboard.shared import cached, layout, navigation, state
from dashboard.shared.background import BackgroundJob
from dashboard.study.error_bound import is_bound_informative
from dashboard.study.open_study import OpenStudy
from dashboard.study.parts import Part, has_part
from dashboard.study.truth import labels_in_truth, rankings_by_method
from dashboard.views.label_error_estimate import LABEL_ERROR_ESTIMATE, wording
from dashboard.views.label_error_estimate.data import (
    MIN_REVIEWS,
    ErrorEstimate,
    error_estimate,
    find_flags,
    planted_error_test,
)
from margin_core.errors import MarginError, NotComputed
from margin_core.figures.estimates import planted_error_curve, reliability_diagram, review_yield
from margin_core.review.estimates import PlantedErrorTest, oracle_yield

GOALS = (50, 20, 10, 5, 1)
"""Of 1,000 labels so many may be wrong when somebody stops."""

MAX_COMPARED = 4
"""Published rankings beside a review; the page "Benchmark" has them all."""

BARE = {"displayModeBar": False}


def show_counts(opened: OpenStudy, estimate: ErrorEstimate) -> None:
    """Show how many labels are wrong, found and left."""
    left, count = estimate.left, estimate.count
    bound = (
        (f"{left.upper:,}", wording.from_checks(left.n_sampled))
        if is_bound_informative(opened)
        else (wording.LEFT_UNKNOWN, wording.bounded_by_checks(left.n_sampled))
    )
    tiles = (
        (
            wording.ESTIMATE, f"{count.median:,}", wording.between(count.low, count.high),
            wording.ESTIMATE_HELP,
        ),
        (wording.FOUND, f"{left.found:,}", wording.looked_at(estimate.reviewed), wording.FOUND_HELP),
        (wording.LEFT, *bound, wording.LEFT_HELP),
    )  # fmt: skip
    for place, (title, value, small, meaning) in zip(st.columns(3), tiles, strict=True):
        with place.container(border=True):
            st.metric(title, value, help=meaning)
            st.caption(small)


def show_goal(opened: OpenStudy, estimate: ErrorEstimate) -> None:
    """Show the choice of when to stop, and what is missing."""
    choice, text = st.columns([1, 3], vertical_alignment="bottom", gap="large")
    goal = choice.selectbox(
        wording.GOAL, GOALS, index=GOALS.index(state.GOAL.get()), format_func=lambda goal: f"{goal / 10:g} %",
        help=wording.GOAL_HELP,
    )  # fmt: skip
    state.GOAL.set(goal)
    allowed = estimate.labeled * goal // 1000
    checks = opened.session.checks_needed(allowed)
    with text:
        if checks == 0:
            st.success(wording.can_stop(estimate.left.upper, estimate.labeled, allowed))
            return
        if opened.session.open_suspects.any():
            words = wording.SUSPECTS_FIRST
        elif checks is None:
            words = wording.SKIPPED_FIRST
        else:
            words = wording.checks_to_go(checks, allowed)
        st.markdown(words)
        if st.button(wording.GO_ON, type="primary"):
            navigation.review_all()


def yield_chart(opened: OpenStudy, estimate: ErrorEstimate, *, with_truth: bool) -> go.Figure:
    """Draw what reviews found; with the truth, beside what the orders of other methods would have."""
    wrong = ranked = None
    best = estimate.best
    if with_truth:
        wrong = labels_in_truth(opened) != opened.study.labels
        best = oracle_yield(len(best) - 1, int(wrong.sum()))
        ranked = dict(islice(rankings_by_method(opened).items(), 1, 1 + MAX_COMPARED))

    def draw() -> go.Figure:
        return review_yield(
            estimate.found, estimate.ahead, best, estimate.count, estimate.labeled, wrong=wrong, ranked=ranked
        )  # fmt: skip

    return cached.figure("yield", (opened.key, opened.version, with_truth), draw)


def show_yield(opened: OpenStudy, estimate: ErrorEstimate) -> None:
    """Show what the reviews found, and what the next ones may find."""
    st.markdown(f"## {wording.YIELD}")
    with_truth = False
    if has_part(opened, Part.TRUTH):
        with_truth = st.toggle(wording.WITH_TRUTH, help=wording.WITH_TRUTH_HELP)
    try:
        st.plotly_chart(yield_chart(opened, estimate, with_truth=with_truth), config=BARE)
    except MarginError as error:
        st.error(layout.for_browser(str(error)))
    ahead, looks, count = estimate.ahead, len(estimate.ahead.median) - 1, estimate.count
    n_reviews = len(estimate.found) - 1
    sentences = [wording.found_in(estimate.left.found, estimate.reviewed)]
    if n_reviews and not with_truth:
        share = n_reviews / max(estimate.labeled, 1)
        sentences.append(wording.found_at_random([number * share for number in (count.median, count.low, count.high)]))
    sentences += [
        wording.next_yield(look, ahead.median[look], ahead.low[look], ahead.high[look])
        for look in sorted({min(50, looks), looks} - {0})
    ]
    st.markdown(" ".join(sentences))
    st.caption(wording.YIELD_WITH_TRUTH_NOTE if with_truth else wording.YIELD_NOTE)


def show_flags(opened: OpenStudy) -> None:
    """Show which labels could be flagged without review."""
    st.markdown(f"## {wording.FLAG}")
    percent = st.slider(wording.FDR, 1, 50, 10, format="%d %%", help=wording.FDR_HELP)
    found = find_flags(opened, percent / 100)
    flagged = found.labels
    if len(flagged.rows):
        st.markdown(wording.flagged(len(flagged.rows), flagged.expected_rate))
        if st.button(wording.LIST_THEM):
            navigation.show_on_map(opened, flagged.rows, wording.flagged_title(percent))
    elif found.lowest_rate is None:
        st.markdown(wording.NOTHING_OPEN)
    else:
        st.markdown(wording.no_flags(percent, found.lowest_rate, found.reviews_missing, found.reviews_tried))


def show_pairs(opened: OpenStudy, estimate: ErrorEstimate) -> None:
    """List which classes are mistaken for which."""
    names = opened.study.class_names
    st.markdown(f"## {wording.KINDS}")
    st.dataframe(
        [
            {
                wording.GIVEN: names[pair.given],
                wording.TRUE: names[pair.true],
                wording.FOUND_OF_PAIR: pair.found,
                wording.ESTIMATE_OF_PAIR: pair.median,
                wording.INTERVAL: f"{pair.low:,} to {pair.high:,}",
            }
            for pair in estimate.pairs
        ],
        hide_index=True,
    )


def show_calibration(opened: OpenStudy, estimate: ErrorEstimate, tested: PlantedErrorTest | None) -> None:
    """Show whether stated probabilities came true: on the reviews, or else on planted errors."""
    st.markdown(f"## {wording.CALIBRATION}")
    stated = estimate.stated
    if stated is not None:
        draw = lambda: reliability_diagram(stated.diagram)  # noqa: E731 - a figure is drawn when it is not kept
        st.plotly_chart(cached.figure("calibration", (opened.key, opened.version), draw), config=BARE)
        st.markdown(wording.brier(stated.brier_score, stated.base_rate_brier_score, stated.share))
        st.caption(wording.CALIBRATION_NOTE)
    elif tested is not None and tested.planted:
        draw = lambda: reliability_diagram(tested.reliability)  # noqa: E731
        st.plotly_chart(cached.figure("planted_calibration", opened.key, draw), config=BARE)
        st.markdown(wording.brier_of_planted(tested.brier_score, tested.base_rate_brier_score))
        st.caption(wording.calibration_from(MIN_REVIEWS))
    else:
        st.caption(wording.no_calibration(MIN_REVIEWS))


def show_planted_error_test(opened: OpenStudy, tested: PlantedErrorTest | None, job: BackgroundJob) -> None:
    """Show how soon planted errors are found, or offer to plant some."""
    st.markdown(f"## {wording.RECALL}")
    if tested is not None:
        st.markdown(tested.sentence)
        if tested.planted:
            chart = cached.figure("planted_recall", opened.key, lambda: planted_error_curve(tested))
            st.plotly_chart(chart, config=BARE)
            st.caption(wording.planted_note(tested.planted))
    elif job.is_running:
        job.follow()
    else:
        job.show_failure()
        st.caption(wording.PLANT_HINT)
        if st.button(wording.PLANT):
            job.start()


opened = state.opened()
layout.heading(LABEL_ERROR_ESTIMATE)
with st.spinner(wording.ESTIMATING):
    estimate = error_estimate(opened)
show_counts(opened, estimate)
show_goal(opened, estimate)
show_yield(opened, estimate)
left, right = st.columns(2, gap="large")
with left:
    show_flags(opened)
    show_pairs(opened, estimate)
with right:
    job = BackgroundJob("estimate")
    try:
        tested = None if job.is_running else planted_error_test(opened)
    except NotComputed:
        tested = None
    show_calibration(opened, estimate, tested)
    show_planted_error_test(opened, tested, job)
