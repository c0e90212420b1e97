"""Classifiers of scikit-learn from files of skops: what they say of the table as it is written, and no code."""

import json

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from margin_core.cli import main
from margin_core.errors import ModelError
from margin_core.study import open_source
from margin_core.study.features.table_rows import written_frame
from margin_core.study.models import load_model
from margin_core.study.models.skops_file import is_harmless

COLUMNS = ["age", "color", "smokes"]


class Own(ClassifierMixin, BaseEstimator):
    """An estimator of somebody's own module, which could do anything when it is loaded."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))


def people(n=90):
    random = np.random.default_rng(0)
    color, age = random.choice(["red", "green", "blue"], n), random.normal(40, 10, n).round(1)
    age[3] = np.nan
    smokes = random.choice(["yes", "no"], n)
    label = np.where((color == "red") | (np.nan_to_num(age) > 50), "ill", "well")
    return pd.DataFrame({"age": age, "color": color, "smokes": smokes, "label": label})


def pipeline(frame):
    columns = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["age"]),
        ("words", OneHotEncoder(handle_unknown="ignore"), ["color", "smokes"]),
    ])  # fmt: skip
    return make_pipeline(columns, LogisticRegression()).fit(frame[COLUMNS], frame["label"])


@pytest.fixture
def table(tmp_path):
    frame = people()
    frame.to_csv(tmp_path / "people.csv", index=False)
    return frame, tmp_path / "people.csv"


def dumped(estimator, path):
    skops.io.dump(estimator, path)
    return path


def test_a_pipeline_of_the_columns_of_the_file_says_what_it_says_of_the_file(table, tmp_path):
    frame, path = table
    fitted = pipeline(frame)
    opened = open_source(path, model=str(dumped(fitted, tmp_path / "model.skops")))
    expected = fitted.predict_proba(frame[COLUMNS])
    order = [list(fitted.classes_).index(name) for name in opened.study.class_names]
    np.testing.assert_allclose(opened.study.probabilities, expected[:, order], atol=1e-6)
    assert not opened.study.out_of_sample
    # What enters the classifier is what is compared.
    np.testing.assert_allclose(opened.study.embedding, fitted[:-1].transform(frame[COLUMNS]), atol=1e-5)


@pytest.mark.slow
def test_its_predictions_are_explained_by_the_columns_of_the_file(table, tmp_path):
    frame, path = table
    model = dumped(pipeline(frame), tmp_path / "model.skops")
    out = tmp_path / "maps.csv"
    assert main(["saliency", str(path), "--model", str(model), "--first", "2", "--out", str(out)]) == 0
    assert out.stat().st_size > 0
    assert main(["audit", str(path), "--model", str(model), "--out", str(tmp_path / "audit")]) == 0
    assert json.loads((tmp_path / "audit" / "summary.json").read_text())["samples"] == len(frame)


def test_an_estimator_of_an_array_takes_the_rows_of_numbers(tmp_path):
    random = np.random.default_rng(1)
    rows = random.normal(size=(60, 3)).round(3)
    frame = pd.DataFrame(rows, columns=list("abc")).assign(label=np.where(rows[:, 0] > 0, "x", "y"))
    frame.to_csv(tmp_path / "rows.csv", index=False)
    fitted = HistGradientBoostingClassifier(max_iter=5).fit(rows, frame["label"])
    opened = open_source(tmp_path / "rows.csv", model=str(dumped(fitted, tmp_path / "m.skops")))
    np.testing.assert_allclose(opened.study.probabilities, fitted.predict_proba(rows), atol=1e-3)


def test_a_row_that_lacks_a_value_is_left_out_where_the_model_takes_none(table, tmp_path):
    frame, path = table
    fitted = LogisticRegression().fit(frame[["age"]].fillna(0), frame["label"])
    study = open_source(path, model=str(dumped(fitted, tmp_path / "m.skops"))).study
    assert study.probabilities[3].tolist() == [0.5, 0.5]  # nothing is known of it
    assert (np.delete(study.probabilities, 3, axis=0) != 0.5).any(axis=1).all()


def test_rows_become_what_the_file_has_again(table):
    frame, path = table
    inputs = open_source(path).study.inputs
    again = written_frame(inputs, np.asarray(inputs.values, float), ("smokes", "color", "age"))
    assert again["color"].tolist() == frame["color"].tolist()
    assert again["smokes"].tolist() == frame["smokes"].tolist()
    np.testing.assert_allclose(again["age"].to_numpy(float), frame["age"], rtol=1e-6)
    nothing = np.full((1, inputs.shape[1]), np.nan)
    assert written_frame(inputs, nothing, ("color", "smokes")).isna().all(axis=None)


def test_a_model_of_other_columns_is_refused(table, tmp_path):
    frame, path = table
    other = frame.rename(columns={"age": "years"})
    fitted = LogisticRegression().fit(other[["years"]].fillna(0), other["label"])
    with pytest.raises(ModelError, match=r"was fitted to the columns .*years.*the table has"):
        open_source(path, model=str(dumped(fitted, tmp_path / "m.skops")))


def test_types_that_could_run_code_are_named_and_not_loaded(tmp_path):
    path = dumped(Own().fit([[0], [1]], [0, 1]), tmp_path / "own.skops")
    with pytest.raises(
        ModelError, match=r"no class of scikit-learn \(.*Own\)\. It could run code, so it is not loaded"
    ):
        load_model(str(path))


def test_functions_are_not_loaded_wherever_they_come_from(tmp_path):
    fitted = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression()).fit([[0], [1]], [0, 1])
    path = dumped(fitted, tmp_path / "m.skops")
    assert not is_harmless("sklearn.datasets.fetch_openml")
    assert not is_harmless("os.system") and not is_harmless("sklearnish.Here") and not is_harmless("os.sklearn.Here")
    assert is_harmless("sklearn.tree._classes.DecisionTreeClassifier")
    load_model(str(path))  # a function of NumPy's that skops itself trusts


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: path.write_bytes(b"no zip"), "cannot be read by skops"),
        (lambda path: dumped(LinearRegression().fit([[0], [1]], [0, 1]), path), "gives no class probabilities"),
        (lambda path: dumped(LogisticRegression(), path), "is not fitted"),
        (lambda path: None, "There is no file"),
    ],
    ids=["no skops", "regression", "not fitted", "nothing"],
)
def test_what_is_no_fitted_classifier_is_one_sentence(write, message, tmp_path):
    path = tmp_path / "model.skops"
    write(path)
    with pytest.raises(ModelError, match=message) as error:
        load_model(str(path))
    assert "\n" not in str(error.value)
