from margin_core.review.label_curve import AccuracyPoint, read_label_curve, record_accuracy
from margin_core.storage.workspace import Workspace


def test_a_workspace_keeps_one_point_for_each_number_of_labels(tmp_path):
    workspace = Workspace.at(tmp_path / "x.margin")
    assert read_label_curve(workspace) == () == read_label_curve(None)
    for point in (AccuracyPoint(20, 10), AccuracyPoint(10, 4), AccuracyPoint(20, 12)):
        record_accuracy(workspace, point)
    assert read_label_curve(workspace) == (AccuracyPoint(10, 4), AccuracyPoint(20, 12))
    assert read_label_curve(workspace)[1].accuracy == 0.6


def test_a_damaged_curve_is_passed_over(tmp_path):
    workspace = Workspace.at(tmp_path / "x.margin")
    workspace.describe({"label_curve": [[5, 9], "x", [10, 4]]})
    assert read_label_curve(workspace) == (AccuracyPoint(10, 4),)
