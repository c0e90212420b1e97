"""The posterior of a logit against two others: the Hessian by automatic differentiation, and `laplace-torch`.

`laplace-torch` is no requirement: it brings six packages that nothing else here needs. Where it is installed
(``pip install laplace-torch``), the second oracle runs.
"""

import numpy as np
import pytest

from margin_core.probe.logistic import fit_logistic
from margin_core.tasks.variable_importance.last_layer import fit_logit_posterior

N, UNITS, CLASSES, PENALTY = 150, 4, 3, 0.3


@pytest.fixture(scope="module")
def fitted():
    """Activations, labels, the coefficients of a softmax layer at their mode, and its probabilities."""
    random = np.random.default_rng(1)
    activations = random.normal(size=(N, UNITS))
    logits = activations @ random.normal(size=(UNITS, CLASSES)) + random.gumbel(size=(N, CLASSES))
    layer = fit_logistic(
        activations, logits.argmax(axis=1), inverse_penalty=1 / PENALTY, tolerance=1e-10, max_iterations=500
    )
    return activations, logits.argmax(axis=1), layer.coefficients, layer.probabilities(activations, CLASSES)


def covariance(fitted, place, form):
    activations, _, coefficients, probabilities = fitted
    posterior = fit_logit_posterior(
        activations, coefficients[place, :-1], probabilities[:, place], penalty=PENALTY, form=form
    )
    return posterior.factor @ posterior.factor.T


@pytest.mark.parametrize("place", range(CLASSES))
def test_it_is_the_hessian_in_the_weights_of_one_logit(fitted, place):
    import torch
    from torch.nn import functional

    activations, labels, coefficients, _ = map(torch.from_numpy, fitted)
    inputs = torch.column_stack([activations, torch.ones(N, dtype=torch.float64)])

    def loss(of_one):
        rows = [of_one if number == place else coefficients[number] for number in range(CLASSES)]
        outputs = inputs @ torch.stack(rows).T
        return functional.cross_entropy(outputs, labels, reduction="sum") + PENALTY / 2 * of_one.square().sum()

    hessian = torch.autograd.functional.hessian(loss, coefficients[place]).numpy()
    expected = np.linalg.inv(hessian)[:UNITS, :UNITS]
    np.testing.assert_allclose(covariance(fitted, place, "full"), expected, rtol=1e-8, atol=1e-12)


@pytest.mark.filterwarnings("ignore")  # its own, of what it imports
@pytest.mark.parametrize(("form", "structure"), [("full", "full"), ("diagonal", "diag")])
def test_laplace_torch_says_the_same(fitted, form, structure):
    laplace = pytest.importorskip("laplace", reason="laplace-torch is not installed, a requirement of the tests alone")
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    activations, labels, coefficients, _ = fitted
    layer = torch.nn.Linear(UNITS, CLASSES).double()
    layer.weight.data, layer.bias.data = torch.tensor(coefficients[:, :-1]), torch.tensor(coefficients[:, -1])
    other = laplace.Laplace(
        layer, "classification", subset_of_weights="all", hessian_structure=structure, prior_precision=PENALTY
    )
    other.fit(DataLoader(TensorDataset(torch.from_numpy(activations), torch.from_numpy(labels)), batch_size=N))
    precision = other.posterior_precision.detach().numpy()
    whole = precision if structure == "full" else np.diag(precision)
    for place in range(CLASSES):
        own = [*range(place * UNITS, (place + 1) * UNITS), CLASSES * UNITS + place]  # the weights of one, its bias
        expected = np.linalg.inv(whole[np.ix_(own, own)])[:UNITS, :UNITS]
        np.testing.assert_allclose(covariance(fitted, place, form), expected, rtol=1e-6, atol=1e-9)
