"""Label flips: whose label its own neighbourhood contradicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from margin_core.domain import every_sample
from margin_core.engine import Run
from margin_core.fingerprint import fingerprint
from margin_core.function import disagreement, given_labels
from margin_core.graph import Knn
from margin_core.influence import Appendix, HighPass
from margin_core.interpretation.calibration import Calibration, calibrate
from margin_core.interpretation.channel import Channel, listen
from margin_core.interpretation.pool import pooled
from margin_core.interpretation.rank import rank
from margin_core.interpretation.suspicion import Suspicion, log_probabilities, log_votes
from margin_core.interpretation.votes import neighbour_votes
from margin_core.knobs import knob
from margin_core.tasks.base import Steps, Task
from margin_core.types import (
    UNLABELLED,
    Domain,
    Doubles,
    Findings,
    Floats,
    Graph,
    Ints,
    Need,
    Signal,
    Study,
    Texts,
)

VERSION = 3
"""Raised whenever the same study would give other fitted probabilities."""

SHOWN_NEIGHBOURS = 12
"""How many nearest ids are kept as evidence."""

LEAST_BELIEF = 1e-12
"""Keeps logarithms finite."""

LEAST_TRUST = 1e-3
"""No label is written off entirely, so that a class whose labels are all doubted is still learnt."""

METHODS = ("pooled", "disagreement", "margin", "margin_signed")


@final
@dataclass(frozen=True)
class LabelFlips(Task):
    r"""Rank samples by how suspect their given label is.

    Methods
    -------
    ``pooled`` (default)
        Witnesses say what each sample is; none has seen its label. The neighbours: their labels by weight.
        A logistic head on the features, cross-validated, in which influence is how far to believe each label:
        with :math:`t_i = 1 - h_{i, y_i}` the weighted share of neighbours that agree (h the high-passed one-hot
        labels) and :math:`p_1` a first fit's prediction, the head is fitted again with every sample weighted by
        :math:`(t_i + p_1(y_i)) / 2`. And the probabilities that the study brings, if they are out of sample.
        They are joined in a logarithmic opinion pool whose weights are learnt on the study
        (`margin_core.interpretation.pool`). A noisy channel tells which classes are taken for which more often
        than others (`margin_core.interpretation.channel`). Score: the strongest rival class against the given
        one, ``p(rival) R / (p(rival) R + p(given))`` with R how much more often than on average the rival is
        taken for the given class.
    ``disagreement``
        Score: :math:`h_{i, y_i}`, the weighted share of neighbours that carry another label.
    ``margin``
        The paper's: f of equation 3 (`margin_core.function.disagreement`), high-passed; score = influence,
        its magnitude. As printed it also marks clean samples whose neighbours are flipped.
    ``margin_signed``
        The same with the sign kept: score = h scaled to [0, 1] by its largest value, negative values 0.

    `as_printed` gives the paper's recipe with its binary graph.

    All scores are in [0, 1]; larger = more suspect. They are not calibrated probabilities of an error.
    Samples without a label follow in role ``unlabelled``, those without usable features in ``unscored``.

    References
    ----------
    MARGIN, Front. Big Data 4:589417 (2021), case study III.
    """

    name: ClassVar[str] = "label_flips"
    question: ClassVar[str] = "Which labels look wrong?"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.LABELS, Need.EMBEDDING})

    graph: Knn = Knn(k=20)
    high_pass: HighPass | Appendix = HighPass()
    method: str = knob("pooled", help="How the score is made.", choices=METHODS)
    folds: int = knob(3, help="Folds of the cross-validated head.", low=2, high=20)

    @classmethod
    def as_printed(cls, k: int = 20) -> LabelFlips:
        """Give the recipe of the paper: binary weights, eq. (3), magnitude of the random-walk high-pass."""
        return cls(method="margin", graph=Knn(k=k, weights="binary"))

    def domain(self, study: Study) -> Domain:
        """Make every sample a node."""
        return every_sample(study)

    def function(self, study: Study, domain: Domain, graph: Graph) -> Signal:
        """Put the labels on the nodes, or the neighbours' distrust of them (the paper's methods)."""
        choose = disagreement if self.method in ("margin", "margin_signed") else given_labels
        return choose(study, domain, graph)

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Rank the labels and say why."""
        labels, graph = study.labels, steps.graph
        suspicion = self.suspicion(study, steps, run)
        if self.method == "pooled":
            verdict = suspicion.rivals(suspicion.probabilities(labels), labels)
            scores = suspicion.scores(labels)
        else:
            verdict = neighbour_votes(graph, labels, len(study.class_names))
            scores = self._graph_scores(labels, steps)
        labelled = labels != UNLABELLED
        scored = labelled & ~graph.isolated
        roles = np.where(scored, "suspect", np.where(labelled, "unscored", "unlabelled"))
        return rank(study.ids, np.where(scored, scores, 0.0), roles, _evidence(study, graph, verdict, suspicion))

    def suspicion(self, study: Study, steps: Steps, run: Run) -> Suspicion:
        """Gather the witnesses: the neighbours, the head, and the probabilities that the study brings.

        The head and the calibrations are steps of the run's engine, so a second call costs little.
        """
        labels, graph = study.labels, steps.graph
        fitted = self._head(study, graph, run)
        brought = (study.probabilities,) if study.has(Need.PROBABILITIES) and study.out_of_sample else ()
        models = log_probabilities((fitted, *brought))
        scored = np.where(graph.isolated, UNLABELLED, labels)

        def hear() -> dict[str, np.ndarray]:
            shares = neighbour_votes(graph, labels, len(study.class_names))
            heard = [calibrate(witness, scored) for witness in (log_votes(shares), *models)]
            return {"calibrations": np.array([[one.exponent, one.likelihood] for one in heard])}

        key = fingerprint(self._key(study), study.parts["probabilities"] if brought else None)
        heard = run.step("calibrations", key, hear)["calibrations"]
        pool = pooled(*(Calibration(*one) for one in heard.tolist()))
        apart = Suspicion(graph=graph, models=models, pool=pool)

        def learn() -> dict[str, np.ndarray]:
            found = listen(np.log(np.maximum(apart.probabilities(scored), LEAST_BELIEF)), scored)
            return {"exponent": np.array([found.exponent]), "tables": np.stack([found.transition, found.confusion])}

        learnt = run.step("channel", key, learn)
        channel = Channel(float(learnt["exponent"][0]), *learnt["tables"])
        return Suspicion(graph=graph, models=models, pool=pool, channel=channel)

    def _key(self, study: Study) -> str:
        embedding, ids, c = study.parts["embedding"], study.parts["ids"], len(study.class_names)
        return fingerprint(VERSION, self.folds, self.graph, embedding, ids, study.labels, c)

    def _head(self, study: Study, graph: Graph, run: Run) -> Floats:
        labels, features, c = study.labels, study.embedding, len(study.class_names)

        def fit() -> dict[str, np.ndarray]:
            from margin_core.interpretation.head import fit_head, reduce

            agree = neighbour_votes(graph, labels, c)[np.arange(len(labels)), labels]
            points, usable = reduce(features)
            first = fit_head(points, usable, labels, c, ids=study.ids, folds=self.folds, run=run.part(0.0, 0.5))
            own = first.probabilities[np.arange(len(labels)), labels]
            second = fit_head(
                points,
                usable,
                labels,
                c,
                ids=study.ids,
                folds=self.folds,
                trust=(agree + own) / 2 + LEAST_TRUST,
                start=first,
                run=run.part(0.5, 1.0),
            )
            return {"probabilities": second.probabilities}

        return run.step("head", self._key(study), fit)["probabilities"]

    def _graph_scores(self, labels: Ints, steps: Steps) -> Doubles:
        match self.method:
            case "disagreement":
                own = np.maximum(labels, 0)
                h = steps.influence.high_pass[np.arange(len(labels)), own]
                return np.asarray(h, dtype=np.float64).ravel()
            case "margin":
                return steps.influence.scores
            case _:
                h = np.maximum(np.asarray(steps.influence.high_pass, dtype=np.float64), 0.0)
                return h / max(float(h.max(initial=0.0)), np.finfo(np.float64).tiny)


def _evidence(study: Study, graph: Graph, verdict: Doubles, suspicion: Suspicion) -> dict[str, np.ndarray]:
    labels, names = study.labels, np.array(study.class_names)
    each = np.arange(len(labels))
    own = np.maximum(labels, 0)
    labelled = labels != UNLABELLED
    rival = verdict.copy()
    rival[each[labelled], own[labelled]] = -1
    suggested = rival.argmax(axis=1) if len(names) > 1 else own
    # Only what a person can look up: the plain count among the k nearest, and the weighted share beside it.
    neighbours = graph.neighbours
    voting = (neighbours >= 0) & (labels[neighbours] != UNLABELLED)
    agreeing = voting & (labels[neighbours] == labels[:, None]) & labelled[:, None]
    shares = neighbour_votes(graph, labels, len(names))
    opinion = study.probabilities if study.has(Need.PROBABILITIES) else np.exp(suspicion.models[0])
    return {
        "given": labels,
        "suggested": suggested,
        "given_label": _names(names, labels),
        "suggested_label": names[suggested],
        "agreement": np.where(labelled, shares[each, own], np.nan),
        "neighbours_agreeing": agreeing.sum(axis=1),
        "neighbours_counted": voting.sum(axis=1),
        "p_given": np.where(labelled, opinion[each, own], np.nan).astype(np.float64),
        "p_suggested": opinion[each, suggested].astype(np.float64),
        "nearest_ids": np.where(neighbours[:, :SHOWN_NEIGHBOURS] >= 0, study.ids[neighbours[:, :SHOWN_NEIGHBOURS]], ""),
    }


def _names(names: Texts, labels: Ints) -> Texts:
    return np.where(labels == UNLABELLED, "", names[np.maximum(labels, 0)])
