"""Label flips: whose label its own neighbourhood contradicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.domain import every_sample
from margin_core.function.disagreement import disagreement
from margin_core.function.given_labels import given_labels
from margin_core.graph import Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.interpretation.rank import rank
from margin_core.interpretation.votes import neighbour_votes
from margin_core.parameters import parameter
from margin_core.probe.linear_probe import fit_probe, reduce_features
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.base import Task
from margin_core.tasks.label_flips.baselines import BASELINES, BaselineInputs
from margin_core.tasks.label_flips.calibration import Calibration, calibrate
from margin_core.tasks.label_flips.label_error_score import LabelErrorScore, log_probabilities, log_votes
from margin_core.tasks.label_flips.noise_transition import NoiseTransition, fit_noise_transition
from margin_core.tasks.label_flips.opinion_pool import fit_opinion_pool
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

VERSION = 5
"""Raised whenever the same study would give other fitted probabilities."""

SHOWN_NEIGHBOURS = 12
"""How many nearest ids are kept as evidence."""

LEAST_BELIEF = 1e-12
"""Keeps logarithms finite."""

LEAST_TRUST = 1e-3
"""No label is written off entirely, so that a class whose labels are all doubted is still learnt."""

SETTLED_TRUST = 3.0
"""Weight of a label that a reviewer has settled; others have at most 1. Settled are those that were hard to tell."""

METHODS = ("pooled", *BASELINES)

SPLITS = ("apart", "together")


@dataclass(frozen=True, eq=False, kw_only=True)
class Reviewed:
    """What reviewers said of a study whose labels are corrected by it.

    Attributes
    ----------
    given : int array (n,)
        The labels before any correction.
    settled : bool array (n,)
        Whether a reviewer named the right class.
    """

    given: Ints
    settled: NDArray[np.bool_]

    def training_pairs(self, beliefs: Doubles, labels: Ints) -> tuple[Doubles, Ints]:
        """Turn log beliefs (n, c) and corrected labels (n,) into what a channel learns from.

        A channel tells how true classes came out as *given* labels. Of a settled sample the truth is known; learnt
        from corrected labels alone, the channel would forget just those mistakes that were found.
        """
        known = np.flatnonzero(self.settled & (labels != UNLABELLED))
        told = beliefs.copy()
        told[known] = np.log(LEAST_BELIEF)
        told[known, labels[known]] = 0.0
        return told, np.where(labels == UNLABELLED, UNLABELLED, self.given)


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
        (`opinion_pool`). A noisy channel tells which classes are taken for which more often than others
        (`noise_transition`). Score: the strongest rival class against the given
        one, ``p(rival) R / (p(rival) R + p(given))`` with R how much more often than on average the rival is
        taken for the given class.
    Published ones, each in a file of `margin_core.tasks.label_flips.baselines`:

    ``disagreement``
        Score: :math:`h_{i, y_i}`, the weighted share of neighbours that carry another label.
    ``margin``, ``margin_signed``
        The paper's: f of equation 3 (`margin_core.function.disagreement`), high-passed; its magnitude, which as
        printed also marks clean samples whose neighbours are flipped, or its positive part.
    ``loss``
        Training loss of a logistic head on the very labels it was fitted on, or of the model behind in-sample
        probabilities.
    ``self_confidence``, ``normalised_margin``
        Confident learning's, by cleanlab, on the study's out-of-sample probabilities, else on a cross-validated
        logistic head.
    ``self_influence``
        Koh and Liang's, exact, of a logistic head.
    ``neighbourhood_consensus``
        SimiFeat's ranking, with the noise rates that the labels of nearest pairs and triples imply.
    ``trusted_refit``
        The head fitted with each label weighted by how far its neighbourhood believes it.
    ``random``

    Whatever the method, the class suggested is the default's.

    Splits and groups
    -----------------
    With a column ``split``, samples hear their own split and the one learnt from (``train``, else the largest), no
    other; heads and pool are fitted on that one alone. So nothing in it depends on a held-out label. ``splits=
    'together'`` takes all as one. With a column ``group``, no sample hears its own group, and a group is never
    divided between folds.

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
    version: ClassVar[int] = VERSION

    graph: Knn = Knn(k=20)
    high_pass: HighPass | PaperAppendixFilter = HighPass()
    method: str = parameter("pooled", help="How the score is made.", choices=METHODS)
    folds: int = parameter(3, help="Folds of the cross-validated head.", low=2, high=20)
    splits: str = parameter(
        "apart", help="Whether labels of a held-out split may be heard in the others.", choices=SPLITS
    )

    @classmethod
    def as_printed(cls, k: int = 20) -> LabelFlips:
        """Give the recipe of the paper: binary weights, eq. (3), magnitude of the random-walk high-pass."""
        return cls(method="margin", graph=Knn(k=k, weights="binary"))

    def domain(self, study: Study, run: Run) -> Domain:
        """Make every sample a node."""
        return every_sample(study, splits=self.splits == "apart")

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Put the labels on the nodes, or the neighbours' distrust of them (the paper's methods)."""
        choose = disagreement if self.method in ("margin", "margin_signed") else given_labels
        return choose(study, domain, graph)

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Rank the labels and say why."""
        labels, graph = study.labels, steps.graph
        label_error_score = self.fit_label_error_score(study, steps, run)
        if self.method == "pooled":
            scores = label_error_score.scores(labels)
        else:
            head = self._head(study, steps, run)
            witnesses = BaselineInputs(
                learnt_from=(_learnt(labels, steps) != UNLABELLED) & usable_rows(study.embedding),
                influence=steps.influence,
                first=head["first"],
                refitted=head["probabilities"],
            )
            run.report(1.0, f"Scoring {len(labels):,} labels")
            scores = BASELINES[self.method](study, graph, witnesses)
        verdict = label_error_score.rivals(label_error_score.probabilities(labels), labels)
        labelled = labels != UNLABELLED
        scored = labelled & ~graph.isolated
        roles = np.where(scored, "suspect", np.where(labelled, "unscored", "unlabelled"))
        return rank(
            study.ids, np.where(scored, scores, 0.0), roles, _evidence(study, graph, verdict, label_error_score)
        )

    def fit_label_error_score(
        self, study: Study, steps: Steps, run: Run, reviewed: Reviewed | None = None
    ) -> LabelErrorScore:
        """Gather the witnesses: the neighbours, the head, and the probabilities that the study brings.

        The head and the calibrations are steps of the run's engine, so a second call costs little.

        Parameters
        ----------
        study : Study
        steps : Steps
            Domain and graph are read.
        run : Run
        reviewed : Reviewed, optional
            With labels that are corrected: what they were, and which are settled.
        """
        labels, graph = study.labels, steps.graph
        fitted = self._head(study, steps, run, reviewed)["probabilities"]
        brought = (study.probabilities,) if study.has(Need.PROBABILITIES) and study.out_of_sample else ()
        models = log_probabilities((fitted, *brought))
        scored = np.where(graph.isolated, UNLABELLED, _learnt(labels, steps))

        def hear() -> dict[str, np.ndarray]:
            shares = neighbour_votes(graph, labels, len(study.class_names))
            heard = [calibrate(witness, scored) for witness in (log_votes(shares), *models)]
            return {"calibrations": np.array([[one.exponent, one.likelihood] for one in heard])}

        key = fingerprint(self._key(study, steps, reviewed), study.parts["probabilities"] if brought else None)
        heard = run.step("calibrations", key, hear)["calibrations"]
        pool = fit_opinion_pool(*(Calibration(*one) for one in heard.tolist()))
        apart = LabelErrorScore(graph=graph, models=models, pool=pool)

        def learn() -> dict[str, np.ndarray]:
            beliefs = np.log(np.maximum(apart.probabilities(scored), LEAST_BELIEF))
            found = fit_noise_transition(
                *((beliefs, scored) if reviewed is None else reviewed.training_pairs(beliefs, scored))
            )
            return {"exponent": np.array([found.exponent]), "tables": np.stack([found.transition, found.confusion])}

        learnt = run.step("channel", key, learn)
        channel = NoiseTransition(float(learnt["exponent"][0]), *learnt["tables"])
        heard_by = None if steps.domain.splits is None else sparse.csr_array(graph.weights.T)
        return LabelErrorScore(graph=graph, models=models, pool=pool, noise_transition=channel, heard_by=heard_by)

    def _key(self, study: Study, steps: Steps, reviewed: Reviewed | None = None) -> str:
        ids, c = study.parts["ids"], len(study.class_names)
        key = fingerprint(VERSION, self.folds, self.graph, steps.domain.fingerprint, ids, study.labels, c)
        return key if reviewed is None else fingerprint(key, reviewed.given, reviewed.settled)

    def _head(self, study: Study, steps: Steps, run: Run, reviewed: Reviewed | None = None) -> Mapping[str, np.ndarray]:
        """Give what the head says of each sample at its first fit and at its second, ``probabilities``."""
        graph, features, c = steps.graph, study.embedding, len(study.class_names)
        labels, groups = _learnt(study.labels, steps), steps.domain.groups

        def fit() -> dict[str, np.ndarray]:
            agree = neighbour_votes(graph, labels, c)[np.arange(len(labels)), labels]
            points, usable = reduce_features(features)
            first = fit_probe(
                points, usable, labels, c, ids=study.ids, folds=self.folds, groups=groups, run=run.part(0.0, 0.5)
            )
            own = first.probabilities[np.arange(len(labels)), labels]
            trust = (agree + own) / 2 + LEAST_TRUST
            if reviewed is not None:
                trust[reviewed.settled] = SETTLED_TRUST
            second = fit_probe(
                points,
                usable,
                labels,
                c,
                ids=study.ids,
                folds=self.folds,
                trust=trust,
                start=first,
                groups=groups,
                run=run.part(0.5, 1.0),
            )
            return {"probabilities": second.probabilities, "first": first.probabilities}

        return run.step("head", self._key(study, steps, reviewed), fit)


def _learnt(labels: Ints, steps: Steps) -> Ints:
    """Give the labels that may be learnt from: all, or those of split 0."""
    splits = steps.domain.splits
    return labels if splits is None else np.where(splits == 0, labels, UNLABELLED)


def _evidence(
    study: Study, graph: Graph, verdict: Doubles, label_error_score: LabelErrorScore
) -> dict[str, np.ndarray]:
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
    opinion = study.probabilities if study.has(Need.PROBABILITIES) else np.exp(label_error_score.models[0])
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
