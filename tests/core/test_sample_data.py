"""The bundled studies: honest, licensed, consistent with their model, and made again bit for bit."""

import re
import subprocess
import sys
import tomllib
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from margin_core.archive import read_npz
from margin_core.study.models import load_model

SAMPLE_DATA = Path(__file__).resolve().parents[2] / "sample_data"
SHAPES = {"digits": (1797, 8, 8), "fashion": (4000, 28, 28)}
NUMBERS = ("study.npz", "model.safetensors", "truth.npz")


@pytest.fixture(params=sorted(SHAPES), scope="module")
def study(request):
    return request.param


@pytest.fixture(scope="module")
def arrays(study):
    return read_npz(SAMPLE_DATA / study / "study.npz")


@pytest.fixture(scope="module")
def truth(study):
    return read_npz(SAMPLE_DATA / study / "truth.npz")


def sums_in(readme: Path) -> dict[str, str]:
    return dict(re.findall(r"\| `([\w.]+)` \| `([0-9a-f]{64})` \|", readme.read_text(encoding="utf-8")))


def test_all_parts_line_up(study, arrays):
    count, height, width = SHAPES[study]
    assert arrays["inputs"].shape == (count, height, width)
    assert arrays["inputs"].dtype == np.uint8
    assert arrays["labels"].shape == (count,)
    assert len(set(arrays["ids"])) == count
    assert len(arrays["class_names"]) == 10
    assert arrays["embedding"].shape == (count, 64)
    assert arrays["embedding"].dtype == arrays["probabilities"].dtype == np.float32
    np.testing.assert_allclose(arrays["probabilities"].sum(1), 1, atol=1e-5)


def test_six_percent_of_the_labels_are_wrong_and_the_truth_is_kept_apart(arrays, truth):
    wrong = arrays["labels"] != truth["labels"]
    assert wrong.sum() == round(0.06 * len(wrong))
    assert set(arrays) == {"inputs", "labels", "class_names", "ids", "embedding", "probabilities"}
    np.testing.assert_array_equal(arrays["ids"], truth["ids"])
    steps = (arrays["labels"] - truth["labels"])[wrong] % 10
    assert len(set(steps.tolist())) == 9


def test_fashion_has_as_many_of_each_kind():
    truth = read_npz(SAMPLE_DATA / "fashion" / "truth.npz")
    assert np.bincount(truth["labels"]).tolist() == [400] * 10


def test_the_network_gives_the_embedding_and_did_not_learn_the_wrong_labels(study, arrays, truth):
    settings = tomllib.loads((SAMPLE_DATA / study / "study.toml").read_text(encoding="utf-8"))
    architecture, _, weights = settings["model"].partition(":")
    model = load_model(architecture, weights=SAMPLE_DATA / study / weights)
    rows = np.random.default_rng(0).choice(len(arrays["labels"]), 500, replace=False)
    embedding, probabilities = model.both(arrays["inputs"][rows])
    np.testing.assert_allclose(embedding, arrays["embedding"][rows], atol=1e-4)
    assert model.class_names == tuple(arrays["class_names"])
    wrong = (arrays["labels"] != truth["labels"])[rows]
    repeated = probabilities.argmax(1)[wrong] == arrays["labels"][rows][wrong]
    assert repeated.mean() < 0.1


def test_both_parts_point_at_the_wrong_labels(arrays, truth):
    """The samples that look most wrong, as many as there are wrong ones, are mostly wrong ones."""
    labels, count = arrays["labels"], round(0.06 * len(arrays["labels"]))
    wrong = labels != truth["labels"]
    confidence = arrays["probabilities"][np.arange(len(labels)), labels]
    points = arrays["embedding"].astype(np.float64)
    squares = (points**2).sum(1)
    distances = squares[:, None] - 2 * points @ points.T + squares
    np.fill_diagonal(distances, np.inf)
    nearest = np.argpartition(distances, 20, axis=1)[:, :20]
    agreement = (labels[nearest] == labels[:, None]).mean(1)
    for trust in (confidence, agreement):
        assert wrong[np.argsort(trust, kind="stable")[:count]].mean() > 0.7


def test_the_licence_lies_beside_and_the_checksums_hold(study):
    folder = SAMPLE_DATA / study
    assert {"digits": "Redistribution and use", "fashion": "MIT License"}[study] in (folder / "LICENSE").read_text()
    assert sums_in(folder / "README.md") == {name: sha256((folder / name).read_bytes()).hexdigest() for name in NUMBERS}


def test_all_of_it_stays_small():
    shipped = [path for folder in ("digits", "fashion") for path in (SAMPLE_DATA / folder).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in shipped) < 15_000_000


@pytest.mark.slow
def test_digits_are_made_again_bit_for_bit(tmp_path):
    script = [sys.executable, str(SAMPLE_DATA / "make.py"), "digits", "--out", str(tmp_path)]
    subprocess.run(script, check=True, cwd=SAMPLE_DATA.parent)
    assert sums_in(tmp_path / "README.md") == sums_in(SAMPLE_DATA / "digits" / "README.md")
    for name in (*NUMBERS, "study.toml"):
        assert (tmp_path / name).read_bytes() == (SAMPLE_DATA / "digits" / name).read_bytes(), name
