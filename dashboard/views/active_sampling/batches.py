"""The batch that is being labeled and the one after it, for everybody who labels a study."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from dashboard.study import registry
from dashboard.study.jobs import is_running
from dashboard.study.open_study import OpenStudy
from margin_core.errors import MissingPart
from margin_core.tasks import ActiveSampling
from margin_core.values import Ints

SIZES = (10, 20, 50)
FIRST_SIZE = 20
MAX_SIZE = 100

START_NEXT, START_AT_MOST = 0.5, 0.9
"""The next batch is computed once no more than the first share of the batch is left, so that it knows many labels; up
to the second where it would not be there before the last key, at the pace of this batch."""

PRESENT_SECONDS = 120.0
"""Who has labeled something within this time is at work."""

State = Literal["ready", "working", "failed", "none"]
"""Whether there is a batch, it is being chosen, it cannot be, or no sample without a label is left."""

Next = Literal["later", "working", "ready"]
"""Whether the batch after this one is there, is being chosen, or will be once there is less of this one left."""

NO_ROWS: Ints = np.empty(0, np.int64)


@dataclass(eq=False)
class Batches:
    """What one study is being labeled with.

    Attributes
    ----------
    rows : int array
        The batch, in the order of choice.
    requested : ActiveSampling or None
        The task that is to find the next one.
    upto : int
        The last decision that the next one is to know.
    began, asked, took : float
        When this batch began and the next one was asked for, and how long the last choice took, in seconds.
    present : dict of str to float
        When each annotator labeled last.
    """

    rows: Ints = field(default_factory=NO_ROWS.copy)
    requested: ActiveSampling | None = None
    upto: int = 0
    began: float = 0.0
    asked: float = 0.0
    took: float = 0.0
    present: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, eq=False)
class Upcoming:
    """What is to be labeled next.

    Attributes
    ----------
    rows : int array (r,)
        Without a label and undecided, in the order in which they are shown; where there are none, those skipped.
    left : int
        Of the batch.
    size : int
        Of the batch.
    state : str
    message : str
        Why no batch can be chosen; empty otherwise.
    batch : int array (size,)
        All of the batch, in the order of choice, whether labeled or not; empty where there is none.
    next : str
        Whether the batch after it is there.
    """

    rows: Ints
    left: int
    size: int
    state: State
    message: str = ""
    batch: Ints = field(default_factory=NO_ROWS.copy)
    next: Next = "later"


def batches_of(opened: OpenStudy, strategy: str, size: int) -> Batches:
    """Return the batches of a study by strategy and size; all who label with these share them."""
    return opened.memory.recall("batch", (strategy, size), Batches)


def batch_on_screen(opened: OpenStudy) -> Ints:
    """Return the batch that was labeled from last; no rows before there is one."""
    key = opened.memory.get("batch_on_screen", "")
    return NO_ROWS.copy() if key is None else batches_of(opened, *key).rows


def upcoming(opened: OpenStudy, strategy: str, size: int, reviewer: str = "") -> Upcoming:
    """Return what is to be labeled next, and have the batch after it chosen in time.

    Parameters
    ----------
    strategy : str
        A name in `margin_core.tasks.active_sampling.STRATEGIES`.
    size : int
        Of a batch.
    reviewer : str
        Several at work at once begin at different places of the batch, so that they do not label the same samples.
    """
    batches = batches_of(opened, strategy, size)
    opened.memory.keep("batch_on_screen", "", (strategy, size))
    with batches.lock:
        is_open = opened.session.unlabeled
        if not is_open.any():
            if opened.is_behind:  # The review is to know the last labels, too, which no next batch asks for.
                registry.STUDIES.relabel(opened.key)
            skipped = np.flatnonzero(opened.session.skipped_unlabeled)
            return Upcoming(skipped, len(skipped), len(skipped), "none")
        left = batches.rows[is_open[batches.rows]]
        is_last = len(left) == np.count_nonzero(is_open)
        found, message = (None, "") if is_last else _find(opened, batches, strategy, size, len(left))
        next_rows = found[is_open[found] & ~np.isin(found, left)] if found is not None else NO_ROWS
        if not len(left) and len(next_rows):
            batches.rows, left = next_rows[:size], next_rows[:size]
            batches.began = time.monotonic()
            next_rows = next_rows[:0]
            batches.requested = None
        rows = np.concatenate([_from_place_of(batches, left, reviewer), next_rows])
        if is_last:
            return Upcoming(rows, len(left), len(batches.rows), "ready", batch=batches.rows)
        if len(left):
            after: Next = "ready" if len(next_rows) else "later" if batches.requested is None else "working"
            return Upcoming(rows, len(left), len(batches.rows), "ready", batch=batches.rows, next=after)
        if message:
            return Upcoming(rows, 0, 0, "failed", message)
        return Upcoming(rows, 0, len(batches.rows), "working", batch=batches.rows, next="working")


def is_time_for_next(batches: Batches, n_left: int, now: float) -> bool:
    """Return whether the next batch is to be chosen now: soon enough, and with as many labels as possible."""
    size = len(batches.rows)
    if n_left <= START_NEXT * size or batches.requested is not None:
        return True
    labeled = size - n_left
    return n_left <= START_AT_MOST * size and n_left * (now - batches.began) <= batches.took * labeled


def _find(opened: OpenStudy, batches: Batches, strategy: str, size: int, n_left: int) -> tuple[Ints | None, str]:
    """Return the next batch where it is there, or have it computed where it is time; and why it cannot be."""
    if not is_time_for_next(batches, n_left, time.monotonic()):
        return None, ""
    if batches.requested is None:
        aside = opened.session.n_set_aside  # which the task chooses again, since it knows labels only
        batches.requested = ActiveSampling(strategy=strategy, batch=size + n_left + aside)
        batches.upto = opened.session.last_decision
        batches.asked, batches.took = time.monotonic(), 0.0
    task = batches.requested
    knows_enough = opened.audited.opened.labels_upto >= batches.upto or not opened.is_behind
    try:
        found = opened.answer(task) if knows_enough else None
    except MissingPart as error:
        if knows_enough:
            batches.requested = None
            return None, str(error)
        found = None
    if found is not None:
        batches.took = batches.took or time.monotonic() - batches.asked
        return found.rows, ""
    settings = {"strategy": strategy, "batch": task.batch}
    flags = ["--task", task.name, *(part for name, value in settings.items() for part in ("--set", f"{name}={value}"))]
    registry.STUDIES.relabel(opened.key, *flags)
    last = registry.STUDIES.relabeling(opened.key)
    if last is not None and not is_running(last.job) and last.job.status.state == "failed":
        batches.requested = None
        return None, last.job.status.text
    return None, ""


def _from_place_of(batches: Batches, rows: Ints, reviewer: str) -> Ints:
    """Return rows beginning where an annotator is to begin: those who are at work share a batch evenly."""
    now = time.monotonic()
    if reviewer:
        batches.present[reviewer] = now
    for name in [name for name, seen in batches.present.items() if now - seen > PRESENT_SECONDS]:
        del batches.present[name]
    names = sorted(batches.present)
    if reviewer not in names or len(names) < 2:
        return rows
    return np.roll(rows, -(names.index(reviewer) * len(rows) // len(names)))
