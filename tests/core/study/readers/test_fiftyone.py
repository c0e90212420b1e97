"""Exports of FiftyOne: datasets, and files of labels."""

import json

import pytest
from packed import encoded, shades

from margin_core.errors import AccessError, SourceError
from margin_core.study.notes import texts_of
from margin_core.study.readers.read_samples import read_samples
from margin_core.study.samples import ColumnNames, ReadRequest


@pytest.fixture
def write(tmp_path):
    """Write four pictures, and a file beside them."""

    def to(document, name="samples.json"):
        (tmp_path / "data").mkdir(exist_ok=True)
        for row in range(4):
            (tmp_path / "data" / f"{row}.png").write_bytes(encoded(row, size=(20, 10)))
        (tmp_path / name).write_text(json.dumps(document))
        (tmp_path / "metadata.json").write_text("{}")
        return tmp_path / name

    return to


def classified(row, label, **more):
    value = None if label is None else {"_id": {"$oid": "6"}, "_cls": "Classification", "tags": [], "label": label}
    return {"_id": {"$oid": f"5{row}"}, "filepath": f"data/{row}.png", "tags": [], "ground_truth": value, **more}


def detected(row, *boxes, **more):
    found = [{"_id": {"$oid": f"{row}{number}"}, "_cls": "Detection", "label": label, "bounding_box": box}
             for number, (label, box) in enumerate(boxes)]  # fmt: skip
    return classified(row, None, **more) | {"ground_truth": {"_cls": "Detections", "detections": found}}


def read(path, **columns):
    return read_samples(ReadRequest(path.resolve(), ColumnNames(**columns)))


def test_a_dataset_of_classifications_is_read(write, tmp_path):
    samples = [classified(row, [None, "dog", "cat", "dog"][row], tags=["test" if row else "x"]) for row in range(4)]
    found = read(write({"samples": samples}))
    assert found.class_names == ("cat", "dog")
    assert found.labels.tolist() == [-1, 1, 0, 1]
    assert found.ids.tolist() == [f"data/{row}.png" for row in range(4)]
    assert found.columns["split"].tolist() == ["", "test", "test", "test"]
    assert shades(found) == [0, 1, 2, 3]
    assert [str(note) for note in found.notes] == ["Label: field 'ground_truth' of each picture."]
    folder = read(tmp_path)
    assert (folder.name, folder.labels.tolist()) == (tmp_path.name, found.labels.tolist())


def test_what_the_library_writes_as_one_file_is_read(write):
    document = {
        "name": "pets",
        "media_type": "image",
        "sample_fields": {},
        "samples": [classified(0, "a"), classified(1, "b")],
    }
    assert read(write(document, "pets.json")).class_names == ("a", "b")


def test_detections_are_cut_out(write):
    samples = [
        detected(0, ("cat", [0.1, 0.1, 0.25, 0.4]), ("dog", [0.5, 0, 0.5, 1])),
        detected(1),
        detected(2, ("dog", [0, 0, 1, 1]), tags=["train"]),
        classified(3, None),
    ]
    found = read(write({"samples": samples}))
    assert [found.inputs[row].shape for row in range(3)] == [(4, 5, 3), (10, 10, 3), (10, 20, 3)]
    assert found.labels.tolist() == [0, 1, 1]
    assert found.ids.tolist() == ["00", "01", "20"]
    assert found.columns["group"].tolist() == ["data/0.png", "data/0.png", "data/2.png"]
    assert found.columns["split"].tolist() == ["", "", "train"]
    assert texts_of(found.notes) == ("2 pictures without a label left out.",)


def test_a_detection_without_a_box_is_counted(write):
    good = [("cat", [0.1, 0.1, 0.25, 0.4])] * 40
    found = read(write({"samples": [detected(0, *good, ("cat", [1, 2]), ("cat", [1.5, 0, 1, 1]))]}))
    assert texts_of(found.notes) == (
        "1 box left out: without a box of four numbers.",
        "1 box left out: no size, or outside the picture.",
    )


def test_the_field_of_labels_is_found_or_asked_for(write):
    other = {"_cls": "Classification", "label": "x"}
    samples = [classified(row, "ab"[row], model=other) for row in range(2)]
    assert read(write({"samples": samples})).class_names == ("a", "b")
    assert read(write({"samples": samples}), label="model").class_names == ("x",)
    for sample in samples:
        sample["person"] = sample.pop("ground_truth")
    with pytest.raises(SourceError, match=r"has several label fields: model, person\. Name one of these with"):
        read(write({"samples": samples}))
    with pytest.raises(SourceError, match=r"has no label field 'y': model, person\."):
        read(write({"samples": samples}), label="y")
    with pytest.raises(SourceError, match="of which --id has nothing to name"):
        read(write({"samples": samples}), id="y")
    with pytest.raises(SourceError, match=r"has no field of classifications or detections\. Export one of"):
        read(write({"samples": [{"filepath": "data/1.png"}]}))


@pytest.mark.parametrize(
    "labels",
    [{"0": 0, "1": 1, "2": 0, "3": None}, {"0": "cat", "1": "dog", "2": "cat", "3": None},
     {"0": {"label": "cat", "confidence": 0.5}, "1": {"label": "dog"}, "2": {"label": "cat"}, "3": None}],
)  # fmt: skip
def test_a_file_of_labels_beside_the_pictures_is_read(write, tmp_path, labels):
    write({"classes": ["cat", "dog"], "labels": labels}, "labels.json")
    (tmp_path / "metadata.json").unlink()
    found = read(tmp_path)
    assert found.class_names == ("cat", "dog")
    assert found.labels.tolist() == [0, 1, 0, -1]
    assert shades(found) == [0, 1, 2, 3]
    assert texts_of(found.notes) == ()


def test_a_file_of_boxes_beside_the_pictures_is_read(write):
    labels = {
        "0": [{"label": 1, "bounding_box": [0, 0, 0.5, 1]}, {"label": "cat", "bounding_box": [0, 0, 1, 1]}],
        "1": None,
    }
    found = read(write({"classes": ["cat", "dog"], "labels": labels}, "labels.json"))
    assert [found.class_names[label] for label in found.labels] == ["dog", "cat"]
    assert [found.inputs[row].shape for row in range(2)] == [(10, 10, 3), (10, 20, 3)]
    assert found.ids.tolist() == ["data/0-0", "data/0-1"]


def test_paths_stay_below_the_roots(write, tmp_path):
    (tmp_path / "inner").mkdir()
    path = write({"samples": [classified(0, "a") | {"filepath": "../data/0.png"}]}, "inner/samples.json")
    with pytest.raises((AccessError, SourceError), match=r"leads outside|is there"):
        read(path)


@pytest.mark.parametrize(
    "document",
    [{"samples": []}, {"labels": {}}, {"labels": {"0": [3]}}, {"labels": {"9": "a"}},
     {"samples": [{"filepath": None, "x": {"_cls": "Classification"}}]},
     {"samples": [{"filepath": "a.png", "x": {"_cls": "Detections", "detections": 3}}]}],
)  # fmt: skip
def test_a_damaged_export_is_refused_in_a_sentence(write, document):
    with pytest.raises(SourceError) as caught:
        read(write(document))
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_what_to_do_about_pictures_on_servers_is_possible_with_an_export(write):
    samples = [classified(row, "a") | {"filepath": f"http://zoo.org/{row}.png"} for row in range(4)]
    with pytest.raises(SourceError, match=r"not fetched\. Download them, and write their paths into the export\.$"):
        read(write({"samples": samples}))
    found = read(write({"samples": [samples[0], *(classified(row, "b") for row in (1, 2, 3))]}))
    assert texts_of(found.notes)[-1].startswith("1 picture on another server not fetched ('http://zoo.org/0.png').")
