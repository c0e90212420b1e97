import pytest

from margin_core.class_list import format_class_names, parse_class_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("cat, dog", ("cat", "dog")),
        (" cat ,, dog,cat\nbird", ("cat", "dog", "bird")),
        ('"salt, sea", fresh', ("salt, sea", "fresh")),
        ("", ()),
    ],
)
def test_names_are_read(text, names):
    assert parse_class_names(text) == names


def test_names_are_written_as_they_are_read():
    names = ("cat", "salt, sea", 'the "best"', "chien d'eau")
    assert parse_class_names(format_class_names(names)) == names
