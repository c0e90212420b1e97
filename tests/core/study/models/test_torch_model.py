"""A torch network as a model: one pass, the right layer, an honest identity."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import SwinTransformer, VisionTransformer

from margin_core.errors import ModelError
from margin_core.study.models.preparation import Preparation
from margin_core.study.models.torch_model import BATCH, TorchModel

GRAY = Preparation(4, 4, mean=(0.0,), deviation=(255.0,))
COLOR = Preparation(32, 32, mean=(127.0,) * 3, deviation=(128.0,) * 3)


class Tiny(nn.Module):
    """Has a side branch as wide as the head, called before and after it, that makes no logits."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(5, 3)
        self.maps = nn.Conv2d(1, 5, 3)
        self.drop = nn.Dropout(0.5)
        self.side = nn.Linear(5, 3)

    def forward(self, pictures):
        features = self.maps(pictures).relu().mean((2, 3))
        self.side(2 * features)
        logits = self.head(self.drop(features))
        self.side(3 * features)
        return logits


def model(module: nn.Module | None = None, preparation: Preparation = GRAY, **settings) -> TorchModel:
    torch.manual_seed(0)
    return TorchModel.of(module or Tiny(), preparation, architecture="tiny", description="tiny", **settings)


def pictures(count: int, side: int = 4) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (count, side, side), dtype=np.uint8)


def test_features_are_what_enters_the_layer_that_makes_the_logits():
    tiny = model()
    given = pictures(5)
    embedding, probabilities = tiny.both(given)
    prepared = torch.from_numpy(given)[:, None] / 255
    expected = tiny.module.maps(prepared).relu().mean((2, 3))
    np.testing.assert_allclose(embedding, expected.detach(), atol=1e-6)
    np.testing.assert_allclose(probabilities, tiny.module.head(expected).softmax(1).detach(), atol=1e-6)
    assert embedding.dtype == probabilities.dtype == np.float32
    assert tiny.classes == 3


def test_both_agrees_with_either():
    tiny = model()
    embedding, probabilities = tiny.both(pictures(3))
    np.testing.assert_array_equal(tiny.embed(pictures(3)), embedding)
    np.testing.assert_array_equal(tiny.probabilities(pictures(3)), probabilities)
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-6)


def test_both_takes_one_pass():
    tiny = model()
    passes = []
    tiny.module.register_forward_hook(lambda *_: passes.append(1))
    tiny.both(pictures(BATCH))
    assert len(passes) == 1


def test_batches_change_nothing():
    tiny = model()
    given = pictures(2 * BATCH + 3)
    together = tiny.both(given)
    for part, alone in zip(together, zip(*(tiny.both(row[None]) for row in given), strict=True), strict=True):
        np.testing.assert_allclose(part, np.concatenate(alone), atol=1e-6)


def test_a_sequence_is_read_batch_by_batch():
    class Files:
        def __init__(self):
            self.opened = []

        def __len__(self):
            return 2 * BATCH

        def __getitem__(self, row):
            self.opened.append(row)
            return pictures(1)[0]

    files = Files()
    tiny = model()
    at_pass = []
    tiny.module.register_forward_hook(lambda *_: at_pass.append(len(files.opened)))
    assert tiny.probabilities(files).shape == (2 * BATCH, 3)
    assert at_pass == [BATCH, 2 * BATCH]


def test_no_pictures_give_no_rows_but_all_columns():
    embedding, probabilities = model().both([])
    assert embedding.shape == (0, 5)
    assert probabilities.shape == (0, 3)


def test_a_layer_can_be_named_and_maps_are_averaged():
    tiny = model(layer="maps")
    prepared = torch.from_numpy(pictures(2))[:, None] / 255
    np.testing.assert_allclose(tiny.embed(pictures(2)), tiny.module.maps(prepared).mean((2, 3)).detach(), atol=1e-6)


@pytest.mark.parametrize(("layer", "near"), [("map", "maps"), ("zzzzz", "maps, drop, side")])
def test_an_unknown_layer_gets_similar_names(layer, near):
    with pytest.raises(ModelError) as raised:
        model(layer=layer)
    assert str(raised.value) == f"tiny has no layer '{layer}'. Near to it: {near}."


def test_vision_transformers_give_the_class_token():
    vit = VisionTransformer(
        image_size=32, patch_size=16, num_layers=1, num_heads=2, hidden_dim=8, mlp_dim=16, num_classes=3
    )
    embedding, probabilities = model(vit, COLOR).both(pictures(2, 32))
    assert embedding.shape == (2, 8)
    np.testing.assert_allclose(vit.heads(torch.from_numpy(embedding)).softmax(1).detach(), probabilities, atol=1e-6)


def test_swin_transformers_give_the_pooled_tokens():
    swin = SwinTransformer([4, 4], 8, [1, 1], [2, 2], [2, 2], num_classes=3)
    embedding, probabilities = model(swin, COLOR).both(pictures(2, 32))
    assert embedding.shape == (2, 16)
    np.testing.assert_allclose(swin.head(torch.from_numpy(embedding)).softmax(1).detach(), probabilities, atol=1e-6)


def test_tokens_of_a_named_layer_are_averaged():
    vit = VisionTransformer(
        image_size=32, patch_size=16, num_layers=1, num_heads=2, hidden_dim=8, mlp_dim=16, num_classes=3
    )
    assert model(vit, COLOR, layer="encoder").embed(pictures(2, 32)).shape == (2, 8)


def test_a_convolution_may_make_the_logits():
    network = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Conv2d(6, 3, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    prepared = torch.from_numpy(pictures(2))[:, None] / 255
    expected = network[:2](prepared).mean((2, 3)).detach()
    np.testing.assert_allclose(model(network).embed(pictures(2)), expected, atol=1e-6)


def test_a_network_without_a_last_layer_gives_probabilities_only():
    network = nn.Sequential(nn.Flatten(), nn.Softplus())
    black_box = model(network)
    assert black_box.probabilities(pictures(2)).shape == (2, 16)
    with pytest.raises(ModelError) as raised:
        black_box.embed(pictures(2))
    assert str(raised.value) == "tiny has no last linear layer to take features from. Name a layer of it."


def test_threads_do_not_mix_their_features():
    tiny = model()
    given = [pictures(40) + np.uint8(offset) for offset in range(8)]
    alone = [tiny.embed(each) for each in given]
    with ThreadPoolExecutor(8) as pool:
        for expected, got in zip(alone * 5, pool.map(tiny.embed, given * 5), strict=True):
            np.testing.assert_array_equal(got, expected)


def test_dropout_is_off_and_nothing_is_recorded_for_gradients():
    tiny = model()
    assert not tiny.module.training
    np.testing.assert_array_equal(tiny.probabilities(pictures(4)), tiny.probabilities(pictures(4)))
    assert tiny.tap.features is None


def test_gradients_reach_the_pictures_through_the_module():
    tiny = model()
    prepared = GRAY(pictures(1)).requires_grad_()
    tiny.module(prepared)[0, 0].backward()
    assert prepared.grad.abs().sum() > 0


def test_another_weight_layer_or_rule_is_another_model():
    torch.manual_seed(0)
    changed = Tiny()
    with torch.no_grad():
        changed.side.bias[0] += 1e-6
    same, other_rule = model(), Preparation(4, 4, mean=(1.0,), deviation=(255.0,))
    assert same.fingerprint == model().fingerprint
    others = [model(changed), model(layer="maps"), model(preparation=other_rule)]
    assert len({same.fingerprint, *(other.fingerprint for other in others)}) == 4


def test_names_must_match_the_outputs():
    assert model(class_names=["a", "b", "c"]).class_names == ("a", "b", "c")
    with pytest.raises(ModelError) as raised:
        model(class_names=["a", "b"])
    assert str(raised.value) == ("tiny has 3 outputs, but 2 class names came with it. Name each output once, in order.")


def test_a_network_for_other_pictures_is_refused():
    with pytest.raises(ModelError) as raised:
        model(Tiny(), COLOR)
    assert str(raised.value).startswith(
        "tiny cannot take pictures of 3 x 32 x 32 (channels x height x width): Given groups=1"
    )


def test_a_network_without_logits_is_refused():
    with pytest.raises(ModelError) as raised:
        model(nn.Conv2d(1, 2, 3))
    assert str(raised.value) == (
        "tiny must return logits (b, c) for b samples; it returned an array of shape (1, 2, 2, 2). Use a classifier."
    )
