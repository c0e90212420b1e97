"""Adversarial statistics: which samples look attacked, by densities and discrepancies on a graph of features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from margin_core.errors import ParameterError
from margin_core.function import mean_discrepancy as discrepancy
from margin_core.graph import Knn, build
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.interpretation.rank import rank
from margin_core.interpretation.rounding import round_scores
from margin_core.parameters import parameter
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.adversarial.attacked_samples import AttackedSamples, attack_samples
from margin_core.tasks.adversarial.attacks.attack import ATTACKS, AttackParameters
from margin_core.tasks.adversarial.clean_samples import require_network
from margin_core.tasks.adversarial.comparison.prevalence import Prevalence, measure_prevalence
from margin_core.tasks.adversarial.evidence import SCORES, compute_evidence, compute_lone_scores, compute_scores
from margin_core.tasks.adversarial.finding_text import ROLES, describe_sample
from margin_core.tasks.adversarial.given_samples import collect_given
from margin_core.tasks.adversarial.remarks import (
    NO_DEFENSE,
    SHOWN_BEFORE,
    describe_areas,
    describe_attack,
    describe_selection,
)
from margin_core.tasks.adversarial.samples import Samples, collect_attacked
from margin_core.tasks.adversarial.scores.filtered import DIRECTIONS, SIGNALS, orient_influence
from margin_core.tasks.adversarial.scores.kernel_density import estimate_bandwidth, log_kernel_density
from margin_core.tasks.adversarial.scores.pair_kernel import estimate_pair_gamma
from margin_core.tasks.base import Task
from margin_core.tasks.finding_text import FindingText, Role
from margin_core.values import Domain, Doubles, Explanation, Findings, Graph, Ints, Need, Signal, Steps, Study

VERSION = 4
"""Raised whenever the same study would be answered otherwise."""

RANKINGS = ("influence", *SCORES)

NORMS = ("inf", "2")

GIVEN = "given"
"""The suspicious samples are those of the study, the trusted ones those of its reference."""

ROLE_NAMES = {False: ("clean", "attacked"), True: ("trusted", "suspicious")}
"""Of the findings, by whether the samples are given."""


@final
@dataclass(frozen=True)
class AdversarialStatistics(Task):
    r"""Attack the study's own model, and rank clean and attacked samples by how likely they are to be attacked.

    Nodes are samples that the model gives their label and, with them, their attacked copies, at the features that the
    model computes. The signal is the maximum mean discrepancy that a node and its neighbors make among all nodes
    (``mmd``), or the density of the node among clean samples of the class that is predicted for it (``kde``). The same
    signal is given raw, high-passed, by the filter of the paper's appendix (a low-pass in effect) and smoothed; beside
    it stand four scores of a sample alone.

    This characterizes attacked samples; it is no defense. The graph mixes all nodes, so the score of a sample depends
    on how many others of the batch are attacked, and an attack that knows the score can avoid it.

    Parameters
    ----------
    graph : Knn
        Step 2 of the protocol, in the features of the model.
    high_pass : PaperAppendixFilter or HighPass
        Step 4 of the protocol; what ``ranking='influence'`` ranks by.
    attack : {'fgsm', 'pgd', 'carlini_wagner', 'given'}
        How clean samples are changed; see `margin_core.tasks.adversarial.attacks`. ``given``: not at all; the samples
        of the study are suspicious and those of its reference are trusted, which needs no model.
    norm : {'inf', '2'}
        How the size of a change is measured, by ``fgsm`` and ``pgd``.
    eps : float
        Largest change, on the scale of pixels from 0 to 1.
    steps : int
        Of the gradient, for ``pgd`` and ``carlini_wagner``.
    searches : int
        Weights that ``carlini_wagner`` tries.
    confidence : float
        By how much the logit of another class has to win, for ``carlini_wagner``.
    samples : int
        Clean samples at most, chosen by a hash of their ids.
    signal : {'kde', 'mmd', 'negative_log_kde'}
        The explanation function.
    gamma : float
        Of the kernel of ``mmd``; 0: one over the median squared distance of all pairs.
    bandwidth : float
        Of the kernel density; 0: the largest leave-one-out likelihood of the reference.
    lid_k : int
        Neighbors that the local intrinsic dimensionality is estimated from.
    ranking : str
        What nodes are ranked by: ``influence``, or a column of `margin_core.tasks.adversarial.evidence.SCORES`.
    seed : int
        Of the random start of ``pgd``.

    Notes
    -----
    Larger = more likely attacked, in directions that are stated before any attack: ``kde`` and ``mmd`` count downward,
    the magnitude of the high-pass filter upward; `margin_core.tasks.adversarial.scores.filtered` says why. A finding's
    score is the share of the nodes that score no higher.

    A sample whose predicted class does not change is no node; how many there were is counted in the columns ``tried``
    and ``unchanged``. The column ``changed_8bit`` says whether a changed class survives rounding to 8 bits a channel.

    Where a study has splits, held-out samples are attacked and training samples are the reference of densities; else
    one half by hash is attacked and the other is the reference.

    References
    ----------
    MARGIN, Front. Big Data 4:589417 (2021), case study V; Grosse et al. (2017); Feinman et al. (2017).

    Examples
    --------
    >>> from margin_core import explain, load_study
    >>> from margin_core.tasks import AdversarialStatistics
    >>> study = load_study("sample_data/digits")  # doctest: +SKIP
    >>> explain(AdversarialStatistics(attack="fgsm", eps=0.2), study).findings.roles[:2]  # doctest: +SKIP
    array(['attacked', 'attacked'], dtype='<U8')
    """

    name: ClassVar[str] = "adversarial_statistics"
    question: ClassVar[str] = "How do attacked samples differ from clean ones?"
    roles: ClassVar[tuple[Role, ...]] = ROLES
    compared: ClassVar[tuple[str, str] | None] = ("class", "model_class")
    needs: ClassVar[frozenset[Need]] = frozenset({Need.INPUTS, Need.MODEL})
    takes_given_graph: ClassVar[bool] = False
    version: ClassVar[int] = VERSION
    domain_takes: ClassVar[float] = 0.9

    graph: Knn = Knn(k=30)
    high_pass: HighPass | PaperAppendixFilter = PaperAppendixFilter()
    attack: str = parameter("fgsm", help="How clean samples are changed.", choices=(*ATTACKS, GIVEN))
    norm: str = parameter("inf", help="How the size of a change is measured (fgsm, pgd).", choices=NORMS)
    eps: float = parameter(0.1, help="Largest change; pixels are from 0 to 1.", low=1e-4, high=100)
    steps: int = parameter(100, help="Steps along the gradient (pgd, carlini_wagner).", low=1, high=10_000)
    searches: int = parameter(3, help="Weights that are tried (carlini_wagner).", low=1, high=20)
    confidence: float = parameter(0.0, help="By how much another class has to win (carlini_wagner).", low=0, high=1000)
    samples: int = parameter(1000, help="Clean samples at most.", low=1, high=10**6)
    signal: str = parameter("kde", help="The explanation function.", choices=SIGNALS)
    gamma: float = parameter(0.0, help="Width of the kernel of mmd; 0: by the median rule.", low=0, high=1e9)
    bandwidth: float = parameter(0.0, help="Of the kernel density; 0: by likelihood.", low=0, high=1e9)
    lid_k: int = parameter(20, help="Neighbors of the local intrinsic dimensionality.", low=2, high=1000)
    ranking: str = parameter("influence", help="What samples are ranked by.", choices=RANKINGS)
    seed: int = parameter(0, help="Of the random start (pgd).", low=0, high=2**31 - 1)

    @classmethod
    def as_printed(cls, attack: str = "fgsm") -> AdversarialStatistics:
        """Return the recipe of the paper's case study V, as far as it is given.

        Parameters
        ----------
        attack : {'fgsm', 'carlini_wagner'}

        Returns
        -------
        AdversarialStatistics
            The kernels and the strength are those of the code that the paper refers to.
        """
        return cls(
            graph=Knn(k=30, weights="binary"), attack=attack, eps=0.275, steps=500, searches=2, gamma=0.01,
            bandwidth=10**0.5,
        )  # fmt: skip

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
        return describe_sample(explanation, place)

    @classmethod
    def remarks(cls, explanation: Explanation) -> tuple[str, ...]:
        """Return how many samples the attack changed, of which, the areas under the ROC curves, and what they are not.

        Parameters
        ----------
        explanation : Explanation
            Of this task.

        Returns
        -------
        tuple of str
        """
        shown = () if explanation.parameters["attack"] == GIVEN else (SHOWN_BEFORE,)
        selection = describe_selection(explanation)
        return describe_attack(explanation), selection, *shown, describe_areas(explanation), NO_DEFENSE

    def check(self, study: Study) -> None:
        """Check that the study has what the task needs.

        Parameters
        ----------
        study : Study

        Raises
        ------
        MissingPart
            No inputs or no model; where the samples are given, no reference or no embedding.
        ModelError
            The inputs are no pictures, or the model has no gradients.
        """
        if self.attack == GIVEN:
            study.require(Need.REFERENCE)
            study.require(Need.EMBEDDING)
            study.reference.require(Need.EMBEDDING)
            return
        super().check(study)
        require_network(study)

    def attack_parameters(self) -> AttackParameters:
        """Return which attack is run, and how strong it is.

        Returns
        -------
        AttackParameters
        """
        return AttackParameters(
            self.attack, self.norm, self.eps, self.steps, self.searches, self.confidence, self.seed
        )  # fmt: skip

    def collect(self, study: Study, run: Run) -> Samples:
        """Return clean samples, their attacked copies and the reference, computed or as the run stores them.

        Parameters
        ----------
        study : Study
        run : Run
            Stores every batch, receives the progress.

        Returns
        -------
        Samples

        Raises
        ------
        ModelError
            There is no gradient, the model gives no sample its label, or the attack never succeeds.
        SourceError
            Where the samples are given: one of the two studies has no sample with features.
        """
        if self.attack == GIVEN:
            return collect_given(study, self.samples)
        return collect_attacked(study, self.attack_parameters(), self.samples, run)

    def attacked(self, study: Study, run: Run) -> AttackedSamples:
        """Return each clean sample with what the attack made of its picture, whether the class changed or not.

        Parameters
        ----------
        study : Study
        run : Run
            Stores every batch, receives the progress.

        Returns
        -------
        AttackedSamples

        Raises
        ------
        ModelError
            There is no gradient, or the model gives no sample its label.
        ParameterError
            The samples are given, so that nothing is attacked.
        """
        if self.attack == GIVEN:
            raise ParameterError("AdversarialStatistics.attack is 'given', so no picture is changed. Name an attack.")
        return attack_samples(study, self.attack_parameters(), self.samples, run)

    def prevalence(self, study: Study, run: Run) -> Prevalence:
        """Measure how well scores tell attacked samples apart when they are fewer in the batch.

        Parameters
        ----------
        study : Study
        run : Run
            Stores the result, receives the progress.

        Returns
        -------
        Prevalence
            Of every column of `margin_core.tasks.adversarial.evidence.SCORES`, at 50, 20, 5 and 1 %.
        """
        samples = self.collect(study, run.part(0.0, 0.5))
        own = run.part(0.5, 1.0)

        def measure() -> dict[str, np.ndarray]:
            # A batch changes its graph, not what compares a sample with the reference, which takes most of the time.
            lone = self._lone_scores(samples)

            def score(nodes: Ints) -> dict[str, Doubles]:
                return self._score_on_graph(samples.take(nodes), {name: lone[name][nodes] for name in lone})

            return measure_prevalence(samples, score, run=own).to_arrays()

        key = fingerprint(VERSION, build.VERSION, self.parameters(), samples.ids, samples.features)
        return Prevalence.from_arrays(run.step("prevalence", key, measure))

    def score(self, samples: Samples) -> dict[str, Doubles]:
        """Compute every score of some nodes, on a graph of these alone.

        Parameters
        ----------
        samples : Samples
            Nodes, with the reference of densities.

        Returns
        -------
        dict of str to float array (m,)
            By the names of `margin_core.tasks.adversarial.evidence.SCORES`; larger = more likely attacked.
        """
        return self._score_on_graph(samples, self._lone_scores(samples))

    def domain(self, study: Study, run: Run) -> Domain:
        """Return clean and attacked samples as nodes, at the features of the model.

        Parameters
        ----------
        study : Study
        run : Run
            Stores every batch, receives the progress.

        Returns
        -------
        Domain
            Clean nodes first. ``rows`` are those of the study for both.
        """
        return _domain_of(self.collect(study, run))

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Compute the discrepancy or the density of every node.

        Parameters
        ----------
        study : Study
        domain : Domain
            m nodes.
        graph : Graph
            On these nodes.
        run : Run
            Stores the discrepancy, receives the progress.

        Returns
        -------
        Signal
            Values (m,). ``mmd``: at least 0, as a multiple of its mean, larger = the node and its neighbors move the
            mean of all nodes more. ``kde``: in [0, 1], larger = denser. ``negative_log_kde``: at least 0.
        """
        if self.signal == "mmd":
            return self._discrepancy(domain, graph, run)
        samples = self.collect(study, run)
        return self._density(self._log_density(samples))

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Rank every node, with all scores as evidence.

        Parameters
        ----------
        study : Study
        steps : Steps
        run : Run

        Returns
        -------
        Findings
            A score in (0, 1]: the share of the nodes that score no higher.
        """
        from scipy.stats import rankdata  # slow to import

        samples = self.collect(study, run.part(0.0, 0.5))
        run.report(0.5, f"Computing the scores of {len(samples.ids):,} samples")
        direction = DIRECTIONS[self.signal]
        scores = compute_scores(steps, direction, self._lone_scores(samples))
        is_high_pass = isinstance(self.high_pass, HighPass)
        own = (
            orient_influence(steps.influence, direction, is_high_pass)
            if self.ranking == "influence"
            else scores[self.ranking]
        )
        known = np.where(np.isnan(own), -np.inf, own)
        return rank(
            samples.ids,
            rankdata(round_scores(_to_unit(known)), method="max") / len(known),
            np.array(ROLE_NAMES[self.attack == GIVEN])[samples.attacked.astype(np.int64)],
            compute_evidence(study, samples, scores, direction),
        )

    def _discrepancy(self, domain: Domain, graph: Graph, run: Run) -> Signal:
        def measure() -> dict[str, np.ndarray]:
            gamma = self.gamma or estimate_pair_gamma(domain.points, domain.ids)
            everything = [np.arange(len(domain.ids))]
            values = discrepancy.mean_discrepancy(domain.points, graph.neighbours, everything, gamma=gamma, run=run)
            mean = float(values.mean())
            return {"values": round_scores(values / mean if mean > 0 else np.ones_like(values))}

        key = fingerprint(discrepancy.VERSION, self.graph, build.VERSION, domain.fingerprint, self.gamma)
        return Signal(
            values=np.asarray(run.step("discrepancy", key, measure)["values"]),
            hypothesis="Samples near each other move the mean of all samples equally far",
        )

    def _density(self, log_density: Doubles) -> Signal:
        known = ~np.isnan(log_density)
        # Where no reference sample has the class that is predicted, nothing is rarer.
        filled = np.where(known, log_density, log_density[known].min(initial=0.0))
        return Signal(
            values=np.exp(filled) if self.signal == "kde" else -filled,
            hypothesis="Samples near each other are equally typical of the class that is predicted for them",
        )

    def _score_on_graph(self, samples: Samples, lone_scores: dict[str, Doubles]) -> dict[str, Doubles]:
        domain = _domain_of(samples)
        graph = self.graph.compute(domain)
        signal = (
            self._discrepancy(domain, graph, Run())
            if self.signal == "mmd"
            else self._density(-lone_scores["negative_log_kde"])
        )
        steps = Steps(domain, graph, signal, self.high_pass(graph, signal))
        return compute_scores(steps, DIRECTIONS[self.signal], lone_scores)

    def _lone_scores(self, samples: Samples) -> dict[str, Doubles]:
        return compute_lone_scores(samples, self._log_density(samples), self.lid_k)

    def _log_density(self, samples: Samples) -> Doubles:
        reference = samples.reference
        bandwidth = self.bandwidth or estimate_bandwidth(reference.features, reference.classes)
        return log_kernel_density(
            samples.features, samples.classes, reference.features, reference.classes, bandwidth
        )  # fmt: skip


def _domain_of(samples: Samples) -> Domain:
    return Domain(
        ids=samples.ids,
        rows=samples.rows,
        points=samples.features,
        fingerprint=fingerprint(VERSION, samples.ids, samples.features),
    )


def _to_unit(values: Doubles) -> Doubles:
    """Scale values to [0, 1], so that what rounding does to them is the same for every score; -inf stays below all."""
    finite = np.isfinite(values)
    low, high = values[finite].min(initial=np.inf), values[finite].max(initial=-np.inf)
    scaled = (values - low) / (high - low) if high > low else np.zeros(len(values))
    return np.where(finite, scaled, -1.0)
