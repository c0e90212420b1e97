"""What lies below the declared folders."""

import os

import pytest

from dashboard.views.open_source.sources import is_edge_table, may_have_edges, sources_below


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(exist_ok=True)
    return folder


def test_sources_below_the_roots_are_found(root, source):
    (root / "many" / "cat").mkdir(parents=True)
    (root / "many" / "dog").mkdir()
    (root / "table.csv").touch()
    (root / "notes.txt").touch()
    (root / ".hidden").mkdir()
    (root / ".hidden" / "x.csv").touch()
    (root / "study").mkdir()
    (root / "study" / "study.toml").touch()
    (root / "study" / "inner.csv").touch()
    (root / "link.csv").symlink_to("/etc/passwd")
    found = sources_below([root, root])
    names = {str(path.relative_to(root)) for path in found}
    assert names == {".", "pets.npz", "table.csv", "many", "study"}
    assert len(found) == len(names)


def test_a_name_that_is_no_utf8_hides_only_itself(root, source):
    for name in (b"caf\xe9.csv", b"caf\xe9.margin"):
        (root / os.fsdecode(name)).touch()
    (root / os.fsdecode(b"na\xefve") / "inner").mkdir(parents=True)
    assert sources_below([root]) == [root, source]


def test_a_root_that_is_gone_holds_nothing(tmp_path):
    assert sources_below([tmp_path / "gone"]) == []


def test_not_more_than_can_be_listed(tmp_path):
    for number in range(250):
        (tmp_path / f"{number}.csv").touch()
    assert len(sources_below([tmp_path])) == 200


@pytest.mark.parametrize(
    ("path", "names", "of_edges", "takes_edges"),
    [
        ("edges.csv", ("source", "target"), True, False),
        ("edges.CSV", ("From", " to ", "Weight"), True, False),
        ("edges.txt", ("35", "1033"), True, False),
        ("nodes.csv", ("id", "label", "source", "target"), False, True),
        ("texts.csv", ("text", "label"), False, True),
        ("measured.csv", ("5", "1.5", "8"), False, True),
        ("folder", (), False, True),
        ("points.npz", ("embedding", "labels"), False, True),
        ("graph.npz", ("embedding", "edge_index"), False, False),
        ("club.graphml", (), False, False),
        ("pets.csv.margin", (), False, False),
        ("", (), False, False),
    ],
)
def test_nodes_are_asked_for_beside_edges_and_edges_beside_samples(path, names, of_edges, takes_edges):
    assert (is_edge_table(path, names), may_have_edges(path, names)) == (of_edges, takes_edges)
