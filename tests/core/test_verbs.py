"""The verbs of the library, called with the wrong things: one MarginError says what to write."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from margin_core import Explanation, Study, add_model_outputs, as_model, estimate_errors, explain, load_study
from margin_core.errors import MarginError, ModelError, ParameterError
from margin_core.figures import (
    Pin,
    class_bars,
    confusion_matrix,
    explanation_figure,
    faithfulness_curves,
    impact_curve,
    planted_error_curve,
    reliability_diagram,
    review_yield,
    score_map,
    slice_picture,
    yield_curve,
)
from margin_core.graph import Knn
from margin_core.influence import HighPass
from margin_core.review import ReviewStore, export, record_import
from margin_core.review.estimates import Reviews
from margin_core.tasks import ContextualOutliers, LabelFlips, Prototypes, Saliency


@pytest.fixture(scope="module")
def study():
    points = np.random.default_rng(0).normal(size=(60, 2)) + np.repeat([[0, 0], [9, 9]], 30, axis=0)
    labels = np.repeat(["cat", "dog"], 30)
    labels[7] = "dog"
    labels[[2, 40]] = ""
    return Study.build(name="pets", embedding=points, labels=labels)


@pytest.fixture(scope="module")
def explanation(study):
    return explain(LabelFlips(), study)


@pytest.fixture(scope="module")
def estimate(study):
    return estimate_errors(study)


RECIPES = {
    "a graph by its name": (lambda: LabelFlips(graph="knn"), "LabelFlips.graph must be a value such as Knn(); got"),
    "a graph as a class": (lambda: LabelFlips(graph=Knn), "must be a value such as Knn(); got the class Knn"),
    "a graph as a matrix": (lambda: LabelFlips(graph=np.eye(3)), "must be a value such as Knn(); got array"),
    "a filter as a graph": (lambda: LabelFlips(graph=HighPass()), "must be a value such as Knn(); got HighPass("),
    "a graph as a filter": (lambda: LabelFlips(high_pass=Knn()), "must be a value such as HighPass(); got Knn("),
    "no graph": (lambda: LabelFlips(graph=None), "got None"),
    "a method that is an array": (lambda: LabelFlips(method=np.array(["loss"])), "LabelFlips.method must be one of"),
    "a text that is a number": (lambda: ContextualOutliers(column=3.5), "column must be a text or a whole number"),
    "a number that is a text": (lambda: LabelFlips(folds="5"), "LabelFlips.folds must be a number; got '5'"),
    "half a neighbor": (lambda: Knn(k=2.5), "Knn.k must be a whole number"),
    "a number of neighbors that is none": (lambda: Knn(k=float("nan")), "Knn.k must be a whole number"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "message"), RECIPES.values(), ids=RECIPES)
def test_recipes_name_what_they_take(make, message):
    with pytest.raises(ParameterError, match=re.escape(message)):
        make()


def test_a_class_is_named_by_its_number_too():
    assert Saliency(sample=7, target=np.int64(1)) == Saliency(sample="7", target=1)
    assert Saliency(target=None) == Saliency()
    with pytest.raises(ParameterError, match=r"Saliency.target must be a text or a whole number; got \[1\]"):
        Saliency(target=[1])


def test_numbers_of_numpy_are_numbers():
    recipe = LabelFlips(graph=Knn(k=np.int64(5)), folds=np.int32(3), method=np.str_("loss"))
    assert recipe == LabelFlips(graph=Knn(k=5), folds=3, method="loss")
    assert {type(value) for value in recipe.parameters().values()} <= {str, int, float, bool}


class Broken:
    """A model of which everything can be wrong."""

    def __init__(self, fingerprint, answer):
        self.fingerprint, self._answer = fingerprint, answer

    def probabilities(self, inputs):
        return self._answer(inputs)


TABLE = pd.DataFrame({"id": ["0"], "verdict": ["keep"]})
VERBS = {
    "a task by its name": (lambda s: explain("label_flips", s), "'label_flips'. Write explain(LabelFlips(), study)"),
    "a task as a class": (lambda s: explain(Prototypes, s), "the class Prototypes. Write explain(Prototypes(), study)"),
    "no task": (lambda s: explain(None, s), "got None. Write explain(LabelFlips(), study)"),
    "the wrong way round": (lambda s: explain(s, LabelFlips()), "Write explain(task, study)"),
    "a table as a study": (lambda s: explain(LabelFlips(), pd.DataFrame()), "got a DataFrame. Build one with"),
    "a path as a study": (lambda s: explain(LabelFlips(), "pets.npz"), "got a str. Build one with Study.build"),
    "an engine by its path": (lambda s: explain(LabelFlips(), s, engine="x"), "got 'x'. Write Workspace.at(Path("),
    "a number as a source": (lambda s: load_study(3), "load_study takes a path; got a int"),
    "an empty path": (lambda s: load_study(""), "load_study takes a path; got an empty text"),
    "a table as a source": (lambda s: load_study(pd.DataFrame()), "got a DataFrame. Name a file or folder, or build"),
    "a workspace that is none": (lambda s: load_study(".", workspace=3), "workspace takes a path; got a int"),
    "an explanation of nowhere": (lambda s: Explanation.load(None), "Explanation.load takes a path; got a NoneType"),
    "an export to nowhere": (lambda s: export(s, [], "csv", None), "export takes a path; got a NoneType"),
    "an export of a store": (lambda s: export(s, ReviewStore, "csv", "x.csv"), "Write export(study, store.decisions()"),
    "an import into a path": (lambda s: record_import(TABLE, s, "x.sqlite"), "ReviewStore(path)"),
    "an import for no study": (lambda s: record_import(TABLE, None, None), "a study and a store; got a NoneType"),
    "outputs of no study": (lambda s: add_model_outputs(TABLE), "add_model_outputs takes a study; got a DataFrame"),
    "a part that there is not": (lambda s: s.require("features"), "A study has no part 'features'. There are: labels"),
    "reviews from nothing": (lambda s: Reviews.from_frame(None, s), "a table is a pandas.DataFrame; got a NoneType"),
    "rows by name": (
        lambda s: Reviews.build(given=s.labels, rows=["a"], verdicts=["keep"], new_labels=[0], sampled=[0]),
        "rows and new labels must be whole numbers",
    ),
    "a model as a class": (lambda s: as_model(Broken), "Broken is a class. Pass a model that is made of it"),
    "a model without an identity": (lambda s: as_model(Broken(None, None)), "must be a text that changes with its"),
    "progress that is no function": (lambda s: explain(LabelFlips(), s, progress=True), "progress must be a function"),
    "an estimate of no study": (lambda s: estimate_errors("pets.npz"), "the study is a str. Write estimate_errors("),
    "an estimate by another task": (lambda s: estimate_errors(s, task=Prototypes()), "the task is Prototypes("),
    "reviews that are a mapping": (lambda s: estimate_errors(s, {"id": ["0"]}), "not dict. Give one of these"),
    "reviews that are a column": (lambda s: estimate_errors(s, pd.Series(["0"])), "not Series. Give one of these"),
    "a doubled column": (
        lambda s: estimate_errors(s, pd.DataFrame([["0", "keep", "skip"]], columns=["id", "verdict", "verdict"])),
        "Reviews: the table has the column 'verdict' twice",
    ),
    "a random check that is neither so nor not": (
        lambda s: estimate_errors(s, pd.DataFrame({"id": ["0"], "verdict": ["keep"], "sampled": ["perhaps"]})),
        "sampled must be true or false; got 'perhaps'",
    ),
    "reviews of another study": (
        lambda s: estimate_errors(
            s,
            Reviews.build(given=np.zeros(99, int), rows=[80], verdicts=["keep"], new_labels=[0], sampled=[False]),
        ),
        "row 80 is not among the 60 of study 'pets'",
    ),
    "a class of another study": (
        lambda s: estimate_errors(
            s, Reviews.build(given=s.labels, rows=[3], verdicts=["relabel"], new_labels=[9], sampled=[False])
        ),
        "a sample is relabeled to class 9; study 'pets' has",
    ),
}  # fmt: skip


MODELS = {
    "that fails": (lambda inputs: 1 / 0, "probabilities() raised ZeroDivisionError: division by zero. Correct the"),
    "of words": (lambda inputs: "cat", "probabilities() must return numbers"),
    "of too few rows": (lambda inputs: np.ones((1, 2)) / 2, "probabilities() must give one row a sample"),
    "of one number a sample": (lambda inputs: np.ones(len(inputs)), "probabilities() must give one row a sample"),
}


@pytest.mark.parametrize(("answer", "message"), MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("use", ["outputs", "saliency of a row", "saliency of a picture"])
def test_a_model_that_does_not_keep_its_word_is_named(answer, message, use):
    inputs = np.eye(12) if use != "saliency of a picture" else np.arange(12 * 64).reshape(12, 8, 8).astype(np.uint8)
    study = Study.build(inputs=inputs, labels=[0, 1] * 6, model=Broken("1", answer))
    with pytest.raises(ModelError, match=f"^Broken: {re.escape(message)}"):
        add_model_outputs(study) if use == "outputs" else explain(Saliency(sample="0"), study)


def test_a_workspace_and_roots_may_be_one_text(tmp_path):
    np.savez(tmp_path / "pets.npz", embedding=np.eye(4), labels=[0, 1, 0, 1])
    load_study(str(tmp_path / "pets.npz"), workspace=str(tmp_path / "here"), roots=str(tmp_path))
    assert (tmp_path / "here").is_dir()


@pytest.mark.parametrize(("call", "message"), VERBS.values(), ids=VERBS)
def test_verbs_name_what_they_take(call, message, study):
    with pytest.raises(MarginError, match=re.escape(message)) as caught:
        call(study)
    assert "\n" not in str(caught.value)


def test_reviews_of_categories_are_reviews(study):
    table = pd.DataFrame({"id": ["7", "8"], "verdict": ["relabel", None], "label": ["cat", None]}).astype("category")
    assert estimate_errors(study, table).count.found == 1


def test_an_estimate_counts_labels_and_not_samples(estimate):
    assert re.search(r"of 58 labels wrong", repr(estimate))


@pytest.mark.parametrize("rate", ["x", None, 2, -0.1, float("nan"), [0.1], True])
def test_a_rate_that_is_none(estimate, rate):
    with pytest.raises(ParameterError, match="must be between 0 and 1"):
        estimate.flag(rate)
    assert estimate.flag(np.float32(0.5)).rows.tolist() == [7]


FIGURES = {
    "explanation_figure": (lambda found: explanation_figure("x"), "explanation must be of type Explanation; got str"),
    "a frame": (lambda found: explanation_figure(found.to_frame()), "got DataFrame of shape"),
    "score_map": (lambda found: score_map(None, np.zeros((60, 2))), "explanation must be of type Explanation"),
    "positions of another shape": (
        lambda found: score_map(found, np.zeros((60, 3))), "positions must have shape (60, 2); got (60, 3)",
    ),
    "positions of other nodes": (
        lambda found: score_map(found, np.zeros((5, 2))), "positions must have shape (60, 2); got (5, 2)",
    ),
    "positions of text": (lambda found: score_map(found, [["a", "b"]]), "positions must be numbers of shape (60, 2)"),
    "ragged positions": (lambda found: score_map(found, [[1, 2], [3]]), "positions must be numbers of shape (60, 2)"),
    "class_bars": (lambda found: class_bars([1, 2]), "counts must be a list of ClassCount; got int"),
    "class_bars of none": (lambda found: class_bars(None), "counts must be a list of ClassCount; got NoneType"),
    "confusion_matrix": (lambda found: confusion_matrix(np.eye(2), ["a", "b"]), "must be a list of Confusion"),
    "review_yield": (
        lambda found: review_yield([0, 1], None, [0, 1], None, 5), "ahead must be of type ExpectedYield; got NoneType",
    ),
    "reliability_diagram": (lambda found: reliability_diagram([0.5]), "found must be of type Reliability; got list"),
    "planted_error_curve": (lambda found: planted_error_curve(3), "tested must be of type PlantedErrorTest; got int"),
    "yield_curve of a list": (lambda found: yield_curve([0, 1], np.ones(2, bool)), "ranked must be a mapping"),
    "yield_curve of rows that are none": (
        lambda found: yield_curve({"x": [0, 9]}, np.ones(2, bool)), "must be rows, whole numbers from 0 to 1",
    ),
    "yield_curve of words": (lambda found: yield_curve({"x": [0, 1]}, ["yes", "no"]), "wrong must be numbers"),
    "yield_curve of too many": (
        lambda found: yield_curve({str(n): [0] for n in range(99)}, np.ones(2, bool)), "at most; got 99",
    ),
    "faithfulness_curves": (lambda found: faithfulness_curves([1], "cat"), "found must be a mapping"),
    "two curves": (
        lambda found: faithfulness_curves({"lime": ([0, 1], [1, 0])}, "cat"), "must be (shares, deletion, insertion)",
    ),
    "curves of two lengths": (
        lambda found: faithfulness_curves({"lime": ([0, 1], [1, 0], [1])}, "cat"), "must have shape (2); got (1,)",
    ),
    "impact_curve": (lambda found: impact_curve(None, []), "found must be of type CorrectionImpact; got NoneType"),
    "slice_picture": (
        lambda found: slice_picture(None, (0, 1), ["a", "b"], [Pin("a", "")] * 3), "found must be of type Slice",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("draw", "message"), FIGURES.values(), ids=FIGURES)
def test_figures_name_what_they_take(draw, message, explanation):
    with pytest.raises(MarginError, match=re.escape(message)) as caught:
        draw(explanation)
    assert "\n" not in str(caught.value)
