"""The fastest runtime of a network on this machine, found by a short measurement."""

from __future__ import annotations

import io
import logging
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from scipy.special import softmax
from torch import Tensor, nn

from margin_core.errors import ModelError
from margin_core.study.models.cores import count_cores, map_on_cores
from margin_core.study.models.feature_tap import pool_features, run_tapped
from margin_core.study.models.onnx_model import OnnxModel
from margin_core.study.models.onnx_packages import import_onnx_package, open_session
from margin_core.study.models.torch_model import BATCH, TorchModel
from margin_core.values.arrays import Doubles, Floats

TIMED_PICTURES = 4
"""Pictures in one timed pass."""

TIMED_PASSES = 3
"""The fastest pass counts: other load only makes a pass slower."""

TOLERANCE = 1e-3
"""Largest deviation from the logits of the network itself, as a share of the largest logit."""

Forward = Callable[[Floats], Floats]
"""From prepared pictures (b, channels, height, width) to logits (b, c)."""


@dataclass(frozen=True, eq=False)
class ExportedNetwork:
    """A network in onnxruntime, from prepared pictures to logits; and to its features, if it was exported with them.

    Attributes
    ----------
    session : onnxruntime.InferenceSession
        Of the exported graph.
    """

    session: Any

    def __call__(self, prepared: Floats) -> Floats:
        """Compute logits (b, c) of pictures (b, channels, height, width), on all cores."""
        size = min(BATCH, -(-len(prepared) // count_cores())) or 1
        parts = (prepared[start : start + size] for start in range(0, max(len(prepared), 1), size))
        return np.concatenate(list(map_on_cores(lambda part: self._run(["logits"], part)[0], parts)))

    @property
    def has_features(self) -> bool:
        """Whether the graph has them."""
        return len(self.session.get_outputs()) > 1

    def outputs(self, prepared: Floats) -> tuple[Floats, Floats]:
        """Compute logits and features of pictures on the calling thread.

        Parameters
        ----------
        prepared : float32 array (b, channels, height, width)
            Prepared pictures.

        Returns
        -------
        logits : float32 array (b, c)
        features : float32 array (b, d)
        """
        logits, features = self._run(["logits", "features"], prepared)
        return logits, features

    def _run(self, names: list[str], prepared: Floats) -> list[Floats]:
        found: list[Floats] = self.session.run(names, {"pictures": np.ascontiguousarray(prepared)})
        return found


@dataclass(frozen=True, eq=False)
class Runtime:
    """A runtime of a network.

    Attributes
    ----------
    name : str
        ``eager`` (torch as it is), ``onnxruntime`` or ``compiled``.
    logits : callable
        From float32 (b, channels, height, width) to float32 (b, c), any b.
    pictures_a_second : float
        As measured.
    rejected : tuple of str
        The other runtimes, a sentence each: slower, not installed, or with other logits.
    """

    name: str
    logits: Forward
    pictures_a_second: float
    rejected: tuple[str, ...]


def eager(model: TorchModel) -> Forward:
    """Return the network as it is, in the channels-last order that CPUs are faster with.

    Parameters
    ----------
    model : TorchModel
        The network.

    Returns
    -------
    callable
        From prepared pictures to logits.
    """
    module = model.module  # not the model itself: it can then be forgotten while its runtime is remembered

    def logits(prepared: Floats) -> Floats:
        with torch.inference_mode():
            given = torch.from_numpy(prepared).contiguous(memory_format=torch.channels_last)
            found: Tensor = torch.cat([module(part) for part in torch.split(given, BATCH)])
        return found.numpy()

    return logits


def onnxruntime(model: TorchModel) -> ExportedNetwork:
    """Return the network exported to ONNX, in memory, and run by onnxruntime.

    Parameters
    ----------
    model : TorchModel
        The network.

    Returns
    -------
    ExportedNetwork
        From prepared pictures to logits.

    Raises
    ------
    ModelError
        onnxruntime or onnx is not installed, or the network cannot be exported.
    """
    try:
        import_onnx_package("onnxruntime")
        import_onnx_package("onnx")  # what the export writes with
    except ModuleNotFoundError as error:
        raise ModelError(f"{error.name} is not installed") from error
    with _exporting:
        if model not in _exported:
            _exported[model] = _export_and_open(model)
        return _exported[model]


def find_exported(model: TorchModel) -> ExportedNetwork | None:
    """Return the network in onnxruntime with its features, made once for each model while the program runs.

    Parameters
    ----------
    model : TorchModel
        The network.

    Returns
    -------
    ExportedNetwork or None
        None where it cannot be exported with its features, or computes others: it has to be run by torch then.

    Notes
    -----
    Costs the export (about 1 s for EfficientNet-Lite0) and one pass of a picture through torch.
    """
    with _finding:
        if model not in _equal_features:
            _equal_features[model] = _has_equal_features(model)
    return onnxruntime(model) if _equal_features[model] else None


def _has_equal_features(model: TorchModel) -> bool:
    try:
        network = onnxruntime(model)
        if not network.has_features:
            return False
        check_outputs(model, *network.outputs(trial_pictures(model, 1)))
    except Exception:  # compilers and runtimes share no base class but this one; torch will say what is wrong
        return False
    return True


def check_outputs(model: TorchModel, logits: Floats, features: Floats | None) -> None:
    """Check that a network computes elsewhere what it computes in torch on the CPU.

    Parameters
    ----------
    model : TorchModel
        The network.
    logits : float32 array (1, c)
        Of the first of `trial_pictures`.
    features : float32 array (1, d) or None
        None is not checked.

    Raises
    ------
    ModelError
        They differ by more than `TOLERANCE`.
    """
    with torch.inference_mode():
        expected, tapped = run_tapped(model.module, model.tap, torch.from_numpy(trial_pictures(model, 1)))
    _check_equal(logits, expected.numpy(), "logits")
    if features is not None:
        _check_equal(features, pool_features(tapped, model.description).numpy(), "features")


def _export_and_open(model: TorchModel) -> ExportedNetwork:
    try:
        graph = export_to_onnx(model)
    except ModelError:
        if model.tap is None:
            raise
        graph = export_to_onnx(replace(model, tap=None))  # what cannot be exported may be its features
    return ExportedNetwork(open_session(graph))


def compiled(model: TorchModel) -> Forward:
    """Return the network compiled by torch; takes a minute and a C++ compiler, so it is never tried by default.

    Parameters
    ----------
    model : TorchModel
        The network.

    Returns
    -------
    callable
        From prepared pictures to logits.
    """
    quick: Any = torch.compile(model.module)

    def logits(prepared: Floats) -> Floats:
        short = -len(prepared) % BATCH  # of another batch size it would compile the network again
        padded = np.concatenate([prepared, np.zeros((short, *prepared.shape[1:]), prepared.dtype)])
        with torch.inference_mode():
            given = torch.from_numpy(padded).contiguous(memory_format=torch.channels_last)
            found: Tensor = torch.cat([quick(part) for part in torch.split(given, BATCH)])
        return found.numpy()[: len(prepared)]

    return logits


RUNTIMES: dict[str, Callable[[TorchModel], Forward]] = {
    "eager": eager, "onnxruntime": onnxruntime, "compiled": compiled,
}  # fmt: skip

_found: WeakKeyDictionary[TorchModel, Runtime] = WeakKeyDictionary()
_finding = Lock()
_exported: WeakKeyDictionary[TorchModel, ExportedNetwork] = WeakKeyDictionary()
_exporting = Lock()
_equal_features: WeakKeyDictionary[TorchModel, bool] = WeakKeyDictionary()


def find_runtime(model: TorchModel) -> Runtime:
    """Return the faster of `eager` and `onnxruntime`, measured once for each model while the program runs.

    Parameters
    ----------
    model : TorchModel
        The network.

    Returns
    -------
    Runtime
        The same object each time.

    Notes
    -----
    Costs an export (about 2 s for EfficientNet-Lite0) and ten small passes, once.
    """
    with _finding:
        if model not in _found:
            _found[model] = select_fastest_runtime(model, ("eager", "onnxruntime"))
        return _found[model]


def predict_prepared(model: TorchModel | OnnxModel, prepared: Floats) -> Doubles:
    """Compute class probabilities of prepared pictures by the fastest runtime.

    Parameters
    ----------
    model : TorchModel or OnnxModel
        The network.
    prepared : float32 array (b, channels, height, width)
        Prepared pictures.

    Returns
    -------
    float array (b, c)
        Rows sum to 1.
    """
    if isinstance(model, OnnxModel):
        return model.predict_prepared(prepared).astype(np.float64)
    return np.asarray(softmax(find_runtime(model).logits(prepared).astype(np.float64), axis=1))


def select_fastest_runtime(model: TorchModel, names: Sequence[str]) -> Runtime:
    """Return the fastest of several runtimes with the network's own logits.

    Parameters
    ----------
    model : TorchModel
        The network.
    names : sequence of str
        Keys of `RUNTIMES`; eager is always measured, is the reference of the others, and what remains where they fail.

    Returns
    -------
    Runtime
        With the others and why they were rejected.
    """
    pictures = trial_pictures(model, TIMED_PICTURES)
    working, rejected = {"eager": eager(model)}, []
    expected = working["eager"](pictures)
    for name in names:
        if name not in working:
            try:
                working[name] = _checked(RUNTIMES[name](model), pictures, expected)
            except ModelError as error:
                rejected.append(f"{name}: {error}")
    speeds = time_runtimes(working, pictures)
    best = max(speeds, key=lambda name: speeds[name])
    rejected += [f"{name}: {speed:.1f} pictures a second" for name, speed in speeds.items() if name != best]
    return Runtime(best, working[best], speeds[best], tuple(rejected))


def _checked(forward: Forward, pictures: Floats, expected: Floats) -> Forward:
    """Check that a runtime has the same logits, and takes any batch size."""
    try:
        found, alone = forward(pictures), forward(pictures[:1])
    except Exception as error:  # compilers and runtimes share no base class but this one
        raise ModelError(f"cannot run this network ({_first_line(error)})") from error
    _check_equal(found, expected, "logits")
    _check_equal(alone, expected[:1], "logits")
    return forward


def _check_equal(found: Floats, expected: Floats, words: str) -> None:
    apart = float(np.abs(found - expected).max()) if found.shape == expected.shape else np.inf
    if not apart <= TOLERANCE * max(float(np.abs(expected).max()), 1.0):
        raise ModelError(f"has other {words} (by {apart:.2g})")


def trial_pictures(model: TorchModel, n: int) -> Floats:
    """Return prepared pictures of noise, on which runtimes are compared.

    Parameters
    ----------
    model : TorchModel
    n : int

    Returns
    -------
    float32 array (n, channels, height, width)
        The same each time.
    """
    size = (model.preparation.channels, model.preparation.height, model.preparation.width)
    return np.random.default_rng(0).standard_normal((n, *size), dtype=np.float32)


def export_to_onnx(model: TorchModel) -> bytes:
    """Export a torch network from prepared pictures to logits and, where it has a layer of them, to its features.

    Parameters
    ----------
    model : TorchModel

    Returns
    -------
    bytes
        An ONNX model with the input ``pictures`` (b, channels, height, width) and the outputs ``logits`` (b, c) and
        ``features`` (b, d).

    Raises
    ------
    ModelError
        The network cannot be exported.
    """
    size = (model.preparation.channels, model.preparation.height, model.preparation.width)
    module, names = (
        (model.module, ["logits"]) if model.tap is None else (_WithFeatures(model).eval(), ["logits", "features"])
    )
    written = io.BytesIO()
    try:
        with _quietly():
            torch.onnx.export(
                module, (torch.zeros(2, *size),), written, input_names=["pictures"], output_names=names,
                dynamic_axes={name: {0: "b"} for name in ("pictures", *names)},
                dynamo=False,  # the other exporter needs one more package and ten times as long
            )  # fmt: skip
    except Exception as error:  # an exporter meets unknown networks with almost any exception there is
        raise ModelError(f"cannot export this network ({_first_line(error)})") from error
    return written.getvalue()


class _WithFeatures(nn.Module):
    """A network that returns its features, too."""

    def __init__(self, model: TorchModel) -> None:
        super().__init__()
        self.network, self.tap, self.description = model.module, model.tap, model.description

    def forward(self, prepared: Tensor) -> tuple[Tensor, Tensor]:
        logits, features = run_tapped(self.network, self.tap, prepared)
        return logits, pool_features(features, self.description)


@contextmanager
def _quietly() -> Iterator[None]:
    """Suppress an exporter's warnings about its own future."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def time_runtimes(runtimes: Mapping[str, Forward], pictures: Floats) -> dict[str, float]:
    """Time runtimes in turn, so that a moment of other load does not fall on one of them alone.

    Parameters
    ----------
    runtimes : mapping of str to callable
        From prepared pictures to logits, by name.
    pictures : float32 array (b, channels, height, width)
        Prepared; what each pass runs on.

    Returns
    -------
    dict of str to float
        Pictures a second, of the fastest pass of each.
    """
    best = dict.fromkeys(runtimes, 0.0)
    for _ in range(TIMED_PASSES):
        for name, forward in runtimes.items():
            start = time.perf_counter()
            forward(pictures)
            best[name] = max(best[name], len(pictures) / (time.perf_counter() - start))
    return best


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0] or type(error).__name__
