"""How long a heatmap takes: MARGIN beside Captum's FeatureAblation over the same superpixels, in one run.

Measure it on a machine that does nothing else. Compiling the network takes a minute and a C++ compiler; without
``--compile`` the fastest forward throughput is that of torch as it is or of onnxruntime.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import torch
from captum.attr import FeatureAblation
from numpy.typing import NDArray
from pages import keep
from record import Line, Part, Watch, plain
from skimage import data

from margin_core import Explanation, Study, explain
from margin_core.study.models import load_model
from margin_core.study.models.runtime import RUNTIMES, find_runtime
from margin_core.study.models.torch_model import BATCH, TorchModel
from margin_core.tasks import Saliency
from margin_core.tasks.saliency.image_parts import expand_cells

REPEATS = 3
SECONDS = 5.0
"""For each measurement of a forward throughput."""


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def throughput(forward: Callable[[NDArray[np.float32]], object], shape: tuple[int, ...]) -> float:
    """Return pictures a second in full batches."""
    pictures = np.random.default_rng(0).standard_normal((BATCH, *shape), dtype=np.float32)
    forward(pictures)
    seen, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        forward(pictures)
        seen += BATCH
    return seen / (time.perf_counter() - start)


def ablation(model: TorchModel, picture: NDArray[np.uint8], layout: NDArray[np.int64], at_once: int) -> float:
    """Return the seconds that Captum takes to hide every superpixel once, by the mean color."""
    view = model.preparation(picture[None])
    size = (model.preparation.height, model.preparation.width)
    target = int(model.module(view).argmax())
    mean = view.mean((2, 3), keepdim=True).expand_as(view)
    ablator = FeatureAblation(model.module)

    def every_division() -> None:
        for part in expand_cells(layout, size):
            mask = torch.from_numpy(part - part.min())[None, None]
            ablator.attribute(view, mean, target=target, feature_mask=mask, perturbations_per_eval=at_once)

    return timed(every_division)


def main() -> None:
    """Measure, and keep what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compile", action="store_true", help="let torch compile the network too")
    parser.add_argument("--dry", action="store_true", help="print only; keep no result")
    asked = parser.parse_args()
    watch = Watch("none")
    picture = data.chelsea()
    model = load_model("efficientnet-lite0")
    if not isinstance(model, TorchModel):
        raise TypeError("The speed of a torch network is measured here.")
    study = Study.build(inputs=picture[None], model=model)
    first_ever = timed(lambda: explain(next(Saliency().refinements()), study))
    first = [timed(lambda: explain(next(Saliency().refinements()), study)) for _ in range(REPEATS)]
    shape = (model.preparation.channels, model.preparation.height, model.preparation.width)
    forwards = {
        name: RUNTIMES[name](model) for name in ("eager", "onnxruntime", *(["compiled"] if asked.compile else []))
    }
    speeds = {name: throughput(forward, shape) for name, forward in forwards.items()}
    fastest = forwards[max(speeds, key=lambda name: speeds[name])]
    # A machine may be half as fast a minute later: what is set beside one another is measured by turns.
    found: list[Explanation] = []
    alone, union, shares = [], [], []
    around = [throughput(fastest, shape)]
    for _ in range(REPEATS):
        alone.append(timed(lambda: found.append(explain(Saliency.as_printed(), study))))
        around.append(throughput(fastest, shape))
        shares.append(len(found[-1].domain.ids) / alone[-1] / max(around[-2:]))
        union.append(timed(lambda: explain(Saliency(), study)))
    layout = np.asarray(found[0].domain.layout)
    nodes = len(found[0].domain.ids)
    as_shown = ablation(model, picture, layout, 1)
    union += [timed(lambda: explain(Saliency(), study)) for _ in range(REPEATS)]
    in_batches = ablation(model, picture, layout, BATCH)
    listed = ", ".join(f"{name} {speed:.1f}" for name, speed in speeds.items())
    lines = (
        Line.of("one heatmap, every part hidden alone", alone, "s",
                f"{nodes} superpixels of a photograph of 451 x 300; with cutting, graph and heatmap; by "
                f"{find_runtime(model).name}."),
        Line("the same by Captum's FeatureAblation as its documentation shows it", as_shown, "s",
             "The same superpixels and fill, one call a division; the values alone, without graph and heatmap."),
        Line("the same, 32 at a time", in_batches, "s", "With `perturbations_per_eval=32`."),
        Line("times as fast as Captum's, every part hidden alone", as_shown / median(alone), "",
             "The first line beside the second: both use the same number of evaluations, so only the way "
             "they are computed differs."),
        Line("share of the fastest forward throughput", median(shares), "",
             f"Superpixels a second of the first line, over the fastest way in pictures a second ({listed}), measured "
             "just before and just after: the larger of the two.", REPEATS, target=0.8, at_least=True),
        Line.of("one default heatmap", union, "s",
                f"The same {nodes} superpixels, {Saliency().evaluations} evaluations of unions, in total."),
        Line("times as fast as Captum's, the default heatmap", as_shown / median(union), "",
             "Beside the second line: an effect for each superpixel, from fewer evaluations.",
             target=5.0, at_least=True),
        Line.of("a first, preliminary heatmap", first, "s", "48 unions.", target=2.0),
        Line("the very first heatmap of a model", first_ever, "s", "With finding the fastest way to run it."),
    )  # fmt: skip
    part = Part("saliency_speed", "Speed of heatmaps", "EfficientNet-Lite0, 224 x 224.", lines, (),
                watch.circumstances())  # fmt: skip
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
