"""What one blank sample shows of a torch network: whether it runs, how many outputs it has, and its last layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from margin_core.errors import ModelError
from margin_core.study.models.weights import is_classifier


def run_blank(module: nn.Module, blank: Tensor, words: str, description: str) -> tuple[Tensor, nn.Module | None]:
    """Run a network on one sample of zeros.

    Parameters
    ----------
    module : torch.nn.Module
    blank : Tensor (1, ...)
    words : str
        What such samples are, for a message.
    description : str
        Of the network, for a message.

    Returns
    -------
    logits : Tensor (1, c)
    last : torch.nn.Module or None
        The linear layer or 1 x 1 convolution that computed them.

    Raises
    ------
    ModelError
        The network takes no such samples, or computes no logits.
    """
    calls: list[tuple[nn.Module, Tensor]] = []
    hooks = [
        part.register_forward_hook(lambda layer, _, output: calls.append((layer, output)))
        for part in module.modules()
        if is_classifier(part)
    ]
    try:
        with torch.inference_mode():
            logits = module(blank)
    except (RuntimeError, ValueError, TypeError, IndexError, AssertionError) as error:
        raise ModelError(
            f"{description} cannot take {words}: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        ) from error
    finally:
        for hook in hooks:
            hook.remove()
    if not isinstance(logits, Tensor) or logits.ndim != 2:
        came = f"an array of shape {tuple(logits.shape)}" if isinstance(logits, Tensor) else type(logits).__name__
        raise ModelError(
            f"{description} must return logits (b, c) for b samples; it returned {came}. Use a classifier."
        )
    # Something may come after the layer (SqueezeNet averages its maps), so one of the right width will do.
    makers = [layer for layer, output in calls if output.shape[1 if output.ndim == 4 else -1] == logits.shape[1]]
    exact = [layer for layer, output in calls if output.flatten().equal(logits[0])]
    return logits, next(reversed(exact or makers), None)
