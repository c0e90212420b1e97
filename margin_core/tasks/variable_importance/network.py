"""The built-in network: two hidden layers, whose activations a Bayesian last layer is put on."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from margin_core.storage.engine import Arrays, Run
from margin_core.tasks.variable_importance.variables import Variables
from margin_core.values import Ints

if TYPE_CHECKING:
    import torch

HIDDEN = 512
EPOCHS = 25
BATCH = 128
PATIENCE = 3
HELD_OUT = 10
"""One sample in so many tells when to stop; its label is not learned from."""

MAX_REPEATS = 10
MAX_PERMUTATIONS = 1_000
"""Times that a variable is permuted at most, and all of them together, but once each."""


def train_network(variables: Variables, labels: Ints, n_classes: int, run: Run) -> Arrays:
    r"""Train a network to predict the labels; return what it makes of each sample, and what it needs to do so.

    Two layers of 512 rectified units, Adam with step 0.001, at most 25 passes in batches of 128; it stops when the
    likelihood of the held-out labels, one in ten, has not risen in three passes, and returns to the best pass.

    Parameters
    ----------
    variables : Variables
        Of n samples, dense. The order of the samples matters: sort them by id.
    labels : int array (n,)
        In [0, c).
    n_classes : int
        c.
    run : Run
        Receives the progress.

    Returns
    -------
    dict of arrays
        ``activations`` float32 (n, 512) of the last hidden layer, not negative; ``permutation`` float64 (m,), by how
        much the log loss of the held-out labels rises where the values of a variable are permuted among them.
    """
    import torch  # slow to import, and what is computed here is remembered
    from torch.nn import functional

    generator = torch.Generator().manual_seed(0)
    inputs, targets = torch.from_numpy(np.asarray(variables.values, dtype=np.float32)), torch.from_numpy(labels)
    held_out = torch.arange(len(inputs)) % HELD_OUT == HELD_OUT - 1
    train = torch.nonzero(~held_out).ravel()
    judged = held_out if held_out.any() else ~held_out
    sizes = (inputs.shape[1], HIDDEN, HIDDEN, n_classes)
    layers = [torch.nn.Linear(*pair) for pair in pairwise(sizes)]
    for layer in layers:
        bound = layer.in_features**-0.5
        torch.nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
        torch.nn.init.zeros_(layer.bias)
    body = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU())
    whole = torch.nn.Sequential(body, layers[2])
    optimizer = torch.optim.Adam(whole.parameters(), lr=1e-3)

    def held_out_loss(given: torch.Tensor) -> float:
        with torch.no_grad():
            return float(functional.cross_entropy(whole(given), targets[judged]))

    best, best_loss, waited = copied(whole), np.inf, 0
    for epoch in range(EPOCHS):
        run.report(0.7 * epoch / EPOCHS, f"Training the network, pass {epoch + 1} of at most {EPOCHS}")
        for batch in torch.split(train[torch.randperm(len(train), generator=generator)], BATCH):
            optimizer.zero_grad()
            loss = functional.cross_entropy(whole(inputs[batch]), targets[batch])
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        now = held_out_loss(inputs[judged])
        if now < best_loss:
            best, best_loss, waited = copied(whole), now, 0
        else:
            waited += 1
        if waited >= PATIENCE:
            break
    whole.load_state_dict(best)
    given, m = inputs[judged], len(variables.names)
    usual, repeats = held_out_loss(given), min(MAX_REPEATS, max(1, MAX_PERMUTATIONS // max(m, 1)))
    permutation = np.zeros(m)
    for variable in range(m):
        if variable % 20 == 0:
            run.report(0.7 + 0.3 * variable / m, f"Permuting variable {variable + 1:,} of {m:,}")
        columns = torch.from_numpy(variables.columns_of(variable))
        for _ in range(repeats):
            other = given.clone()
            other[:, columns] = given[torch.randperm(len(given), generator=generator)][:, columns]
            permutation[variable] += (held_out_loss(other) - usual) / repeats
    with torch.no_grad():
        right = (whole(given).argmax(dim=1) == targets[judged]).double().mean()
        return {
            "activations": body(inputs).numpy(),
            "permutation": permutation,
            "accuracy": np.array([float(right), float(np.bincount(labels[judged.numpy()]).max() / len(given))]),
        }


def copied(network: torch.nn.Module) -> dict[str, Any]:
    """Return a copy of the weights of a network.

    Parameters
    ----------
    network : torch.nn.Module

    Returns
    -------
    dict of str to tensor
    """
    return {name: values.clone() for name, values in network.state_dict().items()}
