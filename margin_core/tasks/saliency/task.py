"""Saliency: which parts of one sample made the model say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import ClassVar, final

import numpy as np

from margin_core.domain import image_parts
from margin_core.errors import ParameterError
from margin_core.graph import Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.parameters import parameter
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.tasks.base import Task
from margin_core.tasks.saliency import probability_drop
from margin_core.tasks.saliency.heatmap import average, density, in_unit, select_smaller_nodes, spread
from margin_core.tasks.saliency.masking import FILLS, MaskedPredictions, cut, single_node_masks, unions
from margin_core.tasks.saliency.probability_drop import compute_single_drops, estimate_union_effects
from margin_core.tasks.saliency.relative_size import relative_size
from margin_core.values import Domain, Doubles, Findings, Graph, Ints, Need, Signal, Steps, Study

VERSION = 3
"""Raised whenever the same study would be answered otherwise."""

EFFECTS = ("unions", "single")
SIGNS = ("kept", "magnitude")
HEATMAPS = ("root", "product", "saliency", "influence")
PLACED = {"density": (density, average), "mean": (spread, spread)}
"""How effects, and how influence, come from the nodes to the places."""

CLASSES = 5
"""The likeliest classes of the sample, whose probabilities are kept too: to ask about another of them costs nothing."""

MOST_NAMES = 10_000
"""Ids among which a mistyped one is looked for."""

STAGES = (48, 250)
"""Evaluations after which a map is worth looking at; then as many as are asked for."""


@final
@dataclass(frozen=True)
class Saliency(Task):
    r"""Say which parts of one sample made the model say a class.

    Nodes are the superpixels of a picture, cut six times into 50 to 300; or the columns of a row; or the words of a
    text. Parts are hidden, the model is asked again, and the effect :math:`s_m` of a node is how far the class falls
    without it. Neighbours in the graph are nodes of like effect, :math:`|s_m - s_n|` is their distance, and the signal
    is the size of a node, over the largest: high-passed, it tells which parts say as much as others with less.

    Effects (``effect``)
    --------------------
    ``unions`` (default)
        Many parts are hidden at a time, drawn by chance, and the fall of the root of p is shared out among them
        (`estimate_union_effects`), for as many ``evaluations`` of the model.
    ``single``
        Each part is hidden alone: :math:`s_m = p - p_m`. As many evaluations as there are nodes, about 1,000.

    Maps (``heatmap``)
    ------------------
    ``saliency``
        S: each pixel takes the effects of the nodes that it lies in, over their sizes; below 0 counts as 0.
    ``influence``
        I: the mean of their influence.
    ``product``
        :math:`S \circ I`, the paper's. Where all nodes are of one size (columns, words) influence says nothing and this
        is S.
    ``root`` (default)
        :math:`S \circ \sqrt I`, likewise: sparse too, and slivers at the edge of what matters do not outshine it.

    With ``dense='mean'``, as printed, S and I are means of effects and influence, weighted by 1 / size.

    With ``sign='magnitude'``, as printed, effects and influence lose their sign, so that a part that speaks against
    the class, and one that is larger than others of like effect, count as well. `as_printed` gives the paper's
    recipe.

    The findings rank all nodes by what they add to the map, in role ``for`` the class or ``against`` it. Any model
    will do that gives probabilities. One that can be run fast (`margin_core.study.models.runtime`) is.

    Parameters
    ----------
    sample : str
        Id of the sample; empty: the first by id.
    target : int or str
        The class, by number or name; empty or None: the one that the model says.

    References
    ----------
    MARGIN, Front. Big Data 4:589417 (2021), case study II. For unions and the regression on them: Petsiuk, Das and
    Saenko, RISE (2018); Ribeiro, Singh and Guestrin, LIME (2016).
    """

    name: ClassVar[str] = "saliency"
    question: ClassVar[str] = "Which parts of a sample made the model say so?"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.INPUTS, Need.MODEL})
    version: ClassVar[int] = VERSION
    nodes: ClassVar[str] = "parts"
    domain_takes: ClassVar[float] = 0.95

    graph: Knn = Knn(k=20, weights="binary")
    high_pass: HighPass | PaperAppendixFilter = HighPass()
    sample: str = parameter("", help="Id of the sample to explain; empty: the first by id.")
    target: int | str | None = parameter("", help="The class, by number or name; empty: what the model says.")
    effect: str = parameter("unions", help="Whether parts are hidden many at a time, or each alone.", choices=EFFECTS)
    evaluations: int = parameter(600, help="How often the model is asked about unions.", low=16, high=100_000)
    fill: str = parameter("mean", help="What stands where a part is hidden.", choices=tuple(FILLS))
    sign: str = parameter("kept", help="Whether the sign of effect and influence counts.", choices=SIGNS)
    dense: str = parameter("density", help="How nodes become the dense maps S and I.", choices=tuple(PLACED))
    heatmap: str = parameter("root", help="Which map is shown: S, I, S times I or its root.", choices=HEATMAPS)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sample", str(self.sample))
        target = "" if self.target is None else self.target
        object.__setattr__(self, "target", target if isinstance(target, str) else int(target))
        super().__post_init__()

    @classmethod
    def as_printed(cls, sample: str = "", target: int | str | None = None, k: int = 20) -> Saliency:
        """Give the recipe of the paper: each part hidden alone, magnitudes, S times I; mean colour and k are ours."""
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
        """Give recipes of ever better maps, this one last; with an engine that remembers, each goes on from the last.

        The first costs 48 evaluations of the model. Only unions can be asked about in part.
        """
        if self.effect == "unions":
            yield from (replace(self, evaluations=number) for number in STAGES if number < self.evaluations)
        yield self

    def domain(self, study: Study, run: Run) -> Domain:
        """Make the parts of the sample nodes, each at its effect."""
        row = self._row(study)
        identity = fingerprint(VERSION, image_parts.VERSION, study.parts["model"], _content(study, row))

        def divide() -> dict[str, np.ndarray]:
            run.report(0.0, "Cutting the sample into parts")
            found = cut(study, row)
            size = np.array(found.size or (), dtype=np.int64)
            return {"layout": found.layout, "names": np.array(found.names, dtype=str), "size": size}

        parts = run.step("parts", identity, divide)
        layout, size = parts["layout"], tuple(parts["size"].tolist())
        asked = fingerprint(identity, self.fill, study.parts["inputs"] if layout.ndim == 2 else None)
        effects = self._effects(study, row, layout, asked, run.part(0.05, 1.0))
        return Domain(
            ids=parts["names"],
            rows=np.full(len(effects), row),
            points=effects[:, None].astype(np.float32),
            fingerprint=fingerprint(asked, effects),
            layout=layout,
            size=size or None,
        )

    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Put the relative size on the nodes."""
        return relative_size(_layout(domain))

    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Make the maps, and rank the nodes."""
        layout, effects = _layout(steps.domain), steps.domain.points[:, 0].astype(np.float64)
        influence = select_smaller_nodes(steps.influence) if self.sign == "kept" else steps.influence.scores
        of_effects, of_influence = PLACED[self.dense]
        maps = {"saliency": of_effects(layout, effects), "influence": of_influence(layout, influence)}
        heatmap = self._joined(maps["saliency"], maps["influence"])
        scores = in_unit(self._joined(effects, influence)).astype(np.float64)
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
            maps={"heatmap": in_unit(heatmap)} | {name: found.astype(np.float32) for name, found in maps.items()},
        )

    def _effects(self, study: Study, row: int, layout: Ints, key: str, run: Run) -> Doubles:
        """Ask the model, and give the effect of each node (m,)."""
        asked = MaskedPredictions(study, row, self.fill, key)
        whole = asked.whole(run)
        target = self._target(study, whole)
        kept = np.union1d(np.argsort(-whole, kind="stable")[:CLASSES], [target])
        column = int(np.searchsorted(kept, target))
        if self.effect == "single":
            masks = single_node_masks(layout)
            masked = asked.masked(masks, kept, (len(masks),), run)[:, column]
            effects = compute_single_drops(float(whole[target]), masked)
        else:
            masks = unions(layout, self.evaluations)
            stops = (*(number for number in STAGES if number < self.evaluations), self.evaluations)
            masked = asked.masked(masks, kept, stops, run)[:, column]
            version = fingerprint(key, probability_drop.VERSION, masked)
            effects = run.step("effects", version, lambda: {"effects": estimate_union_effects(masks, masked)})[
                "effects"
            ]
        return np.abs(effects) if self.sign == "magnitude" else np.asarray(effects)

    def _joined(self, effects: Doubles, influence: Doubles) -> Doubles:
        """Join the two as the chosen map does, of nodes or of places."""
        positive = np.maximum(effects, 0)
        if self.heatmap == "saliency" or not influence.any():
            return positive
        if self.heatmap == "influence":
            return influence
        return positive * (influence if self.heatmap == "product" else np.sqrt(influence))

    def _row(self, study: Study) -> int:
        if not self.sample:
            return int(np.argsort(study.ids, kind="stable")[0])
        found = np.flatnonzero(study.ids == self.sample)
        if not len(found):
            near = get_close_matches(self.sample, study.ids[:MOST_NAMES].tolist(), n=3) or study.ids[:3].tolist()
            raise ParameterError(f"Study '{study.name}' has no sample '{self.sample}'. Near to it: {', '.join(near)}.")
        return int(found[0])

    def _target(self, study: Study, whole: Doubles) -> int:
        if self.target == "":
            return int(whole.argmax())
        names, wanted = _class_names(study, len(whole)), str(self.target)
        if wanted in names and isinstance(self.target, str):
            return names.index(wanted)
        if wanted.isdecimal() and int(wanted) < len(whole):
            return int(wanted)
        near = get_close_matches(wanted, names, n=3)
        known = f" Near to it: {', '.join(near)}." if near else ""
        raise ParameterError(f"The model knows no class '{wanted}'; it has numbers 0 to {len(whole) - 1:,}.{known}")


def _class_names(study: Study, classes: int) -> tuple[str, ...]:
    """Give what the outputs of the model mean: what it says itself, or the classes of the study."""
    for names in (tuple(getattr(study.model, "class_names", ())), study.class_names):
        if len(names) == classes:
            return names
    return ()


def _content(study: Study, row: int) -> str:
    sample = study.inputs[row]
    return fingerprint(str(sample) if isinstance(sample, str) else np.asarray(sample))


def _layout(domain: Domain) -> Ints:
    if domain.layout is None:
        raise ValueError("Saliency: its domain has a layout; this one is of another task.")
    return domain.layout
