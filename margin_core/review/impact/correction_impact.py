"""The impact of corrections: its numbers, and its sentences for a person."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from margin_core.review.impact.accuracy_curve import AccuracyCurve


@dataclass(frozen=True, eq=False, kw_only=True)
class CorrectionImpact:
    """The impact of corrections on the accuracy of a linear model.

    Parameters
    ----------
    own : AccuracyCurve
        In the order in which decisions were made.
    others : tuple of AccuracyCurve
        In the orders of the other rankings.
    replayed : bool
        Whether the others are these same decisions in another order, which all end alike; else they are as many
        corrections, to the true label, of the samples that each ranking puts first.
    measure : str
        ``accuracy``, or ``balanced accuracy`` where classes are very uneven.
    decisions, changed : int
        Decisions, and those that changed a label.
    learned_from : int
        Decisions on samples that some model is fitted to; the others correct only what accuracy is measured by.
    held_out, looked_at : int
        Held-out samples; those of them of which a reviewer named the right class.
    judges : str
        Which samples are held out, for a person.
    """

    own: AccuracyCurve
    others: tuple[AccuracyCurve, ...]
    replayed: bool
    measure: str
    decisions: int
    changed: int
    learned_from: int
    held_out: int
    looked_at: int
    judges: str

    @property
    def sentence(self) -> str:
        """The change of accuracy as a sentence, with its interval."""
        if not self.decisions:
            return "No label has been reviewed yet, so there is no impact to measure."
        made = "Your decision" if self.decisions == 1 else f"Your {self.decisions:,} decisions"
        if not self.changed:
            return f"{made} changed no label, so the model learns the same as before."
        before, after = (f"{percentage} %" for percentage in self.own.percentages)
        within = self.own.change_in_words.replace(" (", " points (")
        if self.own.is_significant:
            verb = "raise" if self.own.change[-1] > 0 else "lower"
            verb += "s" if self.decisions == 1 else ""
            return (
                f"{made} {verb} the {self.measure} of a linear model on held-out samples from {before} to {after}: "
                f"{within}."
            )
        return (
            f"{made} {'makes' if self.decisions == 1 else 'make'} no statistically significant difference: the "
            f"{self.measure} of a linear model on held-out samples was {before} before and is {after} now, {within}."
        )

    @property
    def judged_in_words(self) -> str:
        """A sentence on which samples and which labels accuracy is measured."""
        by = (
            f"by their labels as they stand after your decisions: {self.looked_at:,} of these {self.held_out:,} labels "
            "were reviewed, the others may be wrong"
            if self.replayed
            else "by the true labels that the study keeps beside it"
        )
        aside = self.decisions - self.learned_from
        on_held_out = f" {aside:,} of your decisions are on held-out samples, from which nothing is learned."
        return f"It is measured on {self.judges}, {by}.{on_held_out if aside else ''}"

    @property
    def compared_in_words(self) -> str:
        """A sentence on the other orders that the decisions are compared with."""
        if self.replayed:
            return "The same decisions, in the order of each other ranking: all end alike, some get there sooner."
        return f"For comparison, the first {self.decisions:,} samples of each other ranking, given their true labels."

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values.

        Returns
        -------
        dict
            By the names of the parameters, and ``sentence``.
        """
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        curves = {"own": self.own.to_json(), "others": [curve.to_json() for curve in self.others]}
        return {"sentence": self.sentence, **plain, **curves}
