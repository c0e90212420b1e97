"""Networks on a graphics processor, in batches of as many pictures as its memory takes."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from margin_core.errors import ModelError
from margin_core.storage.devices import DEVICES
from margin_core.values.arrays import Floats

if TYPE_CHECKING:
    from torch import nn

    from margin_core.study.models.feature_tap import FeatureTap
    from margin_core.study.models.torch_model import TorchModel

FIRST_BATCH, LAST_BATCH = 16, 512
"""Pictures in the smallest and the largest batch that is tried."""

GAIN = 1.1
"""A batch twice as large has to be so many times as fast a picture, or it is not worth its memory."""

Outputs = tuple[Floats, Floats | None]
"""Logits (b, c) and features (b, d)."""


def check_device(name: str) -> None:
    """Check that networks can be run on a device.

    Parameters
    ----------
    name : {'auto', 'cpu', 'cuda', 'mps'}

    Raises
    ------
    ModelError
        There is no such device, or torch does not find it.
    """
    if name not in DEVICES:
        raise ModelError(f"There is no device '{name}'. Choose one of {', '.join(DEVICES)}.")
    if name not in ("auto", "cpu") and not is_there(name):
        words = {"cuda": "no CUDA device (an NVIDIA or AMD graphics processor)", "mps": "no Apple graphics processor"}
        raise ModelError(f"torch finds {words[name]} on this machine. Leave --device {name} out.")


def find_device(name: str) -> str:
    """Return the device to run a network on.

    Parameters
    ----------
    name : {'auto', 'cpu', 'cuda', 'mps'}

    Returns
    -------
    {'cpu', 'cuda', 'mps'}

    Raises
    ------
    ModelError
        It is not there.
    """
    check_device(name)
    return name if name != "auto" else next((device for device in ("cuda", "mps") if is_there(device)), "cpu")


def is_there(name: str) -> bool:
    """Return whether torch finds a graphics processor.

    Parameters
    ----------
    name : {'cuda', 'mps'}

    Returns
    -------
    bool
    """
    import torch  # slow to import, and needed for nothing but this

    return bool(torch.cuda.is_available() if name == "cuda" else torch.backends.mps.is_available())


@dataclass(eq=False)
class DeviceNetwork:
    """A network whose batches are halved when the memory of its device does not take them.

    Attributes
    ----------
    run : callable
        From prepared pictures (b, channels, height, width) to logits and features; raises `torch.OutOfMemoryError`.
    words : str
        Model and device, for a message.
    size : int
        Pictures in a batch; it only shrinks.
    """

    run: Callable[[Floats], Outputs] = field(repr=False)
    words: str
    size: int = FIRST_BATCH

    def outputs(self, prepared: Floats) -> Outputs:
        """Compute logits and features of pictures.

        Parameters
        ----------
        prepared : float32 array (b, channels, height, width)
            Prepared pictures, any number.

        Returns
        -------
        logits : float32 array (b, c)
        features : float32 array (b, d) or None

        Raises
        ------
        ModelError
            The memory does not even take one picture.
        """
        found: list[Outputs] = []
        start = 0
        while start < max(len(prepared), 1):
            try:
                found.append(self.run(prepared[start : start + self.size]))
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                if self.size == 1:
                    raise ModelError(
                        f"{self.words}: its memory does not take a single picture. Use --device cpu."
                    ) from error
                self.size //= 2
                release_memory()
                continue
            start += self.size
        logits = np.concatenate([logits for logits, _ in found])
        features = [part for _, part in found if part is not None]
        return logits, np.concatenate(features) if features else None

    def grow(self, picture: Floats, clock: Callable[[], float] = time.perf_counter) -> None:
        """Find the batch size: it is doubled for as long as that makes a picture faster and fits the memory.

        Parameters
        ----------
        picture : float32 array (1, channels, height, width)
            A prepared picture.
        clock : callable
            Returns seconds.
        """
        best, size = np.inf, self.size
        while size <= LAST_BATCH:
            batch = np.repeat(picture, size, axis=0)
            self.size = size
            self.outputs(batch)  # the first pass of a shape plans how it is computed
            if self.size < size:
                return
            start = clock()
            self.outputs(batch)
            seconds = (clock() - start) / size
            if seconds * GAIN > best:
                self.size = size // 2
                return
            best, size = seconds, 2 * size


def is_out_of_memory(error: RuntimeError) -> bool:
    """Return whether an error of torch says that memory ran out, on any device.

    Parameters
    ----------
    error : RuntimeError

    Returns
    -------
    bool
    """
    import torch  # it is here already, where one of its errors is

    return isinstance(error, torch.OutOfMemoryError) or "out of memory" in str(error).lower()


def release_memory() -> None:
    """Release what torch holds of a graphics processor's memory."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()


def put_on_device(model: TorchModel, device: str) -> DeviceNetwork:
    """Return a network on a device, with the batch size that suits both.

    Parameters
    ----------
    model : TorchModel
        It stays where it is; a copy of it is moved.
    device : {'cpu', 'cuda', 'mps'}

    Returns
    -------
    DeviceNetwork

    Raises
    ------
    ModelError
        The device cannot run it, or its memory is too small.
    """
    from margin_core.study.models.runtime import trial_pictures  # which imports torch

    words = f"{model.description} on {device}"
    try:
        network = DeviceNetwork(_runner(copy.deepcopy(model.module).to(device), model.tap, device), words)
        network.grow(trial_pictures(model, 1))
    except (RuntimeError, TypeError, NotImplementedError) as error:
        message = " ".join(str(error).split())[:200]
        raise ModelError(f"{words} cannot be run ({message}). Use --device cpu.") from error
    return network


def _runner(module: nn.Module, tap: FeatureTap | None, device: str) -> Callable[[Floats], Outputs]:
    import torch

    from margin_core.study.models.feature_tap import pool_features, run_tapped

    def run(prepared: Floats) -> Outputs:
        # In full precision: what this network has remembered of a CPU must not differ from what it sees now.
        with torch.inference_mode(), torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
            logits, features = run_tapped(module, tap, torch.from_numpy(prepared).to(device))
            pooled = None if tap is None else pool_features(features, "").cpu().numpy()
            return logits.cpu().numpy(), pooled

    return run
