"""What lies below the declared folders."""

import os

import pytest

from dashboard.views.open_source.sources import sources_below


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
