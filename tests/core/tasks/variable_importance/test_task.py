"""Variables that decide are found among those that do not, whatever holds them."""

import numpy as np
import pandas as pd
import pytest

from margin_core import Study, explain, load_study
from margin_core.errors import MissingPart, ParameterError
from margin_core.storage.engine import MemoryEngine, Run
from margin_core.tasks import VariableImportance
from margin_core.tasks.variable_importance.importance import Importance, compute_importance
from margin_core.values.number_table import NumberTable


def table(n=400, seed=0):
    """Rows of which a category and a number decide; another number goes together with the one that does."""
    random = np.random.default_rng(seed)
    color = random.integers(0, 3, n)
    size, noise = random.normal(size=n), random.normal(size=n)
    twin = size + 0.5 * random.normal(size=n)
    values = np.column_stack([color == 0, color == 1, color == 2, size, twin, noise, np.full(n, 4.0)])
    names = ("color=red", "color=green", "color=blue", "size", "twin", "noise", "constant")
    origins = ("color",) * 3 + names[3:]
    labels = np.where(2.5 * (color == 0) + 1.5 * size + 0.3 * random.logistic(size=n) > 1, "yes", "no")
    return Study.build(inputs=NumberTable(values.astype(np.float32), names, origins=origins), labels=labels)


@pytest.fixture(scope="module")
def engine():
    return MemoryEngine()


@pytest.fixture(scope="module")
def study():
    return table()


@pytest.mark.slow
@pytest.mark.parametrize("projection", ["ridge", "covariance"])
def test_the_variables_that_decide_come_first(study, engine, projection):
    findings = explain(VariableImportance(projection=projection), study, engine=engine).findings
    assert "size" in findings.ids[:2].tolist()
    assert findings.scores.sum() == pytest.approx(1)
    at = {name: place for place, name in enumerate(findings.ids.tolist())}
    assert set(at) == {"color", "size", "twin", "noise", "constant"}
    assert findings.evidence["importance"][at["constant"]] == 0
    assert findings.evidence["permutation"][at["size"]] > 10 * abs(findings.evidence["permutation"][at["noise"]])
    assert findings.evidence["permutation"][at["color"]] > 10 * abs(findings.evidence["permutation"][at["noise"]])


@pytest.mark.slow
def test_an_effect_has_the_sign_of_its_class(study, engine):
    for target, sign in (("yes", 1), ("no", -1)):
        findings = explain(VariableImportance(target=target), study, engine=engine).findings
        size = findings.ids.tolist().index("size")
        low, high = findings.evidence["effect_low"][size], findings.evidence["effect_high"][size]
        assert low < findings.evidence["effect"][size] < high
        assert np.sign(low) == np.sign(high) == sign  # the interval leaves zero out
        assert findings.evidence["class"][size] == target


@pytest.mark.slow
def test_of_a_category_the_value_with_the_largest_effect_is_named(study, engine):
    findings = explain(VariableImportance(target="yes"), study, engine=engine).findings
    assert findings.evidence["column"][findings.ids.tolist().index("color")] == "color=red"


def test_what_goes_together_is_near_in_the_graph(study, engine):
    steps = explain(VariableImportance(projection="covariance"), study, engine=engine).steps
    names = steps.domain.ids.tolist()
    nearest = steps.graph.neighbors[names.index("twin"), 0]
    assert names[nearest] == "size"
    assert steps.graph.isolated[names.index("constant")]


def test_left_out_a_variable_leaves_its_importance_to_others(study, engine):
    task = VariableImportance()
    found = task.class_effects(study, Run(engine))
    whole = compute_importance(found, "full")
    names = whole.names.tolist()
    rest = compute_importance(found.given_zero(np.array([names.index("color")])), "full")
    assert rest.names.tolist() == [name for name in names if name != "color"]
    assert rest.mean.sum() == pytest.approx(1)
    place = found.variables.column_names.index("color=red")
    dropped = compute_importance(found.given_zero(np.arange(len(names))), "full")
    assert place == 0 and len(dropped.names) == 0


def test_it_comes_back_from_its_arrays(study, engine):
    found = compute_importance(VariableImportance().class_effects(study, Run(engine)), "full")
    again = Importance.from_arrays(found.to_arrays())
    assert again.names.tolist() == found.names.tolist()
    assert again.mean.tolist() == found.mean.tolist()


def test_words_that_tell_classes_apart(tmp_path):
    random = np.random.default_rng(2)
    filler = [f"word{place}" for place in range(30)]
    texts, labels = [], []
    for row in range(300):
        words = random.choice(filler, 8).tolist()
        labels.append("spam" if row % 2 else "ham")
        if random.random() < 0.8:
            words.insert(3, "prize" if row % 2 else "meeting")
        texts.append(" ".join(words))
    path = tmp_path / "mails.csv"
    pd.DataFrame({"text": texts, "label": labels}).to_csv(path, index=False)
    findings = explain(VariableImportance(), load_study(path)).findings
    assert set(findings.ids[:2].tolist()) == {"prize", "meeting"}
    assert np.isnan(findings.evidence["permutation"]).all()


def test_a_word_of_every_text_says_nothing(tmp_path):
    lines = [f"the {'prize' if row % 2 else 'lunch'} is {row},{'spam' if row % 2 else 'ham'}" for row in range(60)]
    path = tmp_path / "mails.csv"
    path.write_text("text,label\n" + "\n".join(lines) + "\n")
    findings = explain(VariableImportance(), load_study(path)).findings
    at = {name: place for place, name in enumerate(findings.ids.tolist())}
    assert set(findings.ids[:2].tolist()) == {"prize", "lunch"}
    assert findings.evidence["importance"][at["the"]] == findings.evidence["importance"][at["is"]] == 0


@pytest.mark.slow
def test_one_variable_that_decides_is_central():
    values = np.random.default_rng(7).normal(size=(200, 1)).astype(np.float32)
    findings = explain(VariableImportance(), Study.build(inputs=values, labels=(values[:, 0] > 0).astype(int))).findings
    assert findings.roles.tolist() == ["central"]
    assert findings.evidence["held_out_accuracy"][0] > 0.9


@pytest.mark.slow
def test_pixels_of_small_pictures():
    random = np.random.default_rng(3)
    pictures = random.integers(0, 256, (300, 4, 4), dtype=np.uint8)
    labels = (pictures[:, 1, 2] > 128).astype(int)
    findings = explain(VariableImportance(), Study.build(inputs=pictures, labels=labels)).findings
    assert findings.ids[findings.evidence["permutation"].argmax()] == "pixel 1, 2"


def test_photographs_have_no_variables():
    pictures = np.zeros((4, 80, 80, 3), dtype=np.uint8)
    with pytest.raises(MissingPart, match="photographs"):
        explain(VariableImportance(), Study.build(inputs=pictures, labels=[0, 1, 0, 1]))


@pytest.mark.slow
def test_without_inputs_features_are_the_variables(engine):
    random = np.random.default_rng(4)
    points = random.normal(size=(300, 3))
    study = Study.build(embedding=points, labels=(points[:, 1] > 0).astype(int))
    findings = explain(VariableImportance(), study).findings
    assert findings.ids[findings.evidence["permutation"].argmax()] == "feature 1"


@pytest.mark.slow
def test_the_order_of_the_samples_changes_nothing(study):
    order = np.random.default_rng(5).permutation(len(study))
    inputs = NumberTable(study.inputs.values[order], study.inputs.names, origins=study.inputs.origins)
    other = Study.build(inputs=inputs, labels=study.labels[order], class_names=study.class_names, ids=study.ids[order])
    one, two = (explain(VariableImportance(), which).findings for which in (study, other))
    assert one.ids.tolist() == two.ids.tolist()
    np.testing.assert_allclose(one.scores, two.scores, rtol=1e-5)


def test_an_unknown_class_is_named_with_those_near_to_it(study):
    with pytest.raises(ParameterError, match=r"no class 'yess'\. Near to it: yes"):
        explain(VariableImportance(target="yess"), study)


def test_one_class_only_has_equal_shares():
    points = np.random.default_rng(6).normal(size=(20, 4)).astype(np.float32)
    findings = explain(VariableImportance(), Study.build(inputs=points, labels=[0] * 20, class_names=["a"])).findings
    assert findings.scores.tolist() == [0.25] * 4


def test_more_words_than_the_network_takes_are_refused_by_name():
    study = Study.build(inputs=["a b", "b c", "c d", "d a"], labels=[0, 1, 0, 1], embedding=np.eye(4))
    with pytest.raises(MissingPart, match="layer=embedding"):
        explain(VariableImportance(layer="network"), study)
