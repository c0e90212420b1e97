"""The features of a torch network, recorded while a batch runs through it."""

from __future__ import annotations

import threading
from difflib import get_close_matches
from typing import Any

from torch import Tensor, nn

from margin_core.errors import ModelError


class FeatureTap(threading.local):
    """The place where a hook stores the features of a pass, for the thread that runs it.

    Hooks stay on the network, because adding and removing them would disturb passes of other threads; they
    store something only while recording is on in their own thread.
    """

    is_recording = False
    features: Tensor | None = None

    def record(self, features: Any) -> None:
        """Store the features, if recording is on in this thread.

        Parameters
        ----------
        features : Tensor
            Output or input of a layer.
        """
        if self.is_recording:
            self.features = features


def tap_features(module: nn.Module, last: nn.Module | None, layer: str | None, description: str) -> FeatureTap | None:
    """Record the features of a network by a hook.

    Parameters
    ----------
    module : torch.nn.Module
    last : torch.nn.Module or None
        The layer that computes the logits; its input is the embedding.
    layer : str or None
        The module whose output is the embedding instead.
    description : str
        Of the network, for a message.

    Returns
    -------
    FeatureTap or None
        None where there is neither.

    Raises
    ------
    ModelError
        There is no such layer.
    """
    tap = FeatureTap()
    if layer is not None:
        parts = dict(module.named_modules())
        if layer not in parts:
            near = get_close_matches(layer, parts, n=3, cutoff=0.4) or [name for name in parts if name][-3:]
            raise ModelError(f"{description} has no layer '{layer}'. Near to it: {', '.join(near)}.")
        parts[layer].register_forward_hook(lambda _, __, output: tap.record(output))
        return tap
    if last is None:
        return None
    last.register_forward_pre_hook(lambda _, inputs: tap.record(inputs[0]))
    return tap


def run_tapped(module: nn.Module, tap: FeatureTap | None, prepared: Tensor) -> tuple[Tensor, Any]:
    """Run a network on a batch, recording its features.

    Parameters
    ----------
    module : torch.nn.Module
    tap : FeatureTap or None
        Of the network; None: nothing is recorded.
    prepared : Tensor (b, ...)
        As the network takes it.

    Returns
    -------
    logits : Tensor (b, c)
    features : object
        What the hook recorded; None without a tap.
    """
    if tap is None:
        return module(prepared), None
    tap.is_recording = True
    try:
        return module(prepared), tap.features
    finally:
        tap.is_recording, tap.features = False, None


def pool_features(features: Any, description: str) -> Tensor:
    """Compute one row a sample from the output of a layer: means over the positions of maps, or over tokens.

    Parameters
    ----------
    features : Tensor
        (b, d), (b, d, h, w) or (b, t, d).
    description : str
        Of the model, for a message.

    Returns
    -------
    Tensor (b, d)
        Features.

    Raises
    ------
    ModelError
        The output is no array with one row a sample.
    """
    if not isinstance(features, Tensor) or features.ndim < 2:
        raise ModelError(f"{description}: the layer named for the features returns no array with one row a sample.")
    if features.ndim == 4:
        return features.mean((2, 3))
    return features if features.ndim == 2 else features.flatten(1, -2).mean(1)
