"""Slices through three samples, where the predictions of the model are known."""

import numpy as np
import pytest
from planted import blobs

from margin_core import Study
from margin_core.errors import Cancelled, MissingPart, ModelError, NotComputed
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.tasks.decision_boundary.slice import GRID_SIDE, compute_slice, slice_spaces


class Brightness:
    """Predicts class 1 the more, the brighter a picture is."""

    def __init__(self, names=(), classes=2):
        self.fingerprint, self.class_names, self.classes, self.seen = "brightness", names, classes, []

    def probabilities(self, inputs):
        self.seen.append(np.asarray(inputs))
        p = np.asarray(inputs, dtype=float).reshape(len(inputs), -1).mean(axis=1) / 255
        return np.column_stack([1 - p, p, *[np.zeros(len(p))] * (self.classes - 2)])


def pictures(model=None, **parts):
    shades = np.zeros((3, 2, 2), dtype=np.uint8)
    shades[1] = 200
    shades[2, 0, 0] = 240
    return Study.build(
        inputs=shades, model=model or Brightness(), labels=[0, 1, 0], class_names=["dark", "light"],
        embedding=np.random.default_rng(0).normal(size=(3, 2)), **parts,
    )  # fmt: skip


def at(found, place):
    """Return the probabilities nearest to a place."""
    return found.probabilities[np.abs(found.up - place[1]).argmin(), np.abs(found.across - place[0]).argmin()]


def test_the_model_is_asked_about_mixtures_of_the_pictures():
    model = Brightness()
    found = compute_slice(pictures(model), (0, 1, 2), "inputs")
    np.testing.assert_allclose(found.places[:2], [[0, 0], [1, 0]])
    np.testing.assert_allclose(found.places[2], [0.3, np.sqrt(240**2 - (0.3 * 400) ** 2) / 400])
    spacing = found.across[1] - found.across[0]
    for place, brightness in zip(found.places, (0, 200, 60), strict=True):
        assert at(found, place)[1] == pytest.approx(brightness / 255, abs=spacing)
    np.testing.assert_allclose(found.sample_probabilities[:, 1], np.array([0, 200, 60]) / 255, rtol=1e-6)
    np.testing.assert_allclose(found.probabilities.sum(axis=2), 1, atol=1e-6)
    assert all(shown.dtype == np.uint8 and shown.shape[1:] == (2, 2) for shown in model.seen)
    assert sum(map(len, model.seen)) == GRID_SIDE**2 + 3
    assert np.isnan(found.agreement)


def test_clipping_at_black_or_white_is_reported_and_never_happens_between_the_three():
    found = compute_slice(pictures(), (0, 1, 2), "inputs")
    assert found.cut[0, 0] > 0
    center = found.places.mean(axis=0)
    assert found.cut[np.abs(found.up - center[1]).argmin(), np.abs(found.across - center[0]).argmin()] == 0


def test_outputs_are_put_into_the_order_of_the_classes():
    usual = compute_slice(pictures(), (0, 1, 2), "inputs")
    turned = compute_slice(pictures(Brightness(names=("light", "dark"))), (0, 1, 2), "inputs")
    np.testing.assert_array_equal(turned.probabilities, usual.probabilities[:, :, ::-1])


def test_pictures_of_several_sizes_are_brought_to_one():
    class Files:
        fingerprint = "files"
        made = (np.zeros((4, 6), np.uint8), np.full((8, 2), 200, np.uint8), np.tri(4, 6, dtype=np.uint8) * 250)

        def __len__(self):
            return 3

        def __getitem__(self, row):
            return self.made[row]

    model = Brightness()
    study = Study.build(
        inputs=Files(), model=model, labels=[0, 1, 0], class_names=["dark", "light"], parts={"inputs": "files"}
    )
    compute_slice(study, (0, 1, 2), "inputs")
    assert {shown.shape[1:] for shown in model.seen} == {(4, 6)}


def test_a_slice_through_the_features_is_predicted_by_a_linear_model():
    study = blobs(flips=0, apart=6.0).study
    rows = [int(np.flatnonzero(study.labels == label)[0]) for label in range(3)]
    found = compute_slice(study, rows, "embedding")
    for place, label in zip(found.places, range(3), strict=True):
        assert at(found, place).argmax() == label
    assert found.sample_probabilities.argmax(axis=1).tolist() == [0, 1, 2]
    assert found.agreement > 0.98
    assert (found.cut == 0).all()
    assert found.shares.min() > 0.05 and found.shares.sum() == pytest.approx(1)


def test_with_a_model_the_linear_model_learns_what_it_predicts_and_not_the_labels():
    planted = blobs(flips=20, apart=8.0)
    truth = np.eye(3)[planted.truth]
    study = Study.build(embedding=planted.study.embedding, labels=planted.study.labels, probabilities=truth)
    found = compute_slice(study, [int(np.flatnonzero(planted.truth == label)[3]) for label in range(3)], "embedding")
    assert found.agreement == 1
    assert found.probabilities.max() > 0.95


def test_what_a_slice_can_be_drawn_through():
    assert slice_spaces(pictures()) == ("inputs", "embedding")
    assert slice_spaces(pictures(Brightness(classes=5))) == ("embedding",)
    assert slice_spaces(pictures(Brightness(names=("cat", "dog")))) == ("embedding",)
    assert slice_spaces(blobs().study) == ("embedding",)
    assert slice_spaces(Study.build(embedding=np.eye(3))) == ()


@pytest.mark.parametrize(
    ("study", "rows", "of", "kind", "words"),
    [
        (pictures(), (0, 1, 1), "inputs", ModelError, "These three samples lie on one line"),
        (pictures(), (0, 0, 1), "embedding", ModelError, "These three samples lie on one line"),
        (blobs().study, (0, 40, 80), "inputs", MissingPart, "Study 'planted' has no model of its classes"),
        (Study.build(embedding=np.eye(3)), (0, 1, 2), "embedding", MissingPart, "Study 'study' has no features"),
        (
            Study.build(embedding=np.eye(4), labels=["a"] * 4), (0, 1, 2), "embedding", MissingPart,
            "Study 'study' has one class only, so there is no boundary to slice.",
        ),
        (
            Study.build(embedding=[[1, 2], [3, np.nan], [4, 1]], labels=[0, 1, 1]), (0, 1, 2), "embedding", ModelError,
            "One of these three samples has no features. Choose another one.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_one_sentence(study, rows, of, kind, words):
    with pytest.raises(kind) as caught:
        compute_slice(study, rows, of)
    assert str(caught.value).startswith(words)


def test_a_slice_is_remembered_and_can_be_stopped(tmp_path):
    study, place = pictures(), tmp_path / "w.margin"
    with pytest.raises(NotComputed):
        compute_slice(study, (0, 1, 2), "inputs", Run(Workspace.at(place, may_compute=False)))

    def stop(fraction, text):
        if fraction > 0.5:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        compute_slice(study, (0, 1, 2), "inputs", Run(Workspace.at(place), stop))
    made = compute_slice(study, (0, 1, 2), "inputs", Run(Workspace.at(place)))
    model = Brightness()
    again = compute_slice(pictures(model), (0, 1, 2), "inputs", Run(Workspace.at(place, may_compute=False)))
    np.testing.assert_array_equal(again.probabilities, made.probabilities)
    assert not model.seen
