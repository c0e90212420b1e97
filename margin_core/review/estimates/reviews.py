"""What reviews say about labels, in the order in which samples were first shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from margin_core.errors import ReviewError
from margin_core.review.decision import Decision, Verdict, study_key
from margin_core.review.decision_table import check_names, read_flag, read_time
from margin_core.review.export.tables import as_text
from margin_core.review.state import ReviewState, first_shown
from margin_core.values import UNLABELED, Ints, Study, freeze

if TYPE_CHECKING:
    import pandas as pd

RIGHT, WRONG, UNKNOWN = 0, 1, -1
"""What a review says of the given label."""

OUTCOMES = {"keep": RIGHT, "relabel": WRONG, "exclude": WRONG, "skip": UNKNOWN}
"""By verdict. A sample that belongs in no class has no right label, so an excluded one counts as wrong."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Reviews:
    """Reviewed labels, one row a sample, in the order in which the samples were first shown.

    Parameters
    ----------
    rows : int array (r,)
        Rows of the study, each once.
    outcomes : int array (r,)
        Of the given label: `RIGHT` (0), `WRONG` (1) or `UNKNOWN` (-1).
    true_labels : int array (r,)
        The right class; `UNLABELED` where none is known: an excluded or skipped sample.
    sampled : bool array (r,)
        Whether the sample was shown as a random check (`RandomChecks`) rather than by its rank.
    """

    rows: Ints
    outcomes: Ints
    true_labels: Ints
    sampled: NDArray[np.bool_]

    def __post_init__(self) -> None:
        for name in ("rows", "outcomes", "true_labels"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.int64))
        object.__setattr__(self, "sampled", _flags(self.sampled))
        lengths = [len(values) for values in (self.rows, self.outcomes, self.true_labels, self.sampled)]
        if len(set(lengths)) > 1:
            raise ReviewError(f"Reviews: rows, outcomes, true labels and sampled must be as many; got {lengths}.")
        if len(np.unique(self.rows)) < len(self.rows):
            raise ReviewError("Reviews: a row occurs twice. Give each sample once, with the decision that holds.")
        odd = self.outcomes[~np.isin(self.outcomes, (RIGHT, WRONG, UNKNOWN))]
        if len(odd):
            raise ReviewError(f"Reviews: outcomes are 0 (right), 1 (wrong) or -1 (unknown); got {odd[0]}.")
        freeze(self, "rows", "outcomes", "true_labels", "sampled")

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def none(cls) -> Self:
        """Return no reviews.

        Returns
        -------
        Reviews
        """
        return cls.build(given=np.empty(0, np.int64), rows=(), verdicts=(), new_labels=(), sampled=())

    @classmethod
    def build(
        cls, *, given: Ints, rows: ArrayLike, verdicts: Sequence[str], new_labels: ArrayLike, sampled: ArrayLike
    ) -> Self:
        """Return the reviews that follow from decisions.

        ``keep`` says right, and so does ``relabel`` to the given class; ``relabel`` to another says wrong, and which
        class is right; ``exclude`` says wrong, since a sample that belongs in no class has no right label; ``skip``
        says nothing. A sample that was given no label is left out: there is nothing to be wrong.

        Parameters
        ----------
        given : int array (n,)
            The labels that the data set gives.
        rows : array_like of int (r,)
            In the order in which they were first shown.
        verdicts : sequence of str, length r
            The verdicts that hold now: ``keep``, ``relabel``, ``exclude`` or ``skip``.
        new_labels : array_like of int (r,)
            The class that holds now; read for ``relabel`` only.
        sampled : array_like of bool (r,)
            Whether each was shown as a random check.

        Returns
        -------
        Reviews

        Raises
        ------
        ReviewError
            Lengths that differ, a row twice or outside the study, a verdict of another name, a new label that is no
            number of a class.
        """
        try:
            places, named = np.asarray(rows, dtype=np.int64), np.asarray(new_labels, dtype=np.int64)
        except (TypeError, ValueError):
            raise ReviewError("Reviews: rows and new labels must be whole numbers. For ids use from_frame.") from None
        if not np.array_equal(places, np.asarray(rows)):
            raise ReviewError("Reviews: rows must be whole numbers. For ids use from_frame.")
        if not np.array_equal(named, np.asarray(new_labels)):
            raise ReviewError("Reviews: new labels must be whole numbers, those of classes. For names use from_frame.")
        lengths = [len(places), len(verdicts), np.size(new_labels), np.size(sampled)]
        if len(set(lengths)) > 1:
            raise ReviewError(f"Reviews: rows, verdicts, new labels and sampled must be as many; got {lengths}.")
        unknown = sorted(set(verdicts) - set(OUTCOMES))
        if unknown:
            raise ReviewError(f"Reviews: there is no verdict '{unknown[0]}'. There are: {', '.join(OUTCOMES)}.")
        outside = places[(places < 0) | (places >= len(given))]
        if len(outside):
            raise ReviewError(f"Reviews: row {outside[0]} is not among the {len(given):,} of the study.")
        outcomes = np.array([OUTCOMES[verdict] for verdict in verdicts], dtype=np.int64)
        relabeled = np.array([verdict == "relabel" for verdict in verdicts], dtype=bool)
        odd = np.flatnonzero(relabeled & (named < UNLABELED))
        if len(odd):
            raise ReviewError(
                f"Reviews: row {places[odd[0]]} is relabeled to {named[odd[0]]}, which is no class. Give the number of "
                f"one, or {UNLABELED} where it is not known."
            )
        # A table of final labels says "relabel" for each; where the class is the given one, that is to keep it.
        outcomes[relabeled & (named == given[places])] = RIGHT
        true_labels = np.where(relabeled, named, UNLABELED)
        true_labels[outcomes == RIGHT] = given[places[outcomes == RIGHT]]
        labeled = given[places] != UNLABELED
        return cls(
            rows=places[labeled],
            outcomes=outcomes[labeled],
            true_labels=true_labels[labeled],
            sampled=_flags(sampled)[labeled],
        )

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, study: Study) -> Self:
        """Return the reviews in a table.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row a sample, in the order in which they were first shown, or with ``decided_at`` and ``sampled`` as
            exported: ``id``; ``verdict``, one of ``keep``,
            ``relabel``, ``exclude``, ``skip``, or empty for a sample that is not decided; ``label``, the right class of
            a relabeled sample, by name; optionally ``sampled``, whether it was shown as a random check (``True`` or 1).
            Numbers may have been read as text and text as numbers, as `pandas.read_csv` does.
        study : Study
            With labels.

        Returns
        -------
        Reviews

        Raises
        ------
        ReviewError
            A column is absent, or the table is a log; an id, verdict or class is unknown, or a sample occurs twice.
        """
        if not (hasattr(frame, "columns") and hasattr(frame, "iloc")):
            raise ReviewError(f"Reviews: a table is a pandas.DataFrame; got a {type(frame).__name__}. Give one.")
        check_names("Reviews: the table", frame.columns)
        if "undoes" in frame.columns:
            raise ReviewError(
                "Reviews: this table is a log, in which id is the number of a decision. Give the decisions themselves, "
                "ReviewStore.decisions(), or a table of samples, as margin export --format csv writes it."
            )
        missing = [name for name in ("id", "verdict") if name not in frame.columns]
        if missing:
            raise ReviewError(f"Reviews: the table has no column '{missing[0]}'. It needs id, verdict and label.")
        written = [text.strip().lower() for text in _texts(frame, "verdict")]
        decided = frame[np.array([text != "" for text in written], dtype=bool)]
        verdicts = [text for text in written if text]
        times = _texts(decided, "decided_at")
        if "sampled" in frame.columns and all(times):  # as exported: in the order of the study
            order = np.argsort([read_time("Reviews", text).timestamp() for text in times], kind="stable")
            decided, verdicts = decided.iloc[order], [verdicts[place] for place in order]
        number_of = {name: number for number, name in enumerate(study.class_names)}
        rows, labels = [], []
        names = _texts(decided, "label")
        for sample, verdict, name in zip(_texts(decided, "id"), verdicts, names, strict=True):
            if sample not in study.row_of:
                raise ReviewError(f"Reviews: study '{study.name}' has no sample '{sample}'. Check the column id.")
            if verdict == "relabel" and name not in number_of:
                raise ReviewError(
                    f"Reviews: sample '{sample}' is relabeled to '{name}', which is no class of study '{study.name}'. "
                    f"There are: {', '.join(study.class_names)}."
                )
            rows.append(study.row_of[sample])
            labels.append(number_of[name] if verdict == "relabel" else UNLABELED)
        return cls.build(
            given=study.labels,
            rows=rows,
            verdicts=verdicts,
            new_labels=labels,
            sampled=[read_flag("Reviews: sampled", text) for text in _texts(decided, "sampled")],
        )

    @classmethod
    def from_decisions(cls, decisions: Iterable[Decision], study: Study) -> Self:
        """Return what the decisions that hold say of the labels.

        Parameters
        ----------
        decisions : iterable of Decision
            The log in order, undos included, as `ReviewStore.decisions` returns it; those of other studies are left
            out.
        study : Study
            With labels.

        Returns
        -------
        Reviews
            In the order of the first decision on each sample. A sample whose decisions were all undone has been shown
            all the same: of it nothing is known.

        Raises
        ------
        ReviewError
            None of the decisions is of this study.
        """
        log, key = [*decisions], study_key(study)
        own = [
            replace(decision, id=number) if decision.id is None else decision  # made, but not recorded anywhere
            for number, decision in enumerate(log, start=1)
            if decision.study == key
        ]
        if log and not own:
            raise ReviewError(
                f"Reviews: none of the {len(log):,} decisions is of study '{study.name}', which has other samples or "
                "classes. Give the study that was reviewed."
            )
        sampled = first_shown(own)
        current = ReviewState(own).current_decisions()
        number_of = {name: number for number, name in enumerate(study.class_names)}
        held = [current.get(sample_id) for sample_id in sampled]
        return cls.build(
            given=study.labels,
            rows=[study.row_of[sample_id] for sample_id in sampled],
            verdicts=[str(Verdict.SKIP if decision is None else decision.verdict) for decision in held],
            new_labels=[
                UNLABELED if decision is None or decision.new_label is None else number_of[decision.new_label]
                for decision in held
            ],
            sampled=[*sampled.values()],
        )

    def to_frame(self, study: Study) -> pd.DataFrame:
        """Return the reviews as a table, which `from_frame` reads.

        Parameters
        ----------
        study : Study
            Whose labels were reviewed.

        Returns
        -------
        pandas.DataFrame
            ``id``, ``verdict``, ``label``, ``sampled``. An excluded sample is wrong and has no right class.
        """
        import pandas as pd  # slow to import, and only tables need it

        names = np.array([*study.class_names, ""])
        wrong = np.where(self.true_labels == UNLABELED, "exclude", "relabel")
        verdicts = np.select([self.outcomes == RIGHT, self.outcomes == WRONG], ["keep", wrong], "skip")
        return pd.DataFrame(
            {
                "id": study.ids[self.rows],
                "verdict": verdicts,
                "label": np.where(verdicts == "relabel", names[self.true_labels], ""),
                "sampled": self.sampled,
            }
        )

    def first(self, number: int) -> Self:
        """Return the reviews that were made first.

        Parameters
        ----------
        number : int

        Returns
        -------
        Reviews
            At most `number`.
        """
        return type(self)(
            rows=self.rows[:number],
            outcomes=self.outcomes[:number],
            true_labels=self.true_labels[:number],
            sampled=self.sampled[:number],
        )

    @property
    def wrong(self) -> Ints:
        """Rows whose label was found wrong."""
        found: Ints = self.rows[self.outcomes == WRONG]
        return found

    @property
    def known(self) -> Ints:
        """Rows of which it is known whether their label is wrong."""
        known: Ints = self.rows[self.outcomes != UNKNOWN]
        return known


def _flags(values: ArrayLike) -> NDArray[np.bool_]:
    """Return flags, which may have been read as texts."""
    given = np.asarray(values)
    if given.dtype.kind in "biuf":
        return given.astype(np.bool_)
    return np.array([read_flag("Reviews: sampled", str(value)) for value in given.tolist()], dtype=np.bool_)


def _texts(frame: pd.DataFrame, column: str) -> list[str]:
    if column not in frame.columns:
        return [""] * len(frame)
    values = frame[column].astype(object)
    return [as_text(value) for value in values.where(values.notna(), "")]
