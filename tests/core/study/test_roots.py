import pytest

from margin_core.errors import AccessError
from margin_core.study.roots import resolve_within_roots


def test_a_path_below_a_root_comes_back_without_links(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    assert resolve_within_roots(tmp_path / "link", [tmp_path]) == tmp_path.resolve() / "data"


def test_a_root_itself_and_a_path_that_is_not_there_yet_are_fine(tmp_path):
    assert resolve_within_roots(tmp_path, [tmp_path]) == tmp_path.resolve()
    assert resolve_within_roots(tmp_path / "new", [str(tmp_path)]) == tmp_path.resolve() / "new"


@pytest.mark.parametrize("path", ["../secret", "inside/../../secret", "/etc/passwd"])
def test_a_path_outside_is_refused(tmp_path, path):
    root = tmp_path / "root"
    root.mkdir()
    with pytest.raises(AccessError) as refused:
        resolve_within_roots(root / path, [root])
    assert str(refused.value) == (
        f"'{root / path}' lies outside the folders that may be opened ('{root}'). "
        f"Choose something below one of them, or start MARGIN with --root '{(root / path).resolve().parent}'."
    )


def test_of_a_file_outside_its_folder_is_what_would_have_to_be_allowed(tmp_path):
    with pytest.raises(AccessError, match=r"with --root '/data/of somebody'\.$"):
        resolve_within_roots("/data/of somebody/table.csv", [tmp_path])


def test_a_link_inside_that_leads_outside_is_refused(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(AccessError, match="lies outside"):
        resolve_within_roots(root / "link", [root])


def test_a_sibling_whose_name_starts_like_the_root_is_outside(tmp_path):
    (tmp_path / "data").mkdir()
    with pytest.raises(AccessError):
        resolve_within_roots(tmp_path / "data-private", [tmp_path / "data"])


def test_without_roots_nothing_may_be_opened(tmp_path):
    with pytest.raises(AccessError, match=r"may be opened \(there are none\)"):
        resolve_within_roots(tmp_path, [])


def test_what_is_no_path_is_refused(tmp_path):
    with pytest.raises(AccessError) as refused:
        resolve_within_roots("a\0b", [tmp_path])
    assert str(refused.value) == "'a\0b' is not a usable path (embedded null byte). Check the path."
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(AccessError, match="is not a usable path"):
        resolve_within_roots(tmp_path / "circle", [tmp_path])
