"""How many labels are wrong, how sure that is, and when to stop."""

from __future__ import annotations

import streamlit as st

from dashboard import cached, frame, state
from dashboard.desk import DESK
from dashboard.figures.trust import reliability_diagram, self_test_curve
from margin_core.errors import NotRemembered
from margin_core.trust import flag, how_many, how_many_by_pair, reliability
from margin_core.types import Need

ENOUGH = 20
"""Reviews from which a reliability diagram says something."""

PAIRS = 8
BARE = {"displayModeBar": False}

opened = state.opened()
study, session = opened.study, opened.session
frame.heading(
    "How far to trust it",
    "A ranking is an opinion. This page says how many labels are wrong, what that rests on, and when to stop looking.",
)
if not study.has(Need.LABELS):
    st.info("This study has no labels, so none can be wrong.")
    st.stop()

belief, left = opened.belief(), session.remaining()
count, names = how_many(belief), study.class_names
n_reviews = len(belief.reviews)
tiles = (
    (
        "Wrong labels, by estimate",
        f"{count.likely:,}",
        f"between {count.low:,} and {count.high:,} (95 %)",
        "From the ranking and every review so far. Before reviews the interval is wide: nothing but a review tells a "
        "hard label from a wrong one.",
    ),
    (
        "Found so far",
        f"{left.found:,}",
        f"in {n_reviews:,} labels looked at",
        "Labels that a reviewer changed or excluded.",
    ),
    (
        "Left, at most",
        f"{left.most:,}",
        f"95 % sure, from {left.drawn:,} random checks",
        "One label in ten of the queue is a random check among those that look right. This bound rests on these alone, "
        "not on any model, and holds however often you look. Suspects that nobody has looked at count as wrong.",
    ),
)
for place, (title, value, small, meaning) in zip(st.columns(3), tiles, strict=True):
    with place.container(border=True):
        st.metric(title, value, help=meaning)
        st.caption(small)
if left.most <= left.found / 19:
    st.success("You can stop: of all wrong labels, at most one in twenty is left (95 % sure).")
elif st.button("Review suspect labels", type="primary", disabled=not session.open_suspects.any()):
    state.review(None)
    st.switch_page(frame.REVIEW_VIEW)

one, other = st.columns(2, gap="large")
with one:
    st.markdown("## Flag without looking")
    share = st.slider(
        "False alarms you can bear", 1, 50, 10, format="%d %%",
        help="Of the flagged labels so many may be right. The share holds on average over data sets, not for each.",
    )  # fmt: skip
    flagged = flag(belief, share / 100)
    if len(flagged.rows):
        st.markdown(f"**{len(flagged.rows):,} labels**, of which about {100 * flagged.false_alarms:.0f} % are right.")
        if st.button("List them"):
            frame.show(opened, flagged.rows, f"flagged at {share} % false alarms")
    else:
        st.markdown("**No label** can be flagged with so few false alarms yet.")
        st.caption("Review some suspects, or bear more false alarms.")

    st.markdown("## Kinds of mistakes")
    pairs = how_many_by_pair(belief, limit=PAIRS)
    st.dataframe(
        [
            {
                "given": names[pair.given],
                "in truth": names[pair.true],
                "found": pair.found,
                "estimate": pair.likely,
                "95 %": f"{pair.low:,} to {pair.high:,}",
            }
            for pair in pairs
        ],
        hide_index=True,
    )
with other:
    st.markdown("## Do the chances hold?")
    known = belief.reviews.says >= 0
    if int(known.sum()) < ENOUGH:
        st.caption(f"After {ENOUGH} reviews this shows how often labels of each stated chance were wrong.")
    else:
        rows = belief.reviews.rows[known]
        st.plotly_chart(
            reliability_diagram(reliability(opened.chances.p_error[rows], belief.reviews.says[known])), config=BARE
        )
        st.caption("The chance stated before any review, against what reviews found. On the dotted line both agree.")

    st.markdown("## Does the queue find mistakes?")
    key = state.request_key() or ""
    job = DESK.self_test(key)
    running = job is not None and job.standing.state == "running"
    try:
        tested = None if running else cached.self_test(opened.key, opened)
    except NotRemembered:
        tested = None
    if tested is not None:
        st.markdown(tested.sentence)
        if tested.planted:
            st.plotly_chart(self_test_curve(tested), config=BARE)
            st.caption(
                f"{tested.planted:,} mistakes were planted in copies of your labels and ranked again. It cannot tell "
                "how mistakes are found that strike just where the model is unsure."
            )
    elif not running:
        if job is not None and job.standing.state == "failed":
            st.error(frame.for_browser(job.standing.text))
        st.caption("Plant mistakes in a copy of your labels and see how soon the queue shows them.")
        if st.button("Plant mistakes"):
            DESK.plant_mistakes(key)
            st.rerun()


@st.fragment(run_every=0.7)
def _follow() -> None:
    """Follow the self-test until it has ended."""
    if job is None or job.standing.state != "running":
        st.rerun()
        return
    st.progress(job.standing.fraction, text=job.standing.text)
    if st.button("Stop"):
        job.stop()


if running:
    with other:
        _follow()
