"""The counterfactual path of one sample across the boundary of two classes, and what can be computed from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from margin_core.tasks.invertible.attribution import first_order, integrated_gradients
from margin_core.tasks.invertible.input_space import read_inputs
from margin_core.tasks.invertible.nearest_boundary import find_nearest_boundary_point
from margin_core.tasks.invertible.projection import decode_path, hyperplane, margin_function
from margin_core.tasks.invertible.trained_surrogate import TrainedSurrogate, check_class_pair
from margin_core.values import Doubles, Study, freeze

END_TIME = 1.5
FRAMES = 61
"""From the sample (time 0) over the boundary (1) to half as far again beyond it; frame 40 is the boundary."""

FLIP_TOLERANCE = 0.01
"""Time before and after the boundary between which the decision must change."""

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class CounterfactualPath:
    r"""The path of a sample through the boundary of two classes, with attributions, distances and checks.

    Attributes
    ----------
    row : int
        The sample.
    start, end : int
        The class on whose side the sample lies, and the other one.
    margin : float
        Logit of `start` less that of `end`, not negative.
    times : float array (k,)
        From 0 (the sample) over 1 (the boundary) to 1.5.
    frames : float array (k, *shape)
        :math:`x(t) = T^{-1}(z + t (z_p - z))`, encoded for the network; not clipped to the range of the data.
    probabilities : float array (k, c)
        Class probabilities of the surrogate for each frame, encoded again.
    margins : float array (k,)
        Of the frames, encoded again: ``(1 - t) * margin`` but for rounding.
    sample, projection : float array (*shape)
        x and its projection x_p.
    first_order, integrated : float array (*shape)
        Attribution of the margin to pixels or columns; positive = evidence for `start`.
    first_order_gap, integrated_gap : float
        ``|sum - margin| / margin``, at least 0; 0 = the attribution is complete.
    projection_distance, nearest_distance : float
        From x to x_p, and to the nearest point of the boundary that was found (NaN: none).
    residual : float
        ``|margin|`` at x_p, encoded again; 0 = exactly on the boundary.
    flips : bool
        Whether the pair is decided otherwise 1 % beyond x_p, and not yet 1 % before it.
    outside : float
        Share of the values of x_p that lie outside the range of the data, in [0, 1].
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
    projection: Values
    first_order: Values
    integrated: Values
    first_order_gap: float
    integrated_gap: float
    projection_distance: float
    nearest_distance: float
    residual: float
    flips: bool
    outside: float
    reconstruction: float

    def __post_init__(self) -> None:
        freeze(self, *vars(self))

    @property
    def distance_ratio(self) -> float:
        """Distance of x_p over that of the nearest point of the boundary; 1 = it is the nearest."""
        return self.projection_distance / self.nearest_distance if self.nearest_distance > 0 else float("nan")

    @property
    def difference(self) -> Values:
        """The paper's explanation x - x_p, (*shape); positive: the value has to decrease."""
        return np.asarray(self.sample - self.projection)

    @property
    def third(self) -> int | None:
        """A class that is likelier at x_p than both of the pair; None where there is none."""
        best = int(self.probabilities[self._at_boundary].argmax())
        return None if best in (self.start, self.end) else best

    @property
    def _at_boundary(self) -> int:
        return int(np.abs(self.times - 1).argmin())


def compute_counterfactual_path(
    study: Study,
    trained: TrainedSurrogate,
    row: int,
    pair: Sequence[int] | None = None,
    *,
    frames: int = FRAMES,
) -> CounterfactualPath:
    """Compute the counterfactual path of a sample across the boundary of two classes.

    Parameters
    ----------
    study : Study
        The one that the surrogate was trained on.
    trained : TrainedSurrogate
        As by `fit_surrogate`.
    row : int
        The sample.
    pair : (int, int), optional
        Two classes, in either order. Default: the two that are likeliest.
    frames : int
        Points of the path.

    Returns
    -------
    CounterfactualPath
        The same for the same arguments.

    Raises
    ------
    ParameterError
        The same class twice, or a class without training samples.
    ModelError
        The sample has a missing value.

    Notes
    -----
    About 130 forward passes of one sample and their inverses; 28 x 28 pixels: 0.2 s.
    """
    x = torch.from_numpy(read_inputs(study, trained.space, trained.recipe.of, [row])).double()
    start, end = check_class_pair(trained, trained.top_two(row) if pair is None else pair)
    network = trained.network
    with torch.no_grad():
        z = network.encode(x)
        if float(hyperplane(network, z, (start, end)).margin(z)[0]) < 0:
            start, end = end, start
        reconstruction = float((network.decode(z) - x).abs().max())
        times = torch.linspace(0, END_TIME, frames, dtype=x.dtype)
        decoded = decode_path(network, x, (start, end), times)
        logits = network(decoded)
        projection = decode_path(network, x, (start, end), torch.ones(1, dtype=x.dtype))
        around = decode_path(
            network, x, (start, end), torch.tensor([1 - FLIP_TOLERANCE, 1 + FLIP_TOLERANCE], dtype=x.dtype)
        )
    margin = margin_function(network, (start, end))
    margins = (logits[:, start] - logits[:, end]).numpy()
    before, after = margin(around)[0].tolist()
    closest = find_nearest_boundary_point(margin, x)
    taylor, integral = first_order(margin, x, projection), integrated_gradients(margin, x, projection)
    return CounterfactualPath(
        row=row,
        start=start,
        end=end,
        margin=float(margins[0]),
        times=times.numpy(),
        frames=decoded.numpy(),
        probabilities=logits.softmax(dim=1).numpy(),
        margins=margins,
        sample=x[0].numpy(),
        projection=projection[0].numpy(),
        first_order=taylor.values.numpy(),
        integrated=integral.values.numpy(),
        first_order_gap=taylor.gap,
        integrated_gap=integral.gap,
        projection_distance=float((x - projection).norm()),
        nearest_distance=float((x - closest).norm()),
        residual=float(margin(projection)[0].abs()[0]),
        flips=bool(before > 0 > after),
        outside=trained.space.share_outside(projection[0].numpy()),
        reconstruction=reconstruction,
    )
