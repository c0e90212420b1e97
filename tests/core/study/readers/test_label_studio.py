"""Exports of Label Studio, JSON and JSON-MIN."""

import json

import numpy as np
import pytest
from packed import encoded, shades
from PIL import Image

from margin_core.errors import AccessError, SourceError
from margin_core.study.inputs.texts import TextList
from margin_core.study.notes import texts_of
from margin_core.study.readers.read_samples import read_samples
from margin_core.study.samples import ColumnNames, ReadRequest


def choice(*names, field="kind", **annotation):
    result = [{"from_name": field, "to_name": "it", "type": "choices", "value": {"choices": list(names)}}]
    return {"result": result, **annotation}


def region(kind="rectanglelabels", label="cat", size=(20, 10), field="box", **value):
    return {
        "from_name": field, "type": kind, "original_width": size[0], "original_height": size[1],
        "value": {**value, kind: [label]},
    }  # fmt: skip


@pytest.fixture
def write(tmp_path):
    def to(tasks, name="export.json"):
        path = tmp_path / name
        path.write_text(json.dumps(tasks))
        return path

    (tmp_path / "images").mkdir()
    for row in range(4):
        (tmp_path / "images" / f"8a2b-{row}.png").write_bytes(encoded(row))
    return to


def uploaded(row, *annotations, **data):
    path = f"/data/upload/3/8a2b-{row}.png"
    return {"id": 100 + row, "data": {"image": path, **data}, "annotations": list(annotations)}


def read(path, roots=(), **columns):
    return read_samples(ReadRequest(path.resolve(), ColumnNames(**columns), roots=roots))


def test_choices_label_pictures(write):
    tasks = [uploaded(row, choice("dog" if row % 2 else "cat"), city="Rome") for row in range(3)] + [uploaded(3)]
    samples = read(write(tasks))
    assert samples.class_names == ("cat", "dog")
    assert samples.labels.tolist() == [0, 1, 0, -1]
    assert samples.ids.tolist() == ["100", "101", "102", "103"]
    assert shades(samples) == [0, 1, 2, 3]
    assert samples.columns["city"].tolist() == ["Rome"] * 3 + [""]
    assert str(samples.notes[-1]) == "Label: 'kind' of each task, of 'image'."


@pytest.mark.parametrize(
    "path",
    ["http://localhost:8080/data/upload/3/8a2b-{}.png", "/data/local-files/?d=images/8a2b-{}.png", "images/8a2b-{}.png",
     "/data/local-files/?d=home%2Fme%2Fimages%2F8a2b-{}.png"],
)  # fmt: skip
def test_pictures_are_found_where_an_export_puts_them(write, path):
    tasks = [
        {"id": row, "data": {"image": path.format(row)}, "annotations": [choice("ab"[row % 2])]} for row in range(4)
    ]
    assert shades(read(write(tasks))) == [0, 1, 2, 3]


def test_json_min_has_labels_beside_the_data(write):
    entries = [
        {"id": row, "image": f"/data/upload/3/8a2b-{row}.png", "kind": "ab"[row % 2], "annotator": 1,
         "annotation_id": row, "lead_time": 1.5}
        for row in range(4)
    ]  # fmt: skip
    path = write(entries)
    with pytest.raises(SourceError, match=r"nobody has labeled a task\. In JSON-MIN, name the label with --label\.$"):
        read(path)
    samples = read(path, label="kind")
    assert (samples.class_names, shades(samples)) == (("a", "b"), [0, 1, 2, 3])
    assert samples.columns.keys() == {"file"}
    for entry in entries:
        entry["choice"] = entry.pop("kind")
    assert read(write(entries)).class_names == ("a", "b")
    for entry in entries:
        entry["choice"] = {"choices": [entry["choice"]]}
    assert read(write(entries)).class_names == ("a", "b")


def test_texts_are_labeled_too(write):
    tasks = [
        {"id": row, "data": {"text": f"the soup was {'cold' if row % 2 else 'warm'} on day {row}"},
         "annotations": [choice("bad" if row % 2 else "good")]}
        for row in range(12)
    ]  # fmt: skip
    samples = read(write(tasks))
    assert isinstance(samples.inputs, TextList)
    assert samples.class_names == ("bad", "good")
    assert len(samples.embedding) == 12
    assert samples.ids[0] == "0"


def test_the_choice_of_most_annotators_counts(write):
    tasks = [
        uploaded(0, choice("b"), choice("a"), choice("a")),
        uploaded(1, choice("b", was_cancelled=True), choice("a")),
        uploaded(2, choice("b"), choice("a", ground_truth=True)),
        uploaded(3, choice("b")),
    ]
    samples = read(write(tasks))
    assert [samples.class_names[label] for label in samples.labels] == ["a", "a", "a", "b"]
    assert "Annotators disagree in 2 tasks: read is the choice of most, else the first." in texts_of(samples.notes)


def test_several_choices_are_no_label(write):
    many = [uploaded(row % 4, choice("ab"[row % 2])) | {"id": row} for row in range(40)]
    samples = read(write([*many, uploaded(0, choice("a", "b"))]))
    assert len(samples.ids) == 40
    assert "1 task left out: with several choices." in texts_of(samples.notes)
    with pytest.raises(SourceError, match=r"4 of 8 tasks have several choices, and a sample has one label\. Choose"):
        read(write(many[:4] + [uploaded(row, choice("a", "b")) for row in range(4)]))


@pytest.fixture
def corners(tmp_path):
    rows, columns = np.indices((10, 20))
    pixels = np.stack([columns, rows, 0 * rows], axis=2).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "grid.png")

    def of(samples):
        pictures = [samples.inputs[row] for row in range(len(samples.inputs))]
        return [(*picture[0, 0, :2].tolist(), *picture[-1, -1, :2].tolist()) for picture in pictures]

    return of


def marked(*regions, **task):
    return {"id": 5, "data": {"image": "grid.png"}, "annotations": [{"result": list(regions)}], **task}


def test_rectangles_and_polygons_are_cut_out(write, corners):
    tasks = [
        marked(
            region(x=10, y=10, width=25, height=40),
            region(x=50, y=10, width=25, height=40, rotation=90, label="dog"),
        ),
        marked(region("rectanglelabels", x=0, y=0, width=100, height=100, label="dog"), id=6),
    ]
    samples = read(write(tasks))
    # Of 20 x 10 pixels: turned by a quarter about (10, 1), what was 5 wide and 4 high reaches from 6 to 10, 1 to 6.
    assert corners(samples) == [(2, 1, 6, 4), (6, 1, 9, 5), (0, 0, 19, 9)]
    assert samples.labels.tolist() == [0, 1, 1]
    assert samples.ids.tolist() == ["5-0", "5-1", "6-0"]
    assert samples.columns["group"].tolist() == ["grid.png"] * 3
    polygon = region("polygonlabels", points=[[10, 10], [35, 30], [20, 50]])
    assert corners(read(write([marked(polygon)]))) == [(2, 1, 6, 4)]


def test_boxes_of_json_min(write, corners):
    box = {"x": 10, "y": 10, "width": 25, "height": 40, "rectanglelabels": ["cat"], "original_width": 20}
    entry = {"id": 1, "image": "grid.png", "box": [box], "annotator": 1, "annotation_id": 3}
    assert corners(read(write([entry]))) == [(2, 1, 6, 4)]


def test_boxes_that_cannot_be_used_are_counted(write, corners):
    good = [marked(*[region(x=10, y=10, width=25, height=40)] * 40)]
    bad = [
        marked(region(x=10, y=10, width=25), region(x=10, y="?", width=25, height=4), id=6),
        marked(region(x=10, y=10, width=25, height=0), id=7),
        {"id": 8, "data": {"image": "grid.png"}, "annotations": []},
    ]
    samples = read(write(good + bad))
    assert len(samples.inputs) == 40
    assert texts_of(samples.notes) == (
        "2 boxes left out: neither a rectangle nor a polygon.",
        "1 box left out: no size, or outside the picture.",
        "1 task without an annotation left out.",
    )


def test_several_tags_are_asked_for(write, corners):
    path = write([uploaded(row, choice("a", field="kind"), choice("b", field="mood")) for row in range(4)])
    with pytest.raises(SourceError, match=r"has several labels: kind, mood\. Name one of these with --label\.$"):
        read(path)
    assert read(path, label="mood").class_names == ("b",)
    with pytest.raises(SourceError, match=r"has no label 'x': kind, mood\. Name one"):
        read(path, label="x")
    with pytest.raises(SourceError, match=r"has no data 'x'\. It has: image\. Name one with --file\."):
        read(path, label="kind", file="x")
    with pytest.raises(SourceError, match="of which --id has nothing to name"):
        read(path, id="x")


def test_other_kinds_of_labels_are_named(write):
    result = [{"from_name": "ner", "type": "labels", "value": {"labels": ["x"], "start": 0}}]
    path = write([{"id": 1, "data": {"text": "x"}, "annotations": [{"result": result}]}])
    with pytest.raises(SourceError, match=r"which are the labels that can be read: only labels\. In JSON-MIN"):
        read(path)


@pytest.mark.parametrize(
    "task",
    [{"data": {}}, {"data": {"image": 3}}, {"data": {"image": "x"}, "annotations": 3},
     {"data": {"a": "b"}, "annotations": [3]},
     {"data": {"a": "b"}, "annotations": [{"result": [3, {"value": 3}]}]},
     {"data": {"a": "b"}, "annotations": [{"result": [{"type": "choices", "value": {"choices": 3}}]}]}],
)  # fmt: skip
def test_a_damaged_export_is_refused_in_a_sentence(write, task):
    with pytest.raises(SourceError) as caught:
        read(write([task]))
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_paths_stay_below_the_roots(write, tmp_path):
    (tmp_path / "secret.png").write_bytes(encoded(9))
    inner = tmp_path / "inner"
    inner.mkdir()
    for path in ("../secret.png", str(tmp_path / "secret.png"), "/data/local-files/?d=../secret.png"):
        tasks = [{"id": 1, "data": {"image": path}, "annotations": [choice("a")]}]
        with pytest.raises((AccessError, SourceError), match=r"leads outside|is there"):
            read(write(tasks, "inner/export.json"))


@pytest.mark.slow
def test_the_command_line_opens_it(run_margin, write, tmp_path):
    tasks = [uploaded(row % 4, choice("a", "b") if row == 0 else choice("ab"[row % 2])) for row in range(12)]
    code, _, err = run_margin("audit", write(tasks), "--out", tmp_path / "out", "--strict")
    assert code == 2
    assert "1 task left out: with several choices. Mend the source, or leave --strict out." in err
