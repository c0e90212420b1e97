"""The map colored by the columns of a study: numbers from low to high, categories by their names."""

import numpy as np
import pytest

from dashboard.shared import wording
from dashboard.shared.channels import NO_VALUE, Categories, Scale
from dashboard.shared.column_channels import channel_of_column, column_channels, influence_channel, map_columns
from dashboard.study.registry import OpenRequest
from dashboard.views.map.data import available_channels
from margin_core import explain
from margin_core.cli import main
from margin_core.figures.palette import N_SHADES
from margin_core.tasks import ContextualOutliers
from margin_core.values import Study
from margin_core.values.number_table import NumberTable

N = 60


@pytest.fixture
def table(studies, tmp_path):
    path = tmp_path / "data" / "people.csv"
    rows = [
        f"{row if row else ''},{('red', 'green', 'blue')[row % 3]},2020-01-{row % 28 + 1:02},{'ab'[row % 2]}"
        for row in range(N)
    ]
    path.write_text("age,color,day,label\n" + "\n".join(rows) + "\n")
    assert main(["prepare", str(path)]) == 0
    return studies.opened(studies.open(OpenRequest(path)))


def test_every_column_colors_the_map(table):
    titles = {channel.title for channel in column_channels(table).values() if not channel.is_on_demand}
    assert titles == {wording.column(name) for name in ("age", "color", "day")}
    assert column_channels(table).items() <= available_channels(table).items()
    assert channel_of_column(table, "nothing") is None


@pytest.mark.parametrize("name", ["age", "color", "day"])
def test_the_influence_of_a_column_is_that_of_the_task_on_the_graph_of_the_ranking(table, name):
    channel = column_channels(table)[influence_channel(table, name)]
    assert channel.is_on_demand and channel.title == wording.influence_of(name)
    shades = channel.values(table).astype(float)
    graph = table.audited.task.graph
    found = explain(ContextualOutliers(column=name, graph=graph), table.study)
    scores = np.where(np.isnan(found.findings.evidence["value"].reshape(N, -1)[:, 0]), np.nan, found.findings.scores)
    expected = np.empty(N)
    expected[found.nodes] = scores
    assert (shades == NO_VALUE).tolist() == np.isnan(expected).tolist() == [name == "age", *[False] * (N - 1)]
    np.testing.assert_allclose(shades[1:] / (N_SHADES - 1), expected[1:], atol=1 / (N_SHADES - 1))
    assert isinstance(channel.legend(table), Scale)
    assert influence_channel(table, "nothing") is None


def test_a_number_runs_from_low_to_high_and_a_missing_one_has_no_value(table):
    channel = column_channels(table)[channel_of_column(table, "age")]
    shades = channel.values(table)
    assert shades[0] == NO_VALUE
    assert (np.diff(shades[1:].astype(int)) >= 0).all()
    assert (shades[1], shades[-1]) == (0, N_SHADES - 1)
    assert isinstance(channel.legend(table), Scale)


def test_a_date_has_dates_at_its_ends(table):
    legend = column_channels(table)[channel_of_column(table, "day")].legend(table)
    assert legend.low.startswith("2020-01-0") and legend.high.startswith("2020-01-2")


def test_a_category_has_its_names(table):
    channel = column_channels(table)[channel_of_column(table, "color")]
    legend = channel.legend(table)
    assert isinstance(legend, Categories)
    codes = channel.values(table)
    assert [legend.names[code] for code in codes[:3]] == ["red", "green", "blue"]


def test_rare_values_share_a_color_and_missing_ones_have_none():
    names = np.array([f"v{row % 30}" for row in range(90)] + [""] * 3)
    study = Study.build(labels=[0, 1, 0] * 31, columns={"place": names})
    (column,) = map_columns(study)
    assert (column.title, column.are_numbers) == ("place", False)


def test_what_names_the_samples_colors_nothing():
    study = Study.build(
        labels=[0, 1] * 10, columns={"file": np.array([f"{row}.png" for row in range(20)]), "split": ["train"] * 20,
                                     "note": [f"n{row}" for row in range(20)], "size": np.arange(20.0)},
    )  # fmt: skip
    assert [column.title for column in map_columns(study)] == ["size"]


def test_a_category_of_which_no_value_is_given_is_missing():
    values = np.array([[1, 0, 5], [0, 1, 6], [0, 0, 7]], np.float32)
    table = NumberTable(values, ("c=x", "c=y", "size"), origins=("c", "c", "size"))
    first, second = map_columns(Study.build(inputs=table, labels=[0, 1, 0]))
    assert first.values.tolist() == ["x", "y", ""]
    assert second.values.tolist() == [5, 6, 7]
