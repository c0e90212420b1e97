"""The computation behind each kind of request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from margin_core.storage.engine import Arrays, Progress, Run
from margin_core.tasks.saliency.worker.heatmap_metrics import compute_metrics
from margin_core.tasks.saliency.worker.heatmaps import Heatmaps
from margin_core.tasks.saliency.worker.part_effects import compute_part_effects
from margin_core.tasks.saliency.worker.perturbed_heatmaps import compute_attack, compute_exemplars
from margin_core.tasks.saliency.worker.request import SaliencyRequest
from margin_core.tasks.saliency.worker.stored_results import StoredResults
from margin_core.values import Study


@dataclass(frozen=True, eq=False)
class SaliencyRunner:
    """Computes what a request asks of a sample of one study: a heatmap, its metrics, an attack ...

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
    def _heatmaps(self) -> Heatmaps:
        return Heatmaps(StoredResults(self.study, self.run))

    def compute(self, request: SaliencyRequest, progress: Progress, on_draft: Callable[[], None] = lambda: None) -> int:
        """Compute the result of a request and all that it builds upon, unless they are stored already.

        Parameters
        ----------
        request : SaliencyRequest
        progress : callable
            Stops the work by raising.
        on_draft : callable
            Called when a first version of a heatmap is stored; a better one follows.

        Returns
        -------
        int
            The class that it was about.

        Raises
        ------
        MarginError
            It cannot be computed; the message says why.
        """
        request.check(self.study)
        heatmaps, results = self._heatmaps, self._heatmaps.results
        request = replace(request, target=results.target(request))
        match request.kind:
            case "prediction":
                pass
            case "heatmap":
                heatmaps.compute(request, progress, on_draft)
            case "draft":
                heatmaps.compute_draft(request, progress)
            case "metrics":
                compute_metrics(heatmaps, request, progress, on_draft)
            case "parts":
                compute_part_effects(results, request, progress)
            case "examples":
                compute_exemplars(results, request, progress)
            case _:
                compute_attack(heatmaps, request, progress)
        return request.target

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
        return self._heatmaps.results.load(request)
