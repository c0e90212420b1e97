"""The fast gradient sign method: one step to the edge of the ball."""

from __future__ import annotations

from torch import Tensor

from margin_core.tasks.adversarial.attacks.ball import Ball, loss_and_gradient
from margin_core.tasks.adversarial.attacks.pixel_network import PixelNetwork


def fgsm(network: PixelNetwork, pixels: Tensor, classes: Tensor, ball: Ball) -> Tensor:
    r"""Compute adversarial pixels by one step along the gradient of the loss.

    :math:`x' = \mathrm{clip}_{[0, 1]}(x + \epsilon \operatorname{sign} \nabla_x L(x, y))`, or with the gradient over
    its length where the norm is Euclidean.

    Parameters
    ----------
    network : PixelNetwork
    pixels : float32 Tensor (b, channels, H, W)
        In [0, 1].
    classes : int64 Tensor (b,)
        Predicted for the pixels; the loss of these is raised.
    ball : Ball
        How far a picture may change.

    Returns
    -------
    float32 Tensor (b, channels, H, W)
        In the ball and in [0, 1].

    Notes
    -----
    One pass forward and back. Deterministic.

    References
    ----------
    Goodfellow, Shlens and Szegedy, Explaining and harnessing adversarial examples, ICLR 2015.
    """
    _, gradient = loss_and_gradient(network, pixels, classes)
    return ball.project(pixels + ball.eps * ball.steepest(gradient), pixels)
