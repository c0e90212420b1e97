"""Two halves of blobs, the later one shifted and with a class of its own, opened as a study and its reference."""

import numpy as np
import pytest

from dashboard.study.registry import OpenRequest
from dashboard.views.new_data.data import TASK
from margin_core.cli import main

CLASSES = np.array(["cat", "dog", "owl"])


def write(path, sizes, shift=0.0, seed=0, **parts):
    """Write blobs of so many samples a class, the second of which is shifted."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    points = random.normal(size=(len(labels), 4)) + 9 * np.eye(4)[labels] + shift * (labels == 1)[:, None]
    np.savez(path, **{"embedding": points.astype(np.float32), "labels": CLASSES[labels]} | parts)
    return path


@pytest.fixture
def compared(studies, tmp_path):
    """Open a study that is compared with another, and is prepared."""

    def compared(reference=(), **parts):
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        new = write(folder / "new.npz", (40, 40, 15), 2.0, **parts)
        old = write(folder / "old.npz", (80, 80), seed=1, **dict(reference))
        assert main(["prepare", str(new), "--against", str(old), "--task", TASK.name]) == 0
        return studies.opened(studies.open(OpenRequest(new, against=old.resolve())))

    return compared
