"""Decisions that are posted, whichever queue they belong to."""

import pytest
from reviewing import decision

from margin_core.review.decision import LABELING


@pytest.mark.parametrize(("task", "recorded"), [(None, "label_flips"), (LABELING, LABELING), ("other", "label_flips")])
def test_a_decision_says_which_task_it_belongs_to(post, asked, task, recorded):
    assert post(decision(1, 3, "relabel", 1, task=task)).json()["recorded"] == [1]
    assert [one.task for one in asked.store.decisions()] == [recorded]
