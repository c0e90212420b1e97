"""Models of samples: by name and from files, never from a pickle.

`load_model` reads a description such as ``efficientnet-lite0`` or ``resnet18:weights.safetensors``; its
documentation lists all kinds. One file a kind: `efficientnet`, `torchvision_model`, `small_cnn` (all return a
`torch_model.TorchModel`), `onnx_model`, `code_model`. `as_model` takes what is in memory already: a torch network
(`torch_model`, `torch_rows`), a scikit-learn classifier (`estimator`).
"""

from margin_core.study.models.adapt import as_model
from margin_core.study.models.load import load_model

__all__ = ["as_model", "load_model"]
