"""The bundled studies: honest, licensed, consistent with their model, and made again alike."""

import re
import subprocess
import sys
import tomllib
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from margin_core.storage.archive import read_npz
from margin_core.study import load_study
from margin_core.study.models import load_model

SAMPLE_DATA = Path(__file__).resolve().parents[2] / "sample_data"
SHAPES = {"digits": (1797, 8, 8), "fashion": (4000, 28, 28)}
NUMBERS = ("study.npz", "model.safetensors", "truth.npz")
EXACT = ("inputs", "ids", "labels, correct", "labels, as given", "fifths")
"""What no processor rounds."""


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
    return dict(re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", readme.read_text(encoding="utf-8")))


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


@pytest.mark.slow
def test_both_parts_point_at_the_wrong_labels(arrays, truth):
    """The samples that look most wrong, as many as there are wrong ones, are mostly wrong ones."""
    labels, count = arrays["labels"], round(0.06 * len(arrays["labels"]))
    wrong = labels != truth["labels"]
    confidence = arrays["probabilities"][np.arange(len(labels)), labels]
    agreement = (labels[neighbors(arrays["embedding"])] == labels[:, None]).mean(1)
    for trust in (confidence, agreement):
        assert wrong[np.argsort(trust, kind="stable")[:count]].mean() > 0.7


def test_the_license_lies_beside_and_the_checksums_hold(study):
    folder = SAMPLE_DATA / study
    assert {"digits": "Redistribution and use", "fashion": "MIT License"}[study] in (folder / "LICENSE").read_text()
    sums = sums_in(folder / "README.md")
    assert set(sums) == {*NUMBERS, *EXACT}
    assert {name: sums[name] for name in NUMBERS} == {
        name: sha256((folder / name).read_bytes()).hexdigest() for name in NUMBERS
    }


def test_the_checksums_of_what_is_exact_hold(study, arrays, truth):
    sums = sums_in(SAMPLE_DATA / study / "README.md")
    held = {
        "inputs": arrays["inputs"], "ids": arrays["ids"],
        "labels, as given": arrays["labels"], "labels, correct": truth["labels"],
    }  # fmt: skip
    assert {name: sums[name] for name in held} == {
        name: sha256(values.tobytes()).hexdigest() for name, values in held.items()
    }


def test_all_of_it_stays_small():
    shipped = [path for folder in ("digits", "fashion") for path in (SAMPLE_DATA / folder).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in shipped) < 15_000_000


def neighbors(points: np.ndarray) -> np.ndarray:
    points = points.astype(np.float64)
    squares = (points**2).sum(1)
    distances = squares[:, None] - 2 * points @ points.T + squares
    np.fill_diagonal(distances, np.inf)
    return np.argpartition(distances, 20, axis=1)[:, :20]


@pytest.mark.slow
def test_digits_made_again_are_the_same_and_their_network_does_the_same(tmp_path):
    """What is drawn is the same to the bit; what is trained, up to what another rounding makes of it.

    Measured between roundings (other vector units, other kernels): predictions agree for 99.7 % and more,
    probabilities are 0.001 to 0.016 apart in the mean. Another seed: 98 %, and 0.07 to 0.08.
    """
    script = [sys.executable, str(SAMPLE_DATA / "make.py"), "digits", "--out", str(tmp_path)]
    subprocess.run(script, check=True, cwd=SAMPLE_DATA.parent)
    kept = SAMPLE_DATA / "digits"
    for name in ("truth.npz", "study.toml"):
        assert (tmp_path / name).read_bytes() == (kept / name).read_bytes(), name
    again, before = sums_in(tmp_path / "README.md"), sums_in(kept / "README.md")
    assert {name: again[name] for name in EXACT} == {name: before[name] for name in EXACT}
    made, arrays = read_npz(tmp_path / "study.npz"), read_npz(kept / "study.npz")
    assert {name: (values.dtype, values.shape) for name, values in made.items()} == {
        name: (values.dtype, values.shape) for name, values in arrays.items()
    }
    for name in ("inputs", "labels", "class_names", "ids"):
        np.testing.assert_array_equal(made[name], arrays[name])

    truth = read_npz(kept / "truth.npz")["labels"]
    networks = [load_model("small_cnn", weights=folder / "model.safetensors") for folder in (tmp_path, kept)]
    (points, ours), (_, theirs) = (network.both(arrays["inputs"]) for network in networks)
    np.testing.assert_allclose(points, made["embedding"], atol=1e-4)
    for now, then in ((made["probabilities"], arrays["probabilities"]), (ours, theirs)):
        assert (now.argmax(1) == then.argmax(1)).mean() > 0.985
        assert (np.abs(now - then).sum(1) / 2).mean() < 0.04
        assert abs((now.argmax(1) == truth).mean() - (then.argmax(1) == truth).mean()) < 0.01
    alike = [
        (truth[neighbors(one["embedding"])] == truth[:, None]).mean() for one in (made, arrays)
    ]  # fmt: skip
    assert abs(alike[0] - alike[1]) < 0.01


TRASHNET = SAMPLE_DATA / "trashnet"


@pytest.fixture(scope="module")
def photographs():
    return load_study(TRASHNET)


@pytest.mark.slow
def test_the_photographs_are_those_of_six_classes_with_outputs_of_their_model(photographs):
    assert len(photographs) == 2527
    assert photographs.class_names == ("cardboard", "glass", "metal", "paper", "plastic", "trash")
    assert photographs.embedding.shape == (2527, 256)
    assert photographs.probabilities.shape == (2527, 6)
    assert photographs.out_of_sample
    size = sum(path.stat().st_size for path in TRASHNET.rglob("*") if path.is_file())
    assert size < 15e6


def test_five_percent_of_their_labels_are_wrong_and_nothing_but_the_truth_tells(photographs):
    truth = read_npz(TRASHNET / "truth.npz")
    np.testing.assert_array_equal(truth["ids"], photographs.ids)
    wrong = truth["labels"] != photographs.labels
    assert wrong.sum() == round(0.05 * len(wrong))
    assert np.bincount(truth["labels"]).tolist() == [403, 501, 410, 594, 482, 137]
    drawn = {"ids": truth["ids"], "labels, correct": truth["labels"], "labels, as given": photographs.labels}
    found = {name: sha256(np.ascontiguousarray(values).tobytes()).hexdigest() for name, values in drawn.items()}
    assert found == sums_in(TRASHNET / "README.md")
    # Names and places of the pictures say nothing: a file is named by its place, and classes are mixed.
    places = np.arange(len(wrong))
    means = [places[truth["labels"] == number].mean() for number in range(6)]
    assert np.ptp(means) < 0.1 * len(wrong)


@pytest.mark.slow
def test_their_network_predicts_as_its_features_say_and_did_not_learn_the_wrong_labels(photographs):
    truth = read_npz(TRASHNET / "truth.npz")["labels"]
    rows = np.random.default_rng(0).choice(len(truth), 40, replace=False)
    pictures = [np.asarray(photographs.inputs[int(row)]) for row in rows]
    predicted = photographs.model.probabilities(pictures).argmax(axis=1)
    assert photographs.model.class_names == photographs.class_names
    assert np.mean(predicted == truth[rows]) > 0.7
    held_out = photographs.probabilities.argmax(axis=1)
    assert np.mean(held_out == truth) == pytest.approx(0.842, abs=0.001)
    wrong = truth != photographs.labels
    assert np.mean(held_out[wrong] == photographs.labels[wrong]) < 0.1
