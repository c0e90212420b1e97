"""Variable importance: which variables the predictions of a classifier rest on, over all samples."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, final

import numpy as np

from margin_core.errors import ParameterError
from margin_core.graph import Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.interpretation.rank import rank
from margin_core.parameters import parameter
from margin_core.storage.engine import Arrays, Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.inputs.texts import are_texts
from margin_core.tasks.base import Task
from margin_core.tasks.variable_importance.class_effects import LAYERS, ClassEffects, estimate_class_effects
from margin_core.tasks.variable_importance.class_effects import VERSION as EFFECTS_VERSION
from margin_core.tasks.variable_importance.groups import find_groups
from margin_core.tasks.variable_importance.importance import CREDIBLE, Importance, compute_importance
from margin_core.tasks.variable_importance.last_layer import POSTERIORS
from margin_core.tasks.variable_importance.projection import PROJECTIONS
from margin_core.tasks.variable_importance.rate import DIVERGENCES
from margin_core.tasks.variable_importance.shuffle_curve import ShuffleCurves, compute_shuffle_curves
from margin_core.tasks.variable_importance.variables import check_variables
from margin_core.values import NO_ROW, Domain, Findings, Graph, Need, Signal, Steps, Study

VERSION = 1
"""Raised whenever the same study would be ranked otherwise."""

RANKINGS = ("importance", "influence")

NOT_OF_IT = ("graph", "high_pass", "ranking")
"""Parameters that importance does not depend on."""


@final
@dataclass(frozen=True)
class VariableImportance(Task):
    r"""Rank variables by how central they are to what a Bayesian last layer says of each class (RATE).

    Nodes are the variables of the study: the columns of a table, the words of texts, the pixels of small pictures, or
    the features where there is nothing else. A Bayesian softmax layer is fitted on the activations of a network; its
    logits are projected on the variables, so that each has an effect size with a posterior, :math:`\beta \sim N(\mu,
    \Sigma)`. How much the posterior of all others changes when one effect is known to be zero, over the sum of that, is
    the variable's relative centrality, in [0, 1], with sum 1; equal shares are :math:`1 / m`.

    Neighbors in the graph are variables whose effects are correlated, and the signal is the importance: its high-pass
    component tells which variable stands out of those that it goes together with.

    Parameters
    ----------
    graph : Knn
        Neighbors by squared posterior correlation.
    high_pass : HighPass or PaperAppendixFilter
    target : str
        Name of a class; empty: the mean over all classes.
    layer : str
        ``network``: two hidden layers are trained on the variables (tables, pixels); ``embedding``: the features of the
        study are the activations (texts, or features of your own model). Empty: ``embedding`` for texts, else
        ``network``.
    posterior : str
        ``full`` or ``diagonal``, of the last layer's weights.
    projection : str
        ``ridge``, ``linear`` or ``covariance``, the paper's. Empty: ``covariance`` for words, else ``ridge``, which
        finds the variables that matter more often.
    divergence : str
        ``full``, ``quadratic`` or ``released``.
    jitter : float
        Variance of its own that each effect is given, as a share of what it has. Without one the covariance has no
        inverse where there are more variables than units.
    ranking : str
        By ``importance``, or by its ``influence``.
    groups : str
        Variables that are one, beside the columns of a category or a date, which always are: names with ``+`` between
        them, groups with ``;`` (``age + fare; north + east``). A number, of pictures: the side of the squares of pixels
        that are one each.

    Notes
    -----
    A variable whose effect is independent of all others has no importance, however large its effect: what it says of
    the others is what counts. The effect with its 95 % credible interval and the variance inflation factor stand beside
    it.

    Evidence: ``importance``; ``effect`` (of ``column``, where a category has several), ``effect_low``, ``effect_high``
    and ``inflation``, of the ``class`` that is asked for or for which the variable matters most;
    ``importance_by_class``; beside them ``permutation`` importance on the network, that of a random ``forest`` and of
    gradient ``boosting`` fitted to it, mean absolute ``shap`` values where the library is installed (NaN without a
    network), and the absolute ``correlation`` with a class; ``held_out_accuracy`` of the network, and ``samples`` that
    it was estimated from, 20,000 at most. In simulations permutation importance finds the variables that matter more
    often (docs/benchmarks).

    Role ``central`` for more than an equal share, else ``peripheral``.

    O(n p h + k p h min(p, h)) beside the network, with h of at most 128 units and k classes.

    References
    ----------
    Ish-Horowicz, Udwin, Scharfstein, Flaxman, Crawford and Filippi, Interpreting deep neural networks through variable
    importance (2020); Crawford, Flaxman, Runcie and West, Annals of Applied Statistics 13 (2019).

    Examples
    --------
    Of four columns the first two decide:

    >>> import numpy as np
    >>> from margin_core import Study, explain
    >>> from margin_core.tasks import VariableImportance
    >>> columns = np.random.default_rng(0).normal(size=(400, 4))
    >>> labels = np.where(columns[:, 0] + columns[:, 1] > 0, "high", "low")
    >>> explanation = explain(VariableImportance(), Study.build(inputs=columns, labels=labels))
    >>> sorted(explanation.findings.ids[:2].tolist())
    ['column 0', 'column 1']
    """

    name: ClassVar[str] = "variable_importance"
    question: ClassVar[str] = "Which variables do the predictions depend on?"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LABELS})
    takes_given_graph: ClassVar[bool] = False
    version: ClassVar[int] = VERSION + EFFECTS_VERSION
    nodes: ClassVar[str] = "variables"
    domain_takes: ClassVar[float] = 0.95

    graph: Knn = Knn(k=5, metric="cosine")
    high_pass: HighPass | PaperAppendixFilter = HighPass()
    target: str = parameter("", help="Name of a class; empty: the mean over all classes.")
    layer: str = parameter("", help="What the last layer stands on; empty: as suits the study.", choices=("", *LAYERS))
    posterior: str = parameter("full", help="Whether weights are correlated.", choices=POSTERIORS)
    projection: str = parameter(
        "", help="What an effect size is; empty: as suits the study.", choices=("", *PROJECTIONS)
    )
    divergence: str = parameter("full", help="How centrality is measured.", choices=DIVERGENCES)
    jitter: float = parameter(0.001, help="Variance of its own, as a share.", low=1e-9, high=1.0)
    ranking: str = parameter("importance", help="What variables are ranked by.", choices=RANKINGS)
    groups: str = parameter("", help="Variables that count as one, as in 'age + fare; north + east'; of pixels a side.")

    def check(self, study: Study) -> None:
        """Check that the study has what the task needs.

        Parameters
        ----------
        study : Study

        Raises
        ------
        MissingPart
            No labels, neither inputs nor features, or photographs.
        ParameterError
            There is no such class.
        """
        super().check(study)
        if study.maybe_inputs is None or self._layer(study) == "embedding":
            study.require(Need.EMBEDDING)
        check_variables(study)
        if self.target and self.target not in study.class_names:
            near = get_close_matches(self.target, study.class_names, n=3) or list(study.class_names[:3])
            raise ParameterError(f"Study '{study.name}' has no class '{self.target}'. Near to it: {', '.join(near)}.")

    def class_effects(self, study: Study, run: Run) -> ClassEffects:
        """Estimate the effect sizes of the variables on the class that is asked for, or on each.

        Parameters
        ----------
        study : Study
        run : Run

        Returns
        -------
        ClassEffects
        """
        layer = self._layer(study)
        words = study.maybe_inputs is not None and are_texts(study.inputs)
        found = estimate_class_effects(
            study,
            target=study.class_names.index(self.target) if self.target else None,
            layer=layer,
            posterior=self.posterior,
            projection=self.projection or ("covariance" if words else "ridge"),
            jitter=self.jitter,
            run=run,
        )
        return found.grouped(find_groups(found.variables, self.groups)) if self.groups.strip() else found

    def importance(self, study: Study, run: Run) -> tuple[Importance, ShuffleCurves]:
        """Return the importance of the variables, and how well the network predicts without the first of each ranking.

        Parameters
        ----------
        study : Study
        run : Run
            Remembers both.

        Returns
        -------
        importance : Importance
        curves : ShuffleCurves
            Of all measures; none without a network.
        """

        def compute() -> Arrays:
            effects = self.class_effects(study, run.part(0.0, 0.9))
            found = compute_importance(effects, self.divergence)
            run.report(0.9, "Shuffling the first variables of each ranking")
            rankings = {name: np.argsort(-values, kind="stable") for name, values in found.measures().items()}
            curves: Arrays = compute_shuffle_curves(effects.held_out, rankings).to_arrays()
            return {**found.to_arrays(), **{f"curves_{name}": curves[name] for name in curves}}

        stored = run.step("importance", self._identity(study), compute)
        curves = {name.removeprefix("curves_"): array for name, array in stored.items() if name.startswith("curves_")}
        importance = {name: array for name, array in stored.items() if not name.startswith("curves_")}
        return Importance.from_arrays(importance), ShuffleCurves.from_arrays(curves)

    def domain(self, study: Study, run: Run) -> Domain:
        """Return the variables as nodes, near to those that their effects are correlated with.

        Parameters
        ----------
        study : Study
        run : Run

        Returns
        -------
        Domain
            ``rows`` are `NO_ROW`: a variable belongs to no sample.
        """
        found, _ = self.importance(study, run)
        return Domain(
            ids=found.names,
            rows=np.full(len(found.names), NO_ROW, dtype=np.int64),
            points=found.points,
            fingerprint=self._identity(study),
        )

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Return the importance of the variables as the signal.

        Parameters
        ----------
        study : Study
        domain : Domain
        graph : Graph
        run : Run

        Returns
        -------
        Signal
            Values (m,) in [0, 1], with sum 1.
        """
        return Signal(
            values=self.importance(study, run)[0].mean,
            hypothesis="Variables whose effects go together are equally important.",
        )

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Rank the variables, with their effects as evidence.

        Parameters
        ----------
        study : Study
        steps : Steps
        run : Run

        Returns
        -------
        Findings
            Every variable, the most important first.
        """
        found, _ = self.importance(study, run)
        effect, deviation = found.of_most(found.effects), found.of_most(found.deviations)
        evidence = {
            "importance": found.mean,
            "influence": np.where(steps.graph.isolated, np.nan, np.asarray(steps.influence.high_pass)),
            "effect": effect,
            "effect_low": effect - CREDIBLE * deviation,
            "effect_high": effect + CREDIBLE * deviation,
            "column": found.of_most(found.columns),
            "inflation": found.of_most(found.inflation),
            "class": np.array(study.class_names)[found.classes[found.most]],
            "importance_by_class": found.rates.T,
            "permutation": found.permutation,
            "forest": found.forest,
            "boosting": found.boosting,
            "shap": found.shap,
            "correlation": found.correlation,
            "held_out_accuracy": np.full(len(found.names), found.accuracy[0]),
            "samples": np.full(len(found.names), found.samples[0]),
        }
        scores = found.mean if self.ranking == "importance" else steps.influence.scores
        m = len(found.names)
        central = (found.mean * m > 1) | ((m == 1) & (effect != 0))
        roles = np.where(central, "central", "peripheral")
        return rank(steps.domain.ids, scores, roles, evidence)

    def _layer(self, study: Study) -> str:
        texts = study.maybe_inputs is not None and are_texts(study.inputs)
        return self.layer or ("embedding" if texts else "network")

    def _identity(self, study: Study) -> str:
        parts = [study.parts.get(part) for part in ("ids", "labels", "class_names", "inputs", "embedding")]
        own = {name: value for name, value in self.parameters().items() if "." not in name and name not in NOT_OF_IT}
        return fingerprint(self.version, parts, own)
