"""Measures of importance beside RATE, on one network and the same held-out samples."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Self

import numpy as np
from threadpoolctl import threadpool_limits

from margin_core.storage.engine import Run
from margin_core.tasks.variable_importance.array_parts import ArrayParts
from margin_core.tasks.variable_importance.held_out import HeldOut
from margin_core.tasks.variable_importance.network import Network
from margin_core.tasks.variable_importance.variables import Variables
from margin_core.values import Doubles, Floats, Ints

MAX_REPEATS = 10
MAX_PERMUTATIONS = 1_000
"""Times that a variable is permuted at most, and all of them together, but once each."""

MIMIC_SAMPLES, MIMIC_TREES = 5_000, 100

BOOSTING_SHARE = 0.3
"""Share of the samples that each of its trees is grown on."""

MAX_BOOSTED = 5
"""Classes that a boosting mimic predicts at most: each costs its own trees."""

SHAP_SAMPLES, SHAP_BACKGROUND, SHAP_DRAWS = 200, 100, 50

has_shap = find_spec("shap") is not None
"""Whether the library SHAP is installed, the extra ``shap``."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Measures(ArrayParts):
    """Measures of m variables beside RATE, on one network and the same held-out samples.

    Attributes
    ----------
    permutation : float array (m,)
        Rise of the log loss on held-out labels where the values of the variable are permuted among them, in nats.
    forest, boosting : float array (m,)
        Impurity importance in a random forest and in gradient boosting fitted to the network's probabilities; with
        sum 1.
    shap : float array (m,)
        Mean absolute SHAP value of the network's logits on held-out samples, a sum over its columns; NaN where the
        library is not installed.
    accuracy : float array (2,)
        Share of held-out labels that the network predicts, and that of their commonest class.
    """

    permutation: Doubles
    forest: Doubles
    boosting: Doubles
    shap: Doubles
    accuracy: Doubles

    def only(self, variables: Ints) -> Measures:
        """Return the measures of some of the variables.

        Parameters
        ----------
        variables : int array (r,)
            Their numbers.

        Returns
        -------
        Measures
        """
        return Measures(
            permutation=self.permutation[variables], forest=self.forest[variables], boosting=self.boosting[variables],
            shap=self.shap[variables], accuracy=self.accuracy,
        )  # fmt: skip

    def grouped(self, merged_into: Ints, held_out: HeldOut | None) -> Measures:
        """Return the measures where some variables are one: permuted together, and sums of what each has.

        Parameters
        ----------
        merged_into : int array (m,)
            See `merge_places`.
        held_out : HeldOut or None
            With the variables that are one.

        Returns
        -------
        Measures
        """

        def total(values: Doubles) -> Doubles:
            return np.asarray(np.bincount(merged_into, values), dtype=float)

        parts, permutation = np.bincount(merged_into), total(self.permutation)
        if held_out is not None:
            several = np.flatnonzero(parts > 1)
            permutation[several] = permutation_importance(held_out, Run(), several)
        return Measures(
            permutation=permutation, forest=total(self.forest), boosting=total(self.boosting), shap=total(self.shap),
            accuracy=self.accuracy,
        )  # fmt: skip

    @classmethod
    def unknown(cls, m: int) -> Self:
        """Return the measures where there is no network: all are NaN.

        Parameters
        ----------
        m : int
            Variables.

        Returns
        -------
        Measures
        """
        nothing = np.full(m, np.nan)
        return cls(permutation=nothing, forest=nothing, boosting=nothing, shap=nothing, accuracy=np.full(2, np.nan))


def compute_measures(held_out: HeldOut, variables: Variables, run: Run) -> Measures:
    """Compute the measures of the variables that RATE is compared with.

    Parameters
    ----------
    held_out : HeldOut
    variables : Variables
        Of all samples; the mimics are fitted to what the network says of 5,000 of them at most.
    run : Run
        Receives the progress.

    Returns
    -------
    Measures
    """
    with threadpool_limits(1, "blas"):
        run.report(0.0, "Permuting the variables")
        permutation = permutation_importance(held_out, run.part(0.0, 0.6))
        run.report(0.6, "Fitting a random forest to the network")
        forest = forest_importance(held_out.network, variables)
        run.report(0.75, "Fitting gradient boosting to the network")
        boosting = boosting_importance(held_out.network, variables)
        run.report(0.9, "Computing SHAP values")
        shap = shap_importance(held_out) if has_shap else np.full(len(variables.names), np.nan)
    commonest = np.bincount(held_out.labels).max() / len(held_out.labels)
    accuracy = np.array([held_out.accuracy(held_out.first_layer), commonest])
    return Measures(permutation=permutation, forest=forest, boosting=boosting, shap=shap, accuracy=accuracy)


def permutation_importance(held_out: HeldOut, run: Run, chosen: Ints | None = None) -> Doubles:
    """Compute by how much the log loss rises when the values of a variable are permuted among the held-out samples.

    Parameters
    ----------
    held_out : HeldOut
    run : Run
        Receives the progress.
    chosen : int array (r,), optional
        Variables; default: all m.

    Returns
    -------
    float array (m,) or (r,)
        In nats; about 0 for a variable that the network does not use.

    Notes
    -----
    O(r h^2) for each permutation, of which there are ten a variable, fewer of more than a hundred.
    """
    variables, random = held_out.variables, np.random.default_rng(0)
    usual = held_out.log_loss(held_out.first_layer)
    places = np.arange(len(variables.names)) if chosen is None else chosen
    m = len(places)
    repeats = min(MAX_REPEATS, max(1, MAX_PERMUTATIONS // max(m, 1)))
    found = np.zeros(m)
    for place, variable in enumerate(places.tolist()):
        if place % 20 == 0:
            run.report(place / m, f"Permuting variable {place + 1:,} of {m:,}")
        columns = variables.columns_of(variable)
        for _ in range(repeats):
            shuffled = held_out.first_layer + held_out.change(columns, random.permutation(len(held_out.labels)))
            found[place] += (held_out.log_loss(shuffled) - usual) / repeats
    return found


def forest_importance(network: Network, variables: Variables) -> Doubles:
    """Compute what a random forest needs to predict the network's probabilities.

    Parameters
    ----------
    network : Network
    variables : Variables

    Returns
    -------
    float array (m,)
        Share of the impurity that splits on the variable remove; with sum 1, or 0 where nothing differs.
    """
    from sklearn.ensemble import RandomForestRegressor  # slow to import, and what is computed here is remembered

    values, probabilities = _predictions(network, variables)
    forest = RandomForestRegressor(MIMIC_TREES, max_features="sqrt", min_samples_leaf=3, random_state=0)
    forest.fit(values, probabilities[:, 0] if probabilities.shape[1] == 1 else probabilities)
    return _by_variable(forest.feature_importances_, variables)


def boosting_importance(network: Network, variables: Variables) -> Doubles:
    """Compute what gradient boosting needs to predict the network's probabilities.

    Parameters
    ----------
    network : Network
    variables : Variables

    Returns
    -------
    float array (m,)
        Share of the squared error that splits on the variable remove, the mean over the five classes whose
        probabilities vary most, each weighted by that variance; with sum 1, or 0 where nothing differs.

    Notes
    -----
    Each tree is grown on three in ten of the samples, which is nearly as good and three times as fast (Friedman,
    Stochastic gradient boosting, 2002). `HistGradientBoostingRegressor` is slower where there are many columns, and
    does not say what its splits remove.
    """
    from sklearn.ensemble import GradientBoostingRegressor  # slow to import, and what is computed here is remembered

    values, probabilities = _predictions(network, variables)
    variances = probabilities.var(axis=0)
    most = np.argsort(-variances, kind="stable")[:MAX_BOOSTED]
    by_column = np.zeros(values.shape[1])
    for place in most[variances[most] > 0].tolist():
        boosted = GradientBoostingRegressor(
            n_estimators=MIMIC_TREES, subsample=BOOSTING_SHARE, max_features="sqrt", random_state=0
        )
        boosted.fit(values, probabilities[:, place])
        by_column += variances[place] * boosted.feature_importances_
    return _by_variable(by_column / (by_column.sum() or 1.0), variables)


def shap_importance(held_out: HeldOut) -> Doubles:
    """Compute mean absolute SHAP values of the network's logits, by expected gradients.

    Parameters
    ----------
    held_out : HeldOut

    Returns
    -------
    float array (m,)
    """
    import torch

    with warnings.catch_warnings():  # its own, of Matplotlib
        warnings.simplefilter("ignore")
        import shap  # slow to import, and optional

    network = held_out.network
    layers = [(network.first, network.first_bias), (network.second, network.second_bias),
              (network.last, network.last_bias)]  # fmt: skip
    parts: list[torch.nn.Module] = []
    for weights, bias in layers:
        linear = torch.nn.Linear(*weights.shape)
        linear.weight.data = torch.from_numpy(weights.T.copy())
        linear.bias.data = torch.from_numpy(bias.copy())
        parts += [linear, torch.nn.ReLU()]
    values = torch.from_numpy(held_out.values)
    explainer = shap.GradientExplainer(torch.nn.Sequential(*parts[:-1]), values[:SHAP_BACKGROUND])
    found = np.abs(explainer.shap_values(values[:SHAP_SAMPLES], nsamples=SHAP_DRAWS, rseed=0))
    by_column = found.mean(axis=(0, 2))
    return _by_variable(by_column, held_out.variables)


def _predictions(network: Network, variables: Variables) -> tuple[Floats, Doubles]:
    """Return the columns (n, p) of the first samples, and what the network says of them: (n, c); of two classes one."""
    values = np.asarray(variables.values[:MIMIC_SAMPLES], dtype=np.float32)
    probabilities = np.exp(network.log_probabilities(network.first_layer(values)))
    return values, probabilities[:, 1:] if probabilities.shape[1] == 2 else probabilities


def _by_variable(by_column: Doubles, variables: Variables) -> Doubles:
    """Return the sums over the columns of each variable, (m,)."""
    return np.asarray(np.bincount(variables.variable_of, by_column, minlength=len(variables.names)), dtype=float)
