"""The little network of the bundled studies."""

import numpy as np
import pytest
import torch

from margin_core.errors import ModelError
from margin_core.study.models import load_model
from margin_core.study.models.small_cnn import SmallCnn


def saved(tmp_path, network):
    torch.save(network.state_dict(), tmp_path / "w.pt")
    return f"small_cnn:{tmp_path / 'w.pt'}"


@pytest.mark.parametrize(("height", "width"), [(8, 8), (28, 28), (7, 5), (14, 56)])
def test_its_whole_shape_is_in_the_file(tmp_path, height, width):
    torch.manual_seed(0)
    network = SmallCnn(height, width, 3, channels=(2, 5), hidden=4, dropout=0.5)
    model = load_model(saved(tmp_path, network))
    given = np.random.default_rng(0).integers(0, 256, (6, height, width), dtype=np.uint8)
    embedding, probabilities = model.both(given)
    prepared = torch.from_numpy(given)[:, None] / 255
    np.testing.assert_allclose(probabilities, network.eval()(prepared).softmax(1).detach(), atol=1e-6)
    np.testing.assert_allclose(embedding, network.hidden(network.maps(prepared)).detach(), atol=1e-6)
    assert model.description == "small CNN (w.pt)"


def test_other_weights_are_refused(tmp_path):
    torch.save(torch.nn.Linear(2, 2).state_dict(), tmp_path / "w.pt")
    with pytest.raises(ModelError) as raised:
        load_model(f"small_cnn:{tmp_path / 'w.pt'}")
    assert str(raised.value) == (
        f"The weights in '{tmp_path / 'w.pt'}' are not those of a small_cnn. "
        "Name the architecture that they were saved from."
    )


def test_inconsistent_weights_are_refused(tmp_path):
    network = SmallCnn(8, 8, 3, channels=(2, 5), hidden=4)
    network.size = torch.tensor([16, 16])
    with pytest.raises(ModelError, match=r"do not fit small_cnn: 1 of another shape: hidden\.2\.weight"):
        load_model(saved(tmp_path, network))
