"""Teaching an invertible classifier."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from margin_core.storage.engine import Progress
from margin_core.tasks.invertible.network import Architecture, InvertibleClassifier
from margin_core.values import Floats, Ints

BATCH = 64
STRAIGHTENED = 32
"""Samples of each batch around which the map is kept straight."""

SPREAD = 0.3
"""They are moved by noise of up to this standard deviation first: walks leave the data."""

_STEP = 0.01
_REPORT_EVERY = 10


def train(
    architecture: Architecture,
    inputs: Floats,
    labels: Ints,
    *,
    steps: int,
    noise: float,
    straightness: float,
    progress: Progress,
) -> InvertibleClassifier:
    r"""Fit a network to labels.

    .. math:: \text{cross-entropy}(x + \epsilon) + \lambda\, \big(\lVert J \rVert_F^2 - d\big),
        \qquad \epsilon \sim N(0, \sigma^2)

    J is the Jacobian of T behind its first scaling. Couplings keep volume, so the singular values of J multiply to 1
    and their squares add up to d at least, with equality only for an isometry (arithmetic and geometric mean): the
    second term is what T bends. Where T is an isometry, the projection in feature space is the nearest point of the
    boundary in input space; without the term it lies several times farther away.

    Parameters
    ----------
    architecture : Architecture
    inputs : float32 array (m, *shape)
    labels : int array (m,)
    steps : int
        Batches of 64.
    noise : float
        Standard deviation σ of what is added to the inputs.
    straightness : float
        λ.
    progress : callable
        May stop the training by raising.

    Returns
    -------
    InvertibleClassifier
        The same for the same arguments, on the same machine with the same number of threads.
    """
    network = InvertibleClassifier(architecture)
    values, classes = torch.from_numpy(np.ascontiguousarray(inputs)), torch.from_numpy(np.asarray(labels))
    draws = torch.Generator().manual_seed(architecture.seed)
    network.train()
    with torch.no_grad():  # The layers that scale take their scale from here.
        network(values[torch.randperm(len(values), generator=draws)[: 4 * BATCH]])
    optimiser = torch.optim.AdamW(network.parameters(), lr=1.0, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step / steps))
    for step in range(steps):
        if step % _REPORT_EVERY == 0:
            progress(step / steps, f"Training, step {step:,} of {steps:,}")
        rows = torch.randint(len(values), (min(BATCH, len(values)),), generator=draws)
        noisy = values[rows] + noise * torch.randn((len(rows), *architecture.shape), generator=draws)
        loss = functional.cross_entropy(network(noisy), classes[rows])
        if straightness > 0:
            loss = loss + straightness * _bent(network, noisy[:STRAIGHTENED], draws)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    progress(1.0, f"Trained for {steps:,} steps")
    return network.eval()


def logits_of(network: InvertibleClassifier, inputs: NDArray[np.float32]) -> Floats:
    """Give the logits (b, classes) of inputs (b, *shape)."""
    with torch.inference_mode():
        logits: Floats = network(torch.from_numpy(np.ascontiguousarray(inputs))).numpy()
    return logits


def _rate(done: float) -> float:
    """Learning rate: up over the first tenth, then down along a cosine."""
    highest = 6e-3
    return highest * (done / 0.1 if done < 0.1 else 0.5 * (1 + math.cos(math.pi * (done - 0.1) / 0.9)) + 1e-3)


def _bent(network: InvertibleClassifier, inputs: Tensor, draws: torch.Generator) -> Tensor:
    r"""Estimate :math:`\lVert J \rVert_F^2 - d \ge 0` near some inputs.

    It is the mean of :math:`\lVert J v \rVert^2 - \lVert v \rVert^2` over random v.
    """
    by_sample = (len(inputs), *[1] * (inputs.ndim - 1))
    wider = SPREAD * torch.rand(by_sample, generator=draws)
    here = network.scaled(inputs + wider * torch.randn(inputs.shape, generator=draws)).detach()
    direction = torch.randn(here.shape, generator=draws)
    both = network.couple(torch.cat([here, here + _STEP * direction]))
    moved = (both[len(here) :] - both[: len(here)]) / _STEP
    return ((moved * moved).sum() - (direction * direction).sum()) / len(here)
