"""The decision boundary: which samples lie near a boundary between two classes, and which contradict their label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray

from margin_core.domain import every_sample
from margin_core.domain.hash_sample import hash_to_unit_interval
from margin_core.errors import MissingPart
from margin_core.function.disagreement import compute_disagreement_share
from margin_core.function.uncertainty import normalized_entropy
from margin_core.graph import GraphRecipe, Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.influence.magnitude import compute_positive_influence
from margin_core.interpretation.rank import rank
from margin_core.interpretation.rounding import round_scores
from margin_core.interpretation.votes import compute_neighbor_votes
from margin_core.parameters import parameter
from margin_core.storage.engine import Run
from margin_core.study.samples import listed
from margin_core.tasks.base import Task
from margin_core.tasks.decision_boundary.class_margin import (
    compute_label_margin,
    smooth_probabilities,
)
from margin_core.tasks.decision_boundary.class_probabilities import class_probabilities, tells_classes_apart
from margin_core.tasks.decision_boundary.evidence import compute_evidence
from margin_core.tasks.decision_boundary.finding_text import ROLES, describe_boundary
from margin_core.tasks.finding_text import FindingText, Role
from margin_core.values import (
    UNLABELED,
    Domain,
    Doubles,
    Explanation,
    Findings,
    Graph,
    Ints,
    Need,
    Signal,
    Steps,
    Study,
)

VERSION = 1
"""Raised whenever the same study would be ranked otherwise."""

VIEW_CHOICES = ("boundary", "errors")

PAPER_METHODS = ("margin", "margin_signed", "equation_3")
"""Methods whose signal is equation 3 of the paper; that of the others is the probabilities."""

METHODS = ("smoothed", *PAPER_METHODS, "disagreement", "least_margin", "entropy", "random")


@final
@dataclass(frozen=True)
class DecisionBoundary(Task):
    r"""Rank samples by their distance to a decision boundary of the model.

    Scores are in [0, 1], larger = nearer to a boundary (`view` ``boundary``) or more contradicted (``errors``).
    Samples without probabilities of their own (three or more classes exactly equally likely, or without features where
    a linear probe stands in) come last, in role ``unscored``; with ``errors``, those without a label before them, in
    role ``unlabelled``. Splits are taken together.

    Without probabilities, those of the audit's linear probe on the features stand in, out of sample
    (`margin_core.tasks.LabelFlips`); `rests_on` says which.

    Parameters
    ----------
    graph : Knn or GivenGraph
        Step 2 of the protocol.
    high_pass : HighPass or PaperAppendixFilter
        Step 4 of the protocol.
    view : {'boundary', 'errors'}
        ``boundary``: the label a of a sample is the predicted one, and samples between two of the model's classes come
        first; given labels play no part. ``errors``: the label a is the given one, and samples whose label the model
        and its predictions around them contradict come first.
    method : {'smoothed', 'least_margin', 'entropy', 'disagreement', 'margin', 'margin_signed', 'equation_3', 'random'}
        ``smoothed``: the signal is the model's probabilities p. With half of its high-pass taken off,
        :math:`q = p - h/2 = (p + P p)/2`, the mean of a sample's own probabilities and of those of its neighbors, and
        the margin :math:`\ell = q_a - \max_{b \ne a} q_b`, the score is :math:`1 - |\ell|` (``boundary``) or
        :math:`(1 - \ell)/2` (``errors``). ``least_margin``: the same of p itself, :math:`1 - (p_1 - p_2)` for
        ``boundary``. ``entropy``: of p, over the largest possible. ``disagreement``:
        :math:`1 - \sum_j P_{ij} [a_j = a_i]`, the weighted share of neighbors with another label: the high-passed
        one-hot label. ``margin``, ``margin_signed``, ``equation_3``: the paper's f of equation 3 on the labels of the
        view, high-passed; its magnitude, its positive part, or f itself. ``random``: a hash of the id.

    References
    ----------
    MARGIN, Front. Big Data 4:589417 (2021), case study IV.

    Examples
    --------
    >>> import numpy as np
    >>> from margin_core import Study, explain
    >>> from margin_core.tasks import DecisionBoundary
    >>> x = np.linspace(-1, 1, 101)
    >>> p = 1 / (1 + np.exp(-9 * x))
    >>> study = Study.build(embedding=x[:, None], probabilities=np.column_stack([1 - p, p]))
    >>> findings = explain(DecisionBoundary(), study).findings
    >>> str(findings.ids[0])
    '50'
    >>> float(findings.scores[0])
    1.0
    """

    name: ClassVar[str] = "decision_boundary"
    question: ClassVar[str] = "Which samples lie near the boundary between two classes?"
    title: ClassVar[str] = "Decision boundary"
    roles: ClassVar[tuple[Role, ...]] = ROLES
    compared: ClassVar[tuple[str, str] | None] = ("first", "second")
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EMBEDDING})
    version: ClassVar[int] = VERSION

    graph: GraphRecipe = Knn(k=30)
    high_pass: HighPass | PaperAppendixFilter = HighPass()
    view: str = parameter("boundary", help="Predicted labels (boundary) or given ones (errors).", choices=VIEW_CHOICES)
    method: str = parameter("smoothed", help="How the score is computed.", choices=METHODS)

    @classmethod
    def as_printed(cls, k: int = 30, view: str = "boundary") -> DecisionBoundary:
        """Return the recipe of the paper: binary weights, equation 3, magnitude of the random-walk high-pass.

        Parameters
        ----------
        k : int
            Neighbors in the graph.
        view : {'boundary', 'errors'}
            Predicted or given labels.

        Returns
        -------
        DecisionBoundary
            With ``method='margin'``.
        """
        return cls(view=view, method="margin", graph=Knn(k=k, weights="binary"))

    def check(self, study: Study) -> None:
        """Check that a study has an embedding, and probabilities or labels.

        Parameters
        ----------
        study : Study
            Any study.

        Raises
        ------
        MissingPart
            A part is missing; with ``view='errors'`` labels are needed too.
        """
        super().check(study)
        if not study.has(Need.PROBABILITIES) and not study.has(Need.LABELS):
            raise MissingPart(
                f"Study '{study.name}' has neither probabilities nor labels, so there is no boundary between classes. "
                "Pass --model, or name the label column with --label."
            )
        if self.view == "errors":
            study.require(Need.LABELS)

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
        return describe_boundary(study, explanation, place)

    def domain(self, study: Study, run: Run) -> Domain:
        """Return a domain in which every sample is a node.

        Parameters
        ----------
        study : Study
            Has an embedding, and probabilities or labels.
        run : Run
            Not used: this takes no time.

        Returns
        -------
        Domain
            With n nodes.
        """
        return every_sample(study, splits=False)

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Compute the class probabilities, or for the paper's methods the share of neighbors with another label.

        Parameters
        ----------
        study : Study
            Has an embedding, and probabilities or labels.
        domain : Domain
            With n nodes.
        graph : Graph
            On these nodes.
        run : Run
            Remembers the linear probe where one stands in.

        Returns
        -------
        Signal
            Of shape (n, c), rows sum to 1; for the paper's methods (n,), in [0, 1].
        """
        p = class_probabilities(study, run, self.graph)
        if self.method not in PAPER_METHODS:
            return Signal(values=p, hypothesis="The model predicts alike for samples that lie near each other")
        values = compute_disagreement_share(graph, self._labels(study, p), p.shape[1])
        return Signal(values=values, hypothesis="The neighbors of a sample are of its own class")

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Rank the samples, and compute their evidence.

        Parameters
        ----------
        study : Study
            Has an embedding, and probabilities or labels.
        steps : Steps
            The steps before.
        run : Run
            Receives the progress.

        Returns
        -------
        Findings
            Every sample, best first; scores in [0, 1], larger = nearer to a boundary or more contradicted.
        """
        p = (
            class_probabilities(study, run, self.graph)
            if self.method in PAPER_METHODS
            else np.asarray(steps.signal.values)
        )
        labels = self._labels(study, p)
        run.report(1.0, f"Ranking {len(study):,} samples")
        scored = tells_classes_apart(study, p)
        roles = np.where(~scored, "unscored", np.where(labels == UNLABELED, "unlabelled", "boundary"))
        scores = np.where(roles == "boundary", round_scores(self._scores(study, steps, p, labels)), 0.0)
        return rank(study.ids, np.clip(scores, 0.0, 1.0), roles, compute_evidence(study, steps.graph, p, labels))

    def rests_on(self, study: Study) -> str:
        """Return in words whose probabilities the ranking rests on.

        Parameters
        ----------
        study : Study
            Has probabilities or labels.

        Returns
        -------
        str
            For a caption.
        """
        if not study.has(Need.PROBABILITIES):
            return f"a linear model on {study.features}, on samples it was not fitted on"
        if study.predictor:
            return f"{study.predictor}, on samples it was not fitted on"
        return "the model, out of sample" if study.out_of_sample else "the model, perhaps trained on these labels"

    def notes(self, study: Study, predicted: Ints) -> tuple[str, ...]:
        """Return what limits the ranking, a sentence each: classes without samples or with one only.

        Parameters
        ----------
        study : Study
            Has class names.
        predicted : int array (n,)
            Predicted class of each sample.

        Returns
        -------
        tuple of str
            Empty where there is nothing to note.
        """
        names = study.class_names
        counts = np.bincount(predicted, minlength=len(names))
        present = [name for name, count in zip(names, counts, strict=True) if count]
        if len(names) < 2:
            return (f"There is one class only, {names[0]}, so there is no boundary between two.",)
        if len(present) < 2:
            return (
                f"The model predicts {present[0]} for every sample, so there is no boundary between two classes. "
                "Samples with the least certain prediction come first.",
            )
        given = np.bincount(study.labels[study.labels >= 0], minlength=len(names)) if study.has(Need.LABELS) else counts
        single = [name for name, one, other in zip(names, counts, given, strict=True) if 1 in (one, other)]
        never = [name for name, count in zip(names, counts, strict=True) if not count]
        notes = []
        if single:
            notes.append(f"One sample only: {listed(single)}. Do not trust a boundary of it.")
        if never:
            notes.append(f"The model predicts these for no sample, so they have no boundary: {listed(never)}.")
        return tuple(notes)

    def _labels(self, study: Study, p: NDArray[np.floating]) -> Ints:
        return study.labels if self.view == "errors" else p.argmax(axis=1).astype(np.int64)

    def _scores(self, study: Study, steps: Steps, p: NDArray[np.floating], labels: Ints) -> Doubles:
        """Compute the score of every sample; that of samples without a label is replaced later."""
        graph = steps.graph
        match self.method:
            case "smoothed":
                return self._near(smooth_probabilities(graph, p), labels)
            case "least_margin":
                return self._near(p, labels)
            case "entropy":
                return normalized_entropy(p)
            case "disagreement":
                votes = compute_neighbor_votes(graph, labels, p.shape[1])
                has_votes = votes.sum(axis=1) > 0
                return np.where(has_votes, 1 - votes[np.arange(len(labels)), labels], 0.0)
            case "margin":
                return steps.influence.scores
            case "margin_signed":
                return compute_positive_influence(steps.influence)
            case "equation_3":
                return np.asarray(steps.signal.values, dtype=np.float64)
            case _:
                return hash_to_unit_interval(study.ids)

    def _near(self, p: NDArray[np.floating], labels: Ints) -> Doubles:
        margin = compute_label_margin(p, labels)
        return (1 - margin) / 2 if self.view == "errors" else 1 - np.abs(margin)
