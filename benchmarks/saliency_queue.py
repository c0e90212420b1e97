"""A queue of 1,000 pictures: memory, size and speed of the process that makes the heatmaps, and what it repeats.

Pictures are crops of those that come with scikit-image. The process is the dashboard's own (``margin saliency SOURCE
--serve``), begun by this file in order to count what it asks the network, and to ask about fewer unions than the
dashboard: what a heatmap costs beyond its evaluations stays the same.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from pages import keep
from PIL import Image
from record import Line, Part, Watch, plain
from skimage import data

from margin_core.cli import main as margin
from margin_core.study.models import runtime
from margin_core.study.models.onnx_model import OnnxModel
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.worker.heatmaps import Heatmaps
from margin_core.tasks.saliency.worker.request import SaliencyRequest

SIDE = 224
PICTURES = 1_000
EARLY = 100
"""The picture at which memory is measured first."""

AROUND = 20
"""Pictures over which memory is measured: from so many before that one on, the median."""

INTERRUPTED = 30
"""Pictures of the second queue, whose process is killed halfway."""

EVALUATIONS = 16
"""Unions a heatmap. The dashboard asks 600 times, which would take three hours here."""

EVERY = 5
"""MARGIN's heatmap, most of whose time goes into cutting, is made of one picture in so many; Grad-CAM's of all."""

SEED = 0


def write_pictures(folder: Path, count: int) -> None:
    """Write crops of five photographs, no two alike, one folder a photograph."""
    drawn = np.random.default_rng(SEED)
    photographs = {
        name: getattr(data, name)() for name in ("astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field")
    }
    for number in range(count):
        name, photograph = list(photographs.items())[number % len(photographs)]
        height, width = photograph.shape[:2]
        side = int(drawn.integers(SIDE // 2, min(height, width)))
        top, left = drawn.integers(height - side + 1), drawn.integers(width - side + 1)
        crop = Image.fromarray(photograph[top : top + side, left : left + side]).resize((SIDE, SIDE))
        (folder / name).mkdir(parents=True, exist_ok=True)
        crop.save(folder / name / f"{number:04d}.png")


# -- the process ---------------------------------------------------------------------------------


def serve(arguments: Sequence[str]) -> None:
    """Be the dashboard's process, counting evaluations into standard error, with fewer unions a heatmap."""
    ask, recipe = runtime.predict_prepared, Heatmaps.recipe

    def counting(model: TorchModel | OnnxModel, prepared: NDArray[np.float32]) -> NDArray[np.float64]:
        print(len(prepared), file=sys.stderr, flush=True)
        return ask(model, prepared)

    runtime.predict_prepared = counting
    Heatmaps.recipe = lambda *given, **named: replace(recipe(*given, **named), evaluations=EVALUATIONS)
    sys.exit(margin(["saliency", *arguments, "--serve"]))


@dataclass(frozen=True)
class Answered:
    """One picture, all its heatmaps."""

    seconds: float
    memory: float


class Process:
    """The dashboard's process, as the dashboard speaks with it."""

    def __init__(self, source: Path, workspace: Path) -> None:
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115  closed in `end`
        arguments = [str(source), "--model", "efficientnet-lite0", "--workspace", str(workspace)]
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--serve", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, text=True,
        )  # fmt: skip
        self._number = 0

    def answer(self, row: int, every: int = EVERY) -> Answered:
        """Have the heatmaps of a picture made."""
        start = time.perf_counter()
        for method in ("margin", "grad_cam") if row % every == 0 else ("grad_cam",):
            self.request(SaliencyRequest("heatmap", row, method))
            self.wait()
        return Answered(time.perf_counter() - start, self.memory)

    def request(self, request: SaliencyRequest) -> None:
        """Send a request."""
        self._number += 1
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"number": self._number, "request": asdict(request)}) + "\n")
        self._process.stdin.flush()

    def wait(self, until: str = "done") -> None:
        """Wait until the request that was sent last is computed, or its progress says some words."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message = json.loads(line)
            if "failed" in message:
                raise RuntimeError(message["failed"])
            if "done" in message or message.get("text", "").startswith(until):
                return
        self._said.seek(0)
        raise RuntimeError(self._said.read()[-2000:])

    @property
    def memory(self) -> float:
        """Resident memory in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))

    def end(self, by: signal.Signals | None = None) -> int:
        """End it, and give the number of evaluations that it asked for."""
        assert self._process.stdin is not None
        if by is not None:
            self._process.send_signal(by)
        self._process.stdin.close()
        self._process.wait()
        self._said.seek(0)
        asked = sum(int(line) for line in self._said.read().split("\n") if line.strip().isdecimal())
        self._said.close()
        return asked


# -- what is measured ----------------------------------------------------------------------------


def interrupted(source: Path, workspace: Path, count: int) -> tuple[int, int]:
    """Kill the process halfway, and go on: evaluations altogether, and of the whole queue without that."""
    asked = 0
    half = count // 2
    for rows, ended in ((range(half), signal.SIGKILL), (range(count), None)):
        process = Process(source, workspace)
        for row in rows:
            process.answer(row, 1)
        if ended is not None:
            process.request(SaliencyRequest("heatmap", half, "margin"))  # It dies in the middle of one more.
            process.wait("Asking the model")
        asked += process.end(ended)
    whole = count * (EVALUATIONS + 2)  # the unions, the sample itself, and once more to see what it is
    return asked, whole


def size_on_disk(workspace: Path, name: str) -> list[float]:
    """Return the kB that each kept step of a name takes, by the blocks of its files."""
    return [
        sum(os.stat(path).st_blocks / 2 for path in (step, *step.iterdir()))
        for step in (workspace / "steps").glob(f"{name}-*")
    ]


def measured(count: int, folder: Path) -> tuple[Line, ...]:
    """Measure it all."""
    few = min(INTERRUPTED, count)
    for name, number in (("queue", count), ("short", few)):
        write_pictures(folder / name, number)
    workspace = folder / "queue.margin"
    process = Process(folder / "queue", workspace)
    found = [process.answer(row) for row in range(count)]
    asked = process.end()
    again = Process(folder / "queue", workspace)
    again.answer(0)  # opens the study
    kept = [again.answer(row) for row in range(count)]
    asked_again = again.end()
    early = min(EARLY, count // 2)
    before, after = (
        median(one.memory for one in found[max(at - AROUND, 0) : at]) for at in (early, count)
    )  # fmt: skip
    first, second = sum(one.seconds for one in found[1:]), sum(one.seconds for one in kept)
    altogether, whole = interrupted(folder / "short", folder / "short.margin", few)
    heatmaps = size_on_disk(workspace, "saliency_heatmap")
    return (
        Line(f"memory at picture {early:,}", before, "MB",
             f"Resident, the whole process, between two pictures; median of the {AROUND} pictures before."),
        Line(f"memory at picture {count:,}", after, "MB", "The same, in the same process."),
        Line("what it grew by", 100 * abs(after / before - 1), "%", "The second beside the first, up or down.",
             target=5.0),
        Line.of("one picture", [one.seconds for one in found[1:]], "s",
                f"Grad-CAM of each, MARGIN of {EVALUATIONS} unions of every {EVERY}th; reading the file included. "
                f"{asked:,} evaluations besides those of Grad-CAM."),
        Line(f"all {count:,} pictures", first, "s", "The first, which waits for the model, left out."),
        Line(f"all {count:,} pictures once more", second, "s",
             f"By another process, from the workspace; {asked_again:,} evaluations."),
        Line("times as fast", first / second, "", "The first time beside the second."),
        Line("evaluations repeated after a kill", 100 * (altogether / whole - 1), "%",
             f"{few} pictures; killed (kill -9) in the middle of the heatmap after the {few // 2}th, restarted with "
             f"the whole queue: {altogether:,} evaluations where {whole:,} are needed. The interrupted heatmap is "
             "recomputed.",
             target=5.0),
        Line.of("one heatmap on disk", heatmaps, "kB", "With its folder, in blocks of the file system."),
    )  # fmt: skip


def main() -> None:
    """Measure, and keep what was found; with ``--serve`` be the process."""
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--dry", action="store_true", help="print only; keep no result")
    asked = parser.parse_args()
    watch = Watch(str(SEED))
    with tempfile.TemporaryDirectory() as folder:
        lines = measured(asked.pictures, Path(folder))
    part = Part(
        "saliency_queue", "A queue of heatmaps",
        f"EfficientNet-Lite0, {asked.pictures:,} crops of photographs, 224 x 224, by the dashboard's own process.",
        lines, (), watch.circumstances(),
    )  # fmt: skip
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
