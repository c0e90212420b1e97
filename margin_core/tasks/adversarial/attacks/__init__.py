"""Attacks on a network: small changes of pixels that change the predicted class, one attack a file.

All of them work on pixels in [0, 1], before the network's own normalization, and never leave that range.
"""

from margin_core.tasks.adversarial.attacks.attack import ATTACKS, AttackParameters, attack_pixels

__all__ = ["ATTACKS", "AttackParameters", "attack_pixels"]
