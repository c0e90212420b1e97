"""Label flips: whose label its own neighborhood contradicts."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from margin_core.domain import every_sample
from margin_core.errors import MarginWarning
from margin_core.function.disagreement import disagreement
from margin_core.function.given_labels import given_labels
from margin_core.graph import GraphRecipe, Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.interpretation.rank import rank
from margin_core.parameters import parameter
from margin_core.probe import trust_weighted
from margin_core.storage.engine import Run
from margin_core.tasks.base import Task
from margin_core.tasks.finding_text import FindingText, Role
from margin_core.tasks.label_flips.baselines import BASELINES, BaselineInputs
from margin_core.tasks.label_flips.evidence import compute_evidence
from margin_core.tasks.label_flips.finding_text import ROLES, describe_suspect
from margin_core.tasks.label_flips.fit import fit_label_error_score
from margin_core.tasks.label_flips.label_error_score import RANKED_ROLES, SUSPECT_THRESHOLD, LabelErrorScore
from margin_core.tasks.label_flips.plausibility import check_probabilities
from margin_core.tasks.label_flips.reviewed import Reviewed
from margin_core.tasks.label_flips.scored_nodes import have_evidence
from margin_core.values import (
    UNLABELED,
    Domain,
    Doubles,
    Explanation,
    Findings,
    Graph,
    Need,
    Signal,
    Steps,
    Study,
    usable_rows,
)

VERSION = trust_weighted.VERSION
"""Raised whenever the same study would be ranked otherwise; that of the probe, whose key the other fits share."""

METHODS = ("pooled", *BASELINES)

SPLITS = ("apart", "together")


@final
@dataclass(frozen=True)
class LabelFlips(Task):
    r"""Rank samples by how likely their given label is wrong.

    Parameters
    ----------
    graph : Knn or GivenGraph
        The neighbors that vote.
    high_pass : HighPass or PaperAppendixFilter
        Its influence is the score of ``disagreement``, ``margin`` and ``margin_signed``.
    method : str
        One of 'pooled', 'disagreement', 'margin', 'margin_signed', 'loss', 'self_confidence', 'normalised_margin',
        'self_influence', 'neighbourhood_consensus', 'trusted_refit', 'random'.
        ``pooled`` is described in the notes; the published ones stand beside it, each in a file of
        `margin_core.tasks.label_flips.baselines`. Whatever the method, the class suggested is the default's.
    folds : int, 2 to 20
        Folds of the cross-validated linear probe.
    splits : {'apart', 'together'}
        With ``apart`` and a column ``split``, the neighbors that vote on a sample are of its own split or of the one
        learned from (``train``, else the largest), and probe and pool are fitted on that one alone: nothing in it
        depends on a held-out label. ``together`` takes all as one.

    Notes
    -----
    ``pooled`` combines three sources of evidence, none of which has seen the sample's own label:

    - the neighbors, their labels by weight;
    - a logistic regression on the features (`margin_core.probe.trust_weighted`), cross-validated and fitted twice, the
      second time with every sample weighted by :math:`(t_i + p_1(y_i)) / 2`, where :math:`t_i = 1 - h_{i, y_i}` is the
      weighted share of neighbors that agree (h the high-passed one-hot labels) and :math:`p_1` the first fit's
      out-of-sample prediction;
    - the probabilities of the study, if they are out-of-sample.

    They are multiplied in a logarithmic opinion pool whose weights are fitted on the study (`opinion_pool`). A noise
    transition R tells which classes are mistaken for which more often than on average (`noise_transition`). The score
    is the strongest other class against the given one, ``p(other) R / (p(other) R + p(given))``.

    All scores are in [0, 1]; larger = more likely an error. (cleanlab's label quality is high for good labels.) They
    are for ranking, and are not calibrated probabilities of an error (see `margin_core.estimate_errors`). The role is
    ``suspect`` for scores of 0.5 or more, otherwise ``not_suspect``. Samples without a label follow in role
    ``unlabelled``, those without usable features (in a given graph: and without an edge) in ``unscored``. With a column
    ``group``, no sample is a neighbor of its own group, and a group is never divided between folds.

    Cost: the graph, O(n^2 d) or about O(n^1.5 d), and two fits of the probe, O(folds iterations n d c).

    References
    ----------
    Anirudh, Thiagarajan, Sridhar, Bremer, MARGIN, Front. Big Data 4:589417 (2021), case study III.

    Examples
    --------
    Two clusters of 30 points; the label of one point of the first is wrong.

    >>> import numpy as np
    >>> from margin_core import Study, explain
    >>> from margin_core.tasks import LabelFlips
    >>> rng = np.random.default_rng(0)
    >>> embedding = np.concatenate([rng.normal(0, 1, (30, 5)), rng.normal(4, 1, (30, 5))])
    >>> labels = np.repeat([0, 1], 30)
    >>> labels[3] = 1
    >>> study = Study.build(embedding=embedding, labels=labels, class_names=["cat", "dog"])
    >>> findings = explain(LabelFlips(), study).findings
    >>> str(findings.ids[0]), str(findings.evidence["suggested_label"][0])
    ('3', 'cat')
    >>> bool(findings.scores[0] > 0.5 > findings.scores[1])
    True
    """

    name: ClassVar[str] = "label_flips"
    question: ClassVar[str] = "Which labels look wrong?"
    title: ClassVar[str] = "Suspect labels"
    roles: ClassVar[tuple[Role, ...]] = ROLES
    compared: ClassVar[tuple[str, str] | None] = ("given", "suggested")
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LABELS, Need.EMBEDDING})
    version: ClassVar[int] = VERSION + 1  # the second: which roles there are

    graph: GraphRecipe = trust_weighted.NEIGHBORS
    high_pass: HighPass | PaperAppendixFilter = HighPass()
    method: str = parameter("pooled", help="How the score is made.", choices=METHODS)
    folds: int = parameter(trust_weighted.FOLDS, help="Folds of the cross-validated linear probe.", low=2, high=20)
    splits: str = parameter("apart", help="Whether labels of a held-out split may vote in the others.", choices=SPLITS)

    @classmethod
    def as_printed(cls, k: int = 20) -> LabelFlips:
        """Return the recipe of the paper: binary weights, equation 3, magnitude of the random-walk high-pass.

        Parameters
        ----------
        k : int
            Number of neighbors.

        Returns
        -------
        LabelFlips
        """
        return cls(method="margin", graph=Knn(k=k, weights="binary"))

    @classmethod
    def describe(cls, study: Study, explanation: Explanation, place: int) -> FindingText:
        """Return what a list of findings states of one.

        Parameters
        ----------
        study : Study
        explanation : Explanation
            Of this task.
        place : int
            Of the finding.

        Returns
        -------
        FindingText
        """
        return describe_suspect(explanation, place)

    def domain(self, study: Study, run: Run) -> Domain:
        """Return the samples as nodes.

        Parameters
        ----------
        study : Study
        run : Run

        Returns
        -------
        Domain
        """
        return every_sample(study, splits=self.splits == "apart")

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Compute the one-hot labels, or equation 3 of the paper for its own methods.

        Parameters
        ----------
        study : Study
        domain : Domain
        graph : Graph
        run : Run

        Returns
        -------
        Signal
        """
        choose = disagreement if self.method in ("margin", "margin_signed") else given_labels
        return choose(study, domain, graph)

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Rank the labels, and add the evidence.

        Parameters
        ----------
        study : Study
        steps : Steps
        run : Run

        Returns
        -------
        Findings
            Every sample, most likely an error first.

        Warns
        -----
        MarginWarning
            The study's probabilities look in-sample and are not declared so; the ranking is the same.
        """
        labels = study.labels
        note = check_probabilities(study, steps.graph)
        if note is not None:
            warnings.warn(f"Study '{study.name}': {note}", MarginWarning, stacklevel=3)
        score = self.fit_label_error_score(study, steps, run)
        pooled = score.probabilities(labels)
        scores = (
            score.scores_of(pooled, labels) if self.method == "pooled" else self._baseline_scores(study, steps, run)
        )
        labeled = labels != UNLABELED
        scored = labeled & have_evidence(study, steps.graph, self.graph)
        ranked = np.where(scores >= SUSPECT_THRESHOLD, *RANKED_ROLES)
        roles = np.where(scored, ranked, np.where(labeled, "unscored", "unlabelled"))
        evidence = compute_evidence(study, steps.graph, score, pooled)
        return rank(study.ids, np.where(scored, scores, 0.0), roles, evidence)

    def fit_label_error_score(
        self, study: Study, steps: Steps, run: Run, reviewed: Reviewed | None = None
    ) -> LabelErrorScore:
        """Fit the default score, whatever the method; see `margin_core.tasks.label_flips.fit`.

        Parameters
        ----------
        study : Study
        steps : Steps
            Domain and graph are read.
        run : Run
            Its engine remembers the fits, so a second call costs little.
        reviewed : Reviewed, optional
            With labels that are corrected: what they were, and which are verified.

        Returns
        -------
        LabelErrorScore
        """
        return fit_label_error_score(
            study, steps.domain, steps.graph, self.graph, folds=self.folds, run=run, reviewed=reviewed
        )

    def _baseline_scores(self, study: Study, steps: Steps, run: Run) -> Doubles:
        probe = trust_weighted.fit_trust_weighted_probe(
            study, steps.domain, steps.graph, self.graph, folds=self.folds, run=run
        )
        training = trust_weighted.select_training_labels(study.labels, steps.domain) != UNLABELED
        inputs = BaselineInputs(
            training=training & usable_rows(study.embedding), influence=steps.influence, probe=probe
        )
        run.report(1.0, f"Scoring {len(study):,} labels")
        return BASELINES[self.method](study, steps.graph, inputs)
