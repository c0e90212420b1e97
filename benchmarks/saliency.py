"""Heatmaps of photographs, MARGIN's beside its peers': how faithful, how sparse, and where a planted patch is.

The photographs are not part of the repository: name their folder by ``--photos``; without it the part that needs them
is left out. Every photograph's numbers are kept as they come (``--kept``), so a run can be stopped and gone on with.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from pages import keep
from record import Line, Part, Table, Watch, plain

from margin_core import Study, explain
from margin_core.storage.engine import MemoryEngine
from margin_core.study.inputs.pictures import read_picture
from margin_core.study.models import load_model
from margin_core.study.models.runtime import find_runtime
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks import Saliency
from margin_core.tasks.saliency.faithfulness import deletion, gini, insertion, road
from margin_core.tasks.saliency.methods import attribute
from margin_core.tasks.saliency.worker.fast_model import FastModel

SUFFIXES = (".jpg", ".jpeg", ".png")
DRAWS = 10_000
PLANTED = 200
NUMBERS = ("deletion", "insertion", "road", "gini", "seconds")

MARGIN = "MARGIN (default)"
GRAD_CAM = "Grad-CAM"
RANDOM = "a random heatmap"

Found = dict[str, dict[str, dict[str, float]]]
"""By photograph, then by method, then by number."""

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]


REMEMBERED = MemoryEngine(LRUCache(48))
"""What the network said of the last photograph, so that MARGIN's recipes ask it about the same masks once."""


def margin(task: Saliency) -> Callable[[TorchModel, Picture, int], Floats]:
    """Make a recipe a method."""

    def found(network: TorchModel, picture: Picture, target: int) -> Floats:
        study = Study.build(inputs=picture[None], model=network)
        return explain(task.with_parameters({"target": target}), study, engine=REMEMBERED).heatmap

    return found


def peer(name: str, *, black_box: bool = False) -> Callable[[TorchModel, Picture, int], Floats]:
    """Make a published peer a method."""

    def found(network: TorchModel, picture: Picture, target: int) -> Floats:
        return attribute(name, FastModel(network) if black_box else network, picture, target)

    return found


def at_random(network: TorchModel, picture: Picture, target: int) -> Floats:
    """Draw a heatmap."""
    return np.random.default_rng(0).random(picture.shape[:2], dtype=np.float32)


METHODS: dict[str, Callable[[TorchModel, Picture, int], Floats]] = {
    MARGIN: margin(Saliency()),
    "MARGIN, twice as many evaluations": margin(Saliency(evaluations=2 * Saliency().evaluations)),
    "MARGIN, S times I": margin(Saliency(heatmap="product")),
    "MARGIN, S alone": margin(Saliency(heatmap="saliency")),
    "MARGIN, parts hidden one at a time": margin(Saliency(effect="single")),
    "MARGIN as printed": margin(Saliency.as_printed()),
    GRAD_CAM: peer("grad_cam"),
    "Layer-CAM": peer("layer_cam"),
    "Gradient": peer("gradient"),
    "Gradient × input": peer("gradient_x_input"),
    "SmoothGrad": peer("smooth_grad"),
    "Integrated Gradients": peer("integrated_gradients"),
    "DeepLIFT": peer("deep_lift"),
    "Occlusion": peer("occlusion", black_box=True),
    "RISE": peer("rise", black_box=True),
    "LIME": peer("lime", black_box=True),
    RANDOM: at_random,
}


def measured(network: TorchModel, picture: Picture, method: str) -> dict[str, float]:
    """Make one heatmap and judge it."""
    quick = FastModel(network)
    target = int(quick.probabilities(picture[None])[0].argmax())
    start = time.perf_counter()
    heatmap = METHODS[method](network, picture, target)
    took = time.perf_counter() - start
    return {
        "deletion": deletion(quick, picture, heatmap, target).auc,
        "insertion": insertion(quick, picture, heatmap, target).auc,
        "road": road(quick, picture, heatmap, target),
        "gini": gini(heatmap),
        "seconds": took,
    }


def photographs(folder: Path, methods: Sequence[str], kept: Path, some: slice) -> Found:
    """Measure methods on some photographs of a folder, by name, and give all that was ever kept of it.

    Of which methods every photograph must have, only the default and Grad-CAM do: others take minutes each.
    """
    known: Found = json.loads(kept.read_text()) if kept.is_file() else {}
    network = load_model("efficientnet-lite0")
    find_runtime(network)
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)[some]
    for number, file in enumerate(files, start=1):
        found = known.setdefault(file.name, {})
        picture = read_picture(file, file.name)
        for method in methods:
            if set(NUMBERS) - set(found.get(method, ())):
                found[method] = {key: round(value, 5) for key, value in measured(network, picture, method).items()}
        kept.write_text(json.dumps(known, indent=0))
        print(f"{number} of {len(files)} photographs", flush=True)
    return {name: found for name, found in known.items() if {MARGIN, GRAD_CAM} <= set(found)}


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a mean."""
    drawn = np.random.default_rng(0).integers(len(values), size=(DRAWS, len(values)))
    low, high = np.quantile(values[drawn].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def difference(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return a mean and half the width of its interval."""
    low, high = interval(values)
    return float(values.mean()), (high - low) / 2


def in_words(values: NDArray[np.float64]) -> str:
    """Write a mean with its interval."""
    return "{:.3f} ({:.3f} to {:.3f})".format(values.mean(), *interval(values)) if len(values) else "none"


def column(found: Found, method: str, number: str) -> NDArray[np.float64]:
    """Return a number of a method, by photograph."""
    return np.array([one[method][number] for one in found.values()])


def side_by_side(found: Found, methods: Sequence[str], title: str) -> list[Table]:
    """Set methods side by side, and less Grad-CAM on the same photograph."""
    rows = {
        method: [(float(column(found, method, number).mean()), float(column(found, method, number).std()))
                 for number in NUMBERS]
        for method in methods
    }  # fmt: skip
    note = (
        f"Mean and standard deviation over {len(found)} photographs, the predicted class. Deletion: area under the "
        "curve of the probability while the most important pixels are replaced by the mean color, smaller is better; "
        "insertion: while they are inserted into a blurred picture, larger is better; 28 steps each. ROAD: the "
        "probability without the least important pixels minus that without the most important ones, imputed from "
        "their neighbors, larger is better. Gini: how few pixels hold the heatmap. MARGIN's recipes ask about the "
        "same masks once, so only the first of them states its seconds in full."
    )
    paired = {
        method: [difference(column(found, method, number) - column(found, GRAD_CAM, number)) for number in NUMBERS[:-1]]
        for method in methods
        if method != GRAD_CAM
    }
    return [
        Table(title, ("deletion", "insertion", "ROAD", "Gini", "seconds"), rows, note),
        Table(
            f"{title}, less Grad-CAM's on the same photograph", ("deletion", "insertion", "ROAD", "Gini"), paired,
            "Mean difference ± half the width of its 95 % paired bootstrap interval: a difference larger than that is "
            "statistically significant.",
        ),
    ]  # fmt: skip


def of_photographs(found: Found, seen: int) -> tuple[list[Line], list[Table]]:
    """Sum photographs up: the methods that every one was measured by, and all methods where there are all."""
    everywhere = [method for method in METHODS if all(method in one for one in found.values())]
    whole = {file: one for file, one in found.items() if set(METHODS) <= set(one)}
    shown = side_by_side(found, everywhere, f"Faithfulness on {len(found)} photographs")
    if 0 < len(whole) < len(found):
        shown += side_by_side(whole, list(METHODS), f"All methods, on {len(whole)} of them")
    n = len(found)
    lines = []
    for number, sign, word in (("deletion", 1, "below"), ("insertion", -1, "above")):
        better = sign * (column(found, GRAD_CAM, number) - column(found, MARGIN, number))
        lines.append(
            Line(f"{number} area of the default heatmap {word} Grad-CAM's, lower end of the interval",
                 interval(better)[0], "",
                 f"Mean difference, with its 95 % paired bootstrap interval: {in_words(better)}; over"
                 f" those on which nothing was chosen: {in_words(better[seen:])}.", n, target=0.0, at_least=True),
        )  # fmt: skip
    lines.append(
        Line("Gini index of the default heatmap", float(column(found, MARGIN, "gini").mean()), "",
             "Mean over photographs.", n, target=0.6, at_least=True),
    )  # fmt: skip
    return lines, shown


@dataclass(frozen=True)
class Patch:
    """A black box that looks at one patch: the more of it is as it was, the likelier class 1."""

    picture: Picture
    place: tuple[slice, slice]
    fingerprint: str

    def probabilities(self, inputs: Any) -> NDArray[np.float64]:
        """Predict."""
        there = self.picture[self.place].astype(float)
        left = (np.abs(np.asarray(inputs, dtype=float)[:, *self.place] - there) < 8).mean(axis=(1, 2))
        p = 0.05 + 0.9 * left
        return np.stack([1 - p, p], axis=1)


def planted(seed: int, side: int = 64, patch: int = 16) -> Patch:
    """Draw a textured picture with a brighter patch somewhere."""
    drawn = np.random.default_rng(seed)
    picture = drawn.integers(60, 120, (side, side), dtype=np.uint8)
    top, left = drawn.integers(0, side - patch, 2).tolist()
    place = (slice(top, top + patch), slice(left, left + patch))
    picture[place] = drawn.integers(190, 250, (patch, patch))
    return Patch(picture, place, f"patch {seed}")


def pointing(task: Saliency, pictures: int) -> tuple[float, NDArray[np.float64]]:
    """Return how often the peak of the heatmap lies in the planted patch, and how much of S lies in it."""
    peaks, masses = [], []
    for seed in range(pictures):
        model = planted(seed)
        found = explain(task, Study.build(inputs=model.picture[None], model=model))
        inside = np.zeros(model.picture.shape, dtype=bool)
        inside[model.place] = True
        peaks.append(bool(inside.flat[found.heatmap.argmax()]))
        dense = np.maximum(found.resize_to_picture("saliency"), 0)
        masses.append(float(dense[inside].sum() / dense.sum()))
    return float(np.mean(peaks)), np.array(masses)


def of_planted(pictures: int) -> list[Line]:
    """Measure the pointing game, for the default and as printed."""
    lines = []
    targets = {"the default": (1.0, 0.6), "the method as printed": (None, None)}
    for name, task in (("the default", Saliency()), ("the method as printed", Saliency.as_printed())):
        share, masses = pointing(task, pictures)
        at_peak, in_mass = targets[name]
        lines.append(
            Line(f"peak of the heatmap in the planted patch, {name}", share, "",
                 "Share of textured pictures of 64 x 64 with a patch of 16 x 16 that alone decides.", pictures,
                 target=at_peak, at_least=True),
        )  # fmt: skip
        lines.append(
            Line(f"mass of S in the planted patch, {name}", float(masses.mean()), "",
                 f"Mean share; at least {masses.min():.2f} in every picture.", pictures,
                 target=in_mass, at_least=True),
        )  # fmt: skip
    return lines


def main() -> None:
    """Measure, and keep what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, help="folder of photographs")
    parser.add_argument("--kept", type=Path, default=Path("saliency-photos.json"), help="where numbers are kept")
    parser.add_argument(
        "--methods", nargs="*", choices=list(METHODS), default=list(METHODS), help="measured where missing"
    )
    parser.add_argument("--skip", type=int, default=0, help="photographs passed over, the first by name")
    parser.add_argument("--most", type=int, default=10_000, help="photographs measured, those that follow")
    parser.add_argument(
        "--seen",
        type=int,
        default=15,
        help="first photographs, by name, among which those are that the default was chosen on",
    )
    parser.add_argument("--planted", type=int, default=PLANTED, help="textured pictures with a patch")
    parser.add_argument("--dry", action="store_true", help="print only; keep no result")
    asked = parser.parse_args()
    watch = Watch("0 to 199 for the planted patches; every method draws the same numbers every time")
    lines, tables = of_planted(asked.planted), []
    if asked.photos is not None:
        found = photographs(asked.photos, asked.methods, asked.kept, slice(asked.skip, asked.skip + asked.most))
        more, tables = of_photographs(found, asked.seen)
        lines = lines + more
    part = Part(
        "saliency", "Saliency",
        "EfficientNet-Lite0 on photographs; and black-box models that depend on one planted patch.",
        tuple(lines), tuple(tables), watch.circumstances(),
    )  # fmt: skip
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
