"""Projected gradient descent: many small steps, each brought back into the ball."""

from __future__ import annotations

import torch
from torch import Tensor

from margin_core.storage.engine import Progress, silent
from margin_core.tasks.adversarial.attacks.ball import Ball, loss_and_gradient
from margin_core.tasks.adversarial.attacks.fgsm import fgsm
from margin_core.tasks.adversarial.attacks.pixel_network import PixelNetwork

RELATIVE_STEP = 2.5
"""A step is so many times as long as it takes to get from the middle of the ball to its edge in all steps."""


def pgd(
    network: PixelNetwork,
    pixels: Tensor,
    classes: Tensor,
    ball: Ball,
    *,
    steps: int = 40,
    seed: int = 0,
    progress: Progress = silent,
) -> Tensor:
    r"""Compute adversarial pixels by steps along the gradient of the loss, each projected into the ball.

    :math:`x_{t + 1} = \Pi(x_t + \alpha \operatorname{sign} \nabla_x L(x_t, y))` from a random point of the ball, with
    :math:`\alpha = 2.5 \epsilon / T`. What is returned is the point of largest loss among all of these and that of
    FGSM, so that the attack is never weaker than FGSM.

    Parameters
    ----------
    network : PixelNetwork
    pixels : float32 Tensor (b, channels, H, W)
        In [0, 1].
    classes : int64 Tensor (b,)
        Predicted for the pixels; the loss of these is raised.
    ball : Ball
        How far a picture may change.
    steps : int
        T, at least 1.
    seed : int
        Of the random start.
    progress : callable
        Receives each step; stops the work by raising.

    Returns
    -------
    float32 Tensor (b, channels, H, W)
        In the ball and in [0, 1].

    Notes
    -----
    T + 2 passes forward and back. Deterministic for a batch and a seed.

    References
    ----------
    Madry, Makelov, Schmidt, Tsipras and Vladu, Towards deep learning models resistant to adversarial attacks, ICLR
    2018.
    """
    best = fgsm(network, pixels, classes, ball)
    best_loss, _ = loss_and_gradient(network, best, classes)
    current = ball.random_point(pixels, torch.Generator().manual_seed(seed))
    length = RELATIVE_STEP * ball.eps / steps
    for step in range(steps + 1):
        progress(step / (steps + 1), "")
        loss, gradient = loss_and_gradient(network, current, classes)
        higher = loss > best_loss
        best_loss = torch.where(higher, loss, best_loss)
        best = torch.where(higher[:, None, None, None], current, best)
        current = ball.project(current + length * ball.steepest(gradient), pixels)
    return best
