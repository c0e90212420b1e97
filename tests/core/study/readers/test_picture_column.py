"""Which column of a table lists pictures."""

import pytest

from margin_core.study.readers.column_table import read_table
from margin_core.study.readers.picture_column import find_picture_column
from margin_core.study.samples import ReadRequest


@pytest.mark.parametrize(
    ("name", "values", "is_found"),
    [
        ("anything", ["a.png", "b.JPG"], True),
        ("anything", ["https://x.org/a.png?w=2", "https://x.org/b.png"], True),
        ("anything", ["a", "b"], False),
        ("image_id", ["a", "b"], True),
        ("Image", ["cat/a", "b"], True),
        ("image_id", ["x", "y"], False),
        ("image_id", ["1", "2"], True),
        ("image_id", ["1.5", "2.5"], False),
        ("image_url", ["https://x.org/237/200", "https://x.org/238/200"], True),
        ("page", ["https://x.org/237/200", "https://x.org/238/200"], False),
    ],
)
def test_it_is_found_by_suffixes_or_by_a_usual_name_and_files_that_are_there(tmp_path, picture, name, values, is_found):
    for file in ("cat/a.png", "b.png", "1.png", "2.png"):
        picture(tmp_path / file)
    path = tmp_path / "t.csv"
    path.write_text(f"{name},label\n" + "".join(f"{value},{row}\n" for row, value in enumerate(values)))
    found = find_picture_column(ReadRequest(path), read_table(path), [name])
    assert (found is not None) == is_found
