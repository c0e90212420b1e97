"""The results of a study in its workspace: looked up, or computed once and stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from margin_core.errors import NotComputed, ParameterError
from margin_core.storage.engine import Arrays, Run
from margin_core.tasks.saliency.worker.explained_study import ExplainedStudy
from margin_core.tasks.saliency.worker.request import PREDICTED, SaliencyRequest, step_key
from margin_core.values import Doubles, Study

CLASSLESS_KINDS = ("prediction", "parts", "examples")
"""Requests that are about no class in particular."""


@dataclass(frozen=True, eq=False)
class StoredResults:
    """The stored results of requests about one study, and the class probabilities that all of them build upon.

    Attributes
    ----------
    study : Study
        With inputs and a model.
    run : Run
        Its engine stores what is computed.
    """

    study: Study
    run: Run

    @cached_property
    def explained(self) -> ExplainedStudy:
        """The samples and the model of the study."""
        return ExplainedStudy(self.study)

    def step(self, request: SaliencyRequest, work: Callable[[], Arrays]) -> Arrays:
        """Return the result of a request, or compute and store it.

        Parameters
        ----------
        request : SaliencyRequest
        work : callable

        Returns
        -------
        mapping of str to array
        """
        name, key = step_key(self.study, request)
        return self.run.step(name, key, work)

    def load(self, request: SaliencyRequest) -> Arrays:
        """Load the result of a request.

        Parameters
        ----------
        request : SaliencyRequest
            Its target is a class.

        Returns
        -------
        mapping of str to array

        Raises
        ------
        NotComputed
            It was not computed.
        """

        def work() -> Arrays:
            raise NotComputed(f"{request} is not computed yet.")

        return self.step(request, work)

    def probabilities(self, row: int) -> Doubles:
        """Return the class probabilities of a sample.

        Parameters
        ----------
        row : int

        Returns
        -------
        float64 array (c,)
        """
        request = SaliencyRequest("prediction", row)
        return self.step(request, lambda: {"probabilities": self.explained.predict(row)})["probabilities"]

    def target(self, request: SaliencyRequest) -> int:
        """Return the class that a request is about.

        Parameters
        ----------
        request : SaliencyRequest

        Returns
        -------
        int
            The predicted one where it names none and is about one.

        Raises
        ------
        ParameterError
            The model has no such class.
        """
        probabilities = self.probabilities(request.row)
        if request.target >= len(probabilities):
            raise ParameterError(
                f"Class {request.target} does not exist: the model has {len(probabilities):,} classes."
            )
        if request.target == PREDICTED and request.kind not in CLASSLESS_KINDS:
            return int(probabilities.argmax())
        return request.target
