"""A study of 100,000 pictures, prepared as `margin prepare` does, for the measurements in the browser."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from data import digits_pictures, enlarged, fashion_is_here, fashion_pictures, planted, principal
from serving import margin, quiet_environment

from margin_core.domain import every_sample
from margin_core.projection import umap_map
from margin_core.storage.fingerprint import fingerprint
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source
from margin_core.tasks import LabelFlips

SEED = 3
FLIPPED = 0.02
DIMENSIONS = 64
LONGEST = 1800.0


@dataclass(frozen=True)
class BigStudy:
    """Where the study is, and its size."""

    source: Path
    workspace: Path
    n: int

    @property
    def options(self) -> tuple[str | Path, ...]:
        """Options of `margin open`."""
        return ("--workspace", self.workspace)


def big_study(folder: Path, n: int) -> BigStudy:
    """Make the study and its workspace, or take what an earlier run left in the folder."""
    study = BigStudy(folder / f"pictures-{n}.npz", folder / f"pictures-{n}.margin", n)
    if not study.source.is_file():
        _write(study)
    _lay_out_flat(study)
    subprocess.run(
        margin("prepare", study.source, *study.options), check=True, timeout=LONGEST, env=quiet_environment()
    )
    return study


def _write(study: BigStudy) -> None:
    original = fashion_pictures() if fashion_is_here() else digits_pictures()
    pictures = enlarged(original, study.n, seed=SEED)
    data = planted(principal(pictures.pixels, DIMENSIONS), pictures.labels, share=FLIPPED, seed=SEED)
    study.source.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        study.source, inputs=pictures.pixels, labels=data.labels, embedding=data.features,
        class_names=np.array([f"class {number}" for number in range(10)]),
    )  # fmt: skip


def _lay_out_flat(study: BigStudy) -> None:
    """Place the first two principal components where the map is looked for.

    UMAP takes minutes for 100,000 points and is measured elsewhere (`speed.py`); how fast a map is shown does not
    depend on how it was laid out. The key is the one that `margin_core.projection.compute_map` asks for.
    """
    workspace = Workspace.at(study.workspace)
    domain = every_sample(open_source(study.source, workspace=workspace).study)
    key = fingerprint(umap_map.VERSION, umap_map.SEED, LabelFlips().graph, domain.fingerprint)
    flat = np.asarray(domain.points[:, :2], dtype=np.float32)
    low, high = flat.min(axis=0), flat.max(axis=0)
    workspace.step("map", key, lambda: {"positions": (flat - (low + high) / 2) * (1.96 / (high - low).max())})
