"""How fast a folder of pictures is embedded: beside the runtime alone, and from the command to a ranked queue.

Measure it on a machine that does nothing else. The photographs are those of the bundled study, enlarged.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from pages import keep
from PIL import Image
from record import Line, Part, Watch, plain

from margin_core.study.features.batch_calls import FEW_PICTURES
from margin_core.study.inputs.pictures import read_picture
from margin_core.study.models import load_model
from margin_core.study.models.cores import map_on_cores
from margin_core.study.models.runtime import find_exported
from margin_core.study.models.torch_model import BATCH, TorchModel

PHOTOGRAPHS = Path(__file__).resolve().parents[1] / "sample_data" / "trashnet" / "pictures"
N_PHOTOGRAPHS, PHOTOGRAPH = 398, (500, 400)
N_SMALL, SMALL = 10_000, (32, 32)
REPEATS = 3
MODEL = "efficientnet-lite0"


def write_folder(folder: Path, n: int, size: tuple[int, int], suffix: str) -> list[Path]:
    """Write n pictures of one size in class folders; where there are too few photographs, other sections of them."""
    found = sorted(path for path in PHOTOGRAPHS.rglob("*.jpg"))
    rng = np.random.default_rng(0)
    written = []
    for number in range(n):
        source = found[int(rng.integers(len(found)))]
        width, height = size[0] * 9 // 8, size[1] * 9 // 8
        left, top = int(rng.integers(width - size[0] + 1)), int(rng.integers(height - size[1] + 1))
        with Image.open(source) as image:
            enlarged = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
        path = folder / f"class {number % 6}" / f"{number}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        enlarged.crop((left, top, left + size[0], top + size[1])).save(path, quality=90)
        written.append(path)
    return written


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def shares(paths: list[Path]) -> tuple[list[float], list[float], list[float]]:
    """Return pictures a second as embedded, and as shares of what runtime and decoders, and the runtime alone, allow.

    By turns: a machine may be half as fast a minute later.
    """
    model = load_model(MODEL)
    if not isinstance(model, TorchModel):
        raise TypeError("A torch network is measured here.")
    network = find_exported(model)
    if network is None:
        raise RuntimeError("The network is not run by onnxruntime here.")
    prepare = model.preparation
    batches = [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]

    def read(batch: list[Path]) -> np.ndarray:
        return np.stack([prepare.resize(read_picture(path, path.name)) for path in batch])

    decoded = list(map_on_cores(read, batches))
    prepared = [prepare(pictures).numpy() for pictures in decoded]
    speeds, beside, alone = [], [], []
    for _ in range(REPEATS):
        forward = timed(lambda: list(map_on_cores(network.outputs, prepared)))
        decoding = timed(lambda: list(map_on_cores(lambda batch: prepare(read(batch)), batches)))
        whole = timed(lambda: list(map_on_cores(lambda batch: network.outputs(prepare(read(batch)).numpy()), batches)))
        forward = min(forward, timed(lambda: list(map_on_cores(network.outputs, prepared))))
        speeds.append(len(paths) / whole)
        beside.append((forward + decoding) / whole)
        alone.append(forward / whole)
    return speeds, beside, alone


def opened(folder: Path) -> tuple[float, float, float]:
    """Return seconds from the command to a ranked queue: wall, user and system."""
    with tempfile.TemporaryDirectory() as out:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "margin_core", "audit", str(folder), "--task", "label_flips", "--quiet"]
        seconds = timed(
            lambda: subprocess.run(
                [*command, "--workspace", f"{out}/w.margin", "--out", f"{out}/found"],
                check=True,
                capture_output=True,
                env=os.environ | {"PYTHONPATH": str(PHOTOGRAPHS.parents[2])},
            )
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime


def main() -> None:
    """Measure, and keep what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry", action="store_true", help="print only; keep no result")
    parser.add_argument("--small", type=int, default=N_SMALL, help="so many small pictures")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        photographs = write_folder(folder / "photographs", N_PHOTOGRAPHS, PHOTOGRAPH, "jpg")
        small = write_folder(folder / "small", asked.small, SMALL, "png")
        watch = Watch("none")
        speeds, beside, alone = shares(photographs)
        speeds_small, beside_small, alone_small = shares(small[:400])
        opening = [opened(folder / "photographs") for _ in range(REPEATS)]
        many = opened(folder / "small")
    finally:
        shutil.rmtree(folder)
    size = f"{PHOTOGRAPH[0]} x {PHOTOGRAPH[1]}"
    lines = (
        Line.of(f"photographs of {size}, embedded", speeds, "per second",
                "JPEG files; decoded, resized and computed by onnxruntime, one thread a core."),
        Line("share of what the runtime can do with decoding beside it", median(beside), "",
             "The time for the network alone, on pictures that are prepared already, and for decoding alone, added, "
             "over the time for both at once; all three on all cores, by turns.", REPEATS, target=0.9, at_least=True),
        Line("share of what the runtime can do alone", median(alone), "",
             "The same without the time for decoding: on two cores, decoding such a JPEG takes a sixth of the time.",
             REPEATS),
        Line.of("pictures of 32 x 32, embedded", speeds_small, "per second", "The same for small PNG files."),
        Line("the same: share with decoding beside it", median(beside_small), "", "As above.", REPEATS,
             target=0.9, at_least=True),
        Line("the same: share of the runtime alone", median(alone_small), "", "As above.", REPEATS),
        Line.of(f"{N_PHOTOGRAPHS} photographs, from the command to a ranked queue", [one[0] for one in opening], "s",
                "`margin audit` with a new workspace, in a new process.", target=14.0),
        Line(f"{asked.small:,} pictures of 32 x 32, from the command to a ranked queue", many[0], "s",
             f"The same; {many[1]:.0f} s of user and {many[2]:.1f} s of system time.",
             target=200.0 * asked.small / N_SMALL),
        Line("its system time as a share of its user time", many[2] / many[1], "",
             "System time is memory that goes back and forth, and threads that are put to sleep and woken.",
             target=0.15),
    )  # fmt: skip
    about = f"EfficientNet-Lite0, 224 x 224; studies of more than {FEW_PICTURES} pictures."
    part = Part("embedding", "Embedding pictures", about, lines, (), watch.circumstances())
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
