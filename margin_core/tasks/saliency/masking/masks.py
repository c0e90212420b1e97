"""Which nodes of a sample are hidden together, and the model's predictions under such masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.storage.engine import Run
from margin_core.tasks.saliency.masking.masked_sample import MaskedSample
from margin_core.values import Floats, Ints

SEED = 0

MIN_VISIBLE = 0.3
"""Least share of the nodes that a union mask leaves visible; the largest is 1 less this."""

GOLDEN_RATIO = (5**0.5 - 1) / 2
"""Its multiples, less their whole parts, fill the unit interval evenly, however many there are."""

BATCH_SIZE = 32
"""Masks in one batch; a run can be stopped after each."""


@dataclass(frozen=True, eq=False)
class Masks:
    """Masks made of nodes; ``masks[start:stop]`` renders some.

    Attributes
    ----------
    layout : int array (r, *places)
        The node of each place in each division of the sample.
    division : int array (q,)
        The division that each mask is made of.
    visible : bool array (q, m)
        Which nodes are visible; only those of the mask's own division are read.
    """

    layout: Ints
    division: Ints
    visible: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.division)

    def __getitem__(self, numbers: slice) -> NDArray[np.bool_]:
        return self.render(np.arange(len(self))[numbers])

    def between(self, start: int, stop: int) -> Masks:
        """Return the masks from one number to another.

        Parameters
        ----------
        start, stop : int
            As in a slice.

        Returns
        -------
        Masks
        """
        return Masks(self.layout, self.division[start:stop], self.visible[start:stop])

    def render(self, numbers: Ints) -> NDArray[np.bool_]:
        """Return some masks place by place.

        Parameters
        ----------
        numbers : int array (b,)
            Which masks.

        Returns
        -------
        bool array (b, *places)
            True where the sample is visible.
        """
        return np.stack([self.visible[number][self.layout[self.division[number]]] for number in numbers])


def single_node_masks(layout: Ints) -> Masks:
    """Return one mask for each node, which hides it alone.

    Parameters
    ----------
    layout : int array (r, *places)
        The node of each place in each division.

    Returns
    -------
    Masks
        m of them, in the order of the nodes.
    """
    divisions = [np.unique(part) for part in layout]
    m = int(layout.max()) + 1
    return Masks(layout, np.repeat(np.arange(len(layout)), list(map(len, divisions))), ~np.eye(m, dtype=bool))


def draw_union_masks(layout: Ints, number: int) -> Masks:
    """Sample masks that show unions of nodes, and then their complements.

    Each mask is made of one division and shows a share of its nodes; the next mask shows those that this one hides. So
    parts are masked out of the whole as well as shown alone. Only the choice of nodes is random: the divisions come by
    turns, and the shares fill the range from `MIN_VISIBLE` to 1 - `MIN_VISIBLE` evenly.

    Parameters
    ----------
    layout : int array (r, *places)
        The node of each place in each division.
    number : int
        Of masks, q.

    Returns
    -------
    Masks
        The same for the same layout; those of a larger number begin with those of a smaller one.
    """
    division_rng, node_rng = np.random.default_rng(SEED).spawn(2)
    nodes = [np.unique(part) for part in layout]
    pairs = (number + 1) // 2
    rounds = range(-(-pairs // len(nodes)))
    divisions = np.concatenate([division_rng.permutation(len(nodes)) for _ in rounds])[:pairs]
    shares = MIN_VISIBLE + (1 - 2 * MIN_VISIBLE) * (np.arange(1, pairs + 1) * GOLDEN_RATIO % 1)
    visible = np.zeros((2 * pairs, int(layout.max()) + 1), dtype=bool)
    for pair, (division, share) in enumerate(zip(divisions, shares, strict=True)):
        shown = int(share * len(nodes[division]) + node_rng.random())
        visible[2 * pair, node_rng.permutation(nodes[division])[:shown]] = True
    visible[1::2] = ~visible[::2]
    return Masks(layout, np.repeat(divisions, 2)[:number], visible[:number])


def predict_under_masks(sample: MaskedSample, masks: Masks, classes: Ints, run: Run) -> Floats:
    """Compute class probabilities of a sample under masks; masks that look the same are computed once.

    Parameters
    ----------
    sample : MaskedSample
    masks : Masks
        q of them.
    classes : int array (e,)
        Columns of the model's output that are kept.
    run : Run
        Receives the progress before every batch, and may stop the work there.

    Returns
    -------
    float32 array (q, e)
    """
    first, inverse = _unique_masks(masks)
    predictions = np.empty((len(first), len(classes)), dtype=np.float32)
    for start in range(0, len(first), BATCH_SIZE):
        run.report(start / len(first), f"Asking the model about {len(first):,} masked versions of the sample")
        batch = first[start : start + BATCH_SIZE]
        predictions[start : start + BATCH_SIZE] = sample.probabilities(masks.render(batch))[:, classes]
    return predictions[inverse]


def _unique_masks(masks: Masks) -> tuple[Ints, Ints]:
    """Return the number of the first mask of each look, in order, and for each mask which of these it equals."""
    known: dict[bytes, int] = {}
    inverse = np.empty(len(masks), dtype=np.int64)
    first: list[int] = []
    for number in range(len(masks)):
        look = np.packbits(masks[number : number + 1]).tobytes()
        if look not in known:
            known[look] = len(first)
            first.append(number)
        inverse[number] = known[look]
    return np.array(first, dtype=np.int64), inverse
