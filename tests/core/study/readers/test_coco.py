"""COCO files: boxes become pictures, and categories labels."""

import json

import numpy as np
import pytest
from PIL import Image

from margin_core.errors import AccessError, SourceError
from margin_core.review import export
from margin_core.study import open_source
from margin_core.study.notes import texts_of
from margin_core.study.readers.read_samples import read_samples
from margin_core.study.samples import ColumnNames, ReadRequest

CATEGORIES = [{"id": 7, "name": "dog"}, {"id": 3, "name": "cat"}, {"id": 9, "name": "owl"}]


@pytest.fixture
def coco(tmp_path):
    """Write a picture of 20 x 10 whose pixels say where they are, and annotations of it."""
    rows, columns = np.indices((10, 20))
    pixels = np.stack([columns, rows, 0 * rows], axis=2).astype(np.uint8)

    def write(annotations, images=None, name="coco.json", **entries):
        Image.fromarray(pixels).save(tmp_path / "1.png")
        document = {
            "images": images or [{"id": 1, "file_name": "1.png", "width": 20, "height": 10}],
            "categories": CATEGORIES,
            "annotations": [{"id": number, "image_id": 1, **entry} for number, entry in enumerate(annotations)],
        } | entries
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(document))
        return path

    return write


def read(path, roots=(), **columns):
    return read_samples(ReadRequest(path.resolve(), ColumnNames(**columns), roots=roots))


def corners(samples):
    """Return (left, top, right, bottom) of the pixels of each sample."""
    pictures = [samples.inputs[row] for row in range(len(samples.inputs))]
    return [(*picture[0, 0, :2].tolist(), *picture[-1, -1, :2].tolist()) for picture in pictures]


def test_boxes_are_cut_out_and_categories_are_labels(coco):
    samples = read(coco([
        {"category_id": 3, "bbox": [2, 1, 5, 4]},
        {"category_id": 7, "bbox": [0, 0, 20, 10]},
        {"category_id": 3, "bbox": [10.5, 2.25, 3, 3], "iscrowd": 0},
    ]))  # fmt: skip
    assert corners(samples) == [(2, 1, 6, 4), (0, 0, 19, 9), (10, 2, 13, 5)]
    assert samples.class_names == ("cat", "dog", "owl")  # all, in the order of their ids
    assert samples.labels.tolist() == [0, 1, 0]
    assert samples.ids.tolist() == ["0", "1", "2"]
    assert samples.columns["group"].tolist() == ["1.png"] * 3
    assert samples.name == "coco"
    assert [str(note) for note in samples.notes] == ["Label: the category of each box."]


def test_boxes_are_scaled_where_the_picture_has_another_size(coco):
    images = [{"id": 1, "file_name": "1.png", "width": 200, "height": 100}]
    assert corners(read(coco([{"category_id": 3, "bbox": [20, 10, 50, 40]}], images))) == [(2, 1, 6, 4)]


def test_boxes_are_in_pixels_where_no_size_is_said(coco):
    assert corners(read(coco([{"category_id": 3, "bbox": [2, 1, 5, 4]}], [{"id": 1, "file_name": "1.png"}]))) == [
        (2, 1, 6, 4)
    ]


def test_boxes_are_taken_around_polygons_and_cut_off_at_the_edge(coco):
    samples = read(coco([
        {"category_id": 3, "segmentation": [[4, 2, 8, 3, 6, 9], [5, 1, 6, 1, 6, 2]]},
        {"category_id": 3, "bbox": [15, -2, 30, 5]},
    ]))  # fmt: skip
    assert corners(samples) == [(4, 1, 7, 8), (15, 0, 19, 2)]


def test_annotations_without_boxes_label_whole_pictures(coco):
    samples = read(coco([{"category_id": 7}]))
    assert (samples.inputs[0].shape, samples.labels.tolist(), samples.columns.keys()) == ((10, 20, 3), [1], {"file"})


def test_what_cannot_be_used_is_counted(coco):
    good = [{"category_id": 3, "bbox": [2, 1, 5, 4]}] * 60
    bad = [
        {"category_id": 4, "bbox": [2, 1, 5, 4]},
        {"category_id": 3, "bbox": [2, 1, 5, 4], "image_id": 8},
        {"category_id": 3, "bbox": [2, 1, 5]},
        {"category_id": 3, "bbox": [2, 1, float("nan"), 4]},
        {"category_id": 3, "bbox": [20, 1, 5, 4]},
        {"category_id": 3, "bbox": [2, 1, 0, 4]},
    ]
    images = [{"id": number, "file_name": "1.png", "width": 20, "height": 10} for number in (1, 2)]
    crowd = {"category_id": 3, "bbox": [0, 0, 9, 9], "iscrowd": 1}
    samples = read(coco([*good, *bad, crowd], images))
    assert texts_of(samples.notes) == (
        "1 box left out: of a category that the file does not list.",
        "1 box left out: of a picture that the file does not list.",
        "2 boxes left out: without a box of four numbers.",
        "2 boxes left out: no size, or outside the picture.",
        "1 annotation of crowds left out.",
        "1 picture without an annotation left out.",
    )
    with pytest.raises(SourceError, match=r"6 of 26 boxes cannot be used \(of a category .*Correct them where they"):
        read(coco([*good[:20], *bad]))


def test_categories_of_one_name_are_told_apart_by_their_kind(coco):
    categories = [
        {"id": 1, "name": "seal", "supercategory": "animal"},
        {"id": 2, "name": "seal", "supercategory": "office"},
    ]
    samples = read(coco([{"category_id": 1, "bbox": [0, 0, 2, 2]}], categories=categories))
    assert samples.class_names == ("animal/seal", "office/seal")


def test_pictures_are_found_in_the_folder_of_the_data_set(coco, tmp_path):
    path = coco([{"category_id": 3, "bbox": [2, 1, 5, 4]}], name="annotations/instances_val2017.json")
    (tmp_path / "val2017").mkdir()
    (tmp_path / "1.png").rename(tmp_path / "val2017" / "1.png")
    with pytest.raises(SourceError, match=r"the only file in column 'file_name' is not there: '1\.png'"):
        read(path)
    assert corners(read(tmp_path)) == corners(read(path, roots=(tmp_path.resolve(),))) == [(2, 1, 6, 4)]
    (tmp_path / "annotations" / "captions_val2017.json").write_text("{}")
    assert read(tmp_path).name == tmp_path.name
    (tmp_path / "annotations" / "instances_train2017.json").write_text("{}")
    with pytest.raises(SourceError, match=r"several files of labels \(.*train2017\.json, annot.*--root"):
        read(tmp_path)


def test_a_folder_of_an_export_is_opened(coco, tmp_path):
    coco([{"category_id": 3, "bbox": [2, 1, 5, 4]}], name="_annotations.coco.json")
    assert corners(read(tmp_path)) == [(2, 1, 6, 4)]
    (tmp_path / "images").mkdir()
    (tmp_path / "1.png").rename(tmp_path / "images" / "1.png")
    assert corners(read(tmp_path)) == corners(read(tmp_path, roots=(tmp_path.resolve(),))) == [(2, 1, 6, 4)]


def test_a_file_called_like_an_export_makes_no_folder_one(pets):
    (pets / "labels.json").write_text('{"0": "cat"}')
    assert read(pets).class_names == ("cat", "dog")


@pytest.mark.parametrize("name", ["../secret.png", "/etc/secret.png"])
def test_paths_stay_below_the_roots(coco, tmp_path, name):
    (tmp_path / "inner").mkdir()
    path = coco([{"category_id": 3, "bbox": [2, 1, 5, 4]}], [{"id": 1, "file_name": name}], name="inner/coco.json")
    with pytest.raises((AccessError, SourceError), match=r"leads outside|is there"):
        read(path)
    (tmp_path / "secret.png").write_bytes((tmp_path / "1.png").read_bytes())
    with pytest.raises((AccessError, SourceError), match=r"leads outside|is there"):
        read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "cannot be read as JSON: Expecting property name"),
        (b"\xff\xff", "cannot be read as JSON: 'utf-8' codec"),
        (b"[" * 200_000, "cannot be read as JSON: it is nested too deeply. Export it again."),
        (b"1" * 10_000, "cannot be read as JSON: Exceeds the limit"),
        (b"[1, 2]", "is no export of COCO"),
        (b'{"images": 3, "annotations": []}', "'images' is not a list of objects. Export the file again."),
        (b'{"images": [], "annotations": [3], "categories": []}', "'annotations' is not a list of objects."),
        (b'{"images": [], "annotations": []}', "has no categories, which are the labels. Give a COCO file of objects."),
        (b'{"images": [], "annotations": [], "categories": []}', "holds no label that can be used."),
        (b'{"images": [], "annotations": [{"bbox": 3}], "categories": []}', "holds no label that can be used."),
    ],
)
def test_a_damaged_file_is_said_to_be(tmp_path, content, message):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read(tmp_path / "a.json")
    assert message in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_no_columns_can_be_named(coco):
    with pytest.raises(SourceError, match="is a COCO file, whose labels are its categories, so --label has nothing"):
        read(coco([]), label="x")


def test_an_export_of_boxes_is_a_folder_of_them(coco, tmp_path, mean_color):
    annotations = [{"category_id": 3 + 4 * (row % 2), "bbox": [row, 1, 3, 4]} for row in range(12)]
    opened = open_source(coco(annotations), model=mean_color(), workspace=tmp_path / "w.margin")
    export(opened.study, [], "image-folder", tmp_path / "out")
    again = read(tmp_path / "out")
    assert sorted(corners(again)) == sorted(corners(read(tmp_path / "coco.json")))
    assert np.bincount(again.labels).tolist() == [6, 6]


@pytest.mark.slow
def test_the_command_line_opens_it(run_margin, coco, tmp_path):
    path = coco([{"category_id": 3, "bbox": [2, 1, 5, 4]}] * 3 + [{"category_id": 3, "bbox": [2, 1, 5]}])
    code, _, err = run_margin("audit", path, "--out", tmp_path / "out", "--strict")
    assert code == 2
    assert "1 box left out: without a box of four numbers. Mend the source, or leave --strict out." in err


@pytest.mark.slow
def test_pictures_that_are_not_there_are_said_to_be_gone_and_boxes_are_boxes(coco):
    images = [{"id": row, "file_name": f"{row}.png", "width": 20, "height": 10} for row in (1, 2)]
    boxes = [{"category_id": 3, "bbox": [2, 1, 5, 4]} for _ in range(8)]
    gone = [box | {"image_id": 2} for box in boxes[:2]]
    opened = open_source(coco([*gone, *boxes], images))
    assert texts_of(opened.notes)[0] == "2 boxes are of pictures that are not there and have no features."
    with pytest.raises(SourceError, match=r": 4 of 12 boxes are of pictures that are not there\. Put them where the "):
        open_source(coco([*gone, *gone, *boxes], images))


def test_categories_of_one_name_are_one_class_and_said(coco):
    categories = [*CATEGORIES, {"id": 11, "name": "cat"}]
    samples = read(coco([{"category_id": 3}, {"category_id": 11}], categories=categories))
    assert samples.labels.tolist() == [0, 0]
    assert texts_of(samples.notes) == ("Categories of one name are one class: 'cat' (3, 11).",)


def test_pictures_that_lie_elsewhere_are_named_with_root(coco):
    path = coco([{"category_id": 3}], name="labels/coco.json")
    with pytest.raises(SourceError, match=r"If the pictures lie elsewhere, name their folder with --root\."):
        read(path)
    assert len(read(path, roots=(path.parent.parent,)).ids) == 1


def test_splits_may_have_a_file_each(tmp_path, coco):
    for split, label in (("train", 3), ("valid", 7)):
        coco([{"category_id": label, "bbox": [2, 1, 5, 4]}] * 2, name=f"{split}/_annotations.coco.json")
        (tmp_path / "1.png").rename(tmp_path / split / "1.png")
    samples = read(tmp_path)
    assert samples.name == tmp_path.name
    assert samples.columns["split"].tolist() == ["train", "train", "val", "val"]
    assert samples.ids.tolist() == ["train-0", "train-1", "val-0", "val-1"]
    assert samples.labels.tolist() == [0, 0, 1, 1]
    assert samples.columns["group"].tolist() == ["train/1.png"] * 2 + ["valid/1.png"] * 2
    (tmp_path / "test").mkdir()
    assert texts_of(read(tmp_path).notes) == ("1 folder without a '_annotations.coco.json' left out (test).",)
    (tmp_path / "valid" / "_annotations.coco.json").write_text("[]")
    with pytest.raises(SourceError, match=r"valid/_annotations.coco.json' is no COCO file\."):
        read(tmp_path)
