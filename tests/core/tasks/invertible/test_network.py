"""Every layer can be run backwards, and so can the whole network, whatever its weights."""

import json

import numpy as np
import pytest
import torch

from margin_core.errors import ModelError
from margin_core.tasks.invertible.layers import ActNorm, SpaceToDepth
from margin_core.tasks.invertible.network import Architecture, InvertibleClassifier
from margin_core.tasks.invertible.weights import from_bytes, to_bytes

torch.set_num_threads(1)
SHAPES = [(1,), (2,), (7,), (1, 8, 8), (1, 7, 5), (3, 9, 6), (1, 28, 28), (3, 32, 32), (1, 31, 31), (1, 1, 1)]


def shaken(shape, classes=3, seed=0, size=0.1):
    """Make a network whose weights are all random, those that start as nothing too."""
    network = InvertibleClassifier(Architecture(shape, classes, 1, 8, seed)).double()
    with torch.no_grad():
        for number, parameter in enumerate(network.parameters()):
            draws = torch.Generator().manual_seed(number)
            parameter.add_(size * torch.randn(parameter.shape, generator=draws, dtype=torch.float64))
    return network.eval()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_what_is_encoded_is_decoded(shape):
    network = shaken(shape)
    x = torch.rand((5, *shape), dtype=torch.float64)
    with torch.no_grad():
        z = network.encode(x)
        assert z.numel() == x.numel()
        assert (network.decode(z) - x).abs().max() < 1e-9
        single = network.float()
        x = x.float()
        assert (single.decode(single.encode(x)) - x).abs().max() < 1e-4


def test_a_fresh_network_only_scales_and_reorders():
    network = InvertibleClassifier(Architecture((1, 8, 8), 3, 2, 8, 0)).eval()
    x = torch.rand((2, 1, 8, 8))
    with torch.no_grad():
        found, wanted = network.encode(x).flatten(1).sort().values, x.flatten(1).sort().values
    assert torch.equal(found, wanted)


def test_folding_puts_neighbors_into_one_place():
    picture = torch.arange(16.0).reshape(1, 1, 4, 4)
    folded = SpaceToDepth(2, 2)(picture)
    assert folded[0, :, 0, 0].tolist() == [0, 1, 4, 5]
    assert torch.equal(SpaceToDepth(2, 2).inverse(folded), picture)


def test_scales_are_taken_from_the_first_batch_and_only_from_it():
    layer = ActNorm(2).train()
    values = torch.tensor([[0.0, 5.0], [2.0, 5.0], [4.0, 5.0]])
    scaled = layer(values).detach()
    assert scaled.mean(dim=0).abs().max() < 1e-6
    assert scaled[:, 0].std(correction=0) == pytest.approx(1)
    assert scaled[:, 1].abs().max() == 0  # a constant channel is not blown up
    assert layer(values + 100).detach()[:, 0].mean() > 10


def test_the_head_averages_over_places():
    network = shaken((3, 32, 32))
    z = network.encode(torch.rand((2, 3, 32, 32), dtype=torch.float64))
    assert z.shape == (2, 192, 4, 4) and network.positions == 16
    assert torch.allclose(network.classify(z), network.head(z.mean(dim=(2, 3))))


def test_the_seed_alone_makes_the_weights_and_nobody_elses_draws_change():
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    one, again = (InvertibleClassifier(Architecture((1, 8, 8), 3, 2, 8, 1)) for _ in range(2))
    other = InvertibleClassifier(Architecture((1, 8, 8), 3, 2, 8, 2))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert to_bytes(one) == to_bytes(again) != to_bytes(other)


def test_a_network_survives_being_kept():
    network = shaken((1, 8, 8)).float()
    x = torch.rand((4, 1, 8, 8))
    with torch.no_grad():
        assert torch.equal(from_bytes(to_bytes(network))(x), network(x))


@pytest.mark.parametrize("change", ["format", "cut", "other shape", "noise"])
def test_what_is_no_such_network_is_refused(change):
    network = InvertibleClassifier(Architecture((2,), 2, 1, 4, 0))
    content = to_bytes(network)
    match change:
        case "format":
            content = content.replace(b"version 1", b"version 9")
        case "cut":
            content = content[: len(content) // 2]
        case "other shape":
            content = content.replace(b'\\"width\\": 4', b'\\"width\\": 5')
        case "noise":
            content = np.random.default_rng(0).bytes(200)
    with pytest.raises(ModelError, match=r"This is not an invertible classifier of MARGIN .* Train it again\.$"):
        from_bytes(content)


def test_its_shape_is_in_the_metadata():
    content = to_bytes(InvertibleClassifier(Architecture((2,), 2, 1, 4, 0)))
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    assert json.loads(header["__metadata__"]["margin"])["architecture"]["shape"] == [2]
