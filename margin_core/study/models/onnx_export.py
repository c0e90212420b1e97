"""Models as ONNX files, with what their input is and the names of their classes in the metadata."""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from margin_core.study.models.class_order import ACCURACY, KIND, ROWS
from margin_core.study.models.onnx_packages import import_onnx_package

if TYPE_CHECKING:
    from margin_core.study.models.linear_rows import LinearRowModel
    from margin_core.study.models.torch_model import TorchModel

OPSET = 17


def write_onnx_network(model: TorchModel, path: Path) -> None:
    """Write a network of pictures as ONNX, from prepared pictures to logits.

    Parameters
    ----------
    model : TorchModel
    path : Path
    """
    import torch

    preparation = model.preparation
    blank = torch.zeros(1, preparation.channels, preparation.height, preparation.width)
    with warnings.catch_warnings():
        # The exporter speaks of its own constants; what it writes is compared with the network by the tests.
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(
            model.module, (blank,), path, dynamo=False, opset_version=OPSET,
            input_names=["pictures"], output_names=["logits"],
            dynamic_axes={"pictures": {0: "batch"}, "logits": {0: "batch"}},
        )  # fmt: skip
    onnx = import_onnx_package("onnx")
    graph = onnx.load(path)
    for key, values in (("mean", preparation.mean), ("std", preparation.deviation)):
        _state(graph, key, ",".join(repr(value / 255) for value in values))
    _state_facts(graph, model)
    onnx.save(graph, path)


def write_onnx_rows(model: LinearRowModel, path: Path) -> None:
    """Write a linear classifier of rows as ONNX, from rows to probabilities.

    Parameters
    ----------
    model : LinearRowModel
    path : Path
    """
    onnx = import_onnx_package("onnx")
    helper, numbers = onnx.helper, onnx.numpy_helper
    d, c = len(model.means), model.classes
    given = helper.np_dtype_to_tensor_dtype(model.means.dtype)
    graph = helper.make_graph(
        [
            helper.make_node("IsNaN", ["rows"], ["missing"]),
            helper.make_node("Where", ["missing", "means", "rows"], ["filled"]),
            helper.make_node("Sub", ["filled", "means"], ["centered"]),
            helper.make_node("Div", ["centered", "deviations"], ["scaled"]),
            helper.make_node("Cast", ["scaled"], ["single"], to=onnx.TensorProto.FLOAT),
            helper.make_node("Gemm", ["single", "weights", "bias"], ["logits"], transB=1),
            helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
        ],
        "rows",
        [helper.make_tensor_value_info("rows", given, ["batch", d])],
        [helper.make_tensor_value_info("probabilities", onnx.TensorProto.FLOAT, ["batch", c])],
        [numbers.from_array(getattr(model, name), name) for name in ("means", "deviations", "weights", "bias")],
    )
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    _state_facts(whole, model)
    _state(whole, KIND, ROWS)
    _state(whole, "columns", json.dumps(list(model.column_names)))
    onnx.save(whole, path)


def _state_facts(graph: Any, model: TorchModel | LinearRowModel) -> None:
    _state(graph, "class_names", json.dumps(list(model.class_names)))
    if model.stated_accuracy is not None:
        _state(graph, ACCURACY, repr(model.stated_accuracy))


def _state(model: Any, key: str, value: str) -> None:
    entry = model.metadata_props.add()
    entry.key, entry.value = key, value
