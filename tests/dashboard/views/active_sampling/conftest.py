"""A study without any label, with classes and its first batch, as the dashboard opens it."""

import numpy as np
import pytest

from dashboard.study.registry import OpenRequest
from margin_core.cli import main
from margin_core.storage.workspace import Workspace
from margin_core.study.named_classes import record_named_classes

BATCH = ["--task", "active_sampling", "--set", "strategy=influence_coverage", "--set", "batch=20"]


@pytest.fixture(scope="session")
def unlabeled_folder(tmp_path_factory, planted):
    folder = tmp_path_factory.mktemp("unlabeled")
    inputs = np.random.default_rng(1).integers(0, 256, (90, 8, 8), dtype=np.uint8)
    ids = np.array([f"sample {number:02d}" for number in range(90)])
    np.savez(folder / "pets.npz", inputs=inputs, embedding=np.asarray(planted.study.embedding), ids=ids)
    assert main(["prepare", str(folder / "pets.npz"), *BATCH]) == 0
    return folder


@pytest.fixture
def bare(unlabeled_folder, tmp_path, studies):
    """Open the study without a label, in a registry of its own; no class is named."""
    import shutil

    folder = tmp_path / "data"
    shutil.copytree(unlabeled_folder, folder, dirs_exist_ok=True)
    return studies.opened(studies.open(OpenRequest(folder / "pets.npz")))


@pytest.fixture
def unlabeled(bare, studies):
    """Open the study without a label, with two classes."""
    record_named_classes(Workspace.at(bare.audited.opened.workspace.folder), ["cat", "dog"])
    studies.name_classes(bare.key, ["cat", "dog"])
    return studies.study(bare.key)
