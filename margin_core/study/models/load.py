"""From a description in words to a model."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from margin_core.errors import ModelError
from margin_core.study.models.model_spec import GRAPH_MODELS, MINILM, PUBLISHERS, TABLE_MODELS, ModelSpec

if TYPE_CHECKING:
    from margin_core.study.models.code_model import GivenModel
    from margin_core.study.models.estimator import EstimatorModel
    from margin_core.study.models.linear_rows import LinearRowModel
    from margin_core.study.models.linear_words import LinearWordModel
    from margin_core.study.models.onnx_model import OnnxModel
    from margin_core.study.models.published_texts import SentenceModel
    from margin_core.study.models.torch_model import TorchModel

LITE = ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2")

WEIGHTS_ENDINGS = (".safetensors", ".pt", ".pth", ".bin", ".ckpt")


def load_model(
    spec: str,
    *,
    weights: str | Path | None = None,
    class_names: Sequence[str] = (),
    layer: str | None = None,
    allow_code: bool = False,
    download: bool = False,
) -> TorchModel | OnnxModel | GivenModel | LinearRowModel | LinearWordModel | SentenceModel | EstimatorModel:
    """Load a model by its description.

    ======================================  =======================================================================
    ``efficientnet-lite0``                  EfficientNet-Lite0 with ImageNet weights; ``efficientnet-lite0:<weights>``
                                            with others; ``-lite1`` and ``-lite2`` likewise
    ``<architecture>:<weights>``            a classifier of torchvision: ``resnet18``, ``mobilenet_v3_small``,
                                            ``vit_b_16``, ``swin_t`` ...
    ``<architecture>:IMAGENET1K_V1``        the same with the weights that torchvision publishes, by their name
    ``timm:<name>``                         a network of timm with its published weights
    ``open_clip:<model>/<weights>``         the picture encoder of a CLIP model; features only
    ``sentence-transformers:<name>``        an encoder of texts; features only
    ``all-minilm-l6-v2``                    the encoder of texts of that name, installed with the extra ``text``
    ``small_cnn:<weights>``                 the small grayscale network of the bundled studies
    ``<file>.safetensors``                  a model that ``margin export --format model`` wrote
    ``<file>.skops``                        a fitted scikit-learn classifier that ``skops.io.dump`` wrote, alone or in a
                                            pipeline, of rows or of columns of a table (extra ``skops``)
    ``<file>.onnx``                         an ONNX classifier; probabilities, and features where its graph shows them
    ``package.module:factory``              what a function of the user's returns; only with `allow_code`
    ======================================  =======================================================================

    ``<weights>`` is a safetensors file or a PyTorch state dict, read without running code. The number of classes
    is read off the file. A relative path starts at the current folder.

    Parameters
    ----------
    spec : str
        The description.
    weights : path, optional
        The weights file, when it is not in `spec`.
    class_names : sequence of str
        Of the outputs, in order. Default: as the file states (the metadata entry ``class_names`` of a
        safetensors file, a JSON list), else nothing.
    layer : str, optional
        Where the embedding comes from: the output of this module of a torch network, or this tensor of an
        ONNX graph. Default: the input of the layer that produces the logits.
    allow_code : bool
        Whether the person who starts the program allows code of their own to run. The browser never may.
    download : bool
        Whether published weights may be downloaded where the cache of their library does not have them.

    Returns
    -------
    TorchModel, OnnxModel, LinearRowModel, LinearWordModel, SentenceModel, EstimatorModel or GivenModel
        A value with ``fingerprint``, ``description``, ``class_names`` and ``probabilities(inputs)``, and with
        ``embed(inputs)`` and ``both(inputs)`` unless it is an object of the user's own without features.

    Raises
    ------
    ModelError
        Nothing is known by this description, or the weights cannot be read or do not fit.

    Notes
    -----
    Loads in 0.1 to 3 s, after the first import of torch (about 2 s).
    """
    # The imports are down here so that a command that needs no model does not wait for torch.
    name, _, rest = spec.partition(":")
    if ModelSpec.of(spec) == ModelSpec("", spec) and not (rest and _is_factory(name, rest)):
        if weights is not None:
            raise ModelError(f"'{spec}' has its own weights; leave out '{weights}'.")
        return _load_whole(Path(spec), class_names, layer)
    if ModelSpec.of(spec).is_code and _is_factory(name, rest) and not _architecture_known(name):
        return _load_factory(spec, name, rest, weights, class_names, layer, allow_code)
    if rest and weights is not None:
        raise ModelError(f"The weights are named twice: '{rest}' and '{weights}'. Leave one out.")
    if ModelSpec.of(spec).is_published:
        return _load_published(name, rest, class_names, layer, download)
    if spec == MINILM and weights is None:
        from margin_core.study.models.published_texts import load_minilm

        return load_minilm()
    given = rest or weights
    path = Path(given) if given else None
    if name in LITE:
        from margin_core.study.models.efficientnet import load_efficientnet

        return load_efficientnet(path, class_names, layer, name)
    if not _architecture_known(name):
        raise ModelError(_unknown(spec, name))
    if path is None:
        raise ModelError(f"'{name}' needs weights. Write {name}:weights.safetensors{_or_published(name)}.")
    if name == "small_cnn":
        from margin_core.study.models.small_cnn import load_small_cnn

        return load_small_cnn(path, class_names, layer)
    from margin_core.study.models.torchvision_model import load_torchvision

    return load_torchvision(name, path, class_names, layer)


def _load_published(
    name: str, weights: str, class_names: Sequence[str], layer: str | None, download: bool
) -> TorchModel | SentenceModel:
    if name == "sentence-transformers":
        from margin_core.study.models.published_texts import load_sentence_transformer

        return load_sentence_transformer(weights, download=download)
    if name in PUBLISHERS:
        from margin_core.study.models.published_pictures import load_open_clip, load_timm

        if name == "timm":
            return load_timm(weights, class_names, layer, download=download)
        return load_open_clip(weights, layer, download=download)
    from margin_core.study.models.torchvision_model import architectures, load_published_torchvision

    if name not in architectures():
        raise ModelError(_unknown(f"{name}:{weights}", name))
    return load_published_torchvision(name, weights, class_names, layer, download=download)


def _load_whole(
    path: Path, class_names: Sequence[str], layer: str | None
) -> TorchModel | OnnxModel | LinearRowModel | LinearWordModel | EstimatorModel:
    """Load a file that states its architecture."""
    if path.suffix.lower() == ".onnx":
        from margin_core.study.models.onnx_file import load_onnx

        return load_onnx(path, class_names, layer)
    if path.suffix.lower() == ".skops":
        from margin_core.study.models.skops_file import load_skops

        return load_skops(path, class_names)
    from margin_core.study.models.exported import load_exported

    return load_exported(path, class_names, layer)


def _load_factory(
    spec: str, module: str, factory: str, weights: str | Path | None, class_names: Sequence[str], layer: str | None,
    allow_code: bool,
) -> TorchModel | GivenModel:  # fmt: skip
    if not allow_code:
        raise ModelError(
            f"'{spec}' names code to run, which only the person who starts the program may do: "
            f"margin open SOURCE --model {spec}. {_near(module)}".rstrip()
        )
    if weights is not None:
        raise ModelError(f"'{spec}' makes its own weights; leave out '{weights}'.")
    from margin_core.study.models.code_model import load_code

    return load_code(module, factory, class_names, layer)


def _is_factory(module: str, factory: str) -> bool:
    """Return whether a description reads ``package.module:factory``."""
    return factory.isidentifier() and all(part.isidentifier() for part in module.split("."))


def _or_published(name: str) -> str:
    from margin_core.study.models.torchvision_model import published_weights

    published = published_weights(name)
    return f", or {name}:{published[-1]} for published ones" if published else ""


def _known() -> tuple[str, ...]:
    from margin_core.study.models.torchvision_model import architectures

    return (*LITE, "small_cnn", *architectures())


def _architecture_known(name: str) -> bool:
    return name in _known()


def _near(name: str) -> str:
    near = get_close_matches(name, _known(), n=3)
    return f"If you mean an architecture: {', '.join(near)}." if near else ""


def _unknown(spec: str, name: str) -> str:
    if spec.lower().endswith(WEIGHTS_ENDINGS) and ":" not in spec:
        return f"'{spec}' is a weights file without its architecture. Write, for example, resnet18:{spec}."
    from margin_core.study.models.torchvision_model import UNSUPPORTED

    if name in UNSUPPORTED:
        return (
            f"'{name}' cannot be loaded by its name: its weights do not say how its input was scaled. "
            "Export it as ONNX, or return it from a function of your own and name that: package.module:factory."
        )
    if spec in TABLE_MODELS:
        return f"'{spec}' is fitted to the labels of a table. Open one with it: load_study(source, model='{spec}')."
    if spec in GRAPH_MODELS:
        return f"'{spec}' is fitted to the graph of a study. Open one with it: load_study(source, model='{spec}')."
    near = get_close_matches(name, (*TABLE_MODELS, *GRAPH_MODELS, *_known()), n=3) or [
        "efficientnet-lite0",
        "resnet18",
        "vit_b_16",
    ]
    return (
        f"No model is known as '{name}'. Near to it: {', '.join(near)}. "
        "Any classifier of torchvision can be named, with its weights: resnet18:weights.safetensors."
    )
