import io
import os
from errno import ENOSPC
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dashboard.study.pictures import MAX_SIDE, PictureBook
from margin_core import Study
from margin_core.errors import SourceError
from margin_core.storage.workspace import Workspace
from margin_core.study.inputs.texts import TextList


def book_of(inputs, workspace=None):
    return PictureBook(Study.build(name="pictures", inputs=inputs, labels=np.zeros(len(inputs), int)), workspace)


def decoded(book, row, size="full"):
    content, kind = book.picture(row, size)
    return np.asarray(Image.open(io.BytesIO(content))), kind


@pytest.mark.parametrize("shape", [(8, 8), (64, 64), (8, 8, 3), (5, 9)])
@pytest.mark.parametrize("size", ["thumb", "full"])
def test_a_small_picture_travels_pixel_for_pixel(shape, size):
    inputs = np.random.default_rng(0).integers(0, 256, (3, *shape), dtype=np.uint8)
    pixels, kind = decoded(book_of(inputs), 1, size)
    assert kind == "image/png"
    np.testing.assert_array_equal(pixels, inputs[1])


def test_one_channel_is_gray():
    inputs = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 1), dtype=np.uint8)
    pixels, _ = decoded(book_of(inputs), 0)
    np.testing.assert_array_equal(pixels, inputs[0, :, :, 0])


@pytest.mark.parametrize(("size", "longest"), MAX_SIDE.items())
def test_a_large_picture_is_scaled_and_keeps_its_shape(size, longest):
    inputs = np.zeros((1, 3000, 1500, 3), np.uint8)
    inputs[:, :1500] = 200
    pixels, kind = decoded(book_of(inputs), 0, size)
    assert kind == "image/webp"
    assert pixels.shape[:2] == (longest, longest // 2)
    assert abs(int(pixels[longest // 4, longest // 4, 0]) - 200) < 6 and pixels[-10, 10, 0] < 6


def test_a_picture_is_never_scaled_up():
    pixels, kind = decoded(book_of(np.full((1, 100, 70, 3), 90, np.uint8)), 0)
    assert (kind, pixels.shape[:2]) == ("image/webp", (100, 70))


def test_a_thumbnail_is_kept_and_read_again(tmp_path):
    inputs = np.random.default_rng(0).integers(0, 256, (1, 200, 200, 3), dtype=np.uint8)
    workspace = Workspace.at(tmp_path / "w.margin")
    first = book_of(inputs, workspace).picture(0, "thumb")
    (kept,) = [path for path in workspace.thumbnails.rglob("*") if path.is_file()]
    assert kept.read_bytes() == first[0]
    kept.write_bytes(b"as kept")
    assert book_of(inputs, workspace).picture(0, "thumb") == (b"as kept", "image/webp")
    changed = book_of(inputs[:, ::-1], workspace).picture(0, "thumb")
    assert changed[0] not in (b"as kept", first[0])


def test_a_thumbnail_that_cannot_be_kept_is_shown_all_the_same(tmp_path, monkeypatch):
    """A full disk stops decisions, which say so, but not looking."""

    def full(path, content):
        raise OSError(ENOSPC, os.strerror(ENOSPC))

    inputs = np.random.default_rng(0).integers(0, 256, (1, 200, 200, 3), dtype=np.uint8)
    workspace = Workspace.at(tmp_path / "w.margin")
    monkeypatch.setattr(Path, "write_bytes", full)
    assert book_of(inputs, workspace).picture(0, "thumb") == book_of(inputs).picture(0, "thumb")
    assert not [path for path in workspace.thumbnails.rglob("*") if path.is_file()]


def test_full_pictures_and_pixel_art_are_not_kept(tmp_path):
    workspace = Workspace.at(tmp_path / "w.margin")
    book_of(np.zeros((1, 200, 200), np.uint8), workspace).picture(0, "full")
    book_of(np.zeros((1, 8, 8), np.uint8), workspace).picture(0, "thumb")
    assert not workspace.thumbnails.exists()


def test_floats_are_stretched_from_black_to_white():
    inputs = np.linspace(-3, 5, 64, dtype=np.float32).reshape(1, 8, 8)
    pixels, _ = decoded(book_of(inputs), 0)
    assert pixels[0, 0] == 0 and pixels[-1, -1] == 255
    assert (np.diff(pixels.ravel().astype(int)) >= 0).all()


@pytest.mark.parametrize("value", [0.0, 7.5, np.nan])
def test_a_picture_of_one_value_is_black(value):
    pixels, _ = decoded(book_of(np.full((1, 8, 8), value)), 0)
    assert not pixels.any()


def test_what_is_not_finite_is_black():
    inputs = np.ones((1, 8, 8))
    inputs[0, 0, :3] = np.nan, np.inf, -np.inf
    inputs[0, 1] = 0
    pixels, _ = decoded(book_of(inputs), 0)
    assert not pixels[0, :3].any() and (pixels[2:] == 255).all()


def test_a_shape_that_is_no_picture_is_refused():
    with pytest.raises(SourceError, match=r"A sample of shape \(8, 8, 4\) is not a picture"):
        book_of(np.zeros((1, 8, 8, 4), np.uint8)).picture(0, "full")


def test_numbers_are_shown_as_a_table():
    book = book_of(np.array([[1.5, -2.0], [np.pi, 1e-9]]))
    assert book.kind == "values"
    assert book.content(1) == {"kind": "values", "values": [["column 1", "3.14159"], ["column 2", "1e-09"]]}


def test_of_a_row_of_numbers_the_first_stand_where_a_picture_would():
    book = book_of(np.array([[1.5, -2.0, 0.25, 7.0, 8.0, 9.0, 10.0]]))
    assert book.excerpt(0).splitlines() == [
        "column 1 1.5", "column 2 -2", "column 3 0.25", "column 4 7", "column 5 8", "column 6 9",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("Free  entry,\n<b>win</b> now! ", "Free entry, <b>win</b> now!"), ("", ""), ("x" * 200, "x" * 139 + "…"),
        ("twelve chars " * 30, "twelve chars " * 10 + "twelve ch…"), (" " * 300 + "late", "late"),
    ],
)  # fmt: skip
def test_of_a_text_the_beginning_stands_where_a_picture_would(text, excerpt):
    assert book_of(TextList((text,))).excerpt(0) == excerpt


def described(**columns):
    return PictureBook(Study.build(name="nodes", labels=[0, 1], columns=columns), None)


def test_words_that_are_all_there_is_of_a_sample_are_its_text():
    book = described(words=["graph, kernel", ""], year=[1999, 2001])
    assert book.kind == "text" and book.excerpt(0) == "graph, kernel"
    assert book.content(1) == {"kind": "text", "text": ""}


def test_columns_that_are_all_there_is_of_a_sample_stand_where_a_picture_would():
    book = described(year=[1999, 2001], split=["train", "test"])
    assert book.kind == "values" and book.excerpt(1) == "year 2001"
    assert described(split=["train", "test"]).kind == "none"


def test_a_picture_and_a_sample_without_content_have_no_excerpt():
    assert book_of(np.zeros((1, 8, 8), np.uint8)).excerpt(0) == ""
    assert PictureBook(Study.build(name="bare", labels=[0, 1]), None).excerpt(0) == ""


def test_without_inputs_a_sample_is_its_id():
    book = PictureBook(Study.build(name="bare", labels=[0, 1], ids=["a", "b"]), None)
    assert book.kind == "none"
    assert book.content(1) == {"kind": "values", "values": [["id", "b"]]}


def test_a_picture_is_named_as_such():
    assert book_of(np.zeros((1, 8, 8), np.uint8)).content(0) == {"kind": "picture"}
