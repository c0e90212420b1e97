"""A network's features as a function of the picture that can be differentiated."""

from __future__ import annotations

import torch
from torch import Tensor

from margin_core.study.models.clone_for_hooks import clone_for_hooks
from margin_core.study.models.feature_tap import pool_features, run_tapped
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.fragility.perturbed_picture import to_tensor
from margin_core.tasks.saliency.methods.black_box import Picture
from margin_core.values import Floats


class DifferentiableFeatures:
    """A network's features as a function of the pixels that it takes.

    Parameters
    ----------
    model : TorchModel
        With a layer that its features are taken from.
    """

    def __init__(self, model: TorchModel) -> None:
        self._model, self._network = model, clone_for_hooks(model)
        mean, deviation = model.preparation.mean, model.preparation.deviation
        self._mean, self._deviation = (torch.tensor(values).reshape(1, -1, 1, 1) for values in (mean, deviation))

    def __call__(self, pixels: Tensor) -> Tensor:
        """Compute the features (1, D) of pixels (1, channels, H, W), 0 to 255."""
        prepared = (pixels - self._mean) / self._deviation
        _, features = run_tapped(self._network, self._model.tap, prepared)
        return pool_features(features, self._model.description)

    def features(self, view: Picture) -> Floats:
        """Compute the features of a picture.

        Parameters
        ----------
        view : uint8 array (h, w) or (h, w, 3)
            In the size that the network takes.

        Returns
        -------
        float32 array (1, D)
        """
        with torch.no_grad():
            found: Floats = self(to_tensor(view)).numpy()
        return found
