"""The state of a review: its log folded to the decisions that hold now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from margin_core.errors import ReviewError
from margin_core.review.decision import Decision, Verdict, is_label_given


@dataclass(frozen=True)
class Conflict:
    """A decision that replaced another reviewer's, which its reviewer had not seen.

    Parameters
    ----------
    decision : Decision
        The later one, which holds.
    replaced : Decision
        The earlier one, which stays in the log.
    """

    decision: Decision
    replaced: Decision

    @property
    def sentence(self) -> str:
        """The conflict as a sentence: who decided what, and which decision holds."""
        now, before = self.decision, self.replaced
        return (
            f"Sample '{now.sample_id}': {now.reviewer or 'somebody'} decided {_words(now)} without having seen that "
            f"{before.reviewer or 'somebody'} had decided {_words(before)}; the later decision holds."
        )


def _words(decision: Decision) -> str:
    return f"'relabel to {decision.new_label}'" if decision.verdict is Verdict.RELABEL else f"'{decision.verdict}'"


def first_shown(decisions: Iterable[Decision]) -> dict[str, bool]:
    """Return whether each sample of a log was first shown as a random check.

    Parameters
    ----------
    decisions : iterable of Decision
        The log of one study, in order.

    Returns
    -------
    dict of str to bool
        By sample id, in the order in which they were first decided on; those whose decisions were undone, too.
    """
    shown: dict[str, bool] = {}
    for decision in decisions:
        if decision.verdict is not Verdict.UNDO:
            shown.setdefault(decision.sample_id, decision.sampled)
    return shown


class ReviewState:
    """The log of one study, folded row by row.

    The decision that holds for a sample is the last one that is not undone. An undo undoes one
    decision, by id, and the one before it holds again. Rows enter in the order of their ids; every log has
    a state, so an undo that finds nothing left to undo (two people undid the same decision at the same
    moment) changes nothing.

    Parameters
    ----------
    decisions : iterable of Decision
        Recorded ones, in the order of the log.
    """

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._by_id: dict[int, Decision] = {}
        self._sent: set[tuple[str, int]] = set()
        self._undone: set[int] = set()
        self._stacks: dict[str, list[Decision]] = {}
        self._conflicts: list[Conflict] = []
        for decision in decisions:
            self.add(decision)

    def add(self, decision: Decision) -> Conflict | None:
        """Fold one more row of the log.

        Parameters
        ----------
        decision : Decision

        Returns
        -------
        Conflict or None
            When it replaced another reviewer's decision that its reviewer had not seen.

        Raises
        ------
        ValueError
            The decision is not recorded.
        """
        if decision.id is None:
            raise ValueError("Only a recorded decision has a place in the log.")
        self._by_id[decision.id] = decision
        self._sent.add((decision.client, decision.seq))
        if decision.verdict is Verdict.UNDO:
            self._undo(decision.undoes)
            return None
        stack = self._stacks.setdefault(decision.sample_id, [])
        conflict = None
        if stack and stack[-1].id != decision.based_on and stack[-1].reviewer != decision.reviewer:
            conflict = Conflict(decision, stack[-1])
            self._conflicts.append(conflict)
        stack.append(decision)
        return conflict

    def _undo(self, target_id: int | None) -> None:
        target = self._by_id.get(target_id or 0)
        if target is not None and target.verdict is not Verdict.UNDO and target_id not in self._undone:
            self._undone.add(target_id or 0)
            self._stacks[target.sample_id].remove(target)

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def last_id(self) -> int:
        """The id of the newest row; 0 for an empty log."""
        return next(reversed(self._by_id), 0)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Every decision that replaced one its reviewer had not seen, oldest first."""
        return tuple(self._conflicts)

    def has(self, client: str, seq: int) -> bool:
        """Return whether a number of a client is in the log.

        Parameters
        ----------
        client : str
        seq : int

        Returns
        -------
        bool
        """
        return (client, seq) in self._sent

    def current(self, sample_id: str) -> Decision | None:
        """Return the decision that holds for a sample.

        Parameters
        ----------
        sample_id : str

        Returns
        -------
        Decision or None
        """
        stack = self._stacks.get(sample_id)
        return stack[-1] if stack else None

    def label_given(self, sample_id: str) -> str | None:
        """Return the label that a sample without one was given last, whatever a review has made of it.

        Parameters
        ----------
        sample_id : str

        Returns
        -------
        str or None
            Name of its class.
        """
        stack = self._stacks.get(sample_id, ())
        return next((one.new_label for one in reversed(stack) if is_label_given(one)), None)

    def current_decisions(self) -> dict[str, Decision]:
        """Return the decision that holds for each sample that has one.

        Returns
        -------
        dict of str to Decision
            By sample id.
        """
        return {sample_id: stack[-1] for sample_id, stack in self._stacks.items() if stack}

    def history(self) -> Iterator[Decision]:
        """Iterate over the decisions that are not undone, newest first.

        Yields
        ------
        Decision
        """
        for decision in reversed(self._by_id.values()):
            if decision.verdict is not Verdict.UNDO and decision.id not in self._undone:
                yield decision

    def decision_to_undo(self, sample_id: str, *, reviewer: str, decision_id: int | None = None) -> Decision:
        """Return the decision that an undo on a sample undoes.

        Parameters
        ----------
        sample_id, reviewer : str
        decision_id : int, optional
            Which decision, anybody's; default: the reviewer's own last one on this sample that is not undone.

        Returns
        -------
        Decision

        Raises
        ------
        ReviewError
            There is none, or it is undone already.
        """
        if decision_id is None:
            own = [decision for decision in self._stacks.get(sample_id, ()) if decision.reviewer == reviewer]
            if not own:
                raise ReviewError(f"Sample '{sample_id}' has no decision of {reviewer or 'yours'} left to undo.")
            return own[-1]
        target = self._by_id.get(decision_id)
        if target is None or target.sample_id != sample_id:
            raise ReviewError(f"Sample '{sample_id}' has no decision number {decision_id}. Reload the page to see all.")
        if target.verdict is Verdict.UNDO:
            raise ReviewError(f"Decision {decision_id} is itself an undo and stays. Decide on '{sample_id}' again.")
        if decision_id in self._undone:
            raise ReviewError(f"Decision {decision_id} on sample '{sample_id}' is undone already.")
        return target
