"""Networks with one output are of two classes everywhere."""

import numpy as np
import pytest
import torch
from torch import nn

from margin_core import Study, explain
from margin_core.study.models import as_model
from margin_core.tasks import Saliency
from margin_core.tasks.saliency.methods.image_attribution import attribute


class FirstColumn(nn.Module):
    """The logit is four times the first of three columns."""

    def __init__(self):
        super().__init__()
        self.last = nn.Linear(3, 1)
        with torch.no_grad():
            self.last.weight.copy_(torch.tensor([[4.0, 0.0, 0.0]]))
            self.last.bias.zero_()

    def forward(self, rows):
        return self.last(rows)


ROWS = np.array([[2, 0, 0], [-2, 1, 1], [0, 3, -3]], dtype=np.float32)


@pytest.mark.parametrize("ending", [nn.Identity(), nn.Sigmoid()], ids=["logit", "sigmoid"])
def test_one_output_is_p_and_one_minus_p(ending):
    model = as_model(
        nn.Sequential(FirstColumn(), ending) if isinstance(ending, nn.Sigmoid) else FirstColumn(), inputs=ROWS
    )
    p = 1 / (1 + np.exp(-4 * ROWS[:, 0]))
    np.testing.assert_allclose(model.probabilities(ROWS), np.column_stack([1 - p, p]), atol=1e-5)
    assert model.classes == 2
    assert model.embed(ROWS).shape == (3, 3)


def test_its_heatmap_names_the_column_that_decides():
    study = Study.build(inputs=ROWS, labels=[1, 0, 0], class_names=["no", "yes"], model=FirstColumn())
    frame = explain(Saliency(sample="0", target="yes"), study).to_frame()
    assert frame["score"].iloc[0] > 0
    assert frame["id"].iloc[0] == "1"  # the first column


def test_methods_that_follow_gradients_give_a_picture_of_it():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 1))
    pictures = np.random.default_rng(0).integers(0, 256, (2, 12, 12)).astype(np.uint8)
    model = as_model(network, inputs=pictures)
    for target in (0, 1):
        heatmap = attribute("gradient", model, pictures[0], target)
        assert np.isfinite(heatmap).all()
        assert heatmap.max() > 0
