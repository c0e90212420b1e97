"""When the models behind a ranking are due to be fitted again."""

from __future__ import annotations

from margin_core.review.decision import Decision, Verdict, is_label_given

MIN_CHANGES = 20
"""Labels changed since the last fit from which a new one differs noticeably."""

MIN_CHANGED_SHARE = 0.1
"""So large a part of all changed labels must be new, so that a long review is not fitted over and over."""

EXCLUDED = object()
"""The vote of a sample that is excluded: none."""


class RefitSchedule:
    """The decisions of a log after which a refit is due.

    A refit is due when 20 labels vote otherwise than at the last one, or a tenth of all that are changed by then if
    that is more. Which decisions these are follows from the log alone, so a review that is opened again comes to the
    same ranking.
    """

    def __init__(self) -> None:
        self._votes: dict[str, object] = {}
        self._fitted: dict[str, object] = {}
        self._due: list[int] = []

    @property
    def due(self) -> tuple[int, ...]:
        """Ids of the decisions after which a refit was due, oldest first."""
        return tuple(self._due)

    def add(self, decision: Decision, current: Decision | None) -> None:
        """Follow one more row of the log.

        Parameters
        ----------
        decision : Decision
        current : Decision or None
            What holds for its sample now.
        """
        sample, vote = decision.sample_id, _changed_vote(current)
        before = self._votes.pop(sample, None)
        if vote is not None:
            self._votes[sample] = vote
        if vote == before:
            return
        # The vote at the last fit of those that have changed since.
        fitted = self._fitted.setdefault(sample, before)
        if vote == fitted:
            del self._fitted[sample]
        if len(self._fitted) >= max(MIN_CHANGES, MIN_CHANGED_SHARE * len(self._votes)):
            self._due.append(decision.id or 0)
            self._fitted.clear()


def _changed_vote(current: Decision | None) -> object:
    """Return the vote of a sample where it is not its given label; else None."""
    if current is None or current.verdict is Verdict.SKIP or is_label_given(current):
        return None  # a label that is given now changes none
    if current.verdict is Verdict.EXCLUDE:
        return EXCLUDED if current.old_label is not None else None
    return None if current.new_label == current.old_label else current.new_label
