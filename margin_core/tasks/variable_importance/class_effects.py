"""From a study to the effect sizes of its variables on the logit of each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from margin_core.domain.hash_sample import hash_sample
from margin_core.errors import MissingPart
from margin_core.probe.logistic import fit_logistic
from margin_core.probe.principal import compute_principal_axes
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.variable_importance.effect_sizes import EffectSizes
from margin_core.tasks.variable_importance.groups import group_name
from margin_core.tasks.variable_importance.held_out import HeldOut
from margin_core.tasks.variable_importance.last_layer import fit_logit_posterior
from margin_core.tasks.variable_importance.measures import Measures, compute_measures, has_shap
from margin_core.tasks.variable_importance.network import Network, train_network
from margin_core.tasks.variable_importance.projection import project
from margin_core.tasks.variable_importance.variables import Variables, find_variables, merge_places
from margin_core.values import UNLABELED, Doubles, Floats, Ints, Study, usable_rows

VERSION = 4
"""Raised whenever the same study would have other effects."""

LAYERS = ("network", "embedding")

MAX_SAMPLES = 20_000
"""More are left out of the fit: a pseudo-random choice by id."""

MAX_CLASSES = 200
"""Of more classes one has to be named: each costs a factorization."""

MAX_UNITS = 128
"""Directions of the activations that the last layer is fitted on: those of the largest variance."""

PENALTY = 0.1
"""Precision of the prior of the weights, on activations whose mean square length is 1."""

TOLERANCE = 1e-6
MAX_ITERATIONS = 200


@dataclass(frozen=True, eq=False, kw_only=True)
class ClassEffects:
    """Effect sizes of the variables on the logits of some classes.

    Attributes
    ----------
    variables : Variables
        p columns of m variables.
    classes : int array (k,)
        Class numbers.
    effects : tuple of EffectSizes, length k
        Of the p columns.
    measures : Measures
        Of the variables on the network; NaN where there is none.
    correlation : float array (m,)
        Largest absolute correlation of a column of the variable with belonging to a class, in [0, 1].
    samples : int
        How many samples they were estimated from.
    held_out : HeldOut or None
        The network with the samples that it has not learned from; of all variables, whichever were left out since.
    """

    variables: Variables
    classes: Ints
    effects: tuple[EffectSizes, ...]
    measures: Measures
    correlation: Doubles
    samples: int
    held_out: HeldOut | None

    def given_zero(self, variables: Ints) -> ClassEffects:
        """Condition on some variables having no effect on any class.

        Parameters
        ----------
        variables : int array (r,)
            Their numbers.

        Returns
        -------
        ClassEffects
            Of the others, in their order.
        """
        left = np.setdiff1d(np.arange(len(self.variables.names)), variables)
        columns = np.flatnonzero(np.isin(self.variables.variable_of, variables))
        return replace(
            self,
            variables=self.variables.only(left),
            effects=tuple(one.given_zero(columns) for one in self.effects),
            measures=self.measures.only(left),
            correlation=self.correlation[left],
        )

    def grouped(self, groups: Sequence[Ints], names: Sequence[str] | None = None) -> ClassEffects:
        """Return the effects with each group of variables as one: zero together, shuffled together.

        Parameters
        ----------
        groups : sequence of int arrays
            Disjoint; places among the variables.
        names : sequence of str, optional
            What each group is called; default: see `group_name`.

        Returns
        -------
        ClassEffects
            A group stands where its first variable did. Its correlation is the largest of its variables.
        """
        if names is None:
            names = [group_name([self.variables.names[place] for place in group]) for group in groups]
        merged_into = merge_places(groups, len(self.variables.names))
        held_out = self.held_out and replace(self.held_out, variables=self.held_out.variables.grouped(groups, names))
        variables = self.variables.grouped(groups, names)
        correlation = np.zeros(len(variables.names))
        np.maximum.at(correlation, merged_into, self.correlation)
        return replace(
            self, variables=variables, measures=self.measures.grouped(merged_into, held_out), correlation=correlation,
            held_out=held_out,
        )  # fmt: skip


def estimate_class_effects(
    study: Study, *, target: int | None, layer: str, posterior: str, projection: str, jitter: float, run: Run
) -> ClassEffects:
    """Estimate the effect sizes of the variables of a study, on one class or on each.

    Parameters
    ----------
    study : Study
        With labels; where they are all of one class, no variable has an effect.
    target : int or None
        A class; None: every class that has a label.
    layer : {'network', 'embedding'}
        Whether the last layer is put on a network that is trained on the variables, or on the features of the study.
    posterior : {'full', 'diagonal'}
        See `fit_logit_posterior`.
    projection : {'covariance', 'linear', 'ridge'}
        See `project`.
    jitter : float
        See `with_jitter`.
    run : Run
        Remembers the activations of the network; receives the progress.

    Returns
    -------
    ClassEffects

    Raises
    ------
    MissingPart
        More than 200 classes have labels, or the study has no variables.
    """
    rows = _rows(study, layer)
    labels = study.labels[rows]
    run.report(0.0, "Reading the variables")
    variables = find_variables(study, rows)
    if len(np.unique(labels)) < 2:  # nothing tells classes apart
        nothing = np.zeros((variables.values.shape[1], 1))
        still = EffectSizes(mean=nothing[:, 0], factor=nothing, noise=nothing[:, 0])
        unknown = np.full(len(variables.names), np.nan)
        return ClassEffects(
            variables=variables, classes=np.zeros(1, np.int64), effects=(still,),
            measures=Measures.unknown(len(variables.names)), correlation=unknown, samples=len(rows), held_out=None,
        )  # fmt: skip
    held_out, measures = None, Measures.unknown(len(variables.names))
    if layer == "embedding":
        units = _reduce(study.embedding[rows])
    else:
        network, measures = _network(study, rows, variables, run.part(0.05, 0.7))
        held_out = HeldOut.of(network, variables, labels)
        units = _reduce(network.activations(variables.values))
    run.report(0.7, "Fitting the last layer")
    with threadpool_limits(1, "blas"):
        fitted = fit_logistic(
            units, labels, inverse_penalty=1 / PENALTY, tolerance=TOLERANCE, max_iterations=MAX_ITERATIONS
        )
    assert fitted is not None  # of two classes at least
    probabilities = fitted.probabilities(units, len(study.class_names))
    classes = fitted.classes if target is None else fitted.classes[fitted.classes == target]
    if not len(classes):
        raise MissingPart(f"Study '{study.name}': no label is '{study.class_names[target or 0]}', so nothing tells it.")
    if len(classes) > MAX_CLASSES:
        raise MissingPart(
            f"Study '{study.name}' has {len(classes):,} classes; importance is compared over {MAX_CLASSES} at most. "
            "Name one with --set target=CLASS."
        )
    weights = fitted.coefficients[:, :-1]
    effects = []
    for done, number in enumerate(classes.tolist()):
        run.report(0.75 + 0.25 * done / len(classes), f"Estimating effects on class {done + 1:,} of {len(classes):,}")
        place = int(np.searchsorted(fitted.classes, number))
        # Of two classes only the difference of their logits counts.
        weight = weights[place] - weights[1 - place] if len(fitted.classes) == 2 else weights[place]
        logit = fit_logit_posterior(units, weight, probabilities[:, number], penalty=PENALTY, form=posterior)
        effects.append(project(variables.values, units, logit, form=projection, jitter=jitter))
    return ClassEffects(
        variables=variables, classes=classes, effects=tuple(effects), measures=measures,
        correlation=_correlation(variables, labels), samples=len(rows), held_out=held_out,
    )  # fmt: skip


def _rows(study: Study, layer: str) -> Ints:
    """Return the samples that the effects are estimated from, sorted by id, so that their order changes nothing."""
    usable = study.labels != UNLABELED
    if layer == "embedding" or study.maybe_inputs is None:
        usable &= usable_rows(study.embedding)
    rows = np.flatnonzero(usable)
    rows = rows[hash_sample(study.ids[rows], MAX_SAMPLES)]
    return rows[np.argsort(study.ids[rows], kind="stable")]


def _network(study: Study, rows: Ints, variables: Variables, run: Run) -> tuple[Network, Measures]:
    """Return the built-in network on the variables of some samples, and what it makes of them."""
    if not isinstance(variables.values, np.ndarray):
        raise MissingPart(
            f"Study '{study.name}': {len(variables.names):,} {variables.kind} are too many for the built-in network. "
            "Use its features, with --set layer=embedding."
        )
    labels, n_classes = study.labels[rows], len(study.class_names)
    key = fingerprint(VERSION, variables.values, variables.variable_of, labels)
    network = Network.from_arrays(
        run.step("network", key, lambda: train_network(variables, labels, n_classes, run.part(0.0, 0.6)).to_arrays())
    )
    held_out = HeldOut.of(network, variables, labels)
    measures = run.step(
        "measures", fingerprint(key, has_shap),
        lambda: compute_measures(held_out, variables, run.part(0.6, 1.0)).to_arrays(),
    )  # fmt: skip
    return network, Measures.from_arrays(measures)


def _reduce(activations: Floats) -> Doubles:
    """Return the leading principal components, centered and of mean square length 1."""
    centered = activations - activations.mean(axis=0, dtype=np.float64)
    with threadpool_limits(1, "blas"):
        units = centered @ compute_principal_axes(centered, MAX_UNITS)
    length = float(np.sqrt(np.square(units).sum(axis=1).mean())) or 1.0
    return np.asarray(units / length)


def _correlation(variables: Variables, labels: Ints) -> Doubles:
    """Return the largest absolute correlation of a column of each variable with belonging to a class, (m,)."""
    largest = np.zeros(variables.values.shape[1])
    for number in np.unique(labels):
        member = (labels == number).astype(float)
        member = (member - member.mean()) / member.std()
        largest = np.maximum(largest, np.abs(np.asarray(variables.values.T @ member)) / len(labels))
    found = np.zeros(len(variables.names))
    np.maximum.at(found, variables.variable_of, largest)
    return np.minimum(found, 1.0)
