"""One sample carried across the boundary of two classes: everything that the panel shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from margin_core.tasks.invertible.attribution import first_order, integrated_gradients
from margin_core.tasks.invertible.input_space import take
from margin_core.tasks.invertible.nearest_boundary import nearest
from margin_core.tasks.invertible.projection import hyperplane, margin_of, walk
from margin_core.tasks.invertible.surrogate import TrainedSurrogate, check_pair
from margin_core.values import Doubles, Study, freeze

END = 1.5
FRAMES = 61
"""From the sample (0) over the boundary (1) to as far again by half; frame 40 is the boundary."""

WITHIN = 0.01
"""Of the way to the boundary: so near to it the decision must change."""

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Crossing:
    r"""The walk of a sample through the boundary of two classes, and what is left of it in other terms.

    Attributes
    ----------
    row : int
    start, end : int
        The class on whose side the sample lies, and the other one.
    margin : float
        Logit of `start` less that of `end`, not negative.
    times : float array (k,)
        From 0 (the sample) over 1 (the boundary) to 1.5.
    frames : float array (k, *shape)
        :math:`x(t) = T^{-1}(z + t (z_p - z))`, as the network sees it. Not clipped to the range of the data.
    probabilities : float array (k, c)
        What the surrogate says of each frame, after encoding it again.
    margins : float array (k,)
        Of the frames, encoded again: ``(1 - t) * margin`` but for rounding.
    sample, foot : float array (*shape)
        x and its projection x_p.
    first_order, integrated : float array (*shape)
        The margin shared out over pixels or columns; positive speaks for `start`.
    first_order_gap, integrated_gap : float
        ``|sum - margin| / margin``; 0 = the shares add up.
    foot_distance, nearest_distance : float
        From x to x_p, and to the nearest point of the boundary that was found (NaN: none).
    residual : float
        ``|margin|`` at x_p, encoded again; 0 = exactly on the boundary.
    flips : bool
        Whether the pair is decided otherwise 1 % beyond x_p, and not yet 1 % before it.
    outside : float
        Share of the values of x_p that lie outside the range of the data.
    reconstruction : float
        ``max |T^{-1}(T(x)) - x|``.
    """

    row: int
    start: int
    end: int
    margin: float
    times: Doubles
    frames: Values
    probabilities: Doubles
    margins: Doubles
    sample: Values
    foot: Values
    first_order: Values
    integrated: Values
    first_order_gap: float
    integrated_gap: float
    foot_distance: float
    nearest_distance: float
    residual: float
    flips: bool
    outside: float
    reconstruction: float

    def __post_init__(self) -> None:
        freeze(self, *vars(self))

    @property
    def distance_ratio(self) -> float:
        """How many times farther x_p lies than the nearest point of the boundary; 1 = it is the nearest."""
        return self.foot_distance / self.nearest_distance if self.nearest_distance > 0 else float("nan")

    @property
    def difference(self) -> Values:
        """The paper's explanation x - x_p, (*shape); positive: what the sample has too much of."""
        return np.asarray(self.sample - self.foot)

    @property
    def third(self) -> int | None:
        """A class that is likelier at x_p than both of the pair, or None."""
        best = int(self.probabilities[self._at_boundary].argmax())
        return None if best in (self.start, self.end) else best

    @property
    def _at_boundary(self) -> int:
        return int(np.abs(self.times - 1).argmin())


def cross(
    study: Study,
    trained: TrainedSurrogate,
    row: int,
    pair: Sequence[int] | None = None,
    *,
    frames: int = FRAMES,
) -> Crossing:
    """Carry a sample across the boundary of two classes.

    Parameters
    ----------
    study : Study
        The one that the surrogate was trained on.
    trained : TrainedSurrogate
    row : int
        The sample.
    pair : (int, int), optional
        Two classes, in either order. Default: the two that are likeliest.
    frames : int
        Frames of the walk.

    Returns
    -------
    Crossing

    Raises
    ------
    ParameterError
        The same class twice, or a class that was never learnt.
    ModelError
        The sample has a missing value.

    Notes
    -----
    About 130 passes of one sample there and back; 28 x 28 pixels: 0.2 s.
    """
    x = torch.from_numpy(take(study, trained.space, trained.recipe.of, [row])).double()
    start, end = check_pair(trained, trained.top_two(row) if pair is None else pair)
    network = trained.network
    with torch.no_grad():
        z = network.encode(x)
        if float(hyperplane(network, z, (start, end)).margin(z)[0]) < 0:
            start, end = end, start
        reconstruction = float((network.decode(z) - x).abs().max())
        times = torch.linspace(0, END, frames, dtype=x.dtype)
        decoded = walk(network, x, (start, end), times)
        logits = network(decoded)
        foot = walk(network, x, (start, end), torch.ones(1, dtype=x.dtype))
        around = walk(network, x, (start, end), torch.tensor([1 - WITHIN, 1 + WITHIN], dtype=x.dtype))
    margin = margin_of(network, (start, end))
    margins = (logits[:, start] - logits[:, end]).numpy()
    before, beyond = margin(around)[0].tolist()
    closest = nearest(margin, x)
    taylor, integral = first_order(margin, x, foot), integrated_gradients(margin, x, foot)
    return Crossing(
        row=row,
        start=start,
        end=end,
        margin=float(margins[0]),
        times=times.numpy(),
        frames=decoded.numpy(),
        probabilities=logits.softmax(dim=1).numpy(),
        margins=margins,
        sample=x[0].numpy(),
        foot=foot[0].numpy(),
        first_order=taylor.shares.numpy(),
        integrated=integral.shares.numpy(),
        first_order_gap=taylor.gap,
        integrated_gap=integral.gap,
        foot_distance=float((x - foot).norm()),
        nearest_distance=float((x - closest).norm()),
        residual=float(margin(foot)[0].abs()[0]),
        flips=bool(before > 0 > beyond),
        outside=trained.space.outside(foot[0].numpy()),
        reconstruction=reconstruction,
    )
