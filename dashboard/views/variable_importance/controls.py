"""What is chosen above the charts: variables that count as one, and those whose effects are assumed to be zero."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.shared import layout
from dashboard.views.variable_importance import wording
from dashboard.views.variable_importance.data import GROUPS, LEFT_OUT, PATCH, Grouping
from margin_core.tasks.variable_importance.groups import group_name
from margin_core.tasks.variable_importance.importance import Importance

PATCH_SIDES = (1, 2, 4, 8, 16)
"""Pixels."""

MAX_OFFERED = 200
"""Variables that can be chosen by name."""


def choose_groups(whole: Importance, grouping: Grouping) -> None:
    """Offer to let variables count as one, and to take groups apart again."""
    with st.popover(wording.groups(len(grouping.groups)), width="stretch", help=wording.GROUPS_HELP):
        alone = [name for name in most_important(whole) if grouping.members(name) == (name,)]
        key = f"group {grouping.groups}"
        chosen = st.multiselect(wording.GROUP, alone, key=key, placeholder=wording.GROUP_HINT)
        if st.button(wording.MAKE_GROUP, type="primary", disabled=len(chosen) < 2):
            GROUPS.set((*grouping.groups, tuple(sorted(chosen, key=whole.names.tolist().index))))
            st.rerun()
        for number, group in enumerate(grouping.groups):
            if st.button(layout.plain(wording.ungroup(group_name(group))), key=f"ungroup {number}", width="stretch"):
                GROUPS.set(grouping.groups[:number] + grouping.groups[number + 1 :])
                st.rerun()


def choose_patch(width: int) -> None:
    """Offer to let squares of pixels count as one."""
    sides = [side for side in PATCH_SIDES if side <= width // 2]
    side = st.selectbox(
        wording.PATCH, sides, index=sides.index(PATCH.get()) if PATCH.get() in sides else 0, format_func=wording.patch,
        help=wording.PATCH_HELP,
    )  # fmt: skip
    if side != PATCH.get():
        PATCH.set(side)
        st.rerun()


def most_important(whole: Importance) -> list[str]:
    """Return the names of the variables that can be chosen by name."""
    return [str(name) for name in whole.names[np.argsort(-whole.mean, kind="stable")[:MAX_OFFERED]]]


def choose_left_out(whole: Importance) -> tuple[str, ...]:
    """Offer to leave the most important variables out, and return which are."""
    before = [name for name in LEFT_OUT.get() if name in whole.names]
    most = most_important(whole)
    chosen = st.multiselect(
        wording.LEFT_OUT, [*most, *(name for name in before if name not in most)], default=before,
        help=wording.LEFT_OUT_HELP, placeholder=wording.LEFT_OUT_HINT,
    )  # fmt: skip
    LEFT_OUT.set(tuple(chosen))
    return tuple(chosen)
