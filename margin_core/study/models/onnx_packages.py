"""The one place that imports onnxruntime, with its telemetry switched off, and opens its sessions."""

from __future__ import annotations

import importlib
import os
from typing import Any

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
"""Since 1.31 onnxruntime reports sessions and their errors to its vendor, on Linux too. It reads this while it is
imported; its own ``disable_telemetry_events`` comes too late, a device id has been written by then."""


def import_onnx_package(name: str) -> Any:
    """Import ``onnx`` or ``onnxruntime``.

    Parameters
    ----------
    name : {'onnx', 'onnxruntime'}
        Of the package.

    Returns
    -------
    module
        With telemetry switched off.

    Raises
    ------
    ModuleNotFoundError
        It is not installed.
    """
    return importlib.import_module(name)


def open_session(graph: bytes) -> Any:
    """Return a session of onnxruntime for a graph, which runs a batch on the thread that calls it.

    Several threads may call it at once, which is how `map_on_cores` uses all cores. Threads of onnxruntime's own would
    wait for each other at every layer, busily, and take the cores from whoever decodes the next pictures.

    Parameters
    ----------
    graph : bytes
        An ONNX model.

    Returns
    -------
    onnxruntime.InferenceSession
        On the CPU.

    Raises
    ------
    ModuleNotFoundError
        onnxruntime is not installed.
    """
    runtime = import_onnx_package("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return runtime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
