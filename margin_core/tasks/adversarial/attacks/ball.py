"""The ball of changes around a picture that an attack may make, and the way to its edge that a gradient points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from margin_core.errors import ModelError
from margin_core.tasks.adversarial.attacks.pixel_network import PixelNetwork

NORMS = ("inf", "2")

_TINY = 1e-12


@dataclass(frozen=True)
class Ball:
    r"""All pixels :math:`x'` in [0, 1] with :math:`\lVert x' - x \rVert_p \le \epsilon`.

    Parameters
    ----------
    norm : {'inf', '2'}
        p. ``inf``: no pixel changes by more; ``2``: the Euclidean length of the change of all pixels.
    eps : float
        Larger than 0, on the scale of pixels from 0 to 1.
    """

    norm: str
    eps: float

    def steepest(self, gradient: Tensor) -> Tensor:
        """Return the change of length 1 that raises a function most, given its gradient.

        Parameters
        ----------
        gradient : Tensor (b, channels, H, W)

        Returns
        -------
        Tensor (b, channels, H, W)
            The sign of the gradient, or its direction; 0 where there is no gradient.
        """
        if self.norm == "inf":
            return gradient.sign()
        return gradient / _lengths(gradient).clamp_min(_TINY)

    def project(self, pixels: Tensor, center: Tensor) -> Tensor:
        """Return the nearest pixels within the ball, then within [0, 1].

        Parameters
        ----------
        pixels, center : Tensor (b, channels, H, W)
            Center in [0, 1].

        Returns
        -------
        Tensor (b, channels, H, W)
        """
        change = pixels - center
        if self.norm == "inf":
            change = change.clamp(-self.eps, self.eps)
        else:
            change = change * (self.eps / _lengths(change).clamp_min(_TINY)).clamp(max=1.0)
        return (center + change).clamp(0.0, 1.0)

    def random_point(self, center: Tensor, generator: torch.Generator) -> Tensor:
        """Return random pixels within the ball and [0, 1].

        Parameters
        ----------
        center : Tensor (b, channels, H, W)
        generator : torch.Generator

        Returns
        -------
        Tensor (b, channels, H, W)
            Uniform in the cube, or in direction and length.
        """
        if self.norm == "inf":
            change = self.eps * (2 * torch.rand(center.shape, generator=generator) - 1)
        else:
            direction = self.steepest(torch.randn(center.shape, generator=generator))
            change = self.eps * torch.rand(len(center), 1, 1, 1, generator=generator) * direction
        return (center + change).clamp(0.0, 1.0)


def loss_and_gradient(network: PixelNetwork, pixels: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
    """Compute the cross-entropy of each picture, and its gradient in the pixels.

    Parameters
    ----------
    network : PixelNetwork
    pixels : float32 Tensor (b, channels, H, W)
        In [0, 1].
    classes : int64 Tensor (b,)
        What the loss is of.

    Returns
    -------
    loss : Tensor (b,)
        At least 0; larger = less like the class.
    gradient : Tensor (b, channels, H, W)

    Raises
    ------
    ModelError
        Gradients do not reach the pixels.
    """

    def loss_of(logits: Tensor) -> Tensor:
        return torch.nn.functional.cross_entropy(logits, classes, reduction="none")

    return differentiate(network, pixels, loss_of)


def differentiate(network: PixelNetwork, pixels: Tensor, function: Callable[[Tensor], Tensor]) -> tuple[Tensor, Tensor]:
    """Compute a function of the logits of each picture, and its gradient in the pixels.

    Parameters
    ----------
    network : PixelNetwork
    pixels : float32 Tensor (b, channels, H, W)
    function : callable
        From logits (b, c) to one number a picture (b,).

    Returns
    -------
    values : Tensor (b,)
    gradient : Tensor (b, channels, H, W)

    Raises
    ------
    ModelError
        Gradients do not reach the pixels.
    """
    # A caller may be in inference mode, whose tensors have no gradients for good; a copy made here does.
    with torch.inference_mode(False), torch.enable_grad():
        followed = pixels.clone().requires_grad_(True)
        try:
            values = function(network.logits(followed))
            (gradient,) = torch.autograd.grad(values.sum(), followed)
        except RuntimeError as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ModelError(
                f"The gradients of this network do not reach its pixels ({reason}), so it cannot be attacked. Bring "
                "the attacked samples as a study of their own."
            ) from error
    return values.detach(), gradient


def _lengths(changes: Tensor) -> Tensor:
    """Compute the Euclidean length of each change, (b, 1, 1, 1)."""
    lengths: Tensor = changes.flatten(1).norm(dim=1).reshape(-1, 1, 1, 1)
    return lengths
