"""Clean and attacked samples: their scores, the pictures, the map, and clean ones that look attacked."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.shared import cached, layout, navigation, state
from dashboard.shared import wording as shared_wording
from dashboard.shared.background import BackgroundJob, settings_for
from dashboard.shared.sample_panel.panel import show_picked_sample
from dashboard.shared.thumbnail_grid.component import thumbnail_grid
from dashboard.study.open_study import OpenStudy
from dashboard.study.parts import Part, missing_part
from dashboard.study.selections import keep_selection
from dashboard.views.adversarial import ADVERSARIAL, wording
from dashboard.views.adversarial.component import attacked_pairs
from dashboard.views.adversarial.controls import choose_attack
from dashboard.views.adversarial.data import (
    AttackResult,
    criticisms_among,
    drawn_overlap,
    drawn_overlaps,
    first_row,
    hover_words,
    look_attacked,
    most_suspicious,
    overlap_of,
    points_shown,
    possible_attacks,
    result_of,
    speed_of,
)
from margin_core.errors import MarginError
from margin_core.figures.attacks import attack_map, prevalence_curves, score_histograms
from margin_core.tasks import AdversarialStatistics
from margin_core.tasks.adversarial.duration import estimate_seconds
from margin_core.tasks.adversarial.remarks import NO_DEFENSE, describe_selection
from margin_core.tasks.adversarial.task import GIVEN

MAX_TILES = 24
STATIC = {"displayModeBar": False}
ON_GRAPH = ("raw", "text_filter", "appendix_filter", "low_pass")
"""Scores that the graph changes, and the signal itself: those that depend on how many samples are attacked."""


def show_impossible(reason: str) -> None:
    """Show why this model cannot be attacked, and what can be done."""
    with layout.empty_state(ADVERSARIAL.icon, wording.IMPOSSIBLE, layout.plain(layout.for_browser(reason))):
        st.markdown(wording.OR_GIVEN)
        if st.button(shared_wording.OPEN_ANOTHER, type="primary"):
            navigation.open_page("open")


def show_start(opened: OpenStudy, task: AdversarialStatistics, job: BackgroundJob) -> None:
    """Show how far the attack is, or how long it would take, with a button that starts it."""
    if job.is_running:
        job.follow()
        return
    job.show_failure()
    is_given, is_stopped = task.attack == GIVEN, job.status is not None and job.status.state == "stopped"
    with layout.empty_state(ADVERSARIAL.icon, wording.NOT_COMPUTED, wording.GIVEN_TEXT if is_given else ""):
        if not is_given:
            with st.spinner(wording.ESTIMATING):
                speed = speed_of(opened)
            seconds = estimate_seconds(speed, task.attack_parameters(), task.samples)
            left = 1.0 if job.status is None or not is_stopped else 1 - job.status.fraction
            st.markdown(wording.estimate(seconds * left, is_stopped=is_stopped))
            words = wording.start_button(min(task.samples, speed.candidates))
        else:
            words = wording.COMPARE
        if st.button(wording.GO_ON if is_stopped else words, type="primary"):
            job.start()
    st.caption(NO_DEFENSE)


def show_scores(opened: OpenStudy, result: AttackResult) -> tuple[str, str]:
    """Show the histograms and areas of all scores; return the score and the axis that were chosen."""
    title, axis_place, score_place = st.columns([6, 2, 2], vertical_alignment="bottom")
    title.markdown(f"## {wording.SCORES}", help=wording.SCORES_HELP)
    axis = axis_place.selectbox(
        wording.AXIS, list(wording.AXES), format_func=wording.AXES.__getitem__, key="attack_axis",
        help=wording.AXIS_HELP,
    )  # fmt: skip
    names = list(result.areas)
    score = score_place.selectbox(
        wording.BY_SCORE, names, index=names.index(result.best_score), format_func=wording.SHORT_TITLES.__getitem__,
        key=f"attack_score {result.found.fingerprint}", help=wording.BY_SCORE_HELP,
    )  # fmt: skip
    chart = cached.figure(
        "score_histograms", (result.found.fingerprint, axis),
        lambda: score_histograms(
            drawn_overlaps(result, axis), result.areas, wording.SHORT_TITLES, result.groups,
            axis=wording.AXIS_TITLES[axis],
        ),
    )  # fmt: skip
    st.plotly_chart(chart, key="score_histograms", config=STATIC)
    return str(score), str(axis)


def show_remarks(result: AttackResult) -> None:
    """Show how many samples were changed, and what this is not."""
    evidence = result.found.findings.evidence
    attacked = evidence["attacked"]
    if result.is_given:
        words = wording.compared(int(attacked.sum()), int(evidence["candidates"][0]), int((~attacked).sum()))
    else:
        tried, unchanged = int(evidence["tried"][0]), int(evidence["unchanged"][0])
        words = wording.attacked(tried - unchanged, tried, int(evidence["changed_8bit"][attacked].sum()))
    best = result.best_score
    st.markdown(f"{words} {wording.best_told_apart(wording.SHORT_TITLES[best], result.areas[best], result.groups)}")
    st.caption(f"{layout.plain(describe_selection(result.found))} {NO_DEFENSE}")


def show_pairs(opened: OpenStudy, result: AttackResult, score: str) -> None:
    """Show the pictures before and after the attack, one pair at a time."""
    st.markdown(f"## {wording.PAIRS}", help=wording.PAIRS_HELP)
    attacked_pairs(
        opened.key, result.found.fingerprint, score, wording.SHORT_TITLES[score], layout.classes(opened), key="pairs",
        on_picked=lambda: state.PICKED.set(state.event("pairs", "picked")["row"]),
    )  # fmt: skip


def show_map(opened: OpenStudy, result: AttackResult) -> None:
    """Show both groups on the map of the graph; a click on a point shows its sample."""
    st.markdown(f"## {wording.MAP}", help=wording.MAP_HELP)
    places = points_shown(result)
    attacked = result.found.findings.evidence["attacked"]
    chart = cached.figure(
        "attack_map", result.found.fingerprint,
        lambda: attack_map(result.positions[places], attacked[places], hover_words(result, places), result.groups),
    )  # fmt: skip
    event = st.plotly_chart(
        chart, key=f"attack_map {result.found.fingerprint}", on_select="rerun", selection_mode="points", config=STATIC
    )
    st.caption(wording.map_shows(len(places), len(result.positions)))
    for point in event["selection"]["points"]:
        row = int(result.found.rows[places[int(point["customdata"])]])
        if row >= 0 and state.is_changed("attack_point", row):
            state.PICKED.set(row)
            st.rerun()


def show_prevalence(result: AttackResult) -> None:
    """Show how the areas fall when fewer samples of the batch are attacked."""
    st.markdown(f"## {wording.share_of(result.groups[1])}", help=wording.PREVALENCE_HELP)
    found = result.prevalence
    chart = cached.figure(
        "attack_prevalence", result.found.fingerprint,
        lambda: prevalence_curves(
            np.round(found.shares, 2), {wording.SHORT_TITLES[name]: found.summary(name) for name in ON_GRAPH},
            result.groups[1],
        ),
    )  # fmt: skip
    st.plotly_chart(chart, key="attack_prevalence", config=STATIC)


def show_samples(opened: OpenStudy, result: AttackResult, score: str, axis: str) -> None:
    """Show the clean samples that look attacked and whether they are criticisms, or the most suspicious samples."""
    title, on_map = st.columns([2, 1], vertical_alignment="bottom")
    overlap = overlap_of(opened, result, score)
    if result.is_given:
        words, meaning, name = wording.SUSPICIOUS, wording.SUSPICIOUS_HELP, wording.SUSPICIOUS_SELECTION
        rows = most_suspicious(result, score)
    else:
        words, meaning, name = wording.OVERLAP, wording.OVERLAP_HELP, wording.OVERLAP_SELECTION
        rows = look_attacked(result, overlap, score)
    title.markdown(f"## {words}", help=meaning)
    # Said of the histograms as they are drawn: those of values hide in one bar what a few extremes leave of the axis.
    said = [wording.overlap(drawn_overlap(result, score, axis).share, result.groups)]
    compared = None if result.is_given else criticisms_among(opened, result, overlap)
    if compared is not None:
        said.append(wording.criticisms(compared))
    st.markdown(layout.plain(" ".join(filter(None, said))))
    if not len(rows):
        st.caption(wording.SEPARATES_NOTHING if np.isnan(overlap.threshold) else wording.NO_OVERLAP)
        return
    if on_map.button(wording.ON_MAP, width="stretch"):
        navigation.show_on_map(opened, rows, name, is_ranked=True)
    st.caption(wording.first_shown(min(len(rows), MAX_TILES), len(rows)))
    rows = rows[:MAX_TILES]
    thumbnail_grid(
        opened.key, keep_selection(opened, rows, name, is_ranked=True), len(rows), opened.version,
        layout.classes(opened), state.PICKED.get(), kind=opened.pictures.kind,
        caption="label", key="look_attacked",
        on_picked=lambda: state.PICKED.set(state.event("look_attacked", "picked")["row"]),
    )  # fmt: skip


def show_result(opened: OpenStudy, result: AttackResult) -> None:
    """Show everything that is known of an attack."""
    show_remarks(result)
    score, axis = show_scores(opened, result)
    main, side = st.columns([5, 2], gap="medium")
    with main:
        if not result.is_given:
            show_pairs(opened, result, score)
        places, shares = st.columns(2, gap="medium")
        with places:
            show_map(opened, result)
        with shares:
            show_prevalence(result)
        show_samples(opened, result, score, axis)
    with side:
        gestures = wording.GESTURES[: 1 if result.is_given else 2]
        show_picked_sample(opened, gestures, first=first_row(opened, result, score))


def show_page(opened: OpenStudy) -> None:
    """Show the page of a study."""
    part = missing_part(opened, {Part.INPUTS, Part.MODEL})
    if part is not None and not possible_attacks(opened)[0]:
        layout.show_missing(ADVERSARIAL, part)
        return
    # Before the model is looked at: its library takes seconds to import, once, and nothing would be on the page.
    layout.heading(ADVERSARIAL)
    with st.spinner(wording.LOADING):
        attacks, reason = possible_attacks(opened)
    if not attacks:
        show_impossible(reason)
        return
    task = choose_attack(opened, attacks)
    if task.attack != GIVEN:
        layout.model_note(opened)
    job = BackgroundJob("adversarial", "--map", *settings_for(task))
    try:
        result = None if job.is_running else result_of(opened, task)
        if result is None:
            show_start(opened, task, job)
        else:
            show_result(opened, result)
    except MarginError as error:
        st.info(layout.for_browser(str(error)))


show_page(state.opened())
