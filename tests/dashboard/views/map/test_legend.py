"""Legends count what the map shows."""

import pytest

from dashboard.views.map.data import available_channels, palette_and_legend


@pytest.mark.parametrize("channel", ["given", "now", "predicted", "state"])
def test_a_legend_counts_its_points(opened, channel):
    shown = available_channels(opened)[channel]
    palette, legend = palette_and_legend(opened, shown)
    assert (legend["kind"], legend["title"]) == ("classes", shown.title)
    codes = available_channels(opened)[channel].values(opened)
    assert [entry["count"] for entry in legend["entries"]] == [int((codes == i).sum()) for i in range(len(palette))]
    assert [entry["color"] for entry in legend["entries"]] == palette
    assert [entry["label"] for entry in legend["entries"]] == list(range(len(palette)))


@pytest.mark.parametrize("channel", ["label_error_score", "influence"])
def test_a_score_has_a_scale(opened, channel):
    shown = available_channels(opened)[channel]
    palette, legend = palette_and_legend(opened, shown)
    assert legend == {"kind": "score", "title": shown.title, "low": "0", "high": "1"}
    assert available_channels(opened)[channel].values(opened).max() < len(palette)
