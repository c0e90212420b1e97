"""Weights files: what is read, what is refused, and how a misfit is reported."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from margin_core.errors import ModelError
from margin_core.study.models.weights import Weights, load_weights, read_weights, resize_last_layer


class Evil:
    def __reduce__(self):
        return (Path.touch, (Path("evil"),))


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 10))


@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: {"state_dict": s, "epoch": 3}, lambda s: {"model": s}])
@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod."])
def test_a_state_dict_is_read_bare_wrapped_and_prefixed(tmp_path, wrap, prefix):
    state = network().state_dict()
    torch.save(wrap({prefix + name: value for name, value in state.items()}), tmp_path / "w.pt")
    read = read_weights(tmp_path / "w.pt")
    assert read.tensors.keys() == state.keys()
    assert all(read.tensors[name].equal(state[name]) for name in state)


def parts_network() -> nn.ModuleDict:
    return nn.ModuleDict({"features": nn.Linear(4, 6), "head": nn.Linear(6, 10)})


@pytest.mark.parametrize("form", ["safetensors", "pt"])
@pytest.mark.parametrize(
    "prefix", ["model.", "net.", "backbone.", "model.backbone.", "module.model.", "model.module.", "_orig_mod.module."]
)
def test_a_prefix_that_all_names_share_is_taken_off_and_said(tmp_path, form, prefix):
    state = parts_network().state_dict()
    path = tmp_path / f"w.{form}"
    prefixed = {prefix + name: value for name, value in state.items()}
    if form == "pt":
        torch.save({"epoch": 3, "state_dict": prefixed}, path)
    else:
        safetensors.torch.save_file(prefixed, path)
    read = read_weights(path)
    assert read.tensors.keys() == state.keys()
    assert read.prefix == prefix
    assert read.words == f"w.{form}, without the prefix '{prefix}'"
    load_weights(parts_network(), read, "tiny")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda s: {"model": {"state_dict": s}},
        lambda s: {"model_state_dict": s, "optimizer_state_dict": {"state": {}, "param_groups": []}},
        lambda s: {"state_dict": {"model": s}, "lr": 0.1},
        lambda s: {"net": s, "acc": 90.0},
    ],
)
def test_wrappers_lie_in_each_other(tmp_path, wrap):
    state = parts_network().state_dict()
    torch.save(wrap(state), tmp_path / "w.pt")
    read = read_weights(tmp_path / "w.pt")
    assert (read.tensors.keys(), read.prefix, read.words) == (state.keys(), "", "w.pt")


def test_a_network_called_as_a_wrapper_is_read(tmp_path):
    state = {f"model.{name}": value for name, value in parts_network().state_dict().items()}
    torch.save(state, tmp_path / "w.pt")
    assert read_weights(tmp_path / "w.pt").tensors.keys() == parts_network().state_dict().keys()


def test_a_prefix_of_some_names_stays(tmp_path):
    tensors = {"model.weight": torch.zeros(2), "criterion.weight": torch.zeros(2)}
    safetensors.torch.save_file(tensors, tmp_path / "w.safetensors")
    read = read_weights(tmp_path / "w.safetensors")
    assert (sorted(read.tensors), read.prefix) == (sorted(tensors), "")


@pytest.mark.parametrize("names", [["weight"], ["0.weight", "0.bias"], ["weight", "bias"]])
def test_the_name_of_a_layer_is_no_prefix(tmp_path, names):
    safetensors.torch.save_file({name: torch.zeros(2) for name in names}, tmp_path / "w.safetensors")
    assert sorted(read_weights(tmp_path / "w.safetensors").tensors) == sorted(names)


def test_safetensors_bring_their_class_names(tmp_path):
    path = tmp_path / "w.safetensors"
    safetensors.torch.save_file(network().state_dict(), path, metadata={"class_names": '["cat", "dog"]'})
    assert read_weights(path).class_names == ("cat", "dog")


@pytest.mark.parametrize("text", ["cat, dog", "[1, 2]", '{"a": 1}'])
def test_broken_class_names_are_named(tmp_path, text):
    path = tmp_path / "w.safetensors"
    safetensors.torch.save_file(network().state_dict(), path, metadata={"class_names": text})
    with pytest.raises(ModelError) as raised:
        read_weights(path)
    assert str(raised.value) == (
        f"'{path}': its metadata entry class_names must be a JSON list of texts. Save it again."
    )


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError) as raised:
        read_weights(tmp_path / "no.pt")
    assert str(raised.value) == f"There is no weights file '{tmp_path / 'no.pt'}'. Check the path."


@pytest.mark.parametrize(
    ("save", "what"),
    [
        (lambda path: torch.save(network(), path), " (torch.nn.modules.container.Sequential)"),
        (lambda path: torch.save({"weight": torch.zeros(2), "extra": Evil()}, path), " (pathlib.Path.touch)"),
        (lambda path: path.write_bytes(pickle.dumps(Evil())), ""),
    ],
)
def test_pickled_objects_are_refused_and_never_run(tmp_path, monkeypatch, save, what):
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "w.pt")
    with pytest.raises(ModelError) as raised:
        read_weights(tmp_path / "w.pt")
    message = str(raised.value)
    assert message.startswith(f"'{tmp_path / 'w.pt'}' holds pickled Python objects")
    assert what in message or "getattr" in message
    assert message.endswith("never loaded because they can run code. "
                         "Save the weights alone: torch.save(model.state_dict(), path).")  # fmt: skip
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("content", [b"", b"garbage" * 9, None])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "w.pth"
    torch.save(network().state_dict(), path)
    path.write_bytes(path.read_bytes()[:500] if content is None else content)
    with pytest.raises(ModelError) as raised:
        read_weights(path)
    assert str(raised.value) == (
        f"'{path}' is not a readable PyTorch weights file. "
        "Save the weights again with torch.save(model.state_dict(), path), or as safetensors."
    )


def test_a_damaged_safetensors_file_is_named(tmp_path):
    path = tmp_path / "w.safetensors"
    path.write_bytes(b"\x10\x00\x00\x00\x00\x00\x00\x00{broken")
    with pytest.raises(ModelError, match=r"w\.safetensors' is not a readable safetensors file: .* Save it again\.$"):
        read_weights(path)


@pytest.mark.parametrize("content", [{}, {"lr": 0.1}, [torch.zeros(2)]])
def test_a_file_without_a_state_dict_is_named(tmp_path, content):
    torch.save(content, tmp_path / "w.pt")
    with pytest.raises(ModelError) as raised:
        read_weights(tmp_path / "w.pt")
    assert str(raised.value) == (
        f"'{tmp_path / 'w.pt'}' holds no state dict (a mapping of names to tensors). "
        "Save the weights with torch.save(model.state_dict(), path)."
    )


def test_tensors_do_not_change_with_their_file(tmp_path):
    path = tmp_path / "w.safetensors"
    safetensors.torch.save_file({"a": torch.ones(1000)}, path)
    read = read_weights(path)
    content = path.read_bytes()
    with path.open("r+b") as stream:
        stream.write(bytes(len(content)))
    np.testing.assert_array_equal(read.tensors["a"].numpy(), 1)


def test_the_last_layer_takes_its_classes_from_the_file():
    module = network()
    weights = Weights(Path("w.pt"), nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3)).state_dict())
    resize_last_layer(module, weights)
    load_weights(module, weights, "tiny")
    assert module(torch.zeros(2, 4)).shape == (2, 3)
    assert module[2].bias.equal(weights.tensors["2.bias"])


def test_a_misfit_says_which_entries_and_shapes():
    weights = Weights(
        Path("w.pt"),
        {"0.weight": torch.zeros(5, 4), "0.bias": torch.zeros(6), "conv.weight": torch.zeros(1), "n": torch.tensor(1)},
    )
    with pytest.raises(ModelError) as raised:
        load_weights(network(), weights, "tiny")
    assert str(raised.value) == (
        "The weights in 'w.pt' do not fit tiny: 2 missing: 2.bias, 2.weight; 2 too many: conv.weight, n; "
        "1 of another shape: 0.weight (file 5 x 4, expected 6 x 4). Name the architecture that they were saved from."
    )


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_what_git_lfs_leaves_in_place_of_weights_is_named(tmp_path, suffix):
    path = tmp_path / f"weights{suffix}"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")
    with pytest.raises(ModelError, match="is a pointer of Git LFS and not the file itself"):
        read_weights(path)
