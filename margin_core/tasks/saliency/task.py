"""Saliency: which parts of one sample the model's prediction rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, final

import numpy as np

from margin_core.graph import Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.parameters import parameter
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.base import Task
from margin_core.tasks.finding_text import Role
from margin_core.tasks.saliency import image_parts, probability_drop
from margin_core.tasks.saliency.heatmap import density, mean, normalize, select_smaller_nodes, weighted_mean
from margin_core.tasks.saliency.lookup import find_class, find_sample
from margin_core.tasks.saliency.masking import (
    FILLS,
    MaskedPredictions,
    draw_union_masks,
    single_node_masks,
    split_sample,
)
from margin_core.tasks.saliency.probability_drop import compute_single_drops, estimate_union_effects
from margin_core.tasks.saliency.relative_size import relative_size
from margin_core.tasks.saliency.variables import TEXT_VERSION
from margin_core.values import Domain, Doubles, Findings, Graph, Ints, Need, Signal, Steps, Study

VERSION = 3
"""Raised whenever the same study would be answered otherwise."""

EFFECTS = ("unions", "single")
SIGNS = ("kept", "magnitude")
HEATMAPS = ("root", "product", "saliency", "influence")
DENSE = {"density": (density, mean), "mean": (weighted_mean, weighted_mean)}
"""How effects, and how influence, come from the nodes to the places."""

MIN_CLASSES_KEPT = 5
"""Most likely classes whose probabilities are kept too, so that explaining another of them costs nothing."""

STAGES = (48, 250)
"""Evaluations after which a heatmap is worth a look; then as many as are asked for."""


@final
@dataclass(frozen=True)
class Saliency(Task):
    r"""Compute a heatmap of the parts of one sample on which the model's probability of a class depends.

    Nodes are the superpixels of a picture, segmented six times into 50 to 300; or the columns of a row, those of one
    category together; or the words of a text. Parts are hidden, the model predicts again, and the effect :math:`s_m` of
    a node is how far the probability of the class falls without it. Neighbors in the graph are nodes of like effect,
    :math:`|s_m - s_n|` is their distance, and the signal is the size of a node over the largest: its high-pass
    component tells which parts say as much as others with less.

    The findings rank all nodes by their contribution to the heatmap, in role ``for`` the class or ``against`` it. Any
    model will do that gives probabilities. One that can be run fast (`margin_core.study.models.runtime`) is.

    Parameters
    ----------
    graph : Knn
        Neighbors by effect.
    high_pass : HighPass or PaperAppendixFilter
    sample : str
        Id of the sample; empty: the first by id.
    target : int or str
        The class, by number or name; empty or None: the predicted one.
    effect : str
        ``unions`` or ``single``.
    evaluations : int
        Random unions, 16 to 100,000; only with ``unions``.
    fill : str
        What hidden parts take: ``mean`` color, ``blur``, ``noise`` or ``inpaint``; rows take ``mean`` or ``noise``.
    sign : str
        ``kept`` or ``magnitude``.
    dense : str
        ``density`` or ``mean``.
    heatmap : str
        ``root``, ``product``, ``saliency`` or ``influence``.

    Notes
    -----
    Effects (``effect``):

    ``unions`` (default)
        Random unions of parts are hidden, and the drop of the square root of p is attributed to the parts
        (`estimate_union_effects`), for as many ``evaluations`` of the model.
    ``single``
        Each part is hidden alone: :math:`s_m = p - p_m`. As many evaluations as there are nodes, about 1,000.

    Heatmaps (``heatmap``):

    ``saliency``
        S: each pixel takes the effects of the nodes that hold it, over their sizes; negative ones count as 0.
    ``influence``
        I: the mean of their influence.
    ``product``
        :math:`S \circ I`, the paper's. Where all nodes are of one size (columns, words) influence is 0 everywhere, and
        this is S.
    ``root`` (default)
        :math:`S \circ \sqrt I`, likewise: sparse too, and slivers at the edge of what matters do not outshine it.

    With ``dense='mean'``, as printed, S and I are means of effects and influence, weighted by 1 / size.

    With ``sign='magnitude'``, as printed, effects and influence lose their sign, so that a part that opposes the class,
    and one that is larger than others of like effect, count as well. `as_printed` returns the paper's recipe.

    References
    ----------
    MARGIN, Front. Big Data 4:589417 (2021), case study II. For unions and the regression on them: Petsiuk, Das and
    Saenko, RISE (2018); Ribeiro, Singh and Guestrin, LIME (2016).

    Examples
    --------
    A model that looks at one corner:

    >>> import numpy as np
    >>> from margin_core import Study, explain
    >>> from margin_core.tasks import Saliency
    >>> class Corner:
    ...     fingerprint = "brightness of the upper left corner"
    ...
    ...     def probabilities(self, pictures):
    ...         bright = pictures[:, :4, :4].mean(axis=(1, 2)) / 255
    ...         return np.stack([1 - bright, bright], axis=1)
    >>> pictures = np.zeros((1, 16, 16), dtype=np.uint8)
    >>> pictures[:, :4, :4] = 250
    >>> explanation = explain(Saliency(sample="0"), Study.build(inputs=pictures, model=Corner()))
    >>> explanation.heatmap.shape
    (16, 16)
    >>> bool(explanation.heatmap[:4, :4].sum() > 0.6 * explanation.heatmap.sum())
    True
    """

    name: ClassVar[str] = "saliency"
    question: ClassVar[str] = "Which parts of a sample does the prediction depend on?"
    title: ClassVar[str] = "Saliency"
    roles: ClassVar[tuple[Role, ...]] = (
        Role("for", "part that supports the class", "parts that support the class", "For the class"),
        Role("against", "part that opposes it", "parts that oppose it", "Against the class"),
    )
    needs: ClassVar[frozenset[Need]] = frozenset({Need.INPUTS, Need.MODEL})
    takes_given_graph: ClassVar[bool] = False
    version: ClassVar[int] = VERSION
    nodes: ClassVar[str] = "parts"
    domain_takes: ClassVar[float] = 0.95

    graph: Knn = Knn(k=20, weights="binary")
    high_pass: HighPass | PaperAppendixFilter = HighPass()
    sample: str = parameter("", help="Id of the sample to explain; empty: the first by id.")
    target: int | str | None = parameter("", help="The class, by number or name; empty: the predicted one.")
    effect: str = parameter("unions", help="Whether parts are hidden many at a time, or each alone.", choices=EFFECTS)
    evaluations: int = parameter(600, help="How many random unions the model is asked about.", low=16, high=100_000)
    fill: str = parameter("mean", help="What a hidden part is filled with.", choices=tuple(FILLS))
    sign: str = parameter("kept", help="Whether the sign of effect and influence counts.", choices=SIGNS)
    dense: str = parameter("density", help="How nodes become the dense heatmaps S and I.", choices=tuple(DENSE))
    heatmap: str = parameter("root", help="Which heatmap is shown: S, I, S times I or its root.", choices=HEATMAPS)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sample", str(self.sample))
        object.__setattr__(self, "target", "" if self.target is None else self.target)
        super().__post_init__()

    @classmethod
    def as_printed(cls, sample: str = "", target: int | str | None = None, k: int = 20) -> Saliency:
        """Return the recipe of the paper: each part hidden alone, magnitudes, S times I.

        Parameters
        ----------
        sample : str
        target : int or str
        k : int
            Neighbors of a node. The paper states neither this nor what hidden parts take; the mean color is ours.

        Returns
        -------
        Saliency
        """
        graph = Knn(k=k, weights="binary")
        return cls(
            sample=sample,
            target=target,
            graph=graph,
            effect="single",
            sign="magnitude",
            dense="mean",
            heatmap="product",
        )

    def refinements(self) -> Iterator[Saliency]:
        """Return recipes of ever better heatmaps, this one last.

        The first costs 48 evaluations of the model; with an engine that remembers, each goes on from the last. Only
        unions can be evaluated in part.

        Yields
        ------
        Saliency
        """
        if self.effect == "unions":
            yield from (replace(self, evaluations=number) for number in STAGES if number < self.evaluations)
        yield self

    def domain(self, study: Study, run: Run) -> Domain:
        """Return the parts of the sample as nodes, each at its effect.

        Parameters
        ----------
        study : Study
            With inputs and a model.
        run : Run

        Returns
        -------
        Domain
            Points (m, 1).

        Raises
        ------
        ParameterError
            There is no such sample or class.
        ModelError
            The sample is neither a picture nor a row of numbers nor a text.
        """
        row = find_sample(study, self.sample)
        parts_of_row = [study.inputs.variables] if hasattr(study.inputs, "variables") else []
        identity = fingerprint(VERSION, image_parts.VERSION, study.parts["model"], _content(study, row), *parts_of_row)

        def split() -> dict[str, np.ndarray]:
            run.report(0.0, "Cutting the sample into parts")
            parts = split_sample(study, row)
            size = np.array(parts.size or (), dtype=np.int64)
            return {"layout": parts.layout, "names": np.array(parts.names, dtype=str), "size": size}

        parts = run.step("parts", identity, split)
        layout, size = parts["layout"], tuple(parts["size"].tolist())
        key = fingerprint(identity, self.fill, study.parts["inputs"] if layout.ndim == 2 else None)
        effects = self._effects(study, row, layout, key, run.part(0.05, 1.0))
        return Domain(
            ids=parts["names"],
            rows=np.full(len(effects), row),
            points=effects[:, None].astype(np.float32),
            fingerprint=fingerprint(key, effects),
            layout=layout,
            size=size or None,
        )

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Compute the relative size of the nodes.

        Parameters
        ----------
        study : Study
        domain : Domain
        graph : Graph
        run : Run

        Returns
        -------
        Signal
            Values (m,) in (0, 1].
        """
        return relative_size(_layout(domain))

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Compute the heatmaps, and rank the nodes.

        Parameters
        ----------
        study : Study
        steps : Steps
        run : Run

        Returns
        -------
        Findings
            All m nodes; first those for the class, the largest contribution to the heatmap first.
        """
        layout, effects = _layout(steps.domain), steps.domain.points[:, 0].astype(np.float64)
        influence = select_smaller_nodes(steps.influence) if self.sign == "kept" else steps.influence.scores
        dense_effects, dense_influence = DENSE[self.dense]
        dense = {"saliency": dense_effects(layout, effects), "influence": dense_influence(layout, influence)}
        heatmap = self._combine(dense["saliency"], dense["influence"])
        scores = normalize(self._combine(effects, influence)).astype(np.float64)
        order = np.lexsort((np.arange(len(scores)), -effects, -scores))
        order = np.concatenate([order[effects[order] > 0], order[effects[order] <= 0]])
        return Findings(
            ids=steps.domain.ids[order],
            scores=scores[order],
            roles=np.where(effects[order] > 0, "for", "against"),
            evidence={
                "effect": effects[order],
                "relative_size": np.asarray(steps.signal.values)[order],
                "influence": influence[order],
            },
            maps={"heatmap": normalize(heatmap)} | {name: values.astype(np.float32) for name, values in dense.items()},
        )

    def _effects(self, study: Study, row: int, layout: Ints, key: str, run: Run) -> Doubles:
        """Compute the effect of each node (m,) from predictions of the model."""
        predictions = MaskedPredictions(study, row, self.fill, key)
        unmasked = predictions.unmasked(run)
        target = find_class(study, self.target, unmasked)
        kept = np.union1d(np.argsort(-unmasked, kind="stable")[:MIN_CLASSES_KEPT], [target])
        column = int(np.searchsorted(kept, target))
        if self.effect == "single":
            masks = single_node_masks(layout)
            masked = predictions.masked(masks, kept, (len(masks),), run)[:, column]
            effects = compute_single_drops(float(unmasked[target]), masked)
        else:
            masks = draw_union_masks(layout, self.evaluations)
            stops = (*(number for number in STAGES if number < self.evaluations), self.evaluations)
            masked = predictions.masked(masks, kept, stops, run)[:, column]
            version = fingerprint(key, probability_drop.VERSION, masked)
            found = run.step("effects", version, lambda: {"effects": estimate_union_effects(masks, masked)})
            effects = found["effects"]
        return np.abs(effects) if self.sign == "magnitude" else np.asarray(effects)

    def _combine(self, effects: Doubles, influence: Doubles) -> Doubles:
        """Combine effects and influence, of nodes or of places, as the chosen heatmap does."""
        positive = np.maximum(effects, 0)
        if self.heatmap == "saliency" or not influence.any():
            return positive
        if self.heatmap == "influence":
            return influence
        return positive * (influence if self.heatmap == "product" else np.sqrt(influence))


def _content(study: Study, row: int) -> str:
    sample = study.inputs[row]
    return fingerprint(str(sample), TEXT_VERSION) if isinstance(sample, str) else fingerprint(np.asarray(sample))


def _layout(domain: Domain) -> Ints:
    if domain.layout is None:
        raise ValueError("Saliency: its domain has a layout; this one is of another task.")
    return domain.layout
