"""How many labels are wrong, how sure that is, and when to stop."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import cached, layout, state
from dashboard.study.jobs import is_running
from dashboard.study.registry import DESK
from dashboard.views.label_error_estimate.data import ENOUGH
from margin_core.errors import MarginError, NotComputed
from margin_core.review.estimates import flag_labels
from margin_core.values import Need

GOALS = (50, 20, 10, 5, 1)
"""Of 1,000 labels so many may be wrong when somebody stops."""

BARE = {"displayModeBar": False}

opened = state.opened()
study, session = opened.study, opened.session
layout.heading(
    "How far to trust it",
    "A ranking is an opinion. This page says how many labels are wrong, what that rests on, and when to stop looking.",
)
if not study.has(Need.LABELS):
    st.info("This study has no labels, so none can be wrong.")
    st.stop()

belief, now = opened.error_posterior(), cached.standing(opened.key, opened.version, opened)
left, count, names = now.left, now.count, study.class_names
n_reviews = len(now.found) - 1
tiles = (
    (
        "Wrong labels, by estimate",
        f"{count.median:,}",
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
        f"{left.upper:,}",
        f"95 % sure, from {left.n_sampled:,} random checks",
        "One label in ten of the queue is a random check among those that look right. This bound rests on these alone, "
        "not on any model, and holds however often you look. Suspects that nobody has looked at count as wrong.",
    ),
)
for place, (title, value, small, meaning) in zip(st.columns(3), tiles, strict=True):
    with place.container(border=True):
        st.metric(title, value, help=meaning)
        st.caption(small)
chosen, said = st.columns([1, 3], vertical_alignment="bottom", gap="large")
state.set_goal(
    chosen.selectbox(
        "Stop when at most so many labels are wrong", GOALS, index=GOALS.index(state.goal()),
        format_func=lambda goal: f"{goal / 10:g} %",
        help="When no suspect is left, the queue goes on with random checks until this is so.",
    )
)  # fmt: skip
allowed = now.labelled * state.goal() // 1000
checks = session.checks_needed(allowed)
with said:
    if checks == 0:
        st.success(
            f"You can stop: at most {left.upper:,} of {now.labelled:,} labels are still wrong (95 % sure). Your goal "
            f"is at most {allowed:,}."
        )
    else:
        if session.open_suspects.any():
            words = "Go through the suspects first: one that nobody has looked at counts as wrong."
        elif checks is None:
            words = "Decide on the skipped labels: each counts as wrong until then."
        else:
            several = f"{checks:,} random checks" if checks > 1 else "1 random check"
            words = f"{several} more, all of them right, would show that at most {allowed:,} labels are wrong."
        st.markdown(words)
        if st.button("Go on reviewing", type="primary"):
            state.review(None)
            st.switch_page(layout.REVIEW_VIEW)

st.markdown("## Is it worth going on?")
known_truth = False
if opened.audited.opened.truth is not None:
    known_truth = st.toggle("Compare with the true labels", help="This study keeps them in a file beside it.")
try:
    st.plotly_chart(cached.finds_chart(opened.key, opened.version, known_truth, opened), config=BARE)
except MarginError as error:
    st.error(layout.for_browser(str(error)))
ahead, looks = now.ahead, len(now.ahead.mean) - 1
told = [f"**{left.found:,} wrong labels found in {n_reviews:,} looked at.**"]
if n_reviews and not known_truth:
    at_random = [number * n_reviews / max(now.labelled, 1) for number in (count.median, count.low, count.high)]
    told.append("In random order it would be about {:,.0f} ({:,.0f} to {:,.0f}).".format(*at_random))
told += [
    f"The next {look:,} may hold {ahead.mean[look]:,.0f} ({ahead.low[look]:,.0f} to {ahead.high[look]:,.0f})."
    for look in sorted({min(50, looks), looks} - {0})
]
st.markdown(" ".join(told))
st.caption(
    "Other methods' orders, held against the true labels. One place in ten of your review is a random check, which is "
    "what the bound above costs."
    if known_truth
    else "Bands are 95 % intervals. Chance and the best possible rest on the estimated number of wrong labels. Other "
    "methods cannot be judged by labels that this queue chose, so none is shown."
)

one, other = st.columns(2, gap="large")
with one:
    st.markdown("## Flag without looking")
    share = st.slider(
        "False alarms you can bear", 1, 50, 10, format="%d %%",
        help="Of the flagged labels so many may be right. The share holds on average over data sets, not for each.",
    )  # fmt: skip
    flagged = flag_labels(belief, share / 100)
    if len(flagged.rows):
        st.markdown(f"**{len(flagged.rows):,} labels**, of which about {100 * flagged.expected_rate:.0f} % are right.")
        if st.button("List them"):
            layout.show(opened, flagged.rows, f"flagged at {share} % false alarms")
    else:
        st.markdown("**No label** can be flagged with so few false alarms yet.")
        st.caption("Review some suspects, or bear more false alarms.")

    st.markdown("## Kinds of mistakes")
    st.dataframe(
        [
            {
                "given": names[pair.given],
                "in truth": names[pair.true],
                "found": pair.found,
                "estimate": pair.median,
                "95 %": f"{pair.low:,} to {pair.high:,}",
            }
            for pair in now.pairs
        ],
        hide_index=True,
    )
with other:
    key = state.request_key() or ""
    job = DESK.job(key, "estimate")
    running = job if is_running(job) else None
    try:
        tested = None if running else cached.planted_error_test(opened.key, opened)
    except NotComputed:
        tested = None

    st.markdown("## Do the chances hold?")
    if now.judged is not None:
        st.plotly_chart(cached.judged_chart(opened.key, opened.version, now.judged), config=BARE)
        st.markdown(
            f"**Brier score {now.judged.brier_score:.3f}**, 0 is perfect. Who says “{now.judged.share:.0%}” of every "
            f"label gets {now.judged.base_rate_brier_score:.3f}."
        )
        st.caption(
            "The chance stated before each label was looked at, learnt from the labels before it, against what the "
            "reviewer found. On the dotted line both agree. The score is the mean squared gap between the two."
        )
    elif tested is not None and tested.planted:
        st.plotly_chart(cached.self_test_charts(opened.key, tested)[0], config=BARE)
        st.markdown(
            f"**Brier score {tested.brier_score:.3f}** on planted mistakes, 0 is perfect. Who says the same of every "
            f"label gets {tested.base_rate_brier_score:.3f}."
        )
        st.caption(f"From {ENOUGH} reviews on, this shows how the chances hold on labels that you looked at.")
    else:
        st.caption(
            f"After {ENOUGH} reviews this shows how often labels of each stated chance were wrong. Until then, plant "
            "mistakes to see how it does on them."
        )

    st.markdown("## Does the queue find mistakes?")
    if tested is not None:
        st.markdown(tested.sentence)
        if tested.planted:
            st.plotly_chart(cached.self_test_charts(opened.key, tested)[1], config=BARE)
            st.caption(
                f"{tested.planted:,} mistakes were planted in copies of your labels and ranked again. It cannot tell "
                "how mistakes are found that strike just where the model is unsure."
            )
    elif not running:
        if job is not None and job.standing.state == "failed":
            st.error(layout.for_browser(job.standing.text))
        st.caption("Plant mistakes in a copy of your labels and see how soon the queue shows them.")
        if st.button("Plant mistakes"):
            DESK.start(key, "estimate")
            st.rerun()

if running is not None:
    with other:
        layout.follow(running)
