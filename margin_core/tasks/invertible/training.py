"""Training of an invertible classifier."""

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
REGULARIZED_SAMPLES = 32
"""Samples of each batch around which the map is kept close to an isometry."""

MAX_PERTURBATION = 0.3
"""Standard deviation of the noise that they are moved by first, at most: paths leave the data."""

_DIFFERENCE_STEP = 0.01
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

    J is the Jacobian of T after its first scaling. Couplings preserve volume, so the singular values of J multiply to 1
    and their squares add up to d at least, with equality only for an isometry (arithmetic and geometric mean): the
    second term measures how much T distorts distances. Where T is an isometry, the projection in feature space is the
    nearest point of the boundary in input space; without the term it lies several times farther away.

    Parameters
    ----------
    architecture : Architecture
        Of the network.
    inputs : float32 array (m, *shape)
        As by `read_inputs`.
    labels : int array (m,)
        Classes.
    steps : int
        Batches of 64.
    noise : float
        Standard deviation σ of what is added to the inputs.
    straightness : float
        Weight λ of the second term.
    progress : callable
        Gets fraction and text; stops the training by raising.

    Returns
    -------
    InvertibleClassifier
        The same for the same arguments, on the same machine with the same number of threads.
    """
    network = InvertibleClassifier(architecture)
    values, classes = torch.from_numpy(np.ascontiguousarray(inputs)), torch.from_numpy(np.asarray(labels))
    generator = torch.Generator().manual_seed(architecture.seed)
    network.train()
    with torch.no_grad():  # The layers that scale are initialized by this batch.
        network(values[torch.randperm(len(values), generator=generator)[: 4 * BATCH]])
    optimizer = torch.optim.AdamW(network.parameters(), lr=1.0, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step / steps))
    for step in range(steps):
        if step % _REPORT_EVERY == 0:
            progress(step / steps, f"Training, step {step:,} of {steps:,}")
        rows = torch.randint(len(values), (min(BATCH, len(values)),), generator=generator)
        noisy = values[rows] + noise * torch.randn((len(rows), *architecture.shape), generator=generator)
        loss = functional.cross_entropy(network(noisy), classes[rows])
        if straightness > 0:
            loss = loss + straightness * _estimate_distortion(network, noisy[:REGULARIZED_SAMPLES], generator)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    progress(1.0, f"Trained for {steps:,} steps")
    return network.eval()


def compute_logits(network: InvertibleClassifier, inputs: NDArray[np.float32]) -> Floats:
    """Compute the logits of inputs.

    Parameters
    ----------
    network : InvertibleClassifier
        Trained.
    inputs : float32 array (b, *shape)
        As by `read_inputs`.

    Returns
    -------
    float32 array (b, classes)
        One row a sample.
    """
    with torch.inference_mode():
        logits: Floats = network(torch.from_numpy(np.ascontiguousarray(inputs))).numpy()
    return logits


def _rate(done: float) -> float:
    """Return the learning rate: a linear warm-up over the first tenth, then cosine annealing."""
    peak = 6e-3
    return peak * (done / 0.1 if done < 0.1 else 0.5 * (1 + math.cos(math.pi * (done - 0.1) / 0.9)) + 1e-3)


def _estimate_distortion(network: InvertibleClassifier, inputs: Tensor, generator: torch.Generator) -> Tensor:
    r"""Estimate :math:`\lVert J \rVert_F^2 - d \ge 0` near some inputs.

    It is the mean of :math:`\lVert J v \rVert^2 - \lVert v \rVert^2` over random v.
    """
    by_sample = (len(inputs), *[1] * (inputs.ndim - 1))
    wider = MAX_PERTURBATION * torch.rand(by_sample, generator=generator)
    here = network.scaled(inputs + wider * torch.randn(inputs.shape, generator=generator)).detach()
    direction = torch.randn(here.shape, generator=generator)
    both = network.couple(torch.cat([here, here + _DIFFERENCE_STEP * direction]))
    moved = (both[len(here) :] - both[: len(here)]) / _DIFFERENCE_STEP
    return ((moved * moved).sum() - (direction * direction).sum()) / len(here)
