"""The built-in network: two hidden layers, whose activations a Bayesian last layer is put on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from margin_core.storage.engine import Run
from margin_core.tasks.variable_importance.array_parts import ArrayParts
from margin_core.tasks.variable_importance.variables import Variables
from margin_core.values import Doubles, Floats, Ints

if TYPE_CHECKING:
    import torch

HIDDEN = 512
EPOCHS = 25
BATCH = 128
MAX_EPOCHS_WITHOUT_GAIN = 3
HELD_OUT = 10
"""One sample in so many tells when to stop; its label is not learned from."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Network(ArrayParts):
    r"""A trained network: :math:`\mathrm{softmax}(W_3 r(W_2 r(W_1 x + b_1) + b_2) + b_3)`, r(z) = max(z, 0).

    Attributes
    ----------
    first, second, last : float32 array (inputs, outputs)
        Transposed weights of the layers.
    first_bias, second_bias, last_bias : float32 array (outputs,)
    """

    first: Floats
    second: Floats
    last: Floats
    first_bias: Floats
    second_bias: Floats
    last_bias: Floats

    def activations(self, values: ArrayLike) -> Floats:
        """Return the second hidden layer of some samples.

        Parameters
        ----------
        values : array_like (n, p)
            Standardized variables, as the network was fitted on.

        Returns
        -------
        float32 array (n, 512)
            Not negative.
        """
        return self._activations(self.first_layer(values))

    def first_layer(self, values: ArrayLike) -> Floats:
        """Return the first hidden layer of some samples before it is rectified, which is linear in the samples.

        Parameters
        ----------
        values : array_like (n, p)
            Standardized variables, as the network was fitted on.

        Returns
        -------
        float32 array (n, 512)
        """
        return np.asarray(np.asarray(values, dtype=np.float32) @ self.first + self.first_bias)

    def log_probabilities(self, first_layer: Floats) -> Doubles:
        """Return the logarithms of the class probabilities of some samples.

        Parameters
        ----------
        first_layer : float32 array (n, 512)
            See `first_layer`.

        Returns
        -------
        float array (n, c)
        """
        from scipy.special import log_softmax  # slow to import, and what is computed here is remembered

        logits = self._activations(first_layer) @ self.last + self.last_bias
        return np.asarray(log_softmax(logits.astype(np.float64), axis=1))

    def _activations(self, first_layer: Floats) -> Floats:
        return np.asarray(np.maximum(np.maximum(first_layer, 0) @ self.second + self.second_bias, 0))


def is_held_out(n: int) -> np.ndarray:
    """Return which of n samples the network does not learn from: every tenth; of fewer than ten, none is left out.

    Parameters
    ----------
    n : int

    Returns
    -------
    bool array (n,)
    """
    return np.asarray(np.arange(n) % HELD_OUT == HELD_OUT - 1)


def train_network(variables: Variables, labels: Ints, n_classes: int, run: Run) -> Network:
    r"""Train a network to predict the labels.

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
    Network
    """
    import torch  # slow to import, and what is computed here is remembered
    from torch.nn import functional

    generator = torch.Generator().manual_seed(0)
    inputs, targets = torch.from_numpy(np.asarray(variables.values, dtype=np.float32)), torch.from_numpy(labels)
    held_out = torch.from_numpy(is_held_out(len(inputs)))
    train = torch.nonzero(~held_out).ravel()
    judged = held_out if held_out.any() else ~held_out
    sizes = (inputs.shape[1], HIDDEN, HIDDEN, n_classes)
    layers = [torch.nn.Linear(*pair) for pair in pairwise(sizes)]
    for layer in layers:
        bound = layer.in_features**-0.5
        torch.nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
        torch.nn.init.zeros_(layer.bias)
    whole = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU(), layers[2])
    optimizer = torch.optim.Adam(whole.parameters(), lr=1e-3)
    best, best_loss, waited = _copied(whole), np.inf, 0
    for epoch in range(EPOCHS):
        run.report(epoch / EPOCHS, f"Training the network, pass {epoch + 1} of at most {EPOCHS}")
        for batch in torch.split(train[torch.randperm(len(train), generator=generator)], BATCH):
            optimizer.zero_grad()
            loss = functional.cross_entropy(whole(inputs[batch]), targets[batch])
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        with torch.no_grad():
            now = float(functional.cross_entropy(whole(inputs[judged]), targets[judged]))
        if now < best_loss:
            best, best_loss, waited = _copied(whole), now, 0
        else:
            waited += 1
        if waited >= MAX_EPOCHS_WITHOUT_GAIN:
            break
    whole.load_state_dict(best)
    weights = [layer.weight.detach().numpy().T.copy() for layer in layers]
    biases = [layer.bias.detach().numpy().copy() for layer in layers]
    names = ("first", "second", "last")
    return Network(
        **dict(zip(names, weights, strict=True)),
        **{f"{name}_bias": bias for name, bias in zip(names, biases, strict=True)},
    )


def _copied(network: torch.nn.Module) -> dict[str, Any]:
    return {name: values.clone() for name, values in network.state_dict().items()}
