"""Drift: which new samples are unlike a reference, and whether the two differ at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from margin_core.graph import Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.interpretation.rank import rank
from margin_core.interpretation.rounding import round_scores
from margin_core.parameters import parameter
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.base import Task
from margin_core.tasks.drift import drift_test, novelty, two_sample
from margin_core.tasks.drift.drift_test import DriftTest, measure_drift
from margin_core.tasks.drift.finding_text import ROLES, describe_novelty, describe_reference, describe_test
from margin_core.tasks.drift.joint_domain import joint_domain
from margin_core.tasks.drift.novelty import ReferenceDistances, measure_reference_distances, tail_shares
from margin_core.tasks.finding_text import FindingText, Role
from margin_core.values import Domain, Doubles, Explanation, Findings, Graph, Need, Signal, Steps, Study

VERSION = 2
"""Raised whenever the same study would be answered otherwise."""

NOVEL_TAIL = 0.01
"""A new sample is novel where at most so many samples of the reference are as novel."""


@final
@dataclass(frozen=True)
class Drift(Task):
    r"""Rank new samples by how unlike a reference they are, and test whether the two differ.

    Nodes are the new samples and those of the reference together. The signal is 1 on new samples and 0 on the
    reference; high-passed, it is what the neighbors do not predict: where new samples lie among the reference they are
    influential, where they lie among themselves they are not. The novelty of a node is the logarithm of its distance
    to the reference, plus the share of new samples among its neighbors, 1 - h:

    .. math:: v_i = \log \frac{\bar d_i}{\operatorname{median}_j \bar d_j} + (f_i - h_i)

    with :math:`\bar d_i` the mean distance to the nearest samples of the reference. The first part finds single odd
    samples, the second whole groups of them.

    Parameters
    ----------
    graph : Knn
        Step 2 of the protocol.
    high_pass : HighPass or PaperAppendixFilter
        Step 4 of the protocol.
    nearest : int
        Samples of the reference that distances are measured to.
    permutations : int
        Of the two-sample test.
    test_samples : int
        Samples that are tested on either side at most, selected by a hash of their ids.
    level : float
        Bound on the chance of a false alarm.

    Notes
    -----
    A finding's score is the share of all nodes that are no more novel than it. Its column ``tail`` is the share of the
    reference that is at least as novel, for new samples that are like the reference a p-value; samples up to .01 have
    the role ``novel``.

    `compute_test` returns the two-sample tests, whose result stands in columns of the evidence, too: of the whole
    (``test_p``), and within each class, corrected for the number of classes (``class_test_p``).

    References
    ----------
    Gretton et al., A kernel two-sample test, JMLR 13, 2012; MARGIN, Front. Big Data 4:589417 (2021).

    Examples
    --------
    >>> import numpy as np
    >>> from margin_core import Study, explain
    >>> from margin_core.tasks import Drift
    >>> random = np.random.default_rng(0)
    >>> points = random.normal(size=(60, 4))
    >>> points[7] += 9
    >>> old = Study.build(embedding=random.normal(size=(120, 4)))
    >>> explanation = explain(Drift(permutations=99), Study.build(embedding=points, reference=old))
    >>> explanation.findings.ids[0].item(), explanation.findings.roles[0].item()
    ('7', 'novel')
    """

    name: ClassVar[str] = "drift"
    question: ClassVar[str] = "Which new samples are unlike the reference, and do the two differ?"
    title: ClassVar[str] = "New data (drift)"
    roles: ClassVar[tuple[Role, ...]] = ROLES
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EMBEDDING, Need.REFERENCE})
    version: ClassVar[int] = VERSION
    ranks_every_sample: ClassVar[bool] = False
    takes_given_graph: ClassVar[bool] = False

    graph: Knn = Knn(k=20)
    high_pass: HighPass | PaperAppendixFilter = HighPass()
    nearest: int = parameter(20, help="Samples of the reference that distances are measured to.", low=1, high=1000)
    permutations: int = parameter(999, help="Permutations of the two-sample test.", low=19, high=10**6)
    test_samples: int = parameter(1000, help="Samples tested on either side at most.", low=10, high=5000)
    level: float = parameter(0.05, help="Bound on the chance of a false alarm.", low=1e-4, high=0.5)

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
        return describe_novelty(explanation, place)

    @classmethod
    def remarks(cls, explanation: Explanation) -> tuple[str, ...]:
        """Return the result of the two-sample tests, and whether the reference is too small to call a sample novel.

        Parameters
        ----------
        explanation : Explanation
            Of this task.

        Returns
        -------
        tuple of str
        """
        return (*describe_test(explanation), *describe_reference(explanation, NOVEL_TAIL))

    def domain(self, study: Study, run: Run) -> Domain:
        """Return a domain in which every new sample and every sample of the reference is a node.

        Parameters
        ----------
        study : Study
        run : Run
            Not used: this takes no time.

        Returns
        -------
        Domain
            The new samples first.
        """
        return joint_domain(study)

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Return which nodes are new.

        Parameters
        ----------
        study : Study
        domain : Domain
        graph : Graph
        run : Run
            Not used: this takes no time.

        Returns
        -------
        Signal
            1 for a new sample, 0 for one of the reference.
        """
        return Signal(
            values=(domain.rows >= 0).astype(np.float64),
            hypothesis="New samples lie among each other, not among samples of the reference",
        )

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Rank the new samples by their novelty, and test them against the reference.

        Parameters
        ----------
        study : Study
        steps : Steps
        run : Run
            Stores distances and tests, receives the progress.

        Returns
        -------
        Findings
            The most novel first.
        """
        n = len(study)
        distances = self.measure_distances(study, steps.domain, run.part(0.0, 0.4))
        novelty_of = compute_novelty(steps, distances)
        test = self.compute_test(study, run.part(0.4, 1.0))
        known = ~np.isnan(novelty_of)
        tail = tail_shares(novelty_of[:n], novelty_of[n:])
        roles = np.where(tail <= NOVEL_TAIL, "novel", "familiar")
        roles[~known[:n]] = "unscored"
        numbers = test.class_of
        nearest = distances.nearest[:n]
        names = np.append(test.classes.names, "")
        corrected, mmd = (np.append(of, np.nan)[numbers] for of in (test.classes.corrected, test.classes.mmd))
        evidence = {
            "novelty": novelty_of[:n],
            "tail": tail,
            "reference": np.full(n, known[n:].sum()),
            "distance": distances.distances[:n],
            "new_neighbors": share_of_new(steps)[:n],
            "nearest_id": np.where(nearest >= 0, study.reference.ids[nearest], ""),
            "class_name": names[numbers],
            "class_test_p": corrected,
            "class_test_mmd": mmd,
            "test_p": np.full(n, test.whole.p_value),
            "test_mmd": np.full(n, test.whole.mmd),
            "permutations": np.full(n, test.whole.permutations),
            "tested_new": np.full(n, test.whole.n_new),
            "tested_old": np.full(n, test.whole.n_reference),
            "level": np.full(n, self.level),
        }
        return rank(study.ids, _places(novelty_of)[:n], roles, evidence)

    def measure_distances(self, study: Study, domain: Domain, run: Run) -> ReferenceDistances:
        """Return the distances of all nodes to the reference, as a step of the run.

        Parameters
        ----------
        study : Study
        domain : Domain
            Of this task.
        run : Run

        Returns
        -------
        ReferenceDistances
        """
        reference = study.reference
        key = fingerprint(
            novelty.VERSION,
            domain.fingerprint,
            reference.parts["ids"],
            len(reference) > novelty.MAX_ANCHORS,
            self.nearest,
        )

        def measure() -> dict[str, np.ndarray]:
            found = measure_reference_distances(domain.points, len(study), domain.ids, self.nearest, run)
            return {"distances": found.distances, "nearest": found.nearest}

        stored = run.step("reference_distances", key, measure)
        return ReferenceDistances(np.asarray(stored["distances"]), np.asarray(stored["nearest"]))

    def compute_test(self, study: Study, run: Run) -> DriftTest:
        """Return the two-sample tests of the whole and of each class, as a step of the run.

        Parameters
        ----------
        study : Study
        run : Run

        Returns
        -------
        DriftTest
        """
        reference = study.reference
        of = [
            one.parts.get(part) for one in (study, reference) for part in ("embedding", "ids", "labels", "class_names")
        ]
        key = fingerprint(drift_test.VERSION, two_sample.VERSION, *of, self.permutations, self.test_samples, self.level)
        return DriftTest.from_arrays(
            run.step(
                "drift_test", key,
                lambda: measure_drift(study, self.permutations, self.test_samples, self.level, run).to_arrays(),
            )
        )  # fmt: skip


def compute_novelty(steps: Steps, distances: ReferenceDistances) -> Doubles:
    """Compute the novelty of every node.

    Parameters
    ----------
    steps : Steps
        Of `Drift`.
    distances : ReferenceDistances
        Of the same nodes.

    Returns
    -------
    float array (m,)
        Larger = more unlike the reference; NaN without features.
    """
    return round_scores(distances.relative + share_of_new(steps))


def share_of_new(steps: Steps) -> Doubles:
    """Return the share of new samples among the neighbors of every node, by weight.

    Parameters
    ----------
    steps : Steps
        Of `Drift`.

    Returns
    -------
    float array (m,)
        In [0, 1]; 0 for a node without neighbors.
    """
    share = np.asarray(steps.signal.values - steps.influence.high_pass)
    return np.where(steps.graph.isolated, 0.0, np.clip(share, 0, 1))


def _places(values: Doubles) -> Doubles:
    """Return the share of all nodes that have no larger value, 0 for NaN."""
    known = np.sort(values[~np.isnan(values)])
    at_most = np.searchsorted(known, np.nan_to_num(values, nan=-np.inf), side="right")
    return np.where(np.isnan(values), 0.0, at_most / max(len(known), 1))
