"""Saliency: which parts of one sample made the model predict its class."""

import numpy as np
import pytest
from networks import CLASSES
from networks import model as network
from planted import blobs

from margin_core import Study, explain
from margin_core.errors import Cancelled, MissingPart, ModelError, ParameterError
from margin_core.influence import HighPass
from margin_core.storage.workspace import Workspace
from margin_core.tasks import LabelFlips, Saliency
from margin_core.tasks.saliency.heatmap import weighted_mean
from margin_core.tasks.saliency.masking import FILLS, mask_sample
from margin_core.tasks.saliency.masking.masked_row import sample_columns
from margin_core.tasks.saliency.relative_size import node_sizes
from margin_core.values.number_table import NumberTable

PRINTED = Saliency.as_printed()


class Patch:
    """A black box that looks at one patch alone: the more of it is as it was, the likelier class 1."""

    def __init__(self, picture, top, left, side):
        self.fingerprint = f"patch {top} {left} {side}"
        self.place = (slice(top, top + side), slice(left, left + side))
        self.patch = picture[self.place].astype(float)
        self.asked = 0

    def probabilities(self, inputs):
        self.asked += len(inputs)
        there = np.abs(np.asarray(inputs, float)[:, *self.place] - self.patch).mean(axis=tuple(range(1, 3))) < 8
        left = (np.abs(np.asarray(inputs, float)[:, *self.place] - self.patch) < 8).mean((1, 2))
        p = np.where(there, 0.95, 0.05 + 0.85 * left)
        return np.stack([1 - p, p, 0 * p], axis=1)


def planted(seed, size=48, side=12):
    """A textured picture with a patch of a tone of its own in it, and the model that looks there."""
    rng = np.random.default_rng(seed)
    picture = rng.integers(60, 120, (size, size), dtype=np.uint8)
    top, left = rng.integers(0, size - side, 2)
    picture[top : top + side, left : left + side] = rng.integers(190, 250, (side, side))
    model = Patch(picture, top, left, side)
    return Study.build(inputs=picture[None], model=model, ids=["one"]), model


def shown_in(heatmap, place):
    inside = np.zeros(heatmap.shape, dtype=bool)
    inside[place] = True
    return inside[np.unravel_index(heatmap.argmax(), heatmap.shape)], heatmap[inside].sum() / heatmap.sum()


@pytest.mark.parametrize("task", [Saliency(), PRINTED], ids=["default", "printed"])
@pytest.mark.parametrize("seed", range(3))
def test_a_planted_patch_is_where_the_map_points(task, seed):
    study, model = planted(seed)
    explanation = explain(task, study)
    peak, _ = shown_in(explanation.heatmap, model.place)
    _, mass = shown_in(np.maximum(explanation.resize_to_picture("saliency"), 0), model.place)
    assert peak
    assert mass >= 0.6


def test_the_printed_method_follows_the_paper_step_by_step():
    study, model = planted(0)
    explanation = explain(PRINTED, study)
    layout, picture = explanation.domain.layout, study.inputs[0]
    unmasked, mean = model.probabilities(picture[None])[0, 1], np.rint(picture.mean())
    drops = []
    for node in range(layout.max() + 1):
        hidden = np.where((layout == node).any(axis=0), mean, picture)
        drops.append(abs(unmasked - model.probabilities(hidden[None])[0, 1]))
    s = explanation.domain.points[:, 0]
    np.testing.assert_allclose(s, drops, atol=1e-6)
    sizes = node_sizes(layout)
    np.testing.assert_allclose(explanation.signal.values, sizes / sizes.max())
    high_pass = np.abs(HighPass()(explanation.graph, explanation.signal).high_pass)
    np.testing.assert_allclose(explanation.influence.scores, high_pass / high_pass.max())
    product = weighted_mean(layout, s.astype(float)) * weighted_mean(layout, explanation.influence.scores)
    np.testing.assert_allclose(explanation.findings.maps["heatmap"], product / product.max(), atol=1e-6)


def test_neighbors_are_nodes_of_like_effect():
    study, _ = planted(1)
    explanation = explain(PRINTED, study)
    s, graph = explanation.domain.points[:, 0], explanation.graph
    node = int(s.argmax())
    away = np.sort(np.abs(np.delete(s, node) - s[node]))[:20]
    np.testing.assert_allclose(graph.distances[node], away, atol=1e-6)


# ----- classes and evaluations -----


class Textured:
    """Class k of three is the likelier the more texture there is in the k-th third of the picture."""

    fingerprint = "textured"
    class_names = ("left", "middle", "right")

    def __init__(self):
        self.asked = 0

    def probabilities(self, inputs):
        inputs = np.asarray(inputs, float)
        self.asked += len(inputs)
        thirds = np.stack([part.std(axis=tuple(range(1, inputs.ndim))) for part in np.split(inputs, 3, axis=2)], 1)
        return (thirds + 1) / (thirds + 1).sum(axis=1, keepdims=True)


def in_thirds(height=30, width=45):
    rng = np.random.default_rng(0)
    contrast = np.repeat([20, 10, 40], width // 3)[:, None]
    picture = np.rint(128 + contrast * rng.uniform(-1, 1, (height, width, 3))).astype(np.uint8)
    return Study.build(inputs=np.stack([picture, picture[:, ::-1]]), model=Textured(), ids=["b", "a"])


def column_sums(task, study):
    return explain(task, study).heatmap.reshape(30, 3, 15).sum((0, 2))


@pytest.mark.parametrize(
    ("target", "third"), [(None, 2), ("", 2), (2, 2), (0, 0), ("0", 0), ("left", 0), (np.int64(1), 1), ("middle", 1)]
)
def test_any_class_can_be_asked_about(target, third):
    found = column_sums(Saliency(sample="b", target=target, heatmap="saliency"), in_thirds())
    assert found.argmax() == third
    assert found[third] > 0.6 * found.sum()


@pytest.mark.slow
def test_without_a_sample_the_first_by_id_is_explained():
    study = in_thirds()
    explanation = explain(Saliency(), study)
    assert set(explanation.domain.rows.tolist()) == {1}
    np.testing.assert_array_equal(explanation.heatmap, explain(Saliency(sample="a"), study).heatmap)


def test_parts_against_the_class_are_distinguished():
    explanation = explain(Saliency(sample="b"), in_thirds())
    frame = explanation.to_frame()
    assert set(frame["role"]) == {"for", "against"}
    assert (frame["effect"][frame["role"] == "for"] > 0).all()
    assert (frame["score"][frame["role"] == "against"] == 0).all()
    signed = explanation.resize_to_picture("saliency").reshape(30, 3, 15).mean((0, 2))
    assert signed[0] < 0 < signed[2]


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("effect", ["unions", "single"])
def test_every_fill_finds_the_planted_patch(fill, effect):
    study, model = planted(2)
    peak, _ = shown_in(explain(Saliency(fill=fill, effect=effect), study).heatmap, model.place)
    assert peak


@pytest.mark.slow
def test_to_ask_about_another_likely_class_costs_nothing(tmp_path):
    study, engine = in_thirds(), Workspace.at(tmp_path / "w.margin")
    explain(Saliency(target=0), study, engine=engine)
    asked = study.model.asked
    explain(Saliency(target=1), study, engine=engine)
    assert study.model.asked == asked


@pytest.mark.slow
def test_a_map_sharpens_and_nothing_is_asked_twice(tmp_path):
    study, engine = in_thirds(), Workspace.at(tmp_path / "w.margin")
    recipes = list(Saliency(sample="b").refinements())
    assert [recipe.evaluations for recipe in recipes] == [48, 250, 600]
    counts, maps = [], []
    for recipe in recipes:
        maps.append(explain(recipe, study, engine=engine).heatmap)
        counts.append(study.model.asked)
    alone = in_thirds()
    np.testing.assert_array_equal(explain(recipes[-1], alone).heatmap, maps[-1])
    assert counts[0] <= 49 and counts[-1] <= alone.model.asked + 2
    apart = [np.abs(one - maps[-1]).mean() for one in maps]
    assert apart[0] > apart[1] > apart[2] == 0
    assert list(PRINTED.refinements()) == [PRINTED]


def test_a_map_can_be_stopped_and_goes_on_where_it_was(tmp_path):
    study, engine = in_thirds(), Workspace.at(tmp_path / "w.margin")

    def stop(fraction, text):
        if fraction > 0.6:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        explain(Saliency(sample="b"), study, engine=engine, progress=stop)
    before = study.model.asked
    explain(Saliency(sample="b"), study, engine=engine)
    assert before > 250 and study.model.asked < before + 600


# ----- every kind of sample and model -----


def test_the_map_has_the_size_of_the_picture():
    study = in_thirds()
    heatmap = explain(Saliency(evaluations=32), study).heatmap
    assert heatmap.shape == (30, 45) and heatmap.dtype == np.float32
    assert heatmap.min() >= 0 and heatmap.max() == pytest.approx(1, abs=0.02)


def test_pictures_of_any_size_and_kind():
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in [(9, 300), (1, 1), (500, 7, 3)]]

    class Any:
        fingerprint = "any"

        def probabilities(self, inputs):
            share = np.array([np.asarray(one).mean() / 255 for one in inputs])
            return np.stack([share, 1 - share], axis=1)

    class Files(list):
        fingerprint = "files"

    study = Study.build(inputs=Files(pictures), model=Any(), ids=["0", "1", "2"])
    for row, picture in enumerate(pictures):
        assert explain(Saliency(sample=str(row), evaluations=20), study).heatmap.shape == picture.shape[:2]


def test_a_network_is_asked_in_its_own_view_and_says_what_it_says_as_a_black_box():
    model = network("plain")
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)

    class Box:
        fingerprint = "box"

        def probabilities(self, inputs):
            return model.probabilities(inputs)

    inside, outside = (Study.build(inputs=picture[None], model=one) for one in (model, Box()))
    visible = np.random.default_rng(1).random((5, 32, 32)) < 0.5
    one, other = (mask_sample(study, 0, "mean").probabilities(visible) for study in (inside, outside))
    assert one.shape == (5, CLASSES)
    np.testing.assert_allclose(one, other, atol=2e-3)  # a black box is given whole numbers


def test_columns_of_a_row_are_nodes():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(50, 5)).astype(np.float32)
    rows[0] = [0.1, 3, 0.2, -3, 0.1]

    class Linear:
        fingerprint = "linear"

        def probabilities(self, inputs):
            odds = np.asarray(inputs) @ np.array([0, 2, 0, 1, 0])
            p = 1 / (1 + np.exp(-odds))
            return np.stack([1 - p, p], axis=1)

    study = Study.build(inputs=NumberTable(rows, tuple("abcde")), model=Linear())
    for task in (Saliency(), Saliency(fill="noise"), PRINTED):
        frame = explain(task, study).to_frame()
        assert frame["id"][0] == "b"
    explanation = explain(Saliency(), study)
    assert explanation.heatmap.shape == (5,)
    assert explanation.heatmap[1] == 1
    assert frame.set_index("id").loc["d", "effect"] > 0  # printed: a magnitude
    assert explanation.to_frame().set_index("id").loc["d", "role"] == "against"
    with pytest.raises(ParameterError) as raised:
        explain(Saliency(fill="blur"), study)
    assert str(raised.value) == "Columns of numbers cannot be hidden by blur. Choose one of: mean, noise."


class Cities:
    """Looks at the category alone."""

    fingerprint = "cities"

    def probabilities(self, inputs):
        rows = np.asarray(inputs)
        p = 0.1 + 0.8 * rows[:, 1]  # the share of Rome
        return np.stack([1 - p, p], axis=1)


def test_the_columns_of_a_category_are_hidden_together():
    rng = np.random.default_rng(0)
    city = rng.integers(0, 3, 60)
    city[0] = 1
    rows = np.column_stack([np.eye(3)[city], rng.normal(size=60)]).astype(np.float32)
    names = ("city=Ulm", "city=Rome", "city=Oslo", "price")
    study = Study.build(
        inputs=NumberTable(rows, names, origins=("city", "city", "city", "price")), model=Cities(), labels=city % 2
    )
    for fill in ("mean", "noise"):
        explanation = explain(Saliency(sample="0", target=1, fill=fill), study)
        assert explanation.heatmap.shape == (2,)
        assert explanation.to_frame()["id"].tolist() == ["city", "price"]
        assert explanation.heatmap[0] == 1
        assert explanation.heatmap[1] < 0.1


def test_a_category_is_replaced_by_one_that_occurs():
    rows = np.column_stack([np.eye(3)[np.arange(30) % 3], np.arange(30)]).astype(np.float32)
    sampled = sample_columns(rows, np.array([0, 0, 0, 1]))
    assert sampled.shape == (8, 4)
    assert (np.sort(sampled[:, :3], axis=1) == [0, 0, 1]).all()
    assert set(sampled[:, 3].tolist()) <= set(range(30))


def test_a_hidden_column_takes_its_mean_over_the_rows_that_have_a_value():
    rows = np.array([[1, 10, 7], [3, np.nan, np.nan], [5, 20, np.nan]], np.float32)

    class Kept:
        fingerprint = "kept"

        def probabilities(self, inputs):
            self.given = np.asarray(inputs)
            return np.full((len(inputs), 2), 0.5)

    study = Study.build(inputs=rows, model=Kept())
    mask_sample(study, 0, "mean").probabilities(np.array([[True, False, False]]))
    np.testing.assert_array_equal(study.model.given, [[1, 15, 7]])


def test_words_of_a_text_are_nodes():
    class Spam:
        fingerprint = "spam"

        def probabilities(self, inputs):
            p = np.array([0.9 if "prize" in text else 0.2 for text in inputs])
            return np.stack([1 - p, p], axis=1)

    study = Study.build(inputs=np.array(["You won a prize, call now", "  "]), model=Spam())
    explanation = explain(Saliency(sample="0"), study)
    assert explanation.to_frame()["id"][0] == "4 prize,"
    np.testing.assert_allclose(explanation.heatmap.argmax(), 3)
    with pytest.raises(ModelError) as raised:
        explain(Saliency(sample="1"), study)
    assert str(raised.value) == "Sample '1' is a text without a word, so nothing can be hidden in it."


# ----- what is refused -----


def refusal(task, study):
    with pytest.raises((ParameterError, ModelError)) as raised:
        explain(task, study)
    return str(raised.value)


def test_what_does_not_exist_is_named():
    study = in_thirds()
    assert refusal(Saliency(sample="c"), study) == "Study 'study' has no sample 'c'. Near to it: b, a."
    assert refusal(Saliency(target="rigth"), study) == (
        "The model has no class 'rigth'; it has numbers 0 to 2. Near to it: right."
    )
    assert refusal(Saliency(target=3), study) == "The model has no class '3'; it has numbers 0 to 2."


def test_what_is_no_sample_is_named():
    study = Study.build(inputs=np.zeros((2, 4, 4, 2)), model=Textured())
    assert refusal(Saliency(), study) == (
        "Sample '0' is float64 of shape (4, 4, 2). Saliency is for pictures (uint8, (h, w) or (h, w, 3)), rows of "
        "numbers and texts."
    )


def test_a_ranking_of_samples_has_no_heat_map():
    explanation = explain(LabelFlips(), blobs(each=10, flips=1).study)
    with pytest.raises(MissingPart) as raised:
        _ = explanation.heatmap
    assert (
        str(raised.value)
        == "'label_flips' explains no single sample, so it has no heatmap. The task 'saliency' computes one."
    )
