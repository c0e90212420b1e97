"""Prototypes and criticisms: which samples are typical of their class, and which no prototype explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from margin_core.domain import every_sample
from margin_core.function import mean_discrepancy as discrepancy
from margin_core.function.kernel import estimate_gamma
from margin_core.graph import GraphRecipe, Knn, build
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.interpretation.rounding import round_scores
from margin_core.parameters import parameter
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.base import Task
from margin_core.tasks.finding_text import FindingText, Role
from margin_core.tasks.prototypes.assignment import assign_to_prototypes
from margin_core.tasks.prototypes.evidence import compute_evidence
from margin_core.tasks.prototypes.finding_text import ROLES, describe_selected
from margin_core.tasks.prototypes.groups import has_classes, number_groups, rows_of_groups
from margin_core.tasks.prototypes.selection import (
    CRITICISM_RULES,
    SELECTION_RULES,
    CandidatePool,
    select_criticisms,
)
from margin_core.values import (
    Domain,
    Explanation,
    Findings,
    Graph,
    Ints,
    Need,
    Signal,
    Steps,
    Study,
    usable_rows,
)

VERSION = 1
"""Raised whenever the same study would give other prototypes or criticisms."""

SCOPES = ("class", "all")


@final
@dataclass(frozen=True)
class Prototypes(Task):
    r"""Select samples typical of their class (prototypes), and samples that no prototype explains (criticisms).

    The signal is the maximum mean discrepancy that a sample and its neighbors make in their class
    (`margin_core.function.mean_discrepancy`), as a multiple of the class's mean; high-passed it is *influence*.
    A prototype is a sample that its neighbors predict, a criticism one that they do not.

    Findings list the prototypes in the order in which they are selected, so that any prefix is a selection of its own,
    and then the criticisms likewise. A score is only the position in that order: 1 the first, falling toward 0.
    Splits are taken together: a held-out sample can be typical too.

    Parameters
    ----------
    graph : Knn or GivenGraph
        Step 2 of the protocol.
    high_pass : HighPass or PaperAppendixFilter
        Step 4 of the protocol.
    pick : {'coverage', 'influence', 'round_robin', 'literal', 'mmd_critic', 'k_medoids'}
        The rule that selects prototypes, each in a file of `margin_core.tasks.prototypes.selection`. ``coverage``: of
        the samples less influential than half of their neighbors in the class, those that leave no member far from a
        prototype (facility location, lazily greedy, classes interleaved). ``influence``, ``round_robin`` and
        ``literal``: least influential first; the same, classes interleaved; and the paper's rule as printed.
        ``mmd_critic`` and ``k_medoids``: published peers.
    criticisms_by : {'influence', 'log_det', 'mmd_critic'}
        The rule that selects criticisms. ``influence``: the most influential first, classes interleaved. ``log_det``:
        of the more influential half those that are influential and unlike each other. ``mmd_critic``: the peer's,
        where the prototypes represent the data worst.
    scope : {'class', 'all'}
        ``class`` compares samples with their own class alone, where there are labels; samples without a label are then
        in no class and never selected.
    variant : {'V2', 'V1'}
        Which discrepancy is the signal.
    gamma : float
        Of the Gaussian kernel, at least 0; 0: by the median rule.
    share : float
        Share of a neighborhood that may be prototypes, in [0, 1], least influential first.
    prototypes, criticisms : int
        How many of them at most, but one a class.

    References
    ----------
    MARGIN, Front. Big Data 4:589417 (2021), case study I.

    Examples
    --------
    >>> import numpy as np
    >>> from margin_core import Study, explain
    >>> from margin_core.tasks import Prototypes
    >>> points = np.random.default_rng(0).normal(size=(60, 4))
    >>> study = Study.build(embedding=points, labels=np.arange(60) % 2)
    >>> findings = explain(Prototypes(prototypes=4, criticisms=2), study).findings
    >>> findings.roles.tolist()
    ['prototype', 'prototype', 'prototype', 'prototype', 'criticism', 'criticism']
    >>> findings.evidence["class"][:4].tolist()
    [0, 1, 0, 1]
    """

    name: ClassVar[str] = "prototypes"
    question: ClassVar[str] = "Which samples are typical of their class, and which are atypical?"
    title: ClassVar[str] = "Prototypes & criticisms"
    roles: ClassVar[tuple[Role, ...]] = ROLES
    compared: ClassVar[tuple[str, str] | None] = ("class", "model_class")
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EMBEDDING})
    version: ClassVar[int] = VERSION
    ranks_every_sample: ClassVar[bool] = False

    graph: GraphRecipe = Knn(k=20)
    high_pass: HighPass | PaperAppendixFilter = HighPass()
    pick: str = parameter("coverage", help="The rule that selects prototypes.", choices=tuple(SELECTION_RULES))
    criticisms_by: str = parameter("influence", help="The rule that selects criticisms.", choices=CRITICISM_RULES)
    scope: str = parameter("class", help="Whether samples are compared with their class, or with all.", choices=SCOPES)
    variant: str = parameter("V2", help="Which discrepancy is the signal.", choices=discrepancy.VARIANTS)
    gamma: float = parameter(0.0, help="Width of the kernel; 0: by the median rule.", low=0, high=1e9)
    share: float = parameter(
        0.5, help="Share of a neighborhood that may be prototypes, least influential first.", low=0, high=1
    )
    prototypes: int = parameter(500, help="How many prototypes at most, but one a class.", low=1, high=10**6)
    criticisms: int = parameter(500, help="How many criticisms at most, but one a class.", low=1, high=10**6)

    @classmethod
    def as_printed(cls, k: int = 25) -> Prototypes:
        """Return the recipe of the paper: binary weights, the text's discrepancy, its rule with a tenth as threshold.

        Parameters
        ----------
        k : int
            Neighbors in the graph.

        Returns
        -------
        Prototypes
            With ``pick='literal'``.
        """
        return cls(pick="literal", share=0.1, scope="all", variant="V1", graph=Knn(k=k, weights="binary"))

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
        return describe_selected(explanation, place)

    def domain(self, study: Study, run: Run) -> Domain:
        """Return a domain in which every sample is a node.

        Parameters
        ----------
        study : Study
            Has an embedding.
        run : Run
            Not used: this takes no time.

        Returns
        -------
        Domain
            With n nodes.
        """
        return every_sample(study, splits=False)

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Compute the maximum mean discrepancy of every node, as a multiple of its mean over the class.

        Else a rare class would be influential for no more than being rare.

        Parameters
        ----------
        study : Study
            Has an embedding.
        domain : Domain
            With n nodes.
        graph : Graph
            On these nodes.
        run : Run
            Stores the discrepancy, receives the progress.

        Returns
        -------
        Signal
            At least 0; larger = removing the sample and its neighbors moves the mean of the class more. 0 without
            features, 1 for the only member of a class.
        """
        numbers = self._groups(study)

        def measure() -> dict[str, np.ndarray]:
            groups = rows_of_groups(numbers)
            gamma = self._gamma(study, graph)
            values = discrepancy.mean_discrepancy(
                domain.points, graph.neighbours, groups, gamma=gamma, variant=self.variant, run=run
            )
            for rows in groups:
                mean = float(values[rows].mean())
                values[rows] = values[rows] / mean if mean > 0 else 1.0
            return {"values": round_scores(values)}

        key = fingerprint(
            discrepancy.VERSION, self.graph, build.VERSION, domain.fingerprint, study.parts["ids"], numbers,
            self.variant, self.gamma,
        )  # fmt: skip
        values = np.asarray(run.step("mean_discrepancy", key, measure)["values"])
        kind = "class" if self.scope == "class" and has_classes(study) else "data set"
        return Signal(values=values, hypothesis=f"Samples near each other move the mean of their {kind} equally far")

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Select prototypes and criticisms, and compute their evidence.

        Parameters
        ----------
        study : Study
            Has an embedding.
        steps : Steps
            The steps before.
        run : Run
            Stores the selection, receives the progress.

        Returns
        -------
        Findings
            Prototypes in the order selected, then criticisms; a score in (0, 1] falls with the position.
        """
        key = fingerprint(
            VERSION, self, study.parts["ids"], study.parts.get("labels"), study.parts.get("probabilities"),
            steps.domain.fingerprint, steps.signal.values, steps.influence.scores,
        )  # fmt: skip
        found = run.step("prototypes", key, lambda: self._select(study, steps, run))
        prototypes, criticisms = found["prototypes"], found["criticisms"]
        rows = np.concatenate([prototypes, criticisms])
        places = [1 - np.arange(len(part)) / max(len(part), 1) for part in (prototypes, criticisms)]
        return Findings(
            ids=study.ids[rows],
            scores=np.concatenate(places),
            roles=np.repeat(["prototype", "criticism"], [len(prototypes), len(criticisms)]),
            evidence=compute_evidence(study, steps, rows, self._groups(study), found),
        )

    def _select(self, study: Study, steps: Steps, run: Run) -> dict[str, np.ndarray]:
        order = np.argsort(study.ids, kind="stable")
        pool = self._pool(study, steps, order)
        prototypes = SELECTION_RULES[self.pick](pool, max(self.prototypes, len(pool.groups)), run.part(0.0, 0.7))
        count = max(self.criticisms, len(pool.groups))
        criticisms = select_criticisms(pool, prototypes, self.criticisms_by, count, run.part(0.7, 0.8))
        assignment = assign_to_prototypes(pool.points, pool.groups, prototypes, run.part(0.8, 1.0))
        return {
            "prototypes": order[prototypes],
            "criticisms": order[criticisms],
            "deviates_from": assignment.nearest[criticisms],
            "taken_from": assignment.taken_from,
            "taken": assignment.taken,
            "covers": assignment.covers,
        }

    def _pool(self, study: Study, steps: Steps, order: Ints) -> CandidatePool:
        points = study.embedding[order]
        usable = usable_rows(points)
        points[~usable] = 0
        points -= points[usable].mean(axis=0) if usable.any() else 0
        place = np.full(len(order) + 1, -1, dtype=np.int32)
        place[order] = np.arange(len(order))
        return CandidatePool(
            ids=study.ids[order],
            points=points,
            neighbors=place[steps.graph.neighbours[order]],
            groups=rows_of_groups(self._groups(study)[order]),
            signal=np.asarray(steps.signal.values, dtype=np.float64)[order],
            influence=round_scores(steps.influence.scores[order]),
            gamma=self._gamma(study, steps.graph),
            share=self.share,
        )

    def _gamma(self, study: Study, graph: Graph) -> float:
        return self.gamma if self.gamma > 0 else estimate_gamma(study.embedding, graph.neighbours, study.ids)

    def _groups(self, study: Study) -> Ints:
        return number_groups(study, by_class=self.scope == "class")
