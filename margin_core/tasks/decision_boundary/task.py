"""The decision boundary: where a model is torn between two classes, and where it contradicts the labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray

from margin_core.domain import every_sample
from margin_core.errors import MissingPart
from margin_core.function.disagreement import share_that_differs
from margin_core.graph import Knn, build_graph
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.influence.high_pass import shift_operator
from margin_core.interpretation.rank import rank
from margin_core.interpretation.votes import neighbour_votes
from margin_core.parameters import parameter
from margin_core.storage.engine import Run
from margin_core.study.samples import listed
from margin_core.tasks.base import Task
from margin_core.tasks.decision_boundary.class_margin import NOBODY, entropy, half_way_to_neighbours, lead_of, top_two
from margin_core.tasks.label_flips.baselines.at_random import hash_to_unit_interval
from margin_core.tasks.label_flips.task import LabelFlips
from margin_core.values import (
    UNLABELLED,
    Domain,
    Doubles,
    Findings,
    Graph,
    Ints,
    Need,
    Signal,
    Steps,
    Study,
    Texts,
    usable_rows,
)

VERSION = 1
"""Raised whenever the same study would be ranked otherwise."""

DIGITS = 9
"""Of a score that count: the same neighbours added up in another order give the same score."""

VIEWS = ("boundary", "errors")

PAPER = ("margin", "margin_signed", "equation_3")
"""Methods whose signal is equation 3 of the paper; the others' is the probabilities."""

METHODS = ("smoothed", *PAPER, "disagreement", "least_margin", "entropy", "random")


@final
@dataclass(frozen=True)
class DecisionBoundary(Task):
    r"""Rank samples by how near they lie to a boundary of the model.

    Views
    -----
    ``boundary`` (default)
        The label a of a sample is what the model predicts: first comes what lies between two of its classes. Given
        labels play no part.
    ``errors``
        The label a is the given one: first comes what the model, and what it says around, contradicts most.

    Methods
    -------
    ``smoothed`` (default)
        The signal is the model's probabilities p. With half of its high-pass taken off,
        :math:`q = p - h/2 = (p + P p)/2`, the mean of a sample's own and of what its neighbours are said to be, and
        :math:`\ell = q_a - \max_{b \ne a} q_b`, the score is :math:`1 - |\ell|` (boundary) or :math:`(1 - \ell)/2`
        (errors).
    ``least_margin``
        The same of p itself: :math:`1 - (p_1 - p_2)` in the view of the boundary.
    ``entropy``
        Of p, over its largest.
    ``disagreement``
        :math:`1 - \sum_j P_{ij} [a_j = a_i]`, the weighted share of neighbours with another label: the high-passed
        one-hot label.
    ``margin``, ``margin_signed``, ``equation_3``
        The paper's: f of equation 3 on the labels of the view, high-passed; its magnitude, its positive part, or f
        itself.
    ``random``

    `as_printed` gives the paper's recipe with its binary graph.

    Scores are in [0, 1], larger = nearer to a boundary (more contradicted). Samples of which nothing is said (three or
    more classes exactly as likely, or without features where a linear model stands in) come last, in role
    ``unscored``; in the view of errors, those without a label before them, in role ``unlabelled``. Splits are taken
    together.

    Without probabilities, those of the audit's linear model on the features stand in, said of samples that it was not
    fitted on (`margin_core.tasks.LabelFlips`); `rests_on` says which.

    References
    ----------
    MARGIN, Front. Big Data 4:589417 (2021), case study IV.
    """

    name: ClassVar[str] = "decision_boundary"
    question: ClassVar[str] = "Where is the model torn between two classes?"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EMBEDDING})
    version: ClassVar[int] = VERSION

    graph: Knn = Knn(k=30)
    high_pass: HighPass | PaperAppendixFilter = HighPass()
    view: str = parameter(
        "boundary", help="Labels the model predicts (boundary) or given ones (errors).", choices=VIEWS
    )
    method: str = parameter("smoothed", help="How the score is made.", choices=METHODS)

    @classmethod
    def as_printed(cls, k: int = 30, view: str = "boundary") -> DecisionBoundary:
        """Give the recipe of the paper: binary weights, eq. (3), magnitude of the random-walk high-pass."""
        return cls(view=view, method="margin", graph=Knn(k=k, weights="binary"))

    def check(self, study: Study) -> None:
        """Raise `MissingPart` where there is no embedding, nothing that says classes, or no label to contradict."""
        super().check(study)
        if not study.has(Need.PROBABILITIES) and not study.has(Need.LABELS):
            raise MissingPart(
                f"Study '{study.name}' has neither probabilities nor labels, so nothing says where one class ends. "
                "Pass --model, or name the label column with --label."
            )
        if self.view == "errors":
            study.require(Need.LABELS)

    def domain(self, study: Study, run: Run) -> Domain:
        """Make every sample a node."""
        return every_sample(study, splits=False)

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Put the probabilities on the nodes, or the neighbours' distrust of a label (the paper's methods)."""
        p = said_of(study, run)
        if self.method not in PAPER:
            return Signal(values=p, hypothesis="The model says alike of samples that lie near each other")
        values = share_that_differs(graph, self._labels(study, p), p.shape[1])
        return Signal(values=values, hypothesis="The neighbours of a sample are of the class that it is of")

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Rank the samples and say why."""
        p = said_of(study, run) if self.method in PAPER else np.asarray(steps.signal.values)
        labels = self._labels(study, p)
        run.report(1.0, f"Ranking {len(study):,} samples")
        scored = _is_said(study, p)
        roles = np.where(~scored, "unscored", np.where(labels == UNLABELLED, "unlabelled", "boundary"))
        scores = np.where(roles == "boundary", np.round(self._scores(study, steps, p, labels), DIGITS), 0.0)
        return rank(study.ids, np.clip(scores, 0.0, 1.0), roles, _evidence(study, steps.graph, p, labels))

    def rests_on(self, study: Study) -> str:
        """Say in words whose probabilities the ranking rests on."""
        if not study.has(Need.PROBABILITIES):
            return f"a linear model on {study.features}, on samples it was not fitted on"
        return "the model, out of sample" if study.out_of_sample else "the model, perhaps trained on these labels"

    def notes(self, study: Study, predicted: Ints) -> tuple[str, ...]:
        """Say what to know of the classes, a sentence each, from what is predicted of every sample (n,)."""
        names = study.class_names
        counts = np.bincount(predicted, minlength=len(names))
        said = [name for name, count in zip(names, counts, strict=True) if count]
        if len(names) < 2:
            return (f"There is one class only, {names[0]}, so there is no boundary between two.",)
        if len(said) < 2:
            return (
                f"The model says {said[0]} of every sample, so there is no boundary between two classes. What it is "
                "least sure of comes first.",
            )
        given = np.bincount(study.labels[study.labels >= 0], minlength=len(names)) if study.has(Need.LABELS) else counts
        single = [name for name, one, other in zip(names, counts, given, strict=True) if 1 in (one, other)]
        never = [name for name, count in zip(names, counts, strict=True) if not count]
        notes = []
        if single:
            notes.append(f"One sample only: {listed(single)}. Do not trust a boundary of it.")
        if never:
            notes.append(f"The model says this of no sample, so it has no boundary: {listed(never)}.")
        return tuple(notes)

    def _labels(self, study: Study, p: NDArray[np.floating]) -> Ints:
        return study.labels if self.view == "errors" else p.argmax(axis=1).astype(np.int64)

    def _scores(self, study: Study, steps: Steps, p: NDArray[np.floating], labels: Ints) -> Doubles:
        """Score every sample; what becomes of those without a label is settled later."""
        graph = steps.graph
        match self.method:
            case "smoothed":
                return self._near(half_way_to_neighbours(graph, p), labels)
            case "least_margin":
                return self._near(p, labels)
            case "entropy":
                return entropy(p)
            case "disagreement":
                votes = neighbour_votes(graph, labels, p.shape[1])
                heard = votes.sum(axis=1) > 0
                return np.where(heard, 1 - votes[np.arange(len(labels)), labels], 0.0)
            case "margin":
                return steps.influence.scores
            case "margin_signed":
                h = np.maximum(np.asarray(steps.influence.high_pass, dtype=np.float64), 0.0)
                return np.asarray(h / max(float(h.max(initial=0.0)), np.finfo(np.float64).tiny))
            case "equation_3":
                return np.asarray(steps.signal.values, dtype=np.float64)
            case _:
                return hash_to_unit_interval(study.ids)

    def _near(self, p: NDArray[np.floating], labels: Ints) -> Doubles:
        lead = lead_of(p, labels)
        return (1 - lead) / 2 if self.view == "errors" else 1 - np.abs(lead)


def said_of(study: Study, run: Run) -> NDArray[np.floating]:
    """Give what is said of each sample, (n, c): the study's probabilities, else the audit's out-of-sample model's."""
    if study.has(Need.PROBABILITIES):
        return study.probabilities
    # The audit's own steps, so that what it remembers is not fitted again.
    audit = LabelFlips()
    domain = audit.domain(study, run)
    graph = build_graph(audit.graph, domain, run)
    signal = audit.function(study, domain, graph, run)
    steps = Steps(domain, graph, signal, audit.high_pass(graph, signal))
    likely = np.exp(audit.fit_label_error_score(study, steps, run).models[0])
    said: NDArray[np.floating] = likely / likely.sum(axis=1, keepdims=True)
    return said


def _is_said(study: Study, p: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Say of which samples something is said."""
    if not study.has(Need.PROBABILITIES):
        return usable_rows(study.embedding)
    if p.shape[1] < 3:  # Of two classes, a vote may well say half and half.
        return np.ones(len(p), dtype=bool)
    return np.asarray((p != p[:, :1]).any(axis=1))


def _evidence(study: Study, graph: Graph, p: NDArray[np.floating], labels: Ints) -> dict[str, np.ndarray]:
    n, c = p.shape
    each = np.arange(n)
    top = top_two(p)
    votes = neighbour_votes(graph, labels, c)
    heard = (votes.sum(axis=1) > 0) & (labels != UNLABELLED)
    others = votes.copy()
    others[each[labels != UNLABELLED], labels[labels != UNLABELLED]] = 0
    differs = share_that_differs(graph, labels, c)
    high_pass = differs - shift_operator(graph, "random_walk") @ differs
    given = study.labels if study.has(Need.LABELS) else np.full(n, UNLABELLED)
    return {
        "first": top.first,
        "second": top.second,
        "first_name": _names(study, top.first),
        "second_name": _names(study, top.second),
        "margin": top.margin,
        "entropy": entropy(p),
        "high_pass": np.where(graph.isolated, 0.0, high_pass),
        "disagreement": np.where(heard, 1 - votes[each, labels], np.nan),
        "neighbour_class": np.where(others.max(axis=1) > 0, others.argmax(axis=1), NOBODY),
        "given": given,
        "wrong": (given != UNLABELLED) & (given != top.first),
    }


def _names(study: Study, classes: Ints) -> Texts:
    names = np.array([*study.class_names, ""])
    return names[classes]  # -1, nobody, is the last
