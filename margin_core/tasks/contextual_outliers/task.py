"""Contextual outliers: samples whose value in a column differs from those of the samples around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray

from margin_core.domain import every_sample
from margin_core.errors import MissingPart
from margin_core.graph import GraphRecipe, Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.influence.high_pass import compute_shift_operator
from margin_core.interpretation.rank import rank
from margin_core.interpretation.rounding import round_scores
from margin_core.parameters import parameter
from margin_core.storage.engine import Run
from margin_core.study.samples import listed_columns
from margin_core.tasks.base import Task
from margin_core.tasks.contextual_outliers.column_signal import MAX_NAMED, column_signal, column_values, signal_names
from margin_core.tasks.finding_text import UNSCORED, Role
from margin_core.tasks.saliency import fragility
from margin_core.tasks.saliency.fragility.fragility_column import NAME as FRAGILITY
from margin_core.tasks.saliency.fragility.fragility_column import VERSION as FRAGILITY_VERSION
from margin_core.values import Domain, Doubles, Findings, Graph, Need, Signal, Steps, Study

VERSION = 1
"""Raised whenever the same study would be ranked otherwise."""


@final
@dataclass(frozen=True)
class ContextualOutliers(Task):
    r"""Rank samples by how much their value of a column differs from what their neighbors predict.

    The signal f is a column (a score of another program, a measurement, the time that an annotator took; of a table of
    rows any of its columns, a category as 0 and 1 for each value, a date as days) or your own signal,
    ``Study.build(signals=...)``, of one or several values a sample. With `margin_core.graph.GivenGraph` the graph is
    your own too. The score is the signal's influence, :math:`\|f - P f\| / \max \|f - P f\|`, in [0, 1], larger = more
    different from the neighbors: a contextual outlier, whose value may be normal elsewhere.

    The column ``fragility`` is computed where the study has none: how much of each sample's heatmap small changes
    replace (`margin_core.tasks.saliency.fragility`). So an outlier is a sample whose heatmap is more, or less, fragile
    than those of the samples around it.

    Parameters
    ----------
    graph : Knn or GivenGraph
        Graph of the neighbors that a sample is compared with.
    high_pass : HighPass or PaperAppendixFilter
    column : str
        Name of a signal of the study or of a column.

    Notes
    -----
    Evidence: ``value``, what is ``expected`` from the neighbors, and ``difference``, the one less the other. Samples
    without a value or without neighbors come last, in role ``unscored``. Splits are taken together.

    Cost: the graph, and O(edges); where fragility is computed, that above all.

    References
    ----------
    Shekhar, Lu and Zhang, A unified approach to detecting spatial outliers, GeoInformatica 7 (2003), of places on a
    map; Chandola, Banerjee and Kumar, Anomaly detection: a survey, ACM Computing Surveys 41 (2009), section 2.2.2.
    """

    name: ClassVar[str] = "contextual_outliers"
    question: ClassVar[str] = "Whose value in a column is unlike those around it?"
    roles: ClassVar[tuple[Role, ...]] = (UNSCORED,)
    needs: ClassVar[frozenset[Need]] = frozenset()
    version: ClassVar[int] = VERSION + FRAGILITY_VERSION  # either one may change an answer
    function_ends: ClassVar[float] = 0.95

    graph: GraphRecipe = Knn()
    high_pass: HighPass | PaperAppendixFilter = HighPass()
    column: str = parameter("", help="The column of numbers or signal; fragility is computed where the study has none.")

    def check(self, study: Study) -> None:
        """Check that the study has what the task needs.

        Parameters
        ----------
        study : Study

        Raises
        ------
        MissingPart
            No embedding, no such column, or no model to compute fragility with.
        """
        super().check(study)
        if isinstance(self.graph, Knn):
            study.require(Need.EMBEDDING)
        if not self.column:
            known = listed_columns(signal_names(study), MAX_NAMED)
            has = f"these columns of numbers: {known}" if known else "no column of numbers besides its features"
            raise MissingPart(
                "Name the column whose values are compared, with --set column=NAME. "
                f"Study '{study.name}' has {has}; with a model, {FRAGILITY} can be computed."
            )
        if self._is_computed(study):
            study.require(Need.INPUTS)
            study.require(Need.MODEL)

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
        return every_sample(study, splits=False)

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Return the column as a signal, or compute fragility.

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
        if self._is_computed(study):
            study = fragility.with_fragility(study, fragility.fragility(study, run=run))
        return column_signal(study, domain, self.column)

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Rank the samples, with the value expected of each as evidence.

        Parameters
        ----------
        study : Study
        steps : Steps
        run : Run

        Returns
        -------
        Findings
            Every sample, least like its surroundings first.
        """
        run.report(1.0, f"Ranking {len(study):,} samples")
        values = np.asarray(steps.signal.values, dtype=np.float64)
        expected = compute_shift_operator(steps.graph, "random_walk") @ values
        known = self._is_known(study)
        scored = known & ~steps.graph.isolated
        scores = np.where(scored, round_scores(steps.influence.scores), 0.0)

        def where(shown: NDArray[np.bool_], column: Doubles) -> Doubles:
            return np.where(shown if column.ndim == 1 else shown[:, None], column, np.nan)

        evidence = {
            "value": where(known, values),
            "expected": where(scored, expected),
            "difference": where(scored, values - expected),
        }
        return rank(study.ids, scores, np.where(scored, "sample", "unscored"), evidence)

    def _is_computed(self, study: Study) -> bool:
        return self.column == FRAGILITY and FRAGILITY not in study.columns and FRAGILITY not in study.signals

    def _is_known(self, study: Study) -> NDArray[np.bool_]:
        if self._is_computed(study):
            return ~study.columns.get("unreadable", np.zeros(len(study), dtype=bool))
        values = column_values(study, self.column)
        return np.asarray(np.isfinite(values.reshape(len(study), -1)).all(axis=1))
