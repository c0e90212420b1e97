"""The one place that imports onnxruntime, with its telemetry switched off."""

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
