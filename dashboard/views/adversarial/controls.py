"""The settings of an attack: what is chosen is what is shown, or can be started."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.shared import state
from dashboard.study.open_study import OpenStudy
from dashboard.views.adversarial import wording
from margin_core.tasks import AdversarialStatistics
from margin_core.tasks.adversarial.task import GIVEN

CHOSEN = state.Remembered[AdversarialStatistics | None]("attack", None)
"""The settings that were looked at last; None: the usual ones."""

MAX_SAMPLES = 100_000
MAX_STEPS, MAX_SEARCHES = 10_000, 20


def choose_attack(opened: OpenStudy, attacks: tuple[str, ...]) -> AdversarialStatistics:
    """Show the settings in one row, and return the task that they make."""
    usual = AdversarialStatistics(attack=GIVEN if GIVEN in attacks else attacks[0])
    task = CHOSEN.get() or opened.memory.get("attack_settings", "") or usual
    with st.container(horizontal=True, vertical_alignment="bottom", key="attack_settings"):
        attack = st.selectbox(
            wording.ATTACK, list(attacks), index=attacks.index(task.attack), format_func=wording.ATTACKS.__getitem__,
            key="attack", help=wording.ATTACK_HELP, width=176,
        )  # fmt: skip
        task = _choose_strength(replace(task, attack=attack))
        samples = st.number_input(
            wording.SAMPLES, 1, MAX_SAMPLES, task.samples, step=100, key="attack_samples", help=wording.SAMPLES_HELP,
            width=104,
        )  # fmt: skip
        signal = st.selectbox(
            wording.SIGNAL, list(wording.SIGNALS), index=list(wording.SIGNALS).index(task.signal),
            format_func=wording.SIGNALS.__getitem__, key="attack_signal", help=wording.SIGNAL_HELP, width=168,
        )  # fmt: skip
    task = replace(task, samples=int(samples), signal=signal)
    CHOSEN.set(task)
    # Another tab, or this one after a reload, begins with what was looked at last.
    opened.memory.keep("attack_settings", "", task)
    return task


def _choose_strength(task: AdversarialStatistics) -> AdversarialStatistics:
    if task.attack == GIVEN:
        return task
    if task.attack == "carlini_wagner":
        return replace(
            task,
            steps=int(
                st.number_input(
                    wording.STEPS, 1, MAX_STEPS, task.steps, step=50, key="attack_steps", help=wording.STEPS_HELP,
                    width=104,
                )
            ),
            searches=int(
                st.number_input(
                    wording.SEARCHES, 1, MAX_SEARCHES, task.searches, key="attack_searches",
                    help=wording.SEARCHES_HELP, width=104,
                )
            ),
        )  # fmt: skip
    norm = st.selectbox(
        wording.NORM, list(wording.NORMS), index=list(wording.NORMS).index(task.norm),
        format_func=wording.NORMS.__getitem__, key="attack_norm", help=wording.NORM_HELP, width=88,
    )  # fmt: skip
    eps = st.number_input(
        wording.EPS, 0.0001, 100.0, task.eps, step=0.01, format="%.3f", key="attack_eps", help=wording.EPS_HELP,
        width=104,
    )  # fmt: skip
    task = replace(task, norm=norm, eps=round(float(eps), 4))
    if task.attack != "pgd":
        return task
    steps = st.number_input(
        wording.STEPS, 1, MAX_STEPS, task.steps, step=50, key="attack_steps", help=wording.STEPS_HELP, width=104
    )
    return replace(task, steps=int(steps))
