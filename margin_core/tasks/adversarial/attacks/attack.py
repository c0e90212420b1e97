"""The attacks by name, and the one way to call each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from margin_core.storage.engine import Progress, silent

if TYPE_CHECKING:
    from torch import Tensor

    from margin_core.tasks.adversarial.attacks.pixel_network import PixelNetwork

VERSION = 2
"""Raised whenever an attack would change a picture otherwise."""

ATTACKS = ("fgsm", "pgd", "carlini_wagner")


@dataclass(frozen=True)
class AttackParameters:
    """Which attack, and how strong.

    Attributes
    ----------
    name : str
        One of `ATTACKS`.
    norm : {'inf', '2'}
        How the size of a change is measured; Carlini and Wagner's is always Euclidean.
    eps : float
        Largest change, on the scale of pixels from 0 to 1; not used by Carlini and Wagner's, which searches the
        smallest.
    steps : int
        Of the gradient; not used by FGSM, which makes one.
    searches : int
        Values of the weight that Carlini and Wagner's attack tries.
    confidence : float
        By how much the logit of another class has to win, for Carlini and Wagner's.
    seed : int
        Of the random start of PGD.
    """

    name: str
    norm: str
    eps: float
    steps: int
    searches: int
    confidence: float
    seed: int

    @property
    def gradients(self) -> int:
        """How many gradients are computed for each sample."""
        return {"fgsm": 1, "pgd": self.steps + 1, "carlini_wagner": self.steps * self.searches}[self.name]

    def used(self) -> dict[str, str | int | float]:
        """Return the parameters that the attack depends on, by name.

        Returns
        -------
        dict of str to value
        """
        own = {
            "fgsm": ("norm", "eps"),
            "pgd": ("norm", "eps", "steps", "seed"),
            "carlini_wagner": ("steps", "searches", "confidence"),
        }[self.name]
        return {"attack": self.name} | {name: getattr(self, name) for name in own}


def attack_pixels(
    network: PixelNetwork,
    pixels: Tensor,
    classes: Tensor,
    parameters: AttackParameters,
    *,
    batch: int = 0,
    progress: Progress = silent,
) -> Tensor:
    """Compute adversarial pixels of a batch by the attack that is asked for.

    Parameters
    ----------
    network : PixelNetwork
    pixels : float32 Tensor (b, channels, H, W)
        In [0, 1].
    classes : int64 Tensor (b,)
        Predicted for the pixels.
    parameters : AttackParameters
    batch : int
        Its number, which the random start depends on.
    progress : callable
        Receives each step; stops the work by raising.

    Returns
    -------
    float32 Tensor (b, channels, H, W)
        In [0, 1]; whether the class has changed is not checked.
    """
    # torch takes a second to import
    from margin_core.tasks.adversarial.attacks.ball import Ball
    from margin_core.tasks.adversarial.attacks.carlini_wagner import carlini_wagner
    from margin_core.tasks.adversarial.attacks.fgsm import fgsm
    from margin_core.tasks.adversarial.attacks.pgd import pgd

    ball = Ball(parameters.norm, parameters.eps)
    if parameters.name == "fgsm":
        return fgsm(network, pixels, classes, ball)
    if parameters.name == "pgd":
        seed = 1_000_003 * parameters.seed + batch
        return pgd(network, pixels, classes, ball, steps=parameters.steps, seed=seed, progress=progress)
    return carlini_wagner(
        network, pixels, classes, steps=parameters.steps, searches=parameters.searches,
        confidence=parameters.confidence, progress=progress,
    )  # fmt: skip
