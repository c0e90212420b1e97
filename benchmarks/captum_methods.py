"""LIME, Occlusion and DeepLIFT of this package beside Captum's: whether heatmaps agree, and what each costs.

Prints the tables of docs/decisions/0017 and keeps nothing. Costs are seconds of the processor, all threads together, so
that other work on the machine counts little; the photographs take ten minutes.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from captum._utils.models.linear_model import SkLearnLinearModel
from captum.attr import DeepLift, LimeBase, Occlusion
from numpy.typing import NDArray
from skimage import data
from torch import Tensor

from margin_core import load_study
from margin_core.storage.engine import silent
from margin_core.study.models import load_model
from margin_core.study.models.clone_for_hooks import clone_for_hooks
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.methods import deep_lift, lime, occlusion
from margin_core.tasks.saliency.methods.black_box import BATCH_SIZE, mean_color_fill, predict_probabilities

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests"))
import networks  # noqa: E402

Picture = NDArray[np.uint8]
Doubles = NDArray[np.float64]


def timed(work: Callable[[], Any], repeats: int = 3) -> tuple[Any, float]:
    """Return what work returns, and the median of the processor seconds that it takes after a first time."""
    found = work()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return found, median(seconds)


def forward_of(model: Any, target: int) -> Callable[[Tensor], Tensor]:
    """Return a forward function for Captum that asks a model about pictures of bytes."""

    def forward(pictures: Tensor) -> Tensor:
        return torch.from_numpy(predict_probabilities(model, np.rint(pictures.numpy()).astype(np.uint8))[:, target])

    return forward


def captum_occlusion(model: Any, picture: Picture, target: int) -> Doubles:
    """Compute Captum's Occlusion with the windows and strides of this package."""
    spans = [max(round(side / occlusion.WINDOWS), 1) for side in picture.shape[:2]]
    channels = picture.shape[2:]
    found = (
        Occlusion(forward_of(model, target))
        .attribute(
            torch.from_numpy(picture.astype(np.float32))[None],
            sliding_window_shapes=(*spans, *channels),
            strides=(*(max(span // 2, 1) for span in spans), *channels),
            baselines=torch.from_numpy(mean_color_fill(picture).astype(np.float32))[None],
            perturbations_per_eval=BATCH_SIZE,
        )[0]
        .numpy()
    )
    return np.maximum(found if picture.ndim == 2 else found[..., 0], 0)


def captum_lime(model: Any, picture: Picture, target: int) -> Doubles:
    """Compute Captum's LIME with the superpixels, coins, kernel and penalty of this package."""
    parts = torch.from_numpy(lime.compute_segments(picture))
    visible = np.random.default_rng(0).random((lime.N_MASKS, int(parts.max()) + 1)) < 0.5
    pixels = torch.from_numpy(picture.astype(np.float32))[None]
    fill = torch.from_numpy(mean_color_fill(picture).astype(np.float32))[None]

    def draw_coins(original: Tensor, **options: Any) -> Iterator[Tensor]:
        yield from torch.from_numpy(visible).long()[:, None]

    def paint(coins: Tensor, original: Tensor, **options: Any) -> Tensor:
        shown = coins[0][parts].bool()[None]
        return torch.where(shown if picture.ndim == 2 else shown[..., None], pixels, fill)

    def similarity(original: Tensor, painted: Tensor, coins: Tensor, **options: Any) -> Tensor:
        return torch.exp(-((1 - coins.double().mean().sqrt()) ** 2) / lime.KERNEL_WIDTH**2)

    method = LimeBase(
        forward_of(model, target), SkLearnLinearModel("linear_model.Ridge", alpha=lime.PENALTY), similarity, draw_coins,
        perturb_interpretable_space=True, from_interp_rep_transform=paint, to_interp_rep_transform=None,
    )  # fmt: skip
    weights = method.attribute(pixels, n_samples=lime.N_MASKS, perturbations_per_eval=BATCH_SIZE)
    return np.asarray(np.maximum(weights.flatten().double().numpy(), 0)[parts.numpy()])


def captum_deep_lift(model: TorchModel, views: Tensor, targets: Tensor) -> Tensor:
    """Compute Captum's DeepLIFT, signed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the hooks that it sets
        found: Tensor = DeepLift(clone_for_hooks(model)).attribute(views.clone().requires_grad_(), target=targets)
    return found.detach()


def black_boxes() -> Iterator[tuple[str, Any, list[Picture], int]]:
    """Return models with pictures, and how often each is timed."""
    yield (
        "a rule in NumPy, 24 × 24",
        networks.PatchModel(),
        [networks.PatchModel().picture(seed=s) for s in range(5)],
        3,
    )
    for name in ("digits", "fashion"):
        study = load_study(ROOT / "sample_data" / name)
        side = "8 × 8" if name == "digits" else "28 × 28"
        yield f"{name}, small CNN, {side}", study.model, [np.asarray(study.inputs[row]) for row in range(5)], 3
    photographs = [data.chelsea(), data.coffee()[:300, :451]]
    yield "photographs, EfficientNet-Lite0, 300 × 451", load_model("efficientnet-lite0"), photographs, 1


def compare_black_box() -> None:
    """Print Occlusion and LIME beside Captum's."""
    print("| method | on | largest difference, of 1 | least correlation | here, CPU ms | Captum, CPU ms |")
    print("|---|---|---:|---:|---:|---:|")
    methods = {"Occlusion": (occlusion.occlusion, captum_occlusion), "LIME": (lime.lime, captum_lime)}
    for name, model, pictures, repeats in black_boxes():
        for title, (ours, captum) in methods.items():
            differences, correlations, here, there = [], [], [], []
            for picture in pictures:
                target = int(predict_probabilities(model, picture[None])[0].argmax())
                one, seconds = timed(partial(ours, model, picture, target, silent), repeats)
                here.append(seconds)
                other, seconds = timed(partial(captum, model, picture, target), repeats)
                there.append(seconds)
                one, other = (found / max(found.max(), 1e-12) for found in (one, other))
                differences.append(np.abs(one - other).max())
                correlations.append(np.corrcoef(one.ravel(), other.ravel())[0, 1])
            print(
                f"| {title} | {name} | {max(differences):.1e} | {min(correlations):.4f} | {1000 * median(here):,.0f} | "
                f"{1000 * median(there):,.0f} |",
                flush=True,
            )


def compare_deep_lift() -> None:
    """Print DeepLIFT beside Captum's: attributions must add up to the change of the score from the blank picture."""
    print("| network | change of the score | sum here | sum of Captum's | here, CPU ms | Captum, CPU ms |")
    print("|---|---:|---:|---:|---:|---:|")
    digits = load_study(ROOT / "sample_data" / "digits")
    pictures: dict[str, tuple[Any, Picture]] = {
        f"tiny {name}": (networks.model(name), data.chelsea()) for name in networks.NETWORKS
    }
    pictures["small CNN of the digits"] = getattr(digits.model, "loaded", digits.model), np.asarray(digits.inputs[0])
    pictures["EfficientNet-Lite0"] = load_model("efficientnet-lite0"), data.chelsea()
    for name, (model, picture) in pictures.items():
        view = model.preparation(picture[None])
        targets = torch.tensor([int(model.module(view).argmax())])
        with torch.no_grad():
            change = float((model.module(view) - model.module(torch.zeros_like(view)))[0, targets[0]])
        ours, here = timed(partial(deep_lift.signed_attributions, model, view, targets))
        try:
            captum, seconds = timed(partial(captum_deep_lift, model, view, targets))
            total, there = f"{float(captum.sum()):.3f}", f"{1000 * seconds:,.0f}"
        except (RuntimeError, AssertionError) as error:
            total, there = f"fails: {str(error).splitlines()[0][:70]}", ""
        print(
            f"| {name} | {change:.3f} | {float(ours.sum()):.3f} | {total} | {1000 * here:,.0f} | {there} |", flush=True
        )


if __name__ == "__main__":
    compare_deep_lift()
    print()
    compare_black_box()
