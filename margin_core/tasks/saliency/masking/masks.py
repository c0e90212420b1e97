"""Which nodes of a sample are hidden together, and what the model says then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.storage.engine import Run
from margin_core.tasks.saliency.masking.masked_sample import MaskedSample
from margin_core.values import Floats, Ints

SEED = 0

LEAST_VISIBLE = 0.3
"""Of the nodes, in a union."""

GOLDEN = (5**0.5 - 1) / 2
"""Its multiples, less their whole parts, fill the unit interval evenly, however many there are."""

AT_ONCE = 32
"""Masks in one batch; a run can be stopped after each."""


@dataclass(frozen=True, eq=False)
class Masks:
    """Masks made of nodes; ``masks[start:stop]`` paints some.

    Attributes
    ----------
    layout : int array (r, places)
        The node of each place in each division of the sample.
    division : int array (q,)
        The division that each mask is made of.
    visible : bool array (q, m)
        Which nodes are visible; only those of the mask's own division are looked at.
    """

    layout: Ints
    division: Ints
    visible: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.division)

    def __getitem__(self, some: slice) -> NDArray[np.bool_]:
        """Paint some masks: (b, places)."""
        return self.painted(np.arange(len(self))[some])

    def between(self, start: int, stop: int) -> Masks:
        """Give those of these numbers alone."""
        return Masks(self.layout, self.division[start:stop], self.visible[start:stop])

    def painted(self, numbers: Ints) -> NDArray[np.bool_]:
        """Paint the masks of these numbers: (b, places)."""
        return np.stack([self.visible[number][self.layout[self.division[number]]] for number in numbers])


def single_node_masks(layout: Ints) -> Masks:
    """Hide each node once, alone."""
    divisions = [np.unique(part) for part in layout]
    m = int(layout.max()) + 1
    return Masks(layout, np.repeat(np.arange(len(layout)), list(map(len, divisions))), ~np.eye(m, dtype=bool))


def unions(layout: Ints, number: int) -> Masks:
    """Draw unions of nodes: visible ones, and then the others.

    Each mask is made of one division and shows a share of its nodes; the next mask shows those that this one hides. So
    parts are seen taken out of the whole as well as standing alone. Nothing but which nodes is left to chance: the
    divisions come by turns, and the shares fill the range between `LEAST_VISIBLE` and 1 - `LEAST_VISIBLE` evenly. The
    same layout has the same masks every time, and more of them begin with the fewer.
    """
    turning, drawn = np.random.default_rng(SEED).spawn(2)
    nodes = [np.unique(part) for part in layout]
    pairs = (number + 1) // 2
    rounds = range(-(-pairs // len(nodes)))
    turns = np.concatenate([turning.permutation(len(nodes)) for _ in rounds])[:pairs]
    shares = LEAST_VISIBLE + (1 - 2 * LEAST_VISIBLE) * (np.arange(1, pairs + 1) * GOLDEN % 1)
    visible = np.zeros((2 * pairs, int(layout.max()) + 1), dtype=bool)
    for pair, (turn, share) in enumerate(zip(turns, shares, strict=True)):
        shown = int(share * len(nodes[turn]) + drawn.random())
        visible[2 * pair, drawn.permutation(nodes[turn])[:shown]] = True
    visible[1::2] = ~visible[::2]
    return Masks(layout, np.repeat(turns, 2)[:number], visible[:number])


def ask(sample: MaskedSample, masks: Masks, classes: Ints, run: Run) -> Floats:
    """Ask the model about a sample under masks.

    Parameters
    ----------
    sample : MaskedSample
    masks : Masks, q of them
    classes : int array (e,)
        Of which the answer is wanted.
    run : Run
        Told before every batch, and may stop the work there.

    Returns
    -------
    float32 array (q, e)
        Probabilities. Masks that look the same are asked about once.
    """
    first, again = _different(masks)
    answers = np.empty((len(first), len(classes)), dtype=np.float32)
    for start in range(0, len(first), AT_ONCE):
        run.report(start / len(first), f"Asking the model about {len(first):,} masked versions of the sample")
        some = first[start : start + AT_ONCE]
        answers[start : start + AT_ONCE] = sample.probabilities(masks.painted(some))[:, classes]
    return answers[again]


def _different(masks: Masks) -> tuple[Ints, Ints]:
    """Give the number of the first mask of each look, in order, and for each mask which of these it is."""
    seen: dict[bytes, int] = {}
    again = np.empty(len(masks), dtype=np.int64)
    first: list[int] = []
    for number in range(len(masks)):
        look = np.packbits(masks[number : number + 1]).tobytes()
        if look not in seen:
            seen[look] = len(first)
            first.append(number)
        again[number] = seen[look]
    return np.array(first, dtype=np.int64), again
