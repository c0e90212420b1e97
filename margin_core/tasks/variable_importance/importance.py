"""The importance of every variable, of each class, as it is stored and shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np

from margin_core.interpretation.rounding import round_scores
from margin_core.tasks.variable_importance.array_parts import ArrayParts
from margin_core.tasks.variable_importance.class_effects import ClassEffects
from margin_core.tasks.variable_importance.rate import compute_group_divergences, compute_group_inflation, relative
from margin_core.tasks.variable_importance.relatedness import relatedness_points
from margin_core.values import Doubles, Floats, Ints, Texts
from margin_core.values.arrays import AnyArray

CREDIBLE = 1.96
"""Standard deviations on either side of the mean that hold 95 % of a Gaussian."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Importance(ArrayParts):
    """The centrality of m variables to the logits of k classes, and their effects on them.

    Attributes
    ----------
    names : array of str (m,)
    classes : int array (k,)
    rates : float array (k, m)
        Relative centrality, in [0, 1]; each class sums to 1.
    effects, deviations, inflation : float array (k, m)
        Posterior mean and standard deviation of the effect size, of a variable of several columns those of the column
        with the largest standard score; and its variance inflation factor, from 1 up.
    permutation, forest, boosting, shap : float array (m,)
        As in `Measures`.
    correlation : float array (m,)
        As in `ClassEffects`.
    accuracy : float array (2,)
        As in `Measures`.
    columns : array of str (k, m)
        Name of the column that the effect is of.
    points : float32 array (m, q)
        See `relatedness_points`.
    samples : int array (1,)
        How many it was estimated from.
    """

    names: Texts
    classes: Ints
    rates: Doubles
    effects: Doubles
    deviations: Doubles
    inflation: Doubles
    permutation: Doubles
    forest: Doubles
    boosting: Doubles
    shap: Doubles
    correlation: Doubles
    accuracy: Doubles
    columns: Texts
    points: Floats
    samples: Ints

    @cached_property
    def mean(self) -> Doubles:
        """Relative centrality averaged over the classes, (m,), with sum 1."""
        return np.asarray(self.rates.mean(axis=0))

    @cached_property
    def most(self) -> Ints:
        """Place of the class for which each variable matters most; of equals, the one that it is evidence for, (m,)."""
        return np.asarray(np.lexsort((-self.effects, -round_scores(self.rates)), axis=0)[0])

    def measures(self) -> dict[str, Doubles]:
        """Return what each measure says of the variables, over all classes.

        Returns
        -------
        dict of str to float array (m,)
            The higher, the more important; those that are known.
        """
        found = {
            "permutation": self.permutation, "importance": self.mean, "correlation": self.correlation,
            "forest": self.forest, "boosting": self.boosting, "shap": self.shap,
        }  # fmt: skip
        return {name: values for name, values in found.items() if not np.isnan(values).all()}

    def of_most(self, values: AnyArray) -> AnyArray:
        """Return the values (k, m) of the class for which each variable matters most.

        Parameters
        ----------
        values : array (k, m)
            A number of each class and variable.

        Returns
        -------
        array (m,)
        """
        return cast(AnyArray, values[self.most, np.arange(len(self.names))])

    def of_class(self, place: int) -> Importance:
        """Return the importance for one class.

        Parameters
        ----------
        place : int
            Among the classes.

        Returns
        -------
        Importance
        """
        one = slice(place, place + 1)
        return replace(
            self, classes=self.classes[one], rates=self.rates[one], effects=self.effects[one],
            deviations=self.deviations[one], inflation=self.inflation[one], columns=self.columns[one],
        )  # fmt: skip


def compute_importance(found: ClassEffects, divergence: str) -> Importance:
    """Compute the importance of the variables from their effect sizes.

    Parameters
    ----------
    found : ClassEffects
    divergence : {'full', 'quadratic', 'released'}
        See `compute_divergences`.

    Returns
    -------
    Importance

    Notes
    -----
    O(k p h min(p, h)), and O(p h^2) more for each variable of several columns.
    """
    variables = found.variables
    groups = [variables.columns_of(place) for place in range(len(variables.names))]
    columns = [_strongest(np.abs(one.standard_scores), groups) for one in found.effects]
    pairs = list(zip(found.effects, columns, strict=True))
    return Importance(
        names=np.array(variables.names, dtype=str),
        classes=found.classes,
        rates=np.array([relative(compute_group_divergences(one, groups, divergence)) for one in found.effects]),
        effects=np.array([one.mean[chosen] for one, chosen in pairs]),
        deviations=np.array([np.sqrt(one.variance[chosen]) for one, chosen in pairs]),
        inflation=np.array([compute_group_inflation(one, groups) for one in found.effects]),
        correlation=found.correlation,
        **found.measures.to_arrays(),
        columns=np.array(variables.column_names, dtype=str)[np.array(columns)],
        points=relatedness_points(found.effects)[columns[0]],
        samples=np.array([found.samples]),
    )


def _strongest(scores: Doubles, groups: Sequence[Ints]) -> Ints:
    """Return the column with the largest score of each group."""
    return np.array([group[scores[group].argmax()] for group in groups], dtype=np.int64)
