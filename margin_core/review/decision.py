"""One decision about one sample: the row of the review log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from margin_core.errors import ReviewError
from margin_core.storage.fingerprint import fingerprint
from margin_core.values import UNLABELED, Study


class Verdict(StrEnum):
    """A reviewer's verdict on the label that a sample was given."""

    KEEP = "keep"
    RELABEL = "relabel"
    SKIP = "skip"
    EXCLUDE = "exclude"
    UNDO = "undo"


LABELING = "active_sampling"
"""The task under which samples without a label are given one; its decisions set the given label and review none."""

OPEN = 0
CODES = {Verdict.KEEP: 1, Verdict.RELABEL: 2, Verdict.SKIP: 3, Verdict.EXCLUDE: 4}
"""The number of each verdict in arrays over rows; `OPEN` (0) is undecided."""

KNOWN_CLASS_CODES = (CODES[Verdict.KEEP], CODES[Verdict.RELABEL])
"""Codes after which the right class is known."""

DECIDED_CODES = (*KNOWN_CLASS_CODES, CODES[Verdict.EXCLUDE])
"""Codes of decisions; who skips a sample puts the decision off."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One row of the log; never changed, a change of mind is a new row.

    Classes are named, not numbered, so that the log can be read without the study and stays true when
    classes are numbered anew. Numbers become names, and names numbers, in `ReviewSession`.

    Parameters
    ----------
    study : str
        `study_key` of the study; decisions are found again under it.
    study_fingerprint : str
        The study exactly as the reviewer saw it: labels, features and all.
    task : str
        The task whose findings were reviewed, such as ``label_flips``.
    sample_id : str
    verdict : Verdict
    old_label : str or None
        The label that the data set gives the sample; None where it gives none.
    new_label : str or None
        The label that holds from now on: `old_label` for ``keep``, the other class for ``relabel``, None else.
    reviewer, note : str
    explanation : str
        Fingerprint of the explanation on screen; empty for a decision made elsewhere.
    score : float or None
        The score on screen, larger = more suspect.
    decided_at : datetime
        By the reviewer's clock, in UTC.
    client, seq : str, int
        Who sent it and under which number; the same pair is recorded once, however often it is sent.
    undoes : int or None
        For ``undo``: the id of the decision that is undone.
    based_on : int or None
        The id of the decision on this sample that the reviewer had before their eyes; None for none.
    sampled : bool
        Whether the sample was shown as a random check, to bound the errors that are left, not by its rank.
    id : int or None
        Place in the log, given by the store; None until recorded.

    Raises
    ------
    ReviewError
        A relabel without a label, an undo without what it undoes, a time without a time zone.
    """

    study: str
    study_fingerprint: str
    task: str
    sample_id: str
    verdict: Verdict
    old_label: str | None
    new_label: str | None
    reviewer: str
    decided_at: datetime
    client: str
    seq: int
    note: str = ""
    explanation: str = ""
    score: float | None = None
    undoes: int | None = None
    based_on: int | None = None
    sampled: bool = False
    id: int | None = None

    def __post_init__(self) -> None:
        where = f"Decision on sample '{self.sample_id}'"
        if self.verdict is Verdict.RELABEL and self.new_label is None:
            raise ReviewError(f"{where}: a relabel needs the new label. Name the class, or keep the label.")
        if (self.verdict is Verdict.UNDO) != (self.undoes is not None):
            raise ReviewError(f"{where}: an undo, and only an undo, names the decision that it undoes.")
        if self.decided_at.tzinfo is None:
            raise ReviewError(f"{where}: its time '{self.decided_at}' has no time zone. Give it in UTC.")
        object.__setattr__(self, "decided_at", self.decided_at.astimezone(UTC))


def is_label_given(decision: Decision) -> bool:
    """Return whether a decision gives a label to a sample that had none, rather than reviewing one.

    Parameters
    ----------
    decision : Decision

    Returns
    -------
    bool
    """
    return decision.task == LABELING and decision.verdict is Verdict.RELABEL and decision.old_label is None


def study_key(study: Study) -> str:
    """Return the key of a study in the log: a hash of its samples and classes alone.

    Another model, other features or a label corrected elsewhere leave the key as it is, so the decisions
    made before are found again. Other samples or classes make another key; carry decisions over with
    `export` (format ``csv``) and `import_decisions`.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
    """
    return fingerprint("review", study.parts["ids"], study.parts["class_names"])


def label_name(study: Study, number: int) -> str | None:
    """Return the name of a class.

    Parameters
    ----------
    study : Study
    number : int

    Returns
    -------
    str or None
        None for `UNLABELED`.
    """
    return None if number == UNLABELED else str(study.class_names[number])
