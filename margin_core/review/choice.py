"""What a review screen sends, the decision it becomes, and what the screen gets back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from margin_core.errors import ReviewError
from margin_core.review.decision import LABELING, Decision, Verdict, label_name
from margin_core.review.state import Conflict, ReviewState
from margin_core.values import UNLABELED, Ints, Study


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A reviewer's choice, as a screen sends it: rows and class numbers.

    Parameters
    ----------
    seq : int
        The client's number for it; sent again with the same number, it is recorded once.
    row : int
    verdict : Verdict
    label : int or None
        The class, for ``relabel``; a relabel to the label that is given is recorded as ``keep``.
    note : str
    score : float or None
        The score on screen; default: the current one.
    at : datetime or None
        When, with a time zone; default: now.
    reviewer : str or None
        Default: the session's.
    undoes : int or None
        For ``undo``: which decision; default: the reviewer's last on this row.
    based_on : int or None
        The id of the decision on this row that was on screen.
    sampled : bool
        Whether the row was shown as a random check rather than by its rank.
    task : str or None
        The task whose findings are decided on; default: the session's. Under `LABELING`, a sample without a label is
        given one.
    """

    seq: int
    row: int
    verdict: Verdict
    label: int | None = None
    note: str = ""
    score: float | None = None
    at: datetime | None = None
    reviewer: str | None = None
    undoes: int | None = None
    based_on: int | None = None
    sampled: bool = False
    task: str | None = None


@dataclass(frozen=True)
class Refusal:
    """A choice that was not recorded.

    Parameters
    ----------
    seq : int
        Of the choice.
    reason : str
        For a person.
    """

    seq: int
    reason: str


@dataclass(frozen=True, eq=False)
class Outcome:
    """The outcome of a batch of choices.

    Parameters
    ----------
    recorded : tuple of int
        Numbers that are in the log, now or since an earlier sending.
    refused : tuple of Refusal
        Choices that make no sense; sending them again does not help.
    conflicts : tuple of Conflict
        Choices of this batch that replaced another reviewer's decision unseen. They are recorded.
    changed : int array (r,)
        Rows whose label, verdict or score changed, those decided by others meanwhile included.
    version : int
        The session's, afterwards.
    """

    recorded: tuple[int, ...]
    refused: tuple[Refusal, ...]
    conflicts: tuple[Conflict, ...]
    changed: Ints
    version: int


def to_decision(
    choice: Choice,
    study: Study,
    state: ReviewState,
    *,
    given: int,
    key: str,
    task: str,
    explanation: str,
    reviewer: str,
    score: float,
    client: str,
) -> Decision:
    """Return the decision that a choice becomes: named classes, a relabel to the given label as ``keep``.

    Parameters
    ----------
    choice : Choice
        Of a row of the study.
    study : Study
    state : ReviewState
        What holds now, to find what an undo undoes.
    given : int
        The label that the sample is given; `UNLABELED` for none.
    key : str
        `study_key` of the study, which takes time to compute.
    task : str
    explanation : str
        Fingerprint of the explanation on screen.
    reviewer : str
        Where the choice does not say.
    score : float
        Where the choice does not say.
    client : str

    Returns
    -------
    Decision
        Not recorded yet.

    Raises
    ------
    ReviewError
        A class that does not exist, nothing to undo, a time without a time zone.
    """
    sample_id = str(study.ids[choice.row])
    reviewer = reviewer if choice.reviewer is None else choice.reviewer
    if task == LABELING and state.label_given(sample_id) is not None:
        given = UNLABELED  # given before on the same page: another label takes its place
    verdict, label, undoes = choice.verdict, None, None
    match verdict:
        case Verdict.RELABEL:
            n_classes = len(study.class_names)
            if choice.label is None or not 0 <= choice.label < n_classes:
                raise ReviewError(
                    f"Sample '{sample_id}' cannot be relabeled to class number {choice.label}; "
                    f"there are classes 0 to {n_classes - 1}."
                )
            label = choice.label
            if label == given:
                verdict = Verdict.KEEP
        case Verdict.KEEP:
            label = given
        case Verdict.UNDO:
            undoes = state.decision_to_undo(sample_id, reviewer=reviewer, decision_id=choice.undoes).id
    score = score if choice.score is None else choice.score
    return Decision(
        study=key,
        study_fingerprint=study.fingerprint,
        task=task,
        sample_id=sample_id,
        verdict=verdict,
        old_label=label_name(study, given),
        new_label=None if label is None else label_name(study, label),
        reviewer=reviewer,
        note=choice.note,
        explanation=explanation,
        score=float(score) if np.isfinite(score) else None,
        decided_at=choice.at or datetime.now(UTC),
        client=client,
        seq=choice.seq,
        undoes=undoes,
        based_on=choice.based_on,
        sampled=choice.sampled,
    )
