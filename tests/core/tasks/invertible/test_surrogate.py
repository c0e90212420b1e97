"""A surrogate is trained once, the same each time, and refused in one sentence where it cannot be."""

import numpy as np
import pytest
import torch
from planted import blobs

from margin_core import Study
from margin_core.domain import every_sample
from margin_core.errors import MissingPart, ModelError, NotComputed, ParameterError
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.tasks.contextual_outliers.column_signal import column_signal
from margin_core.tasks.invertible import (
    Surrogate,
    compute_counterfactual_path,
    compute_signed_margins,
    default_surrogate,
    fit_surrogate,
    with_margin_column,
)
from margin_core.values.number_table import NumberTable

torch.set_num_threads(1)
QUICK = {"steps": 40, "width": 8, "couplings": 1}
HURRIED = QUICK | {"steps": 3}
"""For tests that do not depend on the trained weights."""


def table(n=80, seed=0, **parts):
    """Make two classes apart in the first of three columns, in units of their own."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    values = rng.normal(size=(n, 3)) + 4 * labels[:, None] * [1, 0, 0]
    values = values * [10, 1, 0.01] + [500, 0, 3]
    columns = NumberTable(values.astype(np.float32), ("height", "noise", "weight"))
    given = {"inputs": columns, "labels": labels, "class_names": ["low", "high"]}
    return Study.build(name="table", **(given | parts))


def pictures(n=60, size=6, classes=2, **parts):
    """Make pictures of a bright row, the number of which is the class."""
    rng = np.random.default_rng(0)
    labels = np.arange(n) % classes
    drawn = rng.integers(0, 60, (n, size, size), dtype=np.uint8)
    drawn[np.arange(n), labels] += 150
    given = {"inputs": drawn, "labels": labels, "class_names": [f"row {number}" for number in range(classes)]}
    return Study.build(name="rows", **(given | parts))


@pytest.fixture(scope="module")
def rows():
    study = pictures(classes=3, n=90)
    return study, fit_surrogate(study, Surrogate(**QUICK))


@pytest.fixture(scope="module")
def columns():
    study = table()
    return study, fit_surrogate(study, Surrogate(**QUICK))


@pytest.mark.slow
def test_it_learns_pictures(rows):
    _, trained = rows
    assert trained.accuracy > 0.9 > 0.5 > trained.majority_accuracy
    assert trained.held_out.sum() == 18 and trained.training_counts.sum() == 72
    assert np.isnan(trained.agreement) and trained.notes == ()


def test_it_learns_columns_in_their_own_units(columns):
    study, trained = columns
    assert trained.accuracy > 0.9
    found = compute_counterfactual_path(study, trained, 0)
    moved = trained.space.values(found.difference[None])[0] - trained.space.center
    assert np.abs(found.difference).argmax() == 0 and moved[0] < -5
    assert trained.space.values(found.sample[None])[0] == pytest.approx(np.asarray(study.inputs[0]), rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["rows", "columns"])
def test_a_walk_keeps_what_the_method_promises(which, request):
    study, trained = request.getfixturevalue(which)
    for row in range(5):
        found = compute_counterfactual_path(study, trained, row)
        assert found.reconstruction < 1e-4 and found.residual < 1e-3
        assert found.flips
        assert found.integrated_gap < 0.01
        assert found.margins == pytest.approx((1 - found.times) * found.margin, abs=1e-6)
        assert found.frames[0] == pytest.approx(found.sample, abs=1e-9)
        assert found.frames[40] == pytest.approx(found.projection, abs=1e-9)
        assert found.probabilities.sum(axis=1) == pytest.approx(1)
        assert found.integrated.sum() == pytest.approx(found.margin, rel=0.01)
        assert found.first_order_gap == pytest.approx(abs(found.first_order.sum() - found.margin) / found.margin)
        assert 0.99 < found.distance_ratio < 5
        assert 0 <= found.outside <= 1
        assert (found.start, found.end) == trained.top_two(row)


@pytest.mark.slow
def test_a_pair_is_walked_from_the_side_that_the_sample_is_on(rows):
    study, trained = rows
    for pair in ((0, 2), (2, 0)):
        found = compute_counterfactual_path(study, trained, 0, pair)
        assert (found.start, found.end) == (0, 2) and found.margin > 0
        assert found.probabilities[-1, 2] > found.probabilities[-1, 0]


def test_biases_are_those_of_the_pair():
    study = pictures(classes=3, n=90)
    trained = fit_surrogate(study, Surrogate(**HURRIED))
    with torch.no_grad():
        trained.network.head.bias.copy_(torch.tensor([5.0, -7.0, 1.0]))
    found = compute_counterfactual_path(study, trained, 2, (1, 2))
    assert found.residual < 1e-9 and found.flips


@pytest.mark.slow
def test_the_same_again_and_remembered(tmp_path, rows):
    study, first = rows
    workspace = Workspace.at(tmp_path / "rows.margin")
    reported = []
    run = Run(workspace, lambda fraction, text: reported.append((fraction, text)))
    again = fit_surrogate(study, Surrogate(**QUICK), run)
    assert (again.weights == first.weights).all() and np.array_equal(again.logits, first.logits)
    assert [fraction for fraction, _ in reported] == sorted(fraction for fraction, _ in reported)
    assert "Training, step 30 of 40" in [text for _, text in reported]
    recalled = fit_surrogate(study, Surrogate(**QUICK), Run(Workspace.at(workspace.folder, may_compute=False)))
    assert compute_counterfactual_path(study, recalled, 3).projection == pytest.approx(
        compute_counterfactual_path(study, first, 3).projection
    )
    with pytest.raises(NotComputed):
        fit_surrogate(study, Surrogate(**QUICK, seed=1), Run(Workspace.at(workspace.folder, may_compute=False)))


def test_a_stopped_training_leaves_nothing(tmp_path, rows):
    class Stopped(Exception):
        pass

    def stop(fraction, text):
        if fraction > 0.3:
            raise Stopped

    workspace = Workspace.at(tmp_path / "rows.margin")
    with pytest.raises(Stopped):
        fit_surrogate(rows[0], Surrogate(**QUICK), Run(workspace, stop))
    assert not list((workspace.folder).glob("steps/surrogate-*"))


def test_it_is_saved_as_safetensors(tmp_path, rows):
    from safetensors.numpy import load_file

    rows[1].save(tmp_path / "rows.safetensors")
    assert load_file(tmp_path / "rows.safetensors")["head.weight"] == pytest.approx(rows[1].head_weights)


@pytest.mark.slow
def test_it_can_learn_what_the_model_predicts():
    study = pictures(n=60)
    flipped = np.eye(2)[1 - study.labels]
    trained = fit_surrogate(pictures(n=60, probabilities=flipped), Surrogate(**QUICK, learn_from="model"))
    assert trained.agreement > 0.9 and trained.accuracy < 0.1
    both = fit_surrogate(pictures(n=60, probabilities=flipped), Surrogate(**QUICK))
    assert both.agreement < 0.1 and both.accuracy > 0.9


def test_splits_and_groups_are_held_out_whole():
    n = 60
    split = np.where(np.arange(n) < 40, "train", "test")
    trained = fit_surrogate(pictures(n=n, columns={"split": split}), Surrogate(**HURRIED))
    assert (trained.held_out == (split == "test")).all()
    group = np.arange(n) // 4
    trained = fit_surrogate(pictures(n=n, columns={"group": group.astype(str)}), Surrogate(**HURRIED))
    assert len({(g, h) for g, h in zip(group, trained.held_out, strict=True)}) == 15
    assert 0 < trained.held_out.sum() < 30


def test_the_margin_is_a_column_and_a_signal(rows):
    study, trained = rows
    margins = with_margin_column(study, trained).columns["margin"]
    agrees = trained.logits.argmax(axis=1) == study.labels
    assert ((margins > 0) == agrees).all()
    found = compute_counterfactual_path(study, trained, 5)
    network = trained.network
    with torch.no_grad():
        z = network.encode(torch.from_numpy(np.stack([found.sample, found.projection])))
    assert float((z[0] - z[1]).norm()) == pytest.approx(abs(float(margins[5])), rel=1e-3)
    more = Study.build(name="rows", embedding=study.inputs.reshape(len(study), -1), columns={"margin": margins})
    signal = column_signal(more, every_sample(more), "margin")
    assert signal.values == pytest.approx(margins)
    with pytest.raises(
        MissingPart, match=r"^Study 'rows' has no signal or column of numbers 'depth'. There are: margin.$"
    ):
        column_signal(more, every_sample(more), "depth")


def test_signed_margins_by_hand():
    logits = np.array([[3, 0, -4], [3, 0, -4], [np.nan] * 3], np.float32)
    head = np.array([[3, 0], [0, 4], [0, 0]], np.float32)
    found = compute_signed_margins(logits, head, 1, np.array([0, 1, 0]))
    assert found[:2] == pytest.approx([3 / 5, -3 / 5]) and np.isnan(found[2])
    assert compute_signed_margins(logits, head, 4, np.array([-1, 2, 0]))[:2] == pytest.approx([2 * 3 / 5, -2 * 7 / 3])


def test_a_class_with_one_member_is_trained_on_and_noted():
    study = pictures(n=61)
    labels = np.append(study.labels[:60], 2)
    study = Study.build(name="rows", inputs=study.inputs, labels=labels, class_names=["a", "b", "lone", "none"])
    trained = fit_surrogate(study, Surrogate(**HURRIED))
    assert trained.training_counts.tolist()[2:] == [1, 0] and not trained.held_out[60]
    assert trained.notes == (
        "Trained on one sample only: lone. Do not trust a boundary of it.",
        "Without a sample, so without a boundary: none.",
    )
    with pytest.raises(ParameterError, match=r"^No sample is labeled 'none', so it has no boundary\. Choose"):
        compute_counterfactual_path(study, trained, 0, (0, 3))
    with pytest.raises(
        ParameterError, match=r"^A boundary lies between two classes; got 'a' twice. Choose another class.$"
    ):
        compute_counterfactual_path(study, trained, 0, (0, 0))
    assert compute_counterfactual_path(study, trained, 0, (0, 2)).flips


def test_missing_values_cost_their_rows_and_empty_columns_nothing():
    values = np.array(table().inputs)
    values[3, 1] = np.nan
    values = np.concatenate([values, np.full((80, 1), np.nan), np.ones((80, 1))], axis=1).astype(np.float32)
    names = ("height", "noise", "weight", "empty", "constant")
    study = table(inputs=NumberTable(values, names))
    trained = fit_surrogate(study, Surrogate(**HURRIED))
    assert trained.space.names == names[:3] and np.isnan(trained.margins).nonzero()[0].tolist() == [3]
    assert not trained.held_out[3]
    with pytest.raises(ModelError) as refused:
        compute_counterfactual_path(study, trained, 3)
    assert str(refused.value) == (
        "Sample '3' has no value in 'noise', so it cannot be encoded. Choose another sample, or fill the value in."
    )


def holes():
    values = np.array(table().inputs)
    values[np.arange(80), np.arange(80) % 3] = np.nan
    return NumberTable(values, ("height", "noise", "weight"))


@pytest.mark.parametrize(
    ("study", "recipe", "message"),
    [
        (
            lambda: pictures(size=40), {},
            "The pictures of study 'rows' have 40 x 40 pixels; the surrogate takes up to 32 x 32. Make them smaller, "
            "or use the features: --space embedding.",
        ),
        (
            lambda: pictures(labels=np.zeros(60, int), class_names=["a", "b"]), {},
            "All samples of study 'rows' are of one class, so there is no boundary. Label samples of at least "
            "two classes.",
        ),
        (
            lambda: pictures(labels=np.full(60, -1), class_names=["a", "b"]), {},
            "No sample has a label, so there is no boundary. Label samples of at least two classes.",
        ),
        (
            lambda: table(inputs=holes()), {},
            "Every row of study 'table' lacks a value somewhere (height, noise, weight), so there is no complete "
            "sample to learn from. Fill values in, or leave out the columns that lack most.",
        ),
        (
            lambda: blobs().study, {},
            "Study 'planted' has features but not the samples themselves, so there is nothing to draw. Open the "
            "pictures or the table, or use the features: --space embedding.",
        ),
        (
            lambda: table(inputs=np.ones((80, 2), np.float32)), {},
            "No column of study 'table' varies, so all its samples are the same. Check what was read, or use samples "
            "that differ.",
        ),
        (
            lambda: table(inputs=np.random.default_rng(0).normal(size=(80, 2049))), {},
            "Study 'table' has 2,049 columns; the surrogate takes up to 2,048. Leave out columns, or use the "
            "features: --space embedding.",
        ),
        (
            lambda: table(), {"learn_from": "model"},
            "Study 'table' has no probabilities. Pass --model, or probabilities=, an array with one row a sample and "
            "one column a class.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_trained_on_is_refused_in_a_sentence(study, recipe, message):
    with pytest.raises((MissingPart, ModelError)) as refused:
        fit_surrogate(study(), Surrogate(**HURRIED | recipe))
    assert str(refused.value) == message


def test_pictures_of_two_sizes_are_refused():
    class Two:
        fingerprint = "two sizes"

        def __len__(self):
            return 40

        def __getitem__(self, row):
            return np.zeros((8, 8 + (row == 7), 3), np.uint8)

    study = Study.build(name="two", inputs=Two(), labels=np.arange(40) % 2)
    with pytest.raises(ModelError) as refused:
        fit_surrogate(study, Surrogate(**HURRIED))
    assert str(refused.value) == (
        "Picture '7' is uint8 of 8 x 9 x 3; the first one is uint8 of 8 x 8 x 3, and the surrogate takes pictures of "
        "one size. Bring them to it."
    )


@pytest.mark.slow
def test_features_can_be_walked_where_there_is_nothing_else():
    study = blobs(flips=0).study
    assert default_surrogate(study).of == "embedding"
    trained = fit_surrogate(study, Surrogate(of="embedding", couplings=1, steps=120))
    assert trained.accuracy > 0.9 and compute_counterfactual_path(study, trained, 0).flips


def test_training_samples_are_limited_and_hold_one_of_each_class():
    study = pictures(n=200, classes=4)
    trained = fit_surrogate(study, Surrogate(**HURRIED | {"most": 10}))
    assert trained.training_counts.sum() == 10 and trained.training_counts.min() >= 1
