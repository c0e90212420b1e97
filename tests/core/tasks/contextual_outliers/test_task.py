"""Laws of a column as signal: what stands out among its own kind comes first, whatever the scale."""

import numpy as np
import pytest
from planted import blobs

from margin_core import Study, explain
from margin_core.errors import MissingPart
from margin_core.graph import Knn
from margin_core.tasks import ContextualOutliers
from margin_core.tasks.saliency.fragility import fragility, with_fragility
from margin_core.values.number_table import NumberTable


def study_of(**columns):
    """Build a study of three far groups of samples with columns."""
    planted = blobs(each=40, flips=0).study
    return Study.build(name="blobs", embedding=planted.embedding, labels=planted.labels, columns=columns)


def smooth():
    """Return a value that differs from group to group: 0, 10 and 20."""
    return 10.0 * np.asarray(blobs(each=40, flips=0).study.labels)


def ranked(column, name="age", **parameters):
    return explain(ContextualOutliers(column=name, **parameters), study_of(**{name: column})).findings


def test_what_is_usual_elsewhere_and_odd_here_comes_first():
    values = smooth()
    values[3], values[90] = 20.0, 13.0
    found = ranked(values)
    assert found.ids[:2].tolist() == ["3", "90"]
    assert found.scores[0] == 1
    assert found.scores[2] < 0.2
    assert found.evidence["value"][0] == 20
    assert found.evidence["expected"][0] == pytest.approx(0, abs=0.5)
    np.testing.assert_allclose(
        found.evidence["difference"], found.evidence["value"] - found.evidence["expected"], atol=1e-12
    )


def test_scale_and_origin_of_a_column_change_nothing():
    values = np.random.default_rng(0).normal(size=120)
    one, other = ranked(values), ranked(7 - 1000 * values)
    assert one.ids.tolist() == other.ids.tolist()
    np.testing.assert_allclose(one.scores, other.scores, atol=1e-8)


def test_a_column_that_is_the_same_everywhere_has_no_outlier():
    assert ranked(np.full(120, 3.0)).scores.max() == 0
    assert ranked(np.zeros(120, bool)).scores.max() == 0


def test_what_is_not_known_comes_last_and_pulls_nobody():
    values = smooth()
    values[:3] = np.nan
    values[3] = 20.0
    found = ranked(values)
    assert found.ids[0] == "3"
    assert set(found.ids[found.roles == "unscored"].tolist()) == {"0", "1", "2"}
    assert found.roles[-3:].tolist() == ["unscored"] * 3
    assert np.isnan(found.evidence["difference"][-3:]).all()


class Corner:
    """A black box: the brighter the corner at the top left, the likelier the first class."""

    fingerprint = "corner"

    def probabilities(self, inputs):
        p = np.asarray(inputs)[:, :3, :3].mean((1, 2)) / 300 + 0.1
        return np.stack([p, 1 - p], axis=1)


def pictured(**parts):
    pictures = np.random.default_rng(4).integers(0, 256, (12, 7, 6), dtype=np.uint8)
    points = np.random.default_rng(5).normal(size=(12, 3))
    return Study.build(name="few", inputs=pictures, embedding=points, **parts)


def test_fragility_is_computed_where_the_study_has_none():
    bare = pictured(model=Corner(), columns={"unreadable": np.arange(12) == 5})
    values = fragility(bare)
    assert np.isnan(values[5])
    task = ContextualOutliers(column="fragility", graph=Knn(k=3))
    found, given = explain(task, bare), explain(task, with_fragility(bare, values))
    np.testing.assert_array_equal(found.signal.values, given.signal.values)
    assert found.findings.ids.tolist() == given.findings.ids.tolist()
    np.testing.assert_array_equal(found.findings.evidence["value"], given.findings.evidence["value"])
    assert found.findings.ids[-1] == "5"
    assert found.findings.roles[-1] == "unscored"


def test_a_column_of_ones_own_is_taken_as_it_is():
    values = np.arange(12.0)
    found = explain(ContextualOutliers(column="fragility", graph=Knn(k=3)), pictured(columns={"fragility": values}))
    np.testing.assert_array_equal(found.signal.values, values)


@pytest.mark.parametrize(
    ("column", "parts", "message"),
    [
        (
            "",
            {"columns": {"age": np.arange(12), "file": np.array(["a"] * 12)}},
            "Name the column whose values are compared, with --set column=NAME. Study 'few' has these columns "
            "of numbers: age; with a model, fragility can be computed.",
        ),
        (
            "file",
            {"columns": {"file": np.array(["a"] * 12)}},
            "has no signal or column of numbers 'file'. There is no other either.",
        ),
        ("fragility", {}, "Study 'few' has no model. Pass --model, or model=."),
    ],
)
def test_what_cannot_be_compared_is_refused(column, parts, message):
    with pytest.raises(MissingPart) as raised:
        explain(ContextualOutliers(column=column, graph=Knn(k=3)), pictured(**parts))
    assert message in str(raised.value)


def test_a_column_of_the_rows_themselves_is_a_signal():
    planted = blobs(each=40, flips=0).study
    group = np.asarray(planted.labels)
    values = np.column_stack([group == 0, group == 1, group == 2, smooth(), 100.0 + group, np.sin(group)])
    values[7, :3] = [0, 0, 1]
    values[80, 3], values[81, 3], values[110, 4] = 0.0, np.nan, 50.0
    names = ("color=red", "color=green", "color=blue", "size", "day", "day: weekday (sine)")
    table = NumberTable(values.astype(np.float32), names, origins=("color",) * 3 + ("size", "day", "day"),
                        dates=frozenset({"day"}))  # fmt: skip
    study = Study.build(embedding=planted.embedding, labels=planted.labels, inputs=table)
    for column, odd in (("color", "7"), ("size", "80"), ("day", "110")):
        found = explain(ContextualOutliers(column=column), study).findings
        assert found.ids[0] == odd and found.scores[1] < 0.6
    assert found.evidence["value"][0] == 50
    assert explain(ContextualOutliers(column="size"), study).findings.ids[-1] == "81"
    with pytest.raises(MissingPart, match="There are: color, size, day"):
        explain(ContextualOutliers(column="age"), study)
