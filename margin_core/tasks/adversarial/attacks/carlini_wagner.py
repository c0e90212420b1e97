"""The attack of Carlini and Wagner: the smallest Euclidean change that changes the class."""

from __future__ import annotations

import torch
from torch import Tensor

from margin_core.storage.engine import Progress, silent
from margin_core.tasks.adversarial.attacks.ball import differentiate
from margin_core.tasks.adversarial.attacks.pixel_network import PixelNetwork

LEARNING_RATE = 0.1
"""Of Adam. With 0.01 a hundred steps stop at changes half as long again (docs/decisions/0036)."""

INITIAL_WEIGHT = 1.0
"""c of the first search."""

LARGEST_WEIGHT = 1e10

_INSIDE = 0.999999
"""Pixels are moved so far from 0 and 1 before they are mapped to the whole line, where both would lie at infinity."""


def carlini_wagner(
    network: PixelNetwork,
    pixels: Tensor,
    classes: Tensor,
    *,
    steps: int = 100,
    searches: int = 3,
    confidence: float = 0.0,
    progress: Progress = silent,
) -> Tensor:
    r"""Search the nearest pixels, by Euclidean distance, that the network gives another class.

    With :math:`x' = (\tanh w + 1) / 2`, Adam minimizes over w

    .. math:: \lVert x' - x \rVert_2^2 + c \max(Z(x')_y - \max_{i \ne y} Z(x')_i, -\kappa),

    Z the logits and y the class so far. c begins at 1 for every picture; where the class was changed it is halved
    toward the largest that failed, where it was not it grows tenfold, or halfway to the smallest that succeeded.

    Parameters
    ----------
    network : PixelNetwork
    pixels : float32 Tensor (b, channels, H, W)
        In [0, 1].
    classes : int64 Tensor (b,)
        Predicted for the pixels.
    steps : int
        Of Adam in each search, at least 1.
    searches : int
        Values of c that are tried, at least 1.
    confidence : float
        :math:`\kappa`: by how much the logit of another class has to exceed that of the class so far.
    progress : callable
        Receives each step; stops the work by raising.

    Returns
    -------
    float32 Tensor (b, channels, H, W)
        In [0, 1]; the pixels as they were where no change was found.

    Notes
    -----
    ``searches (steps + 1)`` passes forward and back, the whole batch at once. Deterministic.

    References
    ----------
    Carlini and Wagner, Towards evaluating the robustness of neural networks, IEEE S&P 2017.
    """
    start = torch.atanh((2 * pixels - 1) * _INSIDE)
    best, best_distance = pixels.clone(), torch.full((len(pixels),), torch.inf)
    weight = torch.full((len(pixels),), INITIAL_WEIGHT)
    low, high = torch.zeros(len(pixels)), torch.full((len(pixels),), LARGEST_WEIGHT)
    for search in range(searches):
        succeeded = torch.zeros(len(pixels), dtype=torch.bool)
        # A caller may be in inference mode, whose tensors cannot be changed by an optimizer.
        with torch.inference_mode(False):
            free = start.clone()
            optimizer = torch.optim.Adam([free], lr=LEARNING_RATE)
        for step in range(steps + 1):
            progress((search + step / (steps + 1)) / searches, "")
            changed = (torch.tanh(free) + 1) / 2
            lead, gradient = differentiate(network, changed, lambda logits: _lead(logits, classes))
            change = changed - pixels
            distance = change.flatten(1).square().sum(1)
            reached = (lead < 0) & (lead <= -confidence)
            succeeded |= reached
            nearer = reached & (distance < best_distance)
            best_distance = torch.where(nearer, distance, best_distance)
            best = torch.where(nearer[:, None, None, None], changed, best)
            pulling = (weight * (lead > -confidence)).reshape(-1, 1, 1, 1)
            free.grad = (2 * change + pulling * gradient) * (1 - torch.tanh(free).square()) / 2
            optimizer.step()
        high = torch.where(succeeded, torch.minimum(high, weight), high)
        low = torch.where(succeeded, low, torch.maximum(low, weight))
        weight = torch.where(high < LARGEST_WEIGHT, (low + high) / 2, 10 * weight)
    return best


def _lead(logits: Tensor, classes: Tensor) -> Tensor:
    """Compute by how much the logit of a class exceeds the largest of the others, (b,)."""
    own = logits.gather(1, classes[:, None])[:, 0]
    others = logits.scatter(1, classes[:, None], -torch.inf).max(1).values
    return own - others
