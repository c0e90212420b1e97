"""Networks on a graphics processor: the batch size, memory that runs out, and the same results as on the CPU."""

import networks
import numpy as np
import pytest
import torch

from margin_core.errors import ModelError
from margin_core.study.features import batch_calls
from margin_core.study.features.batch_calls import batch_call
from margin_core.study.models import device
from margin_core.study.models.device import DeviceNetwork, check_device, find_device, put_on_device

FOUND = [name for name in ("cuda", "mps") if device.is_there(name)]


def pictures(n):
    return np.arange(n * 3, dtype=np.float32).reshape(n, 3, 1, 1)


class Memory:
    """A device that takes so many pictures at once, and is fastest with so many."""

    def __init__(self, takes, seconds=lambda n: 1.0):
        self.takes, self.seconds, self.passes, self.now = takes, seconds, [], 0.0

    def __call__(self, prepared):
        if len(prepared) > self.takes:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        self.passes.append(len(prepared))
        self.now += self.seconds(len(prepared))
        flat = prepared.reshape(len(prepared), -1)
        return flat[:, :2], flat

    def clock(self):
        return self.now


def test_a_batch_that_the_memory_does_not_take_is_halved():
    memory = Memory(takes=5)
    network = DeviceNetwork(memory, "a network on cuda", 16)
    logits, features = network.outputs(pictures(20))
    assert network.size == 4
    assert memory.passes == [4] * 5
    np.testing.assert_array_equal(features, pictures(20).reshape(20, 3))
    np.testing.assert_array_equal(logits, features[:, :2])


def test_apple_says_the_same_in_other_words():
    def run(prepared):
        if len(prepared) > 1:
            raise RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)")
        return prepared.reshape(1, -1), None

    network = DeviceNetwork(run, "a network on mps", 8)
    logits, features = network.outputs(pictures(3))
    assert (network.size, len(logits), features) == (1, 3, None)


def test_a_memory_without_room_for_one_picture_is_said():
    with pytest.raises(ModelError) as refused:
        DeviceNetwork(Memory(takes=0), "a network on cuda", 4).outputs(pictures(4))
    assert str(refused.value) == ("a network on cuda: its memory does not take a single picture. Use --device cpu.")


def test_another_error_is_not_taken_for_memory():
    def run(prepared):
        raise RuntimeError("no kernel image")

    with pytest.raises(RuntimeError, match="no kernel image"):
        DeviceNetwork(run, "a network on cuda").outputs(pictures(1))


@pytest.mark.parametrize(
    ("takes", "seconds", "size"),
    [
        (10_000, lambda n: 1.0, 512),  # a pass always takes as long: the larger the better
        (10_000, lambda n: n / 10, 16),  # a picture always takes as long: the smallest will do
        (10_000, lambda n: max(n, 64) / 10, 64),
        (100, lambda n: 1.0, 64),  # as many as there is room for
        (10, lambda n: 1.0, 8),
    ],
)
def test_the_batch_size_is_found(takes, seconds, size):
    memory = Memory(takes, seconds)
    network = DeviceNetwork(memory, "a network on cuda")
    network.grow(pictures(1), memory.clock)
    assert network.size == size


@pytest.mark.skipif("cuda" in FOUND, reason="there is a CUDA device")
def test_a_device_that_is_not_there_is_said():
    with pytest.raises(ModelError) as refused:
        check_device("cuda")
    assert str(refused.value) == (
        "torch finds no CUDA device (an NVIDIA or AMD graphics processor) on this machine. Leave --device cuda out."
    )
    assert find_device("cpu") == "cpu"


def test_an_unknown_device_is_refused():
    with pytest.raises(ModelError, match="There is no device 'tpu'"):
        check_device("tpu")


def test_the_first_device_that_torch_finds_is_used(monkeypatch):
    monkeypatch.setattr(device, "is_there", lambda name: name == "mps")
    assert find_device("auto") == "mps"
    monkeypatch.setattr(device, "is_there", lambda name: False)
    assert find_device("auto") == "cpu"


def test_a_network_moves_as_a_copy_and_gives_the_same():
    model = networks.model("functional")
    shown = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    placed = put_on_device(model, "cpu")
    logits, features = placed.outputs(model.preparation(shown).numpy())
    expected, probabilities = model.both(shown)
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(torch.tensor(logits).softmax(1), probabilities, atol=1e-5)


@pytest.fixture
def processor(monkeypatch):
    """Present the CPU as a CUDA device."""
    monkeypatch.setattr(device, "is_there", lambda name: name == "cuda")
    monkeypatch.setattr(batch_calls, "put_on_device", lambda model, name: put_on_device(model, "cpu"))


@pytest.mark.usefixtures("processor")
def test_a_processor_is_used_where_there_is_one():
    model = networks.model.__wrapped__("functional")  # not the one that other tests have moved already
    how = batch_call(model, ("embed", "probabilities"), 1000)
    assert not how.is_concurrent and how.size >= 16
    assert not batch_call(model, ("embed",), 1000, "cuda").is_concurrent
    assert batch_call(model, ("embed",), 1000, "cpu").is_concurrent
    shown = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    for found, expected in zip(how.call(shown), model.both(shown), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("processor")
def test_a_processor_that_computes_something_else_is_left_or_refused(monkeypatch):
    class Wrong:
        size = 16

        def outputs(self, prepared):
            return np.full((len(prepared), 4), 9.0, np.float32), np.full((len(prepared), 12), 9.0, np.float32)

    monkeypatch.setattr(batch_calls, "put_on_device", lambda model, name: Wrong())
    model = networks.model.__wrapped__("functional")
    assert batch_call(model, ("embed",), 1000).is_concurrent  # by onnxruntime
    with pytest.raises(ModelError, match="has other logits"):
        batch_call(model, ("embed",), 1000, "cuda")


@pytest.mark.skipif(not FOUND, reason="torch finds no CUDA device and no Apple graphics processor on this machine")
@pytest.mark.parametrize("name", ["functional", "vit", "residual"])
def test_a_real_processor_gives_what_the_cpu_gives(name):
    model = networks.model(name)
    shown = np.random.default_rng(0).integers(0, 256, (40, 32, 32, 3), dtype=np.uint8)
    how = batch_call(model, ("embed", "probabilities"), 1000, FOUND[0])
    for found, expected in zip(how.call(shown), model.both(shown), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
